"""What a writer quotes himself, what he announces, and his answers within what is quoted."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mailtickets.mail import pointing
from mailtickets.mail.attribution import machine_says
from mailtickets.mail.message import FOLDED_FROM, Part
from mailtickets.mail.textlines import Kind, Lines
from mailtickets.mail.writers import opens, signature

SHOWN = FOLDED_FROM - 0.1
"""How surely something is older that is shown all the same."""

_DOUBTFUL = 0.5  # who wrote what, in a letter that answers nothing: "The program writes:"
_TITLES = 3  # words that may stand beside a name
_TITLED = frozenset(["mr", "mrs", "ms", "herr", "frau", "dr", "prof", "ing", "phd", "mba", "jr"])
_ANSWERED = frozenset({"OK", "NO", "JA"})  # no initials, most likely
_WORDS = 4  # of a sentence; with fewer it may be a name, and that it wrote
_POINTING_LINES, _POINTING = 12, 1_000
"""Who answers within the older letter says so in a few lines, and few characters, above it."""

_LOOKS = 4  # for what points down, in one letter
_ENDS = (":", "：")
_BLANK, _TEXT, _QUOTE, _RULE = Kind.BLANK, Kind.TEXT, Kind.QUOTE, Kind.RULE
_MARKING = frozenset("]】):：")  # behind a name, before an answer
_SILENT = frozenset({_RULE, _QUOTE})
_NEW, _QUOTED, _SAYS = Part.NEW, Part.QUOTED, Part.ATTRIBUTION
_ANSWER = re.compile(
    r"\s*(?:-{1,3}>|={1,3}>|→|>>(?!>)|\*{2,3} ?\w|#[\w ]{1,40}#|(?:re|a|answer|reply|antwort"
    r"|réponse|respuesta|risposta|resposta|antwoord|svar|vastaus|odpowiedź|odpověď|ответ|cevap|yanıt|回答|答|답변?)"
    r" ?[:：] ?\S)",
    re.IGNORECASE,
)
_FIELD = re.compile(  # which no program shows above an older letter
    r"(?:received|return-path|delivered-to|dkim-signature|message-id|mime-version|x-[\w-]{1,40}"
    r"|authentication-results|arc-[\w-]{1,40}|reply-to|list-[\w-]{1,20}):",
    re.IGNORECASE,
)


def announced(lines: Lines, begin: int) -> bool:
    """Whether somebody announces what follows, and shows it: "the headers are these:"."""
    above = begin - 1
    while above >= 0 and lines.kinds[above] is _BLANK:
        above -= 1
    if above < 0 or lines.kinds[above] is not _TEXT:
        return False
    line = lines.lines[above]
    return line.rstrip()[-1:] in _ENDS or (above == begin - 1 and _FIELD.match(line) is not None)


def show_own(lines: Lines, *, answers: bool) -> None:
    """Show what the writer quotes himself: "the screen says:", and no program's line above it.

    A program names who wrote and when. Where its line follows right below, that brings the older
    letter; what is answered has its answer there. `answers`: see `spans_of`.
    """
    texts, parts, kinds = lines.lines, lines.parts, lines.kinds
    _show_answered(lines)
    _show_top(lines)
    last: int | None = None  # where the last program's line is; looked for when it matters
    index, above, count = 0, Part.QUOTED, len(texts)
    while index < count:
        if kinds[index] is _BLANK or parts[index] is not _QUOTED or above is not _NEW:
            if kinds[index] is not _BLANK:
                doubtful = lines.surely[index] <= _DOUBTFUL and not answers
                above = _NEW if parts[index] is Part.ATTRIBUTION and doubtful else parts[index]
            index += 1
            continue
        begin = index
        while index < count and (parts[index] is _QUOTED or kinds[index] is _BLANK):
            index += 1
        above = _QUOTED
        below = index
        while below < count and (kinds[below] is _BLANK or parts[below] is Part.SIGNATURE):
            below += 1
        ends = below < count and parts[below] is Part.ATTRIBUTION
        shows = announced(lines, begin)
        if shows and last is None:
            last = max((i for i, part in enumerate(parts) if part is Part.ATTRIBUTION), default=-1)
        shows = shows and ((last is not None and index <= last) or _says(texts, begin))
        if shows or ends or not answers:
            lines.mark(begin, index, _QUOTED, SHOWN)


def _show_top(lines: Lines) -> None:
    """Show marked lines that begin the letter, where the older one stands further below.

    Their writer put them there: "> Settings > Export", or the question that he answers.
    """
    parts, kinds = lines.parts, lines.kinds
    begin = next((at for at, kind in enumerate(kinds) if kind is not _BLANK), len(kinds))
    end = begin
    while end < len(kinds) and kinds[end] in {_BLANK, _QUOTE} and parts[end] is not _SAYS:
        end += 1
    if begin == end or _SAYS not in parts[end:]:
        return
    if is_written(lines, end, parts.index(_SAYS, end)):
        lines.mark(begin, end, _QUOTED, SHOWN)


def _show_answered(lines: Lines) -> None:
    """Show all that is quoted where the answers are said to be in it, and none stand below it."""
    parts = lines.parts
    older = [parts.index(one) for one in (Part.ATTRIBUTION, _QUOTED) if one in parts]
    first = min(older, default=0)
    if first and points_down(lines, first) and not is_written(lines, first, len(parts)):
        for at, part in enumerate(parts):
            if part is _QUOTED:
                lines.surely[at] = SHOWN


def _says(texts: Sequence[str], begin: int) -> bool:
    """Whether the last line with words above `begin` is a person's: no date, no address, words."""
    above = begin - 1
    while not texts[above].strip():
        above -= 1
    line = texts[above]
    if machine_says(line):
        return True
    return "@" not in line and not any(map(str.isdigit, line)) and len(line.split()) >= _WORDS


