"""Zendesk's tickets by its Ticketing API (v2): by contract, not run against the real thing.

A ticket carries our key as its external_id and is asked for with an Idempotency-Key; an update
carries it in the metadata of its audit, which nobody is shown. The feed is the incremental export,
and the audits of each ticket of ours in it.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any

from attrs import field, frozen

from mailtickets.desks import zendeskaudits
from mailtickets.desks.answers import Answer, document, loud
from mailtickets.desks.api import Access, Api, Query, complaints
from mailtickets.desks.bodies import Plain
from mailtickets.desks.calls import TOTAL
from mailtickets.desks.files import AtDesk
from mailtickets.desks.hosted import Changes, FilingDesk, access_of, by_user
from mailtickets.desks.jsons import entries, mapping_of, number_of
from mailtickets.desks.once import SETTLED, is_mark
from mailtickets.desks.shared import ids_of, is_number
from mailtickets.desks.window import moment_of
from mailtickets.desks.wording import Wording, naming, spoken
from mailtickets.desks.zendeskaudits import (
    KEY,
    REQUESTER,
    apart,
    comment_of,
    custom,
    status_of,
    together,
)
from mailtickets.errors import Permanent, Temporary
from mailtickets.mail.octets import Octets
from mailtickets.plugin import Needs
from mailtickets.tickets.events import Event
from mailtickets.tickets.intents import AddComment, OpenTicket
from mailtickets.tickets.values import Attachment, Person, Receipt, Remote, Ticket

WORDING = Wording(subject=150, text=60_000)
"""A comment has 65,535 octets at most; beyond it, Zendesk cuts."""
LARGEST_FILE = 50_000_000
RECENT = 120
"""Seconds: the export refuses a start time in the latest minute."""
EXPORTS = 5
"""Pages of the export that are read in one go, of up to 1,000 tickets; ten a minute are let."""
USERS = 1000
"""Users whose names are remembered."""


@frozen
class ZendeskSettings:
    """`groups` maps a queue's name here to a group's number; `group` serves for the others."""

    group: int | None = None
    groups: Mapping[str, int] = field(factory=dict)


def make(settings: Mapping[str, Any], needs: Needs) -> FilingDesk:
    """A desk of kind `zendesk`. Settings: url, user, token or token_file, every, group, groups.

    Raises SettingsError.
    """
    group, groups = ids_of(settings, "group", "groups")
    access, journal, every = access_of(settings, needs, by_user(settings, "/token"))
    system = Zendesk(needs.reactor, access, ZendeskSettings(group, groups))
    return FilingDesk(needs.reactor, system, journal, every=every)


class Zendesk:
    """One Zendesk, as far as its tickets came by us. See `hosted.Filing`."""

    overlap = 60_000

    def __init__(
        self,
        reactor: Any,
        access: Access,
        settings: ZendeskSettings,
        *,
        seconds: float = TOTAL,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.api = Api(reactor, access, now, seconds)
        self._url = access.url
        self._settings = settings
        self._us = 0
        self._users: dict[int, Person] = {}

    def names(self, key: str) -> bool:
        """Whether this may be the id of a ticket."""
        return is_number(key)

    async def _ourselves(self) -> int:
        """The account whose token we have. Zendesk answers a stranger as well, without an id."""
        if not self._us:
            told = mapping_of(await self.api.get("api", "v2", "users", "me"))
            user = mapping_of(told.get("user"))
            if user.get("id") is None:
                raise loud("Zendesk does not know our token; is it that of the user?", undone=True)
            self._us = number_of(user.get("id"))
        return self._us

    async def _seen(self) -> None:
        """Raise where there is no Zendesk at this address: it says 404 of tickets, too."""
        await self.api.get("api", "v2", "users", "me")

    async def make(self, intent: OpenTicket | AddComment, mark: str) -> Receipt:
        """As `once.Make`."""
        tokens, refused = await self._uploaded(WORDING.files_of(intent))
        comment: dict[str, Any] = {
            "body": apart(naming(WORDING.text_of(intent), refused)),
            "public": isinstance(intent, OpenTicket) or intent.public,
        }
        if tokens:
            comment["uploads"] = tokens
        if isinstance(intent, OpenTicket):
            return await self._opened(intent, mark, comment)
        told: dict[str, Any] = {"comment": comment, "metadata": {KEY: mark}}
        if intent.reopens:
            told["status"] = "open"
        path = ("api", "v2", "tickets", intent.ticket)
        answer = await self.api.write("PUT", *path, told={"ticket": told})
        if not answer.good:
            if answer.status == 422 and "status" in complaints(answer):
                raise Permanent("6.0", "The ticket is closed, and Zendesk changes it no more")
            if answer.status == 404:
                await self._seen()
            raise self._trouble(answer, named=True)
        audit = mapping_of(mapping_of(document(answer)).get("audit"))
        number = comment_of(audit)
        if number is None:
            raise loud("Zendesk says that it took the comment, and shows none")
        return Receipt(intent.ticket, number, self._page(intent.ticket))

    async def _opened(self, intent: OpenTicket, mark: str, comment: dict[str, Any]) -> Receipt:
        person = intent.requester
        told: dict[str, Any] = {
            "subject": apart(WORDING.subject_of(intent)),
            "comment": comment,
            "external_id": mark,
            "requester": {"name": person.name or person.address, "email": person.address},
            "metadata": {KEY: mark},
        }
        group = self._settings.groups.get(intent.queue, self._settings.group)
        if group is not None:
            told["group_id"] = group
        answer = await self._created(told, mark)
        if answer.status == 422 and any("requester" in one for one in complaints(answer)):
            # An address that Zendesk takes for none; the requester stands in text and metadata.
            del told["requester"]
            comment["body"] = apart(spoken(person, str(comment["body"])))
            told["metadata"][REQUESTER] = [person.name[:200], person.address[:320]]
            answer = await self._created(told, f"{mark}-2")
        if not answer.good:
            raise self._trouble(answer, named=False)
        ticket = mapping_of(mapping_of(document(answer)).get("ticket"))
        return self._receipt(ticket)

    async def _created(self, told: Mapping[str, Any], key: str) -> Answer:
        headers = {"Idempotency-Key": key}
        return await self.api.write(
            "POST", "api", "v2", "tickets", told={"ticket": told}, headers=headers
        )

    def _trouble(self, answer: Answer, *, named: bool) -> Exception:
        """As `Api.trouble`. A key that Zendesk has seen with other words may have made a ticket."""
        if answer.status == 409 or b"IdempotentRequestError" in answer.body[:2000]:
            text = "Zendesk has had this letter before, and it is to be looked for"
            return Temporary("4.5", text, retry_after=SETTLED)
        return self.api.trouble(answer, named=named)

    async def _uploaded(self, files: Sequence[Attachment]) -> tuple[list[str], list[Attachment]]:
        """Tokens of the files that Zendesk took, and the files that it did not."""
        tokens, refused = [], []
        for one in files:
            if one.octets.size > LARGEST_FILE:
                refused.append(one)
                continue
            answer = await self.api.write(
                "POST",
                *("api", "v2", "uploads"),
                query=[("filename", one.name)],
                body=[Plain(one.octets)],
                type=one.type,
            )
            if answer.status in {413, 422} and answer.is_json:
                refused.append(one)
            elif not answer.good:
                raise self.api.trouble(answer, named=False)
            else:
                upload = mapping_of(mapping_of(document(answer)).get("upload"))
                tokens.append(str(upload.get("token")))
        return tokens, refused

    def _page(self, ticket: str) -> str:
        return f"{self._url}/agent/tickets/{ticket}"

    def _receipt(self, ticket: Mapping[str, Any]) -> Receipt:
        number = str(number_of(ticket.get("id")))
        return Receipt(number, url=self._page(number))

    async def marked(
        self, intent: OpenTicket | AddComment, mark: str, since: int
    ) -> Receipt | None:
        """What bears the mark: tickets by their external_id, which no index serves, or audits."""
        del since  # no list is read
        if isinstance(intent, AddComment):
            us = await self._ourselves()
            async for audit in self._audits(intent.ticket):
                number = comment_of(audit)
                if number and audit.get("author_id") == us and custom(audit) == mark:
                    return Receipt(intent.ticket, number, self._page(intent.ticket))
            return None
        query = [("external_id", mark)]
        found = entries(await self.api.get("api", "v2", "tickets", query=query), "tickets")
        bearing = [one for one in found if one.get("external_id") == mark]
        if not bearing:
            return None
        return self._receipt(min(bearing, key=lambda one: number_of(one.get("id"))))

    async def _audits(self, ticket: str) -> AsyncIterator[Mapping[str, Any]]:
        """The audits of a ticket, the earliest first; none where there is no such ticket."""
        path = ("api", "v2", "tickets", ticket)
        if await self.api.found(*path) is None:
            return
        pages = self.api.walk(*path, "audits", following=_next, query=[("page[size]", "100")])
        async for page in pages:
            for one in entries(page, "audits"):
                yield one

    async def ticket(self, key: str) -> Ticket | None:
        """The ticket of this id, when it came by us."""
        found = await self.api.found("api", "v2", "tickets", key)
        if found is None:
            await self._seen()
            return None
        kept = mapping_of(mapping_of(found).get("ticket"))
        if str(kept.get("id")) != key:
            raise loud("The desk answered with another ticket than it was asked for")
        if not is_mark(kept.get("external_id")):
            return None
        return Ticket(
            key=key,
            subject=together(str(kept.get("subject") or "")),
            requester=await self._requester(key, number_of(kept.get("requester_id"))),
            status=status_of(kept.get("status")),
            url=self._page(key),
        )

    async def _author(self, audit: Mapping[str, Any]) -> Person | None:
        """Who wrote an audit, by name: an agent's address is nobody's business."""
        number = number_of(audit.get("author_id") or 0)
        if not any(one.get("type") == "Comment" for one in entries(audit, "events")) or not number:
            return None
        if number not in self._users:
            found = await self.api.found("api", "v2", "users", str(number))
            user = mapping_of(mapping_of(found or {}).get("user") or {})
            if len(self._users) >= USERS:
                self._users.clear()
            self._users[number] = Person(str(user.get("name") or ""), "")
        return self._users[number]

    async def _requester(self, ticket: str, number: int) -> Person:
        if number == await self._ourselves():
            async for audit in self._audits(ticket):
                named = custom(audit, REQUESTER)
                if isinstance(named, list) and len(named) == 2:
                    return Person(str(named[0]), str(named[1]))
                break
        user = mapping_of(await self.api.get("api", "v2", "users", str(number))).get("user")
        told = mapping_of(user)
        return Person(str(told.get("name") or ""), str(told.get("email") or ""))

    async def latest(self) -> int:
        """Zendesk's own time."""
        await self.api.get("api", "v2", "users", "me")
        return self.api.clock

    async def changed(self, since: int) -> Changes:
        """The audits since a time, of the tickets of ours that the export tells."""
        us = await self._ourselves()
        start = max(0, min(since, self.api.clock - RECENT * 1000)) // 1000
        path = ("api", "v2", "incremental", "tickets", "cursor")
        pages = self.api.walk(
            *path,
            following=lambda page: (
                None
                if page.get("end_of_stream") is not False
                else [("cursor", str(page.get("after_cursor")))]
            ),
            query=[("start_time", str(start)), ("exclude_deleted", "true")],
            most=EXPORTS,
        )
        found: list[Event] = []
        reached = 0
        async for page in pages:
            for ticket in entries(page, "tickets"):
                stamp = ticket.get("generated_timestamp")
                reached = max(reached, number_of(stamp or 0) * 1000)
                if is_mark(ticket.get("external_id")):
                    number = str(number_of(ticket.get("id")))
                    found += [
                        event
                        async for audit in self._audits(number)
                        if moment_of(audit.get("created_at")) >= since
                        for event in zendeskaudits.told(
                            audit, number, us, await self._author(audit)
                        )
                    ]
        return Changes(found, reached)

    def file(self, ticket: str, attachment: Remote) -> Octets:
        """An attachment, by its own id."""
        del ticket
        return AtDesk(self, (attachment.id,), attachment.size)

    async def stream(self, *path: str) -> AsyncIterator[bytes]:
        """The octets of an attachment, wherever it lies by now."""
        told = mapping_of(await self.api.get("api", "v2", "attachments", *path))
        url = str(mapping_of(told.get("attachment")).get("content_url"))
        async for chunk in self.api.stream_at(url):
            yield chunk

    async def check(self) -> Sequence[str]:
        """What is wrong: the token, the right to export, the groups."""
        me = mapping_of(await self.api.get("api", "v2", "users", "me"))
        await self._ourselves()
        found = []
        if mapping_of(me.get("user")).get("role") != "admin":
            found.append(
                f"{self._url}: our user is no administrator, and Zendesk exports tickets to "
                f"administrators alone; give it that role"
            )
        else:
            await self.changed(self.api.clock)
        wanted = {*self._settings.groups.values()} | {self._settings.group} - {None}
        found += [
            f"{self._url}: there is no group {group}; its number is in its address"
            for group in sorted(one for one in wanted if one is not None)
            if await self.api.found("api", "v2", "groups", str(group)) is None
        ]
        return found


def _next(page: Mapping[str, Any]) -> Query | None:
    """Cursor pagination."""
    meta = mapping_of(page.get("meta") or {})
    return (
        [("page[after]", str(meta.get("after_cursor")))] if meta.get("has_more") is True else None
    )
