"""Waiting for what somebody else's method answers: a value, a Deferred, a coroutine."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from types import CoroutineType
from typing import Any

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from mailtickets.smtpd.failures import value_of

Heard = Callable[[Any, BaseException | None], None]


def ask(heard: Heard, call: Callable[..., Any], *args: Any) -> None:
    """Call `call(*args)` and have `heard(value, None)` or `heard(None, why)` called, once.

    It happens at once where the answer is at hand.
    """
    try:
        answer = call(*args)
    except Exception as why:
        heard(None, why)
        return
    if isinstance(answer, CoroutineType):
        answer = Deferred.fromCoroutine(answer)
    elif not isinstance(answer, Deferred):
        if not hasattr(answer, "__await__"):
            heard(answer, None)
            return
        answer = Deferred.fromCoroutine(_awaited(answer))

    def good(value: Any) -> None:
        heard(value, None)

    def bad(reason: Failure) -> None:
        heard(None, value_of(reason))

    answer.addCallbacks(good, bad)


async def _awaited(awaitable: Awaitable[Any]) -> Any:
    return await awaitable
