"""The octets of a letter on the wire: dots undone, its end found, its faults noticed.

Everything here looks at whole chunks with the searches that Python does in C; a loop over lines
would cost more than all the rest of the server.
"""

from __future__ import annotations

import re
from io import IncrementalNewlineDecoder

_UNSURE = (b"\r\n.\r", b"\r\n.", b"\r\n", b"\r")
_ANY_NEWLINE = re.compile(rb"\r\n|\r|\n")
_SINGLY = 16  # dots that are looked at one by one


def first_dotted(octets: bytes) -> int:
    """Where the first CRLF with a dot after it is; -1 when there is none.

    A single octet is searched for at many a nanosecond, three at a nanosecond each, and most
    chunks of most letters have a few dots at most (base64 has none).
    """
    at = 0
    for _ in range(_SINGLY):
        at = octets.find(b".", at)
        if at < 0:
            return -1
        if octets[at - 2 : at] == b"\r\n":
            return at - 2
        at += 1
    return octets.find(b"\r\n.", at - 3)


class Dots:
    """Undoes dot-stuffing and finds the end of data: CRLF.CRLF and nothing else.

    RFC 5321 sections 4.5.2 and 4.1.1.4. The octets given out never end between a CR and its LF.
    """

    __slots__ = ("_begins", "_drop", "_held")

    def __init__(self) -> None:
        self._held = b""
        self._begins = True  # as if a line had just ended: a dot may come first
        self._drop = False  # whether the first two octets held were never sent

    def feed(self, octets: bytes) -> tuple[bytes, bytes | None]:
        """The octets that are sure by now; and, when the letter has ended, what comes after it."""
        if self._begins and octets:
            self._begins = False
            if octets.startswith(b"."):
                self._held = b"\r\n"
                self._drop = True
        if self._held:
            octets = self._held + octets
        rest = None
        first = first_dotted(octets)
        if first < 0 or octets.startswith(b"\r\n", first + 3):
            end = first
        else:
            end = octets.find(b"\r\n.\r\n", first)
        if end >= 0:
            rest = octets[end + 5 :]
            sure = octets[: end + 2]
            self._held = b""
        elif octets.endswith(_UNSURE):
            self._held = held = next(tail for tail in _UNSURE if octets.endswith(tail))
            sure = octets[: -len(held)]
        else:
            self._held = b""
            sure = octets
        if first != end:
            sure = sure.replace(b"\r\n.", b"\r\n")
        if self._drop and sure:
            sure = sure[2:]
            self._drop = False
        return sure, rest


class Newlines:
    """Notices a bare CR or a bare LF, across chunks."""

    __slots__ = ("_decoder",)

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


_RECEIVED = b"\r\nreceived"
_OBSOLETE = re.compile(rb"\r\nreceived[ \t]+:")  # RFC 5322 section 4.5.7
# The last line may have been cut: what could still be a field is taken for one.
_NOT_A_FIELD = re.compile(rb"\r\n(?![!-9;-~]+[ \t]*:|[ \t]|\r\n|[!-9;-~]*[ \t]*\r?\Z)")


def hops(head: bytes | bytearray) -> int:
    """How many Received fields a head has; CRLF stands before each of its fields."""
    small = head.lower()
    found = small.count(_RECEIVED + b":")
    if small.count(_RECEIVED) > found:
        found += len(_OBSOLETE.findall(small))
    return found


class Head:
    """Watches the head of a letter go by: how long it is and how many hops it has seen.

    RFC 5321 section 6.3: 100 Received fields at least before a letter counts as going in circles.
    """

    __slots__ = ("_most_hops", "_most_octets", "_seen", "over", "too_long", "too_many_hops")

    def __init__(self, most_octets: int, most_hops: int) -> None:
        self._most_octets = most_octets
        self._most_hops = most_hops
        self._seen: bytes | bytearray = b"\r\n"
        self.over = False
        self.too_long = False
        self.too_many_hops = False

    def feed(self, octets: bytes, *, final: bool = False) -> None:
        """More octets of the letter; nothing is done once `over`."""
        most = self._most_octets
        searched = max(len(self._seen) - 3, 0)
        seen = self._seen
        seen += octets[: most + 4]
        end = seen.find(b"\r\n\r\n", searched)
        if 0 <= end <= most:
            seen = seen[: end + 2]
        elif len(seen) > most + 4:
            seen = seen[: most + 4]
            stray = _NOT_A_FIELD.search(seen)  # no field: the body began, with no empty line
            if stray is None:
                self.too_long = True
            else:
                seen = seen[: stray.start() + 2]
        elif not final:
            # A head that comes in pieces grows in place, however many there are.
            self._seen = seen if searched else bytearray(seen)
            return
        self.over = True
        self.too_many_hops = hops(seen) > self._most_hops
        self._seen = b""
