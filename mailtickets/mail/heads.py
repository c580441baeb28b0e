"""The head of an older letter in a text: From, Sent, To, Subject, in any language."""

from __future__ import annotations

import re

from mailtickets.mail.languages import Label, label_of
from mailtickets.mail.textlines import Kind, Lines

_LINES = 12
_TIMED = re.compile(
    r"(?<!\d)\d{1,2}\u200e?[:.h时時]\s?\u200e?\d\d(?!\d)|\d\s?[ap]m\b", re.IGNORECASE
)


def head_at(lines: Lines, index: int) -> tuple[int, int, float] | None:
    """The head that begins at a line: its first line, the one after its last, and how surely."""
    first = label_of(lines.lines[index])
    if first is None:
        return None
    labels = {first[0]: first[1]}
    end = at = index + 1
    while at < min(len(lines.lines), index + _LINES):
        if lines.kinds[at] is Kind.BLANK:
            if at != end or len(labels) >= 3:  # one blank line between fields, no more
                break
            at += 1
            continue
        labelled = label_of(lines.lines[at])
        if labelled is not None:
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


def _folded(lines: Lines, at: int, end: int) -> bool:
    """Whether a line without a label goes on with the field before it."""
    following = lines.lines[at + 1] if at + 1 < len(lines.lines) else ""
    return at == end and label_of(following) is not None


def _is_head(labels: dict[Label, str]) -> bool:
    """Whether these are the fields of a letter, and not somebody's list of from, to and date."""
    date = labels.get(Label.SENT, labels.get(Label.DATE, ""))
    dated = any(map(str.isdigit, date))
    known = dated + sum(label in labels for label in (Label.FROM, Label.TO, Label.SUBJECT))
    if known < 3 and not (known == 2 and Label.FROM in labels and Label.SUBJECT in labels):
        return False
    if Label.FROM not in labels and not dated:
        return False
    timed = _TIMED.search(date) is not None  # parcels and journeys have days, letters have times
    if any("@" in labels.get(label, "") for label in (Label.FROM, Label.TO)):
        return timed or Label.SUBJECT in labels
    return known >= 3 and timed
