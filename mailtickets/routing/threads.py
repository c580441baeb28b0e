"""Which conversation a letter belongs to, as far as Message-IDs tell (RFC 5322 section 3.6.4)."""

from __future__ import annotations

from collections.abc import Sequence

MAX_REFERENCES = 50
"""How many Message-IDs of a thread are looked up or written: the root and the latest ones."""


def root(message_id: str | None, references: Sequence[str], otherwise: str) -> str:
    """The Message-ID a conversation began with; `otherwise` when the letter names none at all."""
    if references:
        return references[0]
    return message_id or otherwise


def bounded(references: Sequence[str]) -> tuple[str, ...]:
    """At most MAX_REFERENCES of them: the root, then the latest.

    >>> bounded([str(n) for n in range(60)])[:2]
    ('0', '11')
    """
    if len(references) <= MAX_REFERENCES:
        return tuple(references)
    return (references[0], *references[-(MAX_REFERENCES - 1) :])
