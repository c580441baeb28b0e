"""Large attachments stay in the file in which a body came: they are never in memory as a whole.

A body is one JSON document, and a JSON document is read whole. So before it is read, the base64 of
each large attachment is lifted out of it: what is read has a word in its place, and the octets are
decoded from the file, piece by piece, when they are written to the book.
"""

from __future__ import annotations

import os
import re
import secrets
from base64 import b64decode
from collections.abc import AsyncIterator, Mapping
from io import BytesIO
from typing import BinaryIO

from attrs import field, frozen

from mailtickets.mail.octets import CHUNK, Octets

LARGE = 64 * 1024
"""Characters of base64 that are read with the rest."""
PIECE = 256 * 1024
"""Octets of a body that are looked at in one go."""

# The name of the field stands before it, so no text is taken for an attachment: within a string
# its quotes would be escaped (RFC 8259 section 7).
_BEGINS = re.compile(rb'"octets"[ \t\r\n]{0,20}:[ \t\r\n]{0,20}"(?=[A-Za-z0-9+/]{%d})' % LARGE)
_LONGEST_BEGIN = 8 + 20 + 1 + 20 + 1 + LARGE
_RUN = re.compile(rb"[A-Za-z0-9+/]*+")
_END = re.compile(rb'={0,2}"')


@frozen
class InFile:
    """Octets that stand as base64 in a file, from `start` on; `size` is what they decode to."""

    file: BinaryIO = field(repr=False)
    start: int
    length: int
    size: int

    async def chunks(self) -> AsyncIterator[bytes]:
        """The octets in order, in pieces of 1 MiB at most."""
        place, end = self.start, self.start + self.length
        while place < end:
            read = os.pread(self.file.fileno(), min(CHUNK, end - place), place)
            if not read:
                raise OSError("the body has become shorter")
            whole = len(read) if place + len(read) >= end else len(read) // 4 * 4
            place += whole
            yield b64decode(read[:whole])


def kept(content: BinaryIO) -> BinaryIO:
    """The file of a body, which stays open when the request is over; a small body is in none."""
    try:
        return os.fdopen(os.dup(content.fileno()), "rb")
    except OSError:  # it is in memory
        return content


def lifted(content: BinaryIO) -> tuple[bytes, Mapping[str, Octets]]:
    """A body without its large attachments, and those by the words that stand in their places.

    What is not written as we expect it is left where it is, and so is all of a small body.
    """
    if isinstance(content, BytesIO):
        return content.getvalue(), {}
    return _Lifting(content).done()


class _Lifting:
    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._out: list[bytes] = []
        self._found: dict[str, Octets] = {}
        self._place = 0  # up to which it has been looked at
        self._secret = secrets.token_hex(8)

    def _read(self, place: int, octets: int = PIECE) -> bytes:
        return os.pread(self._file.fileno(), octets, place)

    def done(self) -> tuple[bytes, Mapping[str, Octets]]:
        while read := self._read(self._place, PIECE + _LONGEST_BEGIN):
            begins = _BEGINS.search(read)
            if begins is None:
                # What may be the beginning of one at the end is looked at again.
                kept = min(len(read), PIECE)
                self._out.append(read[:kept])
                self._place += kept
                continue
            self._out.append(read[: begins.end()])
            self._place += begins.end()
            self._lift()
        return b"".join(self._out), self._found

    def _lift(self) -> None:
        """Put a word in the place of the base64 that begins here, if that ends as it should."""
        start = at = self._place
        while read := self._read(at):
            run = _RUN.match(read)
            assert run is not None
            at += run.end()
            if run.end() < len(read):
                break
        ends = _END.match(self._read(at, 3))
        length = at - start + (ends.end() - 1 if ends else 0)
        if ends is None or length % 4:
            self._out.append(self._read(start, 1))  # to go on behind the quote
            self._place = start + 1
            return
        word = f"lifted-{self._secret}-{len(self._found)}"
        padding = ends.end() - 1
        self._found[word] = InFile(self._file, start, length, length // 4 * 3 - padding)
        self._out.append(word.encode())
        self._place = start + length
