"""A letter that came in one piece with nothing wrong about it, as nearly all small ones do."""

from __future__ import annotations

from mailtickets.smtp.data import Newlines, first_dotted, hops
from mailtickets.smtp.limits import Limits

_END = b"\r\n.\r\n"
_SHORTEST = len(b"Received:\r\n")


def whole(octets: bytes, limits: Limits) -> bytes | None:
    """The letter in `octets`, which are all that DATA brought; None when it needs a closer look.

    What is found here is what `Dots` and `Intake` would find, who keep notes from one piece of a
    letter to the next. Anything that is not plain goes to them: dots to undo, something after
    the end, no empty line after the header, any fault.
    """
    size = len(octets) - 3
    if not octets.endswith(_END) or size > limits.message_size or octets.startswith(b"."):
        return None
    if first_dotted(octets) != size - 2:
        return None
    head = octets.find(b"\r\n\r\n", 0, limits.header_size)
    if head <= 0:
        return None
    # So many Received fields take some room: in a short header nobody need count them.
    if head >= limits.hops * _SHORTEST and hops(b"\r\n" + octets[:head]) > limits.hops:
        return None
    if Newlines().bare_in(octets, final=True):
        return None
    return octets[:size]
