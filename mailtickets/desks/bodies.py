"""Bodies of requests and answers as streams: what is large is never in memory as a whole."""

from __future__ import annotations

import json
from base64 import b64encode
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

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
SLICE = 48 * 1024  # a multiple of 3, so that base64 of slices is base64 of the whole


def with_attachments(
    document: Mapping[str, Any], attachments: Sequence[Attachment]
) -> list[bytes | Octets]:
    """The JSON of `document` with its attachments, as pieces; octets go out as base64."""
    if not attachments:
        return [_json(document)]
    pieces: list[bytes | Octets] = [_json(document)[:-1] + b',"attachments":[']
    for number, one in enumerate(attachments):
        start = _json(attachment_document(one))[:-1] + b',"octets":"'
        pieces += [b"," + start if number else start, one.octets, b'"}']
    return [*pieces, b"]}"]


def _json(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode()


@implementer(IBodyProducer)
class Pieces:
    """A request's body, written piece by piece as fast as the connection takes it."""

    def __init__(self, pieces: Sequence[bytes | Octets]) -> None:
        self._pieces = list(pieces)
        self.length = sum(
            len(one) if isinstance(one, bytes) else -(-one.size // 3) * 4 for one in self._pieces
        )
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
