"""Greylisting: who is asked to come back, and who is not asked again."""

from __future__ import annotations

import pytest
from pytest_twisted import ensureDeferred

from mailtickets.errors import SettingsError
from mailtickets.filters.greylist import make
from mailtickets.mail.message import Message
from mailtickets.outcomes import Accept, Postpone, Verdict
from tests.filters.needs import Memory, letter, needs


class Bench:
    """A greylist, and a clock."""

    def __init__(self, **settings: object) -> None:
        self.memory = Memory()
        self.filter = make({"delay": 300, **settings}, needs(sightings=self.memory))

    async def judge(self, **what: object) -> Verdict:
        """What it says of a letter now."""
        return await self.filter.judge(letter(**what), Message())  # type: ignore[arg-type]


@ensureDeferred
async def test_the_first_letter_waits_and_the_second_passes() -> None:
    """451 4.7.1 at first, and too early; after the delay it passes, and what follows does."""
    bench = Bench()
    first = await bench.judge()
    assert isinstance(first, Postpone)
    assert first.status == "7.1"
    assert "300 seconds" in first.text
    bench.memory.now += 299
    assert isinstance(await bench.judge(), Postpone)
    bench.memory.now += 2
    assert await bench.judge() == Accept()
    assert await bench.judge() == Accept()


@ensureDeferred
async def test_a_large_sender_may_come_back_by_another_host() -> None:
    """The triplet has the network, /24 or /64, and not the host."""
    bench = Bench()
    await bench.judge(address="192.0.2.1")
    await bench.judge(address="2001:db8::1")
    bench.memory.now += 301
    assert await bench.judge(address="192.0.2.200") == Accept()
    assert await bench.judge(address="2001:db8::ffff:1") == Accept()
    assert isinstance(await bench.judge(address="192.0.3.1"), Postpone)


@pytest.mark.parametrize("other", [{"sender": "x@b.test"}, {"to": "other@support.test"}])
@ensureDeferred
async def test_another_triplet_waits_on_its_own(other: dict[str, str]) -> None:
    """Another sender or another recipient is another triplet."""
    bench = Bench()
    await bench.judge()
    bench.memory.now += 301
    assert isinstance(await bench.judge(**other), Postpone)


@ensureDeferred
async def test_who_comes_back_often_is_not_asked_any_more() -> None:
    """After so many triplets have passed the network passes at once."""
    bench = Bench(trusted_after=2)
    for sender in ("one@b.test", "two@b.test"):
        await bench.judge(sender=sender)
        bench.memory.now += 301
        assert await bench.judge(sender=sender) == Accept()
    assert await bench.judge(sender="new@b.test") == Accept()


@ensureDeferred
async def test_one_that_never_comes_back_is_forgotten() -> None:
    """Beyond the window a triplet is new again: the memory is bounded."""
    bench = Bench(window=3600)
    await bench.judge()
    bench.memory.now += 3601
    assert isinstance(await bench.judge(), Postpone)


@pytest.mark.parametrize("what", [{"address": "127.0.0.1"}, {"address": ""}, {"user": "nic"}])
@ensureDeferred
async def test_those_we_know_are_not_asked(what: dict[str, str]) -> None:
    """Ourselves, a socket, and who gave a password."""
    bench = Bench()
    assert await bench.judge(**what) == Accept()
    assert bench.memory.rows == {}


@pytest.mark.parametrize("settings", [{"delay": 0}, {"delay": "1"}, {"window": 5}, {"keep": True}])
def test_settings_that_cannot_be_used(settings: dict[str, object]) -> None:
    """Each is refused at start, by name."""
    with pytest.raises(SettingsError, match=next(iter(settings))):
        Bench(**settings)
