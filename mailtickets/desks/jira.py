"""Jira Service Management (cloud) by its REST APIs: by contract, not run against the real thing.

A request carries our key in a field of its form, a comment in a property of its own that nobody is
shown. Requests and customers go by the service desk's API, comments by the platform's (v3), which
alone takes a property in the same call.
"""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any

from attrs import field, frozen

from mailtickets.desks.adf import as_document
from mailtickets.desks.answers import Answer, document, loud
from mailtickets.desks.api import Access, Api, complaints
from mailtickets.desks.bodies import multipart
from mailtickets.desks.calls import TOTAL
from mailtickets.desks.files import AtDesk
from mailtickets.desks.hosted import EARLIER, Changes, FilingDesk, access_of, by_user
from mailtickets.desks.jirafeed import PROPERTY, JiraFeed, following, status_of
from mailtickets.desks.jsons import entries, mapping_of, number_of, objects
from mailtickets.desks.once import is_mark
from mailtickets.desks.shared import ids_of, is_number, names_of
from mailtickets.desks.wording import Wording, naming, spoken
from mailtickets.errors import SettingsError
from mailtickets.mail.octets import Octets
from mailtickets.plugin import Needs
from mailtickets.tickets.intents import AddComment, OpenTicket
from mailtickets.tickets.values import Attachment, Person, Receipt, Remote, Ticket

WORDING = Wording(subject=255, text=30_000)
"""A text has 32,767 characters at most."""
EXPERIMENTAL = (("X-ExperimentalApi", "opt-in"),)
"""A desk's customers, and texts in Atlassian's document format, are called experimental."""
UNCHECKED = {"X-Atlassian-Token": "no-check"}
"""Without it a form with files is taken for another site's."""
RIGHTS = {
    "BROWSE_PROJECTS": "let it see the project",
    "SERVICEDESK_AGENT": "make it an agent of the service project",
    "ADD_COMMENTS": "let it comment",
    "CREATE_ATTACHMENTS": "let it attach files",
}
"""What our user must be let do, by Jira's names, and how."""
_PROJECT = re.compile(r"[A-Z][A-Z0-9_]{0,39}\Z")
_DESK = ("rest", "servicedeskapi")
_V3 = ("rest", "api", "3")


@frozen
class JiraSettings:
    """`types` maps a queue's name here to a request type's number; `type` serves for the others."""

    project: str
    type: int
    types: Mapping[str, int] = field(factory=dict)
    key_field: str = "mailtickets key"


def make(settings: Mapping[str, Any], needs: Needs) -> FilingDesk:
    """A desk of kind `jira`.

    Settings: url, user, token or token_file, project, request_type, request_types, key_field,
    every. Raises SettingsError.
    """
    project = str(settings.get("project", ""))
    if not _PROJECT.match(project):
        raise SettingsError("project", "the service project's key, as SUP of SUP-12")
    one, many = ids_of(settings, "request_type", "request_types")
    if one is None:
        raise SettingsError("request_type", "the number of a request type; see the page")
    key_field = names_of(settings, "key_field", "", "mailtickets key")[0]
    form = by_user(settings)
    access, journal, every = access_of(settings, needs, form, extra=EXPERIMENTAL)
    system = Jira(needs.reactor, access, JiraSettings(project, one, many, key_field))
    return FilingDesk(needs.reactor, system, journal, every=every)


@frozen
class Form:
    """The form of a request type: its fields' ids, and that of ours or None."""

    fields: frozenset[str]
    key_field: str | None


