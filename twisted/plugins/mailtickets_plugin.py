"""Tells twistd about its subcommand: `twistd mailtickets`."""

from twisted.application.service import ServiceMaker

mailtickets = ServiceMaker(
    "mailtickets",
    "mailtickets.service.tap",
    "Mail in, tickets; tickets, mail out: an ESMTP gateway to ticketing systems.",
    "mailtickets",
)
