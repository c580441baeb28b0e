"""A letter's text falls into spans: what was written now, what is quoted, signed, appended.

Nothing is cut. Each line gets a kind first; then the places are looked for where a mail program put
what was written before: a line that says who wrote, the head of a letter, a ruling with the words
"original message". What follows such a place is quoted where quote marks follow it, and to the end
of the text where none do. Every step looks at each line a bounded number of times.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mailtickets.mail.attribution import SURE, is_told, names_somebody, says_who
from mailtickets.mail.footers import footer_lines
from mailtickets.mail.heads import head_at
from mailtickets.mail.languages import (
    FORWARDED,
    ORIGINAL,
    REPLY_ABOVE,
    STARTS,
    label_of,
    plain,
)
from mailtickets.mail.message import Mark, Part, Span
from mailtickets.mail.own import SHOWN, announced, is_written, mark_answers, points_down, show_own
from mailtickets.mail.textlines import Kind, Lines, apply_marks, lined

_ATTRIBUTION = 420  # a line that says who wrote is no longer than this, over all its lines
_ATTRIBUTION_LINES = 4
_ROOM = 72  # characters of a line that a program cuts


_GROUPWISE = re.compile(r">>> .{3,200}\d{1,2}[:.]\d\d.{0,20} >>>\s*$")
_ORANGE = re.compile(r">\s*Message du \d\d/\d\d/\d")
_GMT = re.compile(
    r"^\d{4}-\d\d-\d\d \d{1,2}:\d\d (?:GMT|UTC)[+-]\d\d:?\d\d "
    r"(?:.{0,100}(?:\S:|<\S{1,64}@\S{1,200}>:?)"
    r"|[^\Wa-z\d_][\w'.-]{0,30}+(?: [^\Wa-z\d_][\w'.-]{0,30}+){0,4})\s*$"
)
# Who asks for answers above a line speaks of answers, or rules the line off.
_REPLYING = re.compile(
    r"repl|answer|comment|respon|antwort|schreib|répon|écri|respo|escri|escre|rispo|scriv|antwoord|svar|vastau|odpow|odpov"
    r"|ответ|yanıt|cevap|回|返信|답|^[^\w\s]{2}",
    re.IGNORECASE,
)
_CITED = frozenset("\"„“”«»‘’'「『")
_OLD_GMAIL = re.compile(r"^\d{4}/\d{1,2}/\d{1,2} .{0,100}<\S{1,64}@\S{1,200}>:?\s*$")
_BLANK, _TEXT, _QUOTE, _RULE = Kind.BLANK, Kind.TEXT, Kind.QUOTE, Kind.RULE
_SILENT = frozenset({_RULE, _QUOTE})
_NEW, _QUOTED = Part.NEW, Part.QUOTED
_RULING = frozenset("-–—_=*>#~ \t")
_ENDS = (":", "：")
_ANNOUNCING = ("Original", "20")
_ANNOUNCED = frozenset("O2")


def spans_of(text: str, marks: Sequence[Mark] = (), *, answers: bool = True) -> tuple[Span, ...]:
    """The spans of `text`, without gap or overlap; `marks` are what its HTML declared. Pure.

    `answers` says whether the letter answers or forwards another, as far as its head tells. In one
    that does neither, its writer shows us what somebody wrote, and goes on below it: only what is
    marked as a quotation is folded then, and a sentence that says who wrote it must stand above.
    """
    if not text:
        return ()
    lines = lined(text)
    if marks:
        apply_marks(lines, marks)
    quoted = Kind.QUOTE in lines.kinds
    if quoted:
        declared = any(mark.confidence > 0.9 and mark.part is _QUOTED for mark in marks)
        _quotes(lines, 0.95 if answers or declared else SHOWN)
    _places(lines, answers=answers)
    footer_lines(lines, answers=answers)
    if quoted:
        show_own(lines, answers=answers)
    if quoted or Part.QUOTED in lines.parts:
        mark_answers(lines)
    return _joined(lines)


def _quotes(lines: Lines, confidence: float) -> None:
    """Lines with a quote mark are quoted, and so is what a program wrapped out of them."""
    rewrapped = False
    kinds, texts = lines.kinds, lines.lines
    before = Kind.TEXT
    for index, kind in enumerate(kinds):
        if kind is _QUOTE:
            lines.parts[index], lines.surely[index] = _QUOTED, confidence
        elif before is _QUOTE and kind is _TEXT and lines.kind(index + 1) is Kind.QUOTE:
            above, line = texts[index - 1], texts[index]
            # A line is cut where its next word has no room.
            filled = len(above) + 1 + len(line.partition(" ")[0]) > _ROOM
            cut = filled and above.rstrip()[-1:] not in ".?!:" and line[:1].islower()
            # What was wrapped goes on in the next line; a quote that begins anew was answered.
            onward = texts[index + 1].lstrip("> \t\xa0")[:1]
            if (cut or (rewrapped and line[:1].islower())) and not onward.isupper():
                rewrapped = True
                lines.mark(index, index + 1, Part.QUOTED, 0.6)
        before = kind


# Where something older begins.


def _places(lines: Lines, *, answers: bool) -> None:  # noqa: C901 - one walk over the lines
    near = {
        index
        for end in lines.ending
        for index in range(max(0, end - _ATTRIBUTION_LINES + 1), end + 1)
    }
    texts, kinds, heads = lines.lines, lines.kinds, lines.heads
    wide = "：" in lines.text
    odd = ">>> " in lines.text or "Message du " in lines.text
    # What `_place` looks for first: a call for each line costs more than all else here.
    hinted = [
        index
        for index, line in enumerate(texts)
        if odd
        or (
            kinds[index] is not _QUOTE
            and (
                ":" in line
                or line[:1] in _RULING
                or (heads[index] in _ANNOUNCED and line.startswith(_ANNOUNCING))
                or index in near
                or (wide and "：" in line)
            )
        )
    ]
    onward = 0  # what stands before it is done with
    written = False  # whether something new stands above
    for index in hinted:
        kind = kinds[index]
        if index < onward or kind is _BLANK:
            continue
        if kind is not _QUOTE:
            found = _place(lines, index, near)
        else:
            found = _quoted_place(lines, index) if odd else None
        if found is None:
            continue
        written = written or is_written(lines, onward, index)
        begin, end, confidence = found
        begin = _with_rule_before(lines, begin)
        lines.mark(begin, end, Part.ATTRIBUTION, confidence)
        following = lines.next_line(end)
        if lines.kind(following) is Kind.INDENTED:
            _indented(lines, following)
        if lines.kind(following) is Kind.QUOTE:
            onward = following
            if answers or confidence > 0.5:
                _said(lines, following)
            continue
        if written and announced(lines, begin):
            lines.mark(begin, end, _NEW, 0.5)
            onward = end
            continue
        if written:
            shown = not answers or points_down(lines, begin)
            onward = _older(lines, begin, end, confidence, shown=shown)
            continue
        # What follows is the letter, and its writer may have put this there.
        if not answers or not any("@" in line for line in lines.lines[begin:end]):
            lines.mark(begin, end, Part.ATTRIBUTION, SHOWN)
        onward = end


def _older(lines: Lines, begin: int, end: int, confidence: float, *, shown: bool) -> int:
    """From `end` on stands an older letter, which the lines from `begin` on announce.

    Answers where it ends: with the element of HTML that its program put it into, or with the text.
    """
    until = lines.enclosed_until(end)
    if shown:
        lines.mark(begin, end, Part.ATTRIBUTION, SHOWN)
    lines.mark(end, until, Part.QUOTED, SHOWN if shown else confidence)
    return until


def _said(lines: Lines, index: int) -> None:
    """The marked lines from `index` on are a quotation: somebody is said to have written them."""
    kinds, end, last = lines.kinds, index, len(lines.kinds) - 1
    while end <= last and (
        kinds[end] is _QUOTE or (kinds[end] is _BLANK and end < last and kinds[end + 1] is _QUOTE)
    ):
        end += 1
    lines.surely[index:end] = [one if one > 0.95 else 0.95 for one in lines.surely[index:end]]  # noqa: FURB136 - a call costs more


def _place(lines: Lines, index: int, near: set[int]) -> tuple[int, int, float] | None:
    """Where something older is announced at line `index`, and how surely."""
    line = lines.lines[index]
    found = None
    if line[0] in _RULING or ":" in line[-3:] or line.startswith("Original"):
        found = _ruling(lines, index)
    if found is None and (":" in line[:50] or "：" in line[:50]):
        found = head_at(lines, index)
    if found is None and index in near:
        found = _attribution(lines, index)
    if found is None and line[:2] == "20":
        if _GMT.match(line):
            return index, index + 1, 0.8
        if _OLD_GMAIL.match(line) and lines.kind(lines.next_line(index + 1)) is _QUOTE:
            return index, index + 1, 0.8
    return found


def _quoted_place(lines: Lines, index: int) -> tuple[int, int, float] | None:
    """As `_place`, for those programs that write it in quote marks, and what is older without."""
    line = lines.lines[index]
    if line.startswith(">>> ") and _GROUPWISE.match(line):
        return index, index + 1, 0.8
    if "Message du" not in line[:14] or not _ORANGE.match(line):
        return None
    end = index + 1
    while lines.kind(end) is _QUOTE:
        said = lines.lines[end].lstrip("> \t\xa0")
        if said and label_of(said) is None:
            return None  # the text, too, has its marks
        end += 1
    return index, end, 0.8


def _indented(lines: Lines, index: int) -> None:
    """The lines that the HTML only indents are a quotation after all."""
    while lines.kind(index) is Kind.INDENTED or (
        lines.kind(index) is Kind.BLANK and lines.kind(index + 1) is Kind.INDENTED
    ):
        lines.kinds[index] = Kind.QUOTE if lines.kinds[index] is Kind.INDENTED else Kind.BLANK
        lines.mark(index, index + 1, Part.QUOTED, 0.9)
        index += 1


def _with_rule_before(lines: Lines, begin: int) -> int:
    """`begin`, or the ruling that stands before it."""
    above = begin - 1
    while above >= 0 and lines.kinds[above] is Kind.BLANK:
        above -= 1
    if above >= 0 and lines.kinds[above] is Kind.RULE:
        return above
    return begin


def _ruling(lines: Lines, index: int) -> tuple[int, int, float] | None:
    """-----Original Message-----, in any language, with the head that may follow it."""
    line = lines.lines[index]
    if len(line) > 120:
        return None
    said = plain(line)
    if not said:
        return None  # most rulings say nothing
    if REPLY_ABOVE.match(line) and _REPLYING.search(line.strip()):
        return index, index + 1, 0.9
    processed = said.startswith("original message processed by")
    if said not in ORIGINAL and said not in FORWARDED:
        if not processed:
            return None
    elif not (line.lstrip()[:2] in {"--", "==", "__", "**", "—-", "––", "- "} or ":" in line[-3:]):
        return None
    following = lines.next_line(index + 1)
    head = head_at(lines, following) if following < len(lines.lines) else None
    bare = line.lstrip()[:1] not in _RULING and not processed
    if head is None and bare and lines.kind(following) in (_TEXT, _RULE):
        return None  # "Original message:", and what a screen says
    return index, head[1] if head else index + 1, 0.95


def _attribution(lines: Lines, index: int) -> tuple[int, int, float] | None:
    """On such a day somebody wrote, on one line or on several, that begin at `index`."""
    line = lines.lines[index]
    starts = STARTS.match(line)
    if not starts and "@" not in line and "<" not in line and line.rstrip()[-1:] not in _ENDS:
        return None
    said = ""
    for end in range(index, min(index + _ATTRIBUTION_LINES, len(lines.lines))):
        if lines.kinds[end] is _BLANK or (end > index and lines.kinds[end] in _SILENT):
            return None
        said = f"{said} {lines.lines[end].strip()}" if said else line.strip()
        if len(said) > _ATTRIBUTION:
            return None
        closing = said.rstrip(" *_-–—\t\xa0")
        if end in lines.ending:
            colon = closing.endswith(_ENDS)
            if not colon and lines.kind(end + 1) is _TEXT and end + 1 in lines.ending:
                continue  # the last line of it is still to come
            confidence = says_who(said, starts=bool(starts), colon=colon)
            if confidence and _fits(lines, index, end, confidence):
                return index, end + 1, confidence
            if colon:
                return None
    return None


def _fits(lines: Lines, begin: int, end: int, confidence: float) -> bool:
    """Whether the place is one for an attribution: before a quote, or alone between paragraphs.

    Whoever tells what somebody wrote to whom says it in a longer sentence, or speaks of himself.
    """
    said = " ".join(lines.lines[begin : end + 1])
    if is_told(said):
        return False
    below = lines.next_line(end + 1)
    following = lines.kind(below)
    if following in (Kind.QUOTE, Kind.INDENTED):
        return True
    if not names_somebody(said):
        return False
    if following is _TEXT and lines.heads[below] in _CITED:
        return False  # a person cites
    if below == end + 1 and "@" not in said and not said.rstrip(" *_").endswith(_ENDS):
        return False  # one line of somebody's list
    alone = confidence >= SURE or lines.kind(begin - 1) in (Kind.BLANK, Kind.RULE)
    if following is Kind.BLANK:  # nothing follows at all: what it announced was cut off
        return alone and confidence >= 0.9
    return alone and confidence > 0.5


def _joined(lines: Lines) -> tuple[Span, ...]:
    """Neighbouring lines of one part are one span; a blank line goes with what it follows."""
    if lines.parts.count(Part.NEW) == len(lines.parts):
        return (Span(0, len(lines.text), Part.NEW, min(lines.surely)),)
    out: list[Span] = []
    surely = lines.surely
    begin, part, confidence = 0, lines.parts[0], surely[0]
    for index, (here, kind) in enumerate(zip(lines.parts, lines.kinds, strict=True)):
        if kind is _BLANK:
            continue
        if here is part:
            if surely[index] < confidence:  # noqa: PLR1730 - a call for each line costs more
                confidence = surely[index]
            continue
        start = lines.starts[index]
        out.append(Span(begin, start, part, confidence))
        begin, part, confidence = start, here, surely[index]
    out.append(Span(begin, len(lines.text), part, confidence))
    return tuple(out)
