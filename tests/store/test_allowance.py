"""What automatic letters draw from, on both databases and in memory: one contract."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_twisted
from attrs import evolve
from sqlalchemy import func, select, update
from twisted.internet.defer import ensureDeferred, gatherResults

from mailtickets.buckets import TOTAL, Allotment, Allotments
from mailtickets.db import schema
from mailtickets.mail.mailbox import Mailbox
from mailtickets.store.allowance import SWEPT, Allowance
from mailtickets.testing.allowance import MemoryAllowance
from tests.store.test_retention import opened

NIC = Mailbox("nic", "ferrier")
FEW = Allotments(
    ticket=Allotment(2, 1.0),
    address=Allotment(4, 2.0),
    domain=Allotment(8, 10.0),
    total=Allotment(30, 100.0),
)


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where the buckets are kept: a database's URL, or empty for memory."""
    if request.param == "memory":
        return ""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/store.db"
    made: str = request.getfixturevalue("postgres").new()
    return made


@asynccontextmanager
async def kept(where: str, allotments: Allotments = FEW) -> AsyncIterator[tuple[Any, Any]]:
    """An allowance, and what lets so many seconds pass."""
    if not where:
        at = [time.time()]

        async def wait(seconds: float) -> None:
            at[0] += seconds

        yield MemoryAllowance(lambda: at[0], allotments), wait
        return
    async with opened(where) as database:

        async def older(seconds: float) -> None:
            table = schema.buckets
            values = {"at": table.c.at - seconds, "full_at": table.c.full_at - seconds}
            await database.write(lambda c: c.execute(update(table).values(**values)) and None)

        yield Allowance(database, allotments), older


async def drawn(allowance: Any, times: int, who: Mailbox = NIC, ticket: str | None = None) -> int:
    """How many of so many draws were allowed."""
    return [await allowance.draw(who, ticket) for _ in range(times)].count(None)


@pytest_twisted.ensureDeferred
async def test_each_bucket_keeps_its_own_bound(where):
    """A ticket's correspondent, the correspondent, their domain, and everybody: each runs out."""
    async with kept(where) as (allowance, _):
        assert await drawn(allowance, 5, ticket="desk/T-1") == 2
        assert await allowance.draw(NIC, "desk/T-1") == "ticket desk/T-1 nic@ferrier"
        assert await drawn(allowance, 5, ticket="desk/T-2") == 2
        assert await allowance.draw(NIC, "desk/T-3") == "address nic@ferrier"
        assert await allowance.draw(Mailbox("NIC+more", "Ferrier"), None) == "address nic@ferrier"
        strangers = [Mailbox(f"n{one}", "ferrier") for one in range(9)]
        allowed = [await allowance.draw(one, None) for one in strangers]
        assert allowed.count(None) == 4
        assert allowed[-1] == "domain ferrier"
        elsewhere = [Mailbox("n", f"d{one}.example") for one in range(40)]
        allowed = [await allowance.draw(one, None) for one in elsewhere]
        assert allowed.count(None) == 30 - 8
        assert allowed[-1] == TOTAL


@pytest_twisted.ensureDeferred
async def test_a_bucket_fills_again(where):
    """After a while there is as much again as the settings say, and no more."""
    async with kept(where) as (allowance, wait):
        assert await drawn(allowance, 9) == 4
        await wait(3600)
        assert await drawn(allowance, 9) == 2
        await wait(1000 * 3600)
        assert await drawn(allowance, 9) == 4


@pytest_twisted.ensureDeferred
async def test_many_at_once_get_no_more(where):
    """A hundred draws at one moment pass the bound no more than a hundred in a row."""
    async with kept(where) as (allowance, _):
        asked = [ensureDeferred(allowance.draw(NIC, None)) for _ in range(100)]
        assert (await gatherResults(asked)).count(None) == 4


@pytest_twisted.ensureDeferred
async def test_several_gateways_draw_from_the_same_buckets(postgres):
    """Three gateways on one PostgreSQL together send what one may, though they draw at once."""
    url = postgres.new()
    async with opened(url) as one, opened(url) as two, opened(url) as three:
        hands = [Allowance(each, FEW) for each in (one, two, three)]
        people = [Mailbox(f"n{number}", f"d{number % 5}.example") for number in range(20)]
        asked = [
            ensureDeferred(hand.draw(people[turn % 20], None))
            for turn in range(40)
            for hand in hands
        ]
        assert (await gatherResults(asked)).count(None) == FEW.total.burst


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@pytest_twisted.ensureDeferred
async def test_rows_do_not_grow_without_end(kind, tmp_path, request):
    """Who asks in vain leaves no row, and a row that is full again goes with the next draws."""
    url = f"sqlite:///{tmp_path}/store.db"
    if kind == "postgresql":
        url = request.getfixturevalue("postgres").new()
    async with opened(url) as database:
        allowance = Allowance(database, FEW)
        count = select(func.count()).select_from(schema.buckets)

        async def rows() -> int:
            found: int = await database.read(lambda c: c.execute(count).scalar_one())
            return found

        for number in range(2 * FEW.total.burst):
            await allowance.draw(Mailbox("n", f"d{number}.example"), f"desk/T-{number}")
        assert await rows() == 1 + 3 * FEW.total.burst <= FEW.kept()
        values = {"full_at": schema.buckets.c.full_at - 1e6, "at": schema.buckets.c.at - 1e6}
        await database.write(lambda c: c.execute(update(schema.buckets).values(**values)) and None)
        for number in range(10):
            await allowance.draw(NIC, f"desk/U-{number}")
        assert await rows() <= 1 + 3 * FEW.total.burst - 4 * SWEPT + 4 * 4


@pytest_twisted.ensureDeferred
async def test_more_in_the_settings_counts_at_once(tmp_path):
    """Smaller and larger buckets in new settings are kept to, whatever the old ones left."""
    async with opened(f"sqlite:///{tmp_path}/store.db") as database:
        assert await drawn(Allowance(database, FEW), 9) == 4
        smaller = evolve(FEW, address=Allotment(1, 3600.0))
        await database.write(
            lambda c: c.execute(update(schema.buckets).values(at=schema.buckets.c.at - 5)) and None
        )
        assert await drawn(Allowance(database, smaller), 3) == 1
