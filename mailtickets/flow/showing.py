"""What became of a letter is shown beside its comment, at desks that can show it.

It is a courtesy: a desk that fails at it, or is slow, holds up no letter and loses nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from twisted.internet.defer import Deferred, ensureDeferred
from twisted.internet.defer import TimeoutError as DeferredTimeoutError
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from mailtickets.errors import Trouble
from mailtickets.interfaces import IDesk, IShowsDelivery
from mailtickets.tickets.values import Delivery, Fate, Outgoing

PATIENCE = 5.0
"""Seconds a desk may take."""
REST = 60.0
"""Seconds a desk is left in peace after it failed."""


class Showing:
    """Shows deliveries."""

    def __init__(self, desks: Mapping[str, IDesk], clock: IReactorTime, log: Logger) -> None:
        self._desks = desks
        self._clock = clock
        self._log = log
        self._resting: dict[str, float] = {}

    async def show(self, about: Outgoing, recipient: str, fate: Fate, text: str = "") -> None:
        """Show it, where it is known which comment it is about. Never raises."""
        desk: Any = self._desks.get(about.desk)
        if not about.comment or not IShowsDelivery.providedBy(desk):
            return
        if self._resting.get(about.desk, 0.0) > self._clock.seconds():
            return
        delivery = Delivery(about.ticket, about.comment, recipient, fate, text)
        showing: Deferred[None] = ensureDeferred(_shown(desk, delivery))
        try:
            await showing.addTimeout(PATIENCE, self._clock)
        except (Trouble, DeferredTimeoutError) as why:
            self._rest(about.desk)
            self._log.warn(
                "desk {desk} does not show a delivery: {text}",
                desk=about.desk,
                text=why.text if isinstance(why, Trouble) else "it takes too long",
            )
        except Exception:
            self._rest(about.desk)
            self._log.failure("desk {desk} does not show a delivery", desk=about.desk)

    def _rest(self, desk: str) -> None:
        self._resting[desk] = self._clock.seconds() + REST


async def _shown(desk: IShowsDelivery, delivery: Delivery) -> None:
    await desk.delivery(delivery)
