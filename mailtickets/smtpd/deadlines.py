"""When a peer has had time enough: the deadlines of one connection.

The connection is looked at now and then, once a second, and what has changed since the last look
is all that counts. So a command costs nothing here, and no deadline is more exact than a second.
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
        "_asked_since",
        "_began",
        "_commands",
        "_data",
        "_data_octets",
        "_letter",
        "_limits",
        "_looked",
        "_octets",
        "_quiet",
        "_silent",
    )

    def __init__(self, limits: Limits, now: float) -> None:
        self._limits = limits
        self._began = now
        self._looked = now
        self._quiet = now  # since then the peer owes us a command
        self._silent = now  # since then it has sent no octet
        self._asked = 0  # the question that we owe it the answer to
        self._asked_since = now
        self._letter = 0  # the letter that it sends
        self._data = now  # since then
        self._data_octets = 0
        self._octets = 0
        self._commands = 0

    def look(self, now: float, asked: int, letter: int, octets: int, commands: int) -> None:
        """See what has happened. `octets` and `commands` count from the beginning.

        `asked` is the number of the question that waits for our answer, `letter` that of the
        letter in its data phase; 0 is none.
        """
        if commands != self._commands:
            self._commands = commands
            self._quiet = now
        if letter != self._letter:
            self._letter = letter
            self._data = self._silent = self._quiet = now
            self._data_octets = self._octets
        if octets != self._octets:
            self._octets = octets
            self._silent = now
        if asked:
            if asked != self._asked:
                self._asked_since = now
            self._data += now - self._looked
            self._quiet = self._silent = now
        self._asked = asked
        self._looked = now

    def unanswered(self) -> bool:
        """Whether we have taken longer than we may."""
        return self._asked != 0 and self._looked - self._asked_since > self._limits.answer_timeout

    def late(self, *, crowded: bool) -> Reply | None:
        """The last words to a peer that is overdue."""
        limits, now = self._limits, self._looked
        if now - self._began > limits.connection_timeout:
            return replies.CONNECTION_TOO_LONG
        if not self._letter:
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
