"""What desks tell in JSON, taken for what it must be, or told as unreadable."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mailtickets.desks.answers import loud
from mailtickets.tickets.document import Unreadable, listing, mapping


def mapping_of(found: Any) -> Mapping[str, Any]:
    """An object. Raises Temporary, loud."""
    try:
        return mapping(found, "the answer")
    except Unreadable as why:
        raise loud(f"The desk's answer cannot be understood: {why}") from None


def entries(found: Any, name: str) -> list[Mapping[str, Any]]:
    """The objects of the list `name` within an object. Raises Temporary, loud."""
    return objects(mapping_of(found).get(name), name)


def objects(found: Any, what: str = "the answer") -> list[Mapping[str, Any]]:
    """The objects of a list. Raises Temporary, loud."""
    try:
        return [mapping(one, what) for one in listing(found, what)]
    except Unreadable as why:
        raise loud(f"The desk's answer cannot be understood: {why}") from None


def number_of(found: Any) -> int:
    """A whole number, not below zero, which may be told as text. Raises Temporary, loud."""
    text = str(found)
    if isinstance(found, bool) or not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise loud("The desk's answer cannot be understood: a number is none")
    return int(text)
