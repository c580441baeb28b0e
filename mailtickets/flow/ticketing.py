"""The ticketing agent: brings a letter to a desk, as a new ticket or as a comment."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from zope.interface import implementer

from mailtickets.errors import Permanent, Temporary
from mailtickets.flow.directory import Directory
from mailtickets.flow.reader import Reader
from mailtickets.flow.returned import Returns
from mailtickets.flow.sorting import Sorted, Sorter
from mailtickets.interfaces import IAgent, IDesk, IShowsStanding, ISteps
from mailtickets.mail.envelope import Item
from mailtickets.mail.mailbox import Mailbox
from mailtickets.mail.message import Message
from mailtickets.outcomes import Bounced, Deferred, Delivered, Outcome, State, Withheld
from mailtickets.routing import threads
from mailtickets.routing.addresses import AddressBook, Queue
from mailtickets.routing.inbound import fingerprint_of, in_words, with_findings
from mailtickets.routing.record import again, undone, write_record
from mailtickets.tickets.intents import AddComment, Discard, OpenTicket
from mailtickets.tickets.values import (
    Conversation,
    Existing,
    Known,
    NewTicket,
    Person,
    Receipt,
    ReturnedMail,
)


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
        reader: Reader,
        steps: ISteps,
        now: Callable[[], float] = time.time,
        returns: Returns | None = None,
    ) -> None:
        self._name = name
        self._desk = desk
        self._book = book
        self._directory = directory
        self._sorter = Sorter(book=book, directory=directory, now=now)
        self._reader = reader
        self._steps = steps
        self._returns = returns

    async def deliver(self, item: Item) -> Mapping[Mailbox, Outcome]:
        """Submit the letter's intent under the item's key, so that a repeat is empty."""
        outcome = await self._deliver(item)
        return dict.fromkeys(item.recipients, outcome)

    async def _deliver(self, item: Item) -> Outcome:
        destination = item.destination
        if self._returns is not None and isinstance(destination, ReturnedMail):
            message = await self._reader.message(item.letter)
            outcome = await self._returns.take(self._name, item, message)
            return outcome or Delivered(State.DISCARDED, note="it is about no letter of ours")
        if not isinstance(destination, (NewTicket, Existing)):
            raise Temporary("3.5", "This letter is not one for a desk", loud=True)
        try:
            queue = self._book.queue(destination.queue)
        except KeyError:
            text = f"The settings have no queue {destination.queue} any more"
            raise Temporary("3.5", text, loud=True) from None
        message = await self._reader.message(item.letter)
        if self._returns is not None and self._returns.concerns(item, message):
            came_back = await self._returns.take(self._name, item, message)
            if came_back is not None:
                return came_back
        envelope = item.letter.envelope
        sort = await self._sorter.sort(message, envelope, item.recipients[0], destination)
        before = await self._sorter.copy_of(self._name, queue, message)
        opens = isinstance(sort.decision.intent, OpenTicket)
        if before is not None and (opens or _same(before, sort.conversation)):
            return _again(before, sort)
        return await self._carried_out(item, queue, message, sort)

    async def _carried_out(
        self, item: Item, queue: Queue, message: Message, sort: Sorted
    ) -> Outcome:
        decision, record = sort.decision, write_record(sort.record)
        if decision.then is not None:
            return Withheld(decision.why, decision.then, record)
        if decision.action == "refuse":  # too late to say so: the sender may be forged
            return Delivered(State.REFUSED, note=decision.why, record=record)
        intent = decision.intent
        if isinstance(intent, Discard):
            return Delivered(State.DISCARDED, note=intent.reason or decision.why, record=record)
        if not IShowsStanding.providedBy(self._desk):
            intent = in_words(intent)
        listed = message.written_by is not None
        intent = with_findings(intent, item.letter.envelope, listed=listed)
        self._steps.reached("ticketing.before-submit")
        try:
            receipt = await self._desk.submit(intent, item.key)
        except Temporary as why:
            return Deferred(why, record=write_record(undone(sort.record, why, "not done yet")))
        except Permanent as why:
            return Bounced(why, write_record(undone(sort.record, why, "the desk refuses it")))
        self._steps.reached("ticketing.after-submit")
        self._directory.forget(self._name, receipt.ticket)
        learned = _learned(self._name, queue, message, intent, receipt, sort.conversation)
        state = State.OPENED if isinstance(intent, OpenTicket) else State.COMMENTED
        return Delivered(state, receipt, decision.why, (learned,), record)


def _same(ticket: str, conversation: Conversation | None) -> bool:
    return conversation is not None and conversation.ticket.lower() == ticket.lower()


def _again(ticket: str, sort: Sorted) -> Delivered:
    """The same letter came before, to another address of ours or another way."""
    record = again(sort.record, ticket)
    return Delivered(State.DUPLICATE, Receipt(ticket), record.why, record=write_record(record))


def _learned(
    desk: str,
    queue: Queue,
    message: Message,
    intent: OpenTicket | AddComment,
    receipt: Receipt,
    conversation: Conversation | None,
) -> Known:
    """What the ledger shall know of the ticket from now on.

    A comment that is internal is nobody's latest letter: no answer shall name it. Nor shall it name
    the letter with which an agent forwarded the requester's.
    """
    fingerprint = fingerprint_of(message)
    listed = ""  # the writer, where a list named one who may have written
    if message.written_by is not None:
        listed = (intent.requester if isinstance(intent, OpenTicket) else intent.author).address
    if isinstance(intent, OpenTicket) or conversation is None:
        return Known(
            desk=desk,
            ticket=receipt.ticket,
            message_id=message.message_id or "",
            author=listed or message.author.address or _requester(intent),
            queue=queue.name,
            subject=intent.subject if isinstance(intent, OpenTicket) else message.subject,
            requester=intent.requester if isinstance(intent, OpenTicket) else None,
            references=threads.bounded(message.references),
            participants=intent.participants,
            fingerprint=fingerprint,
            language=message.language or message.spoken,
        )
    requesters = intent.author.address.lower() == conversation.requester.lower()
    return Known(
        desk=desk,
        ticket=conversation.ticket,
        message_id=message.message_id or "",
        author=intent.author.address if intent.public else "",
        queue=conversation.queue or queue.name,
        subject=conversation.subject,
        requester=Person(conversation.name, conversation.requester),
        references=conversation.references,
        participants=intent.participants,
        fingerprint=fingerprint,
        language=(message.language or message.spoken) if requesters else "",
    )


def _requester(intent: OpenTicket | AddComment) -> str:
    return intent.requester.address if isinstance(intent, OpenTicket) else ""
