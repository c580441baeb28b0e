"""Asks senders that nobody knows to come back: those that only spray never do (RFC 6647)."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from attrs import frozen
from zope.interface import implementer

from mailtickets.filters.asked import Asked, excused
from mailtickets.interfaces import IFilter, ISightings
from mailtickets.mail.envelope import Letter
from mailtickets.mail.mailbox import printed
from mailtickets.mail.message import Message
from mailtickets.outcomes import Accept, Postpone, Verdict
from mailtickets.plugin import Needs
from mailtickets.slips import Sighting

TRIPLET, NETWORK = "greylist.triplet", "greylist.network"
MOST_RECIPIENTS = 20
"""Recipients of one letter that are remembered. It passes for all when it passes for one."""
DAY = 86400.0


@implementer(IFilter)
@frozen
class Greylist:
    """Postpones the first letter of each triplet: a peer's network, a sender, a recipient.

    One that comes again after `delay` seconds, and within `window`, passes, and so does what comes
    later, until it was not seen for `keep`. A network that `trusted_after` of them passed from is
    not asked any more.
    """

    delay: float
    window: float
    keep: float
    trusted_after: int
    sightings: ISightings
    needs: Needs

    async def judge(self, letter: Letter, message: Message) -> Verdict:  # noqa: ARG002
        """Accept or postpone. Raises Temporary when the store cannot be asked."""
        network = network_of(letter.envelope.peer.address)
        if network is None or excused(letter, self.needs):
            return Accept()
        known = await self.sightings.look(NETWORK, network)
        if known is not None and known.times >= self.trusted_after:
            await self.sightings.note(NETWORK, network, self.keep)
            return Accept()
        sender = printed(letter.envelope.sender).lower()
        recipients = [str(one).lower() for one in letter.envelope.recipients[:MOST_RECIPIENTS]]
        keys = [_key(network, sender, one) for one in recipients]
        waiting: Sighting | None = None
        new = []
        for key in keys:
            before = await self.sightings.look(TRIPLET, key)
            if before is None:
                new.append(key)
            elif before.now - before.first >= self.delay:
                await self._passed(network, key, before)
                return Accept()
            else:
                waiting = before
        for key in new:
            await self.sightings.note(TRIPLET, key, self.window)
        left = self.delay if waiting is None else self.delay - (waiting.now - waiting.first)
        return Postpone(f"We do not know you yet; please come back in {max(1, int(left))} seconds")

    async def _passed(self, network: str, key: str, before: Sighting) -> None:
        if before.last - before.first < self.delay:  # the first time: it counts for its network
            await self.sightings.note(NETWORK, network, self.keep)
        await self.sightings.note(TRIPLET, key, self.keep)


def network_of(address: str) -> str | None:
    """The network that stands for a peer: /24 or /64, since large senders have many hosts.

    >>> network_of("192.0.2.99"), network_of("2001:db8::1:2")
    ('192.0.2.0/24', '2001:db8::/64')
    """
    try:
        literal = ip_address(address.partition("%")[0])
    except ValueError:
        return None
    if isinstance(literal, IPv6Address) and literal.ipv4_mapped is not None:
        literal = literal.ipv4_mapped
    return str(ip_network((literal, 64 if literal.version == 6 else 24), strict=False))


def _key(*parts: str) -> str:
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def make(settings: Mapping[str, Any], needs: Needs) -> Greylist:
    """The filter of `[[filter]] kind = "greylist"`. Raises SettingsError."""
    asked = Asked("greylist", settings)
    if needs.sightings is None:
        raise asked.wrong("kind", "there is no store to remember in here")
    delay = asked.number("delay", 300, 1, DAY)
    return Greylist(
        delay=delay,
        window=asked.number("window", 2 * DAY, delay + 1, 30 * DAY),
        keep=asked.number("keep", 35 * DAY, delay + 1, 400 * DAY),
        trusted_after=int(asked.number("trusted_after", 5, 1, 1000)),
        sightings=needs.sightings,
        needs=needs,
    )
