"""The stock `twisted.mail.smtp.ESMTP`, whose IMessage forgets, as an accept peer.

As it ships it logs a line for each letter, and twistd writes the log to a file; `silent` turns both
off.

python -m bench.peers.stock PORT shipped|silent LOGFILE
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from twisted.internet import defer, reactor
from twisted.logger import globalLogBeginner, textFileLogObserver
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

    def buildProtocol(self, addr):
        """One connection."""
        made = super().buildProtocol(addr)
        made.delivery = Nobody()
        made.noisy = self.noisy
        return made


def main() -> None:
    port, form, path = int(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
    factory = Factory()
    factory.noisy = form == "shipped"
    if factory.noisy:
        log = textFileLogObserver(path.open("w", encoding="utf-8"))
        globalLogBeginner.beginLoggingTo([log], redirectStandardIO=False)
    reactor.listenTCP(port, factory, backlog=1024, interface="127.0.0.1")
    print("ready", os.getpid(), flush=True)
    reactor.run()


if __name__ == "__main__":
    main()
