"""What the next hop answers: replies of one or more lines (RFC 5321 section 4.2, RFC 2034)."""

from __future__ import annotations

import re

from attrs import frozen

from mailtickets.mail import clean

LINE_OCTETS = 4096
"""A longer line is nonsense: 512 is the most there should be (RFC 5321 section 4.5.3.1.5)."""
LINES = 200

_LINE = re.compile(rb"([2-5][0-9][0-9])([ \-]|\Z)(.*)\Z", re.DOTALL)
_ENHANCED = re.compile(rb"([245])\.([0-9]{1,3}\.[0-9]{1,3})(?= |\Z) ?")


class Nonsense(Exception):
    """The next hop does not speak SMTP."""


@frozen
class Answer:
    """One reply: its code, its enhanced status without the class ("1.1"), and its lines' texts."""

    code: int
    status: str
    lines: tuple[bytes, ...]

    @property
    def good(self) -> bool:
        """Whether it is 2yz."""
        return 200 <= self.code < 300

    @property
    def words(self) -> str:
        """Code and text as a person may read them."""
        return f"{self.code} {clean.words(b' '.join(self.lines))}".strip()


class AnswerReader:
    """Turns octets into answers. It keeps no more than one reply's lines."""

    def __init__(self) -> None:
        self._rest = b""
        self._lines: list[bytes] = []
        self._code: bytes | None = None

    @property
    def pending(self) -> bool:
        """Whether a part of an answer is here."""
        return bool(self._rest or self._lines)

    def feed(self, octets: bytes) -> list[Answer]:
        """The answers that `octets` complete. Raises Nonsense."""
        *lines, self._rest = (self._rest + octets).split(b"\n")
        if len(self._rest) > LINE_OCTETS:
            raise Nonsense
        return [found for line in lines if (found := self._line(line)) is not None]

    def _line(self, line: bytes) -> Answer | None:
        match = _LINE.match(line.removesuffix(b"\r"))
        if match is None or len(line) > LINE_OCTETS or len(self._lines) >= LINES:
            raise Nonsense
        if self._code not in {None, match[1]}:
            raise Nonsense  # every line of a reply has its code (RFC 5321 section 4.2.1)
        self._code = match[1]
        self._lines.append(match[3])
        if match[2] == b"-":
            return None
        lines, self._lines, self._code = self._lines, [], None
        return _answer(match[1], lines)


def _answer(code: bytes, lines: list[bytes]) -> Answer:
    found = _ENHANCED.match(lines[0])
    if found is None or found[1] != code[:1]:
        return Answer(int(code), "", tuple(lines))
    return Answer(int(code), found[2].decode("ascii"), tuple(lines))
