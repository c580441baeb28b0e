"""Freshdesk's tickets in memory, by contract: not the real thing.

Written from developers.freshdesk.com/api (v2) as summaries of it in public repositories have it,
and from the parts of the page itself that could be read: authentication, errors, rate limits,
pagination by the Link header, tickets (create, view, list with updated_since and include), notes
(private by default), conversations (source: 0 reply, 2 note), contacts (unique_external_id), ticket
fields, agents/me. That a search takes minutes to see a change is why there is none here.
"""

from __future__ import annotations

from base64 import b64encode
from typing import Any, ClassVar

from tests.desks.vendors.serving import Asked, Elsewhere, Exchange, Told, Vendor, page_of, stamp

API = "/api/v2"
OURS = 41
ANN = 42
FIELD = "cf_mailtickets_key"


class FreshdeskServer(Vendor):
    """One account."""

    signature: ClassVar = {"authorization": f"Basic {b64encode(b'sesame:X').decode()}"}
    routes = (
        ("GET", f"{API}/agents/me", "me"),
        ("GET", f"{API}/ticket_fields", "fields"),
        ("POST", f"{API}/tickets", "open"),
        ("GET", f"{API}/tickets", "tickets"),
        ("GET", rf"{API}/tickets/(\d+)", "ticket"),
        ("PUT", rf"{API}/tickets/(\d+)", "change"),
        ("POST", rf"{API}/tickets/(\d+)/notes", "note"),
        ("GET", rf"{API}/tickets/(\d+)/conversations", "conversations"),
        ("GET", rf"{API}/contacts/(\d+)", "contact"),
    )

    def __init__(self, reactor: Any) -> None:
        super().__init__(reactor)
        self.elsewhere = Elsewhere(reactor)
        self.all: list[dict[str, Any]] = []
        self.said: list[dict[str, Any]] = []
        self.people: list[dict[str, Any]] = []
        self.known = ["subject", "status", FIELD]
        self.most = 20_000_000

    async def stop(self) -> None:
        """Listen no more."""
        await self.elsewhere.stop()
        await super().stop()

    def unsigned(self) -> Told:
        """As the documents say."""
        text = "You have to be logged in to perform this action."
        return Told(401, {"code": "invalid_credentials", "message": text})

    def missing(self) -> Told:
        """As the documents say: nothing."""
        return Told(404, b"")

    def invalid(self, name: str, code: str) -> Told:
        """As the documents say."""
        errors = [{"field": name, "message": "It is not valid", "code": code}]
        return Told(400, {"description": "Validation failed", "errors": errors})

    def me(self, asked: Asked) -> Told:
        """The agent of the key."""
        return Told(200, {"id": OURS, "contact": {"email": "bot@example.com", "name": "Mail"}})

    def fields(self, asked: Asked) -> Told:
        """The fields of tickets."""
        return Told(200, [{"id": at, "name": name} for at, name in enumerate(self.known, 1)])

    def _read(self, asked: Asked) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """The members and the files of a request, as JSON or as a form."""
        if asked.headers["content-type"] == "application/json":
            return asked.told, []
        told: dict[str, Any] = {}
        files: list[dict[str, Any]] = []
        for name, filename, sort, octets in asked.form:
            outer, _, inner = name.rstrip("]").partition("[")
            if name == "attachments[]":
                files.append(
                    {
                        "id": 4004882965 + len(self.elsewhere.files),
                        "name": filename,
                        "content_type": sort,
                        "size": len(octets),
                        "attachment_url": self.elsewhere.keep(octets),
                    }
                )
            elif inner:
                told.setdefault(outer, {})[inner] = octets.decode()
            else:
                text = octets.decode()
                told[name] = {"true": True, "false": False}.get(text, text)
        return told, files

    def open(self, asked: Asked) -> Told:
        """A new ticket; its requester is found or made."""
        told, files = self._read(asked)
        unknown = [one for one in told.get("custom_fields", {}) if one not in self.known]
        if unknown:
            return self.invalid(unknown[0], "invalid_field")
        if "email" in told and "." not in told["email"].partition("@")[2]:
            return self.invalid("email", "invalid_value")
        if sum(one["size"] for one in files) > self.most:
            return self.invalid("attachments", "invalid_size")
        who = {name: told.get(name) for name in ("email", "unique_external_id")}
        known = [one for one in self.people if {name: one[name] for name in who} == who]
        if not known:
            known = [{"id": 100 + len(self.people), "name": told["name"], **who}]
            self.people += known
        self.all.append(
            {
                "id": len(self.all) + 1,
                "subject": told["subject"],
                "description": told["description"],
                "description_text": plain(told["description"]),
                "status": int(told["status"]),
                "priority": int(told["priority"]),
                "source": int(told["source"]),
                "requester_id": known[0]["id"],
                "custom_fields": {FIELD: None, **told.get("custom_fields", {})},
                "attachments": files,
                "created_at": stamp(),
                "updated_at": stamp(),
            }
        )
        return Told(201, self.all[-1])

    def one(self, number: str) -> dict[str, Any] | None:
        """A ticket."""
        return next((one for one in self.all if str(one["id"]) == number), None)

    def _shown(self, found: dict[str, Any], asked: Asked, *hidden: str) -> dict[str, Any]:
        shown = {name: value for name, value in found.items() if name not in {"stats", *hidden}}
        wanted = asked.query.get("include", "").split(",")
        if "stats" in wanted:
            shown["stats"] = found.get("stats", {"closed_at": None, "resolved_at": None})
        if "requester" in wanted:
            who = next(one for one in self.people if one["id"] == found["requester_id"])
            shown["requester"] = {name: who[name] for name in ("id", "name", "email")}
        return shown

    def tickets(self, asked: Asked) -> Told:
        """Those changed since a time; without descriptions and files."""
        since, down = asked.query.get("updated_since", ""), asked.query.get("order_type") != "asc"
        found = [one for one in self.all if one["updated_at"] >= since]
        found.sort(key=lambda one: (one["updated_at"], one["id"]), reverse=down)
        hidden = ("description", "description_text", "attachments")
        return page_of(asked, [self._shown(one, asked, *hidden) for one in found], self.url)

    def ticket(self, asked: Asked, number: str) -> Told:
        """One ticket."""
        found = self.one(number)
        return self.missing() if found is None else Told(200, self._shown(found, asked))

    def change(self, asked: Asked, number: str) -> Told:
        """Another status."""
        found = self.one(number)
        if found is None:
            return self.missing()
        status = asked.told["status"]
        closed = {"closed_at": stamp()} if status == 5 else {"closed_at": None}
        found.update(status=status, updated_at=stamp(), stats={"resolved_at": None, **closed})
        return Told(200, found)

    def wrote(
        self, number: str, told: dict[str, Any], by: int, files: Any = (), source: int = 2
    ) -> dict[str, Any]:
        """A new note or reply."""
        self.said.append(
            {
                "id": 900 + len(self.said),
                "ticket_id": int(number),
                "body": told["body"],
                "body_text": plain(told["body"]),
                "incoming": told.get("incoming", False),
                "private": told.get("private", True),
                "source": source,
                "user_id": by,
                "attachments": list(files),
                "created_at": stamp(),
                "updated_at": stamp(),
            }
        )
        ticket = self.one(number)
        assert ticket is not None
        ticket["updated_at"] = stamp()
        return self.said[-1]

    def note(self, asked: Asked, number: str) -> Told:
        """A new note."""
        told, files = self._read(asked)
        if self.one(number) is None:
            return self.missing()
        if not told.get("body"):
            return self.invalid("body", "missing_field")
        return Told(201, self.wrote(number, told, OURS, files))

    def of(self, number: str) -> list[dict[str, Any]]:
        """The notes and replies of a ticket."""
        return [one for one in self.said if str(one["ticket_id"]) == number]

    def conversations(self, asked: Asked, number: str) -> Told:
        """The notes and replies of a ticket."""
        if self.one(number) is None:
            return self.missing()
        return page_of(asked, self.of(number), self.url)

    def contact(self, asked: Asked, number: str) -> Told:
        """One contact."""
        found = [one for one in self.people if str(one["id"]) == number]
        return Told(200, found[0]) if found else self.missing()


