"""The HTTP server's bounds: bodies, connections, and how long a client may be silent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from twisted.internet.interfaces import IAddress
from twisted.protocols.policies import WrappingFactory
from twisted.web.resource import IResource
from twisted.web.server import Request, Site

MIB = 1024 * 1024
SILENCE = 60
"""Seconds a client may be silent when it is its turn."""
CONNECTIONS = 1000
PATIENCE = 8
"""How many times too large a body may be and still be read to its end, to be answered."""


class BoundedRequest(Request):
    """A request whose body is read to its end and forgotten when it is too large.

    Whoever answers looks at `too_large` first. A client that goes on and on is cut off.
    """

    allowance: ClassVar[Callable[[Any], int]]
    limit = 0
    too_large = False
    _received = 0

    def gotLength(self, length: int | None) -> None:
        """Twisted's: how long the body will be, if the client said so."""
        self.limit = type(self).allowance(self)
        self.too_large = length is not None and length > self.limit
        super().gotLength(0 if self.too_large else length)  # type: ignore[no-untyped-call]

    def handleContentChunk(self, data: bytes) -> None:
        """Twisted's: some of the body."""
        self._received += len(data)
        if self._received > self.limit:
            self.too_large = True
        if not self.too_large:
            super().handleContentChunk(data)  # type: ignore[no-untyped-call]
        elif self._received > PATIENCE * self.limit + PATIENCE * MIB:
            self.transport.abortConnection()  # type: ignore[union-attr]


class _Quiet(Site):
    """A site without an access log: what matters is logged where it happens."""

    def log(self, request: Any) -> None:
        """Twisted's: a request was answered."""


class BoundedSite(WrappingFactory):
    """A site that serves so many connections at once, and ends them all when it is stopped."""

    noisy = False

    def __init__(
        self,
        resource: IResource,
        *,
        allowance: Callable[[Any], int],
        connections: int = CONNECTIONS,
    ) -> None:
        request = type("_Request", (BoundedRequest,), {"allowance": staticmethod(allowance)})
        site = _Quiet(resource, requestFactory=request, timeout=SILENCE)  # type: ignore[no-untyped-call]
        site.displayTracebacks = False
        site.noisy = False
        super().__init__(site)  # type: ignore[no-untyped-call]
        self.resource = resource
        self._most = connections

    def buildProtocol(self, addr: IAddress | None) -> Any:
        """One more connection, or None when there are too many: then it is closed."""
        if len(self.protocols) >= self._most:
            return None
        return super().buildProtocol(addr)

    def stopFactory(self) -> None:
        """End what is still connected: long polls and streams would never end by themselves."""
        for connected in list(self.protocols):
            connected.transport.abortConnection()
        super().stopFactory()  # type: ignore[no-untyped-call]
