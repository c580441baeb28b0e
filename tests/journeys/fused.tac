"""The gateway with a fuse: at the step $FUSE, reached for the $TURN-th time, SIGKILL to itself.

What it shall do otherwise stands in $MAILTICKETS, as on the command line of `twistd mailtickets`.
"""

import os
import shlex
import signal

from twisted.application.service import Application
from twisted.internet import reactor
from zope.interface import implementer

from mailtickets.interfaces import ISteps
from mailtickets.service.assembly import build
from mailtickets.service.finding import kind_keys
from mailtickets.service.settings import from_options
from mailtickets.service.tap import Options


@implementer(ISteps)
class Fuse:
    """Burns through once."""

    def __init__(self, step, turn):
        self.step = step
        self.left = turn

    def reached(self, step):
        """The end, if it is the step and the turn."""
        if step == self.step:
            self.left -= 1
            if not self.left:
                os.write(1, b"the fuse burns\n")
                os.kill(os.getpid(), signal.SIGKILL)


options = Options()
options.parseOptions(shlex.split(os.environ["MAILTICKETS"]))
fuse = Fuse(os.environ.get("FUSE"), int(os.environ.get("TURN", "1")))
application = Application("mailtickets with a fuse")
settings = from_options(options.named(), kind_keys)
build(settings, reactor, steps=fuse).setServiceParent(application)
