"""Lines that a mail program wrapped are joined again (RFC 3676, format=flowed)."""

from __future__ import annotations


def unflowed(text: str, *, delete_space: bool = False) -> str:
    r"""`text` with its flowed lines joined. Quoted lines keep their marks.

    >>> unflowed("one \ntwo\n")
    'one two\n'
    """
    out: list[str] = []
    depth_before = -1  # the quote depth of the line that flows on; -1 when none does
    for number, line in enumerate(text.split("\n")):
        stripped = line.lstrip(">")
        depth = len(line) - len(stripped)
        content = stripped.removeprefix(" ")  # RFC 3676 section 4.4: space-stuffing
        flows = content.endswith(" ") and content != "-- "  # section 4.3: the signature's line
        if depth != depth_before or content == "-- ":
            if number:
                out.append("\n")
            if depth:
                out.append(">" * depth + " ")
        out.append(content[:-1] if flows and delete_space else content)
        depth_before = depth if flows else -1
    return "".join(out)
