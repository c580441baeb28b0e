"""What stands below what was written: signatures, disclaimers, the footers of mailing lists."""

from __future__ import annotations

import re

from mailtickets.mail.banners import cautions
from mailtickets.mail.disclaimers import HINTS, WRAPPED, disclaims
from mailtickets.mail.mailinglists import lists
from mailtickets.mail.message import Part
from mailtickets.mail.mottos import announces, is_no_name, resumes
from mailtickets.mail.signoffs import LENGTH, outlook_signs, signs
from mailtickets.mail.textlines import Lines
from mailtickets.mail.writers import (
    AFTERTHOUGHT,
    BRIEF,
    CONTACT,
    SELF,
    SENTENCE,
    about_footers,
    afterthought,
    asks,
    card,
    goes_on,
    greets,
    names,
    older_letter,
    opens,
    requests,
    said_below,
    says,
    size,
    speaks,
    states,
    tells,
)
from mailtickets.tickets.values import Person

_SIGNATURE_LINES = 15
_FOOTER_LINES = 120
_RULINGS = 16
"""So many of a stretch are looked at, from its end: for each, all that stands below is read."""

_PARAGRAPHS = 12
"""So many of a disclaimer are looked at, from the end of a stretch."""


_DASHES = re.compile(r"\s*(?:--|––|—|—-|- -)[ \t\xa0]*$")
_EXACT = "-- "  # RFC 3676 section 4.3
_RULE = re.compile(r"\s*(?:[-–—]{2,}|_{4,}|={4,}|\*{3,}|#{3,}|~{3,}|\+{3,}|\.{4,})\s*$|\s*ᐧ\s*$")
_RULING = frozenset("-–—_=*#~+.ᐧ")
_UNDERSCORES = re.compile(r"\s*_{5,}\s*$")

_CLEAR = "-----BEGIN PGP SIGNED MESSAGE-----"
_SEAL = "-----BEGIN PGP SIGNATURE-----"
_SEALED = "-----END PGP SIGNATURE-----"
_NEW = Part.NEW
_FOOTERS = frozenset({Part.SIGNATURE, Part.DISCLAIMER, Part.LIST_FOOTER})
_GOES_ON = 3  # words
_STRETCHES = 12
"""So many of a letter's stretches of new lines have footers: others are answers in its middle."""


def footer_lines(text: Lines, *, answers: bool = True, author: Person) -> None:
    """Say in `parts` and `surely` which of the new lines are a footer.

    `answers`, `author`: see `mailtickets.mail.quoting.spans_of`.
    """
    lines, parts, surely = text.lines, text.parts, text.surely
    new = [index for index, part in enumerate(parts) if part is _NEW]
    if not new:
        return
    _caution(lines, parts, surely, new, author.address.lower())
    _seal(lines, parts, surely)
    outlook = "utlook" in text.text
    stretches = _stretches(lines, parts)
    for begin, end in [*stretches[:1], *stretches[1:][1 - _STRETCHES :]]:
        _signature(text, begin, end, outlook=outlook, answers=answers, author=author)
        _tail(lines, parts, surely, begin, end)
    _nothing_left(lines, parts, surely, new)


def _mark(
    parts: list[Part], surely: list[float], begin: int, end: int, part: Part, confidence: float
) -> None:
    for index in range(begin, end):
        if parts[index] is _NEW:
            parts[index], surely[index] = part, confidence


def _stretches(lines: list[str], parts: list[Part]) -> list[tuple[int, int]]:
    """The runs of new lines, blank lines between included."""
    if parts.count(_NEW) == len(parts):
        return [(0, len(parts))]
    out: list[tuple[int, int]] = []
    begin = -1
    for index, part in enumerate(parts):
        if part is _NEW:
            begin = index if begin < 0 else begin
        elif begin >= 0 and lines[index].strip():
            out.append((begin, index))
            begin = -1
    if begin >= 0:
        out.append((begin, len(parts)))
    return out


def _caution(
    lines: list[str], parts: list[Part], surely: list[float], new: list[int], sender: str
) -> None:
    """The warning that a company's gateway puts before every letter from outside."""
    first = next((index for index in new if lines[index].strip()), None)
    if first is not None and cautions(lines[first], sender) and not speaks(lines[first]):
        parts[first], surely[first] = Part.DISCLAIMER, 0.8


