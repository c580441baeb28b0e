"""A letter in eight bits is rewritten for a next hop that takes seven (RFC 6152 section 3).

Only somebody else's letter that passes through can need it: what is composed here has seven bits.
Each part that holds other octets is written anew in quoted-printable or base64; nothing else of the
letter changes.
"""

from __future__ import annotations

import binascii
import re

LARGEST = 8 * 1024 * 1024
"""A larger letter is not rewritten: all of it is in memory meanwhile."""
_DEPTH = 30
_FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:((?:[^\r]|\r(?!\n)|\r\n[ \t])*)\r\n")
_BOUNDARY = re.compile(
    rb'boundary[ \t]*=[ \t]*(?:"([^"\r\n]{1,200})"|([^\s;"]{1,200}))', re.IGNORECASE
)
_FOLD = re.compile(rb"\r\n(?=[ \t])")
_B64_LINE = 57


class Unwritable(Exception):
    """The letter cannot be written in seven bits."""


def seven_bit(octets: bytes) -> bytes:
    """The letter, CRLF line ends, in seven bits. Raises Unwritable."""
    if octets.isascii():
        return octets
    return _part(octets, _DEPTH)


def _part(octets: bytes, depth: int) -> bytes:
    if octets.isascii():
        return octets
    if depth <= 0 or len(octets) > LARGEST:
        raise Unwritable
    head, separator, body = octets.partition(b"\r\n\r\n")
    if octets.startswith(b"\r\n"):
        head, separator, body = b"", b"\r\n", octets[2:]
    if not separator or not head.isascii():
        raise Unwritable  # a field with raw octets has no one right form in seven bits
    fields = {found[1].lower(): found[2] for found in _FIELD.finditer(head + b"\r\n")}
    kind = _FOLD.sub(b"", fields.get(b"content-type", b"text/plain")).strip().lower()
    encoding = fields.get(b"content-transfer-encoding", b"7bit").strip().lower()
    if kind.startswith(b"multipart/"):
        body = _pieces(body, fields[b"content-type"], depth)
        return _with(head, b"7bit") + separator + body
    if kind.startswith((b"message/rfc822", b"message/global")):
        return _with(head, b"7bit") + separator + _part(body, depth - 1)
    if encoding not in {b"7bit", b"8bit", b"binary"} or kind.startswith(b"message/"):
        raise Unwritable
    if kind.startswith(b"text/") and encoding != b"binary":
        return _with(head, b"quoted-printable") + separator + _quoted(body)
    lines = (
        binascii.b2a_base64(body[at : at + _B64_LINE], newline=False)
        for at in range(0, len(body), _B64_LINE)
    )
    return _with(head, b"base64") + separator + b"\r\n".join(lines) + b"\r\n"


def _quoted(body: bytes) -> bytes:
    return binascii.b2a_qp(body, istext=True)


def _pieces(body: bytes, content_type: bytes, depth: int) -> bytes:
    """A multipart's parts, each in seven bits; what stands around them is dropped if it is not."""
    found = _BOUNDARY.search(content_type)
    if found is None:
        raise Unwritable
    mark = b"\r\n--" + (found[1] or found[2])
    before, *parts = (b"\r\n" + body).split(mark)
    if not parts:
        raise Unwritable
    made = [before if before.isascii() else b""]
    for part in parts:
        rest, line_end, inside = part.partition(b"\r\n")
        if rest.startswith(b"--") or not line_end:
            made.append(part if part.isascii() else b"--\r\n")
            break
        made.append(rest + line_end + _part(inside, depth - 1))
    return mark.join(made)[2:]


def _with(head: bytes, encoding: bytes) -> bytes:
    """The head with this Content-Transfer-Encoding, at the place of the old one or at the end."""
    written = b"Content-Transfer-Encoding: " + encoding
    lines = _FIELD.sub(
        lambda found: (
            written + b"\r\n" if found[1].lower() == b"content-transfer-encoding" else found[0]
        ),
        head + b"\r\n",
    )
    if written not in lines:
        lines += written + b"\r\n"
    if not re.search(rb"(?im)^mime-version[ \t]*:", lines) and b"content-type" not in lines.lower():
        lines += b"MIME-Version: 1.0\r\n"
    return lines.removesuffix(b"\r\n")
