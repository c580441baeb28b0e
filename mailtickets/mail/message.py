"""The parsed view of a letter: who wrote what, to whom, and in answer to which letter."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from enum import StrEnum
from functools import cached_property
from typing import Any, Protocol

from attrs import field, frozen

from mailtickets.mail.octets import Octets
from mailtickets.tickets.values import Attachment, Person


class Nature(StrEnum):
    """What sort of letter it is."""

    HUMAN = "human"
    AUTO_REPLY = "auto-reply"
    BOUNCE = "bounce"
    LIST = "list"
    CALENDAR = "calendar"
    CHALLENGE = "challenge"
    FEEDBACK_REPORT = "feedback-report"
    READ_RECEIPT = "read-receipt"


class Part(StrEnum):
    """What a stretch of a letter's text is."""

    NEW = "new"
    QUOTED = "quoted"
    INLINE_ANSWER = "inline-answer"
    ATTRIBUTION = "attribution"
    SIGNATURE = "signature"
    DISCLAIMER = "disclaimer"
    LIST_FOOTER = "list-footer"
    ATTACHED = "attached"  # a file in the lines of the text itself, as uuencode writes it


FOLDED_FROM = 0.5
"""A span that is less surely quoted or signed than this is shown."""


@frozen
class Span:
    """Characters `start` to `end` (not included) of a text, what they are, and how surely (0-1)."""

    start: int
    end: int
    part: Part
    confidence: float = 1.0


@frozen
class Mark:
    """Characters `start` to `end` of a text that its HTML itself declares to be a `part`."""

    start: int
    end: int
    part: Part
    confidence: float


@frozen
class Forwarded:
    """The letter that somebody forwarded, as far as its head could be read."""

    author: Person | None
    subject: str
    text: str
    date: str = ""


@frozen
class Failure:
    """One recipient that a notice tells of, mostly not reached (RFC 3464 section 2.3)."""

    recipient: str
    status: str = ""
    diagnostic: str = ""
    action: str = "failed"


class CameBack(Protocol):
    """What a notice tells: see `mailtickets.mail.dsn.Returned`."""

    @property
    def failures(self) -> tuple[Failure, ...]:
        """Who did not get the letter."""

    @property
    def reached(self) -> tuple[Failure, ...]:
        """Who did."""

    @property
    def original_message_id(self) -> str | None:
        """Which letter it was."""


