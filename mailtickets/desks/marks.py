"""Our mark in a text, for systems without a field for it: an HTML comment in its first line.

Markdown does not show it. Only the very beginning of a text that our own account wrote counts, so
that nobody's letter can bear another's mark.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode

from attrs import frozen

from mailtickets.tickets.values import Person

_SIGNED = re.compile(r"\s*\[mailtickets ([0-9a-f]{64})\]\s*\Z")
_MARKED = re.compile(r"\A<!-- mailtickets ([0-9a-f]{64})(?: ([A-Za-z0-9+/=]{1,2000}))? -->\r?\n*")


@frozen
class Marked:
    """A text, the mark that it bore or None, and the requester whom its first line names."""

    text: str
    mark: str | None = None
    requester: Person | None = None


def with_mark(text: str, mark: str, requester: Person | None = None) -> str:
    """The text behind its mark. A requester goes along as base64: no text may end the comment."""
    person = ""
    if requester is not None:
        told = json.dumps([requester.name[:200], requester.address[:320]], ensure_ascii=True)
        person = f" {b64encode(told.encode()).decode()}"
    return f"<!-- mailtickets {mark}{person} -->\n\n{text}"


def read_mark(text: str) -> Marked:
    """What a text of our own account says. Pure; what cannot be read counts as not there."""
    found = _MARKED.match(text)
    if found is None:
        return Marked(text)
    person = None
    if found[2]:
        try:
            name, address = json.loads(b64decode(found[2], validate=True))
            person = Person(str(name), str(address))
        except (ValueError, TypeError):
            person = None
    return Marked(text[found.end() :], found[1], person)


def with_signature(text: str, mark: str) -> str:
    """The text with its mark in sight, as the last line: for systems that clean what is hidden."""
    return f"{text}\n\n[mailtickets {mark}]"


def read_signature(text: str) -> Marked:
    """What a text of our own account says, where the mark is its last line. Pure."""
    found = _SIGNED.search(text[-200:])
    if found is None:
        return Marked(text)
    return Marked(text[: len(text) - len(found[0])], found[1])
