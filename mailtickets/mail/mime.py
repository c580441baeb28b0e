"""The parts of a letter are written: texts, alternatives, files (RFC 2045, 2046, 2183, 2387).

Everything comes out in 7 bits, so that any next hop takes it as it stands and a signature holds.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Sequence
from hashlib import sha256

from attrs import field, frozen

from mailtickets.mail import clean, headers

_TYPE = re.compile(r"[a-z0-9!#$&^_.+\-]{1,60}/[a-z0-9!#$&^_.+\-]{1,60}\Z")  # RFC 6838 section 4.2
_LINE = 990  # RFC 5322 section 2.1.1 allows 998
_B64_LINE = 57  # octets that make a line of 76 (RFC 2045 section 6.8)


@frozen
class Enclosure:
    """A file that goes with a letter. With `content_id` it is a picture the HTML text shows."""

    name: str
    type: str
    octets: bytes = field(repr=False)
    content_id: str | None = None


@frozen
class Body:
    """Header fields of a part, which say what it is, and its octets. All lines end in CRLF."""

    head: bytes
    octets: bytes

    @property
    def whole(self) -> bytes:
        """The part as it stands between two boundaries."""
        return self.head + b"\r\n" + self.octets


def text_part(content: str, subtype: str = "plain") -> Body:
    """A text in UTF-8: as it is if that is ASCII, else quoted-printable or base64."""
    content = clean.text(content)
    if content and not content.endswith("\n"):
        content += "\n"
    octets = content.replace("\n", "\r\n").encode("utf-8")
    charset = "utf-8"
    if octets.isascii() and max(map(len, octets.split(b"\r\n"))) <= _LINE:
        encoding, written = "7bit", octets
    elif 3 * sum(octet > 126 for octet in octets) > len(octets):
        encoding, written = "base64", _base64(octets)
    else:
        encoding, written = "quoted-printable", binascii.b2a_qp(octets, istext=True)
    head = headers.parameterized("Content-Type", f"text/{subtype}", [("charset", charset)])
    return Body(head + _transfer(encoding), written)


def file_part(enclosure: Enclosure) -> Body:
    """A file, in base64."""
    kind = enclosure.type.lower()
    if not _TYPE.match(kind) or kind.startswith(("multipart/", "message/")):
        kind = "application/octet-stream"  # base64 is not for those (RFC 2046 section 5.2.1)
    name = clean.filename(enclosure.name)
    head = headers.parameterized("Content-Type", kind, [("name", name)])
    cid = clean.message_id(enclosure.content_id) if enclosure.content_id else None
    disposition = "inline" if cid else "attachment"
    head += headers.parameterized("Content-Disposition", disposition, [("filename", name)])
    if cid:
        head += headers.ids("Content-ID", [cid])
    return Body(head + _transfer("base64"), _base64(enclosure.octets))


def multipart(
    subtype: str, parts: Sequence[Body], parameters: Sequence[tuple[str, str]] = ()
) -> Body:
    """Several parts as one. The boundary comes from their digest, so that none can hold it."""
    digest = sha256()
    for part in parts:
        digest.update(part.whole)
    boundary = f"=_{digest.hexdigest()[:32]}"  # "=_" is in no base64 or quoted-printable
    line = f"--{boundary}\r\n".encode("ascii")
    pieces: list[bytes] = []
    for part in parts:
        pieces += [line, part.whole, b"\r\n"]  # that line end is the boundary's (RFC 2046 5.1.1)
    pieces.append(f"--{boundary}--\r\n".encode("ascii"))
    head = headers.parameterized(
        "Content-Type", f"multipart/{subtype}", [*parameters, ("boundary", boundary)]
    )
    return Body(head, b"".join(pieces))


def letter_body(text: str, html: str | None, enclosures: Sequence[Enclosure]) -> Body:
    """A letter's body: the text, its HTML alternative with its pictures, and the files."""
    body = text_part(text)
    shown = [one for one in enclosures if html and one.content_id]
    if html:
        rich = text_part(html, "html")
        if shown:
            related = [rich, *map(file_part, shown)]
            rich = multipart("related", related, [("type", "text/html")])  # RFC 2387 section 3.1
        body = multipart("alternative", [body, rich])
    files = [one for one in enclosures if one not in shown]
    if files:
        body = multipart("mixed", [body, *map(file_part, files)])
    return body


def _transfer(encoding: str) -> bytes:
    return f"Content-Transfer-Encoding: {encoding}\r\n".encode("ascii")


def _base64(data: bytes) -> bytes:
    lines = (
        binascii.b2a_base64(data[at : at + _B64_LINE], newline=False)
        for at in range(0, len(data), _B64_LINE)
    )
    return b"\r\n".join(lines) + b"\r\n"
