"""HTML whose tags nest as they should is read without a parser: the same text, in half the time.

Most letters are written by programs that close what they open. Whatever would make a parser guess
(a tag that is not closed, a paragraph within a paragraph, text between cells) is left to the
parser: `regular` answers None.
"""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache
from html import unescape

from attrs import frozen

from mailtickets.mail.layout import (
    CELL,
    DECLARING,
    HIDING,
    LAYOUTS,
    LINE,
    NBSP,
    NOTHING,
    Said,
    one_line,
    said_of,
)

_TAG = re.compile(r"(/?)([a-zA-Z][a-zA-Z0-9:]*+)((?:[\s/][^<>]*+)?)")
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
_ATTRIBUTE = re.compile(
    r"([^\s=/\"'<>]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'=<>`]+)))?", re.DOTALL
)

_INLINE = frozenset(
    [
        *("a", "abbr", "b", "big", "cite", "code", "del", "em", "font", "i", "ins", "kbd", "mark"),
        *("o:p", "q", "s", "small", "span", "strike", "strong", "sub", "sup", "tt", "u", "var"),
    ]
)
_ROWS = frozenset({"tbody", "thead", "tfoot"})
# What may stand directly within these; whatever else does is put elsewhere by a parser.
_WITHIN = {
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
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_BLOCKS = _HEADINGS | frozenset(
    [
        *("address", "article", "aside", "blockquote", "center", "div", "footer", "header", "main"),
        *("nav", "ol", "p", "pre", "section", "table", "ul"),
    ]
)
_PLACES = frozenset({"table", "tr"}) | _ROWS


class _Form(Enum):
    """How an element stands in others."""

    INLINE = 0
    BLOCK = 1
    VOID = 2


_FORMS = {
    _Form.INLINE: _INLINE,
    _Form.BLOCK: _BLOCKS | frozenset(_NEEDS),
    _Form.VOID: frozenset({"br", "hr", "img", "wbr"}),
}
_BLOCK, _VOID, _INLINE_FORM = _Form.BLOCK, _Form.VOID, _Form.INLINE
_PAGE = frozenset({"", "html", "body"})
_LONG = 1000
_MAX_TAGS = 30_000


def regular(html: str) -> tuple[list[str], list[tuple[int, int, Said]]] | None:
    """What `html` shows, in pieces, and what its markup says of them; None when it is irregular.

    The marks name the first and the last piece (not included). The result is that of the walk
    through the parser's tree.
    """
    if _NUL.search(html):
        return None
    found = _page(html)
    if found is None and "<!--" in html:  # most have no comment, and to look for one is not free
        bare = _uncommented(html)
        found = None if bare is None else _page(bare)
    return found


def _page(html: str) -> tuple[list[str], list[tuple[int, int, Said]]] | None:
    head = _HEAD.match(html)
    if head is not None and not _IN_HEAD.fullmatch(head[2]):
        return None
    begins = head or _DOCTYPE.match(html)
    pieces = (html[begins.end() :] if begins else html).split("<")
    if len(pieces) > _MAX_TAGS or ">" in pieces[0]:
        return None
    return _written(pieces, inside=bool(head and head[1]))


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


@frozen(slots=True)
class _Tag:
    """What a tag is and does: `around` as in `LAYOUTS`, `needs` what it must stand in.

    One that is `idle` changes nothing of the text, however badly it is nested: a parser then moves
    the element, but not what is in it.
    """

    name: str
    closing: bool = False
    form: _Form = _Form.INLINE
    around: int = 0
    needs: frozenset[str] | None = None
    said: Said = NOTHING
    idle: bool = False


@lru_cache(maxsize=1024)
def _tag(written: str) -> _Tag | None:
    """The tag that is written so; None for one that is better left to a parser."""
    found = _TAG.fullmatch(written)
    if found is None:
        return None
    name = found[2].lower()
    if found[1]:
        return _Tag(name, closing=True, idle=name in _INLINE)
    form = next((form for form, names in _FORMS.items() if name in names), None)
    if form is None:
        return None
    said = NOTHING
    if name in DECLARING and (found[3] or name == "blockquote"):
        attributes: dict[str, str | None] = {}
        for key, double, single, bare in _ATTRIBUTE.findall(found[3]):
            attributes.setdefault(key.lower(), unescape(double or single or bare))
        said = said_of(name, attributes)
    idle = name in _INLINE and said is NOTHING
    return _Tag(name, False, form, LAYOUTS.get(name, 0), _NEEDS.get(name), said, idle)


# One loop with all it knows at hand, as the walk through the tree is.
def _written(  # noqa: C901, PLR0912, PLR0915
    pieces: list[str], *, inside: bool, exact: bool = False
) -> tuple[list[str], list[tuple[int, int, Said]]] | None:
    out: list[str] = []
    write = out.append
    lines, blank, empty, pre, paragraphs, links = 2, False, False, 0, False, False
    marked: list[tuple[int, int, Said]] = []
    # What each open element lies in, and what its end does.
    entered: list[tuple[str, int, Said, int]] = [("", 0, NOTHING, 0)] if inside else []
    hidden = 0  # how deep the element lies that is not shown, with all that is in it
    top = "html" if inside else ""
    text = pieces[0]
    for piece in pieces[1:]:
        if not text or hidden:
            pass
        elif text == "\n" and not pre:
            blank = True
        elif pre:
            text = unescape(text)
            write(text)
            lines = int(text[-1:] == "\n")
        else:
            if "&" in text:
                text = unescape(text)
            if words := one_line(text):
                if top in _PLACES:
                    return None
                if not lines and (blank or text[0].isspace()):
                    write(" ")
                write(words)
                blank = text[-1].isspace()
                lines = 0
                empty = False
            else:
                blank = True
                empty = empty or (lines == 1 and NBSP in text)
        written, ended, text = piece.partition(">")
        tag = _tag(written) if len(written) < _LONG else _tag.__wrapped__(written)
        if tag is None or not ended or ">" in text:  # what ends a tag stands in one, or in the text
            return None
        name = tag.name
        if tag.idle and not exact:
            continue
        if tag.closing:
            if name != top:
                return None
            top, around, said, start = entered.pop()
            if name == "p":
                paragraphs = False
            elif name == "a":
                links = False
            if hidden:
                if len(entered) < hidden:
                    hidden = 0
                continue
            if said is not NOTHING and len(out) > start:
                marked.append((start, len(out), said))
            if around > 0:
                if name == "pre":
                    pre -= 1
                blank = False
                if empty:
                    around, empty = 2, False
                if around > lines:
                    write("\n" * (around - lines))
                    lines = around
            continue
        if top in _WITHIN and name not in _WITHIN[top]:
            return None
        form, around = tag.form, tag.around
        if form is _BLOCK:
            if paragraphs or (tag.needs is not None and top not in tag.needs):
                return None
            if name == "p":
                paragraphs = True
            elif top in _HEADINGS and name in _HEADINGS:
                return None
        elif form is _INLINE_FORM and not exact:  # it says something: where it ends counts
            return _written(pieces, inside=inside, exact=True)
        elif name == "a":
            if links:
                return None
            links = True
        elif name == "hr" and paragraphs:
            return None
        said = tag.said
        if not hidden:
            if said is HIDING:
                hidden = len(entered) + 1
            elif around > 0:
                blank = False
                if empty:
                    around, empty = 2, False
                if around > lines:
                    write("\n" * (around - lines))
                    lines = around
                if name == "li":
                    write("* " if pre else "*")
                    lines, blank = 0, not pre
                elif name == "pre":
                    pre += 1
                    text = text.removeprefix("\n")
            elif around == CELL:
                blank = blank or not lines
                empty = False
            elif around == LINE:
                blank = empty = False
                if out:
                    write("\n")
                    lines += 1
        if form is not _VOID:
            entered.append((top, around, said, len(out)))
            top = name
    if hidden or top not in _PAGE or not _PAGE.issuperset(one[0] for one in entered):
        return None
    text = unescape(text)
    if words := one_line(text):
        write(f" {words}" if not lines and (blank or text[0].isspace()) else words)
    return out, marked
