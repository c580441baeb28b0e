"""A mailbox: whose letters these are (RFC 5321 section 4.1.2, RFC 6531 section 3.3)."""

from __future__ import annotations

import re
from functools import cached_property
from ipaddress import IPv4Address, IPv6Address

import idna
from attrs import define, field

from mailtickets.errors import Permanent

LOCAL_PART_OCTETS = 64  # RFC 5321 section 4.5.3.1.1
DOMAIN_OCTETS = 255  # RFC 5321 section 4.5.3.1.2

_ATEXT = r"A-Za-z0-9!#$%&'*+\-/=?^_`{|}~\u0080-\U0010ffff"  # RFC 5322 3.2.3, RFC 6531 3.3
_DOT_STRING = re.compile(rf"[{_ATEXT}]+(?:\.[{_ATEXT}]+)*\Z")
_QUOTED = re.compile(r'"(?:[ !#-\[\]-~\u0080-\U0010ffff]|\\[ -~])*"\Z')
_LABEL = (
    r"[A-Za-z0-9\u0080-\U0010ffff](?:[A-Za-z0-9_\-\u0080-\U0010ffff]*[A-Za-z0-9\u0080-\U0010ffff])?"
)
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*\Z")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def _bad(text: str) -> Permanent:
    shown = _UNPRINTABLE.sub("?", text)[:80].encode("ascii", "replace").decode("ascii")
    return Permanent("1.3", f"Not a mailbox: {shown}")


def _unquoted(local: str) -> str:
    return re.sub(r"\\(.)", r"\1", local[1:-1])


def _literal(domain: str) -> str:
    """The address literal in its one canonical form (RFC 5321 section 4.1.3)."""
    inside = domain[1:-1]
    if inside.lower().startswith("ipv6:"):
        return f"[IPv6:{IPv6Address(inside[5:]).compressed}]"
    return f"[{IPv4Address(inside)}]"


@define(frozen=True, slots=False, eq=False)
class Mailbox:
    """A local part and a domain, equal when they are one mailbox.

    The domain folds case and its internationalised forms; the local part is compared as it stands,
    and quoting it makes no difference (RFC 5321 section 2.4 and 4.1.2). The null reverse-path is
    not a Mailbox but `None`.

    >>> Mailbox.parse("nic@Ferrier") == Mailbox.parse('"nic"@ferrier')
    True
    """

    local: str
    domain: str = field(default="")

    @classmethod
    def parse(cls, text: str) -> Mailbox:
        """The mailbox that `text` is, without angle brackets. Raises Permanent 1.3."""
        local, at, domain = text.rpartition("@")
        if not at or len(local.encode("utf-8", "replace")) > LOCAL_PART_OCTETS:
            raise _bad(text)
        if _UNPRINTABLE.search(text):
            raise _bad(text)
        if _QUOTED.match(local):
            local = _unquoted(local)
        elif not _DOT_STRING.match(local):
            raise _bad(text)
        if domain.startswith("[") and domain.endswith("]"):
            try:
                return cls(local, _literal(domain))
            except ValueError:
                raise _bad(text) from None
        if len(domain.encode("utf-8", "replace")) > DOMAIN_OCTETS or not _DOMAIN.match(domain):
            raise _bad(text)
        return cls(local, domain)

    @cached_property
    def folded_domain(self) -> str:
        """The domain in lower case and, where it has one, in its ASCII form (RFC 5890)."""
        return fold_domain(self.domain)

    @property
    def ascii(self) -> bool:
        """Whether it can be sent without SMTPUTF8 (RFC 6531)."""
        return self.local.isascii() and self.folded_domain.isascii()

    # A letter's mailboxes are compared and printed a dozen times before it is accepted.

    @cached_property
    def _identity(self) -> tuple[str, str]:
        return self.local, self.folded_domain

    @cached_property
    def _text(self) -> str:
        local = self.local
        if not _DOT_STRING.match(local):
            local = '"' + re.sub(r'(["\\])', r"\\\1", local) + '"'
        return f"{local}@{self.domain}" if self.domain else local

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Mailbox) and self._identity == other._identity

    def __hash__(self) -> int:
        return hash(self._identity)

    def __str__(self) -> str:
        return self._text


def fold_domain(domain: str) -> str:
    """A domain as it is compared: lower case, A-labels, no closing dot.

    >>> fold_domain("B\u00fccher.Example")
    'xn--bcher-kva.example'
    """
    domain = domain.lower().removesuffix(".")
    if domain.isascii():
        return domain
    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError:
        return domain


def printed(mailbox: Mailbox | None) -> str:
    """A reverse-path without its angle brackets: the mailbox, or nothing for the null one."""
    return "" if mailbox is None else str(mailbox)
