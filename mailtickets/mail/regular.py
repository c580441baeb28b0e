"""HTML whose tags nest as they should is read without a parser: the same text, far sooner.

Most letters are written by programs that close what they open. Whatever would make a parser guess
(a tag that is not closed, a paragraph within a paragraph, text between cells) is left to the
parser: `regular` answers None. To read a letter is mostly to look its gaps up
(`mailtickets.mail.gaps`).
"""

from __future__ import annotations

import re

from mailtickets.mail.entities import unescaped
from mailtickets.mail.gaps import PAGE, ExactError, IrregularError, known
from mailtickets.mail.layout import Said, one_line
from mailtickets.mail.tags import is_plain

_HEAD = re.compile(
    r"\s*+(?:<!doctype[^<>]*+>\s*+)?+(<html[^<>]*+>)?+\s*+<head(?:\s[^<>]*+)?+>(.*?)</head>\s*+",
    re.IGNORECASE | re.DOTALL,
)
_DOCTYPE = re.compile(r"\s*+<!doctype[^<>]*+>\s*+", re.IGNORECASE)
_IN_HEAD = re.compile(
    r"(?:\s*+<(?:(?:meta|link|base)\b[^<>]*+|(style|title)\b[^<>]*+>[^<]*+</\1\s*+)>)*+\s*+",
    re.IGNORECASE,
)
_ANY_TAG = re.compile(r"<[^<>]*+>")
_NUL = re.compile("\0")  # quicker than `in` where characters have two octets
_ODD_COMMENTS = ("<!-->", "<!--->", "--!>")
# One sign ends a tag here, which is the quickest to look for: a tag in which another begins makes
# a page irregular where its gap is looked at.
_GAP = re.compile(r"(<[^>]*+>(?:<[^>]*+>|\s++|&nbsp;)*+)")

_MAX_TAGS = 20_000
_MANY = 3 * _MAX_TAGS
"""Characters that so many tags need."""

_Written = tuple[list[str], list[tuple[int, int, Said]]]


def regular(html: str) -> _Written | None:
    """What `html` shows, in pieces, and what its markup says of them; None when it is irregular.

    The marks name the first and the last piece (not included). The result is that of the walk
    through the parser's tree.
    """
    if _NUL.search(html) or (len(html) > _MANY and html.count("<") > _MAX_TAGS):
        return None
    found = _page(html)
    if found is None and "<!--" in html:  # most have no comment, and to look for one is not free
        bare = _uncommented(html)
        found = None if bare is None else _page(bare)
    return found


def _uncommented(html: str) -> str | None:
    """`html` without its comments; None where one does not end, or ends oddly."""
    if any(odd in html for odd in _ODD_COMMENTS):
        return None
    out: list[str] = []
    place = 0
    while (begin := html.find("<!--", place)) >= 0:
        out.append(html[place:begin])
        end = html.find("-->", begin + 4)
        if end < 0:
            return None
        place = end + 3
    return "".join(out) + html[place:]


def _page(html: str) -> _Written | None:
    head = _HEAD.match(html)
    if head is not None and not _IN_HEAD.fullmatch(head[2]):
        return None
    if html.rfind("<") > html.rfind(">"):  # then each tag finds its end, and is looked at once
        return None
    begins = head or _DOCTYPE.match(html)
    if begins and not all(map(is_plain, _ANY_TAG.findall(begins[0]))):
        return None
    parts = _GAP.split(html[begins.end() :] if begins else html)
    inside = bool(head and head[1])
    try:
        return _read(parts, inside=inside, exact=False)
    except IrregularError:
        return None
    except ExactError:
        pass
    try:
        return _read(parts[:-1], inside=inside, exact=True)
    except IrregularError:
        return None


# One loop with all it knows at hand: a call for each text would cost as much as a look-up.
def _read(parts: list[str], *, inside: bool, exact: bool) -> _Written:  # noqa: C901, PLR0912, PLR0915
    """The text of a page: it begins with a text, and has a gap before each further one."""
    out: list[str] = []
    write = out.append
    marked: list[tuple[int, int, Said]] = []
    starts: list[int] = []  # of open elements that say something
    atlas = known()
    state = atlas.start(inside=inside, exact=exact)
    parts.append("")  # as if a gap stood behind the last text
    texts = "|".join(parts[::2])
    if "<" in texts or ">" in texts:  # what ends a tag stands in one, or in the text
        raise IrregularError
    plain = "&" not in texts and "  " not in texts and texts.isprintable()
    each = iter(parts)
    for text, gap in zip(each, each, strict=True):
        if plain and text and state.usual and text.strip(" ") is text:  # as most are
            if state.joins:
                write(" ")
            write(text)
            step = state.beyond.get(gap) or atlas.beyond(state, gap)
        else:
            if text:
                said = unescaped(text) if "&" in text else text
                if state.bars and (state.hidden or state.pre):
                    raise IrregularError  # a parser puts it elsewhere, where it is shown
                if state.hidden:
                    pass
                elif state.pre:
                    write(said)
                    lines = int(said[-1:] == "\n")
                    state = state.after.get(2 * lines) or atlas.worded(state, lines, blank=False)
                elif words := one_line(said):
                    if state.bars:
                        raise IrregularError
                    bare = len(words) == len(said)  # no blanks around it
                    if state.joins or not (bare or state.place.lines or not said[0].isspace()):
                        write(" ")
                    write(words)
                    blank = not bare and said[-1].isspace()
                    state = state.after.get(blank) or atlas.worded(state, 0, blank=blank)
                else:
                    state = (state.steps.get(text) or atlas.step(state, text)).state
            step = state.steps.get(gap) or atlas.step(state, gap)
        if step.text:
            write(step.text)
        elif step.pieces:
            for piece in step.pieces:
                if isinstance(piece, str):
                    write(piece)
                elif piece is None:
                    starts.append(len(out))
                elif len(out) > (start := starts.pop()):
                    marked.append((start, len(out), piece))
        state = step.state
    place = state.place
    if place.hidden or place.top not in PAGE or not place.open.page:
        raise IrregularError
    return out, marked
