"""What an element of HTML does to the text it stands in, and what it says of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from mailtickets.mail.message import Part

# What an element does to the text: so many line ends around it, or one of these.
SILENT, LINE, CELL = -1, -2, -3
NBSP = "\xa0"
"""A line with nothing but this is how many programs write an empty line."""

_TAGS = {
    SILENT: "head style script title template noscript object svg",
    LINE: "br",
    CELL: "td th",
    1: "address article aside center dd details div dl dt fieldset figure footer form header hr li "
    "main nav section tr",
    2: "blockquote h1 h2 h3 h4 h5 h6 ol p pre table ul",
}
LAYOUTS = {tag: layout for layout, tags in _TAGS.items() for tag in tags.split()}
DECLARING = frozenset({"div", "span", "blockquote", "td", "table", "p", "pre", "section"})

Said = tuple[Part, float]
NOTHING: Said = (Part.NEW, 0.0)
HIDING: Said = (Part.NEW, -1.0)
_QUOTED: Said = (Part.QUOTED, 0.95)
_BORDERED: Said = (Part.QUOTED, 0.9)  # people draw a border as well
_PERHAPS_QUOTED: Said = (Part.QUOTED, 0.5)
_SIGNED: Said = (Part.SIGNATURE, 0.9)
ENCLOSED: Said = (Part.QUOTED, 0.0)
"""An older letter that is announced within it ends where it ends: people write below it, too."""

TYPED_INTO: Said = (Part.SIGNATURE, 0.85)
"""The signature of a telephone: the cursor stands in it when a letter is begun."""

_INTRODUCED: Said = (Part.ATTRIBUTION, 0.95)

_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_LINED = re.compile(r"solid|\d")
_SIGNATURE_CLASS = re.compile(
    r"gmail_signature|moz-signature|protonmail_signature_block"
    r"|(ms-outlook-mobile-signature|applemailsignature|apple-mail-signature)|mail-?signature",
    re.IGNORECASE,
)
_CITE_CLASS = re.compile(r"gmail_attr|moz-cite-prefix|yahoo_quoted_header", re.IGNORECASE)
_QUOTE_CLASS = re.compile(
    r"gmail_quote|yahoo_quoted|protonmail_quote|zmail_extra|moz-cite|type=?cite|ygmail_quote|ntes-mailmaster-quote",
    re.IGNORECASE,
)

_ENCLOSING_CLASS = re.compile(
    r"gmail_quote|yahoo_quoted(?!_)|protonmail_quote|zmail_extra(?!_)|moz-forward-container"
    r"|ntes-mailmaster-quote",
    re.IGNORECASE,
)


def one_line(text: str) -> str:
    """`text` with single blanks for its white space, and none around it."""
    flat = text.replace("\n", " ") if "\n" in text else text
    if "  " not in flat and flat.isprintable():  # its only white space is U+0020: the usual, quick
        return flat.strip(" ")
    return " ".join(text.split())


def _bordered(style: str) -> bool:
    """Whether a style draws a line on the left, as programs do beside a quotation."""
    for declaration in style.lower().split(";"):
        name, _, value = declaration.partition(":")
        if "border-left" in name and _LINED.search(value):
            return True
    return False


def said_of(tag: str, attributes: Mapping[str, str | None]) -> Said:
    """What an element says its text is, and how surely; HIDING for one that is not shown."""
    if not attributes:
        return _PERHAPS_QUOTED if tag == "blockquote" else NOTHING
    named = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"[:500]
    style = (attributes.get("style") or "")[:2000]
    if tag == "blockquote" and (attributes.get("type") == "cite" or "cite" in attributes):
        return HIDING if _HIDDEN.search(style) else _QUOTED
    ours = "data-signatureblock" in attributes or attributes.get("id") == "Signature"  # Outlook
    if ours and tag != "blockquote":
        return HIDING if _HIDDEN.search(style) else _SIGNED
    if tag == "div" and attributes.get("name") == "quote" and not _HIDDEN.search(style):
        return ENCLOSED  # as GMX and web.de have it
    if named == " " and not style and tag != "blockquote":
        return NOTHING
    return _said(tag == "blockquote", named, style)


@lru_cache(maxsize=256)
def _said(blockquote: bool, named: str, style: str) -> Said:
    """What a class, an id and a style say. The same few stand in a letter again and again."""
    if _HIDDEN.search(style):
        return HIDING
    if blockquote:
        if _QUOTE_CLASS.search(named):
            return _QUOTED
        return _BORDERED if _bordered(style) else _PERHAPS_QUOTED
    if found := _SIGNATURE_CLASS.search(named):
        return TYPED_INTO if found[1] else _SIGNED
    if _CITE_CLASS.search(named):
        return _INTRODUCED
    return ENCLOSED if _ENCLOSING_CLASS.search(named) else NOTHING
