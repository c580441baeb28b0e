"""Znuny's feed: tickets by the time of their last change, and each one's articles by number."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import Any

from attrs import evolve, frozen

from mailtickets.desks.answers import loud
from mailtickets.desks.changes import Place
from mailtickets.desks.gaps import Seen
from mailtickets.desks.jsons import entries, number_of, objects
from mailtickets.desks.polling import Page
from mailtickets.tickets.events import Event, Kind
from mailtickets.tickets.values import Person, Remote

AT_ONCE = 40
"""Tickets that are asked for with one call."""
MOST = 20_000
"""Changed tickets that are read in one go."""
MOST_EVENTS = 100
"""Events that are told in one go."""
OVERLAP = 5
"""Seconds: times are whole seconds, and a change may be seen a moment after its time."""
_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\Z")
_BODIES = frozenset({"file-1", "file-2"})
"""How Znuny calls an article's own text among its files."""

Ask = Callable[[str, Mapping[str, Any]], Awaitable[Mapping[str, Any]]]
"""Asks an operation, by its route. Raises Temporary, Permanent where access is denied."""


@frozen
class _Change:
    """An article, with its ticket; `opening` is the first of a ticket."""

    number: int
    article: Mapping[str, Any]
    ticket: Mapping[str, Any]
    opening: bool
    changed: str


class ZnunyFeed:
    """Reads what changed in some queues."""

    def __init__(self, ask: Ask, queues: Collection[str], key_field: str, entry_field: str) -> None:
        self._ask = ask
        self._queues = sorted(queues)
        self._key_field = key_field
        self._entry_field = entry_field

    async def _searched(self, **told: Any) -> list[int]:
        found = await self._ask("TicketSearch", {"Queues": self._queues, **told})
        numbers = found.get("TicketID") or []
        return [number_of(one) for one in numbers]

    async def _read(self, numbers: Collection[int]) -> list[Mapping[str, Any]]:
        told = {"AllArticles": 1, "DynamicFields": 1, "Attachments": 1}
        listed = {"TicketID": [str(one) for one in numbers], "GetAttachmentContents": 0}
        return entries(await self._ask("TicketGet", {**told, **listed}), "Ticket")

    async def end(self) -> str:
        """The cursor of now."""
        newest = await self._searched(SortBy="Age", OrderBy="Down", Limit=1)
        latest = await self._searched(SortBy="Changed", OrderBy="Down", Limit=AT_ONCE)
        if not latest:
            return Place().text
        found = await self._read(latest)
        articles = [number_of(one.get("ArticleID")) for each in found for one in _articles(each)]
        since = max(_time(one.get("Changed")) for one in found)
        return Place(since, Seen(max(newest + latest)), Seen(max(articles, default=0))).text

    async def page(self, after: str | None) -> Page:
        """What came after a cursor: articles in their order, a bounded number of them."""
        place = Place.read(after)
        told: dict[str, Any] = {"SortBy": "Changed", "OrderBy": "Up", "Limit": MOST}
        if place.since:
            told["TicketLastChangeTimeNewerDate"] = _earlier(place.since)
        numbers = await self._searched(**told)
        changes: list[_Change] = []
        latest = place.since
        unripe: list[str] = []  # when those changed that are read again
        for start in range(0, len(numbers), AT_ONCE):
            for ticket in await self._read(numbers[start : start + AT_ONCE]):
                latest = max(latest, _time(ticket.get("Changed")))
                if _is_being_written(ticket):
                    unripe.append(_time(ticket.get("Changed")))
                else:
                    changes += _changes(ticket, place)
        if unripe and not place.entries.head:
            return Page([], place.text, more=False)  # below the first number no gaps are kept
        latest = min([latest, *unripe])
        changes.sort(key=lambda one: one.number)
        events: list[Event] = []
        for index, change in enumerate(changes[:MOST_EVENTS]):
            left = [one.changed for one in changes[index + 1 :]]
            since = max(place.since, min([change.changed, *(left or [latest]), *unripe]))
            tickets = place.tickets
            if change.opening:
                tickets = tickets.told(number_of(change.ticket.get("TicketID")))
            place = Place(since, tickets, place.entries.told(change.number))
            if change.article.get("SenderType") != "system":
                events.append(evolve(self._event(change), cursor=place.text))
        more = len(changes) > MOST_EVENTS
        if not more:
            place = evolve(place, since=max(place.since, latest))
        return Page(events, place.text, more=more)

    def _event(self, change: _Change) -> Event:
        article = change.article
        field = value_of(change.ticket, self._key_field) if change.opening else ""
        name, address = parseaddr(str(article.get("From") or ""))
        return Event(
            id=f"a{change.number}",
            cursor="",
            kind=Kind.TICKET_OPENED if change.opening else Kind.COMMENT_ADDED,
            ticket=str(number_of(change.ticket.get("TicketID"))),
            author=Person(name or address, address if "@" in address else ""),
            comment_id=str(change.number),
            text=str(article.get("Body") or "").replace("\r\n", "\n"),
            public=bool(number_of(article.get("IsVisibleForCustomer") or 0)),
            origin_key=field or value_of(article, self._entry_field) or None,
            attachments=tuple(
                Remote(
                    f"{change.number}.{one.get('FileID')}",
                    str(one.get("Filename") or "attachment"),
                    str(one.get("ContentType") or "application/octet-stream").partition(";")[0],
                    number_of(one.get("FilesizeRaw") or 0),
                )
                for one in objects(article.get("Attachment") or [])
                if one.get("Filename") not in _BODIES
            ),
            created=_time(article.get("CreateTime")).replace(" ", "T") + "Z",
        )


def _is_being_written(ticket: Mapping[str, Any]) -> bool:
    """Whether Znuny tells of an article that is not wholly there yet: it has no number."""
    return any(one.get("ArticleID") is None for one in objects(ticket.get("Article") or []))


def _articles(ticket: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = [
        one for one in objects(ticket.get("Article") or []) if one.get("ArticleID") is not None
    ]
    return sorted(found, key=lambda one: number_of(one.get("ArticleID")))


def _changes(ticket: Mapping[str, Any], place: Place) -> list[_Change]:
    """What is new in a ticket."""
    by_number = {number_of(one.get("ArticleID")): one for one in _articles(ticket)}
    first = min(by_number, default=0)
    new = bool(place.tickets.new([number_of(ticket.get("TicketID"))]))
    changed = _time(ticket.get("Changed"))
    return [
        _Change(one, by_number[one], ticket, new and one == first, changed)
        for one in place.entries.new(by_number)
    ]


def value_of(found: Mapping[str, Any], name: str) -> str:
    """The value of a dynamic field, or empty."""
    for one in objects(found.get("DynamicField") or []):
        if one.get("Name") == name and isinstance(one.get("Value"), str):
            return str(one["Value"])
    return ""


def _time(found: Any) -> str:
    """A time as Znuny tells it. Raises Temporary, loud."""
    if not isinstance(found, str) or not _TIME.match(found):
        raise loud("The desk's answer cannot be understood: a time is none")
    return found


def _earlier(since: str) -> str:
    # Both times are in Znuny's own zone, whichever that is.
    return (datetime.fromisoformat(_time(since)) - timedelta(seconds=OVERLAP)).isoformat(" ")
