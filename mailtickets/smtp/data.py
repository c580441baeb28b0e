"""The octets of a letter on the wire: dots undone, its end found, its faults noticed.

Everything here looks at whole chunks with the searches that Python does in C; a loop over lines
would cost more than all the rest of the server.
"""

from __future__ import annotations

import re
from io import IncrementalNewlineDecoder

_ENDS = (b"\r\n.\r", b"\r\n.", b"\r\n", b"\r")
_ANY_NEWLINE = re.compile(rb"\r\n|\r|\n")


class Dots:
    """Undoes dot-stuffing and finds the end of data: CRLF.CRLF and nothing else.

    RFC 5321 sections 4.5.2 and 4.1.1.4. The octets given out never end between a CR and its LF.
    """

    def __init__(self) -> None:
        self._held = b"\r\n"  # as if a line had just ended: a dot may come first
        self._drop = 2  # those two were never sent

    def feed(self, octets: bytes) -> tuple[bytes, bytes | None]:
        """The octets that are sure by now; and, when the letter has ended, what comes after it."""
        octets = self._held + octets
        rest = None
        # Most chunks of most letters have no dot at all (base64), and memchr says so for nothing.
        dotted = b"." in octets
        end = octets.find(b"\r\n.\r\n") if dotted else -1
        if end >= 0:
            rest = octets[end + 5 :]
            sure = octets[: end + 2]
            self._held = b""
        else:
            self._held = next((tail for tail in _ENDS if octets.endswith(tail)), b"")
            sure = octets[: -len(self._held)] if self._held else octets
        if dotted and b"\r\n." in sure:
            sure = sure.replace(b"\r\n.", b"\r\n")
        if self._drop and sure:
            sure = sure[self._drop :]
            self._drop = 0
        return sure, rest


class Newlines:
    """Notices a bare CR or a bare LF, across chunks."""

    def __init__(self) -> None:
        # Python's own decoder of universal newlines notes which sorts it has met, in one pass of C.
        self._decoder = IncrementalNewlineDecoder(None, translate=False)

    def bare_in(self, octets: bytes, *, final: bool = False) -> bool:
        """Whether there has been one in anything fed so far. `final`: nothing will follow."""
        self._decoder.decode(octets.decode("latin-1"), final)
        return self._decoder.newlines not in (None, "\r\n")


class Mender:
    """Makes every bare CR and bare LF a CRLF, across chunks."""

    def __init__(self) -> None:
        self._held = b""

    def feed(self, octets: bytes, *, final: bool = False) -> bytes:
        """The octets with every line end mended."""
        octets = self._held + octets
        self._held = b""
        if octets.endswith(b"\r") and not final:
            octets, self._held = octets[:-1], b"\r"
        return _ANY_NEWLINE.sub(b"\r\n", octets)


_RECEIVED = b"\r\nreceived:"
_NOT_A_FIELD = re.compile(rb"\r\n(?![!-9;-~]+[ \t]*:|[ \t]|\r\n)")


class Head:
    """Watches the head of a letter go by: how long it is and how many hops it has seen.

    RFC 5321 section 6.3: 100 Received fields at least before a letter counts as going in circles.
    """

    def __init__(self, most_octets: int, most_hops: int) -> None:
        self._most_octets = most_octets
        self._most_hops = most_hops
        self._seen = bytearray(b"\r\n")
        self.over = False
        self.too_long = False
        self.too_many_hops = False

    def feed(self, octets: bytes, *, final: bool = False) -> None:
        """More octets of the letter; nothing is done once `over`."""
        searched = max(len(self._seen) - 3, 0)
        self._seen += octets[: self._most_octets + 4]
        end = self._seen.find(b"\r\n\r\n", searched)
        if 0 <= end <= self._most_octets:
            del self._seen[end + 2 :]
        elif len(self._seen) > self._most_octets + 4:
            del self._seen[self._most_octets + 4 :]
            stray = _NOT_A_FIELD.search(self._seen)  # no field: the body began, with no empty line
            if stray is None:
                self.too_long = True
            else:
                del self._seen[stray.start() + 2 :]
        elif not final:
            return
        self.over = True
        self.too_many_hops = self._seen.lower().count(_RECEIVED) > self._most_hops
        self._seen = bytearray()
