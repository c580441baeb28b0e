"""What an agent wrote: HTML becomes safe, HTML becomes text, and text becomes HTML."""

from __future__ import annotations

import re
from functools import cache
from html.parser import HTMLParser

import nh3
from markupsafe import Markup, escape

from mailtickets.mail.clean import writable

_BREAKS = frozenset(
    {"br", "p", "div", "tr", "li", "ul", "ol", "table", "blockquote", "pre", "hr"}
    | {f"h{level}" for level in range(1, 7)}
)
_SILENT = frozenset({"script", "style", "head", "title", "template"})
_LIMIT = 1_000_000


class _Reader(HTMLParser):
    """Gathers what is shown."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._silent = 0
        self._link: tuple[str, int] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Break the line where the tag does; remember where a link goes."""
        if tag in _SILENT:
            self._silent += 1
        elif tag == "a":
            self._link = (dict(attrs).get("href") or "", len(self.pieces))
        elif tag in _BREAKS:
            self.pieces.append("\n- " if tag == "li" else "\n")

    def handle_endtag(self, tag: str) -> None:
        """Break the line where the tag does; tell where a link went, unless its text did."""
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag == "a" and self._link is not None:
            address, start = self._link
            self._link = None
            text = "".join(self.pieces[start:]).strip()
            bare = address.removeprefix("mailto:")
            if address.startswith(("http://", "https://", "mailto:")) and bare not in text:
                self.pieces.append(f" <{bare}>")
        elif tag in {"p", "table", "blockquote", "ul", "ol"}:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        """Keep a text that is shown, its runs of blanks made one."""
        if not self._silent:
            self.pieces.append(re.sub(r"\s+", " ", data))


def text_of_html(html: str) -> str:
    """The text of some HTML, roughly as it would be read out."""
    reader = _Reader()
    reader.feed(html[:_LIMIT])
    reader.close()
    text = "\n".join(line.strip() for line in "".join(reader.pieces).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def paragraphs(text: str) -> Markup:
    """A text as HTML: a paragraph where a line is empty, a break where a line ends.

    >>> str(paragraphs("a < b"))
    '<p>a &lt; b</p>'
    """
    lines = [_indented(line) for line in text.replace("\r\n", "\n").strip("\n").split("\n")]
    blocks = [block for block in re.split(r"\n\s*\n", "\n".join(lines)) if block.strip()]
    made = (Markup("<br>\n").join(map(escape, block.split("\n"))) for block in blocks)
    return Markup("\n").join(Markup("<p>{}</p>").format(block) for block in made)


def _indented(line: str) -> str:
    """A line whose blanks at its beginning HTML does not swallow."""
    bare = line.lstrip(" \t")
    return line[: len(line) - len(bare)].replace("\t", "    ").replace(" ", "\xa0") + bare


@cache
def _cleaner() -> nh3.Cleaner:
    attributes = {tag: set(own) for tag, own in nh3.ALLOWED_ATTRIBUTES.items()}
    attributes["*"] = attributes.get("*", set()) | {"style", "dir", "lang", "title"}
    attributes["table"] = attributes.get("table", set()) | {"border", "cellpadding", "cellspacing"}
    return nh3.Cleaner(
        attributes=attributes,
        url_schemes={"http", "https", "mailto", "tel", "cid"},
        link_rel="noopener noreferrer",
        filter_style_properties=_STYLES,
    )


_STYLES = {
    *("color", "background-color", "font-weight", "font-style", "font-size", "font-family"),
    *("text-align", "text-decoration", "margin", "padding", "border", "border-collapse", "width"),
    *("border-left", "padding-left", "margin-left", "line-height", "white-space", "direction"),
}


def safe(html: str) -> Markup:
    """An agent's HTML without what runs in a reader's program, or hides; its looks stay.

    Pictures stay as well, those of the letter (`cid:`) and remote ones: the agent chose them.
    """
    cleaned = _cleaner().clean(writable(html[:_LIMIT]))
    return Markup(cleaned)  # noqa: S704 - it has been sanitised
