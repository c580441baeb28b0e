"""A desk in memory, for tests of whatever talks to desks."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from zope.interface import implementer

from mailtickets.errors import Permanent
from mailtickets.interfaces import IChecks, IDesk, IFeed, ILooksUp, ITakesAttachments
from mailtickets.mail.octets import Octets
from mailtickets.tickets.events import Event, Kind
from mailtickets.tickets.intents import AddComment, OpenTicket
from mailtickets.tickets.values import Person, Receipt, Remote, Ticket

PAGE = 50


@implementer(IDesk, IFeed, ILooksUp, IChecks, ITakesAttachments)
class FakeDesk:
    """Keeps every promise a desk can make.

    `tickets` and `comments` (by ticket, the opening letter first) are there to be looked at.
    `failures` are raised by the next calls of `submit`, one each, before anything is done;
    `lost` likewise, after everything is done: the answer that never came.
    """

    def __init__(self, clock: IReactorTime) -> None:
        self._clock = clock
        self.tickets: dict[str, Ticket] = {}
        self.comments: dict[str, list[OpenTicket | AddComment]] = {}
        self.failures: list[Exception] = []
        self.lost: list[Exception] = []
        self.complaints: list[str] = []
        self._answers: dict[str, Receipt] = {}
        self._numbers: dict[str, int] = {}
        self._events: list[Event] = []
        self._octets: dict[str, Octets] = {}
        self._waits: list[Deferred[None]] = []

    async def submit(self, intent: OpenTicket | AddComment, key: str) -> Receipt:
        """Carry out `intent` once per `key`."""
        if self.failures:
            raise self.failures.pop(0)
        receipt = self._answers.get(key)
        if receipt is None:
            receipt = self._answers[key] = self._done(intent, key)
        if self.lost:
            raise self.lost.pop(0)
        return receipt

    def write(self, ticket: str, text: str, *, public: bool = True) -> str:
        """An agent writes at the desk itself; the comment's id."""
        agent = Person("Ann Agent", "ann@support.example")
        receipt = self._done(AddComment(ticket, agent, text, public=public), None)
        assert receipt.comment is not None
        return receipt.comment

    def change(self, ticket: str, status: str) -> None:
        """An agent changes a ticket's status."""
        self.tickets[ticket] = evolve(self.tickets[ticket], status=status)
        self._tell(Kind.STATUS_CHANGED, ticket, status=status)

    def _done(self, intent: OpenTicket | AddComment, key: str | None) -> Receipt:
        if isinstance(intent, OpenTicket):
            number = self._numbers[intent.prefix] = self._numbers.get(intent.prefix, 0) + 1
            ticket = f"{intent.prefix}-{number}"
            self.tickets[ticket] = Ticket(
                ticket, intent.subject, intent.requester, message_id=intent.message_id
            )
            self.comments[ticket] = [intent]
            self._tell(Kind.TICKET_OPENED, ticket, intent, f"{ticket}.1", key)
            return Receipt(ticket)
        if intent.ticket not in self.tickets:
            raise Permanent("1.1", "The desk has no such ticket")
        self.comments[intent.ticket].append(intent)
        comment = f"{intent.ticket}.{len(self.comments[intent.ticket])}"
        self._tell(Kind.COMMENT_ADDED, intent.ticket, intent, comment, key)
        return Receipt(intent.ticket, comment)

    def _tell(
        self,
        kind: Kind,
        ticket: str,
        intent: OpenTicket | AddComment | None = None,
        comment: str | None = None,
        key: str | None = None,
        status: str | None = None,
    ) -> None:
        number = str(len(self._events) + 1)
        remotes = []
        for place, one in enumerate(intent.attachments if intent else ()):
            name = f"{number}.{place}"
            self._octets[name] = one.octets
            remotes.append(Remote(name, one.name, one.type, one.octets.size, one.content_id))
        author = None
        if intent is not None:
            author = intent.requester if isinstance(intent, OpenTicket) else intent.author
        self._events.append(
            Event(
                id=number,
                cursor=number,
                kind=kind,
                ticket=ticket,
                author=author,
                comment_id=comment,
                text="" if intent is None else intent.text,
                html=None if intent is None else intent.html,
                public=not isinstance(intent, AddComment) or intent.public,
                status=status,
                message_id=None if intent is None else intent.message_id,
                origin_key=key,
                attachments=tuple(remotes),
            )
        )
        waits, self._waits = self._waits, []
        for rung in waits:
            if not rung.called:
                rung.callback(None)

    async def events(self, after: str | None, wait: float) -> Sequence[Event]:
        """The events after a cursor; waits up to `wait` seconds for one."""
        start = int(after or 0)
        if len(self._events) <= start and wait > 0:
            rung: Deferred[None] = Deferred()
            self._waits.append(rung)
            call = self._clock.callLater(wait, rung.callback, None)
            try:
                await rung
            finally:
                if call.active():
                    call.cancel()
        return tuple(self._events[start : start + PAGE])

    async def end(self) -> str | None:
        """The cursor of now."""
        return str(len(self._events))

    async def find(self, key: str) -> Ticket | None:
        """The ticket with this key, or None."""
        return self.tickets.get(key)

    async def check(self) -> Sequence[str]:
        """What `complaints` says."""
        return tuple(self.complaints)

    async def fetch(self, ticket: str, attachment: Remote) -> Octets:
        """The octets of an attachment."""
        del ticket
        return self._octets[attachment.id]
