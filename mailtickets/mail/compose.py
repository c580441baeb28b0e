"""Letters of ours are written: the answer that brings an agent's public comment to the requester.

What a person wrote carries no Auto-Submitted field (RFC 3834 section 5 is for what machines send):
a vacation program on the other side may answer it, as it would answer any person.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from attrs import evolve, frozen

from mailtickets.mail import clean, headers, mime, subjects
from mailtickets.mail.agents import paragraphs, safe, text_of_html
from mailtickets.mail.mailbox import Mailbox
from mailtickets.mail.mime import Enclosure, Piece
from mailtickets.mail.phrases import Phrases, phrases
from mailtickets.mail.style import PLAIN, Style
from mailtickets.mail.templates import Entry, Templates
from mailtickets.mail.tongue import language_of
from mailtickets.routing import threads
from mailtickets.tickets.events import Event
from mailtickets.tickets.values import Conversation

__all__ = [
    "PLAIN",
    "Composed",
    "Draft",
    "Enclosure",
    "Entry",
    "Missing",
    "Style",
    "acknowledgement",
    "answer",
    "follower_fields",
    "thread",
    "write",
]

REFERENCES_OCTETS = 8000
QUOTED_CHARACTERS = 4000
"""Of one older letter. Whoever wants more has it: it was sent before."""


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


@frozen
class Composed:
    """A letter that is ready to be written out; its files may still lie elsewhere."""

    subject: str
    pieces: tuple[Piece, ...]

    @property
    def octets(self) -> bytes:
        """All of it at once. Raises TypeError where a file is not in memory."""
        return mime.joined(self.pieces)

    async def chunks(self) -> AsyncIterator[bytes]:
        """All of it in order, files read as they are reached. Raises what reading them raises."""
        for piece in self.pieces:
            if isinstance(piece, bytes):
                yield piece
            else:
                async for chunk in piece.chunks():
                    yield chunk


@frozen
class Missing:
    """A file that should go with a letter and does not; `size` counts octets."""

    name: str
    size: int
    too_large: bool = False


def composed(draft: Draft) -> Composed:
    """The letter, CRLF line ends. Raises Permanent 1.3 when an address cannot be written.

    All of it is ASCII, but for an address whose local part is not (RFC 6532).
    """
    text = draft.text if draft.text.strip() or not draft.html else text_of_html(draft.html)
    body = mime.letter_body(text, draft.html, draft.enclosures)
    head = [
        headers.date("Date", draft.date),
        headers.addresses("From", [draft.author]),
        headers.addresses("To", draft.to),
        headers.unstructured("Subject", clean.subject(draft.subject)),
        headers.ids("Message-ID", [draft.message_id]),
        headers.ids("In-Reply-To", [draft.in_reply_to] if draft.in_reply_to else []),
        headers.ids("References", draft.references),
        *(headers.exact(name, value) for name, value in draft.more),
        b"MIME-Version: 1.0\r\n",
        body.head,
        b"\r\n",
    ]
    first, *others = body.pieces
    if not isinstance(first, bytes):
        return Composed(draft.subject, (b"".join(head), first, *others))
    return Composed(draft.subject, (b"".join([*head, first]), *others))


def write(draft: Draft) -> bytes:
    """The letter's octets, of one whose files are in memory. Raises as `composed` does."""
    return composed(draft).octets


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
    recipient: Mailbox,
    message_id: str,
    date: float,
    ticket: str = "",
    enclosures: Sequence[Enclosure] = (),
    missing: Sequence[Missing] = (),
    style: Style = PLAIN,
    history: Sequence[Entry] = (),
    name: str | None = None,
    more: Sequence[tuple[str, str]] = (),
    unsubscribe: str = "",
) -> Composed:
    """The letter that brings a public comment to one who reads it.

    `sender` is the ticket's address for the recipient, `ticket` what people call it where that is
    not the local part, `name` the recipient's where that is not the requester.
    `missing` are files that should go with it and do not: the letter says so. `history` are the
    older letters, latest first, of which the style's number is quoted. `more` are further fields,
    and `unsubscribe` is where a person goes to hear no more of the ticket. Raises Permanent 1.3
    when an address cannot be written, Temporary 3.5 when a template is broken.
    """
    agent = event.author.name if event.author else ""
    language = style.spoken(conversation.language, language_of(event.text))
    say = phrases(language)
    draft = Draft(
        message_id=message_id,
        date=date,
        author=(style.author(agent), sender),
        to=((conversation.name if name is None else name, recipient),),
        subject=subjects.answering(conversation.subject),
        text=clean.text(event.text or text_of_html(event.html or "")).strip("\n"),
        html=None if event.html is None else safe(event.html),
        enclosures=tuple(enclosures),
        more=tuple(more),
    )
    in_reply_to, references = thread(conversation)
    draft = evolve(_noting(draft, missing, say), in_reply_to=in_reply_to, references=references)
    if style.templates is None:
        return composed(draft)
    values = {
        "text": draft.text,
        "html": safe(draft.html) if draft.html else paragraphs(draft.text),
        "ticket": clean.line(ticket or sender.local),
        "subject": draft.subject,
        "agent": clean.name(agent),
        "requester": clean.name(conversation.name),
        "mark": clean.message_id(message_id) if style.marked else None,
        "history": [_shortened(one) for one in history[: style.quoted]],
        "unsubscribe": clean.line(unsubscribe),
    }
    return composed(
        evolve(
            draft,
            text=style.templates.render("answer", "txt", language, values),
            html=style.templates.render("answer", "html", language, values),
            more=(("Content-Language", language), *draft.more),  # RFC 3282
        )
    )


def _noting(draft: Draft, missing: Sequence[Missing], say: Phrases) -> Draft:
    """The draft with a sentence about what could not be attached to it."""
    if not missing:
        return draft
    lines = [
        f"- {clean.filename(one.name)} ({_measured(one.size)}): "
        + (say.too_large if one.too_large else say.gone)
        for one in missing
    ]
    note = "\n".join([say.unattached, *lines])
    html = None if draft.html is None else f"{draft.html}\n{paragraphs(note)}"
    return evolve(draft, text=f"{draft.text}\n\n{note}", html=html)


def _measured(size: int) -> str:
    for unit, octets in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= octets:
            return f"{size / octets:.1f} {unit}"
    return f"{size} B"


def _shortened(entry: Entry) -> Entry:
    text = clean.text(entry.text).strip()
    if len(text) > QUOTED_CHARACTERS:
        text = f"{text[:QUOTED_CHARACTERS].rstrip()} [...]"
    return Entry(clean.name(entry.name), clean.line(entry.date), text)


_AUTOMATIC = (
    # The desk's opening of a ticket makes it, not the letter (RFC 3834 section 5).
    ("Auto-Submitted", "auto-generated"),
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
    ticket: str = "",
    style: Style = PLAIN,
) -> tuple[bytes, str]:
    """The letter that says a ticket was opened, and its subject: a machine's, and marked so.

    It quotes nothing of the requester's letter, not even the subject: whoever forged the sender
    must not have us carry their words (RFC 3834 section 3.1.3 and 4).
    """
    language = style.spoken(conversation.language)
    say = phrases(language)
    templates = style.templates or Templates()
    values = {
        "ticket": clean.line(ticket or sender.local),
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
            text=templates.render("opened", "txt", language, values),
            in_reply_to=in_reply_to,
            references=references,
            more=(*_AUTOMATIC, ("Content-Language", language)),
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
