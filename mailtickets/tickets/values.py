"""The nouns of a ticketing system: a person, a ticket, an attachment, a queue's destination."""

from __future__ import annotations

from enum import StrEnum

from attrs import field, frozen

from mailtickets.mail.octets import Octets


@frozen
class Person:
    """Somebody, as a desk knows them. `address` is a bare address, for instance nic@ferrier."""

    name: str
    address: str

    def __str__(self) -> str:
        return f"{self.name} <{self.address}>" if self.name else self.address


@frozen
class Attachment:
    """A file that came with a letter or goes with an answer.

    `name` is safe to show and to save (no path, no control characters). `type` is its media type,
    lower case. `content_id` is the cid an HTML text refers to, without angle brackets.
    """

    name: str
    type: str
    octets: Octets = field(eq=False)
    content_id: str | None = None
    inline: bool = False


@frozen
class Remote:
    """An attachment that still lies at the desk: `IDesk` or `IFeed` says how to fetch `id`.

    `content_id` is as in `Attachment`.
    """

    id: str
    name: str
    type: str
    size: int
    content_id: str | None = None


@frozen
class Ticket:
    """A ticket as a desk tells it when asked: who wrote it, and is it still open.

    `message_id` is that of the opening letter, when the desk knows it. `participants` are those who
    take part beside the requester; None where the desk does not say, and the ledger is asked.
    `updated` counts seconds since 1970, None where the desk does not say. `linked` is the ticket
    that this one was opened about.
    """

    key: str
    subject: str
    requester: Person
    status: str = "open"
    message_id: str | None = None
    url: str | None = None
    participants: tuple[Person, ...] | None = None
    updated: float | None = None
    linked: str | None = None

    @property
    def closed(self) -> bool:
        """Whether the desk calls it closed. A resolved ticket is not closed yet."""
        return self.status == "closed"


@frozen
class Past:
    """A public comment that is there already. `created` is RFC 3339 text, empty if unknown."""

    author: Person
    text: str
    created: str = ""


@frozen
class Receipt:
    """What the desk answered: the ticket's key, the comment's id, and where a person may look."""

    ticket: str
    comment: str | None = None
    url: str | None = None


@frozen
class Known:
    """A fact for the ledger: this Message-ID belongs to that ticket of that desk.

    `author` is who wrote the letter. `ours` is true of a letter that we composed. An opening
    letter brings `requester`, `subject` and `queue`, which the ledger keeps for the ticket, as it
    keeps the first `language` of the requester's (a tag of BCP 47) that somebody could tell; one of
    ours names the `comment` that it brings. `participants` are those whom the letter makes
    participants. `fingerprint` is what a copy of the letter that came another way is known by.
    """

    desk: str
    ticket: str
    message_id: str
    author: str = ""
    ours: bool = False
    queue: str | None = None
    subject: str | None = None
    requester: Person | None = None
    references: tuple[str, ...] = ()
    participants: tuple[Person, ...] = ()
    fingerprint: str = ""
    comment: str | None = None
    language: str = ""


@frozen
class Conversation:
    """What the ledger knows of a ticket.

    `references` are the Message-IDs of the thread, its root first and its latest last, without
    angle brackets. `latest` is that of the requester's latest letter. `participants` are those whom
    letters made participants, beside the requester; who takes part now, the desk may know better
    (`mailtickets.flow.directory.Directory.participants`). `language` is the requester's, a tag of
    BCP 47, empty where nobody could tell.
    """

    desk: str
    ticket: str
    queue: str | None
    requester: str
    name: str
    subject: str
    references: tuple[str, ...]
    latest: str | None = None
    participants: tuple[Person, ...] = ()
    language: str = ""


@frozen
class NewTicket:
    """The letter opens a ticket in this queue."""

    queue: str


@frozen
class Existing:
    """The letter is about this ticket.

    `proof` is the token that its address carried and that was found true, "return path" for what
    came back to one of ours, "released" when a person let it into the ticket.
    """

    queue: str
    ticket: str
    proof: str | None = None


@frozen
class ReturnedMail:
    """The letter came back to a return path of ours, which names the letter that was sent.

    `token` is the ticket's address, a slash, and the beginning of the sent item's key.
    """

    token: str


@frozen
class ToAgent:
    """The letter goes to a plugin's agent, by the name its route gives."""

    name: str


@frozen
class Outgoing:
    """The letter brings a comment of a desk's ticket to somebody."""

    desk: str
    ticket: str
    comment: str


Destination = NewTicket | Existing | ReturnedMail | ToAgent | Outgoing


@frozen
class Sent:
    """A letter of ours: the key of its item, whom it went to, and which comment it brought."""

    key: str
    recipient: str
    about: Outgoing | None


class Fate(StrEnum):
    """What became of a letter of ours at one recipient.

    It is waiting with us, `sent` to a server that takes care of the rest, delayed for hours,
    `delivered` to the recipient's own server, or failed for good.
    """

    WAITING = "waiting"
    SENT = "sent"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    FAILED = "failed"


@frozen
class Delivery:
    """What became of the letter that brought a comment to `recipient`, with `text` for a person."""

    ticket: str
    comment: str
    recipient: str
    fate: Fate
    text: str = ""
