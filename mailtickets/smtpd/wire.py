"""The transport of one connection, as the protocol uses it: write at once, pause, hang up.

Twisted keeps what is written until the reactor says that the socket can take it: two changes of
the epoll set and one more turn of the loop for each reply, more than all of our own work. A reply
is small and the socket's buffer nearly always empty, so it is sent now, and what does not fit goes
Twisted's way.
"""

from __future__ import annotations

from typing import Any

from twisted.internet.tcp import Server

from mailtickets.smtpd.deadlines import ABORT_AFTER, CLOSE_AFTER


class Wire:
    """`transport` is whatever the protocol was connected to; `producer` is told when to wait."""

    __slots__ = ("_produces", "_send", "_transport", "closing", "paused")

    def __init__(self, transport: Any, producer: Any) -> None:
        self._transport = transport
        self._send = transport.socket.send if type(transport) is Server else None
        self.paused = False  # it is not read
        self.closing: float | None = None  # since when our last words are out
        transport.registerProducer(producer, True)
        self._produces = True

    def write(self, octets: bytes) -> None:
        """Write `octets` after what was written before."""
        transport = self._transport
        if (
            self._send is not None
            and not transport.dataBuffer
            and not transport._tempDataBuffer  # noqa: SLF001 - nothing may overtake what is there
            and not transport.TLS
            and transport.connected
            and not transport.disconnecting
        ):
            try:
                sent = self._send(octets)
            except OSError:  # no room, or nobody there: the transport will find out which
                sent = 0
            if sent == len(octets):
                return
            octets = octets[sent:]
        transport.write(octets)

    def pause(self) -> None:
        """Read no more for now."""
        if not self.paused and self.closing is None:
            self.paused = True
            self._transport.pauseProducing()

    def resume(self) -> None:
        """Read again."""
        if self.paused:
            self.paused = False
            self._transport.resumeProducing()

    def lose(self) -> None:
        """Close when what is written is out."""
        self._let_go()
        self._transport.loseConnection()

    def hang_up(self, now: float, *, politely: bool) -> None:
        """Our last words are written.

        A socket closed with octets unread sends a reset, which may overtake our last words. So
        politely, the peer sees the end of them first, and what it still sends is thrown away;
        `look` closes it in the end.
        """
        self.closing = now
        self._let_go()
        half_close = getattr(self._transport, "loseWriteConnection", None) if politely else None
        if half_close is None:
            self._transport.loseConnection()
        else:
            half_close()
            self.resume()

    def look(self, now: float) -> None:
        """Who does not hang up after our last words is hung up on."""
        waited = 0.0 if self.closing is None else now - self.closing
        if waited > ABORT_AFTER:
            self._transport.abortConnection()
        elif waited > CLOSE_AFTER:
            self.lose()

    def _let_go(self) -> None:
        if self._produces:
            self._produces = False
            self._transport.unregisterProducer()
