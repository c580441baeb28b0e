"""HTML in a letter becomes text with marks on what its quotes and signatures are, or safe HTML."""

from __future__ import annotations

import re
from functools import cache
from html import escape, unescape
from itertools import count as count_from

import nh3
from attrs import define, field
from selectolax.lexbor import LexborHTMLParser, LexborNode

from mailtickets.mail.message import Mark, Part

MAX_HTML = 512 * 1024
"""How many characters of HTML are read; the rest is to be found in the attachment."""

MAX_NODES = 60_000

_SILENT = frozenset({"head", "style", "script", "title", "template", "noscript", "object", "svg"})
_BLOCKS = frozenset(
    [
        *("address", "article", "aside", "center", "dd", "details", "div", "dl", "dt", "fieldset"),
        *("figure", "footer", "form", "header", "hr", "li", "main", "nav", "section", "tr"),
    ]
)
_PARAGRAPHS = frozenset(
    ["blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "ol", "p", "pre", "table", "ul"]
)
_CELLS = frozenset({"td", "th"})
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


@define
class _Writer:
    """Gathers the text: at most one empty line, no blank at a line's end."""

    out: list[str] = field(factory=list)
    length: int = 0
    lines: int = 2  # how many line ends the text ends with; two at its beginning
    blank: bool = False  # whether a blank is due before the next word
    pre: int = 0

    def write(self, text: str) -> None:
        if self.pre:
            self._put(text)
            return
        words = " ".join(text.split())
        if not words:
            self.blank = self.blank or bool(text)
            return
        if (self.blank or text[0].isspace()) and not self.lines:
            words = " " + words
        self.blank = text[-1].isspace()
        self.out.append(words)
        self.length += len(words)
        self.lines = 0

    def _put(self, text: str) -> None:
        if text:
            self.out.append(text)
            self.length += len(text)
            self.lines = 1 if text[-1] == "\n" else 0

    def breaks(self, count: int) -> None:
        """See that at least `count` line ends stand here."""
        self.blank = False
        while self.lines < count:
            self.out.append("\n")
            self.length += 1
            self.lines += 1

    def line(self) -> None:
        """One more line end, as <br> asks; the text never begins with one."""
        self.blank = False
        if self.length:
            self.out.append("\n")
            self.length += 1
            self.lines += 1


def html_text(html: str) -> tuple[str, tuple[Mark, ...]]:
    """The text of `html`, and what its markup says about stretches of it. Never raises.

    Nothing named in it is fetched. What is hidden, style and script have no text.
    """
    html = html[:MAX_HTML]
    if _too_deep(html):
        return _stripped(html), ()
    parser = LexborHTMLParser(html)
    root = parser.root
    if root is None:
        return "", ()
    walk = _Walk()
    node: LexborNode | None = root
    for count in count_from(0):
        if node is None:
            break
        if count == MAX_NODES:
            return _stripped(html), ()
        node = walk.step(node)
    text = "".join(walk.writer.out)
    return text.rstrip(), tuple(sorted(walk.marks, key=lambda mark: mark.start))


@define
class _Walk:
    """The way through a tree of elements, each entered and left, without recursion."""

    writer: _Writer = field(factory=_Writer)
    marks: list[Mark] = field(factory=list)
    waiting: list[tuple[str, Part | None, int, float]] = field(factory=list)  # what is open

    def step(self, node: LexborNode) -> LexborNode | None:
        """Write down `node`; the node that comes after it, None at the end."""
        tag = node.tag or ""
        if tag == "-text":
            self.writer.write(node.text_content or "")
        elif tag not in _SILENT and tag[:1] not in "-!":
            part, confidence = _declared_part(node, tag)
            if confidence >= 0:
                _enter(self.writer, tag)
                child = node.child
                if child is not None:
                    self.waiting.append((tag, part, self.writer.length, confidence))
                    return child
                _leave(self.writer, tag)
        return self._following(node)

    def _following(self, node: LexborNode) -> LexborNode | None:
        following = node.next
        while following is None and self.waiting:
            self._close()
            above = node.parent
            if above is None or not self.waiting:
                return None
            node = above
            following = node.next
        return following

    def _close(self) -> None:
        opened, part, start, confidence = self.waiting.pop()
        if part is not None and self.writer.length > start:
            self.marks.append(Mark(start, self.writer.length, part, confidence))
        _leave(self.writer, opened)


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


def _enter(writer: _Writer, tag: str) -> None:
    if tag == "br":
        writer.line()
    elif tag in _PARAGRAPHS:
        writer.breaks(2)
        writer.pre += tag == "pre"
    elif tag in _BLOCKS:
        writer.breaks(1)
        if tag == "li":
            writer.write("* ")
    elif tag in _CELLS and not writer.lines:
        writer.blank = True


def _leave(writer: _Writer, tag: str) -> None:
    if tag in _PARAGRAPHS:
        writer.pre -= tag == "pre"
        writer.breaks(2)
    elif tag in _BLOCKS:
        writer.breaks(1)


def _declared_part(node: LexborNode, tag: str) -> tuple[Part | None, float]:
    """What an element says its text is, and how surely; less than 0 for one that is not shown."""
    if tag not in {"div", "span", "blockquote", "td", "table", "p", "pre", "section"}:
        return None, 0.0
    attributes = node.attributes
    if not attributes:
        return (Part.QUOTED, 0.5) if tag == "blockquote" else (None, 0.0)
    style = attributes.get("style") or ""
    if style and _HIDDEN.search(style[:2000]):
        return None, -1.0
    named = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"[:500]
    if tag == "blockquote":
        sure = (
            attributes.get("type") == "cite"
            or "cite" in attributes
            or _QUOTE_CLASS.search(named)
            or _BORDER_LEFT.search(style[:2000])
        )
        return Part.QUOTED, 0.95 if sure else 0.5
    if "data-signatureblock" in attributes or _SIGNATURE_CLASS.search(named):
        return Part.SIGNATURE, 0.9
    if _CITE_CLASS.search(named):
        return Part.ATTRIBUTION, 0.95
    return None, 0.0


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
