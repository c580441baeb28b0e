"""The letter that says a ticket was opened: to a person, once, where the queue wants it."""

from __future__ import annotations

from collections.abc import Callable

from attrs import evolve, frozen
from twisted.logger import Logger

from mailtickets.errors import Trouble
from mailtickets.flow.automatic import Automatic, Outgoing, fields_in, head_of
from mailtickets.flow.reader import Reader
from mailtickets.interfaces import ILedger
from mailtickets.mail.compose import PLAIN, Style, acknowledgement
from mailtickets.mail.envelope import Item
from mailtickets.mail.mailbox import Mailbox
from mailtickets.mail.message import Message
from mailtickets.outcomes import Delivered, State
from mailtickets.routing import threads
from mailtickets.routing.addresses import AddressBook, Queue
from mailtickets.routing.answering import Kind, acknowledgement_key, addressee, silence
from mailtickets.routing.inbound import requester_of
from mailtickets.routing.outbound import lane_of
from mailtickets.slips import Notice
from mailtickets.tickets.values import Conversation, Existing, Known, NewTicket

_EVENT = "acknowledgement"


def _plain(queue: Queue) -> Style:  # noqa: ARG001
    return PLAIN


@frozen
class Said:
    """An acknowledgement, and what the ledger shall know of it."""

    notice: Notice
    learned: Known


class Acknowledging:
    """Writes acknowledgements. `style_of` gives how a queue's letters look."""

    def __init__(
        self,
        *,
        automatic: Automatic,
        book: AddressBook,
        ledger: ILedger,
        reader: Reader,
        log: Logger,
        style_of: Callable[[Queue], Style] = _plain,
    ) -> None:
        self._automatic = automatic
        self._book = book
        self._ledger = ledger
        self._reader = reader
        self._log = log
        self._style_of = style_of

    async def said(self, item: Item, outcome: Delivered) -> Said | None:
        """What is said of an item that was delivered, to be put in the transaction that settles it.

        None where nothing is. Never raises: a ticket is not kept waiting for its acknowledgement.
        """
        destination = item.destination
        if outcome.state is not State.OPENED or outcome.receipt is None:
            return None
        if not isinstance(destination, (NewTicket, Existing)):
            return None
        try:
            queue = self._book.queue(destination.queue)
            if not queue.acknowledge:
                return None
            return await self._said(item, queue, outcome.receipt.ticket)
        except Trouble as why:
            ticket = outcome.receipt.ticket
            self._log.warn("{ticket} is not acknowledged: {text}", ticket=ticket, text=why.text)
        except Exception:
            self._log.failure("{ticket} is not acknowledged", ticket=outcome.receipt.ticket)
        return None

    async def _said(self, item: Item, queue: Queue, ticket: str) -> Said | None:
        message = await self._reader.message(item.letter)
        to = await self._to(item, message)
        if to is None:
            self._automatic.unwanted(Kind.ACKNOWLEDGEMENT)
            return None
        key = acknowledgement_key(queue.desk, ticket)
        if await self._ledger.wrote(key):
            return None  # it was said when this ticket was opened the first time
        if not await self._automatic.allowed(Kind.ACKNOWLEDGEMENT, to, f"{queue.desk}/{ticket}"):
            return None
        return self._written(item, queue, ticket, message, to, key)

    async def _to(self, item: Item, message: Message) -> Mailbox | None:
        envelope = item.letter.envelope
        fields = fields_in(await head_of(item))
        found = envelope.authentication
        kind = Kind.ACKNOWLEDGEMENT
        if message.written_by is not None:
            return None  # nothing proves that he wrote it, and its list asks for no answer
        if silence(kind, envelope.sender, fields, found, message.nature):
            return None
        assert envelope.sender is not None  # else there had been silence
        to = addressee(envelope.sender, message.author.address, found)
        if to is None or self._book.ours(to) or silence(kind, to, fields, found, message.nature):
            return None
        return to

    def _written(
        self, item: Item, queue: Queue, ticket: str, message: Message, to: Mailbox, key: str
    ) -> Said:
        address = self._book.reply_address(queue, ticket, str(to))
        message_id = self._book.message_id(queue.desk, f"{_EVENT}/{ticket}", queue, ticket)
        author = requester_of(message, item.letter.envelope.sender)
        conversation = Conversation(
            desk=queue.desk,
            ticket=ticket,
            queue=queue.name,
            requester=author.address,
            name=author.name,
            subject=message.subject,
            references=tuple(
                one for one in (*threads.bounded(message.references), message.message_id) if one
            ),
            latest=message.message_id,
            language=message.language or message.spoken,
        )
        envelope = self._automatic.envelope(to)
        octets, subject = acknowledgement(
            conversation,
            sender=address,
            sender_name=queue.sender_name,
            recipient=to,
            message_id=message_id,
            date=envelope.arrived,
            ticket=queue.address_of(ticket).local,
            style=self._style_of(queue),
        )
        envelope = evolve(envelope, utf8=not (to.ascii and address.ascii))
        learned = Known(
            desk=queue.desk,
            ticket=ticket,
            message_id=message_id,
            author=str(address),
            ours=True,
            queue=queue.name,
            subject=message.subject,
            references=conversation.references,
        )
        written = Outgoing(octets, subject, key, lane_of(conversation))
        return Said(self._automatic.notice(envelope, written), learned)
