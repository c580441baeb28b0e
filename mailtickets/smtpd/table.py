"""The connections of a front door: how many there are, from where, and who is overdue."""

from __future__ import annotations

from typing import Protocol

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime

from mailtickets.smtp.limits import Limits, address_key

SWEEP = 1.0  # seconds from one look at the clocks to the next
RESERVED = 20  # one place in so many is for those whose proxy has said nothing yet
LEAVING = 500  # that were refused and are not gone yet, at most


class Connection(Protocol):
    """What the table must know of a connection."""

    def look(self, now: float) -> None:
        """See whether a deadline has passed. Seconds of the clock."""

    def retire(self) -> None:
        """Say 421 as soon as no letter is under way."""

    def stop(self) -> None:
        """Say 421 now."""

    def abort(self) -> None:
        """Be gone."""


class Table:
    """Every connection of one front door.

    One look at all of them a second costs less than a timer for each: ten thousand idle ones are
    looked at in a few milliseconds.
    """

    def __init__(self, limits: Limits, clock: IReactorTime) -> None:
        self._limits = limits
        self._clock = clock
        self._connections: dict[Connection, str] = {}
        self._by_address: dict[str, int] = {}
        self._leaving: dict[Connection, None] = {}
        self._unknown: dict[Connection, None] = {}
        self._sweep: IDelayedCall | None = None
        self._empty: Deferred[None] | None = None

    def __len__(self) -> int:
        """How many connections there are."""
        return len(self._connections)

    @property
    def crowded(self) -> bool:
        """Whether so many are here that the idle ones should go sooner."""
        return len(self._connections) * 10 > self._limits.connections * 9

    def admit(self, connection: Connection, address: str, *, local: bool) -> bool:
        """Whether there is room for one more; then it is in the table until it leaves."""
        self._unknown.pop(connection, None)
        if len(self._connections) >= self._limits.connections:
            return False
        key = "" if local else address_key(address)
        if key:
            there = self._by_address.get(key, 0)
            if there >= self._limits.connections_per_address:
                return False
            self._by_address[key] = there + 1
        self._connections[connection] = key
        self._look_soon()
        self._bound_unknown()
        return True

    def expect(self, connection: Connection) -> None:
        """One is here whose proxy has not said yet whom it brings.

        Together with those that were admitted they are no more than may be here; for a few there is
        always room. Of too many, the one that came first goes.
        """
        self._unknown[connection] = None
        self._bound_unknown()

    def _bound_unknown(self) -> None:
        most = self._limits.connections
        room = max(most - len(self._connections), most // RESERVED, 1)
        while len(self._unknown) > room:
            oldest = next(iter(self._unknown))
            del self._unknown[oldest]
            oldest.abort()

    def see_out(self, connection: Connection) -> None:
        """Look at one that was refused, too, until it is gone: not every transport can be closed.

        One that speaks TLS must shake hands before it can be told anything, and may never do it.
        Of too many, the one that came first goes at once.
        """
        if len(self._leaving) >= LEAVING:
            oldest = next(iter(self._leaving))
            del self._leaving[oldest]
            oldest.abort()
        self._leaving[connection] = None
        self._look_soon()

    def leave(self, connection: Connection) -> None:
        """A connection is gone."""
        self._leaving.pop(connection, None)
        self._unknown.pop(connection, None)
        key = self._connections.pop(connection, "")
        if key:
            left = self._by_address[key] - 1
            if left:
                self._by_address[key] = left
            else:
                del self._by_address[key]
        if not self._connections and self._empty is not None:
            empty, self._empty = self._empty, None
            empty.callback(None)

    def unknown(self) -> tuple[Connection, ...]:
        """Those of whom nobody has said yet who they are."""
        return tuple(self._unknown)

    def all(self) -> tuple[Connection, ...]:
        """The connections there are now."""
        return tuple(self._connections)

    async def when_empty(self, seconds: float) -> None:
        """Wait until the table is empty, or `seconds` have passed."""
        if not self._connections:
            return
        self._empty = Deferred()
        given_up = self._clock.callLater(seconds, self._give_up)
        await self._empty
        if given_up.active():
            given_up.cancel()

    def _give_up(self) -> None:
        empty, self._empty = self._empty, None
        if empty is not None:
            empty.callback(None)

    def _look_at_all(self) -> None:
        self._sweep = None
        now = self._clock.seconds()
        for connection in (*self._connections, *self._leaving):
            connection.look(now)
        if self._connections or self._leaving:
            self._look_soon()

    def _look_soon(self) -> None:
        if self._sweep is None:
            self._sweep = self._clock.callLater(SWEEP, self._look_at_all)
