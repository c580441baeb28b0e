"""Proofs of ours: what goes out in an address or a Message-ID, and is known when it returns.

    SUPPORT-7102.k4x5q2vmt5ha3zr7dwnc@support-ticket.com
    the ticket    a key's id, whom it was given to, a signature over both and the ticket

    SUPPORT-7102.c2hq4w7n5z3xa.k4j6y2m3t5v7r3d7qn@support-ticket.com
    the ticket    the event      a key's id, a signature

Nothing is stored for them. Each begins with the id of the key it was made with, so that keys can
be changed: what a key signed is good for as long as the key is on the ring, and not a day longer.
"""

from __future__ import annotations

import hmac
import re
from base64 import b32encode
from collections.abc import Sequence

from attrs import field, frozen

from mailtickets.mail.mailbox import Mailbox, fold_domain

SEPARATORS = ".+-"
"""What may stand before a token. All of them are understood: some programs mangle one."""

_ID = 2
_HOLDER = 5
_ADDRESS_MAC = 13  # 65 bits in base 32
_EVENT = 13
_MESSAGE_MAC = 16  # 80 bits
TOKEN = _ID + _HOLDER + _ADDRESS_MAC
"""Characters of a token in an address."""

_TOKEN = re.compile(rf"[a-z2-7]{{{TOKEN}}}\Z")
_IN_TEXT = re.compile(rf"(-[0-9A-Za-z]{{1,40}}[.+-])[a-z2-7]{{{TOKEN}}}@", re.IGNORECASE)
_MESSAGE_ID = re.compile(
    rf"(?P<name>[A-Za-z0-9_-]{{1,60}})\.(?P<event>[a-z2-7]{{{_EVENT}}})"
    rf"\.(?P<id>[a-z2-7]{{{_ID}}})(?P<mac>[a-z2-7]{{{_MESSAGE_MAC}}})@(?P<domain>[A-Za-z0-9.-]{{1,255}})\Z",
    re.IGNORECASE,
)


def _word(secret: bytes, length: int, *parts: str) -> str:
    """So many characters of base 32, in lower case, that only who has the secret can tell."""
    told = "\0".join(parts).encode("utf-8", "surrogatepass")
    return b32encode(hmac.digest(secret, told, "sha256"))[:length].decode("ascii").lower()


def spoken(text: str) -> str:
    """Addresses as a log or a page may hold them: a token is a key, and is left out.

    >>> spoken("to SUPPORT-7102.k4x5q2vmt5ha3zr7dwnc@support-ticket.com")
    'to SUPPORT-7102.(token)@support-ticket.com'
    """
    # To put the replacement together costs ten times the search, and most have no token.
    return _IN_TEXT.sub(r"\1(token)@", text) if _IN_TEXT.search(text) else text


def folded(address: str) -> str:
    """An address as it is compared: without case.

    >>> folded("Nic@Ferrier")
    'nic@ferrier'
    """
    local, _, domain = address.strip().rpartition("@")
    return f"{local.lower()}@{fold_domain(domain)}"


@frozen
class Named:
    """What a Message-ID of ours says: the ticket's local part and the domain."""

    local: str
    domain: str


@frozen
class Proofs:
    """Makes proofs and knows them again. `secrets`, today's first; without any there are none."""

    secrets: Sequence[bytes] = field(default=(), repr=False)

    def __bool__(self) -> bool:
        return bool(self.secrets)

    # -- in addresses

    def token(self, address: Mailbox, participant: str) -> str:
        """The token with which `participant` (a bare address) may write to a ticket's `address`."""
        secret = self.secrets[0]
        holder = self._holder(secret, address, participant)
        return _key_id(secret) + holder + self._mac(secret, address, holder)

    def valid(self, address: Mailbox, token: str) -> bool:
        """Whether the token was made for this address by a key that is still on the ring."""
        token = token.lower()
        if not _TOKEN.match(token):
            return False
        holder, mac = token[_ID : _ID + _HOLDER], token[_ID + _HOLDER :]
        good = False
        for secret in self.secrets:  # all of them: how long it takes tells nothing
            same = hmac.compare_digest(self._mac(secret, address, holder), mac)
            good |= same and _key_id(secret) == token[:_ID]
        return good

    def given_to(self, address: Mailbox, token: str, participant: str) -> bool:
        """Whether a valid token was made for this participant."""
        token = token.lower()
        return any(
            _key_id(secret) == token[:_ID]
            and self._holder(secret, address, participant) == token[_ID : _ID + _HOLDER]
            for secret in self.secrets
        )

    @staticmethod
    def _holder(secret: bytes, address: Mailbox, participant: str) -> str:
        return _word(secret, _HOLDER, "holder", _whole(address), folded(participant))

    @staticmethod
    def _mac(secret: bytes, address: Mailbox, holder: str) -> str:
        return _word(secret, _ADDRESS_MAC, "address", _whole(address), holder)

    # -- in Message-IDs

    def message_id(self, address: Mailbox, name: str, event: str) -> str:
        """A Message-ID for what `event` makes: it begins with `name`, the address's local part.

        It is the same for the same event, as long as the key is the same.
        """
        secret, domain = self.secrets[0], address.folded_domain
        word = _word(secret, _EVENT, "event", _whole(address), event)
        mac = _word(secret, _MESSAGE_MAC, "message-id", name.lower(), word, domain)
        return f"{name}.{word}.{_key_id(secret)}{mac}@{domain}"

    def named(self, message_id: str) -> Named | None:
        """What a Message-ID says if one of our keys made it; None when none did."""
        found = _MESSAGE_ID.match(message_id)
        if found is None:
            return None
        name, word, domain = found["name"], found["event"].lower(), found["domain"].lower()
        mac = found["mac"].lower()
        for secret in self.secrets:
            made = _word(secret, _MESSAGE_MAC, "message-id", name.lower(), word, domain)
            if hmac.compare_digest(made, mac) and _key_id(secret) == found["id"].lower():
                return Named(name, domain)
        return None


def looks_ours(message_id: str, domains: Sequence[str] | frozenset[str]) -> bool:
    """Whether a Message-ID has the form of a signed one of ours, true or forged."""
    found = _MESSAGE_ID.match(message_id)
    return found is not None and found["domain"].lower() in domains


def _whole(address: Mailbox) -> str:
    return f"{address.local.lower()}@{address.folded_domain}"


def _key_id(secret: bytes) -> str:
    return _word(secret, _ID, "key id")


def key_ids(secrets: Sequence[bytes]) -> tuple[str, ...]:
    """The ids of keys, as tokens begin with them."""
    return tuple(_key_id(one) for one in secrets)
