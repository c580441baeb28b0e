"""What a letter's intent is in words, for desks that take a subject, a text and files."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from mailtickets.mail import clean
from mailtickets.mail.octets import InMemory
from mailtickets.tickets.intents import AddComment, OpenTicket
from mailtickets.tickets.values import Attachment, Person

NO_SUBJECT = "(no subject)"
NO_TEXT = "(no text)"
WHOLE = "whole-text.txt"
CUT = "\n[The text goes on in the file {name}.]"


@frozen
class Wording:
    """What a desk can take: `subject` and `text` in characters, at most."""

    subject: int = 200
    text: int = 1_000_000

    def subject_of(self, intent: OpenTicket) -> str:
        """The subject on one line. Most desks take no empty one."""
        return clean.line(intent.subject, self.subject) or NO_SUBJECT

    def text_of(self, intent: OpenTicket | AddComment, *, signed: bool = True) -> str:
        """The text; a comment that is `signed` begins with who wrote it.

        That is for desks where all of them come in by one account of ours.
        """
        text = clean.text(intent.text).strip() or NO_TEXT
        if signed and isinstance(intent, AddComment):
            text = spoken(intent.author, text)
        if len(text) <= self.text:
            return text
        end = CUT.format(name=WHOLE)
        return text[: self.text - len(end)] + end

    def files_of(self, intent: OpenTicket | AddComment) -> tuple[Attachment, ...]:
        """The files; the whole text is one where it was folded or cut."""
        text = intent.rest
        if not text and len(clean.text(intent.text)) > self.text - 400:
            text = intent.text
        if not text:
            return intent.attachments
        octets = clean.text(text).encode("utf-8", "replace")
        return (*intent.attachments, Attachment(WHOLE, "text/plain", InMemory(octets)))


def spoken(person: Person, text: str) -> str:
    """A text that begins with who wrote it."""
    return f"{clean.line(str(person))}:\n\n{text}"


def naming(text: str, files: Sequence[Attachment]) -> str:
    """The text, with a sentence about files that the desk does not take."""
    if not files:
        return text
    listed = "".join(
        f"\n- {clean.filename(one.name)} ({one.octets.size} octets)" for one in files[:50]
    )
    return f"{text}\n\n[Files that could not be kept here; they are with the letter:{listed}]"
