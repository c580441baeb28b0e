"""A permanent failure becomes a letter: to a sender who may be told, or to a ticket's agents."""

from __future__ import annotations

from mailtickets.errors import Permanent
from mailtickets.flow.automatic import Automatic, Outgoing, fields_in, head_of
from mailtickets.flow.reader import Reader
from mailtickets.flow.reception import desk_agent
from mailtickets.mail.envelope import Envelope, Item, Wishes
from mailtickets.mail.mailbox import Mailbox
from mailtickets.mail.notice import failure_notice
from mailtickets.outcomes import State
from mailtickets.routing.addresses import AddressBook
from mailtickets.routing.answering import Kind, silence, vouched, wants
from mailtickets.routing.inbound import key_of
from mailtickets.slips import Notice, Settlement, Submission
from mailtickets.tickets.values import Existing, ReturnedMail


class Bounces:
    """Decides who is told of a letter that failed for good, and writes the notice."""

    def __init__(
        self, *, book: AddressBook, hostname: str, automatic: Automatic, reader: Reader
    ) -> None:
        self._book = book
        self._hostname = hostname
        self._automatic = automatic
        self._reader = reader

    async def settlement(self, item: Item, recipient: Mailbox, trouble: Permanent) -> Settlement:
        """`bounced` with a notice, or `refused` when there is nobody who may be told.

        Nothing goes to a null sender (RFC 5321 section 6.1), to a machine (RFC 3834 section 2), to
        who asked not to be told (RFC 3461 section 4.1), or to who has had too many of them. Raises
        Temporary when the store cannot say how many there were.
        """
        reason = f"{trouble.enhanced} {trouble.text}"
        sender = item.letter.envelope.sender
        head = await head_of(item)
        if sender is not None and self._book.ours(sender):
            return await self._to_ours(item, recipient, trouble, sender, head)
        why = self._silence(item, recipient, head)
        if why or sender is None:
            self._automatic.unwanted(Kind.FAILURE)
            return Settlement(State.REFUSED, f"{reason}; nobody is told: {why}")
        if not await self._automatic.allowed(Kind.FAILURE, sender, self._ticket(item)):
            return Settlement(State.REFUSED, f"{reason}; nobody is told: it would be too many")
        envelope = self._automatic.envelope(sender)
        octets, subject = await self._written(item, recipient, trouble, head, envelope)
        key = _key(item, sender)
        notice = self._automatic.notice(envelope, Outgoing(octets, subject, key, item.lane))
        return Settlement(State.BOUNCED, reason, notice=notice)

    def _silence(self, item: Item, recipient: Mailbox, head: bytes) -> str:
        envelope = item.letter.envelope
        fields = fields_in(head)
        why = silence(Kind.FAILURE, envelope.sender, fields, envelope.authentication)
        if not why and not wants(envelope.wishes.get(recipient, Wishes())):
            why = "its sender asked not to be told (NOTIFY)"
        return why

    def _ticket(self, item: Item) -> str | None:
        """The ticket that a letter was for, told with its desk."""
        if not isinstance(item.destination, Existing):
            return None
        try:
            desk = self._book.queue(item.destination.queue).desk
        except KeyError:
            return None
        return f"{desk}/{item.destination.ticket}"

    async def _written(
        self, item: Item, recipient: Mailbox, trouble: Permanent, head: bytes, envelope: Envelope
    ) -> tuple[bytes, str]:
        before = item.letter.envelope
        return failure_notice(
            item,
            recipient,
            trouble,
            head,
            hostname=self._hostname,
            date=envelope.arrived,
            id=envelope.id,
            language=await self._language(item),
            quotes=vouched(before.peer, before.authentication),
        )

    async def _language(self, item: Item) -> str:
        """The language that the letter is written in; empty when there is no telling."""
        try:
            return (await self._reader.message(item.letter)).language
        except Exception:
            return ""  # its octets cannot be read now: its head still may say it

    async def _to_ours(
        self, item: Item, recipient: Mailbox, trouble: Permanent, sender: Mailbox, head: bytes
    ) -> Settlement:
        """What we sent ourselves: the agents of its ticket are told, and that is no mail."""
        reason = f"{trouble.enhanced} {trouble.text}"
        submission = self._submission(sender, item)
        if submission is None:
            return Settlement(State.REFUSED, f"{reason}; its sender is no mailbox here")
        envelope = self._automatic.envelope(sender)
        octets, subject = await self._written(item, recipient, trouble, head, envelope)
        notice = Notice(envelope, octets, (submission,), subject)
        return Settlement(State.BOUNCED, reason, notice=notice)

    def _submission(self, sender: Mailbox, item: Item) -> Submission | None:
        """How a notice travels to the agents of a ticket of ours."""
        try:
            destination = self._book.resolve(sender)
        except Permanent:
            return None
        if isinstance(destination, ReturnedMail):
            ticket, _ = self._book.came_back(destination)
        elif isinstance(destination, Existing):
            ticket = destination
        else:
            return None
        desk = self._book.queue(ticket.queue).desk
        return Submission(sender, _key(item, sender), desk_agent(desk), item.lane, destination)


def _key(item: Item, sender: Mailbox) -> str:
    return key_of(None, sender, f"notice of {item.key}", "")
