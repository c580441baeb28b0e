"""A front door on a memory transport and a clock that stands still."""

from __future__ import annotations

from typing import Any

from attrs import define, field
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.logger import Logger

from mailtickets.smtpd import ESMTP, Delivery, Limits, SMTPFactory
from tests.smtpd.fakes import MemoryReception

MAIL = b"MAIL FROM:<nic@ferrier>\r\n"
RCPT = b"RCPT TO:<new@support>\r\n"
START = MAIL + RCPT + b"DATA\r\n"
LETTER = b"Subject: x\r\n\r\nHi\r\n"
DOT = b".\r\n"
STRANGER = "192.0.2.1"


@define
class Visitor:
    """A connection to a door, seen from outside."""

    protocol: ESMTP
    transport: StringTransport
    read: int = 0

    def say(self, octets: bytes) -> list[str]:
        """Send octets; the lines that came back since the last time."""
        self.protocol.dataReceived(octets)
        return self.heard()

    def heard(self) -> list[str]:
        """The lines that came back since the last time."""
        lines = self.transport.value()[self.read :]
        self.read = len(self.transport.value())
        return lines.decode("ascii").split("\r\n")[:-1]

    def codes(self, octets: bytes = b"") -> str:
        """The codes of the replies to these octets."""
        lines = self.say(octets) if octets else self.heard()
        return " ".join(line[:3] for line in lines if line[3:4] != "-")

    @property
    def gone(self) -> bool:
        """Whether the connection is being closed."""
        return bool(self.transport.disconnecting or self.transport.disconnected)


@define
class House:
    """A door, its reception, its clock and what it logged."""

    reception: MemoryReception = field(factory=MemoryReception)
    clock: Clock = field(factory=Clock)
    events: list[dict[str, Any]] = field(factory=list)
    factory: SMTPFactory = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.open()

    def open(self, delivery: Any = None, limits: Limits | None = None, **changes: Any) -> House:
        """Open the door anew, with other settings."""
        if delivery is None and not {"delivery_factory", "portal"} & set(changes):
            delivery = Delivery(self.reception)
        self.factory = SMTPFactory(
            delivery,
            clock=self.clock,
            limits=limits or Limits(),
            hostname="mx.example",
            log=Logger(namespace="edge", observer=self.events.append),
            now=lambda: 1_000_000.0 + self.clock.seconds(),
            **changes,
        )
        return self

    def come(self, address: str = STRANGER, hello: bytes = b"EHLO vm\r\n") -> Visitor:
        """A visitor, who has said hello."""
        kind = IPv6Address if ":" in address else IPv4Address
        transport = StringTransport(peerAddress=kind("TCP", address, 4321))
        transport.abortConnection = transport.loseConnection
        protocol = self.factory.buildProtocol(None)
        protocol.makeConnection(transport)
        visitor = Visitor(protocol, transport)
        if hello:
            visitor.say(hello)
        return visitor

    def wait(self, seconds: float, step: float = 1.0) -> None:
        """Let time pass."""
        self.clock.pump([step] * int(seconds / step))

    def logged(self, word: str) -> list[dict[str, Any]]:
        """The log events whose line begins with this word."""
        return [event for event in self.events if event.get("line", "").startswith(word)]
