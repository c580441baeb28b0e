"""HTML in a letter becomes text with marks on what its quotes and signatures are, or safe HTML."""

from __future__ import annotations

import re
from functools import cache
from html import escape
from itertools import accumulate
from typing import AnyStr

import nh3
from selectolax.lexbor import LexborHTMLParser, LexborNode

from mailtickets.mail.clean import writable
from mailtickets.mail.costly import costly
from mailtickets.mail.entities import unescaped
from mailtickets.mail.layout import (
    CELL,
    DECLARING,
    HIDING,
    LAYOUTS,
    LINE,
    NBSP,
    NOTHING,
    SILENT,
    Said,
    one_line,
    said_of,
)
from mailtickets.mail.message import Mark, Part
from mailtickets.mail.regular import regular

MAX_HTML = 512 * 1024
"""How many characters of HTML are read; the rest is to be found in the attachment."""

MAX_NODES = 60_000
"""HTML with more tags is shown as text: a parser takes 400 octets for each."""

_NO_ELEMENT = frozenset({"", "-", "!"})

MAX_REFERENCES = 60_000
"""HTML with more ampersands and hard blanks is shown as text: each costs what all before it did.

So do all characters of whose two octets the first is that of a hard blank.
"""


_LOOKED_AT = 40_000  # characters of what is said to be a signature, or to introduce a quote
_ANY_TAG = re.compile(r"<[^<>]*>")
_HEAD = re.compile(r"<(style|script|head)\b[^<]*(?:<(?!/\1)[^<]*)*", re.IGNORECASE)
# What a picture is written as in a data: URI. It ends where the next cannot have begun.
_BASE64 = r"(;base64,)[A-Za-z0-9+/=%\s]{1000,}+"
_DATA = re.compile(_BASE64, re.ASCII)
_DATA_OCTETS = re.compile(_BASE64.encode())
_LINK = re.compile(r"\s*(?:https?|mailto|tel):", re.IGNORECASE)
_BLANK_LINES = re.compile(r"\n{3,}")


def without_data(html: AnyStr) -> AnyStr:
    """`html` without the pictures that are written in it: a single one may be its greater part."""
    if isinstance(html, bytes):
        return _DATA_OCTETS.sub(rb"\1", html)
    return _DATA.sub(r"\1", html)


def html_text(html: str) -> tuple[str, tuple[Mark, ...]]:
    """The text of `html`, and what its markup says about stretches of it. Never raises.

    Nothing named in it is fetched. What is hidden, style and script have no text.
    """
    if len(html) > MAX_HTML:
        html = without_data(html)[:MAX_HTML]
    if html.count("<") > MAX_NODES or costly(html):
        return _stripped(html), ()
    written = regular(html)
    if written is None:
        root = LexborHTMLParser(html).root
        if root is None:
            return "", ()
        written = _written(root)
    if written is None:
        return _stripped(html), ()
    marks = _marks(*written)
    return "".join(written[0]).rstrip(), tuple(sorted(marks, key=lambda mark: mark.start))


