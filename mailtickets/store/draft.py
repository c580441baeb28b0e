"""A letter being received: a small one waits in memory, a large one is stored as it comes."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from functools import partial
from hashlib import sha256
from typing import Any

from attrs import field, frozen
from sqlalchemy import Connection, delete, insert
from twisted.internet.defer import Deferred, ensureDeferred
from twisted.logger import Logger
from zope.interface import implementer

from mailtickets.db.database import Database
from mailtickets.db.gathering import Gathering
from mailtickets.db.schema import letters, parts
from mailtickets.errors import Temporary
from mailtickets.interfaces import IDraft
from mailtickets.mail.envelope import Envelope, Letter
from mailtickets.mail.octets import CHUNK, InMemory
from mailtickets.outcomes import State
from mailtickets.slips import Advance, Submission
from mailtickets.store.accepting import WHOLE, Arrival
from mailtickets.store.clock import StoreClock
from mailtickets.store.octets import Stored

AHEAD = 2
"""Pieces that may be on their way to the store before the caller is asked to pause."""


class Pouring:
    """Brings pieces of one letter to the store, in order, one transaction each."""

    def __init__(self, database: Database, clock: StoreClock, owner: str) -> None:
        self._database = database
        self._clock = clock
        self._owner = owner
        self._pieces: deque[bytes] = deque()
        self._running = False
        self._waiting: list[Deferred[None]] = []
        self._failure: Exception | None = None
        self.row: int | None = None
        self.parts = 0
        self.size = 0

    def pour(self, piece: bytes) -> Deferred[None] | None:
        """Store a piece. A Deferred asks for a pause until it fires."""
        if self._failure is not None:
            return None
        self._pieces.append(piece)
        if not self._running:
            self._running = True
            ensureDeferred(self._run())
        return self._wait() if len(self._pieces) > AHEAD else None

    def _wait(self) -> Deferred[None]:
        waiting: Deferred[None] = Deferred()
        self._waiting.append(waiting)
        return waiting

    async def _run(self) -> None:
        try:
            while self._pieces:
                if self.row is None:
                    self.row = await self._database.write(self._open)
                await self._database.write(partial(self._put, self.parts, self._pieces[0]))
                self.parts += 1
                self.size += len(self._pieces.popleft())
                if len(self._pieces) <= AHEAD:
                    self._go_on()
        except Exception as why:
            self._failure = why
            self._pieces.clear()
        self._running = False
        self._go_on()

    def _go_on(self) -> None:
        waiting, self._waiting = self._waiting, []
        for each in waiting:
            each.callback(None)

    async def done(self) -> None:
        """Wait until all is stored. Raises Temporary when something could not be."""
        while self._running:
            await self._wait()
        if self._failure is not None:
            raise self._failure

    def _open(self, connection: Connection) -> int:
        values = {"owner": self._owner, "arrived": self._clock.at(connection)}
        row = connection.execute(insert(letters).values(values).returning(letters.c.id))
        return int(row.scalar_one())

    def _put(self, number: int, piece: bytes, connection: Connection) -> None:
        values = {"letter": self.row, "number": number, "octets": piece}
        connection.execute(insert(parts).values(values))

    async def sweep(self) -> None:
        """Take everything away again."""
        self._pieces.clear()
        while self._running:
            await self._wait()
        if self.row is not None:
            await self._database.write(self._gone)

    def _gone(self, connection: Connection) -> None:
        unfinished = (letters.c.id == self.row) & letters.c.recipients.is_(None)
        if connection.execute(delete(letters).where(unfinished)).rowcount:
            connection.execute(delete(parts).where(parts.c.letter == self.row))


@implementer(IDraft)
class Draft:
    """See `mailtickets.interfaces.IDraft`."""

    def __init__(
        self,
        pouring: Callable[[], Pouring],
        stored: Callable[[int, int, int], Stored],
        accept: Callable[[Arrival], Awaitable[Sequence[State]]],
        log: Logger,
        gathering: Gathering,
    ) -> None:
        self._begin_to_pour = pouring
        self._pouring: Pouring | None = None  # of a large letter
        self._stored = stored
        self._accept = accept
        self._log = log
        self._digest: Any = None  # of a letter that is being poured; others are digested at once
        self._told = ""  # the digest, while nothing was written since
        self._pieces: list[bytes] = []  # what is still at hand
        self._at_hand = 0
        self._head: bytes | None = None  # of a letter that is being poured
        self._over = False
        self._gathering = gathering
        # None when it is over, and of a large letter: that is not waited for.
        self._announced: int | None = gathering.announce()
        self.size = 0

    @property
    def sha256(self) -> str:
        """Hex digest of the octets written so far."""
        if not self._told:
            digest = sha256(self._joined()) if self._digest is None else self._digest
            self._told = digest.hexdigest()
        return self._told

    @property
    def head(self) -> bytes:
        """The first octets of the letter, up to 256 KiB of them."""
        return self._joined() if self._head is None else self._head

    def _joined(self) -> bytes:
        if len(self._pieces) != 1:
            self._pieces = [b"".join(self._pieces)]
        return self._pieces[0]

    def write(self, octets: bytes) -> Awaitable[None] | None:
        """Take more octets. An awaitable asks the caller to pause until it fires."""
        if self._over:
            return None
        self.size += len(octets)
        self._told = ""
        self._pieces.append(octets)
        self._at_hand += len(octets)
        if self._head is None:
            if self.size <= WHOLE:
                return None
            self._head = self._joined()[:WHOLE]
            self._digest = sha256(self._joined())
            self._has_come()
        else:
            self._digest.update(octets)
        pause = None
        if self._pouring is None:
            self._pouring = self._begin_to_pour()
        while self._at_hand >= CHUNK:
            whole = self._joined()
            self._pieces = [whole[CHUNK:]]
            self._at_hand -= CHUNK
            pause = self._pouring.pour(whole[:CHUNK])
        return pause

    def letter(self, envelope: Envelope) -> Letter:
        """The letter as it is now, to be read before it is committed."""
        if self._head is None:
            return Letter(envelope, InMemory(self._joined()))
        return Letter(envelope, _Growing(self.size, self))

    async def chunks(self) -> AsyncIterator[bytes]:
        """What was written so far: the stored pieces, then what is at hand."""
        if (pouring := self._pouring) is not None:
            await pouring.done()
            if pouring.row is not None:
                stored = self._stored(pouring.size, pouring.row, pouring.parts)
                async for piece in stored.chunks():
                    yield piece
        if self._at_hand:
            yield self._joined()

    async def commit(
        self,
        envelope: Envelope,
        submissions: Sequence[Submission],
        subject: str = "",
        advance: Advance | None = None,
    ) -> Sequence[State]:
        """Make the letter durable with a row for each recipient; tell how each row began."""
        if self._over:
            raise Temporary("3.0", "The letter was given up before it was complete")
        octets, row, parts = None, None, 0
        if (pouring := self._pouring) is None:
            octets = self._joined()
        else:
            if self._at_hand:
                pouring.pour(self._joined())
                self._pieces, self._at_hand = [], 0
            try:
                await pouring.done()
            except Exception:
                self.discard()
                raise
            row, parts = pouring.row, pouring.parts
        self._over = True
        self._has_come()
        arrival = Arrival(
            envelope=envelope,
            octets=octets,
            size=self.size,
            sha256=self.sha256,
            submissions=submissions,
            subject=subject,
            letter=row,
            parts=parts,
            advance=advance,
        )
        try:
            return await self._accept(arrival)
        except Exception:
            self._sweep()
            raise

    def discard(self) -> None:
        """Forget it. Safe to call at any time, and more than once."""
        if self._over:
            return
        self._over = True
        self._has_come()
        self._pieces, self._at_hand = [], 0
        self._sweep()

    def _has_come(self) -> None:
        number, self._announced = self._announced, None
        if number is not None:
            self._gathering.arrived(number)

    def _sweep(self) -> None:
        if self._pouring is not None:
            # What cannot be swept now is swept at the next start.
            ensureDeferred(self._pouring.sweep()).addErrback(
                lambda why: self._log.failure("an unfinished letter stays in the store", why)
            )


@frozen
class _Growing:
    """The octets of a draft, as many as there were when it was asked for its letter."""

    size: int
    _draft: Draft = field(repr=False, eq=False, alias="draft")

    def chunks(self) -> AsyncIterator[bytes]:
        return self._draft.chunks()
