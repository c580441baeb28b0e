"""What a letter asks of a desk."""

from __future__ import annotations

from attrs import frozen

from mailtickets.tickets.values import Attachment, Person


@frozen
class OpenTicket:
    """Open a ticket in `queue`, a name the desk knows, for `requester`.

    `prefix` is what the key begins with (SUPPORT of SUPPORT-1), for desks that let us choose.
    `text` is what the writer wrote this time; `rest` is the whole text when quotes, signatures and
    the like were folded away, else empty: a desk that can unfold offers it.
    """

    queue: str
    prefix: str
    requester: Person
    subject: str
    text: str
    html: str | None = None
    rest: str = ""
    message_id: str | None = None
    attachments: tuple[Attachment, ...] = ()


@frozen
class AddComment:
    """Add a comment to `ticket`; the requester reads it when it is `public`.

    `text` and `rest` are as in `OpenTicket`.
    """

    ticket: str
    author: Person
    text: str
    html: str | None = None
    rest: str = ""
    public: bool = True
    message_id: str | None = None
    attachments: tuple[Attachment, ...] = ()


@frozen
class Discard:
    """Ask nothing of any desk, for a reason that the ledger keeps."""

    reason: str


Intent = OpenTicket | AddComment | Discard
