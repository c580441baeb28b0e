"""Zammad in memory, by contract: not the real thing.

Written from zammad/zammad-documentation: api/intro.rst (access token, expand), api/user.rst,
api/ticket/articles.rst and api/ticket/index.rst; the history from Zammad's own source and tests.
The words of refusals and the size of a file are from general knowledge. A ticket attribute
`mailtickets_key` is there, as our page asks for it.
"""

from __future__ import annotations

from base64 import b64decode
from datetime import UTC, datetime
from typing import Any, ClassVar

from tests.desks.vendors.serving import Asked, Exchange, Told, Vendor, page_of

API = "/api/v1"
OURS = 3


def stamp() -> str:
    """A time as Zammad tells it, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class ZammadServer(Vendor):
    """One group, Users, and its tickets."""

    signature: ClassVar = {"authorization": "Token token=sesame"}
    routes = (
        ("GET", f"{API}/users/me", "me"),
        ("GET", rf"{API}/users/(\d+)", "user"),
        ("POST", f"{API}/tickets", "open"),
        ("GET", f"{API}/tickets/search", "search"),
        ("GET", rf"{API}/tickets/(\d+)", "ticket"),
        ("PUT", rf"{API}/tickets/(\d+)", "change"),
        ("POST", f"{API}/ticket_articles", "article"),
        ("GET", rf"{API}/ticket_articles/by_ticket/(\d+)", "articles"),
        ("GET", rf"{API}/ticket_history/(\d+)", "history"),
        ("GET", rf"{API}/ticket_attachment/(\d+)/(\d+)/(\d+)", "attachment"),
    )

    def __init__(self, reactor: Any) -> None:
        super().__init__(reactor)
        self.all: list[dict[str, Any]] = []
        self.said: list[dict[str, Any]] = []
        self.past: list[dict[str, Any]] = []
        self.users: list[str] = ["-", "admin@z", "bot@z"]
        self.files: list[bytes] = []
        self.knows_key = True
        self.rights = {"Users": ["full"]}

    def unsigned(self) -> Told:
        """As the documents say."""
        return Told(401, {"error": "Invalid Authorization token"})

    def missing(self) -> Told:
        """As the documents say."""
        return Told(404, {"error": "Couldn't find Ticket"})

    def me(self, asked: Asked) -> Told:
        """The user of the token."""
        told = {"id": OURS, "login": "bot@z", "email": "bot@z", "active": True}
        more = {"groups": self.rights} if asked.query.get("expand") == "true" else {}
        return Told(200, {**told, **more})

    def user(self, asked: Asked, number: str) -> Told:
        """One user."""
        told = {"firstname": "", "lastname": "", "email": self.users[int(number) - 1]}
        return Told(200, {"id": int(number), **told})

    def open(self, asked: Asked) -> Told:
        """A new ticket; `guess:` finds or creates the customer."""
        told = asked.told
        if told.get("group") != "Users":
            return Told(422, {"error": "No lookup value found for 'group'"})
        address = str(told["customer_id"]).removeprefix("guess:")
        if address not in self.users:
            self.users.append(address)
        number = len(self.all) + 1
        ticket = {
            "id": number,
            "group_id": 1,
            "number": f"2200{number}",
            "title": told["title"],
            "customer_id": self.users.index(address) + 1,
            "state": "new",
            "group": "Users",
            "created_at": stamp(),
            "updated_at": stamp(),
        }
        if self.knows_key:
            ticket["mailtickets_key"] = told.get("mailtickets_key")
        self.all.append(ticket)
        self.wrote(number, told["article"], OURS)
        return Told(201, ticket)

    def wrote(self, ticket: int, told: dict[str, Any], by: int) -> dict[str, Any]:
        """A new article."""
        files = []
        for one in told.get("attachments", ()):
            self.files.append(b64decode(one["data"], validate=True))
            files.append(
                {
                    "id": len(self.files),
                    "filename": one["filename"],
                    "size": str(len(self.files[-1])),
                    "preferences": {"Mime-Type": one["mime-type"]},
                }
            )
        self.said.append(
            {
                "id": len(self.said) + 1,
                "ticket_id": ticket,
                "from": self.users[by - 1],
                "subject": told.get("subject", ""),
                "body": told["body"],
                "content_type": told.get("content_type", "text/html"),
                "type": told.get("type", "note"),
                "internal": told.get("internal", False),
                "attachments": files,
                "created_by_id": by,
                "created_at": stamp(),
                "updated_at": stamp(),
            }
        )
        self.all[ticket - 1]["updated_at"] = stamp()
        return self.said[-1]

    def article(self, asked: Asked) -> Told:
        """A new article."""
        if not 0 < int(asked.told["ticket_id"]) <= len(self.all):
            return self.missing()
        return Told(201, self.wrote(int(asked.told["ticket_id"]), asked.told, OURS))

    def of(self, ticket: str) -> list[dict[str, Any]]:
        """The articles of a ticket."""
        return [one for one in self.said if str(one["ticket_id"]) == ticket]

    def articles(self, asked: Asked, ticket: str) -> Told:
        """All articles of a ticket."""
        return Told(200, self.of(ticket)) if self.of(ticket) else self.missing()

    def search(self, asked: Asked) -> Told:
        """Tickets by `updated_at:[TIME TO *]`, as the only query that is understood here."""
        since = asked.query["query"].removeprefix("updated_at:[").removesuffix(" TO *]")
        found = [one for one in self.all if one["updated_at"] >= since.rstrip("Z")]
        down = asked.query.get("order_by") == "desc"
        found.sort(key=lambda one: one["updated_at"], reverse=down)
        paged = page_of(asked, found, self.url)
        return Told(200, paged.body)

    def ticket(self, asked: Asked, number: str) -> Told:
        """One ticket."""
        found = 0 < int(number) <= len(self.all)
        return Told(200, self.all[int(number) - 1]) if found else self.missing()

    def change(self, asked: Asked, number: str) -> Told:
        """Another state."""
        ticket = self.all[int(number) - 1]
        self.past.append(
            {
                "id": len(self.past) + 1,
                "o_id": int(number),
                "object": "Ticket",
                "type": "updated",
                "attribute": "state",
                "value_from": ticket["state"],
                "value_to": asked.told["state"],
                "created_at": stamp(),
            }
        )
        ticket.update(state=asked.told["state"], updated_at=stamp())
        return Told(200, ticket)

    def history(self, asked: Asked, number: str) -> Told:
        """What changed."""
        listed = [one for one in self.past if str(one["o_id"]) == number]
        return Told(200, {"history": listed, "assets": {}})

    def attachment(self, asked: Asked, ticket: str, article: str, number: str) -> Told:
        """A file's octets."""
        return Told(200, self.files[int(number) - 1], {"Content-Type": "text/plain"})


