"""How much a peer may ask of us: every bound of the edge, with its default."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from attrs import field, frozen

Network = IPv4Network | IPv6Network


def _networks(texts: object) -> tuple[Network, ...]:
    if not isinstance(texts, list | tuple):
        raise TypeError("a list of addresses or networks")
    return tuple(ip_network(text, strict=False) for text in texts)


@frozen
class Limits:
    """The bounds of one front door; the field names are the keys of `[limits]`.

    Sizes are octets, times are seconds, rates are octets a second. No limit can be switched off:
    a large number does that. `local` are the peers that the design's section 9 lets off the limits
    per address and per connection. `bare_newlines_from` are those who may end lines with a bare LF
    or CR; their letters are stored with CRLF. Raises ValueError for a network that is none.
    """

    message_size: int = 26_214_400
    header_size: int = 262_144
    recipients: int = 100
    messages: int = 1_000
    letters_per_sender: int = 300
    connections: int = 2_000
    connections_per_address: int = 50
    errors: int = 10
    auth_failures: int = 5
    auth_failures_per_address: int = 20
    auth_memory: float = 3_600.0
    unknown_recipients: int = 20
    unknown_recipients_fast: int = 5
    unknown_recipient_delay: float = 1.0
    hops: int = 100
    command_line: int = 2_048
    auth_line: int = 12_288
    greeting_delay: float = 0.0
    command_timeout: float = 300.0
    data_silence: float = 180.0
    data_timeout: float = 1_800.0
    connection_timeout: float = 7_200.0
    answer_timeout: float = 240.0
    data_rate: int = 500
    data_rate_after: float = 60.0
    local: tuple[Network, ...] = field(default=("127.0.0.1", "::1"), converter=_networks)
    bare_newlines_from: tuple[Network, ...] = field(default=(), converter=_networks)

    def is_local(self, address: str) -> bool:
        """Whether a peer is excused from the limits per address; a socket's path always is."""
        return _within(address, self.local)

    def may_send_bare_newlines(self, address: str) -> bool:
        """Whether a peer's bare newlines are mended instead of refused."""
        return bool(self.bare_newlines_from) and _within(address, self.bare_newlines_from)


def _within(address: str, networks: tuple[Network, ...]) -> bool:
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return True  # not an IP address: a UNIX socket, whose file's mode is its guard
    mapped = getattr(found, "ipv4_mapped", None)
    return any((mapped or found) in network for network in networks)


def address_key(address: str) -> str:
    """What connections are counted by: an IPv4 address, the /64 of an IPv6 one.

    >>> address_key("2001:db8:1:2:3:4:5:6"), address_key("192.0.2.7")
    ('2001:db8:1:2::/64', '192.0.2.7')
    """
    if ":" not in address:
        return address
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    mapped = getattr(found, "ipv4_mapped", None)
    return str(mapped) if mapped else str(ip_network((found, 64), strict=False))
