"""Zammad by its REST API: by contract, not run against the real thing.

A ticket carries our key in an attribute of its own, an article in its subject. We write notes
alone, for Zammad mails articles of type email itself; what it mailed is not mailed again.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from attrs import field, frozen
from twisted.logger import Logger

from mailtickets.desks.answers import document, loud
from mailtickets.desks.api import Access, Api
from mailtickets.desks.bodies import Piece
from mailtickets.desks.calls import TOTAL
from mailtickets.desks.files import AtDesk
from mailtickets.desks.hosted import Changes, FilingDesk, access_of
from mailtickets.desks.jsons import mapping_of, number_of, objects
from mailtickets.desks.shared import is_number, names_of
from mailtickets.desks.window import moment_of, text_of
from mailtickets.desks.wording import Wording
from mailtickets.mail.octets import Octets
from mailtickets.plugin import Needs
from mailtickets.tickets.events import Event, Kind
from mailtickets.tickets.intents import AddComment, OpenTicket
from mailtickets.tickets.values import Attachment, Person, Receipt, Remote, Ticket

WORDING = Wording(subject=250)
SUBJECT = "mailtickets "
"""What the subject of an article of ours begins with; its mark follows."""


@frozen
class ZammadSettings:
    """`groups` maps a queue's name here to a group's; `group` serves for the others."""

    group: str = "Users"
    groups: Mapping[str, str] = field(factory=dict)
    key_field: str = "mailtickets_key"

    @property
    def names(self) -> frozenset[str]:
        """The groups that are ours."""
        return frozenset({*self.groups.values(), self.group})


def signed(token: str) -> Mapping[str, str]:
    """Zammad's form of an access token."""
    return {"Authorization": f"Token token={token}"}


def make(settings: Mapping[str, Any], needs: Needs) -> FilingDesk:
    """A desk of kind `zammad`. Settings: url, token or token_file, every, `ZammadSettings`'.

    Raises SettingsError.
    """
    group, groups = names_of(settings, "group", "groups", "Users")
    key_field = names_of(settings, "key_field", "", "mailtickets_key")[0]
    access, journal, every = access_of(settings, needs, signed)
    system = Zammad(needs.reactor, access, ZammadSettings(group, groups, key_field))
    return FilingDesk(needs.reactor, system, journal, every=every)