@frozen(slots=False)
class Message:
    """What could be read of a letter. There is one for any octets whatever.

    Message-IDs are without angle brackets. `references` are those of References and In-Reply-To,
    oldest first. `delivered_to` is whom it was brought to, as those who handed it on say, and Bcc.
    `date` counts seconds since 1970, None when there is none to read. `text` is
    whole, and `spans` cover it without gap or overlap. `evidence` says why `nature` is what it is.
    `remarks` say what could not be read. `first_part` is how many characters of `text` the letter's
    first text part gave: what stands after them came in further parts. The last `unpacked` of the
    attachments are no parts of the letter: they were found within a part, and that is attached too.

    `author` is whom From names. `written_by` is who wrote the letter where From names a mailing
    list in his place: as the list says, nothing proves it.

    `spoken` is the language that the letter's head names (RFC 3282), empty where it names none.

    `markup`, given as `html`, is the HTML as it was sent; never show it: show `html`.
    """

    message_id: str | None = None
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    author: Person = Person("", "")
    written_by: Person | None = None
    reply_to: tuple[Person, ...] = ()
    to: tuple[Person, ...] = ()
    cc: tuple[Person, ...] = ()
    delivered_to: tuple[Person, ...] = ()
    subject: str = ""
    date: float | None = None
    text: str = ""
    markup: str | None = field(default=None, alias="html", repr=False)
    _spans: tuple[Span, ...] | None = field(default=None, repr=False)
    attachments: tuple[Attachment, ...] = ()
    nature: Nature = Nature.HUMAN
    evidence: tuple[str, ...] = ()
    _forwarded: Forwarded | None = field(default=None, repr=False)
    _failures: tuple[Failure, ...] | None = field(default=None, repr=False)
    _original_message_id: str | None = field(default=None, repr=False)
    _language: str | None = field(default=None, repr=False)
    spoken: str = ""
    remarks: tuple[str, ...] = ()
    first_part: int = 0
    unpacked: int = 0
    _marks: tuple[Mark, ...] = field(default=(), repr=False)
    _reached: tuple[Failure, ...] | None = field(default=None, repr=False)
    _came_back: Callable[[], CameBack] | None = field(default=None, repr=False, eq=False)

    @cached_property
    def failures(self) -> tuple[Failure, ...]:
        """The recipients that a bounce names; found when first asked for."""
        if self._failures is None and self._came_back is not None:
            return self._came_back().failures
        return self._failures or ()

    @cached_property
    def reached(self) -> tuple[Failure, ...]:
        """The recipients that a notice says were reached (RFC 3461 section 4.1, NOTIFY=SUCCESS)."""
        if self._reached is None and self._came_back is not None:
            return self._came_back().reached
        return self._reached or ()

    @cached_property
    def original_message_id(self) -> str | None:
        """The Message-ID of the letter that a bounce returns or a receipt is about, if it is told.

        A bounce has it as RFC 3464 and RFC 6522 tell, a read receipt as RFC 8098 section 3.2.5.
        What is told of a letter that was read says nothing of its delivery: look at `nature`.
        """
        if self.nature is Nature.READ_RECEIPT and self._original_message_id is None:
            from mailtickets.mail.dsn import read_letter_of  # noqa: PLC0415 - it needs the above

            return read_letter_of(self.attachments)
        if self._original_message_id is None and self._came_back is not None:
            return self._came_back().original_message_id
        return self._original_message_id

    @cached_property
    def spans(self) -> tuple[Span, ...]:
        """What each stretch of the text is, without gap or overlap; found when first asked for."""
        if self._spans is not None:
            return self._spans
        from mailtickets.mail import subjects  # noqa: PLC0415 - only when asked for
        from mailtickets.mail.languages import FORWARD_SUBJECT  # noqa: PLC0415
        from mailtickets.mail.quoting import spans_of  # noqa: PLC0415 - it needs the values above

        person = self.nature in {Nature.HUMAN, Nature.LIST}
        bare = not self.subject and not self.author.address  # nothing is known but the text
        about = self.references or bare or subjects.answers(self.subject)
        answers = not person or bool(about)
        to = frozenset(one.address.lower() for one in (*self.to, *self.cc))
        spans = spans_of(
            self.text,
            self._marks,
            answers=answers,
            author=self.author,
            to=to,
            forwards=FORWARD_SUBJECT.match(self.subject) is not None,
        )
        if self.markup is None or len(spans) < 2:
            return spans
        from mailtickets.mail.coloured import with_coloured  # noqa: PLC0415 - few letters need it

        return with_coloured(self.text, self.markup, spans)

    @cached_property
    def forwarded(self) -> Forwarded | None:
        """The letter that this one forwards, attached or in its text, if it forwards one."""
        if self._forwarded is not None:
            return self._forwarded
        from mailtickets.mail.forwarded import forwarded_in  # noqa: PLC0415 - only when asked for

        return forwarded_in(self.text, self.subject)

    @cached_property
    def language(self) -> str:
        """The text's likeliest language, a tag of BCP 47; empty when there is no telling."""
        if self._language is not None:
            return self._language
        from mailtickets.mail.tongue import language_of  # noqa: PLC0415 - only when asked for

        return language_of(self.new_text)

    @cached_property
    def html(self) -> str | None:
        """The letter's HTML, sanitised: nothing in it runs, and nothing in it is fetched."""
        if self.markup is None:
            return None
        from mailtickets.mail.markup import sanitised  # noqa: PLC0415 - it needs the values above

        return sanitised(self.markup)

    @property
    def new_text(self) -> str:
        """What the writer wrote this time: the text without quotes, signature and footers.

        A quote that is answered below it stays, since the answer means nothing without it. What is
        not surely something else counts as written. All of the text when nothing would be left.
        """
        shown = (Part.NEW, Part.INLINE_ANSWER)
        kept: list[str] = []
        following = [span.part for span in self.spans[1:]]
        for index, span in enumerate(self.spans):
            text = self.text[span.start : span.end]
            if span.part in shown or span.confidence < FOLDED_FROM:
                kept.append(text)
            elif span.part is Part.QUOTED and following[index : index + 1] == [Part.INLINE_ANSWER]:
                kept.append(_marked(text))
        return "".join(kept).strip() or self.text.strip()


def _marked(quote: str) -> str:
    """A quote with its marks: one that came as HTML has none."""
    lines = quote.rstrip().split("\n")
    end = quote[len(quote.rstrip("\n")) :] or "\n"  # its answer may stand on the same line
    marked = [
        f"> {line}" if line.strip() and line.lstrip()[:1] not in ">|" else line for line in lines
    ]
    return "\n".join(marked) + end


def read(octets: bytes, path: str | None = None) -> Message:
    """What can be read of a letter. There is a Message for any octets: this never raises.

    `path` is the envelope's reverse-path, empty for the null one (RFC 5321 section 4.5.5), which
    programs write with; None where nobody knows it but the letter's Return-Path.
    """
    from mailtickets.mail.reading import read_letter  # noqa: PLC0415 - it needs the values above

    return read_letter(octets, path)


async def read_stream(
    octets: Octets,
    aside: Callable[..., Awaitable[Any]] | None = None,
    path: str | None = None,
) -> Message:
    """What can be read of a letter that need not be in memory; its large parts stay where they are.

    `path`: see `read`. `aside(call, *args)` runs what takes long off the reactor's thread, as
    `deferToThreadPool` with its first two arguments given. Raises Temporary when the octets cannot
    be read.
    """
    from mailtickets.mail import reading  # noqa: PLC0415 - it needs the values above

    return await reading.read_stream(octets, aside, path)
