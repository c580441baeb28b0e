"""Direct sending: each domain's letters go to the hosts that its MX records name."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping, Sequence
from typing import Any

from attrs import evolve, frozen
from zope.interface import implementer

from mailtickets.errors import Permanent, SettingsError, Temporary, Trouble
from mailtickets.interfaces import IAgent
from mailtickets.mail.envelope import Item, Letter
from mailtickets.mail.mailbox import Mailbox
from mailtickets.outcomes import About, Outcome
from mailtickets.plugin import Needs
from mailtickets.relay.commands import Load
from mailtickets.relay.dkim import Signatures, keys_of
from mailtickets.relay.domains import Domains
from mailtickets.relay.exchangers import TRIED, is_ours, literal, ordered
from mailtickets.relay.https import PolicyFetcher
from mailtickets.relay.keys import DIRECT
from mailtickets.relay.resolving import Resolver, servers_of
from mailtickets.relay.sending import Sender
from mailtickets.relay.sts import Mode, Policies, StsPolicy
from mailtickets.relay.targets import Limits, Target, Tls, flag, limits_of
from mailtickets.relay.transaction import outcome_of


@frozen
class Direct:
    """How to send directly. `local` allows next hops on this machine, which else are refused."""

    resolver: Resolver
    policies: Policies | None
    port: int = 25
    local: bool = False
    tls: Tls = Tls.OPPORTUNISTIC
    ca_file: str | None = None
    per_domain: int = 20


def direct_of(settings: Mapping[str, Any], needs: Needs) -> Direct:
    """What the settings ask for. Raises SettingsError."""
    resolver = Resolver(needs.reactor, servers_of(settings.get("resolver")))
    ca_file = settings.get("ca_file")
    fetcher = PolicyFetcher(
        needs.reactor,
        resolver.addresses,
        needs.user_agent,
        _port(settings, "sts_port", 443),
        str(ca_file) if ca_file else None,
    )
    policies = Policies(needs.register, time.time, resolver.texts, fetcher.fetch)
    tls = settings.get("tls", "opportunistic")
    if tls not in {"never", "opportunistic", "required"}:
        raise SettingsError("tls", '"never", "opportunistic" or "required"')
    per_domain = settings.get("domain_concurrency", 20)
    if not isinstance(per_domain, int) or not 1 <= per_domain <= 1000:
        raise SettingsError("domain_concurrency", "a number from 1 to 1000")
    return Direct(
        resolver=resolver,
        policies=policies if flag(settings, "sts", default=True) else None,
        port=_port(settings, "port", 25),
        local=flag(settings, "local", default=False),
        tls=Tls(tls),
        ca_file=fetcher.ca_file,
        per_domain=per_domain,
    )


def _port(settings: Mapping[str, Any], key: str, default: int) -> int:
    port = settings.get(key, default)
    if isinstance(port, bool) or not isinstance(port, int) or not 0 < port < 65536:
        raise SettingsError(key, "a port is a number from 1 to 65535")
    return port


@implementer(IAgent)
class DirectAgent:
    """Sends each letter to the hosts of its recipients' domains."""

    def __init__(
        self, direct: Direct, limits: Limits, needs: Needs, signatures: Signatures
    ) -> None:
        self._direct = direct
        self._hostname = needs.hostname
        self._sender = Sender(limits, needs, signatures)
        self._domains = Domains(needs.reactor, direct.per_domain)

    async def deliver(self, item: Item) -> Mapping[Mailbox, Outcome]:
        """Send the letter to each domain in turn; no domain's fate is another's."""
        load = await self._sender.load(item.letter)
        domains: dict[str, list[Mailbox]] = {}
        for recipient in item.recipients:
            domains.setdefault(recipient.folded_domain, []).append(recipient)
        outcomes: dict[Mailbox, Outcome] = {}
        for domain, recipients in domains.items():
            outcomes |= await self._domain(domain, item.letter, load, recipients)
        return outcomes

    async def _domain(
        self, domain: str, letter: Letter, load: Load, recipients: Sequence[Mailbox]
    ) -> Mapping[Mailbox, Outcome]:
        async def sending() -> Mapping[Mailbox, Outcome]:
            return await self._send(domain, letter, load, recipients)

        try:
            return await self._domains.send(domain, sending)
        except Permanent as why:
            return dict.fromkeys(recipients, outcome_of(why))
        except Temporary as why:
            return dict.fromkeys(recipients, outcome_of(why, About.PLACE))

    async def _send(
        self, domain: str, letter: Letter, load: Load, recipients: Sequence[Mailbox]
    ) -> Mapping[Mailbox, Outcome]:
        """Try the domain's hosts in order until one talks about the letter. Raises Trouble.

        One that offers too little for it is passed over (RFC 8689 section 4.2.1, for one); it has
        failed when none takes it that can be reached.
        """
        trouble: Trouble = Temporary("4.1", f"No host of {domain} has an address")
        lacking: Permanent | None = None
        tried = 0
        async for target in self._targets(domain, strict=letter.envelope.require_tls):
            if isinstance(target, Temporary):
                trouble = target
                continue
            if tried >= TRIED:
                break
            tried += 1
            try:
                return await self._sender.send(target, letter, load, recipients)
            except Permanent as why:
                lacking = why
            except Temporary as why:
                trouble = why
        raise lacking or trouble

    async def _targets(self, domain: str, *, strict: bool) -> Any:
        """The next hops of a domain in order; a Temporary stands for one that cannot be had."""
        address = literal(domain)
        if address is not None:
            yield self._target(address, address, None, strict=strict)
            return
        policy = await self._direct.policies.of(domain) if self._direct.policies else None
        found = await self._direct.resolver.exchangers(domain)
        for host in ordered(domain, found, [self._hostname], random.shuffle):
            if policy is not None and policy.mode is Mode.ENFORCE and not policy.allows(host):
                yield Temporary("7.5", f"The MTA-STS policy of {domain} does not name {host}")
                continue
            try:
                addresses = await self._direct.resolver.addresses(host)
            except Temporary as why:
                yield why
                continue
            for address in addresses:
                yield self._target(host, address, policy, strict=strict)

    def _target(
        self, host: str, address: str, policy: StsPolicy | None, *, strict: bool
    ) -> Target | Temporary:
        direct = self._direct
        if not direct.local and is_ours(address):
            return Temporary("4.6", f"{host} has an address of this machine", loud=True)
        target = Target(host, direct.port, address, direct.tls, ca_file=direct.ca_file)
        if strict or (policy is not None and policy.mode is Mode.ENFORCE):
            return evolve(target, tls=Tls.REQUIRED, verify=True)
        return target

    def close(self) -> None:
        """Close the connections that are kept."""
        self._sender.close()


def make_direct(settings: Mapping[str, Any], needs: Needs) -> DirectAgent:
    """The agent for `url = "mx"`. Raises SettingsError."""
    unknown = sorted(set(settings) - DIRECT)
    if unknown:
        raise SettingsError(unknown[0], f"the settings of mx are {', '.join(sorted(DIRECT))}")
    signatures = Signatures(keys_of(settings.get("dkim")))
    return DirectAgent(direct_of(settings, needs), limits_of(settings), needs, signatures)
