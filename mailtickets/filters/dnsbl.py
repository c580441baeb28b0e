"""Refuses or labels the letters of hosts that are listed in the DNS (RFC 5782)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Network, IPv6Address, ip_address, ip_network
from typing import Any

from attrs import frozen
from twisted.internet.defer import ensureDeferred, gatherResults
from twisted.logger import Logger
from zope.interface import implementer

from mailtickets.errors import Temporary
from mailtickets.filters.asked import Asked, excused
from mailtickets.interfaces import IFilter, INames
from mailtickets.mail.envelope import Letter
from mailtickets.mail.mailbox import fold_domain
from mailtickets.mail.message import Message
from mailtickets.outcomes import Accept, Refuse, Verdict
from mailtickets.plugin import Needs

MOST_ZONES = 10
ERRORS = IPv4Network("127.255.255.0/24")
"""Answers by which lists say that they were asked wrongly: these list nobody."""


@implementer(IFilter)
@frozen
class DNSBL:
    """Asks each of `zones` about the peer; an answer within `codes` means that it is listed.

    `label` is what a listed peer's letters get, or nothing where they are refused.
    """

    zones: tuple[str, ...]
    codes: tuple[IPv4Network, ...]
    label: str
    names: INames
    needs: Needs
    log: Logger

    async def judge(self, letter: Letter, message: Message) -> Verdict:  # noqa: ARG002
        """Accept, perhaps with the label, or refuse. A list that is silent lists nobody."""
        if excused(letter, self.needs):
            return Accept()
        question = reversed_address(letter.envelope.peer.address)
        if question is None:
            return Accept()
        asking = [ensureDeferred(self._listed(question, zone)) for zone in self.zones]
        listed = [zone for zone in await gatherResults(asking) if zone is not None]
        if not listed:
            return Accept()
        if self.label:
            return Accept(frozenset({self.label}))
        return Refuse(f"Your host is listed by {listed[0]}")

    async def _listed(self, question: str, zone: str) -> str | None:
        try:
            found = await self.names.addresses(f"{question}.{zone}")
        except Temporary:
            self.log.info("the list {zone} does not answer", zone=zone)
            self.needs.meter.count("dnsbl_unanswered", zone=zone)
            return None
        return zone if any(self._counts(one) for one in found) else None

    def _counts(self, answer: str) -> bool:
        address = ip_address(answer)
        return address not in ERRORS and any(address in one for one in self.codes)


def reversed_address(address: str) -> str | None:
    """An address as lists want it (RFC 5782 section 2); None for what is none.

    >>> reversed_address("192.0.2.99")
    '99.2.0.192'
    """
    try:
        literal = ip_address(address.partition("%")[0])
    except ValueError:
        return None
    if isinstance(literal, IPv6Address) and literal.ipv4_mapped is not None:
        literal = literal.ipv4_mapped
    if isinstance(literal, IPv6Address):
        return ".".join(reversed(literal.exploded.replace(":", "")))
    return ".".join(reversed(str(literal).split(".")))


def _codes(asked: Asked, texts: Sequence[str]) -> tuple[IPv4Network, ...]:
    found = []
    for one in texts:
        try:
            network = ip_network(one)
        except ValueError:
            network = None
        if not isinstance(network, IPv4Network):
            raise asked.wrong("codes", 'answers that list, as ["127.0.0.2", "127.0.0.4/30"]')
        found.append(network)
    return tuple(found)


def make(settings: Mapping[str, Any], needs: Needs) -> DNSBL:
    """The filter of `[[filter]] kind = "dnsbl"`. Raises SettingsError."""
    asked = Asked("dnsbl", settings)
    zones = tuple([fold_domain(one) for one in asked.texts("zones")])
    if not 1 <= len(zones) <= MOST_ZONES:
        raise asked.wrong("zones", f"a list of 1 to {MOST_ZONES} zones of the DNS")
    if needs.names is None:
        raise asked.wrong("zones", "there is no DNS to be asked here")
    labels = asked.word("action", "refuse", ("refuse", "label")) == "label"
    label = asked.word("label", "dnsbl")
    return DNSBL(
        zones=zones,
        codes=_codes(asked, asked.texts("codes", ["127.0.0.0/8"])),
        label=label if labels else "",
        names=needs.names,
        needs=needs,
        log=Logger(namespace="mailtickets.dnsbl"),
    )