def plain(html: str) -> str:
    """As Freshdesk tells it: the text of our own simple HTML."""
    text = html.removeprefix("<div>").removesuffix("</div>").replace("<br>", "\n")
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


_OPENING = {
    "name": "Tom",
    "email": "tom@outerspace.com",
    "subject": "Support needed...",
    "description": "Details about the issue...",
    "status": 2,
    "priority": 1,
    "source": 2,
    "custom_fields": {FIELD: "b" * 64},
}
_SINCE = "updated_since=2015-01-19T02:00:00Z&order_by=updated_at&order_type=asc"
CLOSING = Exchange(("PUT", f"{API}/tickets/1"), 200, {"status": 5}, {"id": 1, "status": 5})
EXCHANGES = (
    Exchange(("GET", f"{API}/agents/me"), 401, body={"code": "invalid_credentials"}, signed=False),
    Exchange(("GET", f"{API}/agents/me"), 200, body={"id": int, "contact": {"email": str}}),
    Exchange(("GET", f"{API}/ticket_fields"), 200, body=[{"id": int, "name": str}]),
    Exchange(
        ("POST", f"{API}/tickets"),
        201,
        _OPENING,
        {"id": 1, "status": 2, "requester_id": int, "custom_fields": dict, "created_at": str},
    ),
    Exchange(
        ("POST", f"{API}/tickets"),
        400,
        {**_OPENING, "custom_fields": {"cf_other": "x"}},
        {"description": "Validation failed", "errors": [{"field": "cf_other", "code": str}]},
    ),
    Exchange(
        ("POST", f"{API}/tickets"),
        400,
        {**_OPENING, "email": "tom@outerspace"},
        {"errors": [{"field": "email", "code": "invalid_value"}]},
    ),
    Exchange(("GET", f"{API}/tickets/1?include=requester"), 200, body={"requester": {"id": int}}),
    Exchange(("GET", f"{API}/tickets/99"), 404),
    Exchange(
        ("POST", f"{API}/tickets/1/notes"),
        201,
        {"body": "Hi tom, Still Angry", "private": False},
        {"id": int, "private": False, "user_id": OURS, "ticket_id": 1, "created_at": str},
    ),
    Exchange(("POST", f"{API}/tickets/1/notes"), 201, {"body": "x"}, {"private": True}),
    Exchange(("POST", f"{API}/tickets/99/notes"), 404, {"body": "x"}),
    Exchange(
        ("GET", f"{API}/tickets/1/conversations?per_page=100&page=1"),
        200,
        body=[{"id": int, "body_text": str, "incoming": bool, "private": False, "source": 2}],
    ),
    Exchange(("GET", f"{API}/contacts/100"), 200, body={"email": "tom@outerspace.com"}),
    CLOSING,
    Exchange(
        ("GET", f"{API}/tickets?{_SINCE}&include=stats"),
        200,
        body=[{"id": 1, "updated_at": str, "custom_fields": dict, "stats": {"closed_at": str}}],
    ),
)
