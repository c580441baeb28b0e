"""Files that stand in a text as lines of letters and signs: uuencoded, and yEnc."""

from __future__ import annotations

import re
import zlib

from attrs import frozen

from mailtickets.mail.transfer import uuencoded

MAX_FILES = 100

_UU = re.compile(rb"^begin(?:-base64)? [0-7]{3,4} ([^\r\n]{1,300})\r?\n", re.MULTILINE)
_UU_LINE = re.compile(rb"[ -`]{1,90}\r?\n?\Z")
_YENC = re.compile(rb"^=ybegin [^\r\n]{0,200}?name=([^\r\n]{1,300})\r?\n", re.MULTILINE)
_YPART = re.compile(rb"^=ypart [^\r\n]*\r?\n")
_CRC = re.compile(rb"\bp?crc32=([0-9a-fA-F]{1,8})")
_PLAIN = bytes((octet - 42) % 256 for octet in range(256))
_ESCAPED = re.compile(rb"=(.)", re.DOTALL)


@frozen
class Inside:
    """A file in a text: its place there in octets, the name it was given, what it holds."""

    start: int
    end: int
    name: bytes
    octets: bytes
    sound: bool = True


def files_in(octets: bytes) -> list[Inside]:
    """The files in a text's octets, in order, at most MAX_FILES. Linear; never raises."""
    if b"begin" not in octets:
        return []
    found = list(_uuencoded(octets)) + list(_yencoded(octets))
    return sorted(found, key=lambda one: one.start)[:MAX_FILES]


def _uuencoded(octets: bytes) -> list[Inside]:
    out: list[Inside] = []
    place = 0
    while len(out) < MAX_FILES:
        begin = _UU.search(octets, place)
        if begin is None:
            break
        end = place = begin.end()
        ended = False
        while True:
            line_end = octets.find(b"\n", end) + 1 or len(octets)
            line = octets[end:line_end]
            if line.strip() == b"end":
                end, ended = line_end, True
                break
            if not line or not _UU_LINE.match(line) or not _length_fits(line):
                break
            end = line_end
        if ended and end > begin.end():
            data = uuencoded(octets[begin.end() : end])
            out.append(Inside(begin.start(), end, begin[1].strip(), data))
            place = end
    return out


def _length_fits(line: bytes) -> bool:
    """Whether a line is as long as its first character says; blanks at its end may be lost."""
    line = line.rstrip(b"\r\n")
    wanted = -(-((line[0] - 32) & 63) // 3) * 4 + 1
    return wanted - 8 <= len(line) <= wanted + 2


def _yencoded(octets: bytes) -> list[Inside]:
    out: list[Inside] = []
    place = 0
    while len(out) < MAX_FILES:
        begin = _YENC.search(octets, place)
        if begin is None:
            break
        end = octets.find(b"\n=yend", begin.end() - 1)
        if end < 0:
            break
        trailer_end = octets.find(b"\n", end + 1) + 1 or len(octets)
        body = octets[begin.end() : end]
        part = _YPART.match(body)
        body = (body[part.end() :] if part else body).translate(None, b"\r\n")
        data = _ESCAPED.sub(_unescaped, body).translate(_PLAIN)
        crc = _CRC.search(octets, end, trailer_end)
        sound = crc is None or int(crc[1], 16) == zlib.crc32(data)
        out.append(Inside(begin.start(), trailer_end, begin[1].strip(), data, sound))
        place = trailer_end
    return out


def _unescaped(match: re.Match[bytes]) -> bytes:
    return bytes([(match[1][0] - 64) % 256])
