"""What filters remember, on both databases."""

from __future__ import annotations

from typing import Any

import pytest
import pytest_twisted

from mailtickets.errors import Temporary
from mailtickets.slips import Sighting
from mailtickets.store.sightings import SWEPT, Sightings
from tests.store.test_journal import START, Clock
from tests.store.test_retention import opened

KIND = "a.kind"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Any) -> str:
    """A database of its own."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/store.db"
    made: str = request.getfixturevalue("postgres").new()
    return made


@pytest_twisted.ensureDeferred
async def test_what_was_seen_is_remembered(url: str) -> None:
    """First, last before now, and how often; until it was not seen for so long."""
    clock = Clock()
    async with opened(url) as database:
        kept = Sightings(clock)
        kept.use(database)
        assert await kept.look(KIND, "one") is None
        assert await kept.note(KIND, "one", 100) == Sighting(START, START, 1, START)
        clock.at += 50
        assert await kept.note(KIND, "one", 100) == Sighting(START, START, 2, START + 50)
        clock.at += 99
        assert await kept.look(KIND, "one") == Sighting(START, START + 50, 2, START + 149)
        assert await kept.look("another", "one") is None
        clock.at += 2
        assert await kept.look(KIND, "one") is None
        assert (await kept.note(KIND, "one", 100)).times == 1


@pytest_twisted.ensureDeferred
async def test_it_is_bounded(url: str) -> None:
    """There are never more than so many of a kind, and what is over makes room."""
    clock = Clock()
    async with opened(url) as database:
        kept = Sightings(clock, most=10)
        kept.use(database)
        for number in range(30):
            await kept.note(KIND, f"key {number}", 100)
        assert await kept.look(KIND, "key 9") is not None
        assert await kept.look(KIND, "key 10") is None
        assert (await kept.note(KIND, "key 3", 100)).times == 2
        clock.at += 101
        assert SWEPT > 10
        await kept.note(KIND, "new", 100)
        assert await kept.look(KIND, "new") is not None


@pytest_twisted.ensureDeferred
async def test_before_there_is_a_store() -> None:
    """A filter that is asked too early postpones."""
    with pytest.raises(Temporary):
        await Sightings(Clock()).look(KIND, "one")
