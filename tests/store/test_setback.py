"""A database server whose clock is set back delays nothing."""

from __future__ import annotations

import threading
import time

import pytest
import pytest_twisted
from sqlalchemy import Connection, update
from twisted.internet import reactor
from twisted.internet.defer import ensureDeferred
from twisted.internet.threads import deferToThread

from mailtickets.db import schema
from mailtickets.outcomes import State
from mailtickets.slips import Settlement
from mailtickets.store import setback
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


@pytest_twisted.ensureDeferred
async def test_the_first_gateway_notes_the_time_at_its_start(postgres: Server) -> None:
    """A clock that is set back in the first seconds of a store delays nothing either."""
    async with gateways(postgres.new(), 1) as ((database, one),):
        await one.put(envelope(), b"", [submission("waits")])
        (item,) = await one.take(AGENT, 1)
        assert await one.settle(item, NEW, Settlement(State.DUE, "no", after=60.0))
        await database.write(_an_hour_ago)
        await one._beats()
        due = await one.next_due(AGENT)
        assert due is not None
        assert 0 < due - time.time() < 61


@pytest_twisted.ensureDeferred
async def test_what_is_being_written_by_the_old_time_is_moved_too(
    postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A retry whose transaction has not ended when the clock is set back is no hour late."""
    monkeypatch.setattr(setback, "PATIENCE", 20)  # a second is little on a busy machine
    async with gateways(postgres.new()) as ((_, one), (database, two)):
        await one.put(envelope(), b"", [submission("waits")])
        (item,) = await one.take(AGENT, 1)
        await two._beats()
        read, go_on = threading.Event(), threading.Event()
        at = one._clock.at

        def an_hour_ahead(connection: Connection) -> float:
            now = at(connection)
            read.set()
            assert go_on.wait(30)
            return now + HOUR

        one._clock.at = an_hour_ahead  # type: ignore[method-assign]
        settled = ensureDeferred(one.settle(item, NEW, Settlement(State.DUE, "no", after=60.0)))
        await deferToThread(read.wait, 30)
        one._clock.at = at  # type: ignore[method-assign]
        await database.write(_an_hour_ago)
        reactor.callLater(0.2, go_on.set)
        await two._beats()
        assert await settled
        due = await two.next_due(AGENT)
        assert due is not None
        assert 0 < due - time.time() < 61


@pytest_twisted.ensureDeferred
async def test_who_writes_for_too_long_is_not_waited_for(postgres: Server) -> None:
    """The move is tried again with the next beat; until then the others go on."""
    async with gateways(postgres.new()) as ((database, one), (_, two)):
        await one.put(envelope(), b"", [submission("waits")])
        (item,) = await one.take(AGENT, 1)
        assert await one.settle(item, NEW, Settlement(State.DUE, "no", after=60.0))
        await two._beats()
        await database.write(_an_hour_ago)
        with database.writing.begin() as slow:
            one._clock.at(slow)
            await two._beats()
            await one.put(envelope(), b"", [submission("goes on")])
            assert len(await one.take(AGENT, 1)) == 1
            late = await two.next_due(AGENT)
            assert late is not None
            assert late - time.time() > HOUR
        await two._beats()
        due = await two.next_due(AGENT)
        assert due is not None
        assert 0 < due - time.time() < 61