def _seal(lines: list[str], parts: list[Part], surely: list[float]) -> None:
    """The armour around a text that OpenPGP signed as it stands (RFC 9580 section 7)."""
    if _CLEAR not in lines:
        return
    begin = lines.index(_CLEAR)
    head = begin + 1
    while head < len(lines) and lines[head].strip():
        head += 1
    _mark(parts, surely, begin, head, Part.SIGNATURE, 1.0)
    if _SEAL in lines and lines.index(_SEAL) > begin:
        seal = lines.index(_SEAL)
        end = lines.index(_SEALED) + 1 if _SEALED in lines else len(lines)
        _mark(parts, surely, seal, max(end, seal), Part.SIGNATURE, 1.0)


def _signature(
    text: Lines, begin: int, end: int, *, outlook: bool, answers: bool, author: Person
) -> None:
    """From the dashes on (RFC 3676 section 4.3), or from a ruling with a footer below it.

    `outlook` says whether its name is in the text at all.
    """
    lines, parts, surely, heads = text.lines, text.parts, text.surely, text.heads
    first = next((index for index in range(begin, end) if lines[index].strip()), end)
    last = _telephone(lines, first + 1, end)
    if _announced(lines, begin, last):  # "How do I remove this line:"
        last = end
    _mark(parts, surely, last, end, Part.SIGNATURE, 0.9)
    rulings: list[int] = []
    for index in range(max(begin, last - _FOOTER_LINES), last):
        if not outlook and heads[index] not in _RULING:
            continue
        line = lines[index].strip()
        if not line or len(line) > LENGTH or parts[index] is not _NEW:
            continue
        if line[0] in _RULING:
            if _DASHES.match(line) or _RULE.match(line):
                rulings.append(index)
        elif index > first and outlook_signs(line) and not _announced(lines, begin, index):
            _mark(parts, surely, index, index + 1, Part.SIGNATURE, 0.9)
            if older_letter(lines[index + 1 : last]):
                _mark(parts, surely, index + 1, end, Part.QUOTED, 0.55 if answers else 0.45)
                return
    if rulings:
        _ruled(text, begin, end, rulings, author)


def _ruled(  # noqa: C901 - one walk over the rulings
    text: Lines, begin: int, end: int, rulings: list[int], author: Person
) -> None:
    """What stands below each ruling of a stretch, from the lowest on."""
    lines = text.lines
    below, footed = end, False
    signed = max((index for index in rulings if _DASHES.match(lines[index])), default=-1)
    rulings = rulings[-_RULINGS:]
    divided = len(rulings) > 1 and _divided(lines, rulings, end)
    for index in reversed(rulings):
        exact = lines[index].startswith(_EXACT)
        if exact and announces(lines[begin:index]):
            continue
        after = afterthought(lines, index + 1, below)
        if exact:
            after = resumes(lines, index + 1, after, author)
        part, confidence = _below(
            lines, index, after, footed=footed, divided=divided, author=author
        )
        if confidence and not exact and _DASHES.match(lines[index]):
            after = _resumed(lines, index, after, author)
            confidence = confidence if after > index else 0.0
        if not confidence and after == below and _framed(lines, index, below, end, author):
            part, confidence = Part.SIGNATURE, 0.85
        if confidence and (exact or not _announced_box(lines, begin, rulings, index, part)):
            _mark(text.parts, text.surely, index, after, part, confidence)
            below, footed = index, footed or part is not Part.SIGNATURE
        elif index < signed and not _DASHES.match(lines[index]):
            return  # between dashes it may be ruled within a signature
        elif signed < 0:
            break
    if below < end:  # a telephone signs above what a list or a gateway puts below its dashes
        first = next((index for index in range(begin, below) if lines[index].strip()), below)
        last = _telephone(lines, first + 1, below)
        if _announced(lines, begin, last):
            return
        _mark(text.parts, text.surely, last, below, Part.SIGNATURE, 0.9)


def _resumed(lines: list[str], index: int, end: int, author: Person) -> int:
    """Where, below dashes without their blank, somebody goes on writing; `index` if right below.

    A word or two may be a name.
    """
    after = resumes(lines, index + 1, end, author)
    first = next((line for line in lines[after:end] if line.strip()), "")
    if size(first) < _GOES_ON:
        return end
    return after if any(line.strip() for line in lines[index + 1 : after]) else index


