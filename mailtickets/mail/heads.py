"""The head of an older letter in a text: From, Sent, To, Subject, in any language."""

from __future__ import annotations

import re
from collections.abc import Mapping

from mailtickets.mail.languages import Label
from mailtickets.mail.textlines import Kind, Lines

_LINES = 12
_NOT_FIRST = frozenset({Label.ANSWER, Label.COPY})  # a writer says what he attached, and who copied
_TIMED = re.compile(
    r"(?:\b\d{4},?\s|\bkl\.?\s?)\d{1,2}\.\d\d(?:\.\d\d)?(?!\d)|(?<![\d.])\d{1,2}\u200e?[:.h时時]\s?\u200e?\d\d(?![\d.]*\d)|\d\s?[ap]m\b",
    re.IGNORECASE,
)
"""A time of the day; "05.03.2025" has none."""


_TO_THE_SECOND = re.compile(
    r"(?<!\d)\d{4}(?!\d).{0,40}\d:\d\d:\d\d|\d:\d\d:\d\d.{0,40}(?<!\d)\d{4}(?!\d)"
)


def head_at(lines: Lines, index: int) -> tuple[int, int, float] | None:  # noqa: C901 - one walk
    """The head that begins at a line: its first line, the one after its last, and how surely.

    What a writer labels himself above the head ("Date: Thursday at 10") does not belong to it.
    """
    first = lines.label(index)
    if first is None or first[0] in _NOT_FIRST:
        return None
    labels = {first[0]: first[1]}
    alone = True  # no sender was met below the first line
    end = at = index + 1
    while at < min(len(lines.lines), index + _LINES):
        if lines.kinds[at] is Kind.BLANK:
            if at != end or len(labels) >= 3:  # one blank line between fields, no more
                break
            at += 1
            below = _fields(lines, at)
            if Label.FROM in below and _is_head(below):
                return None
            continue
        labelled = lines.label(at)
        if labelled is not None:
            if labelled[0] is Label.FROM:
                if alone and _repeated(_fields(lines, at), labels):
                    return None
                alone = False
            labels.setdefault(*labelled)
        elif at != end or len(labels) < 2:
            break
        at += 1
        end = at if labelled is not None or _folded(lines, at - 1, end) else end
        if labelled is None and end != at:
            break
    if not _is_head(labels) or (len(labels) < 3 and lines.kind(index - 1) is Kind.TEXT):
        return None
    return index, end, 0.95


def _fields(lines: Lines, index: int) -> dict[Label, str]:
    """The fields that stand from a line on without a blank line between."""
    found: dict[Label, str] = {}
    for at in range(index, min(len(lines.lines), index + _LINES)):
        labelled = None if lines.kinds[at] is Kind.BLANK else lines.label(at)
        if labelled is None:
            break
        found.setdefault(*labelled)
    return found


def _repeated(below: Mapping[Label, str], above: Mapping[Label, str]) -> bool:
    """Whether what stands below is a head of its own: it has a field that stands above it."""
    dates = {Label.SENT, Label.DATE}
    twice = below.keys() & above.keys() or (dates & below.keys() and dates & above.keys())
    return bool(twice) and _is_head(below)


def _folded(lines: Lines, at: int, end: int) -> bool:
    """Whether a line without a label goes on with the field before it."""
    return at == end and at + 1 < len(lines.lines) and lines.label(at + 1) is not None


def _is_head(labels: Mapping[Label, str]) -> bool:
    """Whether these are the fields of a letter, and not somebody's list of from, to and date."""
    date = labels.get(Label.SENT, labels.get(Label.DATE, ""))
    dated = any(map(str.isdigit, date))
    known = dated + sum(label in labels for label in (Label.FROM, Label.TO, Label.SUBJECT))
    if not dated or known < 3:  # people copy the rest of one, programs never leave the date out
        return False
    timed = _TIMED.search(date) is not None  # parcels and journeys have days, letters have times
    if any("@" in labels.get(label, "") for label in (Label.FROM, Label.TO)):
        return timed or Label.SUBJECT in labels
    # Journeys have times, too, but no subject, no seconds, and nobody calls their day "sent".
    sent = Label.SUBJECT in labels or Label.SENT in labels or _TO_THE_SECOND.search(date)
    return timed and bool(sent)
