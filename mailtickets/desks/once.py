"""Exactly once at a desk that knows no keys: note it, try it, and look before trying again.

The key travels as a mark: a fixed hex digest that the desk keeps in a field of the ticket or of the
comment, and that we compare ourselves, character by character. A POST whose end nobody saw may
still land for as long as the desk may work on it; so nobody looks for it sooner than that.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from hashlib import sha256

from mailtickets.desks.turns import Turns
from mailtickets.errors import Permanent, Temporary
from mailtickets.interfaces import IJournal
from mailtickets.tickets.intents import AddComment, OpenTicket
from mailtickets.tickets.values import Receipt

_DIGEST = re.compile(r"[0-9a-f]{64}\Z")
SETTLED = 60.0
"""Seconds after which a POST that got no answer has landed, or never will."""

Make = Callable[[OpenTicket | AddComment, str], Awaitable[Receipt]]
"""Carries out an intent, and leaves the mark with it. Raises Trouble; `undone` says so."""
Find = Callable[[OpenTicket | AddComment, str], Awaitable[Receipt | None]]
"""What bears the mark at the desk: the receipt it should have had, or None when nothing does."""


def mark_of(key: str) -> str:
    """The mark of a key: 64 hex digits, the key itself where it is of that form."""
    if _DIGEST.match(key):
        return key
    return sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def is_mark(found: object) -> bool:
    """Whether what a desk keeps in our field may be a mark of ours."""
    return isinstance(found, str) and _DIGEST.match(found) is not None


class Once:
    """Submits once per key, at a desk that can only make and find.

    `now` gives seconds since 1970, `settled` is in seconds.
    """

    def __init__(
        self,
        journal: IJournal,
        make: Make,
        find: Find,
        now: Callable[[], float],
        settled: float = SETTLED,
    ) -> None:
        self._journal = journal
        self._make = make
        self._find = find
        self._now = now
        self._settled = settled
        self._turns = Turns()

    async def submit(self, intent: OpenTicket | AddComment, key: str) -> Receipt:
        """As `IDesk.submit`. Raises Permanent or Temporary."""
        async with self._turns.turn(key):
            return await self._submit(intent, key)

    async def _submit(self, intent: OpenTicket | AddComment, key: str) -> Receipt:
        before = await self._journal.recall(key)
        if before is not None:
            if before.receipt is not None:
                return before.receipt
            found = await self._recovered(before.began, intent, key)
            if found is not None:
                return found
        await self._journal.begin(key)
        try:
            receipt = await self._make(intent, mark_of(key))
        except Permanent:
            await self._journal.forget(key)
            raise
        except Temporary as why:
            if why.undone:
                await self._journal.forget(key)
            raise
        await self._journal.done(key, receipt)
        return receipt

    async def _recovered(
        self, began: float, intent: OpenTicket | AddComment, key: str
    ) -> Receipt | None:
        """What an earlier attempt left at the desk, once that can be told."""
        left = began + self._settled - self._now()
        if 0 < left <= self._settled:  # more: the clock was set back, and we do not wait for that
            text = "It is not known yet whether the desk has this letter"
            raise Temporary("4.5", text, retry_after=left)
        found = await self._find(intent, mark_of(key))
        if found is not None:
            await self._journal.done(key, found)
        return found
