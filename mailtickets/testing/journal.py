"""A journal in memory, for tests of desks that know no keys."""

from __future__ import annotations

from collections.abc import Callable

from attrs import define, field
from zope.interface import implementer

from mailtickets.interfaces import IJournal
from mailtickets.slips import Attempt
from mailtickets.tickets.values import Receipt


@define(eq=False)
@implementer(IJournal)
class MemoryJournal:
    """See `mailtickets.interfaces.IJournal`. `now` gives seconds since 1970."""

    now: Callable[[], float]
    attempts: dict[str, Attempt] = field(factory=dict)

    async def recall(self, key: str) -> Attempt | None:
        """The latest attempt for `key`, if any."""
        return self.attempts.get(key)

    async def begin(self, key: str) -> None:
        """Note that it is being tried."""
        self.attempts[key] = Attempt(self.now())

    async def done(self, key: str, receipt: Receipt) -> None:
        """Note that the desk did it."""
        self.attempts[key] = Attempt(self.now(), receipt)

    async def forget(self, key: str) -> None:
        """Note that the desk surely did nothing."""
        self.attempts.pop(key, None)

    async def origin(self, entry: str) -> str | None:
        """The key by which we wrote an entry."""
        for key, attempt in self.attempts.items():
            told = attempt.receipt
            if told is not None and (told.comment or told.ticket) == entry:
                return key
        return None

    async def unsettled(self) -> bool:
        """Whether the end of some attempt is not known."""
        return any(attempt.receipt is None for attempt in self.attempts.values())
