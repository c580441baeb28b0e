"""A coroutine of somebody's delivery is followed to its end, however often it waits."""

from __future__ import annotations

import gc
from collections.abc import Awaitable, Callable, Generator
from contextvars import ContextVar
from types import coroutine
from typing import Any
from weakref import ref

import pytest
from twisted.internet.defer import Deferred, fail, succeed
from twisted.python.failure import Failure

from mailtickets.smtpd.waiting import hear

NAME: ContextVar[str] = ContextVar("NAME", default="nobody")
Heard = list[tuple[Any, BaseException | None]]


def begin(coro: Any) -> Heard:
    """Begin a coroutine as the protocol does; what is heard of it comes into the list."""
    heard: Heard = []
    hear(coro.send(None), coro, lambda value, why: heard.append((value, why)))
    return heard


def test_each_wait_is_waited_for() -> None:
    """It goes on when what it waits for has fired, and is heard once, at its end."""
    first: Deferred[int] = Deferred()
    second: Deferred[int] = Deferred()

    async def adds() -> int:
        return await first + await second + await succeed(4)

    heard = begin(adds())
    first.callback(1)
    assert heard == []
    second.callback(2)
    assert heard == [(7, None)]


def test_failures_are_the_coroutine_s_to_meet() -> None:
    """What a Deferred fails with is raised where it is awaited; what comes out is heard."""
    waiting: Deferred[int] = Deferred()

    async def meets() -> str:
        try:
            await waiting
        except KeyError as why:
            await fail(ValueError(f"not {why}"))
        return "not reached"

    heard = begin(meets())
    waiting.errback(KeyError("there"))
    [(value, why)] = heard
    assert value is None
    assert isinstance(why, ValueError)
    assert str(why) == "not 'there'"


@pytest.mark.parametrize("raised", [ValueError("no"), SystemExit(3), KeyboardInterrupt()])
def test_whatever_is_raised_is_heard(raised: BaseException) -> None:
    """Nothing that a delivery raises passes the peer by: it gets its answer."""
    waiting: Deferred[None] = Deferred()

    async def raises() -> None:
        await waiting
        raise raised

    heard = begin(raises())
    waiting.callback(None)
    assert heard == [(None, raised)]


def test_a_deferred_may_wait_for_another() -> None:
    """A Deferred whose callback gave another is waited for until that one has fired."""
    outer: Deferred[int] = Deferred()
    inner: Deferred[int] = Deferred()
    outer.addCallback(lambda _: inner)

    async def waits() -> int:
        return await outer

    heard = begin(waits())
    outer.callback(1)
    assert heard == []
    inner.callback(2)
    assert heard == [(2, None)]


def test_context_is_its_own() -> None:
    """What it sets in its context after a wait is there after the next, and nowhere else."""
    first: Deferred[None] = Deferred()
    second: Deferred[None] = Deferred()

    async def sets() -> str:
        await first
        NAME.set("Nic")
        await second
        return NAME.get()

    heard = begin(sets())
    first.callback(None)
    assert NAME.get() == "nobody"
    second.callback(None)
    assert heard == [("Nic", None)]
    assert NAME.get() == "nobody"


@pytest.mark.parametrize("when", [0, 1])
def test_what_is_no_deferred_is_given_back(when: int) -> None:
    """Who yields something else is told it again, as Twisted does, at the first wait or later."""

    @coroutine
    def odd() -> Generator[Any, Any, Any]:
        return (yield 5)

    waiting: Deferred[int] = Deferred()

    async def waits(for_: list[Callable[[], Awaitable[int]]]) -> int:
        return sum([await each() for each in for_])

    async def fires() -> int:
        return await waiting

    steps: list[Callable[[], Awaitable[int]]] = [fires, odd] if when else [odd, fires]
    heard = begin(waits(steps))
    waiting.callback(1)
    assert heard == [(6, None)]


def test_a_failure_that_is_returned_is_one() -> None:
    """As in Twisted: who returns a Failure after a wait has failed."""
    waiting: Deferred[None] = Deferred()
    why = ValueError("no")

    async def fails() -> Failure:
        await waiting
        return Failure(why)  # type: ignore[no-untyped-call]

    heard = begin(fails())
    waiting.callback(None)
    assert heard == [(None, why)]


def test_any_number_of_waits_that_are_over() -> None:
    """Who yields Deferreds that have fired already is followed without end of the stack."""

    @coroutine
    def odd(waiting: Deferred[int]) -> Generator[Any, Any, Any]:
        return (yield waiting)

    first: Deferred[int] = Deferred()

    async def adds() -> int:
        return await first + sum([await odd(succeed(1)) for _ in range(3000)])

    heard = begin(adds())
    first.callback(1)
    assert heard == [(3001, None)]


def test_context_outlives_an_odd_wait() -> None:
    """What it set is there after a wait for something that is no Deferred, too."""

    @coroutine
    def odd() -> Generator[Any, Any, Any]:
        return (yield 5)

    first: Deferred[None] = Deferred()
    second: Deferred[None] = Deferred()

    async def sets() -> str:
        await first
        NAME.set("Nic")
        await odd()
        await second
        return NAME.get()

    heard = begin(sets())
    first.callback(None)
    second.callback(None)
    assert heard == [("Nic", None)]


def test_what_fails_leaves_nothing_for_the_collector() -> None:
    """What a coroutine held is free as soon as its failure was heard, without a collection."""

    class Held:
        """Something large."""

    waiting: list[Deferred[None]] = [Deferred()]

    async def fails(held: Held) -> None:
        await waiting[0]
        raise ValueError(str(held))

    held = Held()
    kept = ref(held)
    coro = fails(held)
    del held
    gc.disable()
    try:
        heard: list[bool] = []
        hear(coro.send(None), coro, lambda _, why: heard.append(why is not None))
        del coro
        waiting.pop().errback(KeyError("gone"))
        assert heard == [True]
        assert kept() is None
    finally:
        gc.enable()
