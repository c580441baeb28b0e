"""Answers that somebody wrote in a colour of their own, at the questions of an older letter.

Nothing else marks them, and the text beside the HTML has no colours. So a line of a quotation is an
answer only if it stands below a question or a request, or behind one on its line, in a colour that
is seen at a glance, and that is not the question's. Pens that mark a text count as colours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from mailtickets.mail.entities import unescaped
from mailtickets.mail.languages import label_of
from mailtickets.mail.message import FOLDED_FROM, Part, Span

CONFIDENCE = 0.8
_MOST_PIECES, _MOST_STEPS = 5_000, 100_000
_BEGINNING = 8  # characters by which a piece is found
_ANSWER = (Part.INLINE_ANSWER, CONFIDENCE)
_MOST_ELEMENTS, _MOST_LINES = 500, 200
_MOST_PLACES = 20  # of what a line says among the coloured pieces
_LONGEST = 2_000  # characters of what a coloured element holds
_SEEN = 90  # by so much the strongest of a colour's three parts is stronger than the weakest

_ELEMENT = re.compile(
    r"<(span|font|div|p|li|b|strong|em|i|u|mark)\b([^<>]{0,2000})>", re.IGNORECASE
)
_INLINE = frozenset({"span", "font", "b", "strong", "em", "i", "u"})
_COLOUR = re.compile(
    r"(?<![\w-])(color|background(?:-color)?|mso-highlight)\s{0,3}[:=]\s{0,3}[\"']?\s{0,3}"
    r"(#[0-9a-f]{6}\b|#[0-9a-f]{3}\b|rgb\([\d\s,]{5,20}\)|[a-z]{3,20})",
    re.IGNORECASE,
)
_PENS = frozenset({"yellow", "lime", "aqua", "cyan", "magenta", "fuchsia", "gold"})
_BRIGHT = 192  # the least that the strongest part of a pen's colour has
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
_REQUEST = re.compile(
    r"\b(?:please(?! note)|kindly|bitte(?! beacht)|veuillez|merci de|s['’]il (?:vous|te) pla[iî]t"
    r"|por favor|per favore"
    r"|si prega|alstublieft|graag|vänligen|venligst|vennligst|proszę|prosím\w?|пожалуйста|просим"
    r"|будь ласка|lütfen|kérj\w{1,4}|kérem|ystävällisesti)\b"
    r"|[请請]|ください|下さい|주세요|바랍니다",
    re.IGNORECASE,
)
_ASKED = re.compile(r"[?？؟:：][*_]*\s*")
_ITEM = re.compile(r"\s*(?:\d{1,5}|[A-Za-z])\.\s+")
_MOST_ASKED = 3  # of the questions on a line
_LINK = re.compile(r"@|://|\bwww\.")  # programs colour these, too
_CUT = 500  # characters of a line that are looked at


class _Coloured:
    """What stands in colours, in pieces; they are found by how they begin."""

    def __init__(self, pieces: list[str]) -> None:
        self._pieces = pieces
        self._places: dict[str, list[int]] = {}
        for place, piece in enumerate(pieces):
            places = self._places.setdefault(piece[:_BEGINNING], [])
            if len(places) < _MOST_PLACES:
                places.append(place)
        self._steps = _MOST_STEPS
        self._sizes = sorted({len(beginning) for beginning in self._places})

    def has(self, line: str) -> bool:
        """Whether a line is one of the pieces, or several that follow each other."""
        return len(line) <= _LONGEST and any(not rest for rest, _ in self._walked(line))

    def begins(self, line: str) -> bool:
        """Whether pieces that follow each other begin with this."""
        return any(not rest or piece.startswith(rest) for rest, piece in self._walked(line))

    def _walked(self, line: str) -> Iterator[tuple[str, str]]:
        """What is left of a line behind pieces that it begins with, and the next piece."""
        for size in self._sizes:
            for place in self._places.get(line[:size], ()):
                at, next_ = 0, place
                while next_ < len(self._pieces) and at < len(line) and self._steps:
                    self._steps -= 1
                    if not line.startswith(self._pieces[next_], at):
                        break
                    at += len(self._pieces[next_])
                    next_ += 1
                yield line[at:], self._pieces[next_] if next_ < len(self._pieces) else ""


class _Colours:
    """The pieces of a page in colours, and those that a pen marked.

    Behind a label ("Status:") programs write in colours, too; so there only a pen counts, or a
    colour that has answered a question: then `labels` is true.
    """

    def __init__(self, html: str) -> None:
        pieces = list(islice(_pieces(html), _MOST_PIECES))
        self._all = _Coloured([key for key, _ in pieces])
        self._pens = _Coloured([key for key, pen in pieces if pen])
        self.any = bool(pieces)
        self.labels = False
        self.left = _MOST_LINES  # that are looked at

    def has(self, line: str) -> bool:
        """Whether all of a line is coloured, but for the number of an item."""
        return self._all.has(_key(line)) or self._all.has(_key(_ITEM.sub("", line, 1)))

    def behind(self, line: str) -> int:
        """Where on a line the answer to its question begins, one of the pieces; 0 if nowhere."""
        line = line[:_CUT].rstrip("\n")
        for found in list(_ASKED.finditer(line))[-_MOST_ASKED:]:
            question, answer = _key(line[: found.end()]), _key(line[found.end() :])
            among = self._all if found[0][0] in _ASKS or self.labels else self._pens
            if answer and not _LINK.search(line, found.end()) and among.has(answer):
                head = label_of(line) and not self._pens.has(answer)
                return 0 if self._all.begins(question) or head else found.end()
        return 0


def with_coloured(text: str, html: str, spans: tuple[Span, ...]) -> tuple[Span, ...]:
    """`spans` of `text`, with the coloured answers in what was quoted. Pure, never raises."""
    if not any(_is_quoted(span) for span in spans):
        return spans
    if not any(word in html for word in ("color", "highlight", "background", "<mark")):
        return spans
    colours = _Colours(html)
    if not colours.any:
        return spans
    quoted = "".join(text[span.start : span.end] for span in spans if _is_quoted(span))
    colours.labels = _answers_one(quoted.split("\n", _MOST_LINES)[:_MOST_LINES], colours)
    out: list[Span] = []
    for span in spans:
        out.extend(_parted(text, span, colours) if _is_quoted(span) else (span,))
    return tuple(out)


def _answers_one(lines: list[str], colours: _Colours) -> bool:
    """Whether a question in these lines has a coloured answer."""
    asked = False
    for line in lines:
        if not _key(line):
            continue
        coloured = colours.has(line)
        if (asked and coloured) or colours.behind(line):
            return True
        asked = not coloured and _asks(line, labels=False)
    return False


def _asks(line: str, *, labels: bool) -> bool:
    """Whether a line asks something, or for something; `labels` whether one that ends with a colon.

    A line of an older letter's head does not, whatever its subject asks.
    """
    said = line[:_CUT].rstrip("*_ \t\xa0\n")
    label = label_of(said)
    if label is not None and label[1]:
        return False
    asks = said.endswith(_ASKS) or (labels and said.endswith((":", "：")))
    return asks or _REQUEST.search(said) is not None


def _is_quoted(span: Span) -> bool:
    return span.part is Part.QUOTED and span.confidence >= FOLDED_FROM


def _pieces(html: str) -> Iterator[tuple[str, bool]]:
    """What stands in colours, by lines and elements, without blanks; whether a pen marked it."""
    left = _MOST_ELEMENTS
    for found in _ELEMENT.finditer(html):
        name = found[1].lower()
        colours = _COLOUR.findall(found[2]) if found[2] else ()
        if not colours and name != "mark":
            continue
        left -= 1
        if left < 0:
            return
        seen = any(of.lower() == "color" and _is_seen(each.lower()) for of, each in colours)
        pen = name == "mark" or (name in _INLINE and any(_is_pen(*each) for each in colours))
        if not (seen or pen):
            continue
        inner = html[found.end() : found.end() + _LONGEST]
        inner = inner.partition(f"</{found[1]}")[0]
        for piece in _BREAK.split(inner):
            if key := _key(unescaped(_TAG.sub("", piece))):
                yield key, pen


def _is_pen(of: str, colour: str) -> bool:
    """Whether a text has such a ground as a pen's."""
    colour = colour.lower()
    return of.lower() != "color" and (colour in _PENS or _is_bright(colour))


