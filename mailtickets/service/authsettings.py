"""The settings of `[auth]`: what is asked about a sender, whom, and whose word is taken."""

from __future__ import annotations

import re
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path

from attrs import frozen

from mailtickets.errors import SettingsError
from mailtickets.mail.mailbox import fold_domain
from mailtickets.service.toml import Table

Network = IPv4Network | IPv6Network
AUTH_KEYS = frozenset(
    {
        "spf",
        "dkim",
        "arc",
        "dmarc",
        "dmarc_reject",
        "resolver",
        "timeout",
        "dns_timeout",
        "on_dns_failure",
        "authserv_id",
        "trusted_authserv_ids",
        "trusted_relays",
        "relay_hops",
        "trusted_arc_sealers",
        "users",
        "in_clear",
    }
)
_ID = re.compile(r"[A-Za-z0-9._-]{1,255}\Z")
LOOPBACK = (ip_network("127.0.0.1"), ip_network("::1"))


@frozen
class AuthSettings:
    """What `[auth]` asks for; times are in seconds. An empty `authserv_id` is our name.

    `users` is the file of those who may authenticate, `in_clear` lets them do so without TLS.
    """

    spf: bool = True
    dkim: bool = True
    arc: bool = True
    dmarc: bool = True
    dmarc_reject: bool = False
    resolver: tuple[tuple[str, int], ...] = ()
    timeout: float = 10.0
    dns_timeout: float = 3.0
    postpone: bool = False
    authserv_id: str = ""
    trusted_authserv_ids: tuple[str, ...] = ()
    trusted_relays: tuple[Network, ...] = LOOPBACK
    relay_hops: int = 1
    trusted_arc_sealers: frozenset[str] = frozenset()
    users: Path | None = None
    in_clear: bool = False


def auth_settings(one: Table, hostname: str) -> AuthSettings:
    """The table `[auth]`, its keys known to be ours. Raises SettingsError."""
    failure = one.text("on_dns_failure", "neutral")
    if failure not in {"neutral", "temporary"}:
        raise SettingsError(one.where("on_dns_failure"), "say temporary or neutral")
    own = one.text("authserv_id", hostname)
    ids = one.texts("trusted_authserv_ids", ())
    for key, each in [("authserv_id", own), *(("trusted_authserv_ids", each) for each in ids)]:
        if not _ID.match(each):
            raise SettingsError(one.where(key), "a name, as mx.example.org")
    if fold_domain(own) in {fold_domain(each) for each in ids}:
        cure = "our own authserv_id is not among those to be trusted: anybody could write it"
        raise SettingsError(one.where("trusted_authserv_ids"), cure)
    relays = one.texts("trusted_relays", [str(each) for each in LOOPBACK])
    users = one.text("users", "")
    return AuthSettings(
        users=Path(users) if users else None,
        in_clear=_flag(one, "in_clear", default=False),
        spf=_flag(one, "spf", default=True),
        dkim=_flag(one, "dkim", default=True),
        arc=_flag(one, "arc", default=True),
        dmarc=_flag(one, "dmarc", default=True),
        dmarc_reject=_flag(one, "dmarc_reject", default=False),
        resolver=tuple([_server(one, each) for each in one.texts("resolver", ())]),
        timeout=_between(one, "timeout", 10.0, 0.5, 60),
        dns_timeout=_between(one, "dns_timeout", 3.0, 0.1, 30),
        postpone=failure == "temporary",
        authserv_id=own,
        trusted_authserv_ids=ids,
        trusted_relays=tuple([_network(one, each) for each in relays]),
        relay_hops=int(_between(one, "relay_hops", 1, 1, 20)),
        trusted_arc_sealers=frozenset(
            [fold_domain(each) for each in one.texts("trusted_arc_sealers", ())]
        ),
    )


def _flag(one: Table, key: str, *, default: bool) -> bool:
    value = one.values.get(key, default)
    if not isinstance(value, bool):
        raise SettingsError(one.where(key), "say true or false")
    return value


def _between(one: Table, key: str, default: float, least: float, most: float) -> float:
    number = one.number(key, default)
    if not least <= number <= most:
        raise SettingsError(one.where(key), f"a number from {least} to {most}")
    return number


def _server(one: Table, text: str) -> tuple[str, int]:
    """ADDRESS:PORT, ADDRESS or [ADDRESS]:PORT."""
    host, port = text, "53"
    if text.startswith("[") or text.count(":") == 1:
        host, _, port = text.rpartition(":")
    try:
        address = str(ip_address(host.strip("[]")))
        number = int(port)
    except ValueError:
        number = 0
    if not 0 < number < 65536:
        cure = 'an address and a port, as "127.0.0.1:5353" or "[::1]:53"'
        raise SettingsError(one.where("resolver"), cure)
    return address, number


def _network(one: Table, text: str) -> Network:
    try:
        return ip_network(text, strict=False)
    except ValueError:
        cure = 'a list of addresses or networks, as ["192.0.2.0/24"]'
        raise SettingsError(one.where("trusted_relays"), cure) from None
