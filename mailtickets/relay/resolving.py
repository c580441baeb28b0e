"""The DNS, asked by twisted.names within time limits: MX, A, AAAA and TXT."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from ipaddress import IPv6Address
from typing import Any

from attrs import frozen
from twisted.internet.error import CannotListenError
from twisted.names import dns
from twisted.names.client import Resolver as Names
from twisted.names.error import DNSNameError

from mailtickets.errors import Permanent, SettingsError, Temporary
from mailtickets.mail.mailbox import fold_domain
from mailtickets.relay.exchangers import Exchanger

TIMES = (2, 4, 8)
"""Seconds each question waits for its answer."""
LONGEST, SHORTEST = 3600.0, 30.0
"""Seconds an answer is believed, whatever its TTL says."""
ENTRIES = 5000
PORTS = 100
"""Ports of our own that are tried for one question: they are random (RFC 5452 section 9.2)."""
RECORDS = 100
"""Records of one answer that are looked at."""


@frozen
class _Kept:
    until: float
    records: tuple[Any, ...] | None  # None: no such domain


class _Quiet(Names):
    """Twisted's resolver, without two lines in the log for the protocol of each question."""

    def _connectedProtocol(self, interface: str = "") -> dns.DNSDatagramProtocol:
        """As Twisted's, which has no setting for what it says of itself."""
        protocol = dns.DNSDatagramProtocol(self, reactor=self._reactor)  # type: ignore[no-untyped-call]
        protocol.noisy = False
        for left in reversed(range(PORTS)):
            try:
                self._reactor.listenUDP(dns.randomSource(), protocol, interface=interface)
                break
            except CannotListenError:
                if not left:
                    raise
        return protocol


class Resolver:
    """Asks the servers of `servers`, else those of the machine's resolv.conf."""

    def __init__(self, reactor: Any, servers: Sequence[tuple[str, int]] = ()) -> None:
        self._clock = reactor
        resolv = None if servers else "/etc/resolv.conf"
        self._names = _Quiet(resolv=resolv, servers=list(servers), reactor=reactor)  # type: ignore[no-untyped-call]
        self._cache: OrderedDict[tuple[str, int], _Kept] = OrderedDict()

    async def exchangers(self, domain: str) -> list[Exchanger]:
        """The domain's MX records; none when it has none.

        Raises Permanent 1.2 when there is surely no such domain, Temporary 4.3 when nobody can say.
        """
        records = await self._records(domain, dns.MX)
        if records is None:
            raise Permanent("1.2", f"There is no domain {domain}")
        return [Exchanger(int(each.preference), _name(each.name)) for each in records]

    async def addresses(self, host: str) -> list[str]:
        """The host's addresses, IPv6 before IPv4. Raises Temporary 4.3 when nobody can say."""
        found: list[str] = []
        trouble: Temporary | None = None
        for kind in (dns.AAAA, dns.A):
            try:
                records = await self._records(host, kind)
            except Temporary as why:
                trouble = why
                continue
            found += [each.dottedQuad() if kind == dns.A else _ipv6(each) for each in records or ()]
        if not found and trouble is not None:
            raise trouble
        return found

    async def texts(self, name: str) -> list[str]:
        """The name's TXT records, each in one piece. Raises Temporary 4.3."""
        records = await self._records(name, dns.TXT)
        return [b"".join(each.data).decode("utf-8", "replace") for each in records or ()]

    async def _records(self, name: str, kind: int) -> tuple[Any, ...] | None:
        """The payloads of that kind; None when the name does not exist."""
        key = fold_domain(name), kind
        now = self._clock.seconds()
        kept = self._cache.get(key)
        if kept is not None and kept.until > now:
            return kept.records
        try:
            answers, _, _ = await self._names.query(  # type: ignore[no-untyped-call]
                dns.Query(key[0].encode("ascii", "replace"), kind), timeout=TIMES
            )
        except DNSNameError:
            self._keep(key, _Kept(now + SHORTEST, None))
            return None
        except Exception as why:  # refused, server failure, silence, an unreadable answer
            raise Temporary("4.3", f"The DNS does not say now what {name} is") from why
        mine = [one for one in answers if one.type == kind][:RECORDS]
        ttl = min((float(one.ttl) for one in mine), default=SHORTEST)
        records = tuple(one.payload for one in mine)
        self._keep(key, _Kept(now + min(LONGEST, max(SHORTEST, ttl)), records))
        return records

    def _keep(self, key: tuple[str, int], kept: _Kept) -> None:
        self._cache[key] = kept
        self._cache.move_to_end(key)
        while len(self._cache) > ENTRIES:
            self._cache.popitem(last=False)


def _name(name: Any) -> str:
    return bytes(name.name).decode("ascii", "replace")


def _ipv6(record: Any) -> str:
    return str(IPv6Address(record.address))


def servers_of(setting: object) -> list[tuple[str, int]]:
    """The servers that the setting `resolver` names: "HOST:PORT" or a list of such.

    Raises SettingsError.
    """
    if setting is None:
        return []
    given = [setting] if isinstance(setting, str) else setting
    servers: list[tuple[str, int]] = []
    for one in given if isinstance(given, list) else [None]:
        host, _, port = str(one).rpartition(":")
        if not (isinstance(one, str) and host and port.isdecimal() and int(port) < 65536):
            raise SettingsError("resolver", 'ADDRESS:PORT, for instance "127.0.0.1:53"')
        servers.append((host.strip("[]"), int(port)))
    return servers
