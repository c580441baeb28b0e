"""The rounds of a door: all who have said something are heard, then all of them are answered.

Twisted hears each connection by itself, through layers that set up a context for its log; for a
command that is more work than all of ours. So a door keeps an epoll of its own, which is one
descriptor to the reactor, and reads its connections in a loop. Everything else stays Twisted's: we
stand where the transport's reactor stood, and hear from it when to read and when no more. What is
no plain read, an end or an error, goes back to the reactor together with its connection.

Answers go out when everybody has been heard: a send wakes the peer, and one who is on the same
machine wants the processor at once. Twenty peers answered one by one cost a third more.
"""

from __future__ import annotations

import select
from typing import TYPE_CHECKING, Any

from twisted.internet.interfaces import IReactorTime, IReadDescriptor
from twisted.internet.main import CONNECTION_LOST
from twisted.internet.tcp import Server
from twisted.logger import Logger
from twisted.python.failure import Failure
from zope.interface import implementer

if TYPE_CHECKING:
    from mailtickets.smtpd.wire import Wire

MOST = 256  # connections heard in one round
ROUNDS = 4  # in one turn of the reactor: who was answered may have gone on meanwhile


@implementer(IReadDescriptor)
class Rounds:
    """`clock` is the reactor, whose turn a round is."""

    def __init__(self, clock: IReactorTime, log: Logger) -> None:
        self._clock = clock
        self._log = log
        self._wires: list[Wire] = []  # which have something to send
        self._listening = False  # it is our turn: we send at its end
        self._reactor: Any = None  # which calls us
        self._epoll: Any = None  # while anybody is read
        self._readers: dict[int, Any] = {}  # transports by their file descriptors

    # What is sent

    def add(self, wire: Wire) -> None:
        """Have a wire's octets sent when everybody has been heard."""
        if not self._wires and not self._listening:
            self._clock.callLater(0, self._send)
        self._wires.append(wire)

    def _send(self) -> None:
        wires, self._wires = self._wires, []
        for wire in wires:
            try:
                wire.flush()
            except Exception:
                self._log.failure("A reply could not be sent")

    # Who is read

    def take(self, transport: Any) -> None:
        """Read this transport from now on; one that is no plain socket its reactor goes on reading.

        Those are TLS from the first octet, a proxy's connections and UNIX sockets.
        """
        if type(transport) is Server and hasattr(select, "epoll"):
            self._reactor = transport.reactor
            _hand_over(transport, self)

    def _give_back(self, transport: Any) -> None:
        _hand_over(transport, self._reactor)

    def addReader(self, reader: Any) -> None:
        """A transport of ours is to be read (IReactorFDSet)."""
        at = reader.fileno()
        if at in self._readers:
            return
        if self._epoll is None:
            self._epoll = select.epoll()
            self._reactor.addReader(self)
        self._readers[at] = reader
        self._epoll.register(at, select.EPOLLIN)

    def removeReader(self, reader: Any) -> None:
        """A transport of ours is to be read no more (IReactorFDSet)."""
        at = reader.fileno()
        if self._readers.get(at) is not reader:
            return
        del self._readers[at]
        self._epoll.unregister(at)
        if not self._readers:
            self._reactor.removeReader(self)
            self._epoll.close()
            self._epoll = None

    def __getattr__(self, name: str) -> Any:
        """All else that a transport asks of its reactor."""
        return getattr(self._reactor, name)

    # What the reactor calls

    def fileno(self) -> int:
        """The descriptor that can be read when somebody has said something."""
        return -1 if self._epoll is None else self._epoll.fileno()

    def doRead(self) -> None:
        """Hear whoever has said something, and answer; a few times, while anybody has."""
        for _ in range(ROUNDS):
            if self._epoll is None or not self._round():
                return

    def _round(self) -> bool:
        """Whether anybody had said something."""
        readers = self._readers
        self._listening = True
        try:
            said = self._epoll.poll(0, MOST)
            for at, event in said:
                transport = readers.get(at)
                if transport is None:
                    continue  # one who was heard before had it closed
                if event != select.EPOLLIN:
                    self._give_back(transport)
                    continue
                try:
                    octets = transport.socket.recv(transport.bufferSize)
                except BlockingIOError:
                    continue
                except OSError:
                    transport.connectionLost(Failure(CONNECTION_LOST))  # type: ignore[no-untyped-call]
                    continue
                if octets:
                    self._hear(transport, octets)
                else:
                    self._give_back(transport)
        finally:
            self._listening = False
            self._send()
        return bool(said)

    def _hear(self, transport: Any, octets: bytes) -> None:
        try:
            transport.protocol.dataReceived(octets)
        except Exception as why:  # as the reactor does
            self._log.failure("A connection is given up")
            transport.connectionLost(Failure(why))  # type: ignore[no-untyped-call]

    def connectionLost(self, reason: Failure) -> None:
        """The reactor has stopped."""
        for transport in tuple(self._readers.values()):
            transport.connectionLost(reason)

    def logPrefix(self) -> str:
        """The word for old logs."""
        return "mailtickets.smtpd"


def _hand_over(transport: Any, reader: Any) -> None:
    transport.stopReading()
    transport.reactor = reader
    transport.startReading()
