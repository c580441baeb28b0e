"""The ticketing agent: brings a letter to a desk, as a new ticket or as a comment."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import evolve
from zope.interface import implementer

from mailtickets.errors import Temporary
from mailtickets.flow.directory import Directory
from mailtickets.flow.reader import Reader
from mailtickets.interfaces import IAgent, IDesk, ILedger, ISteps
from mailtickets.mail.envelope import Envelope, Item
from mailtickets.mail.mailbox import Mailbox
from mailtickets.mail.message import Message
from mailtickets.outcomes import Delivered, Outcome, State
from mailtickets.routing import threads
from mailtickets.routing.addresses import AddressBook, Queue
from mailtickets.routing.inbound import decide
from mailtickets.tickets.intents import AddComment, Discard, OpenTicket
from mailtickets.tickets.values import Conversation, Existing, Known, NewTicket, Person, Receipt


@implementer(IAgent)
class TicketingAgent:
    """Carries letters to one desk."""

    def __init__(
        self,
        *,
        name: str,
        desk: IDesk,
        book: AddressBook,
        directory: Directory,
        ledger: ILedger,
        reader: Reader,
        steps: ISteps,
    ) -> None:
        self._name = name
        self._desk = desk
        self._book = book
        self._directory = directory
        self._ledger = ledger
        self._reader = reader
        self._steps = steps

    async def deliver(self, item: Item) -> Mapping[Mailbox, Outcome]:
        """Submit the letter's intent under the item's key, so that a repeat is empty."""
        outcome = await self._deliver(item)
        return dict.fromkeys(item.recipients, outcome)

    async def _deliver(self, item: Item) -> Outcome:
        destination = item.destination
        if not isinstance(destination, (NewTicket, Existing)):
            raise Temporary("3.5", "This letter is not one for a desk", loud=True)
        try:
            queue = self._book.queue(destination.queue)
        except KeyError:
            text = f"The settings have no queue {destination.queue} any more"
            raise Temporary("3.5", text, loud=True) from None
        message = await self._reader.message(item.letter)
        conversation = await self._conversation(message, destination, queue)
        sender = item.letter.envelope.sender
        decision = decide(message, sender, destination, queue, conversation)
        intent = decision.intent
        if isinstance(intent, Discard):
            return Delivered(State.DISCARDED, note=intent.reason)
        intent = _found(intent, item.letter.envelope)
        self._steps.reached("ticketing.before-submit")
        receipt = await self._desk.submit(intent, item.key)
        self._steps.reached("ticketing.after-submit")
        learned = _learned(self._name, queue, message, intent, receipt, conversation)
        state = State.OPENED if isinstance(intent, OpenTicket) else State.COMMENTED
        return Delivered(state, receipt, decision.why, (learned,))

    async def _conversation(
        self, message: Message, destination: NewTicket | Existing, queue: Queue
    ) -> Conversation | None:
        """The ticket the letter's address names, else the one its references do."""
        if isinstance(destination, Existing):
            return await self._directory.conversation(self._name, destination.ticket)
        references = threads.bounded(message.references)
        if not references:
            return None
        known = await self._ledger.which(self._name, references)
        tickets = next((known[one] for one in reversed(references) if one in known), ())
        if not tickets:
            return None
        ticket = tickets[-1]
        found = await self._ledger.conversation(self._name, ticket)
        return found if found is not None and found.queue in {None, queue.name} else None


def _found(intent: OpenTicket | AddComment, envelope: Envelope) -> OpenTicket | AddComment:
    """The intent with what was found out about the letter before it was accepted."""
    return evolve(
        intent, authentication=envelope.authentication, labels=tuple(sorted(envelope.labels))
    )


def _learned(
    desk: str,
    queue: Queue,
    message: Message,
    intent: OpenTicket | AddComment,
    receipt: Receipt,
    conversation: Conversation | None,
) -> Known:
    """What the ledger shall know of the ticket from now on.

    A comment that is internal is nobody's latest letter: no answer shall name it.
    """
    if isinstance(intent, OpenTicket) or conversation is None:
        return Known(
            desk=desk,
            ticket=receipt.ticket,
            message_id=message.message_id or "",
            author=intent.requester.address if isinstance(intent, OpenTicket) else "",
            queue=queue.name,
            subject=message.subject,
            requester=intent.requester if isinstance(intent, OpenTicket) else None,
            references=threads.bounded(message.references),
        )
    return Known(
        desk=desk,
        ticket=conversation.ticket,
        message_id=message.message_id or "",
        author=intent.author.address if intent.public else "",
        queue=conversation.queue or queue.name,
        subject=conversation.subject,
        requester=Person(conversation.name, conversation.requester),
        references=conversation.references,
    )
