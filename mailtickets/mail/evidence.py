"""What a letter's head says of who sent it: a program by itself, a daemon, an inbox's rule.

Nothing here decides by itself. `automatic` and `bounced` say what several of them together mean.
"""

from __future__ import annotations

import re

from mailtickets.mail.fields import Fields
from mailtickets.mail.message import Nature
from mailtickets.mail.signs import (
    AUTO_SUBJECT,
    AWAY_SUBJECT,
    DAEMON,
    DAEMON_NAME,
    PASSED_ON,
    RULE_FIELDS,
    bulk,
    null_path,
    suppressed,
)
from mailtickets.tickets.values import Person

ANSWERS = frozenset({b"in-reply-to", b"references", b"user-agent"})
EARLIER = frozenset({b"in-reply-to", b"references"})
BEGINNING = 600
"""How far down a notice's first sentence may stand, in characters."""

Found = tuple[Nature, tuple[str, ...]]
"""What a letter is, and the evidence in words."""


def is_passed_on(fields: Fields, subject: str) -> bool:
    """Whether a rule of an inbox in Exchange passed on a letter, rather than answer it.

    Such a letter may have an empty return path, too, and is still what its writer wrote.
    """
    if not fields.has_any(RULE_FIELDS):
        return False
    if b"resent-from" in fields:
        return True
    # "VS:" is a forwarded letter's in Danish, and an answer's in Finnish.
    return PASSED_ON.match(subject) is not None and subject.lstrip()[:2].lower() != "vs"


def is_alone(fields: Fields, subject: str) -> bool:
    """Whether a program says that no person sent the letter."""
    if fields.word(b"auto-submitted").startswith("auto-"):  # RFC 3834 section 5
        return True
    return null_path(fields) and not is_passed_on(fields, subject)


def daemon_of(author: Person) -> tuple[str, str]:
    """What the sender is called, and the evidence: "daemon", "office", "shared", or ""."""
    local = author.address.partition("@")[0]
    found = DAEMON.match(local)
    named = DAEMON_NAME.search(author.name)
    if named and (not found or found.lastgroup == "shared" or named.lastgroup == "daemon"):
        return named.lastgroup or "", f"the sender calls itself {author.name}"
    if found:
        return found.lastgroup or "", f"the sender is {local.lower()}"
    return "", ""


def wording(fields: Fields, subject: str) -> re.Match[str] | None:
    """How the subject begins, if a program's answer may begin so.

    "Urlaub:" people write as well: it counts if nobody is told of a failure, if a program says that
    no person sent it, or if what wants no answer answers a letter.
    """
    said = AUTO_SUBJECT.match(subject)
    if said is not None:
        return said
    answered = fields.has_any(EARLIER) and (bulk(fields) or "all" in suppressed(fields))
    return AWAY_SUBJECT.match(subject) if answered or is_alone(fields, subject) else None


def about(subject: str) -> str:
    """The subject, as evidence."""
    return f"its subject is {subject[:80]!r}"


def it_says(words: re.Match[str]) -> str:
    """Words of the text, as evidence."""
    return f"it says {' '.join(words[0].split())[:60]!r}"
