"""Letters as signatures see them (RFC 6376 section 3.4): fields and bodies, simple and relaxed.

Whoever signs and whoever checks must read the same octets, so that they read them here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import sha256

from attrs import frozen

HEAD_OCTETS = 256 * 1024
"""No more than this of a letter is looked at as its head."""
MAX_FIELDS = 2000

_BLANKS = re.compile(rb"[ \t]+")
_FIELD_END = re.compile(rb"\r\n(?![ \t])")
_NAME = re.compile(rb"[!-9;-~]+[ \t]*\Z")
_OPEN_LINE = 64 * 1024


def relaxed(name: bytes, value: bytes) -> bytes:
    r"""A field in relaxed form, without the line's end (RFC 6376 section 3.4.2).

    >>> relaxed(b"SubJect", b"  a\r\n\t b ")
    b'subject:a b'
    """
    value = _BLANKS.sub(b" ", value.replace(b"\r\n", b"")).strip(b" \t")
    return name.lower().rstrip(b" \t") + b":" + value


@frozen
class Field:
    """One field of a head as it stands: `name` and `value` are what is left and right of the colon.

    The value has its folding, and not its line's end.
    """

    name: bytes
    value: bytes

    @property
    def key(self) -> bytes:
        """The name for comparing."""
        return self.name.rstrip(b" \t").lower()

    def form(self, *, simple: bool) -> bytes:
        """The field in one of the two forms, without the line's end."""
        return self.name + b":" + self.value if simple else relaxed(self.name, self.value)


def fields(head: bytes) -> list[Field]:
    """The fields of a head, in order; what is none is left out. Never raises."""
    found: list[Field] = []
    for each in _FIELD_END.split(head, MAX_FIELDS)[:MAX_FIELDS]:
        name, colon, value = each.partition(b":")
        if colon and _NAME.match(name):
            found.append(Field(name, value.removesuffix(b"\r\n")))
    return found


class Body:
    """A body in one of the two forms (RFC 6376 section 3.4.3 and 3.4.4), hashed piece by piece.

    `lengths` are those of the `l=` tags that are asked for, None for the whole. Feed it the body in
    any pieces, with CRLF line ends; `finish` gives {length: SHA-256}. `size` then is how many
    octets the form has: a hash that was asked for more of them than that is not there.
    """

    def __init__(self, *, simple: bool = False, lengths: Iterable[int | None] = (None,)) -> None:
        self._simple = simple
        self._hashes = {length: sha256() for length in lengths}
        self._rest = b""
        self._empty = 0  # line ends that count only when something follows
        self._open = False  # the beginning of a very long line was hashed already
        self.size = 0

    def feed(self, piece: bytes) -> None:
        """More of the body."""
        whole, end, self._rest = (self._rest + piece).rpartition(b"\r\n")
        if end:
            self._lines(whole + end)
        if len(self._rest) > _OPEN_LINE:
            self._part_of_line()

    def _lines(self, octets: bytes) -> None:
        if not self._simple:
            octets = _single(octets).replace(b" \r\n", b"\r\n")
        kept = _without_ends(octets)
        if kept:
            self._hash(b"\r\n" * self._empty + kept + b"\r\n")
            self._empty, self._open = -1, False
        elif self._open:
            self._hash(b"\r\n")
            self._empty, self._open = -1, False
        self._empty += (len(octets) - len(kept)) // 2

    def _part_of_line(self) -> None:
        """Hash what is surely of the line, so that one without an end is not kept."""
        rest = self._rest if self._simple else _single(self._rest)
        sure = rest.rstrip(b"\r" if self._simple else b" \r")
        if len(rest) - len(sure) > _OPEN_LINE:  # nobody's letter: CRs without end
            sure = rest[:-1]
        self._rest = rest[len(sure) :]
        if sure:
            self._hash(b"\r\n" * self._empty + sure)
            self._empty, self._open = 0, True

    def _hash(self, octets: bytes) -> None:
        for length, each in self._hashes.items():
            each.update(octets if length is None else octets[: max(0, length - self.size)])
        self.size += len(octets)

    def finish(self) -> dict[int | None, bytes]:
        """The digests, by length."""
        if self._rest:
            rest, self._rest = self._rest, b""
            self._lines(rest + b"\r\n")
        elif self._open:
            self._lines(b"\r\n")
        if self._simple and not self.size:
            self._hash(b"\r\n")  # section 3.4.3: an empty body is one line's end
        return {
            length: each.digest()
            for length, each in self._hashes.items()
            if length is None or length <= self.size
        }


def _single(octets: bytes) -> bytes:
    """Each run of blanks as one: a few passes of `replace` are far cheaper than a pattern."""
    if b"\t" in octets:
        octets = octets.replace(b"\t", b" ")
    while b"  " in octets:  # every pass halves the longest run
        octets = octets.replace(b"  ", b" ")
    return octets


def _without_ends(octets: bytes) -> bytes:
    """`octets`, which end with CRLF, less every CRLF at their end."""
    bare = len(octets.rstrip(b"\r\n"))
    tail = octets[bare:]
    last = max(tail.rfind(b"\r\r") + 1, 1 if tail.startswith(b"\n") else 0)
    twice = tail.rfind(b"\n\n")
    if twice >= 0:
        last = max(last, twice + 2)
    return octets[: bare + last]