def _framed(lines: list[str], index: int, below: int, end: int, author: Person) -> bool:
    """Whether the writer's card stands between two rulings, with nothing below: usual in Japan."""
    if below >= end or lines[below].strip() != lines[index].strip():
        return False
    if any(line.strip() for line in lines[below + 1 : end]):
        return False
    written = [line.strip() for line in lines[index + 1 : below] if line.strip()]
    return card(written) and names("\n".join(written), author)


def _announced_box(
    lines: list[str], begin: int, rulings: list[int], index: int, part: Part
) -> bool:
    """Whether what stands below a ruling was announced, or it ends a box that was."""
    if _announced(lines, begin, index) or said_below(lines[begin:index]):
        return True
    place = rulings.index(index)
    if part is not Part.SIGNATURE or not place:
        return False
    above = rulings[place - 1]
    return lines[above].strip() == lines[index].strip() and _announced(lines, begin, above)


def _announced(lines: list[str], begin: int, index: int, least: int = 1) -> bool:
    """Whether somebody said that something follows here: no footer is announced."""
    for at in range(index - 1, max(begin, index - _SIGNATURE_LINES) - 1, -1):
        line = lines[at].strip()
        if line:
            return line[-1] in ":：" and len(line.split()) >= least
    return False


def _divided(lines: list[str], rulings: list[int], end: int) -> bool:
    """Whether dashes stand between the parts of a letter: above a signature they stand once."""
    before = False
    for index, until in zip(rulings, [*rulings[1:], end], strict=True):
        if not _DASHES.match(lines[index]):
            continue
        written = [line.strip()[:2000] for line in lines[index + 1 : until] if line.strip()]
        if not all(map(_closing, written)) and lists(written[:3]) < 0 > disclaims(written[:3]):
            if before:
                return True
            before = True
    return False


def _telephone(lines: list[str], begin: int, end: int) -> int:
    """Where the lines begin, at the end of a stretch, that a telephone signs with."""
    found = at = end
    while at > begin:
        line = lines[at - 1].strip()
        if line and not (line[0] in _RULING and _RULE.match(line)):
            if not signs(line):
                break
            found = at - 1
        at -= 1
    return found


def _closing(line: str) -> bool:
    """Whether a line may stand below what a telephone signs with."""
    line = line.strip()
    return not line or bool(_RULE.match(line)) or signs(line)


def _below(
    lines: list[str], index: int, end: int, *, footed: bool, divided: bool, author: Person
) -> tuple[Part, float]:
    """What stands below a ruling, and how surely; 0 when it is a part of the letter.

    `footed` says that a list's words or a disclaimer stand below, `divided` that there are dashes
    between the parts of this letter. Whoever asks something is still writing.
    """
    rest = [line.strip() for line in lines[index + 1 : end]]
    written = [line for line in rest if line]
    if not written and end < len(lines) and AFTERTHOUGHT.match(lines[end].lstrip()):
        return Part.NEW, 0.0
    top = "\n".join(written[:3])[:2000]
    asked = any(map(asks, written))
    spoken = asked or bool(SELF.search(top))
    # What stands above their words, below the ruling, is the writer's.
    first = range(len(written[0]) + 1 if written else 0)
    if not spoken and len(written) <= 2 * _SIGNATURE_LINES and lists(written[:3]) in first:
        return Part.LIST_FOOTER, 0.95
    if not spoken and disclaims([one[:2000] for one in written[:3]]) in first:
        return Part.DISCLAIMER, 0.85
    if _DASHES.match(lines[index]):
        written = _above_disclaimer(written)
        asked = any(map(asks, written))
        short = len(written) <= _SIGNATURE_LINES and not any(len(one) > 200 for one in written)
        if lines[index].startswith(_EXACT):
            wrote = (divided and goes_on(written)) or (
                any(map(asks, written[:1])) and not CONTACT.search(top)
            )
        else:
            wrote = asked or divided or tells(written) or goes_on(written) or _written(written)
        return (Part.SIGNATURE, 0.95) if short and not wrote else (Part.NEW, 0.0)
    if all(_closing(one) for one in written):
        return Part.SIGNATURE, 0.9
    if not _UNDERSCORES.match(lines[index]) or asked or len(written) > _SIGNATURE_LINES:
        return Part.NEW, 0.0
    if author.address and CONTACT.search("\n".join(written)):
        footed = footed or names("\n".join(written), author)
        if not footed:
            return Part.NEW, 0.0  # how to reach somebody else
    boxed = not footed and end < len(lines) and _RULE.match(lines[end]) is not None
    boxed = boxed or is_no_name(written, author)
    return _underscored(written, footed=footed, boxed=boxed)


