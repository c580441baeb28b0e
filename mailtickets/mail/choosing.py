"""Of a text part and its alternative in HTML, which one holds what was written.

The text part, as long as nothing speaks against it. It loses where it only says that there is HTML,
where it has fewer words than the HTML and none of its own, and where something was typed below a
signature that only the HTML tells from the signature.
"""

from __future__ import annotations

import re

from mailtickets.mail.entities import unescaped
from mailtickets.mail.structure import Node

_WORD = re.compile(r"\w+")
_PARAGRAPHS = re.compile(r"\n\s*\n|(?<=[.!?])\s*\n")
_PLACEHOLDER = re.compile(
    r"html|browser|navigateur|navegador|webbrowser|view (?:this|it)|mail client|e-?mail program"
    r"|mime|multi-?part|online|version",
    re.IGNORECASE,
)
# Nobody but a program says so, however little the HTML shows.
_NEEDS_HTML = re.compile(
    r"html.{0,100}?(?:compatib|capable|enabled|view|display|support|fähig|anzeig|angezeigt|darstell"
    r"|dargestellt|unterstütz|affich|visualis|visualiz|mostrar|weergeven|weergegeven)"
    r"|(?:view|display|support|anzeig|darstell|unterstütz|affich|visualis|visualiz).{0,100}?html",
    re.IGNORECASE | re.DOTALL,
)
_NO_TEXT = re.compile(
    r"\W*(?:alternativ(?:e|er|ny)?[ -]?text|(?:plain[ -]?)?text[ -]version"
    r"|texte alternatif|texto alternativo|testo alternativo|alternatieve tekst)\W*",
    re.IGNORECASE,
)
# What a program writes for a picture or a link: it stands in the HTML as an attribute.
_WRITTEN_OUT = re.compile(
    r"\[(?:cid|image|bild|inline image)\b[^\[\]\n]{0,300}\]|<(?:https?:|mailto:)[^<>\s]{0,2000}>",
    re.IGNORECASE,
)
_CJK = "\u3040-\u30ff\u3400-\u9fff"  # these words have no blanks between them
_EACH_WORD = re.compile(rf"[{_CJK}]|[^\W{_CJK}]+")
_SIGNATURES = ("gmail_signature", "moz-signature")
_QUOTES = ("gmail_quote", "gmail_attr", "moz-cite-prefix", "<blockquote")
# Elements that hold an older letter and nothing else.
_NAMED = 'name="quote"'
_OLDER = ("yahoo_quoted", "gmail_quote", "protonmail_quote", _NAMED)
_LONGEST = 100_000  # characters of an older letter
_ELEMENT = re.compile(r"<([a-z]{1,10})\b", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>?|^[^<>]*>")
_SIGNATURE = 20_000  # characters of one, and of what stands below it
_POOR = 400
_POOR_WORDS = 40
_SAYING = re.compile(r"[^\w\s\u00ad\u034f\u180e\u200b-\u200f\u2060-\u2064\ufe0f\ufeff.,:;|>#=*·_-]")


def may_be_placeholder(text: str) -> bool:
    """Whether a text may say nothing but that the letter is HTML, or has several parts."""
    if len(text) > 600:
        return False
    return all(_PLACEHOLDER.search(one) for one in _PARAGRAPHS.split(text) if one.strip())


def may_be_poor(node: Node, text: str, other: Node, source: str) -> bool:
    """Whether a text part may say less than its alternative: a glance at how long they are."""
    return len(text) <= _POOR and len(source) > len(text) and beside(node, other)


def typed_below(node: Node, text: str, other: Node, source: str) -> bool:
    """Whether something stands below an element of the HTML that the text part does not end.

    Below the element of a signature, above what is quoted: the text part has dashes there, and
    nobody could tell what was typed from what was stored. Or below an older letter, of which the
    text part marks no line.
    """
    signed = "-- \n" in text
    older = "" if "_quote" not in source and _NAMED not in source else _older_in(source, text)
    if not (signed or older) or not beside(node, other):
        return False
    if signed:
        end = _end_of(source, max(source.rfind(name) for name in _SIGNATURES), _SIGNATURE)
        if end >= 0:
            below = source[end : end + _SIGNATURE]
            quoted = min((at for name in _QUOTES if (at := below.find(name)) >= 0), default=-1)
            if _has_words(below[: below.rfind("<", 0, quoted + 1)] if quoted >= 0 else below):
                return True
    end = _end_of(source, source.find(older), _LONGEST) if older else -1
    return end >= 0 and _has_words(source[end : end + _SIGNATURE])


def _older_in(source: str, text: str) -> str:
    """By what the element of an older letter is named of which the text part marks no line."""
    if any(mark in text for mark in ("\n>", "\n >", "\n|")) or text.startswith(">"):
        return ""
    found = [(at, name) for name in _OLDER if (at := source.find(name)) >= 0]
    return min(found)[1] if found else ""


def _end_of(source: str, within: int, most: int) -> int:
    """Where the element ends in whose first tag `within` is, if within `most` characters; or -1."""
    begin = source.rfind("<", 0, within + 1)
    opened = _ELEMENT.match(source, begin) if begin >= 0 else None
    if opened is None:
        return -1
    depth = 0
    for found in re.finditer(rf"<(/?){opened[1]}\b", source[begin : begin + most], re.IGNORECASE):
        depth += -1 if found[1] else 1
        if not depth:
            return begin + found.end()
    return -1


def _has_words(source: str) -> bool:
    return bool(unescaped(_TAG.sub("", source)).strip(" \n\t\xa0>"))


def loses(text: str, shown: str, *, poor: bool) -> bool:
    """Whether the HTML is shown instead of a text part; `poor` says whether that may be poor."""
    if poor and _is_poor(text, shown):
        return True
    return may_be_placeholder(text) and _is_placeholder(text, shown)


def _is_poor(text: str, shown: str) -> bool:
    """Whether a text part has no words, or fewer than the HTML and none that it lacks.

    Its writer's words are never given up for others, nor is a smile.
    """
    bare = _WRITTEN_OUT.sub(" ", unescaped(text))
    words, others = _EACH_WORD.findall(bare.lower()), _EACH_WORD.findall(shown.lower())
    if words and _NO_TEXT.fullmatch(bare):
        return len(others) > 1
    if not others or not set(_SAYING.findall(bare)).issubset(shown):
        return False
    if len(words) >= _POOR_WORDS or (words and len(others) < max(len(words) + 4, 1.5 * len(words))):
        return False
    return set(words).issubset(others)


def _is_placeholder(text: str, shown: str) -> bool:
    """Whether a text part says only that the letter is HTML."""
    words, others = _WORD.findall(text.lower()), set(_WORD.findall(shown.lower()))
    if not words:
        return True
    missing = sum(word not in others for word in words)
    if missing <= len(words) * 0.6:
        return False
    return len(shown) > len(text) * (0.2 if _NEEDS_HTML.search(text) else 0.5)


def beside(node: Node, other: Node) -> bool:
    """Whether two parts are alternatives of each other (RFC 2046 section 5.1.4)."""
    return not choices(node).isdisjoint(choices(other))


def choices(node: Node) -> set[int]:
    """Of what a part is an alternative: the ids of what it lies in."""
    found = set()
    at: Node | None = node
    while at is not None:
        if at.type.value == "multipart/alternative":
            found.add(id(at))
        at = at.parent
    return found
