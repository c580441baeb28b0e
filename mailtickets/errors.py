"""What can go wrong with a letter, in the words of RFC 3463, and what can go wrong with a setting.

A failure is one of two kinds. `Permanent` is an answer about the letter: sending it again will not
help. `Temporary` is about us, or about the moment. Whatever nobody foresaw is temporary (the second
law of the design): use `from_surprise` for it, and log the traceback where it was caught.
"""

from __future__ import annotations

from typing import ClassVar


class Trouble(Exception):
    """A failure with an enhanced status (RFC 3463) and one sentence that a peer may read.

    `status` is "subject.detail", for instance "1.1"; the class digit is the kind's and is stored
    nowhere else. `text` is written by us, never taken from an exception, and holds no secret.
    """

    digit: ClassVar[int]

    def __init__(self, status: str, text: str) -> None:
        subject, _, detail = status.partition(".")
        if not (subject.isdecimal() and detail.isdecimal()):
            raise ValueError(f"an enhanced status is SUBJECT.DETAIL (RFC 3463), not {status!r}")
        super().__init__(f"{self.digit}.{status} {text}")
        self.status = status
        self.text = text

    @property
    def enhanced(self) -> str:
        """The whole enhanced status code, for instance "5.1.1" (RFC 3463 section 2)."""
        return f"{self.digit}.{self.status}"


class Permanent(Trouble):
    """The answer is about the letter; it will be the same tomorrow."""

    digit = 5


class Temporary(Trouble):
    """The answer is about us or about the moment; try again.

    `retry_after` is the number of seconds the other side asked us to wait, if it did. `loud` marks
    what a person must mend (a wrong token, an answer nobody can read): it is told in the log, in a
    gauge and on the page. `undone` is true when the other side surely did nothing of what it was
    asked; otherwise it may have done all of it.
    """

    digit = 4

    def __init__(
        self,
        status: str,
        text: str,
        *,
        retry_after: float | None = None,
        loud: bool = False,
        undone: bool = False,
    ) -> None:
        super().__init__(status, text)
        self.retry_after = retry_after
        self.loud = loud
        self.undone = undone


def from_surprise(surprise: BaseException) -> Trouble:
    """A `Trouble` as it stands; anything else becomes Temporary 3.0 with a fixed sentence."""
    if isinstance(surprise, Trouble):
        return surprise
    return Temporary("3.0", "Something unforeseen went wrong here; please try again later")


class SettingsError(Exception):
    """A setting that cannot be used: `culprit` names it, `cure` says what would do.

    >>> str(SettingsError("--port 99999", "a port is a number from 0 to 65535"))
    '--port 99999: a port is a number from 0 to 65535'
    """

    def __init__(self, culprit: str, cure: str) -> None:
        super().__init__(f"{culprit}: {cure}")
        self.culprit = culprit
        self.cure = cure
