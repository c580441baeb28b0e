"""The heartbeat of the spool: we are here, what others left is taken back, the old goes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from twisted.internet.defer import Deferred, ensureDeferred
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import LoopingCall
from twisted.logger import Logger

from mailtickets.errors import Temporary

SECONDS = 5.0
"""Between two beats. A lease lasts three."""


class Beat:
    """Calls `beat` every five seconds of the process' own life, one call at a time."""

    def __init__(
        self, clock: IReactorTime, beat: Callable[[], Awaitable[None]], log: Logger
    ) -> None:
        self._beat = beat
        self._log = log
        self._loop = LoopingCall(self._once)
        self._loop.clock = clock
        self._ending = False

    def start(self) -> None:
        """Begin to beat. Safe to call twice."""
        if not self._loop.running and not self._ending:
            self._loop.start(SECONDS, now=False)

    def stop(self) -> None:
        """Beat no more."""
        self._ending = True
        if self._loop.running:
            self._loop.stop()

    def _once(self) -> Deferred[None]:
        return ensureDeferred(self._tried())

    async def _tried(self) -> None:
        try:
            await self._beat()
        except Temporary:
            pass  # the store is in trouble, and has said so itself
        except Exception:
            if not self._ending:
                self._log.failure("the store's heartbeat")
