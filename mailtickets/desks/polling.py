"""A feed that waits, made of a desk that must be asked: every so often, or when it is nudged."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from attrs import frozen
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime

from mailtickets.tickets.events import Event

EVERY = 5.0
"""Seconds between two questions, unless a setting says otherwise."""
MOST_PAGES = 1000
"""Pages without an event for us that are read in one go."""


@frozen
class Page:
    """What a desk told: events for us, the cursor after all that was told, and whether to go on.

    `more` is true when the desk has more to tell at once.
    """

    events: Sequence[Event]
    cursor: str | None
    more: bool = False


Ask = Callable[[str | None], Awaitable[Page]]
"""Asks the desk for what came after a cursor. Raises Temporary."""


class Polling:
    """Asks, waits, asks again. `every` is in seconds."""

    def __init__(self, clock: IReactorTime, ask: Ask, every: float = EVERY) -> None:
        self._clock = clock
        self._ask = ask
        self._every = every
        self._nudged = False
        self._wait: Deferred[None] | None = None
        # How far we have read on from a cursor without finding anything for us.
        self._asked: str | None = None
        self._reached: str | None = None

    def nudge(self) -> None:
        """There are news: ask now, or once more if a question is under way."""
        self._nudged = True
        wait, self._wait = self._wait, None
        if wait is not None and not wait.called:
            wait.callback(None)

    async def events(self, after: str | None, wait: float) -> Sequence[Event]:
        """As `IFeed.events`."""
        until = self._clock.seconds() + wait
        if self._reached is None or self._asked != after:
            self._asked = self._reached = after
        while True:
            self._nudged = False
            for _ in range(MOST_PAGES):
                page = await self._ask(self._reached)
                if page.events:
                    return page.events
                moved, self._reached = page.cursor != self._reached, page.cursor
                if not page.more or not moved:
                    break
            left = until - self._clock.seconds()
            if left <= 0:
                return ()
            if not self._nudged:
                await self._rest(min(left, self._every))

    async def _rest(self, seconds: float) -> None:
        wait: Deferred[None] = Deferred()
        self._wait = wait
        call: IDelayedCall = self._clock.callLater(seconds, self._rang, wait)
        try:
            await wait
        finally:
            self._wait = None
            if call.active():
                call.cancel()

    def _rang(self, wait: Deferred[None]) -> None:
        if not wait.called:
            wait.callback(None)
