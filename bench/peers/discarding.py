"""An agent that forgets every letter, as Postfix's discard transport does, and one that waits."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from typing import Any

from twisted.internet.defer import Deferred
from zope.interface import implementer

from mailtickets.interfaces import IAgent
from mailtickets.mail.envelope import Item
from mailtickets.mail.mailbox import Mailbox
from mailtickets.outcomes import Delivered, Outcome, State
from mailtickets.plugin import Needs


@implementer(IAgent)
class Discarding:
    """Delivered, and gone."""

    async def deliver(self, item: Item) -> Mapping[Mailbox, Outcome]:
        """At once."""
        return dict.fromkeys(item.recipients, Delivered(State.DELIVERED))


@implementer(IAgent)
class Waiting:
    """Never says what became of a letter."""

    def deliver(self, item: Item) -> Awaitable[Mapping[Mailbox, Outcome]]:
        """Not in this life."""
        return Deferred()


def make_waiting(settings: Mapping[str, Any], needs: Needs) -> Waiting:
    """The agent."""
    return Waiting()


def make(settings: Mapping[str, Any], needs: Needs) -> Discarding:
    """The agent."""
    return Discarding()
