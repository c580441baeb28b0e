"""A letter's text falls into spans: what was written now, what is quoted, signed, appended.

Nothing is cut. Each line gets a kind first; then the places are looked for where a mail program put
what was written before: a line that says who wrote, the head of a letter, a ruling with the words
"original message". What follows such a place is quoted where quote marks follow it, and where none
do to the end of the element of HTML that it stands in, or of the text. Every step looks at each
line a bounded number of times.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Sequence

from mailtickets.mail.announcing import (
    ATTRIBUTION_LINES,
    cut_at,
    place_at,
    quoted_place_at,
)
from mailtickets.mail.attribution import ADDRESS
from mailtickets.mail.footers import footer_lines
from mailtickets.mail.languages import FORWARD_ENDS
from mailtickets.mail.message import Mark, Part, Span
from mailtickets.mail.own import (
    SHOWN,
    announced,
    is_written,
    mark_answers,
    points_down,
    show_own,
    show_whole,
)
from mailtickets.mail.textlines import Kind, Lines, apply_marks, lined
from mailtickets.tickets.values import Person

_ROOM = 72  # characters of a line that a program cuts
_NOBODY = Person("", "")
_BLANK, _TEXT, _QUOTE = Kind.BLANK, Kind.TEXT, Kind.QUOTE
_NEW, _QUOTED = Part.NEW, Part.QUOTED
_RULING = frozenset("-–—_=*>#~ \t")
_ANNOUNCING = ("Original", "20")
_ANNOUNCED = frozenset("O2")


def spans_of(
    text: str,
    marks: Sequence[Mark] = (),
    *,
    answers: bool = True,
    author: Person = _NOBODY,
    to: Collection[str] = (),
    forwards: bool = False,
) -> tuple[Span, ...]:
    """The spans of `text`, without gap or overlap; `marks` are what its HTML declared. Pure.

    `answers` says whether the letter answers or forwards another, as far as its head tells. In one
    that does neither, its writer shows us what somebody wrote, and goes on below it: only what is
    marked as a quotation is folded then, and a sentence that says who wrote it must stand above.
    `author` wrote it, `to` has the addresses, in lower case, that it is for. `forwards` says that
    it passes a letter on: then what stands below that one is older still.
    """
    if not text:
        return ()
    lines = lined(text)
    if marks:
        apply_marks(lines, marks)
    quoted = Kind.QUOTE in lines.kinds
    if quoted:
        declared = any(mark.confidence > 0.9 and mark.part is _QUOTED for mark in marks)
        own = not declared and _marks_his_own(lines)
        _quotes(lines, 0.95 if (answers or declared) and not own else SHOWN)
    known = {*to, author.address.lower(), ""}
    _places(lines, answers=answers, forwards=forwards, known=known, to=to)
    footer_lines(lines, answers=answers, author=author)
    if quoted:
        show_own(lines, answers=answers)
    if quoted or Part.QUOTED in lines.parts:
        show_whole(lines, author.name)
        mark_answers(lines)
    return _joined(lines)


def _marks_his_own(lines: Lines) -> bool:
    """Whether the writer marks his answers: no program begins to quote with two marks."""
    quotes = (lines.lines[index] for index, kind in enumerate(lines.kinds) if kind is _QUOTE)
    return all(line.startswith(">>") and line[2:3] != ">" for line in quotes)


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


def _places(  # noqa: C901 - one walk over the lines
    lines: Lines, *, answers: bool, forwards: bool, known: Collection[str], to: Collection[str]
) -> None:
    near = _near(lines)
    texts, kinds, heads = lines.lines, lines.kinds, lines.heads
    wide = "：" in lines.text
    odd = ">>> " in lines.text or "Message du " in lines.text
    # What `place_at` looks for first: a call for each line costs more than all else here.
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
    ends: list[int] | None = None
    onward = 0  # what stands before it is done with
    written = False  # whether something new stands above
    below = False  # whether the answer to all of it may stand at its end
    for index in hinted:
        kind = kinds[index]
        if index < onward or kind is _BLANK:
            continue
        if kind is not _QUOTE:
            found = place_at(lines, index, near)
        else:
            found = quoted_place_at(lines, index) if odd else None
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
            # The first is a stranger's, and one by whom it answers stands below: it was pasted.
            pasted = bool(to) and _is_stranger(_sender(lines, begin, end), known, to)
            until = _next_by(lines, hinted, end, near, to) if pasted else 0
            shown = below or until > 0 or not answers or points_down(lines, begin)
            if shown:
                lines.mark(begin, end, Part.ATTRIBUTION, SHOWN)
            ends = _forward_ends(lines) if ends is None else ends  # few letters come here
            onward = until or next((at for at in ends if at > end), 0) or lines.enclosed_until(end)
            lines.mark(end, onward, _QUOTED, SHOWN if shown else confidence)
            to = ()
            continue
        # What follows is the letter, and its writer may have put this there.
        if not answers or not any("@" in line for line in lines.lines[begin:end]):
            lines.mark(begin, end, Part.ATTRIBUTION, SHOWN)
        below = answers and not forwards
        onward = end


def _forward_ends(lines: Lines) -> list[int]:
    """The lines after those that end a forwarded letter, in order."""
    return [bisect_right(lines.starts, one.end() - 1) for one in FORWARD_ENDS.finditer(lines.text)]


def _near(lines: Lines) -> set[int]:
    """The lines on which somebody may be said to have written: none of many lines ends far off."""
    ends = set(lines.ending)
    if _QUOTE in lines.kinds and cut_at(lines, first := lines.kinds.index(_QUOTE)):
        ends.add(first)
    return {index for end in ends for index in range(max(0, end - ATTRIBUTION_LINES + 1), end + 1)}


def _is_stranger(address: str, known: Collection[str], to: Collection[str]) -> bool:
    """Whether it is nobody `known`, nor a colleague of those the letter is for.

    Agents write from addresses of their own.
    """
    domain = address.rpartition("@")[2]
    return address not in known and all(one.rpartition("@")[2] != domain for one in to)


def _sender(lines: Lines, begin: int, end: int) -> str:
    """The first address that these lines name, in lower case; empty when they name none."""
    found = ADDRESS.search("\n".join(lines.lines[begin:end]))
    return "" if found is None else found[0].lower()


def _next_by(
    lines: Lines, hinted: Sequence[int], begin: int, near: set[int], senders: Collection[str]
) -> int:
    """Where, from `begin` on, a letter by one of `senders` is announced; 0 when none is.

    Or where marks begin, by which their program shows what it answers.
    """
    onward = begin
    marked = next((at for at in range(begin, len(lines.kinds)) if lines.kinds[at] is _QUOTE), 0)
    for index in hinted:
        if marked and index >= marked:
            break
        if index < onward or lines.kinds[index] in {_BLANK, _QUOTE}:
            continue
        found = place_at(lines, index, near)
        if found is not None:
            brings = lines.next_line(found[1]) == marked > 0
            if brings or _sender(lines, found[0], found[1]) in senders:
                return found[0]
            onward = found[1]
    return marked


def _said(lines: Lines, index: int) -> None:
    """The marked lines from `index` on are a quotation: somebody is said to have written them."""
    kinds, surely, last = lines.kinds, lines.surely, len(lines.kinds) - 1
    end = index
    while end <= last and (
        kinds[end] is _QUOTE or (kinds[end] is _BLANK and end < last and kinds[end + 1] is _QUOTE)
    ):
        if surely[end] >= 0.95 and end in lines.said:
            return  # and so is what follows: it was said before
        lines.said.add(end)
        if surely[end] < 0.95:  # noqa: PLR1730 - a call costs more
            surely[end] = 0.95
        end += 1


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
