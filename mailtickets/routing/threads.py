"""Which conversation a letter belongs to, as far as Message-IDs tell (RFC 5322 section 3.6.4)."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Sequence
from hashlib import blake2b

LANE = 16
"""How many characters the name of a lane has at most."""

MAX_REFERENCES = 50
"""How many Message-IDs of a thread are looked up or written: the root and the latest ones."""


def root(message_id: str | None, references: Sequence[str], otherwise: str) -> str:
    """The Message-ID a conversation began with; `otherwise` when the letter names none at all."""
    if references:
        return references[0]
    return message_id or otherwise


def lane(name: str) -> str:
    """The lane of what has this name, in a few characters: an index of them stays small.

    Two names that gave the same would only wait for each other.

    >>> lane("1@ferrier"), lane("CAF1x7kq93z0@mail.ferrier.example")
    ('1@ferrier', 'bTkZTjfbf-7w')
    """
    if len(name) <= LANE:
        return name
    octets = name.encode("utf-8", "surrogatepass")
    return urlsafe_b64encode(blake2b(octets, digest_size=9).digest()).decode("ascii")


def bounded(references: Sequence[str]) -> tuple[str, ...]:
    """At most MAX_REFERENCES of them: the root, then the latest.

    >>> bounded([str(n) for n in range(60)])[:2]
    ('0', '11')
    """
    if len(references) <= MAX_REFERENCES:
        return tuple(references)
    return (references[0], *references[-(MAX_REFERENCES - 1) :])
