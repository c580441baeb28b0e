"""Rich text (RTF), as Outlook puts it into a winmail.dat, becomes words ([MS-OXRTFCP])."""

from __future__ import annotations

import re
import struct

from mailtickets.mail.charsets import codec, quickly, text_of

MAX_RAW = 512 * 1024
"""How many octets of rich text are read."""

_COMPRESSED, _PLAIN = 0x75465A4C, 0x414C454D
_WINDOW = 4096
# What every window begins with ([MS-OXRTFCP] section 2.1.2.1).
_BEGINNING = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript "
    rb"\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0"
    b"\r\n" + rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)


def decompressed(octets: bytes) -> bytes:
    """The rich text of a PidTagRtfCompressed property, at most MAX_RAW of it. Never raises."""
    if len(octets) < 16:
        return b""
    _, size, kind = struct.unpack_from("<III", octets)
    size = min(size, MAX_RAW)
    if kind == _PLAIN:
        return octets[16 : 16 + size]
    if kind != _COMPRESSED:
        return b""
    out = bytearray(_BEGINNING)  # the window is the last 4,096 octets of it
    wanted = len(_BEGINNING) + size
    place = 16
    while place < len(octets) and len(out) < wanted:
        control = octets[place]
        place += 1
        for bit in range(8):
            if not control >> bit & 1:
                out += octets[place : place + 1]
                place += 1
                continue
            if place + 2 > len(octets):
                return bytes(out[len(_BEGINNING) : wanted])
            reference = octets[place] << 8 | octets[place + 1]
            place += 2
            offset, length = reference >> 4, (reference & 15) + 2
            back = (len(out) - offset) % _WINDOW
            if not back:  # it points to where writing goes on: the end
                return bytes(out[len(_BEGINNING) : wanted])
            begin = len(out) - back
            if begin < 0:
                return bytes(out[len(_BEGINNING) : wanted])
            piece = bytes(out[begin : begin + length])
            out += (piece * (length // len(piece) + 1))[:length]
    return bytes(out[len(_BEGINNING) : wanted])


_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|[\r\n]+"
    rb"|([^\\{}\r\n]+)|\\",
    re.DOTALL,
)
_ELSEWHERE = frozenset(
    b"fonttbl colortbl stylesheet info pict object themedata listtable listoverridetable rsidtbl"
    b" generator header footer headerl headerr footerl footerr fldinst datastore xmlnstbl".split()
)
_WRITTEN = {
    b"par": "\n", b"line": "\n", b"row": "\n", b"sect": "\n", b"page": "\n", b"tab": "\t",
    b"cell": "\t", b"emdash": "—", b"endash": "–", b"bullet": "•", b"lquote": "‘",
    b"rquote": "’", b"ldblquote": "“", b"rdblquote": "”", b"emspace": " ", b"enspace": " ",
}  # fmt: skip
_PIECES = 20_000  # no text has so many signs, and each is looked at for its charset
_SIGNS = {b"~": "\xa0", b"_": "-", b"\\": "\\", b"{": "{", b"}": "}", b"\n": "\n", b"\r": "\n"}


def rich_text(octets: bytes) -> tuple[str, bool]:  # noqa: C901, PLR0912, PLR0915 - one pass
    """The words of some rich text, and whether they are HTML that was wrapped in it. Never raises.

    One pass; nothing in it is fetched, and no picture or object is opened.
    """
    octets = octets[:MAX_RAW]
    html = b"\\fromhtml" in octets[:1000]
    codepage = "cp1252"
    out: list[str] = []
    waiting = bytearray()  # octets of the code page, decoded together
    # Of what holds between two braces: is it shown, is it there for RTF alone, and how many signs
    # stand for one that is written as a number.
    here, rtf, after = True, False, 1
    outer: list[tuple[bool, bool, int]] = []
    skip = 0  # signs that stand for a character which was written as a number

    def flush() -> None:
        if waiting:
            held = bytes(waiting)
            out.append(text_of(held, codepage) if len(out) < _PIECES else quickly(held))
            waiting.clear()

    for match in _TOKEN.finditer(octets):
        word, number, hexes, sign, brace, plain = match.groups()
        if brace == b"{":
            outer.append((here, rtf, after))
            continue
        if brace:
            here, rtf, after = outer.pop() if outer else (True, False, 1)
            continue
        shown = here and not (html and rtf)
        if plain is not None or hexes is not None:
            piece = plain if plain is not None else bytes([int(hexes, 16)])
            kept, skip = piece[skip:], max(0, skip - len(piece))
            if shown:
                waiting += kept
            continue
        if sign == b"*":
            here = False  # but for those that are known
        elif sign is not None and shown and sign in _SIGNS:
            flush()
            out.append(_SIGNS[sign])
        if word is None:
            continue
        if word == b"ansicpg" and number:
            codepage = codec(f"cp{number[:5].decode()}") or "cp1252"
        elif word == b"htmlrtf":
            rtf = number != b"0"
        elif word in {b"htmltag", b"mhtmltag"}:
            here = html and word == b"htmltag"
        elif word == b"uc" and number:
            after = min(max(int(number), 0), 10)
        elif word in _ELSEWHERE:
            here = False
        elif word == b"bin" and number:
            skip = min(max(int(number), 0), MAX_RAW)
        elif shown and word == b"u" and number:
            flush()
            out.append(chr(int(number) % 65536))
            skip = after
        elif shown and word in _WRITTEN:
            flush()
            out.append(_WRITTEN[word])
    flush()
    text = "".join(out).replace("\0", "")
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"), html
