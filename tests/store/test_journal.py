"""The journal of attempts, on both databases and in memory: one contract."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import pytest_twisted

from mailtickets.errors import Temporary
from mailtickets.interfaces import IJournal
from mailtickets.slips import Attempt
from mailtickets.store import journal as journals
from mailtickets.store.journal import Journal
from mailtickets.testing.journal import MemoryJournal
from mailtickets.tickets.values import Receipt
from tests.store.test_retention import opened

START = 1_800_000_000.0


class Clock:
    """A clock that stands until it is set."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> float:
        return self.at


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def where(request: pytest.FixtureRequest, tmp_path: Any) -> str:
    """Where the journal is kept: a database's URL, or empty for memory."""
    if request.param == "memory":
        return ""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/store.db"
    made: str = request.getfixturevalue("postgres").new()
    return made


@asynccontextmanager
async def kept(where: str, now: Clock) -> AsyncIterator[tuple[Any, Any]]:
    """Two journals at one place, for two desks."""
    if not where:
        yield MemoryJournal(now), MemoryJournal(now)
        return
    async with opened(where) as database:
        one, two = Journal("one", now), Journal("two", now)
        one.use(database)
        two.use(database)
        yield one, two


@pytest_twisted.ensureDeferred
async def test_an_attempt_is_known_until_it_ends(where: str) -> None:
    """Begun, then done with its receipt; the desks' journals know nothing of each other."""
    now = Clock()
    async with kept(where, now) as (one, two):
        assert IJournal.providedBy(one)
        assert await one.recall("k") is None
        assert not await one.unsettled()
        await one.begin("k")
        assert await one.recall("k") == Attempt(START)
        assert await one.unsettled()
        assert await two.recall("k") is None
        assert not await two.unsettled()
        receipt = Receipt("7", "70", "https://desk/7")
        await one.done("k", receipt)
        assert (await one.recall("k")).receipt == receipt
        assert not await one.unsettled()
        assert await two.recall("k") is None


@pytest_twisted.ensureDeferred
async def test_a_new_attempt_takes_the_place_of_the_old(where: str) -> None:
    """Its time is that of the latest; one that surely did nothing leaves no trace."""
    now = Clock()
    async with kept(where, now) as (one, _):
        await one.begin("k")
        now.at += 100
        await one.begin("k")
        assert await one.recall("k") == Attempt(START + 100)
        await one.forget("k")
        assert await one.recall("k") is None


@pytest_twisted.ensureDeferred
async def test_an_entry_is_known_by_its_writer(where: str) -> None:
    """A comment by its id, an opening by its ticket; what others wrote has no key."""
    async with kept(where, Clock()) as (one, two):
        await one.begin("k")
        await one.done("k", Receipt("7"))
        await one.done("c", Receipt("7", "70"))
        assert await one.origin("7") == "k"
        assert await one.origin("70") == "c"
        assert await one.origin("71") is None
        assert await two.origin("70") is None


@pytest_twisted.ensureDeferred
async def test_old_ends_are_swept(tmp_path: Any) -> None:
    """A journal does not grow for ever: new attempts sweep away what is long done."""
    now = Clock()
    async with kept(f"sqlite:///{tmp_path}/store.db", now) as (one, _):
        for number in range(30):
            await one.done(f"old{number}", Receipt(str(number)))
        now.at += journals.KEPT + 1
        await one.begin("a")
        await one.begin("b")
        left = [number for number in range(30) if await one.recall(f"old{number}") is not None]
        assert left == []
        assert await one.recall("a") is not None


@pytest_twisted.ensureDeferred
async def test_before_the_store_is_open_it_is_temporary() -> None:
    """A desk that is asked too early does no harm."""
    with pytest.raises(Temporary):
        await Journal("one", time.time).recall("k")
