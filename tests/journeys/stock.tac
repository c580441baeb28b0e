"""The gateway, and a door beside it where twisted.mail's own protocol has the same delivery.

What it shall do stands in $MAILTICKETS, as on the command line of `twistd mailtickets`, and the
second door in $STOCK, an endpoint.
"""

import os
import shlex

from twisted.application.internet import StreamServerEndpointService
from twisted.application.service import Application
from twisted.internet import reactor
from twisted.internet.endpoints import serverFromString
from twisted.mail import smtp

from mailtickets.service.tap import Options, makeService


class Stock(smtp.SMTPFactory):
    """twisted.mail's own factory and protocol."""

    protocol = smtp.ESMTP

    def buildProtocol(self, addr):
        """A protocol with our delivery behind it."""
        made = super().buildProtocol(addr)
        made.delivery = gateway.delivery
        return made


options = Options()
options.parseOptions(shlex.split(os.environ["MAILTICKETS"]))
application = Application("mailtickets and a stock door")
gateway = makeService(options)
gateway.setServiceParent(application)
door = serverFromString(reactor, os.environ["STOCK"])
StreamServerEndpointService(door, Stock()).setServiceParent(application)
