"""Where a text says that something older follows: a ruling, a head, a line that says who wrote."""

from __future__ import annotations

import re

from mailtickets.mail.attribution import (
    SURE,
    begins_anew,
    is_beginning,
    is_dated,
    is_told,
    names_somebody,
    says_who,
)
from mailtickets.mail.heads import head_at
from mailtickets.mail.languages import (
    FORWARDED,
    ORIGINAL,
    REPLY_ABOVE,
    STARTS,
    label_of,
    plain,
)
from mailtickets.mail.message import Part
from mailtickets.mail.signoffs import signs
from mailtickets.mail.textlines import Kind, Lines

Place = tuple[int, int, float]
"""The first line of it, the one after its last, and how surely it is one."""

ATTRIBUTION_LINES = 4
_ATTRIBUTION = 420  # a line that says who wrote is no longer than this, over all its lines
_RULED = 120  # characters of a ruling and its words
_RUN_ON = re.compile(r"-{4,}+ ?([^-]{5,40}?) ?-{4,}+(?=[^\s-])")
_ALONE = 0.5  # how surely lines are an attribution that need no other above them
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
_OPEN = re.compile(r"<[^<>@\s]{1,64}@[^<>@\s]{1,255}$")
_CUT = 0.9
_REST = 30  # characters of "> wrote:"
_CITED = frozenset("\"„“”«»‘’'「『")
_OLD_GMAIL = re.compile(r"^\d{4}/\d{1,2}/\d{1,2} .{0,100}<\S{1,64}@\S{1,200}>:?\s*$")
_BLANK, _TEXT, _QUOTE, _RULE = Kind.BLANK, Kind.TEXT, Kind.QUOTE, Kind.RULE
_SILENT = frozenset({_RULE, _QUOTE})
_SAYS = Part.ATTRIBUTION
_RULING = frozenset("-–—_=*>#~ \t")
_ENDS = (":", "：")


def place_at(lines: Lines, index: int, near: set[int]) -> Place | None:
    """Where something older is announced at line `index`, and how surely."""
    line = lines.lines[index]
    found = None
    long = len(line) > _RULED
    if line[0] in _RULING or long or ":" in line[-3:] or line.startswith("Original"):
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


def quoted_place_at(lines: Lines, index: int) -> Place | None:
    """As `place_at`, for those programs that write it in quote marks, and what is older without."""
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


def _ruling(lines: Lines, index: int) -> Place | None:
    """-----Original Message-----, in any language, with the head that may follow it."""
    line = lines.lines[index]
    if len(line) > _RULED:
        return (index, index + 1, 0.95) if _runs_on(line) else None
    said = plain(line)
    if not said:
        return None  # most rulings say nothing
    if REPLY_ABOVE.match(line) and _REPLYING.search(line.strip()):
        return index, index + 1, 0.9
    processed = said.startswith("original message processed by")
    if said not in ORIGINAL and said not in FORWARDED:
        if not processed:
            return (index, index + 1, 0.95) if _runs_on(line) else None
    elif not (line.lstrip()[:2] in {"--", "==", "__", "**", "—-", "––", "- "} or ":" in line[-3:]):
        return None
    following = lines.next_line(index + 1)
    head = head_at(lines, following) if following < len(lines.lines) else None
    bare = line.lstrip()[:1] not in _RULING and not processed
    if head is None and bare and lines.kind(following) in (_TEXT, _RULE):
        return None  # "Original message:", and what a screen says
    return index, head[1] if head else index + 1, 0.95


def _runs_on(line: str) -> bool:
    """Whether the head follows on the same line, as in texts that Samsung's program makes of HTML.

    What it signs with may stand before the ruling, and nothing else.
    """
    found = _RUN_ON.search(line) if "----" in line else None
    if found is None or not (plain(found[1]) in ORIGINAL or plain(found[1]) in FORWARDED):
        return False
    before = line[: found.start()].strip()
    return label_of(line[found.end() :]) is not None and (not before or signs(before))


def _attribution(lines: Lines, index: int) -> Place | None:
    """On such a day somebody wrote, on one line or on several, that begin at `index`."""
    starts = STARTS.match(lines.lines[index])
    if not starts and not _may_say(lines.lines[index]):
        return None
    line, said = lines.lines[index], ""
    for end in range(index, min(index + ATTRIBUTION_LINES, len(lines.lines))):
        if _stops_at(lines, index, end):
            return _cut_before_its_end(lines, index, end, said)
        said = f"{said} {lines.lines[end].strip()}" if said else line.strip()
        if len(said) > _ATTRIBUTION:
            return None
        closing = said.rstrip(" *_-–—\t\xa0")
        if end in lines.ending:
            colon = closing.endswith(_ENDS)
            if not colon and lines.kind(end + 1) is _TEXT and end + 1 in lines.ending:
                continue  # the last line of it is still to come
            if end > index and _later(lines, index, end, colon=colon):
                return None
            confidence = says_who(said, starts=bool(starts), colon=colon)
            if confidence and _fits(lines, index, end, confidence):
                return index, end + 1, confidence
            if colon:
                return None
    return None


def _stops_at(lines: Lines, index: int, end: int) -> bool:
    """Whether no line of an attribution that begins at `index` can stand at `end`."""
    if lines.parts[end] is _SAYS and lines.parts[index] is not _SAYS:
        return True  # the HTML says where it begins
    return lines.kinds[end] is _BLANK or (end > index and lines.kinds[end] in _SILENT)


def _may_say(line: str) -> bool:
    """Whether a line that begins as no attribution does may be one."""
    return "@" in line or "<" in line or line.rstrip()[-1:] in _ENDS


def cut_at(lines: Lines, index: int) -> bool:
    """Whether an attribution ends here whose address was wrapped: "> wrote:" is no quotation."""
    rest = lines.lines[index].strip()
    if index == 0 or len(rest) > _REST or not rest.endswith(_ENDS):
        return False
    return _OPEN.search(lines.lines[index - 1].rstrip()) is not None


def _cut_before_its_end(lines: Lines, begin: int, end: int, said: str) -> Place | None:
    """The attribution from `begin` on that `said` begins, where it is cut at line `end`."""
    if lines.kinds[end] is not _QUOTE or not cut_at(lines, end):
        return None
    confidence = says_who(f"{said}{lines.lines[end].strip()}", starts=True, colon=True)
    return (begin, end + 1, confidence) if confidence >= _CUT else None


def _later(lines: Lines, begin: int, end: int, *, colon: bool) -> bool:
    """Whether the attribution that ends at `end` begins below `begin`: what is above it is new."""
    starts = STARTS.match(lines.lines[begin])
    alone = starts is None or starts["word"] is None
    for at in range(end, begin, -1):
        line = lines.lines[at]
        said = " ".join(one.strip() for one in lines.lines[at : end + 1])
        if begins_anew(line, alone=alone) and says_who(said, starts=True, colon=colon) >= _ALONE:
            return True
        # It says all by itself that an attribution says.
        if is_dated(said) and says_who(said, starts=True, colon=colon) >= _CUT:
            return not is_beginning(lines.lines[at - 1])
    return False


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
