"""Failed addresses in a notice of some program's own form, found by flufl.bounce within bounds.

It knows the forms of dozens of programs, and it is quadratic: 64 KB in one line take it longer than
four seconds, 16,000 lines half a second, and some letters make it raise. So it is shown little, in
short lines, and whatever it raises counts as nothing found.
"""

from __future__ import annotations

import logging
import re
from email import message_from_bytes
from functools import cache
from typing import Any

from mailtickets.mail.structure import Node

MAX_OCTETS = 16 * 1024
MAX_LINES = 300
MAX_LINE = 400
MAX_PARTS = 20

_ADDRESS = re.compile(rb"[^\s<>()\[\]\"',;:@]{1,64}@[^\s<>()\[\]\"',;:@]{1,255}")


@cache
def _library() -> Any:
    """flufl.bounce, imported when it is wanted for the first time; None when it cannot be."""
    try:
        from flufl.bounce import all_failures  # noqa: PLC0415 - start-up must not wait for it
    except ImportError:
        return None
    logging.getLogger("flufl.bounce").disabled = True  # it tells there what it raised
    return all_failures


def addresses(root: Node) -> list[str]:
    """The addresses that the letter says could not be reached. Never raises."""
    library = _library()
    if library is None:
        return []
    try:
        temporary, permanent = library(message_from_bytes(_shortened(root)))
        found = sorted(set(temporary) | set(permanent))
        return [one.decode("ascii") for one in found if _ADDRESS.fullmatch(one)]
    except Exception:
        return []


def _shortened(root: Node) -> bytes:
    """The letter, put together again from its parts, as much of it as is safe to show."""
    lines = _written(root, [MAX_PARTS]).split(b"\n", MAX_LINES)[:MAX_LINES]
    return b"\n".join(line[:MAX_LINE] for line in lines)[:MAX_OCTETS]


def _written(node: Node, left: list[int]) -> bytes:
    left[0] -= 1
    head = b"".join(b"%s: %s\n" % pair for pair in node.fields.pairs[:50])
    if not node.children:
        return head + b"\n" + node.body[:MAX_OCTETS]
    mark = b"\n--" + node.type.parameters.get("boundary", b"").rstrip()
    parts = [mark + b"\n" + _written(one, left) for one in node.children if left[0] > 0]
    return head + b"\n" + b"".join(parts) + mark + b"--\n"