def _above_disclaimer(written: list[str]) -> list[str]:
    """The lines of a signature without the disclaimer that stands below it."""
    for index, line in enumerate(written[1:_SIGNATURE_LINES], 1):
        if len(line) > BRIEF and any(word in line.lower() for word in HINTS):
            # The first such line alone: to look at each costs too much.
            return written[:index] if disclaims([line[:2000]]) in range(BRIEF) else written
    return written


def _written(below: list[str], least: int = 3) -> bool:
    """Whether the first lines below a ruling tell something (see `states`), or ask for it."""
    return any(states(one[:2000], least) or requests(one) for one in below[:3])


def _underscored(written: list[str], *, footed: bool, boxed: bool) -> tuple[Part, float]:
    """What stands below underscores: a box, too, has them, and has a ruling below it."""
    brief = all(len(one) < BRIEF for one in written)
    if written and (opens(written[0]) or greets(written[0])):
        return Part.NEW, 0.0  # what stands above the ruling is the head of the writer's paper
    if goes_on(written) or (brief and any(says(one, SENTENCE + 1) for one in written)):
        return Part.NEW, 0.0
    if brief and _written(written, SENTENCE + 1):
        return Part.NEW, 0.0
    reached = CONTACT.search("\n".join(written)) is not None
    if reached or footed or (brief and len(written) <= 2 and not boxed):
        return Part.SIGNATURE, 0.6
    return Part.NEW, 0.0


def _tail(lines: list[str], parts: list[Part], surely: list[float], begin: int, end: int) -> None:
    """Disclaimers and the words of a mailing list at the end, without a ruling before them."""
    last = end
    while last > begin and (parts[last - 1] is not _NEW or not lines[last - 1].strip()):
        last -= 1
    left = _PARAGRAPHS
    while last > begin and left:
        left -= 1
        first = last - 1
        while first > begin and not lines[first].strip():
            first -= 1
        top = first
        while top > begin and lines[top - 1].strip() and parts[top - 1] is _NEW:
            top -= 1
        said = " ".join(lines[top : first + 1])[:3000]
        paragraph = said.lower()
        if top == begin or not any(word in paragraph for word in HINTS) or speaks(said):
            return
        part, place = Part.LIST_FOOTER, lists(lines[top : first + 1])
        if place < 0:
            part, place = Part.DISCLAIMER, disclaims(lines[top : first + 1])
        if place < 0:
            return
        began = _sentence(lines, top, first, place)
        if _announced(lines, begin, began, SENTENCE) or about_footers(lines[begin:began]):
            return
        _mark(parts, surely, began, last, part, 0.8)
        if began > top:
            return
        last = top


def _sentence(lines: list[str], top: int, last: int, place: int) -> int:
    """The line on which the sentence begins that is at `place` in the lines from `top` on.

    A greeting may stand right above it: a line is a part of it only if it was wrapped.
    """
    at = top
    while at < last and place > len(lines[at]):
        place -= len(lines[at]) + 1
        at += 1
    while at > top and len(lines[at - 1]) > WRAPPED and lines[at - 1].rstrip()[-1] not in ".?!":
        at -= 1
    while at > top and _RULING.issuperset(lines[at - 1].strip()):
        at -= 1
    return at


def _nothing_left(lines: list[str], parts: list[Part], surely: list[float], new: list[int]) -> None:
    """A letter that would be nothing but footer, or its opening, is what was written.

    Where a program's element for signatures stands above an older letter, that letter does not
    count: the answer was typed into the element.
    """
    end = parts.index(Part.ATTRIBUTION) if Part.ATTRIBUTION in parts else len(parts)
    signed = [at for at in range(end) if parts[at] is Part.SIGNATURE and lines[at].strip()]
    typed = any(not signs(lines[at]) for at in signed)
    end = end if typed else len(parts)
    for index in new:
        line = lines[index].strip() if index < end and parts[index] is _NEW else ""
        if line and not (opens(line) or (typed and greets(line))):
            return
    for index, part in enumerate(parts):
        if index < end and part in _FOOTERS:
            parts[index], surely[index] = _NEW, 0.5
