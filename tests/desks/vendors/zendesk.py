"""Zendesk's tickets in memory, by contract: not the real thing.

Written from developer.zendesk.com: "Ticketing introduction" (Idempotency), "Tickets" (create, show,
update, list by external_id), "Ticket Audits" and the "Ticket audit events reference", "Incremental
Exports" and "Using the Incremental Export API" (cursor, end_of_stream, the latest minute), "Ticket
Attachments", "Users" (me), "Pagination" (cursor), "Rate limits"; and from Zendesk's OpenAPI
descriptions of incremental and audits. The words of refusals are from clients of the API in public
repositories.
"""

from __future__ import annotations

import time
from base64 import b64encode
from typing import Any, ClassVar

from tests.desks.vendors.serving import Asked, Elsewhere, Exchange, Told, Vendor, stamp

API = "/api/v2"
OURS = 5
ANN = 7
GROUP = 98738
_USERS = {OURS: ("Mail", "bot@example.com", "admin"), ANN: ("Ann", "ann@example.com", "agent")}


class ZendeskServer(Vendor):
    """One account. `held` is for how many seconds the export keeps back what is new."""

    signature: ClassVar = {
        "authorization": f"Basic {b64encode(b'bot@example.com/token:sesame').decode()}"
    }
    routes = (
        ("GET", f"{API}/users/me", "me"),
        ("GET", rf"{API}/users/(\d+)", "user"),
        ("GET", rf"{API}/groups/(\d+)", "group"),
        ("POST", f"{API}/tickets", "open"),
        ("GET", f"{API}/tickets", "tickets"),
        ("GET", rf"{API}/tickets/(\d+)", "ticket"),
        ("PUT", rf"{API}/tickets/(\d+)", "change"),
        ("GET", rf"{API}/tickets/(\d+)/audits", "audits"),
        ("GET", f"{API}/incremental/tickets/cursor", "export"),
        ("POST", f"{API}/uploads", "upload"),
        ("GET", rf"{API}/attachments/(\d+)", "attachment"),
    )

    def __init__(self, reactor: Any) -> None:
        super().__init__(reactor)
        self.elsewhere = Elsewhere(reactor)
        self.all: list[dict[str, Any]] = []
        self.past: list[dict[str, Any]] = []
        self.users = dict(_USERS)
        self.keys: dict[str, tuple[bytes, Told]] = {}
        self.tokens: dict[str, dict[str, Any]] = {}
        self.held = 0.0
        self.page = 1000

    async def stop(self) -> None:
        """Listen no more."""
        await self.elsewhere.stop()
        await super().stop()

    def unsigned(self) -> Told:
        """As the documents say."""
        return Told(401, {"error": "Couldn't authenticate you"})

    def missing(self) -> Told:
        """As the documents say."""
        return Told(404, {"error": "RecordNotFound", "description": "Not found"})

    def invalid(self, name: str, text: str) -> Told:
        """As the documents say."""
        told = {"error": "RecordInvalid", "description": "Record validation errors"}
        return Told(422, {**told, "details": {name: [{"description": text}]}})

    def me(self, asked: Asked) -> Told:
        """The user of the token."""
        return self.user(asked, str(OURS))

    def user(self, asked: Asked, number: str) -> Told:
        """One user."""
        if int(number) not in self.users:
            return self.missing()
        name, email, role = self.users[int(number)]
        return Told(200, {"user": {"id": int(number), "name": name, "email": email, "role": role}})

    def group(self, asked: Asked, number: str) -> Told:
        """One group."""
        found = {"group": {"id": GROUP, "name": "Support"}}
        return Told(200, found) if int(number) == GROUP else self.missing()

    def open(self, asked: Asked) -> Told:
        """A new ticket; the same again for a key that was there, within two hours."""
        key = asked.headers.get("idempotency-key")
        if key in self.keys:
            body, before = self.keys[key]
            if body != asked.body:
                text = "Request parameters don't match the given idempotency key"
                return Told(400, {"error": "IdempotentRequestError", "description": text})
            return Told(before.status, before.body, {"x-idempotency-lookup": "hit"})
        answer = self._opened(asked.told["ticket"])
        if key is not None and answer.status == 201:
            self.keys[key] = (asked.body, answer)
            return Told(201, answer.body, {"x-idempotency-lookup": "miss"})
        return answer

    def _opened(self, told: dict[str, Any]) -> Told:
        if not told.get("comment", {}).get("body"):
            return self.invalid("base", "Description: cannot be blank")
        by = OURS
        if "requester" in told:
            name, email = told["requester"]["name"], told["requester"]["email"]
            if "." not in email.partition("@")[2]:
                text = f"Requester: Email: {email} is not properly formatted"
                return self.invalid("requester", text)
            known = [number for number, one in self.users.items() if one[1] == email]
            by = known[0] if known else 100 + len(self.users)
            self.users.setdefault(by, (name, email, "end-user"))
        self.all.append(
            {
                "id": 35435 + len(self.all) + 1,
                "external_id": told.get("external_id"),
                "subject": told.get("subject", ""),
                "status": "new",
                "requester_id": by,
                "group_id": told.get("group_id"),
                "created_at": stamp(),
                "updated_at": stamp(),
                "generated_timestamp": int(time.time()),
            }
        )
        first = {"type": "Create", "field_name": "status", "value": "new"}
        self.audited(self.all[-1], told, OURS, first)
        return Told(201, {"ticket": self.all[-1]})

    def audited(
        self, ticket: dict[str, Any], told: dict[str, Any], by: int, *events: dict[str, Any]
    ) -> dict[str, Any]:
        """What an update leaves."""
        number = 100 * (len(self.past) + 1)
        found: list[dict[str, Any]] = []
        if "comment" in told:
            said = told["comment"]
            found.append(
                {
                    "type": "Comment",
                    "author_id": by,
                    "body": said["body"],
                    "plain_body": said["body"],
                    "html_body": f'<div class="zd-comment">{said["body"]}</div>',
                    "public": said.get("public", True),
                    "attachments": [self.tokens[one] for one in said.get("uploads", ())],
                }
            )
        numbered = [{"id": number + at, **one} for at, one in enumerate([*found, *events], 1)]
        self.past.append(
            {
                "id": number,
                "ticket_id": ticket["id"],
                "created_at": stamp(),
                "author_id": by,
                "metadata": {"system": {}, "custom": told.get("metadata", {})},
                "events": numbered,
            }
        )
        ticket.update(updated_at=stamp(), generated_timestamp=int(time.time()))
        return self.past[-1]

    def one(self, number: str) -> dict[str, Any] | None:
        """A ticket."""
        return next((one for one in self.all if str(one["id"]) == number), None)

    def wrote(self, number: str, text: str, *, public: bool) -> str:
        """Ann writes; the comment's id."""
        ticket = self.one(number)
        assert ticket is not None
        audit = self.audited(ticket, {"comment": {"body": text, "public": public}}, ANN)
        return str(audit["events"][0]["id"])

    def said(self, number: str) -> list[dict[str, Any]]:
        """The comments of a ticket."""
        audits = [one for one in self.past if str(one["ticket_id"]) == number]
        return [o for audit in audits for o in audit["events"] if o["type"] == "Comment"]

    def change(self, asked: Asked, number: str) -> Told:
        """A comment, another status, or both."""
        ticket, told = self.one(number), asked.told["ticket"]
        if ticket is None:
            return self.missing()
        if ticket["status"] == "closed":
            return self.invalid("status", "Status: closed prevents ticket update")
        events = []
        if "status" in told and told["status"] != ticket["status"]:
            was, ticket["status"] = ticket["status"], told["status"]
            changed = {"value": told["status"], "previous_value": was}
            events.append({"type": "Change", "field_name": "status", **changed})
        audit = self.audited(ticket, told, OURS, *events)
        return Told(200, {"ticket": ticket, "audit": audit})

    def tickets(self, asked: Asked) -> Told:
        """Those of an external_id."""
        wanted = asked.query.get("external_id")
        found = [one for one in self.all if one["external_id"] == wanted]
        return Told(200, {"tickets": found, "count": len(found)})

    def ticket(self, asked: Asked, number: str) -> Told:
        """One ticket."""
        found = self.one(number)
        return self.missing() if found is None else Told(200, {"ticket": found})

    def audits(self, asked: Asked, number: str) -> Told:
        """The audits of a ticket, by a cursor."""
        found = [one for one in self.past if str(one["ticket_id"]) == number]
        size, start = int(asked.query["page[size]"]), int(asked.query.get("page[after]", 0))
        meta = {"has_more": len(found) > start + size, "after_cursor": str(start + size)}
        return Told(200, {"audits": found[start : start + size], "meta": meta})

    def export(self, asked: Asked) -> Told:
        """Tickets by their latest change, by a cursor; the latest ones are kept back."""
        start, _, number = asked.query.get("cursor", "").partition("-")
        if not start:
            start, number = asked.query["start_time"], "0"
            if int(start) > time.time() - self.held:
                told = {"error": "StartTimeTooRecent", "description": "Too recent start_time."}
                return Told(400, told)
        found = [
            one
            for one in sorted(self.all, key=lambda one: (one["generated_timestamp"], one["id"]))
            if (one["generated_timestamp"], one["id"]) > (int(start), int(number))
            and one["generated_timestamp"] <= time.time() - self.held
        ]
        listed = found[: self.page]
        last = listed[-1] if listed else {"generated_timestamp": start, "id": number}
        cursor = f"{last['generated_timestamp']}-{last['id']}"
        more = {"after_cursor": cursor, "end_of_stream": len(found) == len(listed)}
        return Told(200, {"tickets": listed, **more})

    def upload(self, asked: Asked) -> Told:
        """A file, for a comment to come."""
        name = asked.query["filename"]
        if name.endswith(".exe"):
            return self.invalid("base", "Attachment: type is not allowed")
        number = len(self.tokens) + 1
        self.tokens[f"token{number}"] = {
            "id": number,
            "file_name": name,
            "content_type": asked.headers["content-type"],
            "size": len(asked.body),
            "content_url": self.elsewhere.keep(asked.body),
        }
        attachment = self.tokens[f"token{number}"]
        return Told(201, {"upload": {"token": f"token{number}", "attachment": attachment}})

    def attachment(self, asked: Asked, number: str) -> Told:
        """Where a file lies."""
        found = self.tokens.get(f"token{number}")
        return self.missing() if found is None else Told(200, {"attachment": found})


