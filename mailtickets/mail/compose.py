"""Letters of ours are written: the answer that brings an agent's public comment to the requester.

What a person wrote carries no Auto-Submitted field (RFC 3834 section 5 is for what machines send):
a vacation program on the other side may answer it, as it would answer any person.
"""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from mailtickets.mail import clean, headers, mime, subjects
from mailtickets.mail.mailbox import Mailbox
from mailtickets.mail.mime import Enclosure
from mailtickets.mail.plain import text_of_html
from mailtickets.routing import threads
from mailtickets.tickets.events import Event
from mailtickets.tickets.values import Conversation

__all__ = ["Draft", "Enclosure", "answer", "thread", "write"]

REFERENCES_OCTETS = 8000


@frozen
class Draft:
    """A letter of ours, not yet written. Message-IDs are without angle brackets.

    `date` counts seconds since 1970. `more` are further fields of free text, in order.
    """

    message_id: str
    date: float
    author: tuple[str, Mailbox]
    to: tuple[tuple[str, Mailbox], ...]
    subject: str
    text: str
    html: str | None = None
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    more: tuple[tuple[str, str], ...] = ()


def write(draft: Draft) -> bytes:
    """The letter's octets, CRLF line ends. Raises Permanent 1.3 when an address cannot be written.

    All of it is ASCII, but for an address whose local part is not (RFC 6532).
    """
    text = draft.text if draft.text.strip() or not draft.html else text_of_html(draft.html)
    body = mime.letter_body(text, draft.html, draft.enclosures)
    head = [
        headers.date("Date", draft.date),
        headers.addresses("From", [draft.author]),
        headers.addresses("To", draft.to),
        headers.unstructured("Subject", draft.subject),
        headers.ids("Message-ID", [draft.message_id]),
        headers.ids("In-Reply-To", [draft.in_reply_to] if draft.in_reply_to else []),
        headers.ids("References", draft.references),
        *(headers.unstructured(name, value) for name, value in draft.more),
        b"MIME-Version: 1.0\r\n",
        body.head,
    ]
    return b"".join([*head, b"\r\n", body.octets])


def thread(conversation: Conversation) -> tuple[str | None, tuple[str, ...]]:
    """In-Reply-To and References of an answer (RFC 5322 section 3.6.4).

    The first names the requester's latest letter, the second the thread from its root, that letter
    last; when there are too many, the root and the latest are kept.
    """
    latest = clean.message_id(conversation.latest) if conversation.latest else None
    known = [one for one in map(clean.message_id, conversation.references) if one]
    if latest is None:
        latest = known[-1] if known else None
    if latest is None:
        return None, ()
    chain = [*(one for one in dict.fromkeys(known) if one != latest), latest]
    if known and known[0] == latest:
        chain = [latest, *(one for one in dict.fromkeys(known) if one != latest)]
    kept = list(threads.bounded(chain))
    while len(kept) > 2 and sum(map(len, kept)) > REFERENCES_OCTETS:
        del kept[1]
    return latest, tuple(kept)


def answer(
    event: Event,
    conversation: Conversation,
    *,
    sender: Mailbox,
    sender_name: str,
    recipient: Mailbox,
    message_id: str,
    date: float,
    enclosures: Sequence[Enclosure] = (),
) -> tuple[bytes, str]:
    """The letter that brings a public comment to the requester, and its subject.

    `sender` is the ticket's address; where `sender_name` is empty, the agent's own name stands
    before it. Raises Permanent 1.3 when an address cannot be written.
    """
    in_reply_to, references = thread(conversation)
    subject = subjects.answering(conversation.subject)
    name = sender_name or (event.author.name if event.author else "")
    octets = write(
        Draft(
            message_id=message_id,
            date=date,
            author=(name, sender),
            to=((conversation.name, recipient),),
            subject=subject,
            text=event.text,
            html=event.html,
            in_reply_to=in_reply_to,
            references=references,
            enclosures=tuple(enclosures),
        )
    )
    return octets, subject
