"""The few numbers that tell how the store does, on both databases."""

from __future__ import annotations

import pytest_twisted

from mailtickets.outcomes import State
from mailtickets.slips import Settlement
from mailtickets.testing.spool import AGENT, envelope, submission
from tests.store.places import later
from tests.store.test_retention import gateway, opened, url

__all__ = ["url"]


@pytest_twisted.ensureDeferred
async def test_the_pulse_is_a_gateways_own(url: str) -> None:
    """Everybody tells the same tally and age; leases and feeds are told by who has them."""
    async with opened(url) as database:
        one, two = gateway(database, "one"), gateway(database, "two")
        assert (await one.pulse()).oldest == 0
        await one.put(envelope(), b"", [submission()])
        await later(database, 100)
        await one.put(envelope(), b"", [submission()])
        assert await one.follow("desk")
        (item,) = await one.take(AGENT, 1)
        mine, theirs = await one.pulse(), await two.pulse()
        assert mine.tally == theirs.tally == await one.tally()
        assert 100 <= mine.oldest < 130
        assert abs(mine.oldest - theirs.oldest) < 10
        assert (mine.leases, mine.following) == (1, frozenset({"desk"}))
        assert (theirs.leases, theirs.following) == (0, frozenset())
        assert await one.settle(item, item.recipients[0], Settlement(State.OPENED))
        after = await one.pulse()
        assert after.leases == 0
        assert after.oldest < 30  # the younger one is the oldest now
