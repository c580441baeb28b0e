"""What a gap between two pieces of a page's text does where it stands: found out once, and kept.

A program writes the same few tags between two pieces of text again and again. A state is a place
in a page and in the text made of it; a step is what a gap writes in a state, and the state after.
"""

from __future__ import annotations

from typing import NamedTuple

from attrs import define, field

from mailtickets.mail.entities import unescaped
from mailtickets.mail.layout import CELL, HIDING, LINE, NBSP, NOTHING, Said
from mailtickets.mail.tags import HEADINGS, PLACES, WITHIN, Form, tag_of

PAGE = frozenset({"", "html", "body"})
"""What lies in nothing but the page itself."""

_BLOCK, _VOID, _INLINE = Form.BLOCK, Form.VOID, Form.INLINE
_MAX_DEPTH = 400
_KEPT = 3000
"""Gaps that are kept in mind. Whoever sends ever new ones makes us begin anew."""
_LONG = 500
"""Characters of a gap from which on it is not kept."""


class IrregularError(Exception):
    """A parser has to look at this."""


class ExactError(Exception):
    """An element within lines says something: where it ends counts, and all tags are looked at."""


@define(eq=False)
class _Open:
    """An open element: what it lies in, how many line ends are around it, and what it says.

    `page` is whether it lies in nothing but the page itself, and may be left open. `root` is the
    outermost, whose `within` counts all that were made.
    """

    outer: _Open | None
    top: str = ""
    around: int = 0
    said: Said = NOTHING
    depth: int = field(init=False)
    page: bool = field(init=False)
    root: _Open = field(init=False)
    within: int = field(default=0, init=False)
    inner: dict[tuple[str, int, Said], _Open] = field(factory=dict, init=False)

    def __attrs_post_init__(self) -> None:
        self.depth = 0 if self.outer is None else self.outer.depth + 1
        self.root = self if self.outer is None else self.outer.root
        self.page = self.outer is None or (self.outer.page and self.top in PAGE)

    def with_one_more(self, top: str, around: int, said: Said) -> _Open:
        """An element that begins in this one, the same one each time. Raises IrregularError."""
        if self.depth > _MAX_DEPTH:
            raise IrregularError
        key = top, around, said
        found = self.inner.get(key)
        if found is None:
            found = self.inner[key] = _Open(self, *key)
            self.root.within += 1
        return found


class Place(NamedTuple):
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
class State:
    """A place, and what is known of the gaps that were met there, and of what follows a text."""

    place: Place
    bars: bool  # no text may stand here
    joins: bool  # the next word is joined by a blank
    hidden: bool
    pre: bool
    usual: bool  # none of these: what stands here is text
    steps: dict[str, Step] = field(factory=dict)
    after: dict[int, State] = field(factory=dict)
    beyond: dict[str, Step] = field(factory=dict)  # the steps after words without blanks around


_Pieces = tuple[str | Said | None, ...]
"""Text; None where an element begins that says something; what it says, where it ends."""


@define(eq=False)
class Step:
    """What a gap writes, as one `text` or in `pieces`, and the state after it."""

    text: str
    pieces: _Pieces
    state: State


