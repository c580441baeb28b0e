"""A way to a desk that cuts one answer off: the request is carried out, and nobody hears of it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from twisted.internet.endpoints import TCP4ClientEndpoint
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.task import deferLater
from twisted.python.failure import Failure

from mailtickets.errors import Temporary
from mailtickets.testing.desk import Bench
from mailtickets.testing.deskcase import comment, new_key


class Cut:
    """Listens on 127.0.0.1:`port`, and cuts the first request whose head matches `pattern`.

    The desk gets the whole request, and its answer goes nowhere: the connection ends instead.
    `cut` counts how often that happened.
    """

    def __init__(self, reactor: Any, address: tuple[str, int], pattern: str) -> None:
        self.reactor = reactor
        self.address = address
        self.pattern = re.compile(pattern.encode())
        self.cut = 0
        factory: Any = Factory.forProtocol(_Near)
        factory.noisy = False
        factory.way = self
        self._listening = reactor.listenTCP(0, factory, interface="127.0.0.1")
        self.open: set[Any] = set()

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
    transport: Any

    def connectionMade(self) -> None:
        self.way: Cut = self.factory.way  # type: ignore[attr-defined,union-attr]
        self.way.open.add(self)
        self.far: _Far | None = None
        self.held = b""
        self.cutting = False
        host, port = self.way.address
        factory: Any = Factory.forProtocol(_Far)
        factory.noisy = False
        connecting = TCP4ClientEndpoint(self.way.reactor, host, port).connect(factory)
        connecting.addCallbacks(self._connected, lambda _: self.transport.abortConnection())

    def _connected(self, far: Any) -> None:
        far.near, self.far = self, far
        far.transport.write(self.held)

    def dataReceived(self, data: bytes) -> None:
        if not self.way.cut and self.way.pattern.match(data):
            self.way.cut += 1
            self.cutting = True
        if self.far is None:
            self.held += data
        else:
            self.far.transport.write(data)

    def connectionLost(self, reason: Failure | None = None) -> None:
        self.way.open.discard(self)
        if self.far is not None:
            self.far.transport.loseConnection()


class _Far(Protocol):
    transport: Any
    near: _Near | None = None

    def dataReceived(self, data: bytes) -> None:
        assert self.near is not None
        if self.near.cutting:
            self.near.transport.abortConnection()
        else:
            self.near.transport.write(data)

    def connectionLost(self, reason: Failure | None = None) -> None:
        if self.near is not None:
            self.near.transport.loseConnection()


async def doubles_nothing(
    reactor: Any, bench: Bench, lost: str, settled: float, *, commenting: bool = False
) -> None:
    """The desk does what it was asked, its answer is lost, and it is not done again.

    `lost` is the pattern of the request, `settled` how many seconds our desk waits before it looks.
    """
    assert bench.through is not None
    assert bench.address is not None
    way = Cut(reactor, bench.address, lost)
    desk = bench.through(way.port, 30.0)
    intent: Any = bench.opening()
    try:
        if commenting:
            intent = comment((await bench.desk.submit(bench.opening(), new_key())).ticket)
        key, before = new_key(), await bench.tickets()
        with pytest.raises(Temporary):
            await desk.submit(intent, key)
        assert way.cut == 1
        await deferLater(reactor, settled)
        receipt = await desk.submit(intent, key)
        assert await bench.tickets() == before + (not commenting)
        assert await bench.comments(receipt.ticket) == (2 if commenting else 1)
    finally:
        await way.stop()
