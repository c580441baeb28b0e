"""The DNS as it is asked: a real server, its silence, and what is remembered of its answers."""

from __future__ import annotations

import time
from typing import Any

import pytest
from pytest_twisted import async_yield_fixture, ensureDeferred
from twisted.internet.threads import deferToThread

from mailtickets.auth.names import ENTRIES, SILENCE, Names, Unanswered
from mailtickets.testing.names import NameServer, address, mx, pointer, text

LONG = "v=spf1 " + "ip4:192.0.2.1 " * 40 + "-all"


@async_yield_fixture
async def asked() -> Any:
    """The server, and who asks it, by a clock that the test moves."""
    from twisted.internet import reactor  # noqa: PLC0415

    server = NameServer(
        reactor,
        {
            "a.test": [address("192.0.2.1"), address("2001:db8::1"), mx(10, "mx.a.test")],
            "long.test": [text(LONG)],
            "1.2.0.192.in-addr.arpa": [pointer("a.test")],
        },
        broken=["broken.test"],
        silent=["silent.test"],
    )
    host, _, port = server.server.rpartition(":")
    clock = [time.monotonic()]
    names = Names([(host, int(port))], seconds=0.3, now=lambda: clock[0])
    yield server, names, clock
    await server.stop()


async def query(names: Names, *what: Any) -> Any:
    """In a thread, as it is meant to be."""
    return await deferToThread(names.query, *what)


@ensureDeferred
async def test_each_kind(asked: Any) -> None:
    """Records as values; a text of several strings in one piece."""
    _, names, _ = asked
    assert await query(names, "A.test.", "A") == ("192.0.2.1",)
    assert await query(names, "a.test", "AAAA") == ("2001:db8::1",)
    assert await query(names, "a.test", "MX") == ((10, "mx.a.test"),)
    assert await query(names, "1.2.0.192.in-addr.arpa", "PTR") == ("a.test",)
    assert await deferToThread(names.texts, "long.test") == [LONG]


@pytest.mark.parametrize("name", ["gone.test", "a..test", "x" * 64 + ".test", "", "\x00"])
@ensureDeferred
async def test_nothing_there(asked: Any, name: str) -> None:
    """A name that is not there, or cannot be, has no records."""
    _, names, _ = asked
    assert await query(names, name, "A") == ()


@pytest.mark.parametrize("name", ["broken.test", "silent.test"])
@ensureDeferred
async def test_no_answer(asked: Any, name: str) -> None:
    """Failure and silence are told apart from nothing, in time, and remembered for a while."""
    server, names, clock = asked
    with pytest.raises(Unanswered):
        await query(names, name, "A")
    count = len(server.asked)
    with pytest.raises(Unanswered):
        await query(names, name, "A")
    assert len(server.asked) == count
    clock[0] += SILENCE + 1
    with pytest.raises(Unanswered):
        await query(names, name, "A")
    assert len(server.asked) > count


@ensureDeferred
async def test_answers_are_remembered_as_long_as_they_say(asked: Any) -> None:
    """One question, until the TTL (60 s here) is over."""
    server, names, clock = asked
    for _ in range(3):
        await query(names, "a.test", "A")
    assert len(server.asked) == 1
    clock[0] += 61
    await query(names, "a.test", "A")
    assert len(server.asked) == 2


@ensureDeferred
async def test_a_deadline_that_is_over_asks_nobody(asked: Any) -> None:
    """Who comes too late hears so at once."""
    server, names, clock = asked
    with pytest.raises(Unanswered):
        await query(names, "a.test", "A", clock[0] - 1)
    assert server.asked == []


def test_the_memory_is_bounded() -> None:
    """A sender who makes up names does not fill it."""
    names = Names([("127.0.0.1", 1)])
    for number in range(ENTRIES + 100):
        names.query(f"{'x' * 64}.{number}.test", "A")  # no such name can be: nobody is asked
    assert len(names._cache) == ENTRIES
