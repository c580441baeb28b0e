"""Answers that somebody wrote in a colour of their own, below the questions of an older letter.

Nothing else marks them, and the text beside the HTML has no colours. So a line of a quotation is an
answer only if it stands below a question, in a colour that is seen at a glance, and that is not the
question's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate

from mailtickets.mail.entities import unescaped
from mailtickets.mail.message import FOLDED_FROM, Part, Span

CONFIDENCE = 0.8
_MOST_ELEMENTS, _MOST_LINES = 500, 200
_MOST_PLACES = 20  # of what a line says among the coloured pieces
_LONGEST = 2_000  # characters of what a coloured element holds
_SEEN = 96  # by so much the strongest of a colour's three parts is stronger than the weakest

_ELEMENT = re.compile(
    r"<(span|font|div|p|li|b|strong|em|i|u)\b(?=[^<>]{0,1000}?(?<![\w-])color\s{0,3}[:=]\s{0,3}[\"']?"
    r"\s{0,3}(#[0-9a-f]{6}\b|#[0-9a-f]{3}\b|rgb\([\d\s,]{5,20}\)|[a-z]{3,20}))[^<>]{0,2000}>",
    re.IGNORECASE,
)
_NAMED = frozenset(
    [
        *("red", "crimson", "firebrick", "darkred", "maroon", "orangered", "orange", "darkorange"),
        *("blue", "mediumblue", "darkblue", "navy", "royalblue", "dodgerblue", "teal", "purple"),
        *("green", "darkgreen", "forestgreen", "limegreen", "lime", "magenta", "fuchsia"),
    ]
)
_NUMBER = re.compile(r"\d{1,3}")
_BREAK = re.compile(r"<(?:br|/?(?:p|div|li|tr|ul|ol))\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_MARKS = re.compile(r"[\s>|*•\u00a0\u200b]+")
_ASKS = ("?", "？", "؟")


class _Coloured:
    """What stands in colours: all of it, and where its pieces begin and end."""

    def __init__(self, pieces: list[str]) -> None:
        self.said = "".join(pieces)
        self._ends = {0, *accumulate(map(len, pieces))}

    def has(self, line: str) -> bool:
        """Whether a line is one of the pieces, or several that follow each other."""
        at = self.said.find(line)
        for _ in range(_MOST_PLACES):
            if at < 0 or (at in self._ends and at + len(line) in self._ends):
                break
            at = self.said.find(line, at + 1)
        else:
            return False
        return at >= 0


def with_coloured(text: str, html: str, spans: tuple[Span, ...]) -> tuple[Span, ...]:
    """`spans` of `text`, with the coloured answers in what was quoted. Pure, never raises."""
    if not any(_is_quoted(span) for span in spans) or "color" not in html:
        return spans
    quoted = "".join(text[span.start : span.end] for span in spans if _is_quoted(span))
    if not any(mark in quoted for mark in _ASKS):
        return spans
    coloured = _Coloured(list(_pieces(html)))
    if not coloured.said:
        return spans
    out: list[Span] = []
    for span in spans:
        out.extend(_parted(text, span, coloured) if _is_quoted(span) else (span,))
    return tuple(out)


def _is_quoted(span: Span) -> bool:
    return span.part is Part.QUOTED and span.confidence >= FOLDED_FROM


def _pieces(html: str) -> Iterator[str]:
    """What stands in colours, a piece for each line or element, without blanks."""
    for number, found in enumerate(_ELEMENT.finditer(html)):
        if number == _MOST_ELEMENTS:
            return
        if not _is_seen(found[2].lower()):
            continue
        inner = html[found.end() : found.end() + _LONGEST]
        inner = inner.partition(f"</{found[1]}")[0]
        for piece in _BREAK.split(inner):
            if key := _key(unescaped(_TAG.sub("", piece))):
                yield key


def _is_seen(colour: str) -> bool:
    if colour.startswith("#"):
        hexes = colour[1:] if len(colour) == 7 else "".join(2 * one for one in colour[1:])
        parts = [int(hexes[at : at + 2], 16) for at in (0, 2, 4)]
    elif colour.startswith("rgb"):
        parts = [int(one) for one in _NUMBER.findall(colour)] or [0]
    else:
        return colour in _NAMED
    return max(parts) - min(parts) >= _SEEN


def _key(line: str) -> str:
    return _MARKS.sub("", line)


def _parted(text: str, span: Span, colours: _Coloured) -> Iterator[Span]:
    """A quotation in pieces: what is above a question, the question, and its answer in colour."""
    begin = span.start  # of what is not told yet
    asked: int | None = None  # where a question begins
    answering = False
    place = span.start
    for number, line in enumerate(text[span.start : span.end].splitlines(keepends=True)):
        key, start = _key(line), place
        place += len(line)
        if not key:
            continue
        coloured = number < _MOST_LINES and colours.has(key)
        if coloured and (asked is not None or answering):
            if asked is not None:
                if asked > begin:
                    yield Span(begin, asked, span.part, span.confidence)
                yield Span(asked, start, span.part, span.confidence)
                begin = start
            asked, answering = None, True
            continue
        if answering:
            yield Span(begin, start, Part.INLINE_ANSWER, CONFIDENCE)
            begin, answering = start, False
        asked = start if line.rstrip("*_ \t\xa0\n").endswith(_ASKS) and not coloured else None
    if answering:
        yield Span(begin, span.end, Part.INLINE_ANSWER, CONFIDENCE)
    elif begin < span.end:
        yield Span(begin, span.end, span.part, span.confidence)
