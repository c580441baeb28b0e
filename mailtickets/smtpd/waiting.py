"""Waiting for what somebody else's method answers: a value, a Deferred, a coroutine."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator
from types import CoroutineType, coroutine
from typing import Any

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from mailtickets.smtpd.failures import value_of

Heard = Callable[[Any, BaseException | None], None]


def deferred(answer: Any) -> Deferred[Any] | None:
    """What must be waited for, as a Deferred; None for a value."""
    if not hasattr(answer, "__await__") and not hasattr(answer, "send"):
        return None
    if isinstance(answer, Deferred):
        return answer
    if hasattr(answer, "send"):
        return Deferred.fromCoroutine(answer)
    return Deferred.fromCoroutine(_awaited(answer))


def hear(waiting: Deferred[Any], heard: Heard) -> None:
    """Have `heard(value, None)` or `heard(None, why)` called, once."""

    def good(value: Any) -> None:
        heard(value, None)

    def bad(reason: Failure) -> None:
        heard(None, value_of(reason))

    waiting.addCallbacks(good, bad)


@coroutine
def going_on(waiting: Any, begun: CoroutineType[Any, Any, Any]) -> Generator[Any, Any, Any]:
    """The rest of a coroutine that already waits, as something that can be awaited whole."""
    while True:
        try:
            value = yield waiting
        except GeneratorExit:  # nobody waits any more
            begun.close()
            raise
        except BaseException as why:  # it is the coroutine's to meet
            step: Callable[[Any], Any] = begun.throw
            argument: Any = why
        else:
            step, argument = begun.send, value
        try:
            waiting = step(argument)
        except StopIteration as ended:
            return ended.value


async def _awaited(awaitable: Awaitable[Any]) -> Any:
    return await awaitable
