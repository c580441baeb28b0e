"""HTML whose tags nest as they should is read without a parser: the same text, far sooner.

Most letters are written by programs that close what they open. Whatever would make a parser guess
(a tag that is not closed, a paragraph within a paragraph, text between cells) is left to the
parser: `regular` answers None.

A program writes the same few tags between two pieces of text again and again. What such a gap does
where it stands is found out once, and kept: to read a letter is mostly to look its gaps up.
"""

from __future__ import annotations

import re
from html import unescape
from typing import NamedTuple

from attrs import define, field

from mailtickets.mail.layout import CELL, HIDING, LINE, NBSP, NOTHING, Said, one_line
from mailtickets.mail.tags import HEADINGS, PLACES, WITHIN, Form, tag_of

_HEAD = re.compile(
    r"\s*(?:<!doctype[^<>]*>\s*)?(<html[^<>]*>)?\s*<head(?:\s[^<>]*)?>(.*?)</head>\s*",
    re.IGNORECASE | re.DOTALL,
)
_DOCTYPE = re.compile(r"\s*<!doctype[^<>]*>\s*", re.IGNORECASE)
_IN_HEAD = re.compile(
    r"(?:\s*+<(?:(?:meta|link|base)\b[^<>]*+|(style|title)\b[^<>]*+>[^<]*+</\1\s*+)>)*+\s*+",
    re.IGNORECASE,
)
_NUL = re.compile("\0")  # quicker than `in` where characters have two octets
_ODD_COMMENTS = ("<!-->", "<!--->", "--!>")
_GAP = re.compile(r"(<[^<>]*+>(?:\s++|&nbsp;|<[^<>]*+>)*+)")
_PAGE = frozenset({"", "html", "body"})
_BLOCK, _VOID, _INLINE = Form.BLOCK, Form.VOID, Form.INLINE

_MAX_TAGS = 30_000
_MANY = 3 * _MAX_TAGS
"""Characters that so many tags need."""
_MAX_DEPTH = 400
_KEPT = 2000
"""Gaps that are kept in mind. Whoever sends ever new ones makes us begin anew."""
_LONG = 500
"""Characters of a gap from which on it is not kept."""

_Written = tuple[list[str], list[tuple[int, int, Said]]]


class _IrregularError(Exception):
    """A parser has to look at this."""


class _ExactError(Exception):
    """An element within lines says something: where it ends counts, and all tags are looked at."""


@define(eq=False)
class _Open:
    """An open element: what it lies in, how many line ends are around it, and what it says.

    `page` is whether it lies in nothing but the page itself, and may be left open.
    """

    outer: _Open | None
    top: str = ""
    around: int = 0
    said: Said = NOTHING
    depth: int = field(init=False)
    page: bool = field(init=False)
    inner: dict[tuple[str, int, Said], _Open] = field(factory=dict, init=False)

    def __attrs_post_init__(self) -> None:
        self.depth = 0 if self.outer is None else self.outer.depth + 1
        self.page = self.outer is None or (self.outer.page and self.top in _PAGE)

    def with_one_more(self, top: str, around: int, said: Said) -> _Open:
        """An element that begins in this one, the same one each time. Raises _IrregularError."""
        if self.depth > _MAX_DEPTH:
            raise _IrregularError
        key = top, around, said
        found = self.inner.get(key)
        if found is None:
            found = self.inner[key] = _Open(self, *key)
        return found


class _Place(NamedTuple):
    """Where in a page, and in the text made of it, we are.

    `top` is the innermost open element, `open` what its end does. `lines` is how many line ends
    the text ends with, two at its beginning; `blank` says whether a blank is due before the next
    word, `empty` whether a line has nothing but a blank that is not to be broken. `hidden` is the
    depth at which an element lies that is not shown; `begun` says whether there is any text yet.
    """

    top: str
    open: _Open
    exact: bool
    lines: int = 2
    blank: bool = False
    empty: bool = False
    pre: int = 0
    paragraphs: bool = False
    links: bool = False
    hidden: int = 0
    begun: bool = False


@define(eq=False)
class _State:
    """A place, and what is known of the gaps that were met there, and of what follows a text."""

    place: _Place
    bars: bool  # no text may stand here
    joins: bool  # the next word is joined by a blank
    hidden: bool
    pre: bool
    steps: dict[str, _Step] = field(factory=dict)
    after: dict[int, _State] = field(factory=dict)


_Pieces = tuple[str | Said | None, ...]
"""Text; None where an element begins that says something; what it says, where it ends."""


@define(eq=False)
class _Step:
    """What a gap writes, as one `text` or in `pieces`, and the state after it."""

    text: str
    pieces: _Pieces
    state: _State


class _Atlas:
    """The states that are known. What is kept of them is bounded by `full`."""

    def __init__(self) -> None:
        self._root = _Open(None)
        self._states: dict[_Place, _State] = {}
        self._steps = 0

    @property
    def full(self) -> bool:
        """Whether it is time to begin anew."""
        return self._steps >= _KEPT

    def start(self, *, inside: bool, exact: bool) -> _State:
        """The state at a page's beginning; `inside` where its <html> has been opened."""
        if not inside:
            return self._state(_Place("", self._root, exact))
        return self._state(_Place("html", self._root.with_one_more("", 0, NOTHING), exact))

    def _state(self, place: _Place) -> _State:
        found = self._states.get(place)
        if found is None:
            joins = place.blank and not place.lines
            found = _State(place, place.top in PLACES, joins, place.hidden > 0, place.pre > 0)
            self._states[place] = found
            self._steps += 1
        return found

    def step(self, state: _State, gap: str) -> _Step:
        """What `gap` does in `state`. Raises _IrregularError and _ExactError."""
        place, pieces = _through(state.place, gap)
        texts = [piece for piece in pieces if isinstance(piece, str)]
        if len(texts) == len(pieces):
            step = _Step("".join(texts), (), self._state(place))
        else:
            step = _Step("", pieces, self._state(place))
        if len(gap) < _LONG and "://" not in gap and not self.full:  # addresses hardly come again
            state.steps[gap] = step
            self._steps += 1
        return step

    def worded(self, state: _State, lines: int, *, blank: bool) -> _State:
        """The state after a piece of text."""
        place = state.place
        if place.pre:
            place = place._replace(lines=lines, begun=True)
        else:
            place = place._replace(lines=0, blank=blank, empty=False, begun=True)
        found = state.after[2 * lines + blank] = self._state(place)
        return found


