"""An agent's HTML becomes a text, and an agent's text HTML, where the other is not there."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from markupsafe import Markup, escape

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

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Break the line where the tag does."""
        del attrs
        if tag in _SILENT:
            self._silent += 1
        elif tag in _BREAKS:
            self.pieces.append("\n- " if tag == "li" else "\n")

    def handle_endtag(self, tag: str) -> None:
        """Break the line where the tag does."""
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
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
    blocks = [block for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip()) if block]
    made = (Markup("<br>\n").join(map(escape, block.split("\n"))) for block in blocks)
    return Markup("\n").join(Markup("<p>{}</p>").format(block) for block in made)
