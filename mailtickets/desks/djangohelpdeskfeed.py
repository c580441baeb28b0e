"""django-helpdesk's feed: its follow-ups by number, read from the last page backwards."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from attrs import evolve

from mailtickets.desks.answers import loud
from mailtickets.desks.gaps import Seen
from mailtickets.desks.jsons import entries, mapping_of, number_of, objects
from mailtickets.desks.polling import Page
from mailtickets.interfaces import IJournal
from mailtickets.tickets.events import Event, Kind
from mailtickets.tickets.values import Remote

PER_PAGE = 100
MOST_PAGES = 1000
MOST_EVENTS = 100
"""Events that are told in one go."""
HELD = 3600.0
"""Seconds that an entry which may be ours is held back for, at most."""
REMEMBERED = 1000
_STATUSES = {1: "open", 2: "open", 3: "resolved", 4: "closed", 5: "closed"}

Ask = Callable[..., Awaitable[Mapping[str, Any]]]
"""GET, by the segments of a path and `query=`; the object. Raises Temporary."""


class HelpdeskFeed:
    """Reads what was said in some queues."""

    def __init__(
        self,
        ask: Ask,
        queues: Collection[int],
        key_field: str,
        journal: IJournal,
        now: Callable[[], float],
    ) -> None:
        self._ask = ask
        self._queues = frozenset(queues)
        self._key_field = f"custom_{key_field}"
        self._journal = journal
        self._now = now
        self._ours: int | None = None  # our user's number, once an entry of ours told it
        # Of each ticket its queue, its opening entry and its key: none of these changes.
        self._tickets: OrderedDict[str, tuple[int, int, str]] = OrderedDict()

    async def _read(self, page: str) -> tuple[list[Mapping[str, Any]], int]:
        """The entries of a page, and how many there are in all."""
        query = [("page_size", str(PER_PAGE)), ("page", page)]
        told = await self._ask("followups", query=query)
        return entries(told, "results"), number_of(told.get("count"))

    async def end(self) -> str:
        """The cursor of now."""
        found, _ = await self._read("last")
        return Seen(max((number_of(one.get("id")) for one in found), default=0)).text

    async def page(self, after: str | None) -> Page:
        """What came after a cursor, a bounded number of entries."""
        seen = Seen.read(after)
        by_number: dict[int, Mapping[str, Any]] = {}
        found, count = await self._read("last")
        number = -(-count // PER_PAGE)
        for _ in range(MOST_PAGES):
            by_number |= {number_of(one.get("id")): one for one in found}
            number -= 1
            if number < 1 or min(by_number, default=0) <= seen.since:
                break
            found, _ = await self._read(str(number))
        events: list[Event] = []
        fresh = seen.new(by_number)
        for one in fresh[:MOST_EVENTS]:
            event = await self._event(by_number[one])
            if event is None and await self._held(by_number[one]):
                return Page(events, seen.text)
            seen = seen.told(one)
            if event is not None:
                events.append(evolve(event, cursor=seen.text))
        return Page(events, seen.text, more=len(fresh) > MOST_EVENTS)

    async def _held(self, entry: Mapping[str, Any]) -> bool:
        """Whether an entry may be one of ours whose receipt is still to come."""
        if entry.get("user") != self._ours and self._ours is not None:
            return False
        if not entry.get("comment") or self._now() - _moment(entry) > HELD:
            return False
        number = str(number_of(entry.get("id")))
        return await self._journal.unsettled() and await self._journal.origin(number) is None

    async def _event(self, entry: Mapping[str, Any]) -> Event | None:
        """What an entry tells; None for nothing, or nothing yet."""
        number, ticket = number_of(entry.get("id")), str(number_of(entry.get("ticket")))
        queue, opening, key = await self._about(ticket)
        if queue not in self._queues:
            return None
        files = tuple(_remote(one) for one in objects(entry.get("followupattachment_set") or []))
        told: dict[str, Any] = {
            "id": str(number),
            "cursor": "",
            "ticket": ticket,
            "created": str(entry.get("date") or ""),
        }
        if not entry.get("comment") and not files and number != opening:
            status = entry.get("new_status")
            if status is None:
                return None
            word = _STATUSES.get(number_of(status), "open")
            return Event(kind=Kind.STATUS_CHANGED, status=word, **told)
        kind, origin = Kind.TICKET_OPENED, key or None
        if number != opening:
            kind, origin = Kind.COMMENT_ADDED, await self._journal.origin(str(number))
            # An entry by our user that no letter wrote is not told: nobody else writes as us.
            mine = self._ours is None or entry.get("user") == self._ours
            if origin is None and mine and (self._ours or await self._journal.unsettled()):
                return None
        if origin is not None and entry.get("user") is not None:
            self._ours = number_of(entry.get("user"))
        return Event(
            kind=kind,
            comment_id=str(number),
            text=plain(entry.get("comment")),
            public=bool(entry.get("public")),
            origin_key=origin,
            attachments=files,
            **told,
        )

    async def _about(self, ticket: str) -> tuple[int, int, str]:
        if ticket not in self._tickets:
            found = await self._ask("tickets", ticket)
            opening = opening_of(found)
            number = 0 if opening is None else number_of(opening.get("id"))
            key = str(found.get(self._key_field) or "")
            self._tickets[ticket] = (number_of(found.get("queue")), number, key)
            while len(self._tickets) > REMEMBERED:
                self._tickets.popitem(last=False)
        return self._tickets[ticket]


def opening_of(ticket: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The entry that a ticket began with."""
    found = objects(ticket.get("followup_set") or [])
    return min(found, key=lambda one: number_of(one.get("id")), default=None)


def plain(text: Any) -> str:
    """A text as it can be compared: Django keeps no blanks around it."""
    return str(text or "").replace("\r\n", "\n").strip()


def _remote(found: Mapping[str, Any]) -> Remote:
    """A file, known by its path: its address is made of whatever host it was asked at."""
    return Remote(
        urlsplit(str(mapping_of(found).get("file") or "")).path,
        str(found.get("filename") or "attachment"),
        str(found.get("mime_type") or "application/octet-stream"),
        number_of(found.get("size")),
    )


def _moment(entry: Mapping[str, Any]) -> float:
    try:
        return datetime.fromisoformat(str(entry.get("date"))).timestamp()
    except ValueError:
        raise loud("The desk's answer cannot be understood: a time is none") from None
