"""HTML that a parser would take for ever to parse is told before one tries.

Parsers look at every open element for each new one, rebuild what was left open in every paragraph,
and search all that stands before a table for each thing that does not belong into it. No program
that writes letters makes them do so more than a few thousand times.
"""

from __future__ import annotations

import re

MAX_DEPTH = 400
MAX_REBUILT = 250_000
MAX_MISPLACED = 2_500
MAX_OPTIONS = 2_000
MAX_ATTRIBUTES = 2_000
"""How deep elements may lie in each other; how many elements of a text's form may be open, summed
over all tags; how many tags may stand in a table but in no cell; how many options and attributes
there may be."""

_SHORT = 12_000  # characters: what is no longer than this costs little, whatever it is
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_LONG_TAG = re.compile(r"<[a-zA-Z][^<>]{10000,}+")
_QUOTED = re.compile(r"\"[^\"]*+\"|'[^']*+'")
_PARTING = re.compile(r"[\s/]++")
_EMPTY = frozenset(
    [
        *(
            "area",
            "base",
            "br",
            "col",
            "hr",
            "img",
            "input",
            "link",
            "meta",
            "p",
            "source",
            "tbody",
        ),
        *("td", "tfoot", "th", "thead", "tr", "wbr"),
    ]
)
"""What holds nothing, or ends where the next of its kind begins."""

_ITEMS = {"li": "li", "dd": "dd", "dt": "dd", "option": "option"}
"""An item ends where the next one of its kind begins, unless something else was opened in it."""

_FORMS = frozenset(
    [
        *("a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong"),
        *("tt", "u"),
    ]
)
_ROWS = frozenset({"table", "thead", "tbody", "tfoot", "tr"})
_CELLS = frozenset({"td", "th", "caption"})


def costly(html: str) -> bool:
    """Whether `html` would take a parser for ever; linear in its length, and never raises."""
    if len(html) < _SHORT:
        return False
    if any(_many_attributes(tag[0]) for tag in _LONG_TAG.finditer(html)):
        return True
    return _tangled([(closing != "", name.lower()) for closing, name in _TAG.findall(html)])


def _many_attributes(tag: str) -> bool:
    return len(_PARTING.findall(_QUOTED.sub("", tag))) > MAX_ATTRIBUTES


def _tangled(tags: list[tuple[bool, str]]) -> bool:
    opened: dict[str, int] = {}
    depth = forms = rebuilt = misplaced = options = 0
    within_table = False  # and in no cell of it
    item = ""
    for closing, name in tags:
        if name in _ROWS:
            within_table = not closing or name != "table"
        elif name in _CELLS:
            within_table = closing
        else:
            misplaced += within_table
        if name in _EMPTY:
            rebuilt += forms
        elif closing:
            kind = _ITEMS.get(name, name)
            if opened.get(kind):
                opened[kind] -= 1
                depth -= 1
                forms -= name in _FORMS
                item = "" if kind == item else item
        else:
            rebuilt += forms
            kind = _ITEMS.get(name, name)
            options += name == "option"
            if kind != item or name not in _ITEMS:
                item = kind if name in _ITEMS else item
                opened[kind] = opened.get(kind, 0) + 1
                depth += 1
                forms += name in _FORMS
        if depth > MAX_DEPTH or rebuilt > MAX_REBUILT or misplaced > MAX_MISPLACED:
            return True
    return options > MAX_OPTIONS
