"""Turns: so many letters at a time go to one place, and nobody waits long where nothing moves."""

from __future__ import annotations

from twisted.internet.defer import DeferredSemaphore
from twisted.internet.defer import TimeoutError as DeferredTimeoutError
from twisted.internet.interfaces import IReactorTime

from mailtickets.errors import Temporary

PATIENCE = 15.0
"""Seconds for which a letter waits for its turn: while it does, it is in others' way."""


class Turns:
    """So many turns at one place; `users` counts those who have one or wait for one.

    A place at which nobody has finished while others waited for `PATIENCE` seconds has stuck: until
    somebody does, who comes is sent away at once, to come back later.
    """

    def __init__(self, clock: IReactorTime, limit: int, place: str) -> None:
        self.users = 0
        self._clock = clock
        self._place = place
        self._free = DeferredSemaphore(limit)
        self._stuck = False

    async def take(self) -> None:
        """Wait for a turn. Raises Temporary 4.5; whoever has one gives it back."""
        if self._free.tokens:  # the common case, at no cost
            self.users += 1
            self._free.acquire()
            return
        if self._stuck:
            raise self._full()
        self.users += 1
        try:
            await self._free.acquire().addTimeout(PATIENCE, self._clock)
        except BaseException as why:
            self.users -= 1
            if isinstance(why, DeferredTimeoutError):
                self._stuck = True
                raise self._full() from why
            raise

    def give(self) -> None:
        """Give a turn back."""
        self.users -= 1
        self._stuck = False
        self._free.release()

    def _full(self) -> Temporary:
        return Temporary("4.5", f"{self._place} has as many letters under way as it may have")
