"""A reception that keeps letters in memory, and what tests of the edge share."""

from __future__ import annotations

from collections.abc import Mapping

from twisted.internet.defer import Deferred
from zope.interface import implementer

from mailtickets.errors import Permanent
from mailtickets.interfaces import IIncoming, IReception
from mailtickets.mail.envelope import Envelope
from mailtickets.mail.mailbox import Mailbox
from mailtickets.slips import Accepted
from mailtickets.tickets.values import Destination, NewTicket


@implementer(IIncoming)
class Kept:
    """One letter; `reception` says what happens to it."""

    def __init__(self, reception: MemoryReception, envelope: Envelope) -> None:
        self.reception = reception
        self.envelope = envelope
        self.octets = b""
        self.discarded = False
        self.done = False

    def write(self, octets: bytes) -> Deferred[None] | None:
        """Keep them; pause where the reception is told to."""
        if self.reception.write_raises is not None:
            raise self.reception.write_raises
        self.octets += octets
        return self.reception.room.pop(0) if self.reception.room else None

    async def finish(self) -> Accepted:
        """Durable, unless the reception is told otherwise."""
        if self.reception.slow:
            await self.reception.slow.pop(0)
        if self.reception.finish_raises is not None:
            raise self.reception.finish_raises
        self.done = True
        self.reception.letters.append(self)
        return Accepted(self.envelope.id, self.reception.fates)

    def discard(self) -> None:
        """Forget it."""
        self.discarded = True


@implementer(IReception)
class MemoryReception:
    """Knows `known` local parts of any domain; takes letters as its attributes say."""

    def __init__(self, known: tuple[str, ...] = ("new", "postmaster")) -> None:
        self.known = known
        self.letters: list[Kept] = []
        self.begun: list[Kept] = []
        self.asked: list[Mailbox] = []
        self.slow: list[Deferred[None]] = []
        self.slow_recipients: list[Deferred[None]] = []
        self.room: list[Deferred[None]] = []
        self.fates: dict[Mailbox, Exception] = {}
        self.finish_raises: Exception | None = None
        self.write_raises: Exception | None = None
        self.recipient_raises: Exception | None = None
        self.begin_raises: Exception | None = None

    async def recipient(self, mailbox: Mailbox, envelope: Envelope) -> Destination:
        """A new ticket, for those it knows."""
        self.asked.append(mailbox)
        if self.slow_recipients:
            await self.slow_recipients.pop(0)
        if self.recipient_raises is not None:
            raise self.recipient_raises
        if mailbox.local.lower() not in self.known:
            raise Permanent("1.1", "No such mailbox")
        return NewTicket("support")

    def begin(self, envelope: Envelope, destinations: Mapping[Mailbox, Destination]) -> IIncoming:
        """A letter begins."""
        if self.begin_raises is not None:
            raise self.begin_raises
        kept = Kept(self, envelope)
        self.begun.append(kept)
        return kept
