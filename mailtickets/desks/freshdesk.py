"""Freshdesk's tickets by its API (v2): by contract, not run against the real thing.

A ticket carries our key in a field of its own, a note in its last line. We write notes alone, and
so shall agents: Freshdesk mails replies itself, and what it mailed is not mailed again.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from html import escape
from typing import Any

from attrs import field, frozen

from mailtickets.desks.answers import Answer, document, loud
from mailtickets.desks.api import Access, Api, basic, complaints
from mailtickets.desks.bodies import multipart
from mailtickets.desks.calls import TOTAL
from mailtickets.desks.files import AtDesk
from mailtickets.desks.hosted import Changes, FilingDesk, access_of
from mailtickets.desks.jsons import mapping_of, number_of, objects
from mailtickets.desks.marks import read_signature, with_signature
from mailtickets.desks.once import is_mark
from mailtickets.desks.shared import ids_of, is_number, names_of
from mailtickets.desks.window import moment_of, text_of
from mailtickets.desks.wording import Wording, naming
from mailtickets.mail.octets import Octets
from mailtickets.plugin import Needs
from mailtickets.tickets.events import Event, Kind
from mailtickets.tickets.intents import AddComment, OpenTicket
from mailtickets.tickets.values import Attachment, Person, Receipt, Remote, Ticket

WORDING = Wording(subject=255, text=60_000)
LARGEST_FILES = 20_000_000
"""Octets of all files of a ticket together."""
NOTE = 2
"""The source of a note; 0 is a reply, which Freshdesk has mailed."""
_STATES = {2: "open", 3: "pending", 4: "resolved", 5: "closed", 6: "pending", 7: "pending"}


@frozen
class FreshdeskSettings:
    """`groups` maps a queue's name here to a group's number; `group` serves for the others."""

    group: int | None = None
    groups: Mapping[str, int] = field(factory=dict)
    key_field: str = "cf_mailtickets_key"


def signed(token: str) -> Mapping[str, str]:
    """Freshdesk's form of an API key."""
    return basic(f"{token}:X")


def make(settings: Mapping[str, Any], needs: Needs) -> FilingDesk:
    """A desk of kind `freshdesk`. Settings: url, token or token_file, every, `FreshdeskSettings`'.

    Raises SettingsError.
    """
    group, groups = ids_of(settings, "group", "groups")
    key_field = names_of(settings, "key_field", "", "cf_mailtickets_key")[0]
    access, journal, every = access_of(settings, needs, signed)
    system = Freshdesk(needs.reactor, access, FreshdeskSettings(group, groups, key_field))
    return FilingDesk(needs.reactor, system, journal, every=every)


