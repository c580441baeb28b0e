"""Bodies of requests and answers as streams: what is large is never in memory as a whole."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from attrs import frozen
from twisted.internet.defer import Deferred, ensureDeferred
from twisted.internet.interfaces import IConsumer
from twisted.internet.protocol import Protocol
from twisted.python.failure import Failure
from twisted.web.client import ResponseDone
from twisted.web.http import PotentialDataLoss
from twisted.web.iweb import IBodyProducer
from zope.interface import implementer

from mailtickets.mail.octets import Octets
from mailtickets.tickets.document import attachment_document
from mailtickets.tickets.values import Attachment

HIGH_WATER = 1024 * 1024
_TYPE = re.compile(r"[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+")  # RFC 6838 section 4.2
SLICE = 48 * 1024  # a multiple of 3, so that base64 of slices is base64 of the whole


@frozen
class Plain:
    """Octets that go out as they are, and not as base64."""

    octets: Octets


Piece = bytes | Octets | Plain
"""A part of a request's body."""


def with_attachments(document: Mapping[str, Any], attachments: Sequence[Attachment]) -> list[Piece]:
    """The JSON of `document` with its attachments, as pieces; octets go out as base64."""
    if not attachments:
        return as_json(document)
    pieces: list[Piece] = [_json(document)[:-1] + b',"attachments":[']
    for number, one in enumerate(attachments):
        start = _json(attachment_document(one))[:-1] + b',"octets":"'
        pieces += [b"," + start if number else start, one.octets, b'"}']
    return [*pieces, b"]}"]


def as_json(document: Mapping[str, Any]) -> list[Piece]:
    """A document as a request's body."""
    return [_json(document)]


def _json(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode()


def multipart(
    fields: Sequence[tuple[str, str, str]], files: Sequence[tuple[str, Attachment]]
) -> tuple[str, list[Piece]]:
    """A form with files (RFC 7578), as its media type and its pieces; files are streamed.

    `fields` are (name, media type or "", value), `files` (name, attachment).
    """
    boundary = uuid4().hex
    pieces: list[Piece] = []
    for name, sort, value in fields:
        said = f"Content-Type: {sort}\r\n" if sort else ""
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="{_quoted(name)}"\r\n{said}\r\n'
        )
        pieces.append(f"{head}{value}\r\n".encode("utf-8", "replace"))
    for name, one in files:
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="{_quoted(name)}"; '
            f'filename="{_quoted(one.name)}"\r\nContent-Type: {_token(one.type)}\r\n\r\n'
        )
        pieces += [head.encode("utf-8", "replace"), Plain(one.octets), b"\r\n"]
    pieces.append(f"--{boundary}--\r\n".encode())
    return f"multipart/form-data; boundary={boundary}", pieces


def _quoted(text: str) -> str:
    """A name within quotes, as browsers write it (RFC 7578 section 4.2 and WHATWG's HTML)."""
    return text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


def _token(type: str) -> str:
    return type if _TYPE.fullmatch(type) else "application/octet-stream"


@implementer(IBodyProducer)
class Pieces:
    """A request's body, written piece by piece as fast as the connection takes it."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self._pieces = list(pieces)
        self.length = sum(_length(one) for one in self._pieces)
        self._pause: Deferred[None] | None = None
        self._writing: Deferred[None] | None = None

    def startProducing(self, consumer: IConsumer) -> Deferred[None]:
        """Twisted's: write everything."""
        self._writing = ensureDeferred(self._write(consumer))
        return self._writing

    async def _write(self, consumer: IConsumer) -> None:
        for piece in self._pieces:
            if isinstance(piece, bytes):
                for start in range(0, len(piece), SLICE):
                    await self._room()
                    consumer.write(piece[start : start + SLICE])
            elif isinstance(piece, Plain):
                async for chunk in piece.octets.chunks():
                    for start in range(0, len(chunk), SLICE):
                        await self._room()
                        consumer.write(chunk[start : start + SLICE])
            else:
                await self._encode(piece, consumer)

    async def _encode(self, octets: Octets, consumer: IConsumer) -> None:
        left = bytearray()
        async for chunk in octets.chunks():
            left += chunk
            whole = len(left) - len(left) % 3
            for start in range(0, whole, SLICE):
                await self._room()
                consumer.write(b64encode(left[start : min(start + SLICE, whole)]))
            del left[:whole]
        if left:
            consumer.write(b64encode(left))

    async def _room(self) -> None:
        while self._pause is not None:
            await self._pause

    def pauseProducing(self) -> None:
        """Twisted's: the connection is full."""
        if self._pause is None:
            self._pause = Deferred()

    def resumeProducing(self) -> None:
        """Twisted's: it has room again."""
        pause, self._pause = self._pause, None
        if pause is not None and not pause.called:
            pause.callback(None)

    def stopProducing(self) -> None:
        """Twisted's: nobody wants the rest. By contract the Deferred does not fire any more."""
        writing, self._writing = self._writing, None
        if writing is not None and not writing.called:
            writing.addErrback(lambda _: None)
            writing.cancel()


def _length(piece: Piece) -> int:
    if isinstance(piece, bytes):
        return len(piece)
    return piece.octets.size if isinstance(piece, Plain) else -(-piece.size // 3) * 4


class Arriving(Protocol):
    """An answer's body as it comes; the connection rests while nobody reads."""

    def __init__(self) -> None:
        self._chunks: deque[bytes] = deque()
        self._held = 0
        self._end: Failure | None = None
        self._reader: Deferred[None] | None = None

    def dataReceived(self, data: bytes) -> None:
        """Twisted's: more of it."""
        self._chunks.append(data)
        self._held += len(data)
        if self._held > HIGH_WATER and self.transport is not None:
            self.transport.pauseProducing()  # type: ignore[attr-defined]
        self._wake()

    def connectionLost(self, reason: Failure = Failure(ResponseDone())) -> None:  # type: ignore[no-untyped-call] # noqa: B008
        """Twisted's: that was all, or the connection broke."""
        self._end = reason
        self._wake()

    def _wake(self) -> None:
        reader, self._reader = self._reader, None
        if reader is not None and not reader.called:
            reader.callback(None)

    async def read(self) -> bytes:
        """The next octets; none at the end. Raises what broke the connection before it."""
        while not self._chunks:
            if self._end is not None:
                if isinstance(self._end.value, (ResponseDone, PotentialDataLoss)):
                    return b""
                self._end.raiseException()
            self._reader = Deferred()
            await self._reader
        chunk = self._chunks.popleft()
        self._held -= len(chunk)
        if self._held <= HIGH_WATER and self._end is None and self.transport is not None:
            self.transport.resumeProducing()  # type: ignore[attr-defined]
        return chunk

    def stop(self) -> None:
        """Nobody wants the rest: the connection is closed."""
        if self._end is None and self.transport is not None:
            self.transport.loseConnection()
