"""Which hosts take a domain's mail, in which order (RFC 5321 section 5.1, RFC 7505)."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable, Sequence
from ipaddress import ip_address

from attrs import field, frozen

from mailtickets.errors import Permanent
from mailtickets.mail.mailbox import fold_domain

TRIED = 5
"""Addresses tried for one letter at a time; the rest has its turn with the next attempt."""


@frozen
class Exchanger:
    """A host that takes a domain's mail. The lower the preference, the sooner it is asked."""

    preference: int
    host: str = field(converter=fold_domain)


def ordered(
    domain: str,
    exchangers: Sequence[Exchanger],
    own: Iterable[str],
    shuffled: Callable[[list[Exchanger]], object],
) -> list[str]:
    """The hosts to try, in order; `shuffled` puts a list into random order, in place.

    Without any exchanger the domain is its own. Raises Permanent 1.10 for a domain that takes no
    mail, and 4.6 when we ourselves are the best there is: the letter would come back.
    """
    if not exchangers:
        exchangers = [Exchanger(0, domain)]
    if all(one.host in {"", "."} for one in exchangers):
        raise Permanent("1.10", f"{domain} takes no mail, says its null MX")  # RFC 7505 section 4
    ours = {fold_domain(one) for one in own}
    best = min((one.preference for one in exchangers if one.host in ours), default=None)
    kept = [one for one in exchangers if one.host not in {"", "."}]
    if best is not None:
        kept = [one for one in kept if one.preference < best]  # RFC 5321 section 5.1
        if not kept:
            raise Permanent("4.6", f"Mail for {domain} comes back to this host")
    kept = list(dict.fromkeys(kept))
    shuffled(kept)  # those of one preference share the load
    kept.sort(key=lambda one: one.preference)
    return list(dict.fromkeys(one.host for one in kept))


def literal(domain: str) -> str | None:
    """The address that an address literal names (RFC 5321 section 4.1.3); None for a name.

    >>> literal("[IPv6:::1]"), literal("ferrier")
    ('::1', None)
    """
    if not (domain.startswith("[") and domain.endswith("]")):
        return None
    return domain[1:-1].removeprefix("IPv6:")


def is_ours(address: str) -> bool:
    """Whether an address is this machine's own: only such a one can be bound."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    if parsed.is_loopback or parsed.is_unspecified:
        return True
    family = socket.AF_INET6 if parsed.version == 6 else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.bind((address, 0))
    except OSError:
        return False
    return True
