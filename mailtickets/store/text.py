"""Text that any database takes."""

from __future__ import annotations


def clean(value: str) -> str:
    r"""`value` without NUL and without halves of surrogate pairs, which no database keeps.

    >>> clean("a\x00b")
    'ab'
    """
    if "\0" in value:
        value = value.replace("\0", "")
    if not value.isascii():
        value = value.encode("utf-8", "replace").decode("utf-8")
    return value
