"""Jira Service Management (cloud) in memory, by contract: not the real thing.

Written from developer.atlassian.com as clients generated from Atlassian's OpenAPI descriptions have
it. Service desk API: servicedesk, requesttype/field, customer (create, add, list), request (create,
comment, status), attachTemporaryFile, pages by start, limit and isLastPage. Platform v3: myself,
mypermissions, issue, issue/comment (with properties), comment/list (expand=properties),
issue/attachments, attachment/content, search/jql with nextPageToken. That `sd.public.comment` makes
a comment internal, and that a request takes temporary files as its `attachment`, is from clients in
public repositories.
"""

from __future__ import annotations

import re
import time
from base64 import b64encode
from datetime import UTC, datetime
from typing import Any, ClassVar

from tests.desks.vendors.serving import Asked, Elsewhere, Exchange, Told, Vendor

DESK = "/rest/servicedeskapi"
V3 = "/rest/api/3"
OURS = "5b10a2844c20165700ede21g"
ANN = "5b10ac8d82e05b22cc7d4ef5"
FIELD = "customfield_10050"
MOST = 10_000_000
_RIGHTS = ("BROWSE_PROJECTS", "SERVICEDESK_AGENT", "ADD_COMMENTS", "CREATE_ATTACHMENTS")


def stamp() -> str:
    """A time as the platform tells it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "+0000"


def date(found: str) -> dict[str, Any]:
    """The same as the service desk tells it: in whole seconds."""
    return {"iso8601": found[:19] + "+0000", "friendly": "Today", "epochMillis": 1}


def plain(found: Any) -> str:
    """What a document says."""
    if isinstance(found, str):
        return found
    lines = [
        "".join(one.get("text", "\n") for one in block.get("content", ()))
        for block in found["content"]
    ]
    return "\n\n".join(lines)


class JiraServer(Vendor):
    """One service project, SUP."""

    signature: ClassVar = {
        "authorization": f"Basic {b64encode(b'bot@example.com:sesame').decode()}"
    }
    routes = (
        ("GET", f"{V3}/myself", "myself"),
        ("GET", f"{V3}/mypermissions", "permissions"),
        ("GET", f"{V3}/user/search", "users"),
        ("GET", f"{V3}/search/jql", "search"),
        ("POST", f"{V3}/comment/list", "listed"),
        ("GET", rf"{V3}/issue/SUP-(\d+)", "issue"),
        ("POST", rf"{V3}/issue/SUP-(\d+)/comment", "comment"),
        ("POST", rf"{V3}/issue/SUP-(\d+)/attachments", "attach"),
        ("GET", rf"{V3}/attachment/content/(\d+)", "content"),
        ("GET", f"{DESK}/servicedesk", "desks"),
        ("GET", rf"{DESK}/servicedesk/7/requesttype/(\d+)/field", "form"),
        ("GET", rf"{DESK}/servicedesk/7/customer", "customers"),
        ("POST", rf"{DESK}/servicedesk/7/customer", "add"),
        ("POST", rf"{DESK}/servicedesk/7/attachTemporaryFile", "upload"),
        ("POST", f"{DESK}/customer", "customer"),
        ("POST", f"{DESK}/request", "open"),
        ("GET", rf"{DESK}/request/SUP-(\d+)/comment", "comments"),
        ("GET", rf"{DESK}/request/SUP-(\d+)/status", "statuses"),
    )

    def __init__(self, reactor: Any) -> None:
        super().__init__(reactor)
        self.elsewhere = Elsewhere(reactor)
        self.all: list[dict[str, Any]] = []
        self.said: list[dict[str, Any]] = []
        self.past: list[tuple[str, str, str, str]] = []
        self.people = {OURS: ("Mail", "bot@example.com"), ANN: ("Ann", "ann@example.com")}
        self.members: set[str] = set()
        self.fields = ["summary", "description", "attachment", FIELD]
        self.rights = set(_RIGHTS)
        self.project = "SUP"
        self.waiting: dict[str, dict[str, Any]] = {}
        self.files: list[dict[str, Any]] = []

    async def stop(self) -> None:
        """Listen no more."""
        await self.elsewhere.stop()
        await super().stop()

    def unsigned(self) -> Told:
        """As the documents say."""
        return Told(401, {"errorMessages": ["You are not authenticated."], "errors": {}})

    def missing(self) -> Told:
        """As the documents say."""
        text = "Issue does not exist or you do not have permission to see it."
        return Told(404, {"errorMessages": [text], "errors": {}})

    def invalid(self, name: str) -> Told:
        """As the platform says it."""
        return Told(400, {"errorMessages": [], "errors": {name: "It is not valid"}})

    def _page(self, asked: Asked, found: list[Any]) -> Told:
        start, limit = int(asked.query.get("start", 0)), int(asked.query.get("limit", 50))
        listed = found[start : start + limit]
        last = len(found) <= start + limit
        told = {"size": len(listed), "start": start, "limit": limit, "isLastPage": last}
        return Told(200, {**told, "values": listed})

    def _user(self, account: str) -> dict[str, Any]:
        name, email = self.people[account]
        return {"accountId": account, "displayName": name, "emailAddress": email, "active": True}

    def myself(self, asked: Asked) -> Told:
        """The user of the token."""
        return Told(200, self._user(OURS))

    def permissions(self, asked: Asked) -> Told:
        """What the user may do."""
        wanted = asked.query["permissions"].split(",")
        told = {one: {"key": one, "havePermission": one in self.rights} for one in wanted}
        return Told(200, {"permissions": told})

    def users(self, asked: Asked) -> Told:
        """Users by a part of what they are called."""
        wanted = asked.query["query"]
        return Told(200, [self._user(one) for one in self.people if wanted in self.people[one]])

    def desks(self, asked: Asked) -> Told:
        """The service desks."""
        told = {"id": "7", "projectId": "10000", "projectName": "Support"}
        return self._page(asked, [{**told, "projectKey": self.project}])

    def form(self, asked: Asked, number: str) -> Told:
        """The fields of a request type."""
        names = {FIELD: "mailtickets key"}
        fields = [{"fieldId": one, "name": names.get(one, one.title())} for one in self.fields]
        return Told(200, {"requestTypeFields": fields, "canRaiseOnBehalfOf": True})

    def customers(self, asked: Asked) -> Told:
        """The customers of the service desk."""
        if asked.headers.get("x-experimentalapi") != "opt-in":
            return Told(412, {"errorMessage": "This API is experimental"})
        wanted = asked.query.get("query", "")
        found = [one for one in sorted(self.members) if wanted in " ".join(self.people[one])]
        return self._page(asked, [self._user(one) for one in found])

    def customer(self, asked: Asked) -> Told:
        """A new customer."""
        name, email = asked.told["displayName"], asked.told["email"]
        if "." not in email.partition("@")[2]:
            return Told(400, {"errorMessage": "The email address is not valid."})
        if any(one[1] == email for one in self.people.values()):
            status = 409 if asked.query.get("strictConflictStatusCode") == "true" else 400
            return Told(status, {"errorMessage": "An account already exists for this email"})
        account = f"qm:{len(self.people)}"
        self.people[account] = (name, email)
        return Told(201, self._user(account))

    def add(self, asked: Asked) -> Told:
        """Let accounts be customers of the service desk."""
        self.members |= set(asked.told["accountIds"])
        return Told(204)

    def _kept(self, asked: Asked) -> list[dict[str, Any]] | Told:
        if asked.headers.get("x-atlassian-token") != "no-check":
            return Told(403, b"XSRF check failed")
        kept = []
        for name, filename, sort, octets in asked.form:
            if len(octets) > MOST:
                return Told(413, {"errorMessages": ["The file is too large"], "errors": {}})
            assert name == "file"
            self.files.append(
                {
                    "id": str(10000 + len(self.files)),
                    "filename": filename,
                    "mimeType": sort,
                    "size": len(octets),
                    "created": stamp(),
                    "where": self.elsewhere.keep(octets),
                }
            )
            kept.append(self.files[-1])
        return kept

    def upload(self, asked: Asked) -> Told:
        """Files for a request to come."""
        kept = self._kept(asked)
        if isinstance(kept, Told):
            return kept
        told = []
        for one in kept:
            number = f"temp{one['id']}"
            self.waiting[number] = one
            told.append({"temporaryAttachmentId": number, "fileName": one["filename"]})
        return Told(201, {"temporaryAttachments": told})

    def open(self, asked: Asked) -> Told:
        """A new request."""
        told = asked.told
        values = told["requestFieldValues"]
        unknown = [one for one in values if one not in self.fields]
        if unknown or not values.get("summary"):
            text = "Field cannot be set. It is not on the appropriate screen, or unknown."
            return Told(
                400, {"errorMessage": text, "i18nErrorMessage": {"i18nKey": "sd.validation"}}
            )
        by = told.get("raiseOnBehalfOf", OURS)
        if by != OURS and by not in self.members:
            return Told(400, {"errorMessage": "The customer has no access to this portal"})
        number = len(self.all) + 1
        fields = {
            "summary": values["summary"],
            "description": values.get("description"),
            FIELD: values.get(FIELD),
            "reporter": self._user(by),
            "attachment": [self.waiting.pop(one) for one in values.get("attachment", ())],
            "created": stamp(),
            "updated": stamp(),
        }
        self.all.append({"id": str(107000 + number), "key": f"SUP-{number}", "fields": fields})
        self.moved(str(number), "Waiting for support", "INDETERMINATE")
        links = {"web": f"https://example.atlassian.net/servicedesk/customer/portal/7/SUP-{number}"}
        return Told(
            201, {"issueId": str(107000 + number), "issueKey": f"SUP-{number}", "_links": links}
        )

    def one(self, number: str) -> dict[str, Any] | None:
        """An issue."""
        return next((one for one in self.all if one["key"] == f"SUP-{number}"), None)

    def moved(self, number: str, status: str, kind: str) -> None:
        """Another status."""
        issue = self.one(number)
        assert issue is not None
        self.past.append((number, status, kind, stamp()))
        category = {"key": kind.lower()}
        issue["fields"]["status"] = {"id": "1", "name": status, "statusCategory": category}
        issue["fields"]["updated"] = stamp()

    def issue(self, asked: Asked, number: str) -> Told:
        """One issue, some fields of it."""
        found = self.one(number)
        return self.missing() if found is None else Told(200, self._shown(found, asked))

    def _shown(self, found: dict[str, Any], asked: Asked) -> dict[str, Any]:
        wanted = asked.query["fields"].split(",")
        fields = {name: found["fields"].get(name) for name in wanted}
        return {"id": found["id"], "key": found["key"], "fields": fields}

    def search(self, asked: Asked) -> Told:
        """Issues by age, as the only query that is understood here; a page has two."""
        found = re.fullmatch(
            r'project = "SUP"(?: AND (created|updated) >= -(\d+)m)? ORDER BY (created|updated) ASC',
            asked.query["jql"],
        )
        assert found is not None, asked.query
        since = 0.0 if found[2] is None else time.time() - 60 * int(found[2])
        listed = [
            one
            for one in self.all
            if datetime.fromisoformat(one["fields"][found[3]]).timestamp() >= since
        ]
        listed.sort(key=lambda one: str(one["fields"][found[3]]))
        start = int(asked.query.get("nextPageToken", "p0").removeprefix("p"))
        told: dict[str, Any] = {
            "issues": [self._shown(o, asked) for o in listed[start : start + 2]]
        }
        more = len(listed) > start + 2
        return Told(
            200, told | {"isLast": not more} | ({"nextPageToken": f"p{start + 2}"} if more else {})
        )

    def wrote(
        self, number: str, body: Any, by: str, properties: Any = (), files: Any = ()
    ) -> dict[str, Any]:
        """A new comment."""
        hidden = any(
            one["key"] == "sd.public.comment" and one["value"]["internal"] for one in properties
        )
        self.said.append(
            {
                "id": str(20001 + len(self.said)),
                "issue": number,
                "body": body,
                "author": self._user(by),
                "jsdPublic": not hidden,
                "properties": list(properties),
                "files": list(files),
                "created": stamp(),
            }
        )
        issue = self.one(number)
        assert issue is not None
        issue["fields"]["updated"] = stamp()
        return self.said[-1]

    def comment(self, asked: Asked, number: str) -> Told:
        """A new comment."""
        if self.one(number) is None:
            return self.missing()
        body = asked.told.get("body")
        if not isinstance(body, dict) or not plain(body):
            return self.invalid("comment")
        return Told(201, self.wrote(number, body, OURS, asked.told.get("properties", ())))

    def attach(self, asked: Asked, number: str) -> Told:
        """Files of an issue."""
        issue, kept = self.one(number), self._kept(asked)
        if issue is None or isinstance(kept, Told):
            return self.missing() if issue is None else kept  # type: ignore[return-value]
        issue["fields"]["attachment"] += kept
        return Told(200, kept)

    def of(self, number: str) -> list[dict[str, Any]]:
        """The comments of an issue."""
        return [one for one in self.said if one["issue"] == number]

    def comments(self, asked: Asked, number: str) -> Told:
        """The comments of a request, with their files."""
        if self.one(number) is None:
            return self.missing()
        told = []
        for one in self.of(number):
            files = [
                {
                    **each,
                    "id": None,
                    "_links": {"jiraRest": f"{self.url}{V3}/attachment/{each['id']}"},
                }
                for each in one["files"]
            ]
            told.append(
                {
                    "id": one["id"],
                    "body": plain(one["body"]),
                    "renderedBody": {"html": f"<p>{plain(one['body'])}</p>"},
                    "public": one["jsdPublic"],
                    "author": one["author"],
                    "created": date(one["created"]),
                    "attachments": {"values": files, "isLastPage": True},
                }
            )
        return self._page(asked, told)

    def listed(self, asked: Asked) -> Told:
        """Comments by their ids, with their properties."""
        wanted = {str(one) for one in asked.told["ids"]}
        if not wanted:
            return Told(400, {"errorMessages": ["ids"], "errors": {}})
        found = [
            {**one, "body": _document(one["body"])} for one in self.said if one["id"] in wanted
        ]
        return Told(200, {"isLast": True, "startAt": 0, "total": len(found), "values": found})

    def statuses(self, asked: Asked, number: str) -> Told:
        """Every status of a request, the latest first."""
        found = [
            {"status": status, "statusCategory": kind, "statusDate": date(at)}
            for one, status, kind, at in reversed(self.past)
            if one == number
        ]
        return self._page(asked, found) if found else self.missing()

    def content(self, asked: Asked, number: str) -> Told:
        """The way to a file."""
        found = [one for one in self.files if one["id"] == number]
        return Told(303, b"", {"Location": found[0]["where"]}) if found else self.missing()


def _document(found: Any) -> Any:
    if not isinstance(found, str):
        return found
    text = [{"type": "text", "text": found}]
    return {"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": text}]}


_DOC = _document("Hello")
_VALUES = {"summary": "Request JSD help via REST", "description": _DOC, FIELD: "b" * 64}
_REQUEST = {"serviceDeskId": "7", "requestTypeId": "25", "isAdfRequest": True}
_JQL = "jql=project%20%3D%20%22SUP%22%20AND%20updated%20%3E%3D%20-5m%20ORDER%20BY%20updated%20ASC"
_PROPERTY = {"key": "sd.public.comment", "value": {"internal": True}}
_OPT_IN = {"X-ExperimentalApi": "opt-in"}
EXCHANGES = (
    Exchange(("GET", f"{V3}/myself"), 401, body={"errorMessages": list}, signed=False),
    Exchange(("GET", f"{V3}/myself"), 200, body={"accountId": OURS, "emailAddress": str}),
    Exchange(
        ("GET", f"{V3}/mypermissions?permissions=ADD_COMMENTS&projectKey=SUP"),
        200,
        body={"permissions": {"ADD_COMMENTS": {"havePermission": True}}},
    ),
    Exchange(
        ("GET", f"{DESK}/servicedesk"),
        200,
        body={"isLastPage": True, "values": [{"id": "7", "projectKey": "SUP"}]},
    ),
    Exchange(
        ("GET", f"{DESK}/servicedesk/7/requesttype/25/field"),
        200,
        body={"requestTypeFields": [{"fieldId": "summary", "name": str}]},
    ),
    Exchange(
        ("POST", f"{DESK}/customer"),
        201,
        {"displayName": "Fred", "email": "fred@example.com"},
        {"accountId": str, "displayName": "Fred", "emailAddress": "fred@example.com"},
    ),
    Exchange(
        ("POST", f"{DESK}/customer?strictConflictStatusCode=true"),
        409,
        {"displayName": "Fred", "email": "fred@example.com"},
        {"errorMessage": str},
    ),
    Exchange(("POST", f"{DESK}/servicedesk/7/customer"), 204, {"accountIds": ["qm:2"]}),
    Exchange(
        ("GET", f"{DESK}/servicedesk/7/customer?query=fred"),
        200,
        body={"values": [{"accountId": "qm:2"}], "isLastPage": True},
        headers=_OPT_IN,
    ),
    Exchange(
        ("POST", f"{DESK}/request"),
        201,
        {**_REQUEST, "requestFieldValues": _VALUES, "raiseOnBehalfOf": "qm:2"},
        {"issueId": str, "issueKey": "SUP-1", "_links": {"web": str}},
    ),
    Exchange(
        ("POST", f"{DESK}/request"),
        400,
        {**_REQUEST, "requestFieldValues": {"other": 1}},
        {"errorMessage": str},
    ),
    Exchange(
        ("GET", f"{V3}/issue/SUP-1?fields=summary,status,reporter"),
        200,
        body={"key": "SUP-1", "fields": {"summary": str, "reporter": {"accountId": "qm:2"}}},
    ),
    Exchange(("GET", f"{V3}/issue/SUP-99?fields=summary"), 404, body={"errorMessages": list}),
    Exchange(
        ("POST", f"{V3}/issue/SUP-1/comment"),
        201,
        {"body": _DOC, "properties": [_PROPERTY]},
        {"id": "20001", "author": {"accountId": OURS}, "created": str, "jsdPublic": False},
    ),
    Exchange(("POST", f"{V3}/issue/SUP-1/comment"), 400, {"body": "Hello"}, {"errors": dict}),
    Exchange(
        ("GET", f"{DESK}/request/SUP-1/comment?expand=attachment,renderedBody&start=0&limit=100"),
        200,
        body={
            "isLastPage": True,
            "values": [
                {"id": "20001", "public": False, "body": "Hello", "created": {"iso8601": str}}
            ],
        },
    ),
    Exchange(
        ("POST", f"{V3}/comment/list?expand=properties"),
        200,
        {"ids": [20001]},
        {"values": [{"id": "20001", "properties": [_PROPERTY], "body": {"type": "doc"}}]},
    ),
    Exchange(
        ("GET", f"{V3}/search/jql?{_JQL}&fields=summary,updated&maxResults=100"),
        200,
        body={"issues": [{"key": "SUP-1", "fields": {"updated": str}}], "isLast": True},
    ),
    Exchange(
        ("GET", f"{DESK}/request/SUP-1/status"),
        200,
        body={"values": [{"status": str, "statusCategory": str, "statusDate": {"iso8601": str}}]},
    ),
)
