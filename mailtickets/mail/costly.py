"""HTML that a parser would take for ever to parse is told before one tries.

Parsers look at every open element for each new one, rebuild what was left open in every paragraph,
and search all that stands before a table for each thing that does not belong into it. No program
that writes letters makes them do so more than a few thousand times.
"""

from __future__ import annotations

import re
from functools import lru_cache

MAX_DEPTH = 400
MAX_REBUILT = 120_000
MAX_WALKED = 1_000_000
MAX_MISPLACED = 2_500
MAX_OPTIONS = 2_000
MAX_ATTRIBUTES = 2_000
MAX_FOREIGN = 2_000
"""How deep elements may lie in each other; how many elements of a text's form may be open, summed
over all tags; how many open ones may be looked at for those that end; how many tags may stand in a
table but in no cell; how many options and attributes there may be, and how many tags with drawings
or formulas, in which other rules hold."""

_SHORT = 12_000  # characters: what is no longer than this costs little, whatever it is
_FOREIGN = re.compile(r"<(?:svg|math)\b", re.IGNORECASE)
_OPENING = re.compile(r"<[a-zA-Z]")
# As the HTML Standard reads them (section 13.2.5): what looks like a tag within a comment, a style
# or an attribute's value is none.
_TOKEN = re.compile(
    r"<!--(?:-?>|.*?(?:--!?>|\Z))|<(?:[!?]|/(?![a-zA-Z]))[^>]*+"
    r"|<(?P<raw>style|script|textarea|title|xmp|iframe|noembed|noframes)(?=[\s/>]).*?(?:</(?P=raw)(?=[\s/>])|\Z)"
    r"|<(?P<closing>/?)(?P<name>[a-zA-Z][^\s/>]*+)(?P<rest>(?:[\s/]++|(?:=[^\s/>=]*+|[^\s/>=]++)"
    r"(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|(?![\"'])[^\s>]*+))?)*+)",
    re.IGNORECASE | re.DOTALL,
)
_QUOTED = re.compile(r"\"[^\"]*+\"|'[^']*+'")
_PARTING = re.compile(r"[\s/]++")
_LONG = 10_000  # characters of a tag whose attributes are counted
_EMPTY = frozenset(
    [
        *("area", "base", "br", "col", "hr", "img", "input", "link", "meta", "param", "source"),
        *("track", "wbr", "embed", "keygen", "basefont", "bgsound", "frame"),
    ]
)
_LISTS = frozenset({"ul", "ol", "dl", "menu", "dir"})
_ITEMS = {"li": ("li",), "dd": ("dd", "dt"), "dt": ("dd", "dt"), "option": ("option",)}
"""An item ends where the next one of its kind begins."""

