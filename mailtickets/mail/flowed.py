"""Lines that a mail program wrapped are joined again (RFC 3676, format=flowed)."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO

_BLOCK = 64 * 1024


def unflowed(text: str, *, delete_space: bool = False) -> str:
    r"""`text` with its flowed lines joined. Quoted lines keep their marks.

    >>> unflowed("one \ntwo\n")
    'one two\n'
    """
    out = StringIO()  # of a million short lines each would take sixty octets
    depth_before = -1  # the quote depth of the line that flows on; -1 when none does
    for number, line in enumerate(_lines(text)):
        stripped = line.lstrip(">")
        depth = len(line) - len(stripped)
        content = stripped.removeprefix(" ")  # RFC 3676 section 4.4: space-stuffing
        flows = content.endswith(" ") and content != "-- "  # section 4.3: the signature's line
        if depth != depth_before or content == "-- ":
            if number:
                out.write("\n")
            if depth:
                out.write(">" * depth + " ")
        out.write(content[:-1] if flows and delete_space else content)
        depth_before = depth if flows else -1
    return out.getvalue()


def _lines(text: str) -> Iterator[str]:
    place = 0
    while True:
        end = text.find("\n", place + _BLOCK)
        yield from text[place : end if end >= 0 else len(text)].split("\n")
        if end < 0:
            return
        place = end + 1
