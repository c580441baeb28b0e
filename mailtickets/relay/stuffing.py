"""A letter's octets as they go over the wire after DATA (RFC 5321 section 4.5.2)."""

from __future__ import annotations

import re

_LINE_END = re.compile(rb"\r\n|\r|\n")

DOT = b".\r\n"


class Stuffing:
    """Doubles the dot that begins a line, wherever the pieces are cut.

    What arrives is sent as it is, but for a bare CR or LF: that may not be sent (RFC 5321 section
    2.3.8), and some would take it for the end of the letter.
    """

    def __init__(self) -> None:
        self._fresh = True
        self._held = False

    def feed(self, piece: bytes) -> bytes:
        """The next octets to be written."""
        if self._held:
            piece, self._held = b"\r" + piece, False
        if piece.endswith(b"\r"):
            piece, self._held = piece[:-1], True
        if not piece:
            return b""
        ends = piece.count(b"\n")
        if ends != piece.count(b"\r\n") or ends != piece.count(b"\r"):
            piece = _LINE_END.sub(b"\r\n", piece)
        written = piece.replace(b"\r\n.", b"\r\n..") if b"\r\n." in piece else piece
        if self._fresh and written.startswith(b"."):
            written = b"." + written
        self._fresh = written.endswith(b"\r\n")
        return written

    def finish(self) -> bytes:
        """What closes the last line. The dot itself is `DOT`."""
        closed = self._fresh and not self._held
        self._fresh, self._held = True, False
        return b"" if closed else b"\r\n"
