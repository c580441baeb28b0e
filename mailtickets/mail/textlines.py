"""A text in lines, each with what it looks like by itself."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from enum import Enum
from itertools import accumulate

from attrs import define, field

from mailtickets.mail.languages import ENDS_CJK, LAST_WORDS, Label, label_of
from mailtickets.mail.message import Mark, Part

MAX_LINES = 5_000
"""How many lines are looked at; what comes after them is as the last of them."""

_SHOWN = 500  # of a line, so many characters are looked at


class Kind(Enum):
    """What a line looks like by itself."""

    BLANK = 0
    TEXT = 1
    QUOTE = 2
    RULE = 3
    INDENTED = 4  # its HTML only indents it: a quotation if somebody is said to have written it


# A row of a table ends as it begins, and a prompt is what a program asks by.
_QUOTE = re.compile(
    r"\s{0,3}(?:>|\|\s(?!.*\|\s*$)"
    r"|(?!(?:sql|mysql|mariadb|sqlite|psql|ftp|telnet|router|switch|gdb|irb|cmd|ps|lua)>)[A-Za-z]{1,20}>(?:\s|$))",
    re.IGNORECASE,
)
_RULE = re.compile(r"\s*[-–—_=*#~+.·•]{2,}\s*$|\s*ᐧ\s*$")
_RULING = frozenset("-–—_=*#~+.·•ᐧ")
_BLANK, _TEXT = Kind.BLANK, Kind.TEXT
_COLONS = frozenset(":：")
_CLOSING = frozenset("*_-–—)）]")
_with_its_end = (1).__add__
_EMPTY = frozenset({"", "\ufeff", "\u200b", "\xa0"})
_ODD = _EMPTY | _RULING | {">", "|"}
"""How a line begins, after its blanks, that may be anything but text."""
# How a line ends that may end an attribution: most others are told apart by this alone.
_LETTERS = {word for word in LAST_WORDS if len(word) == 1}
_LAST = (
    _COLONS | _CLOSING | {end[-1] for end in ENDS_CJK} | _LETTERS | set(map(str.upper, _LETTERS))
)
_SENTENCE = frozenset(".,;!?")
"""No attribution ends with one of these, and most lines of most letters do."""

_TAILS = frozenset(word[-2:] for word in LAST_WORDS)


@define
class Lines:
    """A text's lines: where each begins, its first characters, its kind, its part and how surely.

    `ending` are those without quote marks that may end an attribution, `heads` what each begins
    with after its blanks: one character, or what stands on a line that is empty. `enclosed` are
    stretches, from a line to before another, with which an older letter in them ends, in order.
    """

    text: str
    starts: list[int]
    lines: list[str]
    kinds: list[Kind]
    parts: list[Part]
    surely: list[float]
    ending: set[int] = field(factory=set)
    heads: list[str] = field(factory=list)
    enclosed: list[tuple[int, int]] = field(factory=list)
    labels: dict[int, tuple[Label, str] | None] = field(factory=dict)
    said: set[int] = field(factory=set)  # quotations that somebody is said to have written
    pointing: int = 0  # how often it was looked whether something points down

    def mark(self, begin: int, end: int, part: Part, confidence: float) -> None:
        """Say that the lines from `begin` to before `end` are a `part`."""
        self.parts[begin:end] = [part] * (end - begin)
        self.surely[begin:end] = [confidence] * (end - begin)

    def next_line(self, index: int) -> int:
        """The first line from `index` on that is not blank; their number when there is none."""
        while index < len(self.kinds) and self.kinds[index] is Kind.BLANK:
            index += 1
        return index

    def kind(self, index: int) -> Kind:
        """The kind of a line, BLANK for one that does not exist."""
        return self.kinds[index] if 0 <= index < len(self.kinds) else Kind.BLANK

    def label(self, index: int) -> tuple[Label, str] | None:
        """What the line labels, as a head's do; it is asked about again and again."""
        if index not in self.labels:
            self.labels[index] = label_of(self.lines[index])
        return self.labels[index]

    def enclosed_until(self, index: int) -> int:
        """Before which line an older letter ends whose head ends before `index`."""
        at = bisect_left(self.enclosed, (index,)) - 1
        if at >= 0 and index <= self.enclosed[at][1]:
            return self.enclosed[at][1]
        return len(self.lines)


def lined(text: str) -> Lines:  # noqa: C901 - one loop for all: a call for each line costs as much
    """The lines of a text that is not empty."""
    lines = text.split("\n", MAX_LINES)[:MAX_LINES]
    starts = [0, *accumulate(map(_with_its_end, map(len, lines)))][: len(lines)]
    if len(starts) > 1 and starts[-1] >= len(text):
        lines.pop()
        starts.pop()
    if max(map(len, lines)) > _SHOWN:
        lines = [line[:_SHOWN] for line in lines]
    count = len(lines)
    found = Lines(text, starts, lines, [_TEXT] * count, [Part.NEW] * count, [1.0] * count)
    kinds, ending, heads = found.kinds, found.ending, found.heads
    arrows, quote = ">" in text, Kind.QUOTE
    for index, line in enumerate(lines):
        if arrows and line[:1] == ">":
            kinds[index] = quote
            heads.append(">")
            continue
        stripped = line.strip()
        sign = stripped[:1]
        heads.append(sign)
        if sign in _ODD or (arrows and ">" in line[:24]):
            if len(stripped) < 2 and stripped in _EMPTY:
                kinds[index] = _BLANK
                continue
            if (arrows and ">" in line[:24]) or sign == "|":
                if _QUOTE.match(line):
                    kinds[index] = quote
                    continue
            elif sign in _RULING and _RULE.match(line):
                kinds[index] = Kind.RULE
        last = stripped[-1]
        if last in _SENTENCE:
            continue
        if (last in _LAST or stripped[-2:].lower()[-2:] in _TAILS) and _ends(line):
            ending.add(index)
    return found


def _ends(line: str) -> bool:
    """Whether an attribution may end here: with a colon, or with the word that somebody wrote."""
    words = line.rsplit(None, 1)
    if not words:
        return False
    word = words[-1]
    if word[-1] in _CLOSING:
        word = line.rstrip(" *_-–—\t\xa0)）]")[-30:]
        word = word[word.rfind(" ") + 1 :]
    return word[-1:] in _COLONS or word.lower() in LAST_WORDS or word.endswith(ENDS_CJK)


def apply_marks(lines: Lines, marks: Sequence[Mark]) -> None:
    """What the HTML declared of its text."""
    covered = 0
    for mark in marks:
        begin = bisect_left(lines.starts, mark.start)
        end = bisect_left(lines.starts, mark.end)
        if mark.part is not Part.QUOTED:
            lines.mark(begin, end, mark.part, mark.confidence)
            continue
        if not mark.confidence:
            if not lines.enclosed or end > lines.enclosed[-1][1]:
                lines.enclosed.append((begin, end))
            continue
        if mark.end <= covered:
            continue
        covered = mark.end
        kind = Kind.QUOTE if mark.confidence >= 0.9 else Kind.INDENTED
        for index in range(begin, end):
            if lines.kinds[index] is not Kind.BLANK:
                lines.kinds[index] = kind