_atlas = _Atlas()


def _known() -> _Atlas:
    global _atlas  # noqa: PLW0603 - it is only what is kept in mind: who reads goes on with the old
    if _atlas.full:
        _atlas = _Atlas()
    return _atlas


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
    begins = head or _DOCTYPE.match(html)
    parts = _GAP.split(html[begins.end() :] if begins else html)
    inside = bool(head and head[1])
    try:
        return _read(parts, inside=inside, exact=False)
    except _IrregularError:
        return None
    except _ExactError:
        pass
    try:
        return _read(parts[:-1], inside=inside, exact=True)
    except _IrregularError:
        return None


# One loop with all it knows at hand: a call for each text would cost as much as a look-up.
def _read(parts: list[str], *, inside: bool, exact: bool) -> _Written:  # noqa: C901, PLR0912
    """The text of a page: it begins with a text, and has a gap before each further one."""
    out: list[str] = []
    write = out.append
    marked: list[tuple[int, int, Said]] = []
    starts: list[int] = []  # of open elements that say something
    atlas = _known()
    state = atlas.start(inside=inside, exact=exact)
    parts.append("")  # as if a gap stood behind the last text
    each = iter(parts)
    for text, gap in zip(each, each, strict=True):
        if text:
            if "<" in text or ">" in text:  # what ends a tag stands in one, or in the text
                raise _IrregularError
            said = unescape(text) if "&" in text else text
            if state.hidden:
                pass
            elif state.pre:
                write(said)
                lines = int(said[-1:] == "\n")
                state = state.after.get(2 * lines) or atlas.worded(state, lines, blank=False)
            elif words := one_line(said):
                if state.bars:
                    raise _IrregularError
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
    if place.hidden or place.top not in _PAGE or not place.open.page:
        raise _IrregularError
    return out, marked


# As the walk through the tree is: one loop with all it knows at hand.
def _through(place: _Place, gap: str) -> tuple[_Place, _Pieces]:  # noqa: C901, PLR0912, PLR0915
    """Go from `place` through `gap`, in which there is nothing but tags and blanks."""
    top, opened, exact, lines, blank, empty, pre, paragraphs, links, hidden, begun = place
    out: list[str | Said | None] = []
    written = ""
    for number, piece in enumerate(gap.split("<")):
        text = piece
        if number:
            written, ended, text = piece.partition(">")
            tag = tag_of(written)
            if tag is None or not ended:
                raise _IrregularError
            name = tag.name
            if tag.idle and not exact:
                pass
            elif tag.closing:
                if name != top or opened.outer is None:
                    raise _IrregularError
                top, around, said = opened.top, opened.around, opened.said
                opened = opened.outer
                if name == "p":
                    paragraphs = False
                elif name == "a":
                    links = False
                if hidden:
                    if opened.depth < hidden:
                        hidden = 0
                else:
                    if said is not NOTHING:
                        out.append(said)
                    if around > 0:
                        if name == "pre":
                            pre -= 1
                        blank = False
                        if empty:
                            around, empty = 2, False
                        if around > lines:
                            out.append("\n" * (around - lines))
                            lines, begun = around, True
            else:
                if top in WITHIN and name not in WITHIN[top]:
                    raise _IrregularError
                form, around, said = tag.form, tag.around, tag.said
                if form is _BLOCK:
                    if paragraphs or (tag.needs is not None and top not in tag.needs):
                        raise _IrregularError
                    if name == "p":
                        paragraphs = True
                    elif top in HEADINGS and name in HEADINGS:
                        raise _IrregularError
                elif form is _INLINE and not exact:
                    raise _ExactError
                elif name == "a":
                    if links:
                        raise _IrregularError
                    links = True
                elif name == "hr" and paragraphs:
                    raise _IrregularError
                if hidden:
                    said = NOTHING
                elif said is HIDING:
                    hidden = opened.depth + 1
                    said = NOTHING
                elif around > 0:
                    blank = False
                    if empty:
                        around, empty = 2, False
                    if around > lines:
                        out.append("\n" * (around - lines))
                        lines, begun = around, True
                    if name == "li":
                        out.append("* " if pre else "*")
                        lines, blank, begun = 0, not pre, True
                    elif name == "pre":
                        pre += 1
                        text = text.removeprefix("\n")
                elif around == CELL:
                    blank = blank or not lines
                    empty = False
                elif around == LINE:
                    blank = empty = False
                    if begun:
                        out.append("\n")
                        lines += 1
                if form is not _VOID:
                    opened = opened.with_one_more(top, around, said)
                    top = name
                    if said is not NOTHING:
                        out.append(None)
        if not text or hidden:
            continue
        if pre:
            text = unescape(text)
            out.append(text)
            lines, begun = int(text[-1:] == "\n"), True
        else:
            blank = True
            empty = empty or (lines == 1 and NBSP in unescape(text))
    after = _Place(top, opened, exact, lines, blank, empty, pre, paragraphs, links, hidden, begun)
    return after, tuple(out)
