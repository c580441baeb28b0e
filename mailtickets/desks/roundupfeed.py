"""Roundup's feed: issues by their latest activity, and the messages of each by number."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from attrs import evolve, frozen

from mailtickets.desks.answers import loud
from mailtickets.desks.changes import Place
from mailtickets.desks.gaps import Seen
from mailtickets.desks.jsons import entries, mapping_of, number_of, objects
from mailtickets.desks.polling import Page
from mailtickets.tickets.events import Event, Kind
from mailtickets.tickets.values import Person, Remote

KEYS = "mailkey"
"""The class of our keys."""
PER_PAGE = 100
MOST_PAGES = 200
"""Pages of changed issues that are read in one go: 20,000 issues."""
MOST_EVENTS = 100
"""Events that are told in one go."""
OVERLAP = 5.0
"""Seconds: times are whole seconds, and an issue may be seen a moment after its time."""
TOGETHER = 5.0
"""Seconds between an issue, its first message and its files, where they came as one."""
REMEMBERED = 1000
_TIME = re.compile(r"\d{4}-\d\d-\d\d\.\d\d:\d\d:\d\d(?:\.\d+)?\Z")
_ASKED = "activity,creation,creator,messages,files,status,title"

Ask = Callable[..., Awaitable[Any]]
"""GET, by the segments of a path and `query=`; the data. Raises Temporary."""
Stream = Callable[..., AsyncIterator[bytes]]
"""GET, by the segments of a path; the octets as they come. Raises Temporary."""


@frozen
class _Change:
    """An issue's opening, or one more message of it; `number` is the message's, 0 for none."""

    number: int
    issue: Mapping[str, Any]
    opening: bool
    activity: str


class RoundupFeed:
    """Reads what changed in a tracker."""

    def __init__(self, ask: Ask, stream: Stream) -> None:
        self._ask = ask
        self._stream = stream
        self._users: OrderedDict[str, Person] = OrderedDict()
        # Messages and files do not change, and a page is read again after a failure within it.
        self._messages: OrderedDict[int, Mapping[str, Any]] = OrderedDict()
        self._files: OrderedDict[str, Remote] = OrderedDict()
        self._events: OrderedDict[tuple[int, int], Event] = OrderedDict()
        self._statuses: dict[str, str] = {}

    async def end(self) -> str:
        """The cursor of now."""
        latest = await self._newest("issue", "activity")
        issue, message = await self._newest("issue", "id"), await self._newest("msg", "id")
        since = _time(latest.get("activity")) if latest else ""
        numbers = [number_of(one.get("id")) if one else 0 for one in (issue, message)]
        return Place(since, Seen(numbers[0]), Seen(numbers[1])).text

    async def _newest(self, name: str, by: str) -> Mapping[str, Any]:
        query = [("@sort", f"-{by}"), ("@page_size", "1"), ("@fields", "activity")]
        found = entries(await self._ask(name, query=query), "collection")
        return found[0] if found else {}

    async def page(self, after: str | None) -> Page:
        """What came after a cursor: messages in their order, a bounded number of them."""
        place = Place.read(after)
        changes: list[_Change] = []
        latest = place.since
        for number in range(1, MOST_PAGES + 1):
            found = await self._listed(place.since, number)
            for issue in found:
                latest = max(latest, _time(issue.get("activity")))
                changes += await self._changes(issue, place)
            if len(found) < PER_PAGE:
                break
        changes.sort(key=lambda one: (one.number, number_of(one.issue.get("id"))))
        events: list[Event] = []
        for index, change in enumerate(changes[:MOST_EVENTS]):
            left = [one.activity for one in changes[index + 1 :]]
            place = _after(place, change, min(left, default=latest))
            events.append(await self._event(change, place.text))
        more = len(changes) > MOST_EVENTS
        if not more:
            place = evolve(place, since=max(place.since, latest))
        return Page(events, place.text, more=more)

    async def _listed(self, since: str, number: int) -> list[Mapping[str, Any]]:
        """Issues with activity at or after a time."""
        query = [
            ("@sort", "activity,id"),
            ("@fields", _ASKED),
            ("@page_size", str(PER_PAGE)),
            ("@page_index", str(number)),
        ]
        if since:
            query.append(("activity", f"{_earlier(since)};"))
        return entries(await self._ask("issue", query=query), "collection")

    async def _changes(self, issue: Mapping[str, Any], place: Place) -> list[_Change]:
        """What is new in an issue."""
        activity = _time(issue.get("activity"))
        numbers = sorted(int(one) for one in links_of(issue.get("messages")))
        made: list[_Change] = []
        first = 0
        if numbers and place.tickets.new([number_of(issue.get("id"))]):
            message = await self._message(numbers[0])
            if _near(message.get("creation"), issue.get("creation")):
                first = numbers[0]
        if place.tickets.new([number_of(issue.get("id"))]):
            made.append(_Change(first, issue, True, activity))
        made += [
            _Change(one, issue, False, activity)
            for one in place.entries.new(numbers)
            if one != first
        ]
        return made

    async def _event(self, change: _Change, cursor: str) -> Event:
        place = (number_of(change.issue.get("id")), change.number)
        if place not in self._events:
            self._events[place] = await self._read(change)
            while len(self._events) > REMEMBERED:
                self._events.popitem(last=False)
        return evolve(self._events[place], cursor=cursor)

    async def _read(self, change: _Change) -> Event:
        ticket = str(number_of(change.issue.get("id")))
        if not change.number:
            return Event(
                id=f"i{ticket}",
                cursor="",
                kind=Kind.TICKET_OPENED,
                ticket=ticket,
                author=await self._person(change.issue.get("creator")),
                public=True,
                created=_told(change.issue.get("creation")),
            )
        message = await self._message(change.number)
        writer = message.get("author") or message.get("creator")
        return Event(
            id=f"i{ticket}" if change.opening else f"m{change.number}",
            cursor="",
            kind=Kind.TICKET_OPENED if change.opening else Kind.COMMENT_ADDED,
            ticket=ticket,
            author=await self._person(writer),
            comment_id=str(change.number),
            text=str(message.get("content") or "").replace("\r\n", "\n"),
            public=not message.get("private"),
            origin_key=await self._key(change.number),
            attachments=await self._attached(change.issue, message),
            created=_told(message.get("creation")),
        )

    async def _message(self, number: int) -> Mapping[str, Any]:
        if number not in self._messages:
            fields = "content,author,creator,creation,private,files"
            query = [("@verbose", "3"), ("@fields", fields)]
            found = await self._ask("msg", str(number), query=query)
            self._messages[number] = mapping_of(mapping_of(found).get("attributes"))
            while len(self._messages) > REMEMBERED:
                self._messages.popitem(last=False)
        return self._messages[number]

    async def _key(self, message: int) -> str | None:
        """The key by which we wrote a message."""
        query = [("msg", str(message)), ("@fields", "key,msg")]
        for one in entries(await self._ask(KEYS, query=query), "collection"):
            if link_of(one.get("msg")) == str(message):
                return str(one.get("key"))
        return None

    async def _attached(
        self, issue: Mapping[str, Any], message: Mapping[str, Any]
    ) -> tuple[Remote, ...]:
        """The message's files, and those that an agent put beside it into the issue."""
        named = links_of(message.get("files"))
        if not named:
            for one in links_of(issue.get("files")):
                fields = [("@fields", "creator,creation")]
                found = mapping_of((await self._ask("file", one, query=fields)).get("attributes"))
                same = link_of(found.get("creator")) == link_of(message.get("creator"))
                if same and _near(found.get("creation"), message.get("creation")):
                    named.append(one)
        return tuple([await self._remote(one) for one in named])

    async def _remote(self, number: str) -> Remote:
        if number not in self._files:
            fields = [("@fields", "name,type")]
            found = mapping_of((await self._ask("file", number, query=fields)).get("attributes"))
            size = 0
            async for chunk in self._stream("file", number, "binary_content"):
                size += len(chunk)  # Roundup tells it nowhere
            name, sort = str(found.get("name") or "attachment"), str(found.get("type") or "")
            self._files[number] = Remote(number, name, sort or "application/octet-stream", size)
            while len(self._files) > REMEMBERED:
                self._files.popitem(last=False)
        return self._files[number]

    async def requester(self, issue: Mapping[str, Any]) -> Person | None:
        """Who wrote an issue's first message."""
        numbers = sorted(int(one) for one in links_of(issue.get("messages")))
        if not numbers:
            return None
        message = await self._message(numbers[0])
        return await self._person(message.get("author") or message.get("creator"))

    async def status_of(self, issue: Mapping[str, Any]) -> str:
        """An issue's status, as the tracker names it."""
        if issue.get("status") is None:
            return "open"
        number = link_of(issue.get("status"))
        if number not in self._statuses:
            fields = [("@fields", "name")]
            for one in entries(await self._ask("status", query=fields), "collection"):
                self._statuses[str(number_of(one.get("id")))] = str(one.get("name") or "open")
        return self._statuses.get(number, "open")

    async def _person(self, found: Any) -> Person | None:
        if found is None:
            return None
        number = link_of(found)
        if number not in self._users:
            fields = [("@fields", "username,realname,address")]
            user = mapping_of((await self._ask("user", number, query=fields)).get("attributes"))
            login = str(user.get("username") or "")
            address = str(user.get("address") or (login if "@" in login else ""))
            self._users[number] = Person(str(user.get("realname") or login), address)
            while len(self._users) > REMEMBERED:
                self._users.popitem(last=False)
        return self._users[number]


