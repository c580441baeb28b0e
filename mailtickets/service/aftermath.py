"""Those who look after a letter that left: the relay that tells, and who takes what comes back."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from twisted.logger import Logger

from mailtickets.errors import SettingsError
from mailtickets.flow.pickup import RELAY
from mailtickets.flow.returned import Participants, Returns
from mailtickets.flow.showing import Showing
from mailtickets.flow.telling import Telling
from mailtickets.interfaces import IDesk, ILedger
from mailtickets.plugin import Needs
from mailtickets.registers import IRegister
from mailtickets.relay.keys import ANSWERS
from mailtickets.relay.suppression import Suppressions
from mailtickets.relay.targets import limits_of
from mailtickets.routing.addresses import AddressBook
from mailtickets.routing.fates import NEWS, Fate
from mailtickets.service import finding
from mailtickets.service.settings import HOLD, Settings
from mailtickets.tickets.values import Fate as AnyFate

DIRECT_AT_A_TIME = 100
"""Letters under way to all domains together; one has 20 of them unless the settings say more."""
_TOLD = {"delayed": {Fate.DELAYED}, "delivered": {Fate.SENT, Fate.DELIVERED}}


class Aftermath:
    """Makes them. Raises SettingsError for what the relay's settings spoil."""

    def __init__(
        self,
        settings: Settings,
        needs: Needs,
        desks: Mapping[str, IDesk],
        book: AddressBook,
        log: Logger,
    ) -> None:
        self._settings = settings
        self._needs = needs
        self._desks = desks
        self._book = book
        self._log = log
        self.showing = Showing(desks, needs.reactor, log)
        self.suppressions = suppressions(needs.register) if needs.register else None
        self.receipts = _receipts(settings.relay_options)
        told(settings.relay_options)

    def relay(self, closing: list[Callable[[], None]]) -> Telling | None:
        """The relay, with who tells the desks; what is to be closed goes into `closing`."""
        settings = self._settings
        if settings.relay == HOLD:
            return None
        own = {key: value for key, value in settings.relay_options.items() if key not in ANSWERS}
        agent = finding.make("agent", RELAY, "relay", {**own, "url": settings.relay}, self._needs)
        closing.append(agent.close)
        return Telling(
            agent,
            desks=self._desks,
            showing=self.showing,
            book=self._book,
            now=time.time,
            hostname=settings.hostname,
            log=self._log,
            told=told(settings.relay_options),
            direct=settings.relay == "mx",
            give_up=settings.give_up,
        )

    @property
    def at_a_time(self) -> int:
        """How many letters the relay carries: more than any one place may hold up.

        A smart host is the one place there is: what it could not take at once need not be taken.
        """
        if self._settings.relay == "mx":
            return DIRECT_AT_A_TIME
        return limits_of(self._settings.relay_options).per_host

    def returns(self, ledger: ILedger, participants: Participants) -> Returns:
        """Who takes what comes back; `participants` tells who reads a ticket."""
        return Returns(
            book=self._book,
            ledger=ledger,
            desks=self._desks,
            showing=self.showing,
            suppressions=self.suppressions,
            participants=participants,
            told=told(self._settings.relay_options),
        )


def suppressions(register: IRegister) -> Suppressions:
    """The suppression list of a register."""
    return Suppressions(register, time.time)


def told(options: Mapping[str, Any]) -> frozenset[AnyFate]:
    """The fates that become comments, beside failures. Raises SettingsError."""
    given = options.get("tell")
    if given is None:
        return NEWS
    named = [given] if isinstance(given, str) else given
    if not isinstance(named, list) or not set(map(str, named)) <= _TOLD.keys():
        raise SettingsError("relay.tell", 'a list of "delayed" and "delivered", or an empty one')
    return frozenset().union(*(_TOLD[str(one)] for one in named))


def _receipts(options: Mapping[str, Any]) -> bool:
    given = options.get("receipts", False)
    if not isinstance(given, bool):
        raise SettingsError("relay.receipts", "true or false")
    return given
