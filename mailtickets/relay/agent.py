"""The relay: the delivery agent that sends letters onward by SMTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from twisted.logger import Logger
from zope.interface import implementer

from mailtickets.errors import SettingsError, Temporary
from mailtickets.interfaces import IAgent
from mailtickets.mail.envelope import Item, Letter
from mailtickets.mail.mailbox import Mailbox
from mailtickets.outcomes import Deferred, Outcome
from mailtickets.plugin import Needs
from mailtickets.relay.commands import Load
from mailtickets.relay.connecting import Connector
from mailtickets.relay.exchange import Exchange, Unused, load_of
from mailtickets.relay.pool import Pool
from mailtickets.relay.targets import KEYS, Limits, Target, limits_of, target_of
from mailtickets.relay.wire import Lost

_log = Logger()


def make(settings: Mapping[str, Any], needs: Needs) -> IAgent:
    """The relay that `settings` ask for; "url" is smtp://HOST:PORT or smtps://HOST:PORT.

    Raises SettingsError.
    """
    unknown = sorted(set(settings) - KEYS)
    if unknown:
        raise SettingsError(unknown[0], f"the relay's settings are {', '.join(sorted(KEYS))}")
    return SmartHost(target_of(settings), limits_of(settings), needs)


class Sender:
    """Sends a letter to the first of some next hops that can be reached."""

    def __init__(self, limits: Limits, needs: Needs) -> None:
        self._limits = limits
        self._needs = needs
        connector = Connector(needs.reactor, needs.hostname, limits)
        self._pool = Pool(needs.reactor, limits, connector.connect)

    async def send(
        self, target: Target, letter: Letter, load: Load, recipients: Sequence[Mailbox]
    ) -> Mapping[Mailbox, Outcome]:
        """The fate of each recipient. Raises Temporary when the next hop takes no letters now."""
        for fresh in (False, True):
            wire, _ = await self._pool.take(target, fresh=fresh)
            exchange = Exchange(str(target), self._limits, self._needs.steps)
            try:
                outcomes = await exchange.send(wire, letter, load, recipients)
            except Unused:
                continue  # it was closed meanwhile, as any next hop may: a new one then
            except BaseException:
                wire.abort("the sending was given up")
                raise
            finally:
                self._pool.give(target, wire)
            if exchange.possibly_twice:
                self._needs.meter.count("relay_possibly_twice")
                _log.warn("{id} may reach {host} twice", id=letter.envelope.id, host=str(target))
            return outcomes
        raise Temporary("4.2", f"{target} closes every connection")

    def close(self) -> None:
        """Close what is idle."""
        self._pool.close()


@implementer(IAgent)
class SmartHost:
    """Sends every letter to one host, which takes care of the rest."""

    def __init__(self, target: Target, limits: Limits, needs: Needs) -> None:
        self._target = target
        self._sender = Sender(limits, needs)

    async def deliver(self, item: Item) -> Mapping[Mailbox, Outcome]:
        """Send the letter. At least once: after a lost answer to the dot it is sent again."""
        load = await load_of(item.letter.octets)
        try:
            return await self._sender.send(self._target, item.letter, load, item.recipients)
        except Temporary as why:
            return dict.fromkeys(item.recipients, Deferred(why))
        except Lost as why:
            trouble = Temporary("4.2", f"{self._target}: {why.why}")
            return dict.fromkeys(item.recipients, Deferred(trouble))

    def close(self) -> None:
        """Close the connections that are kept."""
        self._sender.close()
