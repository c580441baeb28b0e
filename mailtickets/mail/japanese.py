"""ISO-2022-JP as Japanese mail writes it: with characters of NEC's and IBM's rows."""

from __future__ import annotations

import re

_ESCAPE = re.compile(rb"\x1b(\$[@B]|\$\([DO-Q]|\([BJIH])")
# What stands between escapes to two octets a character and back.
_WITHIN = re.compile(rb"\x1b\$(?:[@B]|\([DO-Q])[\x21-\x7e]*")


def iso2022jp(octets: bytes) -> str:
    """`octets` of ISO-2022-JP (RFC 1468) as text, characters beyond JIS X 0208 by cp932.

    Never raises. A line's end goes back to ASCII, as RFC 1468 has it. Octets beyond ASCII, that it
    has none of, are of UTF-8, EUC-JP or Shift_JIS.
    """
    if not octets.isascii():
        eight = _eight_bits(_WITHIN.sub(b"", octets))
        if b"\x1b" not in octets:
            return octets.decode(eight, "replace")
        return "".join(_line(line, eight) for line in octets.splitlines(keepends=True))
    for name in ("iso2022_jp", "iso2022_jp_ext"):
        try:
            return octets.decode(name)
        except UnicodeDecodeError:
            continue
    return "".join(_line(line) for line in octets.splitlines(keepends=True))


def _eight_bits(octets: bytes) -> str:
    """The charset of octets beyond ASCII: what is in Shift_JIS can hardly ever be in another."""
    for name in ("utf-8", "euc_jp", "cp932"):
        try:
            octets.decode(name)
        except UnicodeDecodeError:
            continue
        return name
    return "cp932"


def _line(line: bytes, eight: str = "ascii") -> str:
    out: list[str] = []
    place, mode = 0, b"(B"
    for escape in _ESCAPE.finditer(line):
        out.append(_run(line[place : escape.start()], mode, eight))
        place, mode = escape.end(), escape[1]
    out.append(_run(line[place:], mode, eight))
    return "".join(out)


def _run(run: bytes, mode: bytes, eight: str) -> str:
    if mode in (b"$B", b"$@"):
        pairs = zip(run[::2], run[1::2], strict=False)
        end = run[len(run) // 2 * 2 :] if run[-1:] in (b"\n", b"\r") else b""
        shifted = b"".join(_shifted(first, second) for first, second in pairs)
        return shifted.decode("cp932", "replace") + end.decode("ascii", "replace")
    if mode == b"(I":  # half-width katakana, seven bits of them
        return bytes(one | 0x80 for one in run).decode("cp932", "replace")
    return run.decode(eight, "replace")


def _shifted(first: int, second: int) -> bytes:
    """A pair of JIS X 0208 as Shift_JIS writes it; what is no such pair stays as it is."""
    if not (0x21 <= first <= 0x7E and 0x21 <= second <= 0x7E):
        return bytes([first & 0x7F, second & 0x7F])
    lead = (first - 0x21 >> 1) + 0x81
    if lead > 0x9F:
        lead += 0x40
    if first & 1:
        return bytes([lead, second + (0x1F if second < 0x60 else 0x20)])
    return bytes([lead, second + 0x7E])
