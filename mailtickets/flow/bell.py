"""A bell that wakes whoever waits for it, or lets them sleep a bounded time."""

from __future__ import annotations

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime


class Bell:
    """One waiter, any number of ringers. A ring with nobody waiting is remembered, once."""

    def __init__(self, clock: IReactorTime) -> None:
        self._clock = clock
        self._rung = False
        self._waiting: Deferred[None] | None = None

    def ring(self) -> None:
        """Wake the waiter, or let the next wait return at once."""
        self._rung = True
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            waiting.callback(None)

    async def wait(self, seconds: float) -> bool:
        """Until the bell rings, `seconds` at most. Whether it rang."""
        if not self._rung:
            waiting: Deferred[None] = Deferred()
            self._waiting = waiting
            timer = self._clock.callLater(max(0.0, seconds), self._time_is_up, waiting)
            await waiting
            if timer.active():
                timer.cancel()
        rung, self._rung = self._rung, False
        return rung

    def _time_is_up(self, waiting: Deferred[None]) -> None:
        if self._waiting is waiting:
            self._waiting = None
            waiting.callback(None)
