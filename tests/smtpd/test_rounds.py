"""A door hears all who have said something, then answers them; real sockets, no running reactor."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from twisted.internet.error import ConnectionLost
from twisted.internet.tcp import Server
from twisted.logger import Logger
from twisted.python.failure import Failure

from mailtickets.smtp.replies import Reply
from mailtickets.smtpd import Delivery, Limits, SMTPFactory
from mailtickets.smtpd.rounds import ROUNDS
from tests.smtpd.fakes import MemoryReception


class Notes:
    """A reactor that notes what it is asked for, and runs what is called later when told to."""

    def __init__(self) -> None:
        self.readers: list[Any] = []
        self.writers: list[Any] = []
        self.calls: list[Callable[[], None]] = []

    def seconds(self) -> float:
        """It stands still."""
        return 0.0

    def callLater(self, seconds: float, call: Callable[[], None], *_args: Any) -> Any:
        """The table's look once a second is never due."""
        if seconds == 0:
            self.calls.append(call)
        return SimpleNamespace(active=lambda: False, cancel=lambda: None)

    def addReader(self, reader: Any) -> None:
        """It is to be read."""
        if reader not in self.readers:
            self.readers.append(reader)

    def removeReader(self, reader: Any) -> None:
        """It is to be read no more."""
        if reader in self.readers:
            self.readers.remove(reader)

    def addWriter(self, writer: Any) -> None:
        """It has something to write."""
        self.writers.append(writer)

    def removeWriter(self, writer: Any) -> None:
        """It has nothing to write any more."""

    def run_calls(self) -> None:
        """The end of a turn."""
        calls, self.calls = self.calls, []
        for call in calls:
            call()


class House:
    """A door with peers on real sockets."""

    def __init__(self) -> None:
        self.reactor = Notes()
        self.events: list[dict[str, Any]] = []
        self.factory = SMTPFactory(
            Delivery(MemoryReception()),
            clock=self.reactor,
            limits=Limits(),
            log=Logger(namespace="test", observer=self.events.append),
        )
        self.sockets: list[socket.socket] = []

    def come(self) -> tuple[socket.socket, Any]:
        """Somebody comes, and has been greeted."""
        with socket.create_server(("127.0.0.1", 0)) as port:
            peer = socket.create_connection(port.getsockname())
            ours, address = port.accept()
        peer.settimeout(5)
        self.sockets += [peer, ours]
        protocol = self.factory.buildProtocol(None)
        at = SimpleNamespace(_realPortNumber=25)
        transport = Server(ours, protocol, address, at, len(self.sockets), self.reactor)
        protocol.makeConnection(transport)
        self.reactor.run_calls()
        assert peer.recv(100).startswith(b"220 ")
        return peer, protocol

    @property
    def rounds(self) -> Any:
        """What the reactor reads in place of all the connections."""
        (rounds,) = self.reactor.readers
        return rounds


@pytest.fixture
def house() -> Iterator[House]:
    """A door; all sockets are closed in the end."""
    made = House()
    yield made
    for one in made.sockets:
        one.close()


def test_many_are_heard_in_one_turn(house):
    """The reactor is woken once for all who have said something, and every one has its answer."""
    peers = [house.come()[0] for _ in range(5)]
    for peer in peers:
        peer.sendall(b"NOOP\r\n")
    house.rounds.doRead()
    assert [peer.recv(100)[:4] for peer in peers] == [b"250 "] * 5
    assert house.reactor.calls == []


def test_who_always_goes_on_lets_the_reactor_go_on(house):
    """Who says more as soon as it was heard is heard again, but not for ever in one turn."""
    peer, protocol = house.come()
    heard = []

    def more(octets: bytes) -> None:
        heard.append(octets)
        peer.sendall(b"NOOP\r\n")

    protocol.dataReceived = more
    peer.sendall(b"NOOP\r\n")
    house.rounds.doRead()
    assert len(heard) == ROUNDS
    house.rounds.doRead()
    assert len(heard) == 2 * ROUNDS


def test_an_answer_from_elsewhere_goes_out_too(house):
    """What is answered between two rounds does not wait for the next."""
    peer, protocol = house.come()
    protocol.session.say(Reply(250, "2.0.0", "Later"))
    protocol._advance()
    house.reactor.run_calls()
    assert peer.recv(100) == b"250 2.0.0 Later\r\n"


def test_who_hangs_up_is_the_reactors(house):
    """The end of a connection is found by Twisted, as ever: the protocol hears of it once."""
    peer, protocol = house.come()
    peer.close()
    house.rounds.doRead()
    transport = protocol.transport
    assert house.reactor.readers == [transport]
    assert transport.reactor is house.reactor
    transport.connectionLost(Failure(transport.doRead()))
    assert protocol.session is None
    assert house.reactor.readers == []


def test_what_is_not_to_be_read_stays_in_the_socket(house):
    """A paused connection is not read, and is read again when it is resumed."""
    peer, protocol = house.come()
    other, _ = house.come()
    protocol.transport.pauseProducing()
    peer.sendall(b"NOOP\r\n")
    other.sendall(b"NOOP\r\n")
    house.rounds.doRead()
    assert other.recv(100).startswith(b"250 ")
    assert protocol.session.commands == 0
    protocol.transport.resumeProducing()
    house.rounds.doRead()
    assert peer.recv(100).startswith(b"250 ")


def test_a_protocol_that_raises_loses_its_connection_alone(house):
    """A bug in somebody's subclass ends one connection, with a traceback in the log."""
    bad, protocol = house.come()
    good, _ = house.come()
    protocol.dataReceived = lambda _octets: 1 // 0
    bad.sendall(b"NOOP\r\n")
    good.sendall(b"NOOP\r\n")
    house.rounds.doRead()
    assert good.recv(100).startswith(b"250 ")
    assert protocol.session is None
    assert [e["log_failure"].type for e in house.events if "log_failure" in e] == [
        ZeroDivisionError
    ]


def test_one_may_end_another_in_the_same_round(house):
    """Whose connection is closed while others are heard is not read from a socket that is gone."""
    first, one = house.come()
    second, two = house.come()

    def each_other(_octets: bytes) -> None:
        for protocol in (one, two):
            if protocol.session is not None:
                protocol.transport.connectionLost(Failure(ConnectionLost()))

    one.dataReceived = two.dataReceived = each_other
    first.sendall(b"NOOP\r\n")
    second.sendall(b"NOOP\r\n")
    house.rounds.doRead()
    assert one.session is two.session is None
    assert [e for e in house.events if "log_failure" in e] == []


def test_nothing_stays_behind(house):
    """When the last one has gone the reactor has nothing more to read; the next may come."""
    _, protocol = house.come()
    rounds = house.rounds
    protocol.transport.connectionLost(Failure(ConnectionLost()))
    assert house.reactor.readers == []
    assert rounds.fileno() == -1
    peer, _ = house.come()
    peer.sendall(b"NOOP\r\n")
    house.rounds.doRead()
    assert peer.recv(100).startswith(b"250 ")


def test_a_stopping_reactor_ends_every_connection(house):
    """As it does to the connections that it reads itself."""
    protocols = [house.come()[1] for _ in range(3)]
    house.rounds.connectionLost(Failure(ConnectionLost()))
    assert [protocol.session for protocol in protocols] == [None] * 3
