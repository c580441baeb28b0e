"""What we use of Twisted's requests, with types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO, Protocol


class Request(Protocol):
    """A `twisted.web.server.Request`, as far as we know it."""

    args: Mapping[bytes, Sequence[bytes]]
    content: BinaryIO
    transport: Any
    method: bytes
    path: bytes
    requestHeaders: Any  # noqa: N815 - Twisted's name

    def getHeader(self, key: bytes) -> bytes | None:
        """A header of the request."""

    def setHeader(self, name: bytes, value: bytes) -> None:
        """Set a header of the answer."""

    def setResponseCode(self, code: int) -> None:
        """Set the answer's status."""

    def write(self, data: bytes) -> None:
        """Some of the answer's body."""

    def isSecure(self) -> bool:
        """Whether TLS is there."""

    def getHost(self) -> Any:
        """Our own address."""

    def registerProducer(self, producer: Any, streaming: bool) -> None:
        """Somebody writes as fast as the client reads."""

    def unregisterProducer(self) -> None:
        """And has written everything."""