_ARTICLE = {"subject": "s", "body": "huhu", "type": "note", "internal": False}
_TICKET = {"title": "Help", "group": "Users", "customer_id": "guess:jane@doe.com"}
_FILE = {"filename": "a.txt", "data": "aGVsbG8=", "mime-type": "text/plain"}
_SEARCH = f"{API}/tickets/search?query=updated_at:%5B2020-01-01T00:00:00Z%20TO%20*%5D&expand=true"
EXCHANGES = (
    Exchange(("GET", f"{API}/users/me"), 401, body={"error": str}, signed=False),
    Exchange(("GET", f"{API}/users/me"), 200, body={"id": int, "email": str}),
    Exchange(("GET", f"{API}/users/me?expand=true"), 200, body={"groups": {"Users": ["full"]}}),
    Exchange(
        ("POST", f"{API}/tickets"),
        201,
        {**_TICKET, "article": _ARTICLE},
        {"id": 1, "number": str, "title": "Help", "customer_id": int, "updated_at": str},
    ),
    Exchange(("POST", f"{API}/tickets"), 422, {**_TICKET, "group": "None"}, {"error": str}),
    Exchange(("GET", f"{API}/tickets/1?expand=true"), 200, body={"state": "new", "group": "Users"}),
    Exchange(("GET", f"{API}/tickets/99"), 404, body={"error": str}),
    Exchange(
        ("POST", f"{API}/ticket_articles"),
        201,
        {"ticket_id": 1, **_ARTICLE, "attachments": [_FILE]},
        {
            "id": 2,
            "type": "note",
            "internal": False,
            "attachments": [
                {"id": int, "filename": "a.txt", "preferences": {"Mime-Type": "text/plain"}}
            ],
        },
    ),
    Exchange(("POST", f"{API}/ticket_articles"), 404, {"ticket_id": 99, **_ARTICLE}),
    Exchange(
        ("GET", f"{API}/ticket_articles/by_ticket/1"),
        200,
        body=[{"id": 1, "ticket_id": 1, "from": str, "body": "huhu", "created_at": str}],
    ),
    Exchange(("GET", f"{API}/ticket_attachment/1/2/1"), 200),
    Exchange(("GET", _SEARCH), 200, body=[{"id": 1, "group": "Users"}]),
    Exchange(("PUT", f"{API}/tickets/1"), 200, {"state": "closed"}, {"state": "closed"}),
    Exchange(
        ("GET", f"{API}/ticket_history/1"),
        200,
        body={"history": [{"object": "Ticket", "attribute": "state", "value_to": "closed"}]},
    ),
)