class Jira:
    """One service project, as far as its requests came by us. See `hosted.Filing`.

    A ticket's key here is the number of its issue.
    """

    overlap = 60_000

    def __init__(
        self,
        reactor: Any,
        access: Access,
        settings: JiraSettings,
        *,
        seconds: float = TOTAL,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.api = Api(reactor, access, now, seconds)
        self._url = access.url
        self._settings = settings
        self._feed = JiraFeed(self.api, settings.project)
        self._id = ""
        self._us = ""

    def names(self, key: str) -> bool:
        """Whether this may be the number of an issue."""
        return is_number(key)

    def _issue(self, key: str) -> str:
        return f"{self._settings.project}-{key}"

    async def _ourselves(self) -> str:
        if not self._us:
            self._us = str(mapping_of(await self.api.get(*_V3, "myself")).get("accountId") or "")
        return self._us

    async def _desk(self) -> str:
        """The number of our project's service desk. Raises Temporary, loud, where there is none."""
        if not self._id:
            pages = self.api.walk(*_DESK, "servicedesk", following=following)
            async for page in pages:
                for one in entries(page, "values"):
                    if one.get("projectKey") == self._settings.project:
                        self._id = str(number_of(one.get("id")))
        if not self._id:
            name = self._settings.project
            raise loud(
                f"Jira shows us no service project {name}; may our user see it?", undone=True
            )
        return self._id

    async def _seen(self) -> None:
        """Raise where our project is not to be seen: of its requests, too, 404 is said then."""
        self._id = ""
        await self._desk()

    async def _form(self, type: int) -> Form:
        """The form of a request type."""
        path = (*_DESK, "servicedesk", await self._desk(), "requesttype", str(type), "field")
        told = entries(await self.api.get(*path), "requestTypeFields")
        name = self._settings.key_field
        keys = [str(one.get("fieldId")) for one in told if one.get("name") == name]
        return Form(frozenset(str(one.get("fieldId")) for one in told), keys[0] if keys else None)

    async def _key_field(self) -> str:
        """The id of our field. Raises Temporary, loud, where the form has none."""
        form = await self._form(self._settings.type)
        if form.key_field is None:
            raise loud(self._no_field(self._settings.type), undone=True)
        return form.key_field

    def _no_field(self, type: int) -> str:
        return (
            f"The form of request type {type} has no field {self._settings.key_field!r}; "
            f"add it, a short text, and let it be optional"
        )

    async def make(self, intent: OpenTicket | AddComment, mark: str) -> Receipt:
        """As `once.Make`."""
        if isinstance(intent, OpenTicket):
            return await self._opened(intent, mark)
        issue = self._issue(intent.ticket)
        path = (*_V3, "issue", issue)
        if await self.api.found(*path, query=[("fields", "summary")]) is None:
            await self._seen()
            raise self.api.trouble(Answer(404), named=True)
        _, refused = await self._uploaded(WORDING.files_of(intent), *path, "attachments")
        told = {
            "body": as_document(naming(WORDING.text_of(intent), refused)),
            "properties": [
                {"key": "sd.public.comment", "value": {"internal": not intent.public}},
                {"key": PROPERTY, "value": {"key": mark}},
            ],
        }
        found = mapping_of(await self.api.made("POST", *path, "comment", told=told, named=True))
        return Receipt(intent.ticket, str(number_of(found.get("id"))), self._page(issue))

    async def _opened(self, intent: OpenTicket, mark: str) -> Receipt:
        kind = self._settings.types.get(intent.queue, self._settings.type)
        form = await self._form(kind)
        if form.key_field is None:
            raise loud(self._no_field(kind), undone=True)
        files, ids = WORDING.files_of(intent), []
        refused: Sequence[Attachment] = files
        if "attachment" in form.fields:
            path = (*_DESK, "servicedesk", await self._desk(), "attachTemporaryFile")
            answers, refused = await self._uploaded(files, *path)
            ids = [
                str(one.get("temporaryAttachmentId"))
                for told in answers
                for one in entries(document(told), "temporaryAttachments")
            ]
        customer = await self._customer(intent.requester)
        text = naming(WORDING.text_of(intent), refused)
        if customer is None:
            text = spoken(intent.requester, text)
        values: dict[str, Any] = {
            "summary": WORDING.subject_of(intent),
            "description": as_document(text),
            form.key_field: mark,
        }
        if ids:
            values["attachment"] = ids
        told = {
            "serviceDeskId": await self._desk(),
            "requestTypeId": str(kind),
            "requestFieldValues": values,
            "isAdfRequest": True,
        }
        if customer is not None:
            told["raiseOnBehalfOf"] = customer
        found = mapping_of(await self.api.made("POST", *_DESK, "request", told=told))
        return self._receipt(found.get("issueKey"))

    def _page(self, issue: str) -> str:
        return f"{self._url}/browse/{issue}"

    def _receipt(self, issue: object) -> Receipt:
        project, _, number = str(issue).rpartition("-")
        if project != self._settings.project:
            raise loud("Jira made an issue of another project than it was asked for")
        return Receipt(str(number_of(number)), url=self._page(str(issue)))

    async def _uploaded(
        self, files: Sequence[Attachment], *path: str
    ) -> tuple[list[Answer], list[Attachment]]:
        """What Jira said to each file that it took, and the files that it did not take."""
        answers, refused = [], []
        for one in files:
            sort, body = multipart((), [("file", one)])
            answer = await self.api.write("POST", *path, body=body, type=sort, headers=UNCHECKED)
            if answer.status == 413 or "file" in complaints(answer):
                refused.append(one)
            elif answer.good:
                answers.append(answer)
            else:
                raise self.api.trouble(answer, named=False)
        return answers, refused

    async def _customer(self, person: Person) -> str | None:
        """The account of a requester, found or made; None where none may be made."""
        path = (*_DESK, "servicedesk", await self._desk(), "customer")
        query = [("query", person.address), ("limit", "50")]
        for one in entries(await self.api.get(*path, query=query), "values"):
            if str(one.get("emailAddress")).lower() == person.address.lower():
                return str(one.get("accountId"))
        told = {"displayName": person.name or person.address, "email": person.address}
        answer = await self.api.write(
            "POST", *_DESK, "customer", told=told, query=[("strictConflictStatusCode", "true")]
        )
        account = None
        if answer.good:
            account = mapping_of(document(answer)).get("accountId")
        elif answer.status == 409:
            account = await self._known(person.address)
        elif answer.status not in {400, 403}:  # no address to Jira, or we are no administrator
            raise self.api.trouble(answer, named=False)
        if not account:
            return None
        added = await self.api.write("POST", *path, told={"accountIds": [str(account)]})
        return str(account) if added.good else None

    async def _known(self, address: str) -> object:
        """An account that is there, but not among the service desk's customers."""
        query = [("query", address)]
        for one in objects(await self.api.get(*_V3, "user", "search", query=query), "users"):
            if str(one.get("emailAddress")).lower() == address.lower():
                return one.get("accountId")
        return None

    async def marked(
        self, intent: OpenTicket | AddComment, mark: str, since: int
    ) -> Receipt | None:
        """What bears the mark: issues made since, by the index, or an issue's comments."""
        if isinstance(intent, AddComment):
            issue, us = self._issue(intent.ticket), await self._ourselves()
            async for one, key in self._feed.comments(issue, us):
                if key == mark:
                    number = str(number_of(one.get("id")))
                    return Receipt(intent.ticket, number, self._page(issue))
            return None
        name = await self._key_field()
        async for found in self._feed.issues("created", since, name):
            if mapping_of(found.get("fields")).get(name) == mark:
                return self._receipt(found.get("key"))
        return None

    async def ticket(self, key: str) -> Ticket | None:
        """The request of this number, when it came by us."""
        name, issue = await self._key_field(), self._issue(key)
        query = [("fields", f"summary,status,reporter,description,{name}")]
        found = await self.api.found(*_V3, "issue", issue, query=query)
        if found is None:
            await self._seen()
            return None
        told = mapping_of(found)
        fields = mapping_of(told.get("fields"))
        if str(told.get("key")) != issue:
            return None  # it was moved to another project
        if not is_mark(fields.get(name)):
            return None
        reporter = mapping_of(fields.get("reporter") or {})
        ours = reporter.get("accountId") == await self._ourselves()
        return Ticket(
            key=key,
            subject=str(fields.get("summary") or ""),
            requester=self._feed.requester(fields, ours=ours),
            status=status_of(mapping_of(fields.get("status") or {})),
            url=self._page(issue),
        )

    async def latest(self) -> int:
        """Jira's own time."""
        await self.api.get(*_V3, "myself")
        return self.api.clock

    async def changed(self, since: int) -> Changes:
        """Comments and statuses of the requests of ours that changed since."""
        us = await self._ourselves()
        return await self._feed.changed(since, await self._key_field(), us)

    def file(self, ticket: str, attachment: Remote) -> Octets:
        """An attachment, by its own id."""
        del ticket
        return AtDesk(self, (attachment.id,), attachment.size)

    async def stream(self, *path: str) -> AsyncIterator[bytes]:
        """The octets of an attachment, wherever Jira has it."""
        url = "/".join((self._url, *_V3, "attachment", "content", *path))
        async for chunk in self.api.stream_at(url):
            yield chunk

    async def check(self) -> Sequence[str]:
        """What is wrong: the token, the project, our rights there, the forms."""
        await self._ourselves()
        await self._desk()
        found = await self._lacking()
        for kind in sorted({self._settings.type, *self._settings.types.values()}):
            form = await self._form(kind)
            if form.key_field is None:
                found.append(self._no_field(kind))
            if not {"summary", "description"} <= form.fields:
                found.append(f"The form of request type {kind} lacks Summary or Description")
        if not found:
            await self.changed(self.api.clock - EARLIER)
        return found

    async def _lacking(self) -> list[str]:
        """The rights that our user lacks."""
        query = [("projectKey", self._settings.project), ("permissions", ",".join(RIGHTS))]
        told = mapping_of(await self.api.get(*_V3, "mypermissions", query=query))
        rights = mapping_of(told.get("permissions"))
        return [
            f"Our user lacks the right {name} in project {self._settings.project}; {cure}"
            for name, cure in RIGHTS.items()
            if mapping_of(rights.get(name) or {}).get("havePermission") is not True
        ]
