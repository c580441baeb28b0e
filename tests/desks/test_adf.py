"""Atlassian's document format: what goes in comes out, and any document can be read."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mailtickets.desks.adf import DEEPEST, as_document, as_text

LINES = st.text(st.characters(categories=["L", "N", "P", "S"], include_characters=" "), max_size=9)
NODES = st.recursive(
    st.none() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["type", "content", "text", "attrs"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(st.lists(LINES.map(str.strip), max_size=8))
def test_a_text_comes_back_as_it_went(lines: list[str]) -> None:
    """Word for word and line by line, whatever in it would be markup."""
    text = "\n".join(lines).strip("\n")
    assert as_text(as_document(text)) == text


@given(NODES)
def test_any_document_can_be_read(found: Any) -> None:
    """What somebody else's editor makes raises nothing."""
    assert isinstance(as_text(found), str)


def test_what_editors_write() -> None:
    """Lists, mentions, cards and code have their words; depth has an end."""
    item = {"type": "listItem", "content": as_document("one")["content"]}
    deep: dict[str, Any] = {"type": "text", "text": "deep"}
    for _ in range(DEEPEST + 1):
        deep = {"type": "panel", "content": [deep]}
    told = {
        "type": "doc",
        "content": [
            {"type": "heading", "content": [{"type": "text", "text": "Title"}]},
            {"type": "bulletList", "content": [item, item]},
            {
                "type": "paragraph",
                "content": [
                    {"type": "mention", "attrs": {"text": "@Ann"}},
                    {"type": "text", "text": " sees "},
                    {"type": "inlineCard", "attrs": {"url": "https://x.example"}},
                ],
            },
            deep,
        ],
    }
    assert as_text(told).split() == [
        "Title",
        "-",
        "one",
        "-",
        "one",
        "@Ann",
        "sees",
        "https://x.example",
    ]
    assert as_text("plain") == "plain"