class Freshdesk:
    """One Freshdesk, as far as its tickets came by us. See `hosted.Filing`."""

    overlap = 60_000

    def __init__(
        self,
        reactor: Any,
        access: Access,
        settings: FreshdeskSettings,
        *,
        seconds: float = TOTAL,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.api = Api(reactor, access, now, seconds)
        self._url = access.url
        self._settings = settings
        self._us = 0

    def names(self, key: str) -> bool:
        """Whether this may be the id of a ticket."""
        return is_number(key)

    async def _ourselves(self) -> int:
        if not self._us:
            self._us = number_of(mapping_of(await self._me()).get("id"))
        return self._us

    async def _me(self) -> Any:
        """The account whose key we have. Raises where there is no Freshdesk that knows it."""
        return await self.api.get("api", "v2", "agents", "me")

    async def make(self, intent: OpenTicket | AddComment, mark: str) -> Receipt:
        """As `once.Make`."""
        kept, named = fitting(WORDING.files_of(intent))
        answer = await self._written(intent, mark, kept, named)
        if kept and "attachments" in complaints(answer):
            answer = await self._written(intent, mark, (), WORDING.files_of(intent))
        if not answer.good:
            if answer.status == 404:
                await self._me()
            raise self.api.trouble(answer, named=isinstance(intent, AddComment))
        number = str(number_of(mapping_of(document(answer)).get("id")))
        if isinstance(intent, OpenTicket):
            return Receipt(number, url=self._page(number))
        return Receipt(intent.ticket, number, self._page(intent.ticket))

    async def _written(
        self,
        intent: OpenTicket | AddComment,
        mark: str,
        kept: Sequence[Attachment],
        named: Sequence[Attachment],
    ) -> Answer:
        """What Freshdesk says to a ticket or a note with some files, and some that are named."""
        text = naming(WORDING.text_of(intent), named)
        if isinstance(intent, AddComment):
            if intent.reopens:
                path = ("api", "v2", "tickets", intent.ticket)
                answer = await self.api.write("PUT", *path, told={"status": 2})
                if not answer.good:
                    return answer
            note = {"body": as_html(with_signature(text, mark)), "private": not intent.public}
            return await self._posted(("tickets", intent.ticket, "notes"), note, kept)
        person = intent.requester
        told: dict[str, Any] = {
            "name": person.name or person.address,
            "email": person.address,
            "subject": WORDING.subject_of(intent),
            "description": as_html(text),
            "status": 2,
            "priority": 1,
            "source": 2,
            "custom_fields": {self._settings.key_field: mark},
        }
        group = self._settings.groups.get(intent.queue, self._settings.group)
        if group is not None:
            told["group_id"] = group
        answer = await self._posted(("tickets",), told, kept)
        if "email" in complaints(answer):  # nic@ferrier is no address to Freshdesk
            told["unique_external_id"] = told.pop("email")
            answer = await self._posted(("tickets",), told, kept)
        return answer

    async def _posted(
        self, path: Sequence[str], told: Mapping[str, Any], files: Sequence[Attachment]
    ) -> Answer:
        """POST, as a form where there are files."""
        if not files:
            return await self.api.write("POST", "api", "v2", *path, told=told)
        fields = []
        for name, value in told.items():
            nested = value.items() if isinstance(value, Mapping) else ()
            fields += [(f"{name}[{one}]", "", str(each)) for one, each in nested]
            if not nested:
                plain = str(value).lower() if isinstance(value, bool) else str(value)
                fields.append((name, "", plain))
        sort, body = multipart(fields, [("attachments[]", one) for one in files])
        return await self.api.write("POST", "api", "v2", *path, body=body, type=sort)

    def _page(self, ticket: str) -> str:
        return f"{self._url}/a/tickets/{ticket}"

    def _ours(self, found: Mapping[str, Any]) -> str | None:
        """The key of a ticket of ours."""
        key = mapping_of(found.get("custom_fields") or {}).get(self._settings.key_field)
        return key if is_mark(key) else None

    async def marked(
        self, intent: OpenTicket | AddComment, mark: str, since: int
    ) -> Receipt | None:
        """What bears the mark, by listing: Freshdesk's search lags behind."""
        if isinstance(intent, AddComment):
            us = await self._ourselves()
            async for one in self._said(intent.ticket):
                if one.get("user_id") == us and _signature(one).mark == mark:
                    number = str(number_of(one.get("id")))
                    return Receipt(intent.ticket, number, self._page(intent.ticket))
            return None
        async for one in self._listed(since):
            if self._ours(one) == mark:
                number = str(number_of(one.get("id")))
                return Receipt(number, url=self._page(number))
        return None

    def _listed(self, since: int) -> AsyncIterator[Mapping[str, Any]]:
        """Tickets changed since a time, the earliest first."""
        query = [("updated_since", text_of(since)), ("order_by", "updated_at")]
        more = [("order_type", "asc"), ("include", "stats")]
        return self.api.pages("api", "v2", "tickets", query=[*query, *more])

    async def _said(self, ticket: str) -> AsyncIterator[Mapping[str, Any]]:
        """Notes and replies of a ticket; none where there is no such ticket."""
        path = ("api", "v2", "tickets", ticket)
        if await self.api.found(*path, silent=True) is None:
            await self._me()
            return
        async for one in self.api.pages(*path, "conversations"):
            yield one

    async def ticket(self, key: str) -> Ticket | None:
        """The ticket of this id, when it came by us."""
        path = ("api", "v2", "tickets", key)
        found = await self.api.found(*path, query=[("include", "requester")], silent=True)
        if found is None:
            await self._me()
            return None
        told = mapping_of(found)
        if str(told.get("id")) != key:
            raise loud("The desk answered with another ticket than it was asked for")
        if self._ours(told) is None:
            return None
        person = mapping_of(told.get("requester") or {})
        address = person.get("email")
        if not address:
            contact = await self.api.found(
                *("api", "v2", "contacts", str(number_of(told.get("requester_id")))), silent=True
            )
            address = mapping_of(contact or {}).get("unique_external_id")
        name = str(person.get("name") or "")
        return Ticket(
            key=key,
            subject=str(told.get("subject") or ""),
            requester=Person("" if name == address else name, str(address or "")),
            status=status_of(told),
            url=self._page(key),
        )

    async def latest(self) -> int:
        """Freshdesk's own time."""
        await self._me()
        return self.api.clock

    async def changed(self, since: int) -> Changes:
        """Notes, replies and states of the tickets of ours that changed since."""
        us = await self._ourselves()
        found: list[Event] = []
        reached = 0
        async for ticket in self._listed(since):
            reached = max(reached, moment_of(ticket.get("updated_at")))
            key = self._ours(ticket)
            if key is None:
                continue
            number = str(number_of(ticket.get("id")))
            if moment_of(ticket.get("created_at")) >= since:
                whole = await self.api.found("api", "v2", "tickets", number, silent=True)
                found.append(_opening(number, mapping_of(whole or ticket), key))
            found += [_told(number, one, us) async for one in self._said(number)]
            changed = _state(number, ticket)
            if changed is not None:
                found.append(changed)
        return Changes(found, reached)

    def file(self, ticket: str, attachment: Remote) -> Octets:
        """An attachment, by its own id."""
        return AtDesk(self, (ticket, attachment.id), attachment.size)

    async def stream(self, *path: str) -> AsyncIterator[bytes]:
        """The octets of an attachment. Its address holds for a while alone, so it is asked for."""
        ticket, number = path
        whole = await self.api.found("api", "v2", "tickets", ticket, silent=True)
        listed = [mapping_of(whole or {}), *[one async for one in self._said(ticket)]]
        for holder in listed:
            for one in objects(holder.get("attachments") or [], "files"):
                if str(one.get("id")) == number:
                    async for chunk in self.api.stream_at(str(one.get("attachment_url"))):
                        yield chunk
                    return
        raise loud("Freshdesk has an attachment of its own no more")

    async def check(self) -> Sequence[str]:
        """What is wrong: the key, our field."""
        await self._me()
        fields = objects(await self.api.get("api", "v2", "ticket_fields"), "fields")
        name = self._settings.key_field
        await self.api.get("api", "v2", "tickets")
        if any(one.get("name") == name for one in fields):
            return []
        label = name.removeprefix("cf_")
        return [f"{self._url}: tickets have no field {name}; make a single-line text, {label}"]


def fitting(
    files: Sequence[Attachment],
) -> tuple[Sequence[Attachment], Sequence[Attachment]]:
    """The files that Freshdesk takes together, and the others."""
    kept, others, left = [], [], LARGEST_FILES
    for one in files:
        if one.octets.size <= left:
            left -= one.octets.size
            kept.append(one)
        else:
            others.append(one)
    return kept, others


def as_html(text: str) -> str:
    """A text as HTML."""
    return f"<div>{escape(text, quote=False).replace(chr(10), '<br>')}</div>"


def status_of(ticket: Mapping[str, Any]) -> str:
    """A status, as it is called here; what somebody has added counts as open."""
    return _STATES.get(number_of(ticket.get("status")), "open")


def _signature(found: Mapping[str, Any]) -> Any:
    return read_signature(str(found.get("body_text") or ""))


def _opening(ticket: str, found: Mapping[str, Any], key: str) -> Event:
    return Event(
        id=f"t{ticket}",
        cursor="",
        kind=Kind.TICKET_OPENED,
        ticket=ticket,
        comment_id=f"t{ticket}",
        text=str(found.get("description_text") or ""),
        public=True,
        origin_key=key,
        attachments=_files(found),
        created=str(found.get("created_at")),
    )


def _told(ticket: str, found: Mapping[str, Any], us: int) -> Event:
    """A note or a reply as an event; only what we wrote can bear our mark."""
    number = str(number_of(found.get("id")))
    ours = _signature(found) if found.get("user_id") == us else None
    text, html = str(found.get("body_text") or ""), str(found.get("body") or "")
    mark = None if ours is None else ours.mark
    return Event(
        id=f"c{number}",
        cursor="",
        kind=Kind.COMMENT_ADDED,
        ticket=ticket,
        comment_id=number,
        text=text if ours is None else ours.text,
        html=html if html and mark is None else None,
        public=found.get("private") is False and found.get("source") == NOTE,
        origin_key=mark,
        attachments=_files(found),
        created=str(found.get("created_at")),
    )


def _state(ticket: str, found: Mapping[str, Any]) -> Event | None:
    """The latest change of a ticket's status, as far as Freshdesk tells when it was."""
    stats, status = mapping_of(found.get("stats") or {}), status_of(found)
    at = {"closed": stats.get("closed_at"), "resolved": stats.get("resolved_at")}.get(status)
    at = at or stats.get("status_updated_at")
    if not at or (status == "open" and at == found.get("created_at")):
        return None
    return Event(
        id=f"s{ticket}-{status}-{moment_of(at) // 1000}",
        cursor="",
        kind=Kind.STATUS_CHANGED,
        ticket=ticket,
        status=status,
        created=str(at),
    )


def _files(found: Mapping[str, Any]) -> tuple[Remote, ...]:
    return tuple(
        Remote(
            str(number_of(one.get("id"))),
            str(one.get("name") or "attachment"),
            str(one.get("content_type") or "application/octet-stream").lower(),
            number_of(one.get("size") or 0),
        )
        for one in objects(found.get("attachments") or [], "files")
    )
