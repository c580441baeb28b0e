"""Is there such a ticket? Asked of the ledger, a bounded cache, and the desk, in that order."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping

from attrs import define
from twisted.internet.defer import Deferred, ensureDeferred
from twisted.internet.defer import TimeoutError as DeferredTimeoutError
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from mailtickets.errors import Temporary, Trouble
from mailtickets.interfaces import IDesk, ILedger, ILooksUp
from mailtickets.tickets.values import Conversation, Ticket

YES = 300.0
NO = 15.0
"""Seconds for which a desk's yes and its no are believed."""
TIME_LIMIT = 20.0
"""Seconds a desk may take."""
AT_THE_EDGE = 1.5
"""Seconds it may take while a sender waits: a desk that hangs must not make the edge slow."""
REST = 10.0
"""Seconds a desk is not asked again after it failed to answer."""
ENTRIES = 10_000


@define
class _Entry:
    until: float
    ticket: Ticket | None


class Directory:
    """Looks tickets up, for the edge's RCPT, for inbound letters and for pickup."""

    def __init__(
        self,
        desks: Mapping[str, IDesk],
        ledger: ILedger,
        clock: IReactorTime,
        log: Logger,
    ) -> None:
        self._desks = desks
        self._ledger = ledger
        self._clock = clock
        self._log = log
        self._cache: OrderedDict[tuple[str, str], _Entry] = OrderedDict()
        self._resting: dict[str, float] = {}

    async def conversation(
        self, desk: str, ticket: str, patience: float = TIME_LIMIT
    ) -> Conversation | None:
        """What is known of a ticket: by the ledger, else by the desk. None: no such ticket.

        The desk may take `patience` seconds.

        Raises Temporary 4.3 when nobody can say.
        """
        known = await self._ledger.conversation(desk, ticket)
        if known is not None:
            return known
        found = await self._ask(desk, ticket, patience)
        if found is None:
            return None
        return Conversation(
            desk=desk,
            ticket=found.key,
            queue=None,
            requester=found.requester.address,
            name=found.requester.name,
            subject=found.subject,
            references=(found.message_id,) if found.message_id else (),
            latest=found.message_id,
        )

    async def _ask(self, name: str, ticket: str, patience: float) -> Ticket | None:
        now = self._clock.seconds()
        entry = self._cache.get((name, ticket))
        if entry is not None and entry.until > now:
            return entry.ticket
        desk = self._desks.get(name)
        if desk is None or not ILooksUp.providedBy(desk):
            return None
        if self._resting.get(name, 0) > now:
            raise Temporary("4.3", "Cannot tell now whether there is such a ticket")
        asked: Deferred[Ticket | None] = ensureDeferred(_find(desk, ticket))
        asked.addTimeout(patience, self._clock)
        try:
            found = await asked
        except Trouble as why:
            self._resting[name] = now + REST
            raise Temporary("4.3", "Cannot tell now whether there is such a ticket") from why
        except DeferredTimeoutError as why:
            self._resting[name] = now + REST
            raise Temporary("4.3", "Cannot tell now whether there is such a ticket") from why
        except Exception as why:
            self._resting[name] = now + REST
            self._log.failure("asking desk {desk} for a ticket", desk=name)
            raise Temporary("4.3", "Cannot tell now whether there is such a ticket") from why
        self._remember(name, ticket, found)
        return found

    def _remember(self, desk: str, ticket: str, found: Ticket | None) -> None:
        until = self._clock.seconds() + (NO if found is None else YES)
        self._cache[desk, ticket] = _Entry(until, found)
        self._cache.move_to_end((desk, ticket))
        while len(self._cache) > ENTRIES:
            self._cache.popitem(last=False)

    def forget(self, desk: str, ticket: str) -> None:
        """Believe nothing that was heard of this ticket: something happened to it."""
        self._cache.pop((desk, ticket), None)


async def _find(desk: ILooksUp, ticket: str) -> Ticket | None:
    return await desk.find(ticket)
