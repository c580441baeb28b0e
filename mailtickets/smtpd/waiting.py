"""Waiting for what somebody else's method answers: a value, a Deferred, a coroutine."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator
from types import CoroutineType, coroutine
from typing import Any

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from mailtickets.smtpd.failures import value_of

Heard = Callable[[Any, BaseException | None], None]


def begin(
    call: Callable[..., Any], args: tuple[Any, ...]
) -> tuple[Deferred[Any] | None, Any, BaseException | None]:
    """Call `call(*args)`: what must be waited for or None, the value, and what was raised.

    Most coroutines never wait, and are run here without a Deferred.
    """
    try:
        answer = call(*args)
        if type(answer) is CoroutineType:
            answer = _goes_on(answer.send(None), answer)
    except StopIteration as ended:
        return None, ended.value, None
    except Exception as why:
        return None, None, why
    if not hasattr(answer, "__await__") and not hasattr(answer, "send"):
        return None, answer, None
    if isinstance(answer, Deferred):
        return answer, None, None
    if hasattr(answer, "send"):
        return Deferred.fromCoroutine(answer), None, None
    return Deferred.fromCoroutine(_awaited(answer)), None, None


def hear(waiting: Deferred[Any], heard: Heard) -> None:
    """Have `heard(value, None)` or `heard(None, why)` called, once."""

    def good(value: Any) -> None:
        heard(value, None)

    def bad(reason: Failure) -> None:
        heard(None, value_of(reason))

    waiting.addCallbacks(good, bad)


@coroutine
def _goes_on(waiting: Any, begun: CoroutineType[Any, Any, Any]) -> Generator[Any, Any, Any]:
    """The rest of a coroutine that already waits, as something that can be awaited whole."""
    while True:
        try:
            value = yield waiting
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
