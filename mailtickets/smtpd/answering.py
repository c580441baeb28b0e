"""Asking the application, and giving its answers to the session: half of the protocol.

The answer may come at once, later, or too late; a session is answered once for each question.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import CoroutineType
from typing import Any

from twisted.python.failure import Failure

from mailtickets.smtp.replies import Reply
from mailtickets.smtpd.failures import failure_of, foreseen, reply_for, value_of
from mailtickets.smtpd.waiting import Heard, hear, waits


class Answering:
    """What `mailtickets.smtpd.protocol.ESMTP` asks by; that one has the attributes."""

    session: Any
    door: Any
    _turn: int  # which question waits for its answer, of those that had to wait
    _held: bool
    _advancing: bool
    _wire: Any
    _under_way: Any

    def _advance(self) -> None:
        raise NotImplementedError

    def ask(
        self,
        heard: Heard,
        call: Callable[..., Any],
        *args: Any,
        anyway: Callable[[], None] | None = None,
    ) -> None:
        """Ask the application; what comes when the time for it has passed is not heard.

        `anyway` is called when it fails, however late.
        """
        begun: CoroutineType[Any, Any, Any] | None = None
        try:
            answer = call(*args)
            if type(answer) is CoroutineType:
                # Most coroutines never wait, and are run here without a Deferred.
                begun = answer
                answer = begun.send(None)
        except StopIteration as ended:
            _told(ended.value, heard, anyway)
            return
        except Exception as why:
            _failed(why, heard, anyway)
            return
        if begun is None and not waits(answer):
            _told(answer, heard, anyway)
            return
        turn = self._turn = self._turn + 1

        def in_time(value: Any, why: BaseException | None) -> None:
            if why is not None and anyway is not None:
                anyway()
            if turn == self._turn:
                heard(value, why)

        try:
            hear(answer, begun, in_time)
        except Exception as why:  # it only looked like something to wait for
            in_time(None, why)

    def answered(self, reply: Reply) -> None:
        """What was asked is answered."""
        session = self.session
        if session is not None:
            session.answer(reply)
            if not self._advancing:
                self._advance()

    def letter_failed(self, reply: Reply) -> None:
        """Nobody takes the letter that is coming in; the answer comes after it."""
        if self.session is not None and self._under_way is not None:
            self._under_way.failed(reply)
            self.session.fail_letter(reply)
            self.go_on()

    def answered_each(self, each: Sequence[Reply]) -> None:
        """The letter is answered, for each recipient (LMTP)."""
        if self.session is not None:
            self.session.answer_each(each)
            self._advance()

    def answer_later(self, reply: Reply, seconds: float) -> None:
        """Answer what was asked after a while, if it is still waited for."""
        turn = self._turn = self._turn + 1

        def now() -> None:
            if turn == self._turn:
                self.answered(reply)

        self.door.clock.callLater(seconds, now)

    def failed(self, why: BaseException) -> Reply:
        """The reply for what a delivery raised; what is no answer is logged."""
        if not foreseen(why):
            self.door.log.failure(
                "What a delivery raised is no answer: {kind}",
                failure_of(why),
                kind=type(why).__name__,
            )
        return reply_for(why)

    def hold(self) -> None:
        """Meet no more events, and read no more, until `go_on`."""
        self._held = True
        self._wire.pause()

    def go_on(self) -> None:
        """There is room again."""
        self._held = False
        self._advance()


def _told(answer: Any, heard: Heard, anyway: Callable[[], None] | None) -> None:
    """An answer that is known at once; in Twisted a Failure that is returned is one."""
    if isinstance(answer, Failure):
        _failed(value_of(answer), heard, anyway)
    else:
        heard(answer, None)


def _failed(why: BaseException, heard: Heard, anyway: Callable[[], None] | None) -> None:
    if anyway is not None:
        anyway()
    heard(None, why)
