"""Unicode in the forms that are not UTF-8 as it should be: UTF-16, UTF-32, UTF-7, CESU-8."""

from __future__ import annotations

import codecs
import re
from bisect import bisect

_SAMPLE = 4 * 1024
_MANY = 20_000
_BOMS = (  # that of UTF-32 first: UTF-16's begins it
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (codecs.BOM_UTF8, "utf-8"),
)
# Where scripts begin: those that UTF-8 is written in, and "odd" for the rest.
_SCRIPTS = [
    *((0, "latin"), (0x180, "odd"), (0x1A0, "latin"), (0x1B1, "odd"), (0x218, "latin")),
    *((0x21C, "odd"), (0x386, "greek"), (0x3CF, "odd"), (0x401, "cyrillic")),
    *((0x492, "odd"), (0x5BE, "hebrew"), (0x5F5, "odd"), (0x60C, "arabic"), (0x6FA, "odd")),
    *((0x900, "wide"), (0xE80, "odd"), (0x1E00, "wide"), (0x1F00, "odd"), (0x2000, "wide")),
    *((0x2C00, "odd"), (0x3000, "wide"), (0xD800, "odd"), (0xF900, "wide"), (0xFB00, "odd")),
    *((0xFE00, "wide"), (0xFFF0, "odd"), (0x1F000, "wide"), (0x20000, "wide"), (0x30000, "odd")),
]
_PLAIN = bytes(range(0x20, 0x7F)) + b"\t\r\n\f"
_SMALL = b"abcdefghijklmnopqrstuvwxyz "
_SHORT = 8  # octets that may be ASCII by chance
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
# Halves of a pair as three octets each (Unicode TR 26), as some databases write them.
_CESU = re.compile(rb"\xed([\xa0-\xaf])([\x80-\xbf])\xed([\xb0-\xbf])([\x80-\xbf])")


def marked(octets: bytes) -> str:
    """The codec that a byte order mark at the beginning tells; empty when there is none."""
    return next((name for mark, name in _BOMS if octets.startswith(mark)), "")


def wide(octets: bytes, name: str) -> str:
    """Octets that are called UTF-16 or UTF-32, codec `name`, as text without its mark.

    Never raises. A mark tells more than the label; without either, the order is the one that gives
    text, or else big endian (RFC 2781 section 4.3). What is plainly ASCII or UTF-8 is that.
    """
    name = marked(octets) or _narrow(octets) or name
    if name in {"utf-16", "utf-32"}:
        name = _order(octets[:_SAMPLE], name)
    return octets.decode(name, "replace").removeprefix("\ufeff")


def _narrow(octets: bytes) -> str:
    """The codec of what has one octet for a letter of ASCII; empty when that is not plain."""
    if b"\0" in octets:
        return ""
    if octets.isascii():
        rest = octets.translate(None, _PLAIN)
        small = len(octets) - len(octets.translate(None, _SMALL))
        plain = not rest and (len(octets) >= _SHORT or small * 10 >= 7 * len(octets))
        return "ascii" if plain else ""
    try:
        text = octets.decode("utf-8")
    except UnicodeDecodeError:
        return ""
    return "utf-8" if len(octets) >= _SHORT and not _CONTROL.search(text) else ""


def _order(sample: bytes, name: str) -> str:
    """The codec of the order that `sample` is text in: little endian only if it is more so.

    Hardly anything odd is in a text, and the higher octets of its characters are few.
    """
    width = 2 if name == "utf-16" else 4

    def senseless(order: str, highest: int) -> int:
        text = sample.decode(name + order, "replace")
        return sum(script(one) == "odd" for one in text) + len(set(sample[highest::width]))

    return name + ("-le" if senseless("-le", width - 1) < senseless("-be", 0) else "-be")


def script(one: str) -> str:
    """The script of a character: "latin", "wide" of three octets and more, or "odd" and such.

    Hardly any mail has what is odd.
    """
    return _SCRIPTS[bisect(_SCRIPTS, (ord(one), "~")) - 1][1]


def whole(text: str) -> str:
    """`text` without a half of a surrogate pair: two that belong together are their character.

    UTF-7 brings such (RFC 2152 has UTF-16 within base64), and no other program takes them.
    """
    if not _SURROGATE.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def without_halves(octets: bytes) -> bytes:
    """UTF-8 in which a character beyond U+FFFF was written as two halves, as it should be."""
    return _CESU.sub(_joined, octets) if 0 < octets.count(b"\xed") < _MANY else octets


def _joined(halves: re.Match[bytes]) -> bytes:
    pair: bytes = halves[0]
    text = pair.decode("utf-8", "surrogatepass")
    return whole(text).encode("utf-8")
