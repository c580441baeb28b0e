"""The files that come with a letter: its parts, and what lies within some of them."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from urllib.parse import unquote

from attrs import define, field, frozen

from mailtickets.mail.body import octets_of
from mailtickets.mail.charsets import codec
from mailtickets.mail.entities import unescaped
from mailtickets.mail.fields import declared
from mailtickets.mail.identifiers import ids_in
from mailtickets.mail.inside import files_in
from mailtickets.mail.names import made_name, safe, sent_name
from mailtickets.mail.octets import CHUNK, InMemory, Octets, Stretched, chunks_from
from mailtickets.mail.richtext import decompressed
from mailtickets.mail.structure import Node
from mailtickets.mail.tnef import Stretch, Unpacked, unpacked, unpacked_of
from mailtickets.mail.transfer import Stream
from mailtickets.mail.words import decoded
from mailtickets.tickets.values import Attachment

MAX_UNPACKED = 500
_MOST_SHOWN = 1000
_NONE: frozenset[str] = frozenset()
_CID = re.compile(r"\bcid:([^\"'\s<>()]{1,300})", re.IGNORECASE)
_DECODED = 512 * 1024 * 1024
"""Octets: each large file of a winmail.dat is found by decoding that from its beginning on."""

_TEXTS = frozenset({"text/plain", "text/html"})
_SMIME = "The letter is encrypted or signed (S/MIME); it is attached as it came."
_PGP = "The letter is encrypted (OpenPGP); it is attached as it came."
_SMIME_SIGNED = "The letter is signed (S/MIME); the signature was not checked."
_PGP_SIGNED = "The letter is signed (OpenPGP); the signature was not checked."
_WORDS = {
    "application/pkcs7-mime": _SMIME,
    "application/x-pkcs7-mime": _SMIME,
    "application/pgp-encrypted": _PGP,
    "application/pkcs7-signature": _SMIME_SIGNED,
    "application/x-pkcs7-signature": _SMIME_SIGNED,
    "application/pgp-signature": _PGP_SIGNED,
}


@frozen
class WithinLetter:
    """A part's octets, decoded as they are read from the letter they stand in.

    `start` and `end` are the place of the part's body in `letter`, `size` what it decodes to.
    """

    letter: Octets = field(repr=False)
    start: int
    end: int
    encoding: str
    size: int

    async def chunks(self) -> AsyncIterator[bytes]:
        """The octets in order, in pieces of 1 MiB at most. Raises Temporary when unreadable."""
        stream = Stream(self.encoding)
        place = self.start
        async for chunk in chunks_from(self.letter, self.start):
            begin, end = max(self.start - place, 0), min(self.end - place, len(chunk))
            place += len(chunk)
            piece = stream.feed(chunk[begin:end]) if begin < end else b""
            if place >= self.end:
                piece += stream.close()
            for at in range(0, len(piece), CHUNK):
                yield piece[at : at + CHUNK]
            if place >= self.end:
                return


@define
class Files:
    """What was found: the attachments, those within parts last, and remarks about them."""

    attachments: list[Attachment] = field(factory=list)
    unpacked: list[Attachment] = field(factory=list)
    text: str = ""
    html: bytes = b""
    rich: bytes = b""  # RTF, not compressed any more
    remarks: dict[str, None] = field(factory=dict)


def files_of(
    nodes: list[Node], texts: list[Node], letter: Octets | None, html: str | None = None
) -> Files:
    """The files of the parts `nodes`, and those that stand in the texts `texts`.

    `letter` is where the octets are of a part that was too large to be kept; `html` shows some.
    """
    files = Files()
    named = any(b"content-id" in node.fields for node in nodes)
    shown = _shown_in(html) if html and named else _NONE
    hint = _written_in(nodes[0]) if nodes else ""
    for number, node in enumerate(nodes, 1):
        files.attachments.append(_attachment(node, number, letter, hint, shown))
        kind = node.type.value
        if kind in _WORDS:
            files.remarks[_WORDS[kind]] = None
        elif node.too_deep:
            files.remarks["Parts lie in parts too deep to be taken apart; they are attached."] = (
                None
            )
        elif node.overflow and kind == "application/octet-stream":
            files.remarks["There are too many parts; the rest is attached in one piece."] = None
        elif kind in {"application/ms-tnef", "application/vnd.ms-tnef"} or (
            files.attachments[-1].name.lower() == "winmail.dat"
        ):
            _unpack(files, node)
    for node in texts:
        for one in files_in(octets_of(node)):
            name = safe(decoded(one.name)) or made_name("application/octet-stream", 1)
            _add(files, name, _type_of(name), one.octets)
    return files


def _written_in(node: Node) -> str:
    """The charset that the letter's text declares; empty where that says little.

    Programs say Latin-1 and UTF-8 of whatever they send.
    """
    root = node
    while root.parent is not None:
        root = root.parent
    for one in root.leaves():
        label = one.type.word("charset") if one.type.value in _TEXTS else ""
        if label and declared(one.fields.raw(b"content-disposition")).value != "attachment":
            return "" if (codec(label) or "cp1252").startswith(("cp1252", "utf")) else label
    return ""


def _type_of(name: str) -> str:
    import mimetypes  # noqa: PLC0415 - its tables are read only when there is such a file

    return mimetypes.guess_type(name)[0] or "application/octet-stream"


def _add(files: Files, name: str, kind: str, octets: bytes | Octets) -> None:
    if len(files.unpacked) < MAX_UNPACKED:
        held = InMemory(octets) if isinstance(octets, bytes) else octets
        files.unpacked.append(Attachment(name, kind, held))


def _unpack(files: Files, node: Node) -> None:
    found: Unpacked | None
    if node.partial:
        found = unpacked_of(node.attributes) if node.attributes else None
    else:
        found = unpacked(octets_of(node))
    if found is None:
        files.remarks["A winmail.dat could not be opened; it is attached."] = None
        return
    files.text = files.text or found.text
    files.html = files.html or found.html
    if found.rich and not files.rich and not (files.text.strip() or files.html):
        files.rich = decompressed(found.rich)
    room = _DECODED // max(files.attachments[-1].octets.size, 1)
    for number, one in enumerate(found.files, 1):
        if isinstance(one.octets, Stretch):
            room -= 1
            if room < 0:
                files.remarks["Some files of the winmail.dat are only in it."] = None
                continue
        name = safe(one.name) or made_name(one.type or "application/octet-stream", number)
        kind = (one.type or _type_of(name)).lower()
        octets: bytes | Octets
        if isinstance(one.octets, Stretch):
            octets = Stretched(files.attachments[-1].octets, one.octets.start, one.octets.size)
        else:
            octets = one.octets
        _add(files, name, kind, octets)


def _shown_in(html: str) -> frozenset[str]:
    """The Content-IDs that HTML names (RFC 2392), in lower case."""
    named = _CID.findall(html)
    return frozenset(unquote(unescaped(one)).lower() for one in named[:_MOST_SHOWN])


def _attachment(
    node: Node, number: int, letter: Octets | None, hint: str, shown: frozenset[str]
) -> Attachment:
    disposition = declared(node.fields.raw(b"content-disposition"))
    cid = ids_in(node.fields.raw(b"content-id"))
    octets: Octets
    if node.partial and letter is not None:
        octets = WithinLetter(letter, node.start, node.end, node.encoding, node.size)
    else:
        octets = InMemory(octets_of(node))
    return Attachment(
        name=sent_name(node, disposition, hint) or made_name(node.type.value, number),
        type=node.type.value,
        octets=octets,
        content_id=cid[0] if cid else None,
        # Many programs give a Content-ID to whatever they attach.
        inline=disposition.value == "inline"
        or bool(cid and (disposition.value != "attachment" or cid[0].lower() in shown)),
    )
