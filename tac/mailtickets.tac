"""mailtickets beside a second service, in one process.

    twistd -ny tac/mailtickets.tac

The second service here is a page that says that it is there; put your own in its place. What
mailtickets shall do stands in $MAILTICKETS as it would on the command line of `twistd mailtickets`,
and where the page is served in $PAGE, an endpoint.
"""

import os
import shlex

from twisted.application.internet import StreamServerEndpointService
from twisted.application.service import Application
from twisted.internet import reactor
from twisted.internet.endpoints import serverFromString
from twisted.web.resource import Resource
from twisted.web.server import Site
from twisted.web.static import Data

from mailtickets.service.tap import Options, makeService

application = Application("mailtickets and company")

options = Options()
options.parseOptions(
    shlex.split(os.environ.get("MAILTICKETS", "--port 2525 --domain support-ticket.com"))
)
makeService(options).setServiceParent(application)

root = Resource()
root.putChild(b"", Data(b"I am the second service.\n", "text/plain"))
page = serverFromString(reactor, os.environ.get("PAGE", "tcp:8026:interface=127.0.0.1"))
StreamServerEndpointService(page, Site(root)).setServiceParent(application)
