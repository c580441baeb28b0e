"""Mail in, tickets; tickets, mail out: an ESMTP gateway to ticketing systems, on Twisted."""

__version__ = "0.1.0"
