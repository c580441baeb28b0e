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
_WRAPS = re.compile(
    r"white-space\s{0,3}:\s{0,3}(?:(pre\b|pre-|break-spaces)|normal|nowrap)", re.IGNORECASE
)
# Emoji with what joins and colours them, and digits in boxes (UTS #51).
_SIGN = re.compile(
    "[\u203c-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff\ufe0f\u200d\u20e3\U000e0020-\U000e007f"
    "#*0-9]{1,20}"
)
_SEEN = re.compile("[\u203c-\u2bff\u3030-\u3299\u20e3\U0001f000-\U0001faff]")
_IN_CELLS = frozenset({"p", "div", "center", "h1", "h2", "h3", "h4", "h5", "h6"})
_BLANKS = " \t\n\f\r"
_NEIGHBOURS = 5
_LETTERS = 26
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
    if _has_many_tags(html) or costly(html):
        return _stripped(html), ()
    styled = html.rfind("white-space") >= 0 or html.rfind("WHITE-SPACE") >= 0
    wraps = styled and any(found[1] for found in _WRAPS.finditer(html))
    written = None if wraps else regular(html)
    if written is None:
        root = LexborHTMLParser(html).root
        if root is None:
            return "", ()
        written = _written(root, wraps=wraps)
    if written is None:
        return _stripped(html), ()
    marks = _marks(*written)
    return "".join(written[0]).rstrip(), tuple(sorted(marks, key=lambda mark: mark.start))


# One loop with all it knows at hand: a call for each node would cost more than the rest together.
def _written(  # noqa: C901, PLR0912, PLR0915
    root: LexborNode, *, wraps: bool = False
) -> tuple[list[str], list[tuple[int, int, Said]]] | None:
    """The text in `root` in pieces, and its marks by them; None when there are too many nodes.

    `wraps` is whether an element of it may say that its line ends are line ends.
    There is at most one empty line, but for <br> and <pre>, and no blank at a line's end.
    """
    out: list[str] = []
    write, layout_of = out.append, LAYOUTS.get
    lines = 2  # how many line ends the text ends with; two at its beginning
    blank = False  # whether a blank is due before the next word
    empty = False  # whether a line has nothing but a blank that is not to be broken: an empty line
    pre = 0
    marked: list[tuple[int, int, Said]] = []  # places in `out`
    # How deep elements lie whose line ends are some, or are none in such an element.
    wrapped: list[tuple[int, bool]] = []
    numbers: list[int] = []  # of the items of the numbered lists that are open
    entered: list[tuple[LexborNode, int, Said, int]] = []
    node: LexborNode | None = root
    for _ in range(MAX_NODES + 1):
        while node is None:
            if not entered:
                return out, marked
            node, around, said, start = entered.pop()
            if said is not NOTHING and len(out) > start:
                marked.append((start, len(out), said))
            if wrapped and wrapped[-1][0] > len(entered):
                wrapped.pop()
            if around > 0:
                pre -= node.tag == "pre"
                if node.tag == "ol":
                    numbers.pop()
                if node.tag in _IN_CELLS and _in_row(node, back=False):
                    around = 0
                blank = not around
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
            elif wrapped and wrapped[-1][1] and "\n" in text and _is_in_lines(node, text):
                for number, line in enumerate(text.split("\n")):
                    words = one_line(line)
                    if number and lines < 2:
                        write("\n")
                        lines += 1
                    elif words and not number and not lines and (blank or text[0].isspace()):
                        write(" ")
                    if words:
                        write(words)
                        lines = 0
                    blank = not lines and line[-1:].isspace()
                empty = False
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
        if tag == "img" and (sign := _sign(node)):
            if not lines and blank:
                write(" ")
            write(sign)
            lines, blank, empty = 0, False, False
        if wraps and (style := _WRAPS.search(node.attributes.get("style") or "")):
            wrapped.append((len(entered) + 1, style[1] is not None))
        if tag in _IN_CELLS and _in_row(node, back=True):
            blank = blank or not lines
            entered.append((node, around, said, len(out)))
            node = node.child
            continue
        if around > 0:
            blank = False
            if empty:
                around, empty = 2, False
            if around > lines:
                write("\n" * (around - lines))
                lines = around
            if tag == "li":
                mark = _mark_of(node, numbers)
                write(f"{mark} " if pre else mark)
                lines, blank = 0, not pre
            elif tag == "ol":
                numbers.append(_number(node.attributes.get("start"), 1))
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


def _is_in_lines(node: LexborNode, text: str) -> bool:
    """Whether a text has words, or stands between words: not between two blocks."""
    if text.strip():
        return True
    beside = (node.prev, node.next)
    return all(one is not None and not LAYOUTS.get(one.tag or "") for one in beside)


def _number(written: str | None, other: int) -> int:
    try:
        return min(max(int((written or "")[:9]), -9999), 99_999)
    except ValueError:
        return other


def _mark_of(item: LexborNode, numbers: list[int]) -> str:
    """What stands before an item of a list: its number, where it has one."""
    if not numbers or item.parent is None or item.parent.tag != "ol":
        return "*"
    number = _number(item.attributes.get("value"), numbers[-1])
    numbers[-1] = number + 1
    kind = item.parent.attributes.get("type")
    if kind in {"a", "A"} and 0 < number <= _LETTERS:
        return f"{chr(ord(kind) + number - 1)}."
    return f"{number}."


def _sign(picture: LexborNode) -> str:
    """The sign that a picture stands for, as programs send what somebody chose from a list."""
    named = (picture.attributes.get("alt") or "")[:20]
    return named if _SIGN.fullmatch(named) and _SEEN.search(named) else ""


def _beyond(node: LexborNode, *, back: bool) -> LexborNode | None:
    """The neighbour of a node that is more than blanks."""
    for _ in range(_NEIGHBOURS):
        found = node.prev if back else node.next
        if found is None or found.tag != "-text" or (found.text_content or "").strip(_BLANKS):
            return found
        node = found
    return node


def _in_row(node: LexborNode, *, back: bool) -> bool:
    """Whether there is nothing but it before, or behind, a block in a cell that has a neighbour."""
    cell = node.parent
    if cell is None or not _is_cell(cell) or _beyond(node, back=back) is not None:
        return False
    neighbour = _beyond(cell, back=back)
    return neighbour is not None and _is_cell(neighbour)


def _is_cell(node: LexborNode) -> bool:
    return LAYOUTS.get(node.tag or "") == CELL


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
    if _has_many_tags(html) or _too_many_references(html) or costly(html):
        return f"<pre>{escape(_stripped(html))}</pre>"
    return _cleaner().clean(html)


def _has_many_tags(html: str) -> bool:
    return len(html) > 3 * MAX_NODES and html.count("<") > MAX_NODES


def _too_many_references(html: str) -> bool:
    if len(html) <= MAX_REFERENCES:
        return False
    return html.count("&") + html.encode().count(NBSP.encode()[:1]) > MAX_REFERENCES
