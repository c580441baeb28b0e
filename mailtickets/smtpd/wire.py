"""The transport of one connection, as the protocol uses it: write, pause, hang up.

Twisted keeps what is written until the reactor says that the socket can take it: two changes of
the epoll set and one more turn of the loop for each reply, more than all of our own work. A reply
is small and the socket's buffer nearly always empty, so we send it ourselves at the end of a round,
and what does not fit goes Twisted's way.
"""

from __future__ import annotations

from typing import Any

from twisted.internet.tcp import Server

from mailtickets.smtpd.deadlines import ABORT_AFTER, CLOSE_AFTER
from mailtickets.smtpd.rounds import Rounds


class Wire:
    """`transport` is whatever the protocol was connected to; `producer` is told when to wait."""

    __slots__ = ("_pending", "_produces", "_rounds", "_send", "_transport", "closing", "paused")

    def __init__(self, transport: Any, producer: Any, rounds: Rounds) -> None:
        self._transport = transport
        self._rounds = rounds
        # How to send it ourselves; None where Twisted must.
        self._send = transport.socket.send if type(transport) is Server else None
        self._pending = b""
        self.paused = False  # it is not read
        self.closing: float | None = None  # since when our last words are out
        rounds.take(transport)
        transport.registerProducer(producer, True)
        self._produces = True

    def write(self, octets: bytes) -> None:
        """Write `octets` after what was written before."""
        if self._pending:
            self._pending += octets
        elif self._send is None:
            self._transport.write(octets)
        else:
            self._pending = octets
            self._rounds.add(self)

    def flush(self) -> None:
        """Send what was written."""
        octets, self._pending = self._pending, b""
        send, transport = self._send, self._transport
        if not octets or send is None:
            return
        # Nothing may overtake what somebody else wrote.
        if not transport.dataBuffer and not transport._tempDataBuffer:  # noqa: SLF001
            try:
                sent = send(octets)
            except OSError:  # no room, or nobody there: the transport will find out which
                sent = 0
            if sent == len(octets):
                return
            octets = octets[sent:]
        transport.write(octets)

    def start_tls(self, context: Any) -> None:
        """Speak TLS from here on."""
        self.flush()
        self._send = None
        self._transport.startTLS(context)

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

    def look(self, now: float, *, patiently: bool = True) -> None:
        """Who does not hang up after our last words is hung up on."""
        waited = 0.0 if self.closing is None else now - self.closing
        if waited > (ABORT_AFTER if patiently else CLOSE_AFTER):
            self._transport.abortConnection()
        elif waited > CLOSE_AFTER:
            self.lose()

    def _let_go(self) -> None:
        self.flush()
        self._send = None
        if self._produces:
            self._produces = False
            self._transport.unregisterProducer()
