"""What the clients of hosted systems share: once per key, the feed, looking up, checking."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from attrs import evolve, frozen
from zope.interface import implementer

from mailtickets.desks.api import Access, Api, basic
from mailtickets.desks.calls import checked_url
from mailtickets.desks.http import token_of
from mailtickets.desks.once import SETTLED, Once, mark_of
from mailtickets.desks.polling import Page, Polling
from mailtickets.desks.shared import seconds_of
from mailtickets.desks.window import Window, moment_of
from mailtickets.errors import Permanent, SettingsError, Trouble
from mailtickets.interfaces import (
    IChecks,
    IDesk,
    IFeed,
    IJournal,
    ILooksUp,
    INudged,
    ITakesAttachments,
)
from mailtickets.mail.octets import Octets
from mailtickets.plugin import Needs
from mailtickets.tickets.events import Event, Kind
from mailtickets.tickets.intents import AddComment, OpenTicket
from mailtickets.tickets.values import Receipt, Remote, Ticket

EVERY = 30.0
"""Seconds between two questions: hosted systems count them."""
EARLIER = 600_000
"""Milliseconds by which the clocks of two machines may differ."""
MOST_EVENTS = 500
_USER = re.compile(r"[!-9;-~]{1,320}\Z")


@frozen
class Changes:
    """What happened, and the latest time of anything that was seen there, ours or not.

    `reached` lets the feed go on from there, where nothing of it was for us.
    """

    events: Sequence[Event]
    reached: int = 0


class Hosted(Protocol):
    """One system, as far as it differs. Times are milliseconds since 1970."""

    api: Api
    overlap: int

    def names(self, key: str) -> bool:
        """Whether this may be the key of a ticket."""

    async def make(self, intent: OpenTicket | AddComment, mark: str) -> Receipt:
        """As `once.Make`."""

    async def marked(
        self, intent: OpenTicket | AddComment, mark: str, since: int
    ) -> Receipt | None:
        """What bears the mark; it cannot be older than `since`."""

    async def ticket(self, key: str) -> Ticket | None:
        """As `ILooksUp.find`."""

    async def latest(self) -> int:
        """When anything changed last; 0 where nothing did ever."""

    async def changed(self, since: int) -> Changes:
        """What happened at or after a time, in any order, without cursors; more does no harm."""

    async def check(self) -> Sequence[str]:
        """What is wrong. Raises Trouble."""


@implementer(IDesk, IFeed, ILooksUp, IChecks, INudged)
class HostedDesk:
    """A desk made of a hosted system. `every` and `settled` are in seconds."""

    def __init__(
        self,
        reactor: Any,
        system: Hosted,
        journal: IJournal,
        *,
        every: float = EVERY,
        settled: float = SETTLED,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._system = system
        self._journal = journal
        self._began: dict[str, float] = {}
        self._once = Once(journal, system.make, self._find, now, settled)
        self._polling = Polling(reactor, self._page, every)

    async def close(self) -> None:
        """Close the connections that are kept."""
        await self._system.api.close()

    async def submit(self, intent: OpenTicket | AddComment, key: str) -> Receipt:
        """Carry out `intent` once per `key`. Raises Permanent or Temporary."""
        if isinstance(intent, AddComment) and not self._system.names(intent.ticket):
            raise Permanent("1.1", "The desk has no such ticket")
        before = await self._journal.recall(key)
        if before is None:
            return await self._once.submit(intent, key)
        self._began[mark_of(key)] = before.began
        try:
            return await self._once.submit(intent, key)
        finally:
            self._began.pop(mark_of(key), None)

    async def _find(self, intent: OpenTicket | AddComment, mark: str) -> Receipt | None:
        since = round(self._began.get(mark, 0.0) * 1000) - EARLIER
        return await self._system.marked(intent, mark, max(0, since))

    async def find(self, key: str) -> Ticket | None:
        """The ticket of this key, or None when there is surely none that is ours."""
        return await self._system.ticket(key) if self._system.names(key) else None

    async def events(self, after: str | None, wait: float) -> Sequence[Event]:
        """The events after a cursor; waits up to `wait` seconds for one."""
        return await self._polling.events(after, wait)

    async def end(self) -> str | None:
        """The cursor of now."""
        overlap = self._system.overlap
        latest = await self._system.latest()
        window = Window(latest)
        for event in (await self._system.changed(max(0, latest - overlap))).events:
            at = moment_of(event.created)
            if at >= latest - overlap:
                window = window.after(event.id, at, overlap)
        return window.text

    async def _page(self, after: str | None) -> Page:
        """What came after a cursor, in the order of its times."""
        window, overlap = Window.read(after), self._system.overlap
        found: dict[str, tuple[int, Event]] = {}
        changes = await self._system.changed(max(0, window.since - overlap))
        for event in changes.events:
            at = moment_of(event.created)
            if window.new(event.id, at, overlap):
                found[event.id] = (at, event)
        ordered = sorted(found.values(), key=_order)
        events = []
        for at, event in ordered[:MOST_EVENTS]:
            window = window.after(event.id, at, overlap)
            events.append(evolve(event, cursor=window.text))
        if not events and changes.reached > window.since:
            return Page((), window.until(changes.reached, overlap).text)
        return Page(events, window.text if events else after, more=len(ordered) > MOST_EVENTS)

    def nudge(self) -> None:
        """Ask for news now."""
        self._polling.nudge()

    async def check(self) -> Sequence[str]:
        """What is wrong, a sentence each with its cure."""
        try:
            return list(await self._system.check())
        except Trouble as why:
            return [why.text]


class Filing(Hosted, Protocol):
    """A system whose files can be fetched."""

    def file(self, ticket: str, attachment: Remote) -> Octets:
        """As `ITakesAttachments.fetch`."""


@implementer(ITakesAttachments)
class FilingDesk(HostedDesk):
    """A desk made of a hosted system that keeps files."""

    _system: Filing

    async def fetch(self, ticket: str, attachment: Remote) -> Octets:
        """The octets of an attachment that an event named; read from the desk as they are read."""
        return self._system.file(ticket, attachment)


def by_user(settings: Mapping[str, Any], kind: str = "") -> Callable[[str], Mapping[str, str]]:
    """The form of a token that goes with its user's address, `user`. Raises SettingsError."""
    user = settings.get("user")
    if not isinstance(user, str) or not _USER.match(user):
        raise SettingsError("user", "the address of the account whose token it is")
    return lambda token: basic(f"{user}{kind}:{token}")


def access_of(
    settings: Mapping[str, Any],
    needs: Needs,
    form: Callable[[str], Mapping[str, str]],
    *,
    url: str = "",
    gap: float = 0.0,
    extra: tuple[tuple[str, str], ...] = (),
) -> tuple[Access, IJournal, float]:
    """What `url`, `token` or `token_file`, and `every` say. Raises SettingsError."""
    if needs.journal is None:
        raise SettingsError("kind", "this desk needs a journal")
    address = checked_url(str(settings.get("url", url)))
    access = Access(address, token_of(settings), form, needs.user_agent, gap, extra)
    return access, needs.journal, seconds_of(settings, "every", EVERY)


def _order(one: tuple[int, Event]) -> tuple[int, bool, int, str]:
    """By time; an opening before what follows in its second."""
    at, event = one
    return at, event.kind is not Kind.TICKET_OPENED, len(event.id), event.id