def points_down(lines: Lines, end: int) -> bool:
    """Whether what stands above says that its answers are in the older letter below it.

    It is looked at a few times for a letter.
    """
    if lines.pointing >= _LOOKS:
        return False
    lines.pointing += 1
    above = "\n".join(lines.lines[max(0, end - _POINTING_LINES) : end])[:_POINTING]
    return pointing.points_down(above)


def show_whole(lines: Lines, name: str = "") -> None:
    """Show the older letter where nothing stands above it but a signature: it is the letter.

    It was forwarded so, or its answers were typed into it; `name` may stand before them, which is
    their writer's ("[Anna] Version 4").
    """
    if _only_signs(lines, name) or _answered_by_name(lines, name) or _answered_by_marks(lines):
        for index, part in enumerate(lines.parts):
            if part is _QUOTED or part is Part.ATTRIBUTION:
                lines.surely[index] = min(lines.surely[index], SHOWN)


def _only_signs(lines: Lines, name: str) -> bool:
    """Whether what is new is a signature and nothing else, or a greeting, with one or without.

    A signature begins with a farewell, or with the author's `name`.
    """
    new: list[str] = []
    greeted = below = False
    for line, part, kind in zip(lines.lines, lines.parts, lines.kinds, strict=True):
        if part is _NEW and kind is _TEXT:
            if not new and not greeted and opens(line):
                greeted = True
                continue
            new.append(line.strip()[:2000])
            if below or not (signature(new) or (len(new) == 1 and _is_name(new[0], name))):
                return False
        below = below or (part is _QUOTED and bool(new))
    return bool(new) or (greeted and not _shows(lines))


def _is_name(line: str, name: str) -> bool:
    """Whether a line is somebody's name, a part of it, or its initials; a title may be with it."""
    named = name.lower().replace(",", " ").split()
    words = [word.strip(",-–—") for word in line.split()]
    if not named or not words or len(words) > len(named) + _TITLES:
        return False
    if len(words) == 1:
        initials = "".join(word[0] for word in named).upper()
        short = words[0].replace(".", "")
        signed = len(short) > 1 and short == initials and short not in _ANSWERED
        return signed or words[0].strip(".").lower() in named
    others = [word for word in words if word.strip(".").lower() not in named]
    titles = all(one.endswith(".") or one.lower() in _TITLED for one in others)
    return titles and set(named).issubset(word.strip(".").lower() for word in words)


def _shows(lines: Lines) -> bool:
    """Whether something older is shown: what is written below it is a part of that."""
    found = zip(lines.parts, lines.surely, strict=True)
    return any(part is _QUOTED and surely < FOLDED_FROM for part, surely in found)


def _answered_by_marks(lines: Lines) -> bool:
    """Whether a question in what is quoted has an answer below it, with a mark: "--> Tuesday"."""
    if "?" not in lines.text and "？" not in lines.text:
        return False
    asked = False
    for line, part, kind in zip(lines.lines, lines.parts, lines.kinds, strict=True):
        if kind is _BLANK:
            continue
        if part is not _QUOTED:
            asked = False
            continue
        if asked and _ANSWER.match(line) and line.rstrip()[-1:] not in "?？":
            return True
        asked = kind is _TEXT and line.rstrip()[-1:] in "?？"
    return False


def _answered_by_name(lines: Lines, name: str) -> bool:
    """Whether lines without a quote mark, in what is quoted, begin with this name as a mark."""
    words = name.split()
    initials = "".join(word[0] for word in words if word[0].isupper())
    names = [word for word in (name, *words[:1], *words[-1:], initials) if len(word) > 1]
    if not any(one in lines.text for one in names):
        return False
    for line, part, kind in zip(lines.lines, lines.parts, lines.kinds, strict=True):
        if part is _QUOTED and kind is _TEXT:
            said = line[:200].lstrip("[【(<* \t")
            for one in names:
                if said.startswith(one) and said[len(one) : len(one) + 1] in _MARKING:
                    return bool(said[len(one) + 1 :].strip())
    return False


def is_written(lines: Lines, begin: int, end: int) -> bool:
    """Whether something new stands in these lines."""
    kinds, parts = lines.kinds[begin:end], lines.parts[begin:end]
    for kind, part in zip(kinds, parts, strict=True):
        if part is _NEW and kind is not _BLANK and kind not in _SILENT:
            return True
    return False


def mark_answers(lines: Lines) -> None:
    """New lines after a quote answer it, where something was written before or between quotes."""
    after = lines.parts.index(_QUOTED) if _QUOTED in lines.parts else len(lines.parts)
    if not is_written(lines, after, len(lines.parts)):
        return
    blocks: list[tuple[Part, int, int]] = []
    before: Part | None = None
    for index, (part, kind) in enumerate(zip(lines.parts, lines.kinds, strict=True)):
        if kind is _BLANK or kind is _RULE or (part is not _NEW and part is not _QUOTED):
            continue
        if part is before:
            blocks[-1] = part, blocks[-1][1], index + 1
        else:
            blocks.append((part, index, index + 1))
            before = part
    shape = [part for part, _, _ in blocks]
    if shape.count(Part.NEW) < 2:
        return
    for above, (part, begin, end) in zip(shape, blocks[1:], strict=False):
        if part is Part.NEW and above is Part.QUOTED:
            for index in range(begin, end):
                if lines.parts[index] is Part.NEW:
                    lines.parts[index] = Part.INLINE_ANSWER
                    lines.surely[index] = 0.9
