"""Whether what stands below "-- " was written for this letter, or stands below each of them.

RFC 3676 section 4.3 calls it all the signature. People type there all the same, and the text of a
signature has a form of its own: names, titles, how to reach somebody, what the firm says of itself,
and sentences of others, which are cited. A plain sentence that is none of these is the writer's.
"""

# ruff: noqa: E501 - a table of words reads best unwrapped

from __future__ import annotations

import re

from mailtickets.mail.disclaimers import disclaims
from mailtickets.mail.mailinglists import lists
from mailtickets.mail.signoffs import signs
from mailtickets.mail.typed import of_the_firm, of_the_letter
from mailtickets.mail.writers import (
    CONTACT,
    MARKS,
    SELF,
    SENTENCE,
    asks,
    requests,
    says,
    states,
)

_LINES = 15
"""A signature has no more."""

_LONGEST = 200
"""Characters: a line that is longer is a company's, or wrapped nowhere."""

_STATED = 5
"""Words that begin with a small letter: titles without a full stop have fewer."""

_CITED = re.compile(r"\s*[\"“”„«»‘’'*_>~(\[]")
_BY = re.compile(r"\s*(?:[-–—―~]{1,3}|\()\s*[^\W\d_]")
"""Who said it, as it stands below a sentence that is cited."""

_ADVERTISES = re.compile(
    r"\b(?:follow us|folgen sie uns|suivez[ -]nous|síguenos|seguici|siga-nos|volg ons|följ oss|visit (?:us|our)|besuchen sie (?:uns|unser)"
    r"|newsletter|registered (?:in|office|no|under)|registergericht)\b|©",
    re.IGNORECASE,
)


def cited(paragraph: list[str]) -> bool:
    """Whether it is cited: in quotation marks, or with who said it below."""
    if _CITED.match(paragraph[0]):
        return True
    return len(paragraph) > 1 and _BY.match(paragraph[-1]) is not None


def written_here(paragraph: list[str], *, reached: bool) -> bool:
    """Whether a paragraph below "-- " tells something that its writer wrote for this letter.

    `reached` says that it is told above how to reach somebody: then the firm speaks of itself, too.
    Right beside that, only who says "I" tells more than the firm does.
    """
    if cited(paragraph) or max(disclaims(paragraph), lists(paragraph)) >= 0:
        return False
    beside = CONTACT.search("\n".join(paragraph)) is not None
    for line in paragraph[:_LINES]:
        if len(line) > _LONGEST or signs(line) or CONTACT.search(line):
            continue
        told = (says(line, SENTENCE) and states(line)) or states(line, _STATED)
        if beside:
            told = told and SELF.search(line) is not None
        firm = of_the_firm if reached or beside else of_the_letter
        if (told or requests(line)) and not firm(line) and not _ADVERTISES.search(line):
            return True
    return False


def resumes(lines: list[str], begin: int, end: int) -> int:
    """Where somebody goes on below a signature, in a paragraph of its own.

    He asks, speaks of himself, or tells something. Whoever is quoted in a signature does so in
    quotation marks, or has his name below.
    """
    at, reached, signed = begin, False, 0
    while at < end and signed <= _LINES:  # with more above it, that is no signature
        first = at
        while at < end and lines[at].strip():
            at += 1
        said = [line.strip() for line in lines[first:at]]
        if signed and said and said[0][0] not in MARKS:
            own = SELF.search(" ".join(said)[:2000]) and any(says(one, SENTENCE) for one in said)
            if own or any(asks(one) or requests(one) for one in said):
                return first
        if said and written_here(said, reached=reached):
            return first
        reached = reached or CONTACT.search("\n".join(said)) is not None
        signed += len(said)
        at += 1
    return end
