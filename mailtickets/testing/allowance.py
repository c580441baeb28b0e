"""The buckets of automatic letters in memory, for tests of what draws from them."""

from __future__ import annotations

from collections.abc import Callable

from attrs import define, field
from zope.interface import implementer

from mailtickets.buckets import Allotments, Bucket, draw_all
from mailtickets.interfaces import IAllowance
from mailtickets.mail.mailbox import Mailbox


@define(eq=False)
@implementer(IAllowance)
class MemoryAllowance:
    """See `mailtickets.interfaces.IAllowance`. `now` tells seconds since 1970."""

    now: Callable[[], float]
    allotments: Allotments = field(factory=Allotments)
    kept: dict[str, Bucket] = field(factory=dict)

    async def draw(self, correspondent: Mailbox, ticket: str | None) -> str | None:
        """Take one letter's share; the name of the empty bucket when one is."""
        wanted = self.allotments.drawn(correspondent, ticket)
        after = draw_all(wanted, self.kept, self.now())
        if isinstance(after, str):
            return after
        self.kept |= after
        return None
