"""What is thrown away and what is kept, on both databases."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Coroutine, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_twisted
from sqlalchemy import Connection, delete, func, insert, select
from twisted.internet.defer import Deferred, ensureDeferred, gatherResults

from mailtickets.db import schema
from mailtickets.db.database import Database
from mailtickets.errors import Temporary
from mailtickets.mail.mailbox import Mailbox
from mailtickets.mail.octets import whole
from mailtickets.outcomes import State
from mailtickets.slips import Settlement
from mailtickets.store.clock import StoreClock
from mailtickets.store.retention import BATCH, GONE
from mailtickets.store.spool import Spool
from mailtickets.testing.spool import AGENT, NEW, envelope, submission
from tests.store.places import later, sqlite_url

DAY = 86400.0
LARGE = 700_000
OTHER = Mailbox("other", "support-ticket.com")


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of either kind."""
    if request.param == "sqlite":
        return sqlite_url(tmp_path)
    made: str = request.getfixturevalue("postgres").new()
    return made


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    """The database, closed afterwards."""
    from twisted.internet import reactor  # noqa: PLC0415 - pytest-twisted installs it first

    database = Database.open(url, reactor)
    try:
        yield database
    finally:
        await database.close()


def gateway(database: Database, owner: str, days: float = 30.0) -> Spool:
    """A gateway of this name. It has no heartbeat: nothing is done behind the test's back."""
    return Spool(database, database.reactor, owner=owner, retention=days * DAY)


async def drafted(spool: Spool, octets: bytes, *keys: str) -> None:
    """Receive a letter as it comes over the wire."""
    draft = spool.begin()
    pause = draft.write(octets)
    if pause is not None:
        await pause
    await draft.commit(envelope(), [submission(key) for key in keys])


async def settled(spool: Spool, state: State) -> None:
    """Take the one item that is due, and end it (or hold it)."""
    (item,) = await spool.take(AGENT, 1)
    assert await spool.settle(item, item.recipients[0], Settlement(state, reason="so"))


async def counted(database: Database, name: str) -> int:
    """The rows of a table."""
    table = schema.metadata.tables[name]
    return await database.read(
        lambda c: c.execute(select(func.count()).select_from(table)).scalar_one()
    )


@pytest_twisted.ensureDeferred
async def test_octets_go_when_their_time_is_over(url: str) -> None:
    """Octets and envelope go, parts included; the row, which the audit counts, stays."""
    async with opened(url) as database:
        spool = gateway(database, "me", days=30)
        for octets in (b"small", b"x" * LARGE):
            await drafted(spool, octets, "")
            await settled(spool, State.OPENED)
        assert await counted(database, "parts") > 0
        for shelf in await spool.list():
            await database.write(
                lambda c, item=shelf.id: c.execute(
                    insert(schema.records).values(item=item, record="{}")
                )
            )
        await later(database, 29.9 * DAY)
        assert await spool.tidy() == 0
        await later(database, 0.2 * DAY)
        assert await spool.tidy() == 2
        assert await spool.tidy() == 0
        assert await counted(database, "parts") == 0
        assert await counted(database, "records") == 0
        for shelf in await spool.list():
            assert shelf.state is State.OPENED
            shown = await spool.show(shelf.id)
            assert shown is not None
            assert await whole(shown[1].octets, LARGE) == b""
        audit = await spool.audit(full=True)
        assert (audit.complaints, audit.accepted) == ((), 2)


@pytest_twisted.ensureDeferred
async def test_what_is_held_or_due_stays_whole(url: str) -> None:
    """However old it is: a person may still release it."""
    async with opened(url) as database:
        spool = gateway(database, "me")
        await drafted(spool, b"x" * LARGE, "held")
        await settled(spool, State.HELD)
        await drafted(spool, b"due", "due")
        await later(database, 400 * DAY)
        assert await spool.tidy() == 0
        for shelf in await spool.list():
            shown = await spool.show(shelf.id)
            assert shown is not None
            wanted = b"due" if shelf.key == "due" else b"x" * LARGE
            assert await whole(shown[1].octets, LARGE) == wanted
        assert (await spool.audit(full=True)).complaints == ()


@pytest_twisted.ensureDeferred
async def test_one_recipient_in_flight_keeps_the_letter(url: str) -> None:
    """A letter to two goes when the last of them is at an end, and that long ago."""
    async with opened(url) as database:
        spool = gateway(database, "me")
        shares = [submission("one"), submission("two", recipient=OTHER)]
        await spool.put(envelope(), b"both", shares)
        await settled(spool, State.OPENED)
        await later(database, 40 * DAY)
        assert await spool.tidy() == 0
        (item,) = await spool.take(AGENT, 2)
        assert await whole(item.letter.octets, 10) == b"both"
        assert await spool.settle(item, item.recipients[0], Settlement(State.OPENED))
        assert await spool.tidy() == 0  # it has only just ended
        await later(database, 31 * DAY)
        assert await spool.tidy() == 1


