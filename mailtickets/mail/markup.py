"""HTML in a letter becomes text with marks on what its quotes and signatures are, or safe HTML."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from html import escape, unescape
from itertools import accumulate

import nh3
from selectolax.lexbor import LexborHTMLParser, LexborNode

from mailtickets.mail.message import Mark, Part

MAX_HTML = 512 * 1024
"""How many characters of HTML are read; the rest is to be found in the attachment."""

MAX_NODES = 60_000

# What an element does to the text: so many line ends around it, or one of these.
_SILENT, _LINE, _CELL = -1, -2, -3
_TAGS = {
    _SILENT: "head style script title template noscript object svg",
    _LINE: "br",
    _CELL: "td th",
    1: "address article aside center dd details div dl dt fieldset figure footer form header hr li "
    "main nav section tr",
    2: "blockquote h1 h2 h3 h4 h5 h6 ol p pre table ul",
}
_LAYOUTS = {tag: layout for layout, tags in _TAGS.items() for tag in tags.split()}
_NO_ELEMENT = frozenset({"", "-", "!"})
_DECLARING = frozenset({"div", "span", "blockquote", "td", "table", "p", "pre", "section"})

_Said = tuple[Part, float]
_NOTHING: _Said = (Part.NEW, 0.0)
_HIDING: _Said = (Part.NEW, -1.0)
_QUOTED: _Said = (Part.QUOTED, 0.95)
_PERHAPS_QUOTED: _Said = (Part.QUOTED, 0.5)
_SIGNED: _Said = (Part.SIGNATURE, 0.9)
_INTRODUCED: _Said = (Part.ATTRIBUTION, 0.95)

MAX_DEPTH = 400
_SHORT = 12_000
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_ANY_TAG = re.compile(r"<[^<>]*>")
_HEAD = re.compile(r"<(style|script|head)\b[^<]*(?:<(?!/\1)[^<]*)*", re.IGNORECASE)
_BLANK_LINES = re.compile(r"\s*\n\s*\n\s*")
_SELF_CLOSED = frozenset(
    [
        *("area", "base", "br", "col", "dd", "dt", "hr", "img", "input", "li", "link", "meta"),
        *("option", "p", "source", "td", "th", "tr", "wbr"),
    ]
)
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_BORDER_LEFT = re.compile(r"border-left[^;]*:\s*[^;]*(?:solid|\d)", re.IGNORECASE)
_SIGNATURE_CLASS = re.compile(
    r"gmail_signature|moz-signature|protonmail_signature_block|ms-outlook-mobile-signature"
    r"|mail-?signature|apple-mail-signature",
    re.IGNORECASE,
)
_CITE_CLASS = re.compile(r"gmail_attr|moz-cite-prefix|yahoo_quoted_header", re.IGNORECASE)
_QUOTE_CLASS = re.compile(
    r"gmail_quote|yahoo_quoted|protonmail_quote|zmail_extra|moz-cite|type=?cite|ygmail_quote",
    re.IGNORECASE,
)


def html_text(html: str) -> tuple[str, tuple[Mark, ...]]:
    """The text of `html`, and what its markup says about stretches of it. Never raises.

    Nothing named in it is fetched. What is hidden, style and script have no text.
    """
    html = html[:MAX_HTML]
    if _too_deep(html):
        return _stripped(html), ()
    root = LexborHTMLParser(html).root
    if root is None:
        return "", ()
    written = _written(root)
    if written is None:
        return _stripped(html), ()
    text, marks = written
    return text.rstrip(), tuple(sorted(marks, key=lambda mark: mark.start))


# One loop with all it knows at hand: a call for each node would cost more than the rest together.
def _written(root: LexborNode) -> tuple[str, list[Mark]] | None:  # noqa: C901, PLR0912, PLR0915
    """The text in `root` and its marks, without recursion; None when there are too many nodes.

    There is at most one empty line, but for <br> and <pre>, and no blank at a line's end.
    """
    out: list[str] = []
    write, layout_of = out.append, _LAYOUTS.get
    lines = 2  # how many line ends the text ends with; two at its beginning
    blank = False  # whether a blank is due before the next word
    pre = 0
    marked: list[tuple[int, int, _Said]] = []  # places in `out`
    entered: list[tuple[LexborNode, int, _Said, int]] = []
    node: LexborNode | None = root
    for _ in range(MAX_NODES + 1):
        while node is None:
            if not entered:
                return "".join(out), _marks(out, marked)
            node, around, said, start = entered.pop()
            if said is not _NOTHING and len(out) > start:
                marked.append((start, len(out), said))
            if around > 0:
                pre -= node.tag == "pre"
                blank = False
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
            elif words := _one_line(text):
                if not lines and (blank or text[0].isspace()):
                    write(" ")
                write(words)
                blank = text[-1].isspace()
                lines = 0
            elif text:
                blank = True
            node = node.next
            continue
        around = layout_of(tag, 0)
        if around == _SILENT or (around == 0 and tag[:1] in _NO_ELEMENT):
            node = node.next
            continue
        said = _NOTHING
        if tag in _DECLARING:
            said = _declared_part(node, tag)
            if said is _HIDING:
                node = node.next
                continue
        if around > 0:
            blank = False
            if around > lines:
                write("\n" * (around - lines))
                lines = around
            if tag == "li":
                write("* " if pre else "*")
                lines, blank = 0, not pre
            elif tag == "pre":
                pre += 1
        elif around == _CELL:
            blank = blank or not lines
        elif around == _LINE:  # wherever it is asked for, but not where the text begins
            blank = False
            if out:
                write("\n")
                lines += 1
        entered.append((node, around, said, len(out)))
        node = node.child
    return None


def _one_line(text: str) -> str:
    """`text` with single blanks for its white space, and none around it."""
    flat = text.replace("\n", " ")
    if "  " not in flat and flat.isprintable():  # its only white space is U+0020: the usual, quick
        return flat.strip(" ")
    return " ".join(text.split())


def _marks(out: list[str], marked: list[tuple[int, int, _Said]]) -> list[Mark]:
    if not marked:
        return []
    places = [0, *accumulate(map(len, out))]
    return [Mark(places[start], places[end], *said) for start, end, said in marked]


def _too_deep(html: str) -> bool:
    """Whether elements lie in each other so deep that a parser would take for ever.

    A parser looks at every open element for each new one. What is short cannot go deep enough.
    """
    if len(html) < _SHORT:
        return False
    depth = 0
    for closing, name in _TAG.findall(html):
        if closing:
            depth -= depth > 0
        elif name.lower() not in _SELF_CLOSED:
            depth += 1
            if depth > MAX_DEPTH:
                return True
    return False


def _stripped(html: str) -> str:
    """The text of HTML that is not worth parsing: without its tags, a line end for each."""
    text = unescape(_ANY_TAG.sub("\n", _HEAD.sub("", html)))
    return _BLANK_LINES.sub("\n\n", text).strip()


def _declared_part(node: LexborNode, tag: str) -> _Said:
    """What an element says its text is, and how surely; _HIDING for one that is not shown."""
    attributes = node.attributes
    if not attributes:
        return _PERHAPS_QUOTED if tag == "blockquote" else _NOTHING
    named = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"[:500]
    style = (attributes.get("style") or "")[:2000]
    if tag == "blockquote" and (attributes.get("type") == "cite" or "cite" in attributes):
        return _HIDING if _HIDDEN.search(style) else _QUOTED
    if "data-signatureblock" in attributes and tag != "blockquote":
        return _HIDING if _HIDDEN.search(style) else _SIGNED
    if named == " " and not style and tag != "blockquote":
        return _NOTHING
    return _said(tag == "blockquote", named, style)


@lru_cache(maxsize=256)
def _said(blockquote: bool, named: str, style: str) -> _Said:
    """What a class, an id and a style say. The same few stand in a letter again and again."""
    if _HIDDEN.search(style):
        return _HIDING
    if blockquote:
        return (
            _QUOTED if _QUOTE_CLASS.search(named) or _BORDER_LEFT.search(style) else _PERHAPS_QUOTED
        )
    if _SIGNATURE_CLASS.search(named):
        return _SIGNED
    return _INTRODUCED if _CITE_CLASS.search(named) else _NOTHING


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
    if attribute in {"srcset", "background", "ping"}:
        return None
    return value


def sanitised(html: str) -> str:
    """`html` without anything that runs, loads or hides. Never raises."""
    html = html[:MAX_HTML]
    if _too_deep(html):
        return f"<pre>{escape(_stripped(html))}</pre>"
    return _cleaner().clean(html)
