"""When a peer has had time enough: the deadlines of one connection.

None of them is moved by an octet alone, but for the silence in data. The time that a peer waits
for us counts for nobody but us (RFC 5321 section 4.5.3.2, with a bound on everything).
"""

from __future__ import annotations

from mailtickets.smtp import replies
from mailtickets.smtp.limits import Limits
from mailtickets.smtp.replies import Reply

CROWDED_TIMEOUT = 30.0  # seconds for a command when the table is nearly full
CLOSE_AFTER = 2.0  # seconds that a peer has to read our last words
ABORT_AFTER = 10.0  # and when it does not


class Deadlines:
    """Seconds of one clock, which is read by the caller."""

    __slots__ = (
        "_asked",
        "_began",
        "_commands",
        "_data",
        "_data_octets",
        "_limits",
        "_octets",
        "_quiet",
        "_silent",
    )

    def __init__(self, limits: Limits, now: float) -> None:
        self._limits = limits
        self._began = now
        self._quiet = now  # since then the peer owes us a command
        self._silent = now  # since then it has sent no octet
        self._asked: float | None = None  # since then we owe it an answer
        self._data: float | None = None  # since then it sends a letter
        self._data_octets = 0
        self._octets = 0
        self._commands = 0

    def step(self, now: float, asked: bool, in_data: bool, octets: int, commands: int) -> None:
        """Something has happened. `octets` and `commands` count from the beginning."""
        if asked:
            if self._asked is None:
                self._asked = now
        elif self._asked is not None:
            if self._data is not None:
                self._data += now - self._asked
            self._quiet = self._silent = now
            self._asked = None
        if commands != self._commands:
            self._commands = commands
            self._quiet = now
        if octets != self._octets:
            self._octets = octets
            self._silent = now
        if not in_data:
            if self._data is not None:
                self._data = None
                self._quiet = now
        elif self._data is None:
            self._data = self._silent = now
            self._data_octets = octets

    def unanswered(self, now: float) -> bool | None:
        """None when nobody asked us; else whether we have taken longer than we may."""
        if self._asked is None:
            return None
        return now - self._asked > self._limits.answer_timeout

    def late(self, now: float, *, crowded: bool) -> Reply | None:
        """The last words to a peer that is overdue."""
        limits = self._limits
        if now - self._began > limits.connection_timeout:
            return replies.CONNECTION_TOO_LONG
        if self._data is None:
            patience = limits.command_timeout
            if crowded and patience > CROWDED_TIMEOUT:
                patience = CROWDED_TIMEOUT
            return replies.TIMED_OUT if now - self._quiet > patience else None
        if now - self._silent > limits.data_silence:
            return replies.TIMED_OUT
        lasted = now - self._data
        if lasted > limits.data_timeout:
            return replies.TOO_SLOW
        if lasted > limits.data_rate_after:
            received = self._octets - self._data_octets
            return replies.TOO_SLOW if received < limits.data_rate * lasted else None
        return None
