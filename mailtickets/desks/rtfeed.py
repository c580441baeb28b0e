"""RT's feed: its transactions by number, each read to its text and files."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as Base64Error
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any

from attrs import evolve

from mailtickets.desks.answers import loud
from mailtickets.desks.gaps import Seen
from mailtickets.desks.jsons import entries, mapping_of, number_of
from mailtickets.desks.polling import Page
from mailtickets.tickets.events import Event, Kind
from mailtickets.tickets.values import Person, Remote

PER_PAGE = 100
EVENTS = 200
USERS = 1000
"""Users whose names are remembered."""
_KINDS = {
    "Create": Kind.TICKET_OPENED,
    "Correspond": Kind.COMMENT_ADDED,
    "Comment": Kind.COMMENT_ADDED,
    "Status": Kind.STATUS_CHANGED,
}
_ASKED = "Type,Creator,Created,ObjectId,Field,OldValue,NewValue,CustomFields"

Ask = Callable[..., Awaitable[Any]]
"""GET, by the segments of a path and `query=`; the JSON. Raises Temporary."""


class RtFeed:
    """Reads pages of transactions of some queues. The entry field holds the key of our own."""

    def __init__(self, ask: Ask, queues: Collection[str], entry_field: str, key_field: str) -> None:
        self._ask = ask
        named = " OR ".join(f"TicketQueue = '{name}'" for name in sorted(queues))
        self._ours = f"({named})"
        self._entry_field = entry_field
        self._key_field = key_field
        self._users: OrderedDict[str, Person] = OrderedDict()
        # A page is read again after a failure in the middle of it; transactions do not change.
        self._events: OrderedDict[str, Event] = OrderedDict()

    async def end(self) -> str:
        """The cursor of now."""
        query = {"query": _tickets("id > 0"), "orderby": "id", "order": "DESC", "per_page": "1"}
        found = entries(await self._ask("transactions", query=query), "items")
        return Seen(number_of(found[0].get("id"))).text if found else "0"

    async def page(self, after: str | None) -> Page:
        """What came after a cursor, up to a hundred transactions."""
        seen = Seen.read(after)
        query = {
            "query": _tickets(f"id > {seen.since} AND {self._ours}"),
            "orderby": "id",
            "order": "ASC",
            "per_page": str(PER_PAGE),
            "fields": _ASKED,
        }
        found = entries(await self._ask("transactions", query=query), "items")
        by_number = {number_of(one.get("id")): one for one in found}
        events = []
        for number in seen.new(by_number):
            seen = seen.told(number)
            event = await self._event(str(number), by_number[number], seen.text)
            if event is not None:
                events.append(event)
        return Page(events, seen.text, more=len(found) >= PER_PAGE)

    async def _event(self, number: str, entry: Mapping[str, Any], cursor: str) -> Event | None:
        kind = _KINDS.get(str(entry.get("Type", "")))
        if kind is None:
            return None
        if number not in self._events:
            self._events[number] = await self._read(number, entry, kind)
            while len(self._events) > EVENTS:
                self._events.popitem(last=False)
        return evolve(self._events[number], cursor=cursor)

    async def _read(self, number: str, entry: Mapping[str, Any], kind: Kind) -> Event:
        ticket = str(number_of(entry.get("ObjectId")))
        told: dict[str, Any] = {}
        if kind is Kind.STATUS_CHANGED:
            told["status"] = str(entry.get("NewValue", ""))
        else:
            told = await self._content(number)
            told["comment_id"] = number
            told["public"] = entry.get("Type") != "Comment"
            told["origin_key"] = await self._origin(kind, ticket, entry)
        return Event(
            id=number,
            cursor="",
            kind=kind,
            ticket=ticket,
            author=await self._person(mapping_of(entry.get("Creator", {})).get("id")),
            created=str(entry.get("Created", "")),
            **told,
        )

    async def _origin(self, kind: Kind, ticket: str, entry: Mapping[str, Any]) -> str | None:
        if kind is Kind.TICKET_OPENED:
            entry = mapping_of(await self._ask("ticket", ticket))
            return value_of(entry, self._key_field) or None
        return value_of(entry, self._entry_field) or None

    async def _content(self, number: str) -> dict[str, Any]:
        """The text, the HTML and the files of a transaction."""
        query = {"fields": "ContentType,Filename,ContentLength", "per_page": "100"}
        found = entries(await self._ask("transaction", number, "attachments", query=query), "items")
        told: dict[str, Any] = {}
        files = []
        for one in found:
            sort, name = str(one.get("ContentType", "")).lower(), str(one.get("Filename") or "")
            if sort.startswith("multipart/"):
                continue
            field = {"text/plain": "text", "text/html": "html"}.get(sort)
            if not name and field is not None and field not in told:
                told[field] = await self._words(str(one.get("id", "")))
            else:
                size = number_of(one.get("ContentLength") or 0)
                files.append(Remote(str(one.get("id", "")), name or "attachment", sort, size))
        return {**told, "attachments": tuple(files)}

    async def _words(self, attachment: str) -> str:
        entry = mapping_of(await self._ask("attachment", attachment))
        try:
            return b64decode(str(entry.get("Content", ""))).decode("utf-8", "replace")
        except (Base64Error, ValueError):
            raise loud("A text at the desk cannot be read") from None

    async def _person(self, name: Any) -> Person | None:
        """A user by the name RT tells, with the address and the name that people know."""
        if not isinstance(name, str) or not name:
            return None
        known = self._users.get(name)
        if known is None:
            entry = mapping_of(await self._ask("user", name))
            known = Person(str(entry.get("RealName") or name), str(entry.get("EmailAddress") or ""))
            self._users[name] = known
            while len(self._users) > USERS:
                self._users.popitem(last=False)
        return known


def _tickets(query: str) -> str:
    return f"{query} AND ObjectType='RT::Ticket'"


def value_of(entry: Mapping[str, Any], name: str) -> str:
    """The one value of a custom field, or empty."""
    for one in entries(entry, "CustomFields"):
        values = one.get("values")
        if one.get("name") == name and isinstance(values, list) and values:
            return str(values[0])
    return ""
