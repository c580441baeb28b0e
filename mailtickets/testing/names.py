"""A name server for tests, on loopback: what the zone says, and nothing beyond it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from twisted.internet.defer import Deferred, maybeDeferred, succeed
from twisted.names import dns
from twisted.names.authority import FileAuthority
from twisted.names.server import DNSServerFactory

TTL = 60


class _Zone(FileAuthority):
    """twisted.names' authority for a zone that is at hand: the root, and so every name."""

    def __init__(self, zone: Mapping[str, Sequence[Any]]) -> None:
        self.soa: Any = (b"", dns.Record_SOA(minimum=TTL, expire=TTL))  # type: ignore[no-untyped-call]
        self.records: Any = {name.encode().lower(): list(records) for name, records in zone.items()}
        super().__init__("")  # type: ignore[no-untyped-call]

    def loadFile(self, filename: str) -> None:
        """There is no file."""

    def _lookup(self, name: bytes, cls: int, type: int, timeout: Any = None) -> Deferred[Any]:
        """As the authority's; a name without any record is there, too."""
        if self.records.get(name.lower()) == []:
            return succeed(([], [], []))
        found: Deferred[Any] = super()._lookup(name, cls, type, timeout)  # type: ignore[no-untyped-call]
        return found


class NameServer(DNSServerFactory):
    """The zone `{name: [record, ...]}` on a UDP port of 127.0.0.1; see `mx`, `address`, `text`.

    A name that is not in it does not exist; `broken` names get a server failure, and `silent`
    names no answer. `asked` notes every question: a name, and the number of a type.
    """

    noisy = False

    def __init__(
        self,
        reactor: Any,
        zone: Mapping[str, Sequence[Any]],
        broken: Sequence[str] = (),
        silent: Sequence[str] = (),
    ) -> None:
        self.broken = {name.lower() for name in broken}
        self.silent = {name.lower() for name in silent}
        self.asked: list[tuple[str, int]] = []
        super().__init__(authorities=[_Zone(zone)])  # type: ignore[no-untyped-call]
        protocol = dns.DNSDatagramProtocol(self, reactor=reactor)  # type: ignore[no-untyped-call]
        self._port = reactor.listenUDP(0, protocol, interface="127.0.0.1", maxPacketSize=4096)

    def handleQuery(self, message: Any, protocol: Any, address: Any) -> None:
        """A question: twisted.names calls this."""
        query = message.queries[0]
        name = query.name.name.decode("ascii", "replace").lower()
        self.asked.append((name, query.type))
        if name in self.broken:
            message.answer, message.rCode = 1, dns.ESERVER
            self.sendReply(protocol, message, address)  # type: ignore[no-untyped-call]
        elif name not in self.silent:
            super().handleQuery(message, protocol, address)  # type: ignore[no-untyped-call]

    @property
    def server(self) -> str:
        """For the setting `resolver`."""
        return f"127.0.0.1:{self._port.getHost().port}"

    async def stop(self) -> None:
        """End it."""
        await maybeDeferred(self._port.stopListening)


def mx(preference: int, host: str) -> dns.Record_MX:
    """An MX record; with 0 and "" the null MX (RFC 7505)."""
    return dns.Record_MX(preference, host)  # type: ignore[no-untyped-call]


def address(literal: str) -> dns.Record_A | dns.Record_AAAA:
    """An A or AAAA record."""
    kind: Any = dns.Record_AAAA if ":" in literal else dns.Record_A
    record: dns.Record_A | dns.Record_AAAA = kind(literal)
    return record


def text(content: str) -> dns.Record_TXT:
    """A TXT record, in as many strings as it needs (RFC 1035 section 3.3.14)."""
    octets = content.encode()
    pieces = [octets[at : at + 255] for at in range(0, len(octets), 255)]
    return dns.Record_TXT(*(pieces or [b""]))  # type: ignore[no-untyped-call]


def pointer(host: str) -> dns.Record_PTR:
    """A PTR record."""
    return dns.Record_PTR(host)  # type: ignore[no-untyped-call]