class Zammad:
    """Some groups of one Zammad. See `hosted.Filing`."""

    overlap = 60_000

    def __init__(
        self,
        reactor: Any,
        access: Access,
        settings: ZammadSettings,
        *,
        seconds: float = TOTAL,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.api = Api(reactor, access, now, seconds)
        self._url = access.url
        self._settings = settings
        self._us = 0
        self._log = Logger(namespace="mailtickets.desks")

    def names(self, key: str) -> bool:
        """Whether this may be the id of a ticket."""
        return is_number(key)

    async def _ourselves(self) -> int:
        if not self._us:
            self._us = number_of(mapping_of(await self._get("users", "me")).get("id"))
        return self._us

    async def _get(self, *path: str, query: Sequence[tuple[str, str]] = ()) -> Any:
        return await self.api.get("api", "v1", *path, query=query)

    async def make(self, intent: OpenTicket | AddComment, mark: str) -> Receipt:
        """As `once.Make`."""
        files = WORDING.files_of(intent)
        article: dict[str, Any] = {
            "subject": f"{SUBJECT}{mark}",
            "body": WORDING.text_of(intent),
            "content_type": "text/plain",
            "type": "note",
            "sender": "Customer",
            "internal": isinstance(intent, AddComment) and not intent.public,
        }
        told: dict[str, Any]
        if isinstance(intent, OpenTicket):
            told = {
                "title": WORDING.subject_of(intent),
                "group": self._settings.groups.get(intent.queue, self._settings.group),
                "customer_id": f"guess:{intent.requester.address}",
                self._settings.key_field: mark,
                "article": article,
            }
            found = await self._written("tickets", told, files, named=False)
            number = str(number_of(found.get("id")))
            if found.get(self._settings.key_field) != mark:
                # It is made all the same, and the journal has it: to fail would make another.
                self._log.error(
                    "Zammad does not keep our keys: make the ticket attribute {field}, a text of "
                    "64 characters, and let us write it",
                    field=self._settings.key_field,
                )
            return Receipt(number, url=self._page(number))
        told = {"ticket_id": int(intent.ticket), **article}
        found = await self._written("ticket_articles", told, files, named=True)
        return Receipt(intent.ticket, str(number_of(found.get("id"))), self._page(intent.ticket))

    async def _written(
        self, name: str, told: Mapping[str, Any], files: Sequence[Attachment], *, named: bool
    ) -> Mapping[str, Any]:
        body = with_files(told, files, nested="article" in told)
        answer = await self.api.write("POST", "api", "v1", name, body=body)
        if not answer.good:
            raise self.api.trouble(answer, named=named)
        return mapping_of(document(answer))

    def _page(self, ticket: str) -> str:
        return f"{self._url}/#ticket/zoom/{ticket}"

    async def marked(
        self, intent: OpenTicket | AddComment, mark: str, since: int
    ) -> Receipt | None:
        """What bears the mark. A new ticket is looked for among those changed since."""
        if isinstance(intent, AddComment):
            us = await self._ourselves()
            for one in await self._articles(intent.ticket):
                if one.get("created_by_id") == us and one.get("subject") == f"{SUBJECT}{mark}":
                    number = str(number_of(one.get("id")))
                    return Receipt(intent.ticket, number, self._page(intent.ticket))
            return None
        for one in await self._changed(since):
            if one.get(self._settings.key_field) == mark:
                number = str(number_of(one.get("id")))
                return Receipt(number, url=self._page(number))
        return None

    async def _articles(self, ticket: str) -> list[Mapping[str, Any]]:
        path = ("api", "v1", "ticket_articles", "by_ticket", ticket)
        found = await self.api.found(*path)
        return [] if found is None else objects(found, "articles")

    async def _changed(self, since: int, order: str = "asc") -> list[Mapping[str, Any]]:
        """Tickets of our groups changed since a time, by the index."""
        query = [
            ("query", f"updated_at:[{text_of(since)} TO *]"),
            ("sort_by", "updated_at"),
            ("order_by", order),
            ("expand", "true"),
        ]
        pages = self.api.pages("api", "v1", "tickets", "search", query=query)
        return [one async for one in pages if one.get("group") in self._settings.names]

    async def ticket(self, key: str) -> Ticket | None:
        """The ticket of this id, when a group of ours has it."""
        found = await self.api.found("api", "v1", "tickets", key, query=[("expand", "true")])
        if found is None:
            return None
        told = mapping_of(found)
        if str(told.get("id")) != key:
            raise loud("The desk answered with another ticket than it was asked for")
        if told.get("group") not in self._settings.names:
            return None
        user = mapping_of(await self._get("users", str(number_of(told.get("customer_id")))))
        name = f"{user.get('firstname') or ''} {user.get('lastname') or ''}".strip()
        return Ticket(
            key=key,
            subject=str(told.get("title") or ""),
            requester=Person(name, str(user.get("email") or "")),
            status=str(told.get("state") or "open").lower(),
            url=self._page(key),
        )

    async def latest(self) -> int:
        """When a ticket of ours changed last."""
        times = [moment_of(one.get("updated_at")) for one in await self._changed(0, "desc")]
        return max(times, default=0)

    async def changed(self, since: int) -> Changes:
        """Articles and changes of state of the tickets that changed since."""
        us = await self._ourselves()
        found: list[Event] = []
        for ticket in await self._changed(since):
            number = str(number_of(ticket.get("id")))
            articles = await self._articles(number)
            first = min((number_of(one.get("id")) for one in articles), default=0)
            found += [self._event(number, one, us, first) for one in articles]
            history = mapping_of(await self._get("ticket_history", number))
            for one in objects(history.get("history"), "history"):
                if (one.get("object"), one.get("attribute")) == ("Ticket", "state") and one.get(
                    "type"
                ) == "updated":
                    found.append(
                        Event(
                            id=f"h{number_of(one.get('id'))}",
                            cursor="",
                            kind=Kind.STATUS_CHANGED,
                            ticket=number,
                            status=str(one.get("value_to") or "open").lower(),
                            created=str(one.get("created_at")),
                        )
                    )
        return Changes(found)

    def _event(self, ticket: str, found: Mapping[str, Any], us: int, first: int) -> Event:
        number = number_of(found.get("id"))
        subject = str(found.get("subject") or "")
        ours = found.get("created_by_id") == us and subject.startswith(SUBJECT)
        body, html = str(found.get("body") or ""), found.get("content_type") == "text/html"
        sender = str(found.get("from") or "")
        return Event(
            id=f"a{number}",
            cursor="",
            kind=Kind.TICKET_OPENED if number == first else Kind.COMMENT_ADDED,
            ticket=ticket,
            author=Person(sender, "") if sender else None,
            comment_id=str(number),
            text="" if html else body,
            html=body if html else None,
            # What is of type email Zammad has mailed itself.
            public=found.get("internal") is False and found.get("type") != "email",
            origin_key=subject.removeprefix(SUBJECT) if ours else None,
            attachments=tuple(
                _remote(number, one) for one in objects(found.get("attachments") or [], "files")
            ),
            created=str(found.get("created_at")),
        )

    def file(self, ticket: str, attachment: Remote) -> Octets:
        """An attachment, by its article's id and its own."""
        path = ("api", "v1", "ticket_attachment", ticket, *attachment.id.split("/"))
        return AtDesk(self.api, path, attachment.size)

    async def check(self) -> Sequence[str]:
        """What is wrong: token, our rights on the groups, the index."""
        me = mapping_of(await self._get("users", "me", query=[("expand", "true")]))
        rights = mapping_of(me.get("groups") or {})
        await self.latest()
        return [
            f"{self._url}: our user has not all rights on group {name}; give it full ones"
            for name in sorted(self._settings.names)
            if not _may(rights.get(name))
        ]


def _may(found: object) -> bool:
    """Whether rights on a group are enough to read, to write and to answer there."""
    named = {str(one) for one in found} if isinstance(found, list) else set()
    return "full" in named or {"read", "create", "change"} <= named


def _remote(article: int, found: Mapping[str, Any]) -> Remote:
    sort = mapping_of(found.get("preferences") or {}).get("Mime-Type")
    return Remote(
        f"{article}/{number_of(found.get('id'))}",
        str(found.get("filename") or "attachment"),
        str(sort or "application/octet-stream").lower(),
        number_of(found.get("size") or 0),
    )


def with_files(
    told: Mapping[str, Any], files: Sequence[Attachment], *, nested: bool
) -> list[Piece]:
    """The document with files as base64; `nested`: in its last member, which is an object."""
    end = b"}}" if nested else b"}"
    octets = json.dumps(told, separators=(",", ":")).encode()
    if not files:
        return [octets]
    pieces: list[Piece] = [octets[: -len(end)] + b',"attachments":[']
    for number, one in enumerate(files):
        named = {"filename": one.name, "mime-type": one.type}
        start = json.dumps(named, separators=(",", ":")).encode()[:-1] + b',"data":"'
        pieces += [b"," + start if number else start, one.octets, b'"}']
    return [*pieces, b"]" + end]
