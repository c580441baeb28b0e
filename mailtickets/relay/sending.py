"""A letter is sent to one next hop, over a connection that is kept or made."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from twisted.logger import Logger

from mailtickets.errors import Permanent, Temporary
from mailtickets.mail.envelope import Letter
from mailtickets.mail.mailbox import Mailbox
from mailtickets.outcomes import Outcome
from mailtickets.plugin import Needs
from mailtickets.relay.commands import Load
from mailtickets.relay.connecting import Connector
from mailtickets.relay.dkim import Signatures
from mailtickets.relay.exchange import Exchange, Unused, load_of
from mailtickets.relay.pool import Pool
from mailtickets.relay.targets import Limits, Target

_log = Logger()


class Sender:
    """Sends letters to next hops, so many at a time to each."""

    def __init__(self, limits: Limits, needs: Needs, signatures: Signatures) -> None:
        self._signatures = signatures
        self._limits = limits
        self._needs = needs
        connector = Connector(needs.reactor, needs.hostname, limits)
        self._pool = Pool(needs.reactor, limits, connector.connect)

    async def load(self, letter: Letter) -> Load:
        """The letter's load, signed if it is ours. Raises Temporary when it cannot be read."""
        before = await self._signatures.of(letter, time.time()) if self._signatures else b""
        return await load_of(letter.octets, before)

    async def send(
        self, target: Target, letter: Letter, load: Load, recipients: Sequence[Mailbox]
    ) -> Mapping[Mailbox, Outcome]:
        """The fate of each recipient. Raises Temporary when the next hop takes no letters now.

        Raises Permanent when it offers too little for this one.
        """
        for fresh in (False, True):
            wire, _ = await self._pool.take(target, fresh=fresh)
            exchange = Exchange(str(target), self._limits, self._needs.steps)
            try:
                outcomes = await exchange.send(wire, letter, load, recipients)
            except Unused:
                continue  # it was closed meanwhile, as any next hop may: a new one then
            except Permanent:
                raise  # nothing was said of the letter: the connection is as good as before
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
