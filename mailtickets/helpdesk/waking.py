"""Wakes those who wait for the book to change."""

from __future__ import annotations

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime


class Waking:
    """Any number of waits, ended together by `ring` or each by its own time."""

    def __init__(self, clock: IReactorTime) -> None:
        self._clock = clock
        self._waits: set[Deferred[None]] = set()

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._waits)

    def begin(self) -> Deferred[None]:
        """A wait that hears every ring from now on. It must be handed to `wait` or `end`."""
        one: Deferred[None] = Deferred(self._waits.discard)
        self._waits.add(one)
        return one

    async def wait(self, one: Deferred[None], seconds: float) -> None:
        """Until it rings, or until `seconds` have passed."""
        call = self._clock.callLater(max(0.0, seconds), self._ended, one)
        try:
            await one
        finally:
            if call.active():
                call.cancel()
            self._waits.discard(one)

    def end(self, one: Deferred[None]) -> None:
        """It need not wait any more."""
        self._ended(one)

    def ring(self) -> None:
        """End every wait."""
        waits, self._waits = self._waits, set()
        for one in waits:
            if not one.called:
                one.callback(None)

    def _ended(self, one: Deferred[None]) -> None:
        self._waits.discard(one)
        if not one.called:
            one.callback(None)
