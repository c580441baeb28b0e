"""What a letter asks of a desk."""

from __future__ import annotations

from attrs import frozen

from mailtickets.mail.authentication import Authentication
from mailtickets.tickets.values import Attachment, Person


@frozen
class OpenTicket:
    """Open a ticket in `queue`, a name the desk knows, for `requester`.

    `prefix` is what the key begins with (SUPPORT of SUPPORT-1), for desks that let us choose.
    `text` is what the writer wrote this time; `rest` is the whole text when quotes, signatures and
    the like were folded away, else empty: a desk that can unfold offers it.

    `linked` is the key of the ticket that the letter names and did not get into. `participants`
    shall read the public answers, too. `warnings` are sentences for the agents about what in the
    letter's head deceives. A desk that keeps these three says so (`IShowsStanding`); for another
    they are told at the head of `text`.

    `authentication` is what was found out about the sender, None where nobody looked; `labels` are
    what filters said of the letter. `trace` is the id under which the letter was accepted: that in
    the answer to its sender's server, and in the log.
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
    linked: str | None = None
    participants: tuple[Person, ...] = ()
    warnings: tuple[str, ...] = ()
    authentication: Authentication | None = None
    labels: tuple[str, ...] = ()
    trace: str = ""


@frozen
class AddComment:
    """Add a comment to `ticket`; the requester reads it when it is `public`.

    `text`, `rest` and `warnings` are as in `OpenTicket`; `participants` are added to the ticket's.
    `unverified` is true when nothing proves that `author` wrote it, `newcomer` when the author is
    not yet a participant. `reopens` asks that a closed ticket be opened again. `authentication`,
    `labels` and `trace` are as in `OpenTicket`.
    """

    ticket: str
    author: Person
    text: str
    html: str | None = None
    rest: str = ""
    public: bool = True
    message_id: str | None = None
    attachments: tuple[Attachment, ...] = ()
    participants: tuple[Person, ...] = ()
    warnings: tuple[str, ...] = ()
    unverified: bool = False
    newcomer: bool = False
    reopens: bool = False
    authentication: Authentication | None = None
    labels: tuple[str, ...] = ()
    trace: str = ""


@frozen
class Discard:
    """Ask nothing of any desk, for a reason that the ledger keeps."""

    reason: str


Intent = OpenTicket | AddComment | Discard
