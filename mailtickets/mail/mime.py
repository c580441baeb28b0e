"""The parts of a letter are written: texts, alternatives, files (RFC 2045, 2046, 2183, 2387).

Everything comes out in 7 bits, so that any next hop takes it as it stands and a signature holds. A
file need not be in memory: it stands in the letter as a piece that is encoded as it is read.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import AsyncIterator, Sequence
from hashlib import sha256

from attrs import evolve, field, frozen

from mailtickets.mail import clean, headers
from mailtickets.mail.octets import InMemory, Octets

_TYPE = re.compile(r"[a-z0-9!#$&^_.+\-]{1,60}/[a-z0-9!#$&^_.+\-]{1,60}\Z")  # RFC 6838 section 4.2
_LINE = 990  # RFC 5322 section 2.1.1 allows 998
_B64_LINE = 57  # octets that make a line of 76 (RFC 2045 section 6.8)
_B64_CHARACTERS = 76


@frozen
class Enclosure:
    """A file that goes with a letter. With `content_id` it is a picture the HTML text shows.

    `octets` that are not `bytes` are read when the letter is written out, and not before.
    """

    name: str
    type: str
    octets: bytes | Octets = field(repr=False, eq=False)
    content_id: str | None = None


@frozen
class Encoded:
    """Octets that stand in a letter in base64, encoded as they are read."""

    source: Octets = field(repr=False, eq=False)

    @property
    def size(self) -> int:
        """How many octets they become, line ends included."""
        length = (self.source.size + 2) // 3 * 4
        return length + 2 * max(1, -(-length // _B64_CHARACTERS))

    async def chunks(self) -> AsyncIterator[bytes]:
        """The lines, in pieces of some 1.4 MiB at most. Raises what reading the octets raises."""
        left = b""
        async for chunk in self.source.chunks():
            left += chunk
            whole = len(left) // _B64_LINE * _B64_LINE
            if whole:
                yield _base64(left[:whole])
                left = left[whole:]
        if left or not self.source.size:
            yield _base64(left)


Piece = bytes | Encoded


def _pieces(octets: bytes | Sequence[Piece]) -> tuple[Piece, ...]:
    return (octets,) if isinstance(octets, bytes) else tuple(octets)


@frozen
class Body:
    """Header fields of a part, which say what it is, and its octets. All lines end in CRLF."""

    head: bytes
    pieces: tuple[Piece, ...] = field(converter=_pieces)

    @property
    def octets(self) -> bytes:
        """All of it at once. Raises TypeError where a file is not in memory."""
        return joined(self.pieces)

    @property
    def whole(self) -> tuple[Piece, ...]:
        """The part as it stands between two boundaries."""
        return (self.head + b"\r\n", *self.pieces)


def joined(pieces: Sequence[Piece]) -> bytes:
    """Pieces that are in memory, as one. Raises TypeError where one is not."""
    return b"".join(pieces)  # type: ignore[arg-type]


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
    octets = enclosure.octets
    if isinstance(octets, InMemory):
        octets = octets.data
    written = _base64(octets) if isinstance(octets, bytes) else Encoded(octets)
    return Body(head + _transfer("base64"), (written,))


def multipart(
    subtype: str, parts: Sequence[Body], parameters: Sequence[tuple[str, str]] = ()
) -> Body:
    """Several parts as one. The boundary comes from their digest, so that none can hold it.

    What is not in memory is base64, in which no boundary can be ("=_" is in none).
    """
    digest = sha256()
    for part in parts:
        for piece in part.whole:
            digest.update(piece if isinstance(piece, bytes) else str(piece.size).encode("ascii"))
    boundary = f"=_{digest.hexdigest()[:32]}"
    line = f"--{boundary}\r\n".encode("ascii")
    pieces: list[Piece] = []
    for part in parts:
        pieces += [line, *part.whole, b"\r\n"]  # that line end is the boundary's (RFC 2046 5.1.1)
    pieces.append(f"--{boundary}--\r\n".encode("ascii"))
    head = headers.parameterized(
        "Content-Type", f"multipart/{subtype}", [*parameters, ("boundary", boundary)]
    )
    return Body(head, _merged(pieces))


def _merged(pieces: Sequence[Piece]) -> list[Piece]:
    """The same with what stands side by side in memory made one."""
    made: list[Piece] = []
    near: list[bytes] = []
    for piece in pieces:
        if isinstance(piece, bytes):
            near.append(piece)
            continue
        made += [b"".join(near), piece]
        near = []
    return [*made, b"".join(near)]


def letter_body(text: str, html: str | None, enclosures: Sequence[Enclosure]) -> Body:
    """A letter's body: the text, its HTML alternative with its pictures, and the files."""
    body = text_part(text)
    shown = [one for one in enclosures if html and f"cid:{one.content_id}" in html]
    if html:
        rich = text_part(html, "html")
        if shown:
            related = [rich, *map(file_part, shown)]
            rich = multipart("related", related, [("type", "text/html")])  # RFC 2387 section 3.1
        body = multipart("alternative", [body, rich])
    files = [evolve(one, content_id=None) for one in enclosures if one not in shown]
    if files:
        body = multipart("mixed", [body, *map(file_part, files)])
    return body


def _transfer(encoding: str) -> bytes:
    return f"Content-Transfer-Encoding: {encoding}\r\n".encode("ascii")


def _base64(data: bytes) -> bytes:
    text = binascii.b2a_base64(data, newline=False)
    starts = range(0, len(text), _B64_CHARACTERS)
    return b"\r\n".join([text[at : at + _B64_CHARACTERS] for at in starts]) + b"\r\n"