# One loop with all it knows at hand: a call for each node would cost more than the rest together.
def _written(root: LexborNode) -> tuple[list[str], list[tuple[int, int, Said]]] | None:  # noqa: C901, PLR0912, PLR0915
    """The text in `root` in pieces, and its marks by them; None when there are too many nodes.

    There is at most one empty line, but for <br> and <pre>, and no blank at a line's end.
    """
    out: list[str] = []
    write, layout_of = out.append, LAYOUTS.get
    lines = 2  # how many line ends the text ends with; two at its beginning
    blank = False  # whether a blank is due before the next word
    empty = False  # whether a line has nothing but a blank that is not to be broken: an empty line
    pre = 0
    marked: list[tuple[int, int, Said]] = []  # places in `out`
    entered: list[tuple[LexborNode, int, Said, int]] = []
    node: LexborNode | None = root
    for _ in range(MAX_NODES + 1):
        while node is None:
            if not entered:
                return out, marked
            node, around, said, start = entered.pop()
            if said is not NOTHING and len(out) > start:
                marked.append((start, len(out), said))
            if around > 0:
                pre -= node.tag == "pre"
                blank = False
                if empty:
                    around, empty = 2, False
                if around > lines:
                    write("\n" * (around - lines))
                    lines = around
            node = node.next if entered else None
        tag = node.tag or ""
        if tag == "-text":
            text = node.text_content or ""
            if pre:
                if text:
                    write(text)
                    lines = int(text[-1] == "\n")
            elif words := one_line(text):
                if not lines and (blank or text[0].isspace()):
                    write(" ")
                write(words)
                blank = text[-1].isspace()
                lines = 0
                empty = False
            elif text:
                blank = True
                empty = empty or (lines == 1 and NBSP in text)
            node = node.next
            continue
        around = layout_of(tag, 0)
        if around == SILENT or (around == 0 and tag[:1] in _NO_ELEMENT):
            node = node.next
            continue
        said = NOTHING
        if tag in DECLARING:
            said = said_of(tag, node.attributes)
            if said is HIDING:
                node = node.next
                continue
        if around > 0:
            blank = False
            if empty:
                around, empty = 2, False
            if around > lines:
                write("\n" * (around - lines))
                lines = around
            if tag == "li":
                write("* " if pre else "*")
                lines, blank = 0, not pre
            elif tag == "pre":
                pre += 1
        elif around == CELL:
            blank = blank or not lines
            empty = False
        elif around == LINE:  # wherever it is asked for, but not where the text begins
            blank = empty = False
            if out:
                write("\n")
                lines += 1
        entered.append((node, around, said, len(out)))
        node = node.child
    return None


def _marks(out: list[str], marked: list[tuple[int, int, Said]]) -> list[Mark]:
    if not marked:
        return []
    from mailtickets.mail.typed import stretches  # noqa: PLC0415 - few letters need it

    places = [0, *accumulate(map(len, out))]
    marks: list[Mark] = []
    covered, left = 0, _LOOKED_AT
    for start, end, said in sorted(marked, key=_outermost_first):
        if said[0] is Part.QUOTED:
            marks.append(Mark(places[start], places[end], *said))
        elif end > covered:  # what lies within another is that one's, and looked at once
            covered = end
            first = places[start]
            left -= places[end] - first
            if left < 0:
                continue  # so much is no signature: somebody wrote his letter into it
            for begins, ends in stretches("".join(out[start:end]), said):
                marks.append(Mark(first + begins, first + ends, *said))
    return marks


def _outermost_first(mark: tuple[int, int, Said]) -> tuple[int, int]:
    return mark[0], -mark[1]


def _stripped(html: str) -> str:
    """The text of HTML that is not worth parsing: without its tags, a line end for each."""
    text = unescaped(_ANY_TAG.sub("\n", _HEAD.sub("", html)))
    return _BLANK_LINES.sub("\n\n", "\n".join(map(str.strip, text.split("\n")))).strip()


@cache
def _cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(
        url_schemes={"http", "https", "mailto", "tel", "cid"},
        link_rel="noopener noreferrer nofollow",
        attribute_filter=_only_own_images,
    )


def _only_own_images(tag: str, attribute: str, value: str) -> str | None:
    """A picture is shown only when it came with the letter: nothing remote is ever asked for."""
    if tag == "img" and attribute == "src" and not value.lower().startswith("cid:"):
        return None
    if attribute in {"srcset", "background", "ping", "cite"}:
        return None
    if attribute == "href" and not _LINK.match(value):
        return None  # without a scheme it would lead to a page of the desk
    return value


def sanitised(html: str) -> str:
    """`html` without anything that runs, loads or hides. Never raises."""
    if len(html) > MAX_HTML:
        html = without_data(html)[:MAX_HTML]
    html = writable(html)
    if html.count("<") > MAX_NODES or _too_many_references(html) or costly(html):
        return f"<pre>{escape(_stripped(html))}</pre>"
    return _cleaner().clean(html)


def _too_many_references(html: str) -> bool:
    if len(html) <= MAX_REFERENCES:
        return False
    return html.count("&") + html.encode().count(NBSP.encode()[:1]) > MAX_REFERENCES