_BLOCKS = _LISTS | frozenset(
    [
        *("address", "article", "aside", "blockquote", "center", "details", "div", "fieldset", "p"),
        *("footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "main", "nav", "pre"),
        *("section", "table", "hr", "li", "dd", "dt"),
    ]
)
"""Where one of these begins a paragraph ends."""

_STOPS = _BLOCKS - {"p", "div", "address"}
_NOTHING: frozenset[str] = frozenset()

_FORMS = frozenset(
    [
        *("a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong"),
        *("tt", "u"),
    ]
)
_SAME = 3  # of the same form, with the same attributes, so many are rebuilt (section 13.2.4.3)
_ROWS = frozenset({"thead", "tbody", "tfoot", "tr", "colgroup"})
_CELLS = frozenset({"td", "th", "caption"})


@lru_cache(maxsize=2)  # it is asked for the text, and for what is shown
def costly(html: str) -> bool:
    """Whether `html` would take a parser for ever; linear in its length, and never raises."""
    if len(html) < _SHORT:
        return False
    if _FOREIGN.search(html):
        return len(_OPENING.findall(html)) > MAX_FOREIGN
    parser = _Parser()
    return any(parser.meets(token) for token in _TOKEN.finditer(html))


class _Parser:
    """What a parser would have open, as far as it matters to how long it takes."""

    def __init__(self) -> None:
        self._open: list[str] = []
        self._counts: dict[str, int] = {}  # how many of a name are open
        self._forms: list[tuple[str, str]] = []  # to be rebuilt: a name and its attributes
        self._same: dict[tuple[str, str], int] = {}
        self._tables: list[tuple[int, int]] = []  # what was open, and what was to be rebuilt
        self._in_cell = True
        self._rebuilt = self._misplaced = self._options = self._walked = 0

    def meets(self, token: re.Match[str]) -> bool:
        """Take the next token; whether it is too much now."""
        name = (token["name"] or "").lower()
        if not name:
            return False
        rest = token["rest"]
        if len(rest) > _LONG and len(_PARTING.findall(_QUOTED.sub("", rest))) > MAX_ATTRIBUTES:
            return True
        if name in _ROWS or name in _CELLS:
            self._row(name, closing=bool(token["closing"]))
        else:
            self._misplaced += not self._in_cell and name != "table"
            self._rebuilt += len(self._forms)
            if token["closing"]:
                self._close(name)
            elif name not in _EMPTY:
                self._begin(name, rest)
        return (
            len(self._open) > MAX_DEPTH
            or len(self._forms) > MAX_DEPTH
            or self._rebuilt > MAX_REBUILT
            or self._misplaced > MAX_MISPLACED
            or self._options > MAX_OPTIONS
            or self._walked > MAX_WALKED
        )

    def _row(self, name: str, *, closing: bool) -> None:
        """A row, or a cell, begins or ends: what was open in the cell before it ends as well."""
        if self._tables:
            open_, forms = self._tables[-1]
            self._cut(open_)
            self._unform(forms)
            self._in_cell = name in _CELLS and not closing

    def _begin(self, name: str, rest: str) -> None:
        if name in _BLOCKS and self._counts.get("p"):
            self._end("p")
        for kind in _ITEMS.get(name, ()):
            if self._counts.get(kind) and self._place(kind, _STOPS) >= 0:
                self._end(kind)
        if name == "a" and self._counts.get("a"):
            self._close("a")  # no link is within another
        self._options += name == "option"
        self._open.append(name)
        self._counts[name] = self._counts.get(name, 0) + 1
        if name in _FORMS:
            form = name, rest.strip()
            if self._same.get(form, 0) < _SAME:
                self._forms.append(form)
                self._same[form] = self._same.get(form, 0) + 1
        elif name == "table":
            self._tables.append((len(self._open), len(self._forms)))
            self._in_cell = False

    def _close(self, name: str) -> None:
        if name == "table" and self._tables:
            open_, forms = self._tables.pop()
            self._cut(open_ - 1)
            self._unform(forms)
            self._in_cell = True
        elif self._counts.get(name):
            self._end(name)
        if name in _FORMS:
            least = self._tables[-1][1] if self._tables else 0
            for at in range(len(self._forms) - 1, least - 1, -1):
                if self._forms[at][0] == name:
                    self._same[self._forms.pop(at)] -= 1
                    break

    def _end(self, name: str) -> None:
        """Close the innermost of a name, and all in it that it can, if it is in the same cell."""
        if name in _FORMS or name == "form":  # what lies in it stays open
            at = self._place(name, _NOTHING)
            if at >= 0:
                del self._open[at]
                self._counts[name] -= 1
            return
        stops = _NOTHING if name in _BLOCKS else _BLOCKS
        at = self._place(name, _LISTS if name == "li" else stops)
        if at >= 0:
            self._cut(at)

    def _place(self, name: str, stops: frozenset[str]) -> int:
        """Where the innermost of a name is open in this cell; -1 where something stops the look."""
        least = self._tables[-1][0] if self._tables else 0
        for at in range(len(self._open) - 1, least - 1, -1):
            self._walked += 1
            if self._open[at] == name:
                return at
            if self._open[at] in stops:
                break
        return -1

    def _cut(self, length: int) -> None:
        for name in self._open[length:]:
            self._counts[name] -= 1
        del self._open[length:]

    def _unform(self, length: int) -> None:
        for form in self._forms[length:]:
            self._same[form] -= 1
        del self._forms[length:]
