"""What a desk tells: something happened to a ticket."""

from __future__ import annotations

from enum import StrEnum

from attrs import frozen

from mailtickets.tickets.values import Person, Remote


class Kind(StrEnum):
    """The four things that can happen, as far as mail is concerned."""

    TICKET_OPENED = "ticket.opened"
    COMMENT_ADDED = "comment.added"
    STATUS_CHANGED = "status.changed"
    DELIVERY_CHANGED = "delivery.changed"


@frozen
class Event:
    """One thing that happened to a ticket.

    `id` is unique within its desk for ever. `cursor` is what to hand back to the feed to hear what
    came after. `public` is true of what the requester may read. `origin_key` is the key with which
    the entry was written, if it had one: an echo of our own entry is recognised by it alone.
    `created` is RFC 3339 text.
    """

    id: str
    cursor: str
    kind: Kind
    ticket: str
    author: Person | None = None
    comment_id: str | None = None
    text: str = ""
    html: str | None = None
    public: bool = False
    status: str | None = None
    message_id: str | None = None
    origin_key: str | None = None
    attachments: tuple[Remote, ...] = ()
    created: str = ""
