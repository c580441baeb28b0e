"""Letters for a delivery that takes lines: twisted.mail's IMessages behind our IIncoming."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from twisted.internet.defer import Deferred, DeferredList
from zope.interface import implementer

from mailtickets.interfaces import IIncoming
from mailtickets.mail.mailbox import Mailbox
from mailtickets.slips import Accepted
from mailtickets.smtpd.failures import worst


@implementer(IIncoming)
class LineByLine:
    """One letter, handed to an IMessage for each recipient, a line at a time.

    It keeps to what twisted.mail does: the trace header first, an empty line put before a body
    that has no header at all, dots undone, no line ends. `each` is true where every recipient has
    an answer of its own (LMTP).
    """

    def __init__(
        self,
        identity: str,
        messages: Sequence[tuple[Mailbox, Any, bytes]],
        *,
        each: bool = False,
    ) -> None:
        self._identity = identity
        self._messages = [(mailbox, message) for mailbox, message, _ in messages]
        self._each = each
        self._rest = bytearray()  # of a line whose end has not come; it grows in place
        self._started = False
        for _, message, header in messages:
            if header:
                message.lineReceived(header)

    def write(self, octets: bytes) -> None:
        """More octets; every whole line is handed on."""
        rest = self._rest
        if rest:
            searched = len(rest) - 1
            rest += octets
            if rest.find(b"\r\n", searched) < 0:
                return
            octets = bytes(rest)
        lines = octets.split(b"\r\n")
        self._rest = bytearray(lines.pop())
        for line in lines:
            self._line(line)

    def _line(self, line: bytes) -> None:
        if not self._started:
            self._started = True
            if line and b":" not in line:
                self._line(b"")
        for _, message in self._messages:
            message.lineReceived(line)

    async def finish(self) -> Accepted:
        """The dot: every IMessage is asked. Raises what the worst of them raised."""
        if self._rest:
            self._line(bytes(self._rest))  # BDAT may end without a CRLF (RFC 3030)
        messages, self._messages = self._messages, []
        asked = []
        for _, message in messages:
            try:
                asked.append(message.eomReceived())
            except Exception as why:
                asked.append(why)
        waiting = [answer for answer in asked if isinstance(answer, Deferred)]
        heard = iter(await DeferredList(waiting, consumeErrors=True))
        fates = {}
        for (mailbox, _), answer in zip(messages, asked, strict=True):
            if isinstance(answer, Exception):
                fates[mailbox] = answer
            elif isinstance(answer, Deferred):
                good, result = next(heard)
                if not good:
                    fates[mailbox] = result.value
        failed = worst(fates.values())
        if failed is not None and not self._each:
            raise failed
        return Accepted(self._identity, fates)

    def discard(self) -> None:
        """No letter after all."""
        messages, self._messages = self._messages, []
        for _, message in messages:
            message.connectionLost()
