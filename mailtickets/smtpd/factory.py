"""The factory of a front door: SMTP, or LMTP."""

from __future__ import annotations

from collections.abc import Callable
from time import time
from typing import Any

from twisted.cred.portal import Portal
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger
from twisted.mail import smtp

from mailtickets.interfaces import IMeter
from mailtickets.smtp.limits import Limits
from mailtickets.smtpd.auth import Challengers, default_challengers
from mailtickets.smtpd.door import Door, Uncounted
from mailtickets.smtpd.promises import ITakesChunks
from mailtickets.smtpd.protocol import ESMTP

FAREWELL = 2.0  # seconds for the last words of a stop


class SMTPFactory(smtp.SMTPFactory):
    """Listens, for a delivery.

    `delivery` is any twisted.mail IMessageDelivery, or `delivery_factory` an
    IMessageDeliveryFactory, or else `portal` is asked, as by twisted.mail. `tls` is what
    `transport.startTLS` takes (`mailtickets.smtpd.tls.Certificates`); STARTTLS is offered when it
    is given. AUTH is offered when there is a portal, in the clear only with `auth_in_clear`.
    `clock` (a reactor) measures deadlines, `now` tells the time of letters in seconds since 1970.
    `lmtp` makes it speak LMTP (RFC 2033).
    """

    protocol = ESMTP
    noisy = False

    def __init__(
        self,
        delivery: Any = None,
        *,
        clock: IReactorTime,
        limits: Limits | None = None,
        hostname: str = "localhost",
        tls: Any = None,
        portal: Portal | None = None,
        delivery_factory: Any = None,
        challengers: Challengers | None = None,
        auth_in_clear: bool = False,
        lmtp: bool = False,
        meter: IMeter | None = None,
        log: Logger | None = None,
        now: Callable[[], float] = time,
    ) -> None:
        super().__init__(portal)  # type: ignore[no-untyped-call]
        self.delivery = delivery
        self.delivery_factory = delivery_factory
        self.domain = hostname.encode("ascii")
        if challengers is None:
            challengers = default_challengers() if portal is not None else {}
        self.challengers = dict(challengers)
        self.door = Door(
            clock,
            limits or Limits(),
            hostname=hostname,
            lmtp=lmtp,
            tls=tls,
            mechanisms=tuple(name.decode("ascii").upper() for name in self.challengers),
            auth_in_clear=auth_in_clear,
            binary=delivery is not None and ITakesChunks.providedBy(delivery),
            meter=meter or Uncounted(),
            log=log or Logger(namespace="mailtickets.smtpd"),
            now=now,
        )

    def buildProtocol(self, addr: Any) -> ESMTP:  # noqa: ARG002 - Twisted's promise
        """A protocol for a new connection."""
        made = self.protocol(self.challengers, self.door.tls)
        made.factory = self
        made.door = self.door
        made.portal = self.portal
        made.host = self.domain
        made.delivery = self.delivery
        made.deliveryFactory = self.delivery_factory
        return made

    async def drain(self, seconds: float) -> None:
        """Stop gracefully; returns when every connection is gone.

        New connections get 421. Those without a letter in its data phase get 421 now, the others
        when their letter is answered, and all that are left after `seconds`. Close the listening
        port first.
        """
        door = self.door
        door.draining = True
        for connection in door.table.unknown():
            connection.abort()
        for connection in door.table.all():
            connection.retire()
        await door.table.when_empty(seconds)
        for connection in door.table.all():
            connection.stop()
        await door.table.when_empty(FAREWELL)
        for connection in door.table.all():
            connection.abort()
        await door.table.when_empty(FAREWELL)
