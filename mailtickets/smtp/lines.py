"""The octets of a connection that nobody has looked at yet, and the command lines in them."""

from __future__ import annotations

from enum import Enum


class Odd(Enum):
    """A command line that is none."""

    TOO_LONG = "too long"
    UNFIT = "bare CR or LF, or NUL"


class Inbox:
    """Octets as they came, taken from the front.

    A line ends with CRLF and nothing else (RFC 5321 section 2.3.8). One that is too long is
    skipped to its end in constant memory.
    """

    __slots__ = ("_start", "octets", "skipping")

    def __init__(self) -> None:
        self.octets = b""  # with those before `_start` that were taken; empty when all were
        self._start = 0
        self.skipping = False  # in the middle of a line that is too long

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
        self.skipping = False

    def line(self, longest: int, longest_auth: int, *, auth: bool = False) -> bytes | Odd | None:
        """The next line without its CRLF; what is odd about it; None when it is not whole yet.

        `longest` counts octets with the CRLF. A line that begins with AUTH may be `longest_auth`
        long, and so may any with `auth`.
        """
        octets, start = self.octets, self._start
        end = octets.find(b"\r\n", start)
        if end < 0:
            if octets and (self.skipping or len(octets) - start > longest):
                self._skip_some(longest, longest_auth, auth=auth)
            return None
        if end + 2 == len(octets):
            self.octets = b""
            self._start = 0
        else:
            self._start = end + 2
        if self.skipping:
            self.skipping = False
            return Odd.TOO_LONG
        line = octets[start:end]
        if len(line) + 2 > longest and len(line) + 2 > _bound(line, longest, longest_auth, auth):
            return Odd.TOO_LONG
        if b"\n" in line or b"\r" in line or b"\0" in line:
            return Odd.UNFIT
        return line

    def _skip_some(self, longest: int, longest_auth: int, *, auth: bool) -> None:
        waiting = self.octets[self._start :]
        if not self.skipping and len(waiting) <= _bound(waiting, longest, longest_auth, auth):
            return
        self.skipping = True
        self.octets = b"\r" if waiting.endswith(b"\r") else b""
        self._start = 0

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