def _after(place: Place, change: _Change, activity: str) -> Place:
    """The place after a change, when what is left to tell has `activity` or later."""
    tickets, told = place.tickets, place.entries
    if change.opening:
        tickets = tickets.told(number_of(change.issue.get("id")))
    if change.number:
        told = told.told(change.number)
    return Place(max(place.since, min(change.activity, activity)), tickets, told)


def link_of(found: Any) -> str:
    """The number of what a property links to. Raises Temporary, loud."""
    return str(number_of(mapping_of(found).get("id")))


def links_of(found: Any) -> list[str]:
    """The numbers of what a property links to. Raises Temporary, loud."""
    return [str(number_of(one.get("id"))) for one in objects(found or [])]


def _time(found: Any) -> str:
    """A time as Roundup tells it. Raises Temporary, loud."""
    if not isinstance(found, str) or not _TIME.match(found):
        raise loud("The desk's answer cannot be understood: a time is none")
    return found.partition(".")[0] + "." + found.split(".")[1]


def _moment(found: Any) -> datetime:
    return datetime.strptime(_time(found), "%Y-%m-%d.%H:%M:%S").replace(tzinfo=UTC)


def _told(found: Any) -> str:
    return _moment(found).strftime("%Y-%m-%dT%H:%M:%SZ")


def _earlier(since: str) -> str:
    return (_moment(since) - timedelta(seconds=OVERLAP)).strftime("%Y-%m-%d.%H:%M:%S")


def _near(one: Any, other: Any) -> bool:
    return abs((_moment(one) - _moment(other)).total_seconds()) <= TOGETHER
