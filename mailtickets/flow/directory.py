"""Is there such a ticket? Asked of the ledger, a bounded cache, and the desk, in that order."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from enum import Enum

from attrs import define
from twisted.internet.defer import Deferred, ensureDeferred
from twisted.internet.defer import TimeoutError as DeferredTimeoutError
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from mailtickets.errors import Temporary, Trouble
from mailtickets.interfaces import IDesk, ILedger, ILooksUp
from mailtickets.routing.proofs import folded
from mailtickets.tickets.values import Conversation, Person, Ticket

YES = 300.0
NO = 15.0
"""Seconds for which a desk's yes and its no are believed."""
FRESH = 5.0
"""Seconds for which it is believed who takes part: another gateway may have heard of a change."""
TIME_LIMIT = 20.0
"""Seconds a desk may take."""
AT_THE_EDGE = 1.5
"""Seconds it may take while a sender waits: a desk that hangs must not make the edge slow."""
REST = 10.0
"""Seconds a desk is not asked again after it failed to answer."""
ENTRIES = 10_000


class NotTold(Enum):
    """Nobody can be asked."""

    UNTOLD = "untold"


UNTOLD = NotTold.UNTOLD


@define
class _Entry:
    told: float
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
        self.ledger = ledger
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
        known = await self.ledger.conversation(desk, ticket)
        if known is not None:
            return known
        found = await self._ask(desk, ticket, patience)
        return None if found is None else told(desk, found)

    async def ticket(
        self, desk: str, ticket: str, patience: float = TIME_LIMIT, believed: float = YES
    ) -> Ticket | NotTold | None:
        """A ticket as its desk tells it; None when there is none, UNTOLD where no desk can say.

        What was told longer than `believed` seconds ago is asked again. Raises Temporary 4.3 when
        the desk could say, and does not; its cause is what the desk said instead.
        """
        if not self.can_ask(desk):
            return UNTOLD
        return await self._ask(desk, ticket, patience, believed)

    def can_ask(self, desk: str) -> bool:
        """Whether a desk can be asked for its tickets."""
        return ILooksUp.providedBy(self._desks.get(desk))

    async def participants(self, desk: str, ticket: str) -> tuple[Person, ...]:
        """Who takes part in a ticket beside its requester: public answers go to each of them.

        A desk that says who they are is right; else it is whom letters made participants. Internal
        comments go to none of them. Raises Temporary 4.3 when the desk could say, and does not.
        """
        found = await self.ticket(desk, ticket, believed=FRESH)
        known = await self.ledger.conversation(desk, ticket)
        return taking_part(found if isinstance(found, Ticket) else None, known)

    async def _ask(
        self, name: str, ticket: str, patience: float, believed: float = YES
    ) -> Ticket | None:
        now = self._clock.seconds()
        entry = self._cache.get((name, ticket))
        if entry is not None and entry.until > now and entry.told + believed > now:
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
        now = self._clock.seconds()
        self._cache[desk, ticket] = _Entry(now, now + (NO if found is None else YES), found)
        self._cache.move_to_end((desk, ticket))
        while len(self._cache) > ENTRIES:
            self._cache.popitem(last=False)

    def forget(self, desk: str, ticket: str) -> None:
        """Believe nothing that was heard of this ticket: something happened to it."""
        self._cache.pop((desk, ticket), None)


def told(desk: str, found: Ticket) -> Conversation:
    """What a desk tells of a ticket that the ledger does not know."""
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


def taking_part(found: Ticket | None, known: Conversation | None) -> tuple[Person, ...]:
    """The participants beside the requester, each once; who has no address is none."""
    said = found.participants if found is not None else None
    people = said if said is not None else known.participants if known is not None else ()
    requesters = {found.requester.address if found else "", known.requester if known else ""}
    seen = {folded(one) for one in requesters}
    kept = []
    for person in people:
        address = folded(person.address)
        if person.address and address not in seen:
            seen.add(address)
            kept.append(person)
    return tuple(kept)


async def _find(desk: ILooksUp, ticket: str) -> Ticket | None:
    return await desk.find(ticket)