_TICKET = {"subject": "My printer is on fire!", "comment": {"body": "The smoke is very colorful."}}
_KEYED = {**_TICKET, "external_id": "ahg35h3jh"}
_TWICE = {"Idempotency-Key": "12345"}
CLOSING = Exchange(
    ("PUT", f"{API}/tickets/35436"),
    200,
    {"ticket": {"status": "closed"}},
    {"ticket": {"status": "closed"}, "audit": {"events": [{"type": "Change", "value": "closed"}]}},
)
EXCHANGES = (
    Exchange(("GET", f"{API}/users/me"), 401, body={"error": str}, signed=False),
    Exchange(("GET", f"{API}/users/me"), 200, body={"user": {"id": int, "role": "admin"}}),
    Exchange(
        ("POST", f"{API}/tickets"),
        201,
        {"ticket": _KEYED},
        {"ticket": {"id": 35436, "external_id": "ahg35h3jh", "status": "new", "created_at": str}},
        headers=_TWICE,
    ),
    Exchange(
        ("POST", f"{API}/tickets"),
        201,
        {"ticket": _KEYED},
        {"ticket": {"id": 35436}},
        headers=_TWICE,
    ),
    Exchange(
        ("POST", f"{API}/tickets"),
        400,
        {"ticket": _TICKET},
        {"error": "IdempotentRequestError"},
        headers=_TWICE,
    ),
    Exchange(("POST", f"{API}/tickets"), 422, {"ticket": {}}, {"error": "RecordInvalid"}),
    Exchange(("GET", f"{API}/tickets?external_id=ahg35h3jh"), 200, body={"tickets": [{"id": int}]}),
    Exchange(("GET", f"{API}/tickets/35436"), 200, body={"ticket": {"requester_id": int}}),
    Exchange(("GET", f"{API}/tickets/99"), 404, body={"error": "RecordNotFound"}),
    Exchange(
        ("POST", f"{API}/uploads?filename=myfile.dat"),
        201,
        {"any": "octets"},
        {"upload": {"token": "token1", "attachment": {"id": int, "content_url": str}}},
    ),
    Exchange(
        ("PUT", f"{API}/tickets/35436"),
        200,
        {
            "ticket": {
                "comment": {"body": "Thanks!", "public": False, "uploads": ["token1"]},
                "metadata": {"time_spent": "4hours"},
            }
        },
        {
            "audit": {
                "author_id": int,
                "metadata": {"custom": {"time_spent": "4hours"}},
                "events": [{"type": "Comment", "public": False, "attachments": [{"id": int}]}],
            }
        },
    ),
    Exchange(
        ("GET", f"{API}/tickets/35436/audits?page%5Bsize%5D=100"),
        200,
        body={
            "audits": [{"created_at": str, "events": [{"type": "Comment", "body": str}]}],
            "meta": {"has_more": False},
        },
    ),
    Exchange(
        ("GET", f"{API}/incremental/tickets/cursor?start_time=1332034771"),
        200,
        body={
            "tickets": [{"id": int, "generated_timestamp": int, "external_id": str}],
            "after_cursor": str,
            "end_of_stream": True,
        },
    ),
    Exchange(
        ("GET", f"{API}/incremental/tickets/cursor?start_time=9999999999"),
        400,
        body={"error": "StartTimeTooRecent"},
    ),
    Exchange(("GET", f"{API}/attachments/1"), 200, body={"attachment": {"content_url": str}}),
    CLOSING,
    Exchange(
        ("PUT", f"{API}/tickets/35436"),
        422,
        {"ticket": {"comment": {"body": "x"}}},
        {"error": "RecordInvalid", "details": {"status": [{"description": str}]}},
    ),
)