class Atlas:
    """The states that are known. What is kept of them is bounded by `full`."""

    def __init__(self) -> None:
        self._root = _Open(None)
        self._states: dict[Place, State] = {}
        self._steps = 0

    @property
    def full(self) -> bool:
        """Whether it is time to begin anew."""
        return self._steps + self._root.within >= _KEPT

    def start(self, *, inside: bool, exact: bool) -> State:
        """The state at a page's beginning; `inside` where its <html> has been opened."""
        if not inside:
            return self._state(Place("", self._root, exact))
        return self._state(Place("html", self._root.with_one_more("", 0, NOTHING), exact))

    def _state(self, place: Place) -> State:
        found = self._states.get(place)
        if found is None:
            joins = place.blank and not place.lines
            bars, hidden, pre = place.top in PLACES, place.hidden > 0, place.pre > 0
            found = State(place, bars, joins, hidden, pre, not (bars or hidden or pre))
            self._states[place] = found
            self._steps += 1
        return found

    def step(self, state: State, gap: str) -> Step:
        """What `gap` does in `state`. Raises IrregularError and ExactError."""
        place, pieces = _through(state.place, gap)
        texts = [piece for piece in pieces if isinstance(piece, str)]
        if len(texts) == len(pieces):
            step = Step("".join(texts), (), self._state(place))
        else:
            step = Step("", pieces, self._state(place))
        if len(gap) < _LONG and "://" not in gap and not self.full:  # addresses hardly come again
            state.steps[gap] = step
            self._steps += 1
        return step

    def beyond(self, state: State, gap: str) -> Step:
        """What `gap` does after words in `state` that have no blanks around them."""
        after = state.after.get(0) or self.worded(state, 0, blank=False)
        step = after.steps.get(gap) or self.step(after, gap)
        if gap in after.steps and not self.full:
            state.beyond[gap] = step
            self._steps += 1
        return step

    def worded(self, state: State, lines: int, *, blank: bool) -> State:
        """The state after a piece of text."""
        place = state.place
        if place.pre:
            place = place._replace(lines=lines, begun=True)
        else:
            place = place._replace(lines=0, blank=blank, empty=False, begun=True)
        found = state.after[2 * lines + blank] = self._state(place)
        return found


_atlas = Atlas()


def known() -> Atlas:
    """The states that are known by now, or a new beginning."""
    global _atlas  # noqa: PLW0603 - it is only what is kept in mind: who reads goes on with the old
    if _atlas.full:
        _atlas = Atlas()
    return _atlas


# As the walk through the tree is: one loop with all it knows at hand.
def _through(place: Place, gap: str) -> tuple[Place, _Pieces]:  # noqa: C901, PLR0912, PLR0915
    """Go from `place` through `gap`, in which there is nothing but tags and blanks."""
    top, opened, exact, lines, blank, empty, pre, paragraphs, links, hidden, begun = place
    out: list[str | Said | None] = []
    written = ""
    ended = left = beside = False  # a block ended, a cell did, and another began in its row
    for number, piece in enumerate(gap.split("<")):
        text = piece
        if number:
            written, whole, text = piece.partition(">")
            tag = tag_of(written)
            if tag is None or not whole:
                raise IrregularError
            name = tag.name
            if tag.idle and not exact:
                pass
            elif tag.closing:
                if name != top or opened.outer is None:
                    raise IrregularError
                top, around, said = opened.top, opened.around, opened.said
                opened = opened.outer
                if name == "p":
                    paragraphs = False
                elif name == "a":
                    links = False
                if name == "tr":
                    ended = left = beside = False
                elif around == CELL:
                    left = True
                elif around > 0:
                    ended = True
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
                    raise IrregularError
                form, around, said = tag.form, tag.around, tag.said
                if left and (ended or beside) and (around == CELL or beside):
                    raise IrregularError  # cells of one line, with blocks in them
                beside = left and around == CELL
                if form is _BLOCK:
                    if paragraphs or (tag.needs is not None and top not in tag.needs):
                        raise IrregularError
                    if name == "p":
                        paragraphs = True
                    elif top in HEADINGS and name in HEADINGS:
                        raise IrregularError
                elif form is _INLINE and not exact:
                    raise ExactError
                elif name == "a":
                    if links:
                        raise IrregularError
                    links = True
                elif name == "hr" and paragraphs:
                    raise IrregularError
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
            text = unescaped(text)
            out.append(text)
            lines, begun = int(text[-1:] == "\n"), True
        else:
            blank = True
            empty = empty or (lines == 1 and NBSP in unescaped(text))
    after = Place(top, opened, exact, lines, blank, empty, pre, paragraphs, links, hidden, begun)
    return after, tuple(out)
