"""The stock `twisted.mail.smtp.ESMTP`, whose IMessage forgets, as an accept peer.

python -m bench.peers.stock PORT
"""

from __future__ import annotations

import os
import sys

from twisted.internet import defer, reactor
from twisted.mail import smtp
from zope.interface import implementer


@implementer(smtp.IMessage)
class Lines:
    """An IMessage that forgets."""

    def lineReceived(self, line: bytes) -> None:
        """Nothing."""

    def eomReceived(self):
        """At once."""
        return defer.succeed(None)

    def connectionLost(self) -> None:
        """Nothing."""


@implementer(smtp.IMessageDelivery)
class Nobody:
    """Takes everything."""

    def receivedHeader(self, helo, origin, recipients):
        """None."""
        return b""

    def validateFrom(self, helo, origin):
        """Anybody."""
        return origin

    def validateTo(self, user):
        """Anybody."""
        return Lines


class Factory(smtp.SMTPFactory):
    """ESMTP for everybody."""

    protocol = smtp.ESMTP
    noisy = False

    def buildProtocol(self, addr):
        """One connection."""
        made = super().buildProtocol(addr)
        made.delivery = Nobody()
        made.noisy = False
        return made


def main() -> None:
    reactor.listenTCP(int(sys.argv[1]), Factory(), backlog=1024, interface="127.0.0.1")
    print("ready", os.getpid(), flush=True)
    reactor.run()


if __name__ == "__main__":
    main()
