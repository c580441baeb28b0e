"""Letters of ours are written: the answer that brings an agent's public comment to the requester.

What a person wrote carries no Auto-Submitted field (RFC 3834 section 5 is for what machines send):
a vacation program on the other side may answer it, as it would answer any person.
"""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen
from markupsafe import Markup

from mailtickets.mail import clean, headers, mime, subjects
from mailtickets.mail.mailbox import Mailbox
from mailtickets.mail.mime import Enclosure
from mailtickets.mail.phrases import phrases
from mailtickets.mail.plain import paragraphs, text_of_html
from mailtickets.mail.templates import Entry, Templates
from mailtickets.mail.tongue import language_of
from mailtickets.routing import threads
from mailtickets.tickets.events import Event
from mailtickets.tickets.values import Conversation

__all__ = [
    "PLAIN",
    "Draft",
    "Enclosure",
    "Entry",
    "Style",
    "acknowledgement",
    "answer",
    "follower_fields",
    "thread",
    "write",
]

REFERENCES_OCTETS = 8000


@frozen
class Draft:
    """A letter of ours, not yet written. Message-IDs are without angle brackets.

    `date` counts seconds since 1970. `more` are further fields, in ASCII.
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
        *(headers.exact(name, value) for name, value in draft.more),
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


@frozen
class Style:
    """How a queue's answers look.

    Without `templates` a letter is what the agent wrote, and nothing else. `language` is a tag of
    RFC 5646; where it is empty, that of the agent's text is taken. `marked` adds the Message-ID to
    the text, for those who answer with a program that drops header fields.
    """

    templates: Templates | None = None
    language: str = ""
    marked: bool = True


PLAIN = Style()


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
    style: Style = PLAIN,
    history: Sequence[Entry] = (),
) -> tuple[bytes, str]:
    """The letter that brings a public comment to the requester, and its subject.

    `sender` is the ticket's address; where `sender_name` is empty, the agent's own name stands
    before it. `history` are the older letters, latest first, that the style quotes. Raises
    Permanent 1.3 when an address cannot be written, Temporary 3.5 when a template is broken.
    """
    in_reply_to, references = thread(conversation)
    subject = subjects.answering(conversation.subject)
    agent = event.author.name if event.author else ""
    text, html = event.text, event.html
    more: tuple[tuple[str, str], ...] = ()
    if style.templates is not None:
        say = phrases(style.language or language_of(event.text))
        values = {
            "text": clean.text(text or text_of_html(html or "")).strip("\n"),
            "html": Markup(html or "") or paragraphs(text),  # noqa: S704 - the agent's own HTML
            "ticket": clean.line(sender.local),
            "subject": subject,
            "agent": clean.name(agent),
            "requester": clean.name(conversation.name),
            "mark": clean.message_id(message_id) if style.marked else None,
            "history": tuple(history),
        }
        text = style.templates.render("answer", "txt", say, values)
        html = style.templates.render("answer", "html", say, values)
        more = (("Content-Language", say.language),)  # RFC 3282
    octets = write(
        Draft(
            message_id=message_id,
            date=date,
            author=(sender_name or agent, sender),
            to=((conversation.name, recipient),),
            subject=subject,
            text=text,
            html=html,
            in_reply_to=in_reply_to,
            references=references,
            enclosures=tuple(enclosures),
            more=more,
        )
    )
    return octets, subject


_AUTOMATIC = (
    ("Auto-Submitted", "auto-replied"),  # RFC 3834 section 5
    ("X-Auto-Response-Suppress", "All"),
)


def acknowledgement(
    conversation: Conversation,
    *,
    sender: Mailbox,
    sender_name: str,
    recipient: Mailbox,
    message_id: str,
    date: float,
    style: Style = PLAIN,
) -> tuple[bytes, str]:
    """The letter that says a ticket was opened, and its subject: a machine's, and marked so.

    It quotes nothing of the requester's letter, not even the subject: whoever forged the sender
    must not have us carry their words (RFC 3834 section 3.1.3 and 4).
    """
    say = phrases(style.language)
    templates = style.templates or Templates()
    values = {
        "ticket": clean.line(sender.local),
        "requester": clean.name(conversation.name),
        "mark": clean.message_id(message_id) if style.marked else None,
    }
    in_reply_to, references = thread(conversation)
    octets = write(
        Draft(
            message_id=message_id,
            date=date,
            author=(sender_name, sender),
            to=(("", recipient),),
            subject=say.opened_subject,
            text=templates.render("opened", "txt", say, values),
            in_reply_to=in_reply_to,
            references=references,
            more=(*_AUTOMATIC, ("Content-Language", say.language)),
        )
    )
    return octets, say.opened_subject


def follower_fields(
    list_id: str, domain: str, unsubscribe: str | None
) -> tuple[tuple[str, str], ...]:
    """The fields for those who follow a ticket of others (RFC 2919, RFC 2369, RFC 8058).

    `unsubscribe` is the https address that takes them off with one click, where there is one.
    """
    fields = [("List-Id", f"<{clean.line(list_id, 100)}.{domain}>")]
    if unsubscribe and unsubscribe.startswith("https://") and clean.message_id(unsubscribe):
        fields.append(("List-Unsubscribe", f"<{unsubscribe}>"))
        fields.append(("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
    return tuple(fields)
