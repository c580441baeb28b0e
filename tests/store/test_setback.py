"""A database server whose clock is set back delays nothing."""

from __future__ import annotations

import time

import pytest_twisted
from sqlalchemy import Connection, update

from mailtickets.db import schema
from mailtickets.outcomes import State
from mailtickets.slips import Settlement
from mailtickets.store.setback import NOTED
from mailtickets.testing.spool import AGENT, NEW, envelope, submission
from tests.postgres import Server
from tests.store.test_gateways import gateways

HOUR = 3600.0


def _an_hour_ago(connection: Connection) -> None:
    """As if everything had been noted by a clock that was an hour ahead of what it is now."""
    items, feeds, seen = schema.items, schema.feeds, schema.gateways
    connection.execute(
        update(items).values(due=items.c.due + HOUR, leased_until=items.c.leased_until + HOUR)
    )
    connection.execute(update(feeds).values(followed_until=feeds.c.followed_until + HOUR))
    connection.execute(update(seen).where(seen.c.owner == NOTED).values(seen=seen.c.seen + HOUR))


@pytest_twisted.ensureDeferred
async def test_what_waits_is_moved_with_the_clock(postgres: Server) -> None:
    """A retry comes when it should have, a dead gateway's lease ends as it would; once only."""
    async with gateways(postgres.new()) as ((database, one), (_, two)):
        await one.put(envelope(), b"", [submission("waits"), submission("in hand")])
        waits, in_hand = await one.take(AGENT, 2)
        later = Settlement(State.DUE, "no", due=time.time() + 60)
        assert await one.settle(waits, NEW, later)
        assert await one.follow("support")
        await one._beats()
        await database.write(_an_hour_ago)
        await two._beats()
        await one._beats()  # it has been done already
        due = await two.next_due(AGENT)
        assert due is not None
        assert 0 < due - time.time() < 61
        assert await two.recover() == 0  # what is in hand stays there
        assert await one.settle(in_hand, NEW, Settlement(State.OPENED))
        assert not await two.follow("support")
