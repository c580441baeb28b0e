"""The relay: the delivery agent that sends letters onward by SMTP."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from attrs import evolve
from zope.interface import implementer

from mailtickets.errors import Permanent, SettingsError, Temporary
from mailtickets.interfaces import IAgent
from mailtickets.mail.envelope import Item
from mailtickets.mail.mailbox import Mailbox
from mailtickets.outcomes import Outcome
from mailtickets.plugin import Needs
from mailtickets.relay.direct import DirectAgent, make_direct
from mailtickets.relay.dkim import Signatures, keys_of
from mailtickets.relay.keys import SMART_HOST
from mailtickets.relay.sending import Sender
from mailtickets.relay.suppression import Suppressing, Suppressions
from mailtickets.relay.targets import Limits, Target, Tls, flag, limits_of, target_of
from mailtickets.relay.transaction import outcome_of


def make(settings: Mapping[str, Any], needs: Needs) -> IAgent:
    """The relay that `settings` ask for; "url" is smtp://HOST:PORT, smtps://HOST:PORT or mx.

    Raises SettingsError.
    """
    agent: SmartHost | DirectAgent
    if settings.get("url") == "mx":
        agent = make_direct(settings, needs)
    else:
        unknown = sorted(set(settings) - SMART_HOST)
        if unknown:
            cure = f"the relay's settings are {', '.join(sorted(SMART_HOST))}"
            raise SettingsError(unknown[0], cure)
        signatures = Signatures(keys_of(settings.get("dkim")))
        agent = SmartHost(target_of(settings), limits_of(settings), needs, signatures)
    if not flag(settings, "suppress", default=True) or needs.register is None:
        return agent
    suppressions = Suppressions(needs.register, time.time)
    return Suppressing(agent, suppressions, needs.meter)


@implementer(IAgent)
class SmartHost:
    """Sends every letter to one host, which takes care of the rest."""

    def __init__(
        self, target: Target, limits: Limits, needs: Needs, signatures: Signatures
    ) -> None:
        self._target = target
        self._sender = Sender(limits, needs, signatures)

    async def deliver(self, item: Item) -> Mapping[Mailbox, Outcome]:
        """Send the letter. At least once: after a lost answer to the dot it is sent again."""
        load = await self._sender.load(item.letter)
        target = self._target
        if item.letter.envelope.require_tls and target.tls is not Tls.WRAPPED:
            target = evolve(target, tls=Tls.REQUIRED, verify=True)  # RFC 8689 section 4.2.1
        try:
            return await self._sender.send(target, item.letter, load, item.recipients)
        except (Permanent, Temporary) as why:
            return dict.fromkeys(item.recipients, outcome_of(why))

    def close(self) -> None:
        """Close the connections that are kept."""
        self._sender.close()
