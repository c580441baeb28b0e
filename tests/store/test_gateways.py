"""Two gateways on one PostgreSQL, and a server that goes away."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import pytest_twisted
from twisted.internet.defer import Deferred, ensureDeferred

from mailtickets.db.database import Database
from mailtickets.errors import Temporary
from mailtickets.outcomes import State
from mailtickets.slips import Advance, Settlement
from mailtickets.store.spool import Spool
from mailtickets.testing.spool import AGENT, NEW, envelope, submission
from tests.postgres import Server
from tests.store.places import later


@asynccontextmanager
async def gateways(url: str, number: int = 2) -> AsyncIterator[list[tuple[Database, Spool]]]:
    """So many gateways on one database, each with its own connections."""
    from twisted.internet import reactor  # noqa: PLC0415 - pytest-twisted installs it first

    databases = [Database.open(url, reactor) for _ in range(number)]
    made = [(one, Spool(one, reactor, owner=secrets.token_hex(4))) for one in databases]  # type: ignore[arg-type]
    for _, spool in made:
        await spool.recover()
    try:
        yield made
    finally:
        for one in databases:
            await one.close()


@pytest_twisted.ensureDeferred
async def test_no_letter_goes_to_two_gateways(postgres: Server) -> None:
    """Both take at once, and share what there is."""
    async with gateways(postgres.new()) as ((_, one), (_, two)):
        for _ in range(40):
            await one.put(envelope(), b"", [submission()])
        taking = [ensureDeferred(spool.take(AGENT, 7)) for _ in range(4) for spool in (one, two)]
        taken = [item.id for each in taking for item in await each]
        assert len(taken) == len(set(taken)) == 40


@pytest_twisted.ensureDeferred
async def test_one_that_slept_past_its_lease_settles_nothing(postgres: Server) -> None:
    """The other has taken over; the sleeper's outcome is void."""
    async with gateways(postgres.new()) as ((database, one), (_, two)):
        await one.put(envelope(), b"", [submission()])
        (mine,) = await one.take(AGENT, 1)
        assert not await two.take(AGENT, 1)
        await later(database, 20)
        assert await two.recover() == 1
        (theirs,) = await two.take(AGENT, 1)
        assert not await one.settle(mine, NEW, Settlement(State.OPENED))
        assert await two.settle(theirs, NEW, Settlement(State.OPENED))
        assert (await two.audit()).balanced


@pytest_twisted.ensureDeferred
async def test_a_lease_that_is_renewed_is_kept(postgres: Server) -> None:
    """An agent may work for as long as it likes."""
    async with gateways(postgres.new()) as ((database, one), (_, two)):
        await one.put(envelope(), b"", [submission()])
        (mine,) = await one.take(AGENT, 1)
        for _ in range(3):
            await later(database, 10)
            await one.renew([mine])
            assert await two.recover() == 0
        assert await one.settle(mine, NEW, Settlement(State.OPENED))


@pytest_twisted.ensureDeferred
async def test_a_letter_wakes_the_other_gateway(postgres: Server) -> None:
    """LISTEN and NOTIFY: nobody waits for the next look."""
    async with gateways(postgres.new()) as ((_, one), (_, two)):
        woken: Deferred[None] = Deferred()
        two.wake(AGENT, lambda: None if woken.called else woken.callback(None))

        async def put() -> None:
            # The listener may still be connecting: put until it has heard.
            from twisted.internet import reactor, task  # noqa: PLC0415 - installed first

            while not woken.called:
                await one.put(envelope(), b"", [submission()])
                await task.deferLater(reactor, 0.05)  # type: ignore[arg-type]

        await put()
        assert woken.called


@pytest_twisted.ensureDeferred
async def test_one_gateway_follows_a_feed_and_is_taken_over(postgres: Server) -> None:
    """The one that slept cannot move the cursor any more."""
    async with gateways(postgres.new()) as ((database, one), (_, two)):
        assert await one.follow("support")
        assert not await two.follow("support")
        await one.advance(Advance("support", "1"))
        await later(database, 20)
        assert await two.follow("support")
        with pytest.raises(Temporary):
            await one.advance(Advance("support", "2"))
        assert not await one.follow("support")
        await two.advance(Advance("support", "2"))


@pytest_twisted.ensureDeferred
async def test_the_same_letter_to_both_is_carried_once(postgres: Server) -> None:
    """Two copies that arrive at the same moment: one is a duplicate."""
    async with gateways(postgres.new()) as ((_, one), (_, two)):
        for _ in range(10):
            share = submission()
            puts = [ensureDeferred(spool.put(envelope(), b"", [share])) for spool in (one, two)]
            states = sorted([(await each)[0] for each in puts])
            assert states == [State.DUE, State.DUPLICATE]


@pytest_twisted.ensureDeferred
async def test_a_server_that_comes_back_is_used_again() -> None:
    """While it is away nothing is acknowledged; what was acknowledged is there afterwards."""
    server = Server()
    try:
        server.start()
        async with gateways(server.new(), 1) as ((_, spool),):
            await spool.put(envelope(), b"", [submission("before")])
            server.stop("immediate")
            with pytest.raises(Temporary):
                await spool.put(envelope(), b"", [submission("while")])
            server.start()
            assert list(await spool.put(envelope(), b"", [submission("after")])) == [State.DUE]
            assert [item.key for item in await spool.take(AGENT, 9)] == ["before", "after"]
            assert (await spool.audit()).balanced
    finally:
        server.close()