def _is_seen(colour: str) -> bool:
    parts = _parts(colour)
    return max(parts) - min(parts) >= _SEEN if parts else colour in _NAMED


def _is_bright(colour: str) -> bool:
    parts = _parts(colour)
    return bool(parts) and max(parts) >= _BRIGHT and max(parts) - min(parts) >= _SEEN


def _parts(colour: str) -> list[int]:
    """A colour's red, green and blue; none for one that has a name."""
    if colour.startswith("#"):
        hexes = colour[1:] if len(colour) == 7 else "".join(2 * one for one in colour[1:])
        return [int(hexes[at : at + 2], 16) for at in (0, 2, 4)]
    return [int(one) for one in _NUMBER.findall(colour)] if colour.startswith("rgb") else []


def _key(line: str) -> str:
    return _MARKS.sub("", line)


def _parted(text: str, span: Span, colours: _Colours) -> Iterator[Span]:
    """A quotation in pieces: what is above a question, the question, and its answer in colour."""
    begin = place = span.start  # of what is not told yet
    asked: int | None = None  # where a question begins
    answering = False
    for line in text[span.start : span.end].splitlines(keepends=True):
        key, start = _key(line), place
        place += len(line)
        if not key:
            continue
        colours.left -= 1
        looked = colours.left >= 0
        answer = start
        if looked and (behind := colours.behind(line)):
            asked, answer = start, start + behind
            coloured = True
        else:
            coloured = looked and colours.has(line)
        if coloured and asked is not None:
            if asked > begin:
                kind, surely = _ANSWER if answering else (span.part, span.confidence)
                yield Span(begin, asked, kind, surely)
            yield Span(asked, answer, span.part, span.confidence)
            begin, answering = answer, True
        elif answering and not coloured:
            yield Span(begin, start, *_ANSWER)
            begin, answering = start, False
        asked = start if not coloured and _asks(line, labels=colours.labels) else None
    if answering:
        yield Span(begin, span.end, *_ANSWER)
    elif begin < span.end:
        yield Span(begin, span.end, span.part, span.confidence)
