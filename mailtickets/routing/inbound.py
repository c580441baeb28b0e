"""What a letter asks of a desk: open a ticket, add a comment, or nothing."""

from __future__ import annotations

from hashlib import sha256

from attrs import evolve, frozen

from mailtickets.mail.mailbox import Mailbox, printed
from mailtickets.mail.message import Message, Nature
from mailtickets.routing import fates
from mailtickets.routing.addresses import Queue
from mailtickets.tickets.intents import AddComment, Intent, OpenTicket
from mailtickets.tickets.values import Conversation, Existing, NewTicket, Person

_MACHINES = frozenset(
    {
        Nature.AUTO_REPLY,
        Nature.BOUNCE,
        Nature.CHALLENGE,
        Nature.READ_RECEIPT,
        Nature.FEEDBACK_REPORT,
    }
)


def key_of(sender: Mailbox | None, recipient: Mailbox, message_id: str | None, digest: str) -> str:
    """The digest by which the same letter to the same recipient is recognised (design section 7).

    `digest` is the SHA-256 of the octets as they arrived. 64 hexadecimal digits.
    """
    parts = (printed(sender), str(recipient).lower(), message_id or "", digest)
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


@frozen
class Decision:
    """What to ask of the desk, and why, in a sentence for a person."""

    intent: Intent
    why: str


def requester_of(message: Message, sender: Mailbox | None) -> Person:
    """Who wrote the letter: its From, or its envelope's sender where From cannot be read."""
    if message.author.address:
        return message.author
    return Person(message.author.name, printed(sender))


def decide(
    message: Message,
    sender: Mailbox | None,
    destination: NewTicket | Existing,
    queue: Queue,
    conversation: Conversation | None,
) -> Decision:
    """The intent of a letter.

    `conversation` is the ticket its address or its References name, if there is one. Only a
    participant writes into a ticket; what anybody else sends there opens a ticket of its own. A
    machine's letter to a ticket becomes an internal comment, which is never mailed.
    """
    author = requester_of(message, sender)
    if conversation is None:
        return Decision(_opening(message, author, queue), "nothing names a ticket that is known")
    machine = message.nature in _MACHINES or sender is None
    addressed = isinstance(destination, Existing)
    if message.nature is Nature.BOUNCE and addressed:
        return Decision(
            _came_back(message, author, conversation),
            "what comes back to a ticket's address is for its agents alone",
        )
    if machine and addressed:
        return Decision(
            _comment(message, author, conversation, public=False),
            "a machine's letter to a ticket's address is for its agents alone",
        )
    if author.address.lower() == conversation.requester.lower():
        return Decision(
            _comment(message, author, conversation, public=True),
            "its address names the ticket, and the requester wrote it"
            if addressed
            else "its references name the ticket, and the requester wrote it",
        )
    why = f"it names {conversation.ticket}, but its author is no participant there"
    linked = f"(about {conversation.ticket}) " if addressed else ""
    return Decision(_opening(message, author, queue, linked), why)


def _opening(message: Message, author: Person, queue: Queue, linked: str = "") -> OpenTicket:
    text, rest = _texts(message)
    return OpenTicket(
        queue=queue.name,
        prefix=queue.prefix,
        requester=author,
        subject=message.subject,
        text=linked + text,
        html=message.html,
        rest=rest,
        message_id=message.message_id,
        attachments=message.attachments,
    )


def _comment(
    message: Message, author: Person, conversation: Conversation, *, public: bool
) -> AddComment:
    text, rest = _texts(message)
    return AddComment(
        ticket=conversation.ticket,
        author=author,
        text=text,
        html=message.html,
        rest=rest,
        public=public,
        message_id=message.message_id,
        attachments=message.attachments,
    )


def _came_back(message: Message, author: Person, conversation: Conversation) -> AddComment:
    """A bounce as a comment: what became of the answer in sentences, the bounce itself folded."""
    comment = _comment(message, author, conversation, public=False)
    told = fates.comment(fates.reports_of(message, conversation.requester))
    return evolve(comment, text=told, rest=message.text.strip())


def _texts(message: Message) -> tuple[str, str]:
    """What was written this time, and the whole of the text where that is more."""
    new, text = message.new_text, message.text.strip()
    return new, text if new != text else ""
