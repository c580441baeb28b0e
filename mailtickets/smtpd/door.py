"""A front door: what all of its connections share."""

from __future__ import annotations

from collections.abc import Callable
from time import time
from typing import Any

from attrs import define, field
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger
from zope.interface import implementer

from mailtickets.interfaces import IMeter
from mailtickets.mail.envelope import TraceIds
from mailtickets.smtp.extensions import Offer
from mailtickets.smtp.limits import Limits
from mailtickets.smtpd.guesses import Guesses
from mailtickets.smtpd.rounds import Rounds
from mailtickets.smtpd.senders import Senders
from mailtickets.smtpd.table import Table


@implementer(IMeter)
class Uncounted:
    """A meter for those who have none."""

    def count(self, name: str, amount: float = 1, **labels: str) -> None:
        """Nothing."""

    def gauge(self, name: str, value: float, **labels: str) -> None:
        """Nothing."""

    def observe(self, name: str, value: float, **labels: str) -> None:
        """Nothing."""


@define
class Door:
    """The settings, the clock, the log and the table of connections of one front door.

    `clock` counts the deadlines (IReactorTime); `now` tells when a letter arrived, in seconds
    since 1970. `tls` is what `transport.startTLS` takes.
    """

    clock: IReactorTime
    limits: Limits = Limits()
    hostname: str = "localhost"
    lmtp: bool = False
    tls: Any = None
    mechanisms: tuple[str, ...] = ()
    auth_in_clear: bool = False
    binary: bool = False
    meter: IMeter = field(factory=Uncounted)
    log: Logger = field(factory=lambda: Logger(namespace="mailtickets.smtpd"))
    now: Callable[[], float] = time
    draining: bool = False
    ids: TraceIds = field(factory=TraceIds)
    table: Table = field(init=False)
    rounds: Rounds = field(init=False)
    guesses: Guesses = field(init=False)
    senders: Senders = field(init=False)
    offer: Offer = field(init=False)
    encrypted_offer: Offer = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.table = Table(self.limits, self.clock)
        self.rounds = Rounds(self.clock, self.log)
        self.guesses = Guesses(self.limits)
        self.senders = Senders(self.limits)
        self.offer = self._offer(encrypted=False)
        self.encrypted_offer = self._offer(encrypted=True)

    def _offer(self, *, encrypted: bool) -> Offer:
        return Offer(
            hostname=self.hostname,
            limits=self.limits,
            lmtp=self.lmtp,
            tls=self.tls is not None,
            encrypted=encrypted,
            mechanisms=self.mechanisms,
            auth_in_clear=self.auth_in_clear,
            binary=self.binary,
        )

    @property
    def name(self) -> str:
        """The word for logs and counters."""
        return "lmtp" if self.lmtp else "smtp"
