"""The reply that an exception becomes; whoever raised it, its own words reach nobody."""

from __future__ import annotations

from collections.abc import Iterable

from twisted.internet.defer import FirstError
from twisted.mail import smtp
from twisted.python.failure import Failure

from mailtickets.errors import Trouble
from mailtickets.smtp.replies import SURPRISE, Reply, reply_to


def reply_for(surprise: BaseException) -> Reply:
    """What the peer is told. What nobody foresaw is temporary: 451 4.3.0.

    The text of an `SMTPServerError` is meant for the peer and is told; so is that of a `Trouble`.
    """
    if isinstance(surprise, FirstError):
        return reply_for(value_of(surprise.subFailure))
    if isinstance(surprise, Trouble):
        return reply_to(surprise)
    if isinstance(surprise, smtp.SMTPBadSender):
        return _told(surprise, "1.8")
    if isinstance(surprise, smtp.SMTPBadRcpt):
        return _told(surprise, "1.1")
    if isinstance(surprise, smtp.SMTPServerError):
        return _told(surprise, "0.0")
    return SURPRISE


def _told(error: smtp.SMTPServerError, status: str) -> Reply:
    if not isinstance(error.code, int) or not 400 <= error.code <= 599:
        return SURPRISE
    text = error.resp
    if isinstance(text, bytes):
        text = text.decode("ascii", "replace")
    return Reply(error.code, f"{error.code // 100}.{status}", str(text))


def foreseen(surprise: BaseException) -> bool:
    """Whether it is an answer; if not, its traceback belongs in the log."""
    if isinstance(surprise, FirstError):
        return foreseen(value_of(surprise.subFailure))
    return isinstance(surprise, Trouble | smtp.SMTPServerError)


def worst(surprises: Iterable[BaseException]) -> BaseException | None:
    """Of the failures of several recipients, the one to tell where only one answer is possible.

    A temporary one goes first: the peer shall try again.
    """
    found: BaseException | None = None
    for surprise in surprises:
        if found is None:
            found = surprise
        if reply_for(surprise).code < 500:
            return surprise
    return found


def value_of(reason: Failure | BaseException) -> BaseException:
    """The exception in a Failure."""
    if isinstance(reason, Failure):
        return reason.value if isinstance(reason.value, BaseException) else Exception()
    return reason


def failure_of(why: BaseException) -> Failure:
    """A Failure for the log."""
    return Failure(why)  # type: ignore[no-untyped-call]
