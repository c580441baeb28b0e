"""Our edge as an accept peer: `discard` forgets every letter, with the log as it ships.

python -m bench.peers.ours PORT discard|lines LOGFILE
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

from twisted.internet import reactor
from twisted.internet.endpoints import TCP4ServerEndpoint
from twisted.logger import globalLogBeginner
from twisted.mail import smtp
from zope.interface import implementer

from mailtickets.interfaces import IIncoming, IReception
from mailtickets.mail.envelope import Envelope
from mailtickets.mail.mailbox import Mailbox
from mailtickets.service.logs import observer
from mailtickets.slips import Accepted
from mailtickets.smtpd import Delivery, Limits, SMTPFactory
from mailtickets.tickets.values import Destination, NewTicket

HERE = NewTicket("support")


@implementer(IIncoming)
class Forgotten:
    """A letter that nobody keeps."""

    def __init__(self, envelope: Envelope) -> None:
        self.id = envelope.id

    def write(self, octets: bytes) -> None:
        """Nothing."""

    async def finish(self) -> Accepted:
        """At once."""
        return Accepted(self.id)

    def discard(self) -> None:
        """Nothing."""


@implementer(IReception)
class Nobody:
    """Takes everything and keeps nothing."""

    async def recipient(self, mailbox: Mailbox, envelope: Envelope) -> Destination:
        """Everybody is known."""
        return HERE

    def begin(self, envelope: Envelope, destinations: Mapping[Mailbox, Destination]) -> Forgotten:
        """A letter begins."""
        return Forgotten(envelope)


@implementer(smtp.IMessage)
class Lines:
    """An IMessage that forgets."""

    def lineReceived(self, line: bytes) -> None:
        """Nothing."""

    def eomReceived(self) -> None:
        """At once."""

    def connectionLost(self) -> None:
        """Nothing."""


@implementer(smtp.IMessageDelivery)
class StrangersDelivery:
    """A plain twisted.mail delivery that forgets, line by line."""

    def receivedHeader(self, helo, origin, recipients) -> bytes:
        """None."""
        return b""

    def validateFrom(self, helo, origin):
        """Anybody."""
        return origin

    def validateTo(self, user):
        """Anybody."""
        return Lines


def main() -> None:
    port, form, path = int(sys.argv[1]), sys.argv[2], sys.argv[3]
    shipped = observer("text", {"logfile": path}, reactor)
    globalLogBeginner.beginLoggingTo([shipped], redirectStandardIO=False)
    delivery = Delivery(Nobody()) if form == "discard" else StrangersDelivery()
    limits = Limits(connections=20_000, message_size=100_000_000)
    factory = SMTPFactory(delivery, clock=reactor, limits=limits)
    listening = TCP4ServerEndpoint(reactor, port, backlog=1024, interface="127.0.0.1")
    listening.listen(factory).addCallback(lambda _: print("ready", os.getpid(), flush=True))
    if os.environ.get("PROFILE"):
        import cProfile

        profile = cProfile.Profile()
        reactor.addSystemEventTrigger(
            "after", "shutdown", lambda: profile.dump_stats(os.environ["PROFILE"])
        )
        profile.runcall(reactor.run)
    else:
        reactor.run()


if __name__ == "__main__":
    main()
