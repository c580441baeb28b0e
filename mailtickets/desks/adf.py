"""Atlassian's document format: a text as one, word for word, and one as a text. Pure.

Jira reads a plain text as markup, in which a letter's asterisks, braces and bars mean something.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_BLOCKS = frozenset(
    {"paragraph", "heading", "codeBlock", "listItem", "tableRow", "rule", "panel", "blockquote"}
)
"""What ends a line."""
DEEPEST = 60


def as_document(text: str) -> dict[str, Any]:
    """A text as paragraphs of lines."""
    content = []
    for paragraph in text.split("\n\n"):
        nodes: list[dict[str, Any]] = []
        for number, line in enumerate(paragraph.split("\n")):
            if number:
                nodes.append({"type": "hardBreak"})
            if line:  # an empty text is refused
                nodes.append({"type": "text", "text": line})
        content.append({"type": "paragraph", "content": nodes})
    return {"type": "doc", "version": 1, "content": content}


def as_text(found: object) -> str:
    """What a document says; a text is itself, anything else nothing."""
    if isinstance(found, str):
        return found
    return "".join(_said(found, 0)).strip("\n")


def _said(found: object, depth: int) -> Iterator[str]:
    if not isinstance(found, Mapping) or depth > DEEPEST:
        return
    sort = str(found.get("type"))
    attrs = found.get("attrs")
    named = attrs if isinstance(attrs, Mapping) else {}
    if sort == "text":
        yield str(found.get("text") or "")
    elif sort == "hardBreak":
        yield "\n"
    elif sort == "listItem":
        yield "- "
    elif sort in {"mention", "emoji", "status", "date", "inlineCard", "blockCard"}:
        yield str(named.get("text") or named.get("url") or named.get("timestamp") or "")
    content = found.get("content")
    for one in content if isinstance(content, list) else ():
        yield from _said(one, depth + 1)
    if sort in _BLOCKS and not (sort == "paragraph" and depth > 1):
        yield "\n\n" if depth == 1 else "\n"
