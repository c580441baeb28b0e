"""The way to a desk that goes wrong: exactly what a fault says reaches the client."""

from __future__ import annotations

from typing import Any

import pytest_twisted  # type: ignore[import-untyped]
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import TCP4ClientEndpoint
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.task import deferLater

from mailtickets.testing.deskfaults import Detour, Fault

LARGE = b"a" * 8_000_000
"""More than a socket takes at once."""


class InPieces(Protocol):
    """A desk that answers in two writes, as Roundup's own server does."""

    transport: Any

    def dataReceived(self, data: bytes) -> None:
        self.transport.write(b"head" * 2)
        self.factory.reactor.callLater(0.05, self.transport.write, b"body" * 2)


class Client(Protocol):
    """Sends a line, reads nothing for a moment, and then all that comes."""

    transport: Any

    def connectionMade(self) -> None:
        self.heard = bytearray()
        self.ended: Deferred[bytes] = Deferred()
        self.transport.pauseProducing()
        self.transport.write(b"GET\r\n")

    def dataReceived(self, data: bytes) -> None:
        self.heard += data

    def connectionLost(self, reason: Any = None) -> None:
        self.ended.callback(bytes(self.heard))


async def heard_through(fault: Fault | None) -> bytes:
    """What a client hears of that desk on the way with this fault."""
    from twisted.internet import reactor  # noqa: PLC0415

    clock: Any = reactor
    factory: Any = Factory.forProtocol(InPieces)
    factory.noisy, factory.reactor = False, clock
    listening = clock.listenTCP(0, factory, interface="127.0.0.1")
    detour = Detour(clock, ("127.0.0.1", listening.getHost().port), fault)
    try:
        endpoint = TCP4ClientEndpoint(clock, "127.0.0.1", detour.port)
        client: Any = await endpoint.connect(Factory.forProtocol(Client))
        await deferLater(clock, 0.3)
        client.transport.resumeProducing()
        if fault is None:
            await deferLater(clock, 0.1)
            client.transport.loseConnection()
        heard: bytes = await client.ended
    finally:
        await detour.stop()
        await listening.stopListening()
    return heard


@pytest_twisted.ensureDeferred
async def test_an_answer_in_pieces_is_replaced_once() -> None:
    """However many pieces the desk answers in, the client gets the fault's answer once."""
    assert await heard_through(Fault("large", forward=True, answer=LARGE)) == LARGE


@pytest_twisted.ensureDeferred
async def test_half_an_answer_ends_there() -> None:
    """Half of the first piece, and nothing of the others."""
    assert await heard_through(Fault("half", forward=True, share=0.5)) == b"head"


@pytest_twisted.ensureDeferred
async def test_no_fault_passes_all() -> None:
    """Without a fault the desk's answer comes as it is."""
    assert await heard_through(None) == b"headheadbodybody"
