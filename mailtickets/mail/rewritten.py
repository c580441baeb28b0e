"""Who wrote a letter for which a mailing list put its own address into From.

Lists do so where the writer's domain lets nobody else send in its name (RFC 7960 section 4.1.3):
Google's groups and Mailman write "Anna Berg via Support", and name the writer elsewhere. Nothing
proves that it was him: whoever sends as a list may name anybody.
"""

from __future__ import annotations

import re

from mailtickets.mail.fields import Fields
from mailtickets.mail.people import people
from mailtickets.mail.signs import LIST_FIELDS
from mailtickets.tickets.values import Person

_LISTS = frozenset(LIST_FIELDS)
_VIA = re.compile(
    r"\s*(['\"]?)(\S.{0,200}?)\1 (?:via|über|par|através de|a través de|tramite|przez|через|door)"
    r" \S",
    re.IGNORECASE,
)


def writer_behind(fields: Fields, author: Person) -> Person | None:
    """The writer that a list names beside itself, the `author`; None where From is the writer's."""
    if not fields.has_any(_LISTS):
        return None
    via = _VIA.match(author.name)
    if via is None or not any(fields.raw(name).strip() for name in LIST_FIELDS):
        return None
    for field in (b"x-original-from", b"x-original-sender", b"reply-to", b"cc"):
        found = people(fields.raw(field))
        if field in {b"reply-to", b"cc"}:  # where Mailman puts him, among others
            nameless = field == b"reply-to"
            found = tuple(
                one for one in found if _may_be(one, via[2], author.address, nameless=nameless)
            )
        if len(found) == 1 and "@" in found[0].address:
            one = found[0]
            if one.address.lower() != author.address.lower():
                return Person(one.name or ("" if "@" in via[2] else via[2]), one.address)
    return None


def _may_be(one: Person, name: str, by: str, *, nameless: bool) -> bool:
    """Whether somebody may be of that name: who has none as well, but not at the list's domain."""
    if one.name:
        words, others = (set(each.lower().replace(",", " ").split()) for each in (one.name, name))
        return bool(words) and (words <= others or others <= words)
    return nameless and one.address.lower().rpartition("@")[2] != by.lower().rpartition("@")[2]
