"""The octets of a connection that nobody has looked at yet, and the command lines in them."""

from __future__ import annotations

from enum import Enum


class Odd(Enum):
    """A command line that is none."""

    TOO_LONG = "too long"
    UNFIT = "bare CR or LF, or NUL"


class Inbox:
    """Octets as they came, taken from the front.

    A line ends with CRLF and nothing else (RFC 5321 section 2.3.8). One that is too long, or has a
    bare LF in it, is answered at once, and skipped to its end in constant memory.
    """

    __slots__ = ("_start", "octets", "skipping")

    def __init__(self) -> None:
        self.octets = b""  # with those before `_start` that were taken; empty when all were
        self._start = 0
        self.skipping: Odd | None = None  # in the middle of a line that is none

    def __len__(self) -> int:
        """How many octets wait here."""
        return len(self.octets) - self._start

    def add(self, octets: bytes) -> None:
        """More octets have come."""
        if not self.octets:
            self.octets = octets
        else:
            self.octets = self.octets[self._start :] + octets
            self._start = 0

    def clear(self) -> None:
        """Forget everything: STARTTLS (RFC 3207 section 4.2), or the end."""
        self.octets = b""
        self._start = 0
        self.skipping = None

    def line(self, longest: int, longest_auth: int, *, auth: bool = False) -> bytes | Odd | None:
        """The next line without its CRLF; what is odd about it; None when it is not whole yet.

        `longest` counts octets with the CRLF. A line that begins with AUTH may be `longest_auth`
        long, and so may any with `auth`.
        """
        octets, start = self.octets, self._start
        end = octets.find(b"\r\n", start)
        if end < 0:
            return self._begun(longest, longest_auth, auth=auth) if octets else None
        line = octets[start:end]
        if self.skipping is None and b"\n" not in line:
            self._took(end + 2)
            size = len(line) + 2
            if size > longest and size > _bound(line, longest, longest_auth, auth):
                return Odd.TOO_LONG
            return Odd.UNFIT if b"\r" in line or b"\0" in line else line
        if self.skipping is Odd.TOO_LONG:  # which it was told already
            self.skipping = None
            self._took(end + 2)
            return self.line(longest, longest_auth, auth=auth)
        if self._bare(line, longest, longest_auth, auth=auth):
            return Odd.UNFIT
        whole, self.skipping = self.skipping is None, None
        self._took(end + 2)
        if whole:
            return Odd.TOO_LONG  # the bare LF comes where no line reaches
        return self.line(longest, longest_auth, auth=auth)

    def _took(self, end: int) -> None:
        if end == len(self.octets):
            self.octets = b""
            self._start = 0
        else:
            self._start = end

    def _bare(self, line: bytes, longest: int, longest_auth: int, *, auth: bool) -> bool:
        """Whether a bare LF is there. It is answered at once: who sends one waits for that.

        What follows it, up to the CRLF, belongs to the same line and is no command.
        """
        at = line.find(b"\n")
        if at < 0:
            return False
        spoilt = self.skipping is Odd.UNFIT
        if not spoilt and at + 1 > longest and at + 1 > _bound(line, longest, longest_auth, auth):
            return False
        self.skipping = Odd.UNFIT
        self._took(self._start + at + 1)
        return True

    def _begun(self, longest: int, longest_auth: int, *, auth: bool) -> Odd | None:
        """A line whose end has not come yet."""
        waiting = self.octets[self._start :]
        found = None
        if self.skipping is not Odd.TOO_LONG:
            if self._bare(waiting, longest, longest_auth, auth=auth):
                return Odd.UNFIT
            if self.skipping is None:
                if len(waiting) <= _bound(waiting, longest, longest_auth, auth):
                    return None
                found = self.skipping = Odd.TOO_LONG
        self.octets = b"\r" if waiting.endswith(b"\r") else b""
        self._start = 0
        return found

    def take(self, most: int | None = None) -> bytes:
        """The octets that wait here, `most` of them at most."""
        octets, start = self.octets, self._start
        if most is None or len(octets) - start <= most:
            self.octets = b""
            self._start = 0
            return octets[start:] if start else octets
        self._start = start + most
        return octets[start : start + most]

    def put_back(self, octets: bytes) -> None:
        """These belong in front of what waits here."""
        self.octets = octets + self.octets[self._start :]
        self._start = 0


def _bound(line: bytes, longest: int, longest_auth: int, auth: bool) -> int:
    return longest_auth if auth or line[:5].upper() == b"AUTH " else longest
