"""A spool in memory, for tests of what uses one; it passes `spool_contract`."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from hashlib import sha256

from attrs import define, evolve, field
from zope.interface import implementer

from mailtickets.errors import Temporary
from mailtickets.interfaces import IDraft, ISpool
from mailtickets.mail.envelope import Envelope, Item, Letter
from mailtickets.mail.mailbox import Mailbox, printed
from mailtickets.mail.octets import InMemory
from mailtickets.outcomes import State
from mailtickets.slips import Advance, Audit, Settlement, Shelf, Submission
from mailtickets.testing.ledger_memory import MemoryLedger

WINDOW = 7 * 86400.0
HEAD = 256 * 1024


@define(eq=False)
class Row:
    """One recipient's row: its item, and where it stands."""

    item: Item
    subject: str
    state: State
    reason: str = ""
    due: float = 0.0
    receipt: object = None
    record: str = ""
    prime: bool = True

    @property
    def blocks(self) -> bool:
        """Whether those behind it in its lane must wait."""
        if self.state is State.HELD:
            return self.item.holds_lane
        return self.state in {State.DUE, State.LEASED}


@define(eq=False)
@implementer(ISpool)
class MemorySpool:
    """See `mailtickets.interfaces.ISpool`. `now` tells the time in seconds since 1970."""

    ledger: MemoryLedger
    now: Callable[[], float] = time.time
    rows: list[Row] = field(factory=list)
    _wakes: dict[str, list[Callable[[], None]]] = field(factory=dict)
    _by_key: dict[str, list[Row]] = field(factory=dict)
    _in_flight: list[Row] = field(factory=list)

    def begin(self) -> MemoryDraft:
        """A new letter, empty."""
        return MemoryDraft(self)

    async def put(
        self,
        envelope: Envelope,
        octets: bytes,
        submissions: Sequence[Submission],
        subject: str = "",
        advance: Advance | None = None,
    ) -> Sequence[State]:
        """Begin, write and commit at once."""
        if advance is not None:
            await self.advance(advance)
        letter = Letter(envelope, InMemory(octets))
        return [self._row(letter, submission, subject) for submission in submissions]

    def _row(self, letter: Letter, wanted: Submission, subject: str) -> State:
        state, reason = wanted.terminal or State.DUE, wanted.reason
        repeat = any(
            row.state is not State.DUPLICATE
            and (not row.state.terminal or row.item.accepted >= self.now() - WINDOW)
            for row in self._by_key.get(wanted.key, ())
        )
        if repeat:
            state, reason = State.DUPLICATE, "the same letter came before"
        elif wanted.hold is not None:
            state, reason = State.HELD, wanted.hold
        item = Item(
            id=len(self.rows) + 1,
            key=wanted.key,
            letter=letter,
            recipients=(wanted.recipient,),
            agent=wanted.agent,
            lane=wanted.lane,
            destination=wanted.destination,
            accepted=self.now(),
            holds_lane=wanted.holds_lane,
        )
        row = Row(item, subject, state, reason, self.now(), prime=not repeat)
        if state.terminal and wanted.record is not None:
            row.record = wanted.record(state, reason)
        self.rows.append(row)
        self._in_flight.append(row)
        self._by_key.setdefault(item.key, []).append(row)
        self._ring(item.agent)
        return state

    async def advance(self, advance: Advance) -> None:
        """Move a feed's cursor."""
        self.ledger.cursors[advance.feed] = advance.cursor
        await self.ledger.learn(advance.learned)

    def keys(self) -> Collection[str]:
        """The keys of all its items, for a ledger."""
        return self._by_key.keys()

    def _heads(self, agent: str) -> list[Row]:
        lanes: dict[str, Row] = {}
        self._in_flight = [row for row in self._in_flight if not row.state.terminal]
        for row in self._in_flight:
            if row.item.agent == agent and row.blocks:
                lanes.setdefault(row.item.lane, row)
        return [row for row in lanes.values() if row.state is State.DUE]

    async def take(self, agent: str, limit: int) -> Sequence[Item]:
        """Lease what is due, at most one of each lane."""
        ready = [row for row in self._heads(agent) if row.due <= self.now()]
        ready.sort(key=lambda row: (row.due, row.item.id))
        taken = []
        for row in ready[:limit]:
            row.state = State.LEASED
            attempts = row.item.attempts
            row.item = evolve(row.item, attempts=attempts + 1, fence=row.item.fence + 1)
            taken.append(evolve(row.item, attempts=attempts, owner="memory"))
        return taken

    async def renew(self, items: Sequence[Item]) -> None:
        """A lease in memory never ends."""

    async def settle(self, item: Item, recipient: Mailbox, settlement: Settlement) -> bool:
        """Write what became of it."""
        row = self.rows[item.id - 1]
        if (
            row.state is not State.LEASED
            or row.item.fence != item.fence
            or recipient not in item.recipients
        ):
            return False
        row.state, row.reason, row.receipt = settlement.state, settlement.reason, settlement.receipt
        row.due = self.now() if settlement.due is None else settlement.due
        if settlement.after is not None:
            row.due = self.now() + settlement.after
        row.record = settlement.record or row.record
        if settlement.destination is not None:
            row.item = evolve(row.item, destination=settlement.destination)
        await self.ledger.learn(settlement.learned)
        if (notice := settlement.notice) is not None:
            await self.put(notice.envelope, notice.octets, notice.submissions, notice.subject)
        self._ring(item.agent)
        return True

    async def recover(self) -> int:
        """Take back every lease."""
        leased = [row for row in self.rows if row.state is State.LEASED]
        for row in leased:
            row.state = State.DUE
        return len(leased)

    async def next_due(self, agent: str) -> float | None:
        """When the earliest is due."""
        return min((row.due for row in self._heads(agent)), default=None)

    def wake(self, agent: str, call: Callable[[], None]) -> None:
        """Call `call` whenever something may have become due."""
        self._wakes.setdefault(agent, []).append(call)

    def _ring(self, agent: str) -> None:
        for call in self._wakes.get(agent, ()):
            call()

    def _shelf(self, row: Row) -> Shelf:
        item = row.item
        return Shelf(
            id=item.id,
            letter=item.letter.envelope.id,
            key=item.key,
            sender=printed(item.letter.envelope.sender),
            recipient=str(item.recipients[0]),
            agent=item.agent,
            lane=item.lane,
            state=row.state,
            attempts=item.attempts,
            accepted=item.accepted,
            due=row.due if row.state is State.DUE else None,
            reason=row.reason,
            subject=row.subject,
            receipt=row.receipt,  # type: ignore[arg-type]
        )

    async def list(
        self,
        states: Sequence[State] = (),
        agent: str | None = None,
        recipient: str | None = None,
        after: int = 0,
        limit: int = 100,
        older: float | None = None,
        younger: float | None = None,
    ) -> Sequence[Shelf]:
        """Items by ascending id."""
        now = self.now()
        found = [self._shelf(row) for row in self.rows[after:]]
        return [
            shelf
            for shelf in found
            if (not states or shelf.state in states)
            and agent in {None, shelf.agent}
            and (recipient is None or recipient.lower() == shelf.recipient.lower())
            and (older is None or now - shelf.accepted >= older)
            and (younger is None or now - shelf.accepted <= younger)
        ][:limit]

    def _at(self, id_: int, *states: State) -> Row | None:
        row = self.rows[id_ - 1] if 0 < id_ <= len(self.rows) else None
        return row if row is not None and (not states or row.state in states) else None

    async def show(self, id: int) -> tuple[Shelf, Letter] | None:
        """One item with its letter."""
        row = self._at(id)
        if row is None:
            return None
        return evolve(self._shelf(row), record=row.record), row.item.letter

    async def records(self, keys: Sequence[str]) -> Mapping[str, tuple[int, str]]:
        """Why items had the fate they had."""
        return {
            row.item.key: (row.item.id, row.record)
            for row in self.rows
            if row.record and row.prime and row.item.key in keys
        }

    async def release(self, id: int) -> bool:
        """Make a held item due."""
        return self._move(self._at(id, State.HELD), State.DUE)

    async def retry(self, id: int) -> bool:
        """Make a waiting or held item due now."""
        return self._move(self._at(id, State.HELD, State.DUE), State.DUE)

    async def drop(self, id: int, reason: str) -> bool:
        """End it, for a reason."""
        return self._move(self._at(id, State.HELD, State.DUE), State.DROPPED, reason)

    def _move(self, row: Row | None, to: State, reason: str = "") -> bool:
        if row is None:
            return False
        row.state, row.due, row.reason = to, self.now(), reason or row.reason
        self._ring(row.item.agent)
        return True

    async def tally(self) -> dict[State, int]:
        """How many rows stand in each state."""
        return {state: sum(row.state is state for row in self.rows) for state in State}

    async def follow(self, feed: str) -> bool:  # noqa: ARG002 - nobody else is here
        """We are the only one."""
        return True

    async def replace(self, id: int, octets: bytes) -> bool:
        """Put other octets in a waiting letter's place."""
        row = self._at(id, State.HELD, State.DUE)
        if row is not None:
            letter = Letter(row.item.letter.envelope, InMemory(octets))
            row.item = evolve(row.item, letter=letter)
        return row is not None

    async def audit(self, full: bool = False) -> Audit:  # noqa: ARG002 - there is no file
        """Recount."""
        overdue = [
            row.item.id
            for row in self.rows
            if not row.state.terminal and row.item.accepted < self.now() - 86400
        ]
        return Audit(len(self.rows), await self.tally(), (), tuple(overdue[:100]))


@define(eq=False)
@implementer(IDraft)
class MemoryDraft:
    """See `mailtickets.interfaces.IDraft`."""

    _spool: MemorySpool
    _octets: bytearray = field(factory=bytearray)
    _over: bool = False

    @property
    def size(self) -> int:
        """Octets written so far."""
        return len(self._octets)

    @property
    def sha256(self) -> str:
        """Hex digest of them."""
        return sha256(self._octets).hexdigest()

    @property
    def head(self) -> bytes:
        """The first of them."""
        return bytes(self._octets[:HEAD])

    def write(self, octets: bytes) -> None:
        """Take more octets."""
        self._octets += octets

    def letter(self, envelope: Envelope) -> Letter:
        """The letter as it is now."""
        return Letter(envelope, InMemory(bytes(self._octets)))

    async def commit(
        self,
        envelope: Envelope,
        submissions: Sequence[Submission],
        subject: str = "",
        advance: Advance | None = None,
    ) -> Sequence[State]:
        """Make it a letter of the spool's."""
        if self._over:
            raise Temporary("3.0", "The letter was given up before it was complete")
        self._over = True
        return await self._spool.put(envelope, bytes(self._octets), submissions, subject, advance)

    def discard(self) -> None:
        """Forget it."""
        self._over = True
