"""What a tag of HTML is, and what may stand where: found once for each way to write it."""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache

from attrs import frozen

from mailtickets.mail.entities import unescaped
from mailtickets.mail.layout import DECLARING, LAYOUTS, NOTHING, Said, said_of

_LONG = 1000
"""Characters of a tag from which on it is not kept in mind."""

_BLANK = " \\t\\n\\f\\r"  # no other is one to a browser (HTML, 13.2.5.32)
_TAG = re.compile(rf"(/?)([a-zA-Z][a-zA-Z0-9:]*+)((?:[{_BLANK}/][^<>]*+)?)")
_ATTRIBUTE = re.compile(
    rf"([^{_BLANK}=/\"'<>]+)(?:[{_BLANK}]*=[{_BLANK}]*"
    rf"(?:\"([^\"]*)\"|'([^']*)'|([^{_BLANK}\"'=<>`]+)))?",
    re.DOTALL,
)
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_ATTRIBUTES = re.compile(
    rf"(?:[{_BLANK}/]++|[^{_BLANK}=/\"'<>]++(?:[{_BLANK}]*+=[{_BLANK}]*+"
    rf"(?:\"[^\"]*+\"|'[^']*+'|[^{_BLANK}\"'=<>`]++))?+)*+",
    re.DOTALL,
)

_INLINE = frozenset(
    [
        *("a", "abbr", "b", "big", "cite", "code", "del", "em", "font", "i", "ins", "kbd", "mark"),
        *("o:p", "q", "s", "small", "span", "strike", "strong", "sub", "sup", "tt", "u", "var"),
    ]
)
_ROWS = frozenset({"tbody", "thead", "tfoot"})
# Whatever else stands directly within these is put elsewhere by a parser.
WITHIN = {
    "table": _ROWS | {"tr"},
    **dict.fromkeys(_ROWS, frozenset({"tr"})),
    "tr": frozenset({"td", "th"}),
    "ul": frozenset({"li"}),
    "ol": frozenset({"li"}),
}
_NEEDS = {
    **dict.fromkeys(_ROWS, frozenset({"table"})),
    "tr": frozenset({"table"}) | _ROWS,
    "td": frozenset({"tr"}),
    "th": frozenset({"tr"}),
    "li": frozenset({"ul", "ol"}),
    "html": frozenset({""}),
    "body": frozenset({"", "html"}),
}
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_BLOCKS = HEADINGS | frozenset(
    [
        *("address", "article", "aside", "blockquote", "center", "div", "footer", "header", "main"),
        *("nav", "ol", "p", "pre", "section", "table", "ul"),
    ]
)
PLACES = frozenset({"table", "tr"}) | _ROWS
"""No text may stand directly within these."""


class Form(Enum):
    """How an element stands in others."""

    INLINE = 0
    BLOCK = 1
    VOID = 2


_FORMS = {
    Form.INLINE: _INLINE,
    Form.BLOCK: _BLOCKS | frozenset(_NEEDS),
    Form.VOID: frozenset({"br", "hr", "img", "wbr"}),
}


@frozen(slots=True)
class Tag:
    """What a tag is and does: `around` as in `LAYOUTS`, `needs` what it must stand in.

    One that is `idle` changes nothing of the text, however badly it is nested: a parser then moves
    the element, but not what is in it.
    """

    name: str
    closing: bool = False
    form: Form = Form.INLINE
    around: int = 0
    needs: frozenset[str] | None = None
    said: Said = NOTHING
    idle: bool = False


def tag_of(written: str) -> Tag | None:
    """The tag that is written so; None for one that is better left to a parser."""
    return _tag(written) if len(written) < _LONG else _tag.__wrapped__(written)


def is_whole(attributes: str) -> bool:
    """Whether all that is quoted in a tag is an attribute's value: else it ends elsewhere."""
    if '"' not in attributes and "'" not in attributes:
        return True
    return _ATTRIBUTES.fullmatch(attributes) is not None


def is_plain(tag: str) -> bool:
    """Whether a tag as it stands in a page, or what declares its type, ends where it seems to."""
    return _is_plain(tag) if len(tag) < _LONG else _is_plain.__wrapped__(tag)


@lru_cache(maxsize=256)
def _is_plain(tag: str) -> bool:
    if tag.startswith("<!"):
        return '"' not in (rest := _QUOTED.sub("", tag)) and "'" not in rest
    found = _TAG.fullmatch(tag[1:-1])
    return found is not None and is_whole(found[3])


def _may_be_a_sign(attributes: str) -> bool:
    return (not attributes.isascii() or "&" in attributes) and "alt" in attributes.lower()


@lru_cache(maxsize=1024)
def _tag(written: str) -> Tag | None:
    found = _TAG.fullmatch(written)
    if found is None or not is_whole(found[3]):
        return None
    name = found[2].lower()
    if found[1]:
        return Tag(name, closing=True, idle=name in _INLINE)
    if name == "ol" or (name == "img" and _may_be_a_sign(found[3])):
        return None  # items have numbers, a picture may be a sign that somebody wrote
    form = next((form for form, names in _FORMS.items() if name in names), None)
    if form is None:
        return None
    said = NOTHING
    if name in DECLARING and (found[3] or name == "blockquote"):
        attributes: dict[str, str | None] = {}
        for key, double, single, bare in _ATTRIBUTE.findall(found[3]):
            attributes.setdefault(key.lower(), unescaped(double or single or bare))
        said = said_of(name, attributes)
    idle = name in _INLINE and said is NOTHING
    return Tag(name, False, form, LAYOUTS.get(name, 0), _NEEDS.get(name), said, idle)