async def _all(works: Iterable[Coroutine[Deferred[Any], Any, Any]]) -> None:
    """At once, so that they share their transactions."""
    await gatherResults([ensureDeferred(each) for each in works], consumeErrors=True)


@pytest_twisted.ensureDeferred
async def test_many_go_a_few_at_a_time(url: str) -> None:
    """More than one transaction's worth is tidied by one call."""
    async with opened(url) as database:
        spool = gateway(database, "me")
        await _all(spool.put(envelope(), b"x", [submission()]) for _ in range(BATCH + 3))
        items = await spool.take(AGENT, BATCH + 3)
        await _all(spool.settle(each, NEW, Settlement(State.OPENED)) for each in items)
        await later(database, 31 * DAY)
        assert await spool.tidy() == BATCH + 3


@pytest_twisted.ensureDeferred
async def test_a_dead_gateways_rows_are_swept(url: str) -> None:
    """Its half-received letter goes, and what it counted is counted by us: the sum stays."""
    async with opened(url) as database:
        dead, mine = gateway(database, "dead"), gateway(database, "mine")
        await seen(database, "dead", "mine")
        await drafted(dead, b"whole", "theirs")
        half = dead.begin()
        await (half.write(b"x" * 2 * LARGE) or nothing())
        await drafted(mine, b"whole", "ours")
        before = await mine.tally()

        await mine.tidy()  # it may live: nothing is touched
        assert (await counted(database, "letters"), await counted(database, "gateways")) == (3, 2)
        await later(database, GONE + 60)
        await seen(database, "mine")
        await mine.tidy()

        assert await counted(database, "letters") == 2
        assert await counted(database, "parts") == 0
        assert await owners(database, "gateways") == {"mine"}
        assert await owners(database, "tally") == {"mine"}
        assert await mine.tally() == before
        assert (await mine.audit(full=True)).complaints == ()


@pytest_twisted.ensureDeferred
async def test_one_that_lives_keeps_its_rows(url: str) -> None:
    """A letter may come slowly: while its gateway is seen, hours do not matter, nor to our own."""
    async with opened(url) as database:
        other, mine = gateway(database, "other"), gateway(database, "mine")
        drafts = [other.begin(), mine.begin()]
        for draft in drafts:
            await (draft.write(b"x" * 2 * LARGE) or nothing())
        await drafted(other, b"whole", "theirs")
        await later(database, 5 * GONE)
        await seen(database, "other", "mine")
        await mine.tidy()
        assert await owners(database, "gateways") == {"mine", "other"}
        for draft in drafts:
            assert list(await draft.commit(envelope(), [submission()])) == [State.DUE]
        assert (await mine.audit(full=True)).complaints == ()


@pytest_twisted.ensureDeferred
async def test_one_that_was_only_asleep_acknowledges_nothing_of_it(url: str) -> None:
    """Its half-received letter was swept: its peer is told to come again, and it counts on."""
    async with opened(url) as database:
        sleeper, mine = gateway(database, "sleeper"), gateway(database, "mine")
        await drafted(sleeper, b"whole", "before")
        half = sleeper.begin()
        await (half.write(b"x" * 2 * LARGE) or nothing())
        await later(database, GONE + 60)
        await seen(database, "mine")
        await mine.tidy()
        with pytest.raises(Temporary):
            await half.commit(envelope(), [submission()])
        await drafted(sleeper, b"whole", "after")
        audit = await sleeper.audit(full=True)
        assert (audit.complaints, audit.accepted) == ((), 2)


async def nothing() -> None:
    """What is awaited where there is no need to wait."""


async def seen(database: Database, *names: str) -> None:
    """Let these gateways have been seen just now."""
    table = schema.gateways
    clock = StoreClock(database.dialect, time.time)

    def note(connection: Connection) -> None:
        now = clock.at(connection)
        connection.execute(delete(table).where(table.c.owner.in_(names)))
        connection.execute(insert(table), [{"owner": name, "seen": now} for name in names])

    await database.write(note)


async def owners(database: Database, name: str) -> set[str]:
    """Whose rows there are."""
    column = schema.metadata.tables[name].c.owner
    return set(await database.read(lambda c: c.execute(select(column)).scalars().all()))
