"""A way to a desk that goes wrong: a proxy on loopback that loses, breaks and replaces answers."""

from __future__ import annotations

from typing import Any

from attrs import frozen
from twisted.internet.endpoints import TCP4ClientEndpoint
from twisted.internet.protocol import Factory, Protocol
from twisted.python.failure import Failure


@frozen
class Fault:
    """What happens to a request that comes by.

    `forward`: whether the desk gets to see it. `answer`: octets that the client gets in place of
    the desk's answer. `share`: how much of the desk's own answer it gets otherwise, from 0 to 1.
    `stay`: whether the connection stays open after that, with nothing more to come. `empty`: an
    answer that says no more than that it is good.
    """

    name: str
    forward: bool = False
    answer: bytes = b""
    share: float = 0.0
    stay: bool = False
    empty: bool = False


def answering(status: str, body: bytes = b"", *headers: str) -> bytes:
    """An HTTP answer, for `Fault.answer`."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "".join(line + "\r\n" for line in lines).encode() + b"\r\n" + body


_JSON = "Content-Type: application/json"
_HTML = "Content-Type: text/html; charset=utf-8"
LOGIN = b"<!doctype html><title>Sign in</title><p>Please sign in to the hotel's network.</p>"

MOMENTARY = (
    Fault("says nothing", stay=True),
    Fault("hangs up at once"),
    Fault("stores, then says nothing", forward=True, stay=True),
    Fault("stores, then hangs up", forward=True),
    Fault("stores, then gives half an answer", forward=True, share=0.5),
    Fault("stores, then says 500", forward=True, answer=answering("500 Oops", LOGIN, _HTML)),
    Fault("says 429", answer=answering("429 Slow down", b"{}", _JSON, "Retry-After: 7")),
    Fault("says 503", answer=answering("503 Busy", b"", "Retry-After: 7")),
    Fault("says 408", answer=answering("408 Too slow")),
)
"""Faults of the moment: temporary, and not loud."""
LOUD = (
    Fault("says 400", answer=answering("400 What?", b"{}", _JSON)),
    Fault("says 401", answer=answering("401 Who?", b"{}", _JSON)),
    Fault("says 403", answer=answering("403 No", b"{}", _JSON)),
    Fault("says 200 with a page", answer=answering("200 OK", LOGIN, _HTML)),
    Fault("says 404 with a page", answer=answering("404 Not here", LOGIN, _HTML)),
    Fault("says 302", answer=answering("302 There", b"", "Location: http://127.0.0.1:9/")),
    Fault("says 200 with an empty object", answer=answering("200 OK", b"{}", _JSON), empty=True),
    Fault("says 201 with a list", answer=answering("201 Made", b"[1]", _JSON)),
    Fault("says 201 with a broken object", answer=answering("201 Made", b'{"key":', _JSON)),
    Fault("says 204", answer=answering("204 Done"), empty=True),
    Fault("speaks something else", answer=b"220 mail.example.org ESMTP\r\n"),
)
"""Faults that a person must mend: temporary, and loud."""


class Detour:
    """Listens on 127.0.0.1:`port` and passes connections on to `address`, with a fault or without.

    `fault` may be changed at any time and holds for what comes after; None is none.
    """

    def __init__(self, reactor: Any, address: tuple[str, int], fault: Fault | None = None) -> None:
        self.reactor = reactor
        self.address = address
        self.fault = fault
        self.seen = 0
        factory: Any = Factory.forProtocol(_Near)
        factory.noisy = False
        factory.detour = self
        self.open: set[Any] = set()
        self._listening = reactor.listenTCP(0, factory, interface="127.0.0.1")

    @property
    def port(self) -> int:
        """Where it listens."""
        number: int = self._listening.getHost().port
        return number

    async def stop(self) -> None:
        """Listen no more, and end what is open."""
        await self._listening.stopListening()
        for one in list(self.open):
            one.transport.abortConnection()


class _Near(Protocol):
    """The client's side."""

    transport: Any

    def connectionMade(self) -> None:
        self.detour: Detour = self.factory.detour
        self.detour.open.add(self)
        self._far: _Far | None = None
        self._held = b""
        self._fault: Fault | None = None
        self._finished = False

    def dataReceived(self, data: bytes) -> None:
        if not self._held and self._far is None:
            self._fault = self.detour.fault
            self.detour.seen += 1
            if self._fault is None or self._fault.forward:
                self._connect()
            else:
                self.finish(b"")
        if self._far is None:
            self._held += data
        else:
            self._far.transport.write(data)

    def _connect(self) -> None:
        host, port = self.detour.address
        factory: Any = Factory.forProtocol(_Far)
        factory.noisy = False
        connecting = TCP4ClientEndpoint(self.detour.reactor, host, port).connect(factory)
        connecting.addCallbacks(self._connected, lambda _: self.transport.abortConnection())

    def _connected(self, far: Any) -> None:
        far.near, self._far = self, far
        far.transport.write(self._held)

    def answered(self, octets: bytes) -> None:
        """The desk says something."""
        if self._fault is None:
            self.transport.write(octets)
        else:
            self.finish(octets)

    def finish(self, octets: bytes) -> None:
        """Give the client what the fault leaves of the answer, once."""
        assert self._fault is not None
        if self._finished:
            return  # a desk may answer in pieces, and what waits to be sent would grow by them
        self._finished = True
        given = self._fault.answer or octets[: int(len(octets) * self._fault.share)]
        self.transport.write(given)
        if not self._fault.stay:
            self.transport.loseConnection()

    def connectionLost(self, reason: Failure | None = None) -> None:  # noqa: ARG002
        self.detour.open.discard(self)
        if self._far is not None:
            self._far.transport.abortConnection()


class _Far(Protocol):
    """The desk's side."""

    transport: Any

    near: _Near | None = None

    def dataReceived(self, data: bytes) -> None:
        if self.near is not None:
            self.near.answered(data)

    def connectionLost(self, reason: Failure | None = None) -> None:  # noqa: ARG002
        if self.near is not None and self.near.transport is not None:
            self.near.transport.loseConnection()
