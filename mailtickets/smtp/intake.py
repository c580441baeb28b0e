"""One letter on its way in: what of it is handed on, and why it cannot be accepted."""

from __future__ import annotations

from mailtickets.smtp.data import Head, Mender, Newlines
from mailtickets.smtp.limits import Limits
from mailtickets.smtp.replies import (
    BARE_NEWLINE,
    HEADER_TOO_BIG,
    TOO_BIG,
    TOO_MANY_HOPS,
    Reply,
)


class Intake:
    """Counts and checks the octets of a letter, dots undone already.

    Every check goes on to the end whatever another found, so that the answer does not depend on
    how the network cut the octets. `size` counts what was handed in.
    """

    __slots__ = (
        "_bare",
        "_head",
        "_head_fault",
        "_mender",
        "_most",
        "_newlines",
        "failure",
        "said",
        "size",
    )

    def __init__(self, limits: Limits, *, mend: bool = False, binary: bool = False) -> None:
        self._most = limits.message_size
        self._head: Head | None = Head(limits.header_size, limits.hops)
        self._newlines = None if mend or binary else Newlines()
        self._mender = Mender() if mend and not binary else None
        self._bare = False
        self._head_fault: Reply | None = None
        self.size = 0
        self.said = False  # whether the failure is what the application answered before the end
        self.failure: Reply | None = None  # why the letter is refused, as far as is known

    def refuse(self, reply: Reply) -> None:
        """The application takes it no more; that outweighs whatever else is wrong."""
        self.said = True
        self.failure = reply

    def take(self, octets: bytes, *, final: bool = False) -> bytes:
        """Look at more of the letter; answer what to hand on. `final`: this is its end."""
        if self._mender is not None:
            octets = self._mender.feed(octets, final=final)
        self.size += len(octets)
        if self._newlines is not None and self._newlines.bare_in(octets, final=final):
            self._bare = True
            self._newlines = None
        if self._head is not None:
            self._watch(self._head, octets, final=final)
        if not self.said:
            if self.size > self._most:
                self.failure = TOO_BIG
            elif self._head_fault is not None:
                self.failure = self._head_fault
            elif self._bare:
                self.failure = BARE_NEWLINE
        return octets if self.failure is None else b""

    def _watch(self, head: Head, octets: bytes, *, final: bool) -> None:
        head.feed(octets, final=final)
        if not head.over:
            return
        self._head = None
        if head.too_long:
            self._head_fault = HEADER_TOO_BIG
        elif head.too_many_hops:
            self._head_fault = TOO_MANY_HOPS
