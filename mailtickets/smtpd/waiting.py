"""Waiting for what somebody else's method answers: a value, a Deferred, a coroutine."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator
from contextvars import copy_context
from types import CoroutineType, coroutine
from typing import Any

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from mailtickets.smtpd.failures import value_of

Heard = Callable[[Any, BaseException | None], None]


def waits(answer: Any) -> bool:
    """Whether an answer is one to be waited for; else it is a value."""
    return hasattr(answer, "__await__") or hasattr(answer, "send")


def hear(answer: Any, begun: CoroutineType[Any, Any, Any] | None, heard: Heard) -> None:
    """Have `heard(value, None)` or `heard(None, why)` called, once.

    `answer` is what must be waited for; or what `begun`, a coroutine, yielded when it began.
    """
    if begun is not None:
        GoingOn(begun, heard).after(answer)
    elif isinstance(answer, Deferred):
        _hear(answer, heard)
    elif hasattr(answer, "send"):
        _hear(Deferred.fromCoroutine(answer), heard)
    else:
        _hear(Deferred.fromCoroutine(_awaited(answer)), heard)


def _hear(waiting: Deferred[Any], heard: Heard) -> None:
    def good(value: Any) -> None:
        heard(value, None)

    def bad(reason: Failure) -> None:
        heard(None, value_of(reason))

    waiting.addCallbacks(good, bad)


class GoingOn:
    """The rest of a coroutine that has begun and waits; `heard` is called when it is at its end.

    Twisted's own way makes a Deferred of it and waits for that: a third of the time that a letter's
    answer took from the commit to the wire.
    """

    __slots__ = ("_begun", "_context", "_heard")

    def __init__(self, begun: CoroutineType[Any, Any, Any], heard: Heard) -> None:
        self._begun = begun
        self._heard = heard
        self._context = copy_context()  # as `ensureDeferred`: what it sets is its own

    def after(self, waiting: Any) -> None:
        """Go on when what the coroutine yielded has fired."""
        if isinstance(waiting, Deferred) and not waiting.called:
            waiting.addCallbacks(self._fired, self._failed)
        else:  # an odd awaitable's: Twisted's way takes any number of them in one loop
            rest = _going_on(waiting, self._begun)
            _hear(self._context.run(Deferred.fromCoroutine, rest), self._heard)

    def _fired(self, value: Any) -> None:
        self._step(self._begun.send, value)

    def _failed(self, reason: Failure) -> None:
        self._step(reason.throwExceptionIntoGenerator, self._begun)

    def _step(self, step: Callable[[Any], Any], argument: Any) -> None:
        try:
            waiting = self._context.run(step, argument)
        except StopIteration as ended:
            value = ended.value
        except BaseException as why:
            self._heard(None, why)
            # Its frames hold the letter, and it holds them: such a ring would wait for the
            # collector, which looks seldom.
            why.__traceback__ = None
            return
        else:
            self.after(waiting)
            return
        if isinstance(value, Failure):  # as Twisted has it: to return one is to fail
            self._heard(None, value_of(value))
        else:
            self._heard(value, None)


@coroutine
def _going_on(waiting: Any, begun: CoroutineType[Any, Any, Any]) -> Generator[Any, Any, Any]:
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
