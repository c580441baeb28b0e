"""What the desk's book holds, as frozen values, and why it may refuse."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from attrs import frozen

from mailtickets.mail.authentication import Authentication
from mailtickets.tickets.values import Fate, Person

STATUSES = ("open", "pending", "resolved", "closed")
"""What a ticket may be."""

# PostgreSQL keeps no NUL, and no encoding writes half a character.
_NOWHERE = re.compile(r"[\x00\ud800-\udfff]")


@frozen
class Filed:
    """An attachment as the book lists it; its octets are read apart."""

    id: str
    name: str
    type: str
    size: int
    content_id: str | None = None
    inline: bool = False


@frozen
class Told:
    """What became of the letter that brought a comment to `recipient`."""

    recipient: str
    fate: Fate
    text: str
    changed: float


@frozen
class Remark:
    """A comment. The first one of a ticket is the letter that opened it.

    `rest` is the whole text where `text` is only what was written this time. `created` counts
    seconds since 1970. `unverified` is true when nothing proves who wrote it, `newcomer` when its
    author was no participant. `warnings` say what in the letter's head deceives.
    `authentication` is what was found out about its sender, `labels` what filters said; `trace` is
    the id under which its letter was accepted, empty where it was none.
    """

    id: str
    author: Person
    text: str
    html: str | None
    rest: str
    public: bool
    created: float
    message_id: str | None = None
    origin_key: str | None = None
    attachments: tuple[Filed, ...] = ()
    unverified: bool = False
    newcomer: bool = False
    warnings: tuple[str, ...] = ()
    authentication: Authentication | None = None
    labels: tuple[str, ...] = ()
    trace: str = ""
    deliveries: tuple[Told, ...] = ()


@frozen
class Head:
    """A ticket without its comments. `number` grows with creation, `version` with each change.

    `participants` read the public answers beside the requester. `linked` is the ticket that this
    one's opening letter named, `about` are the tickets whose letters named this one.
    """

    number: int
    key: str
    queue: str
    subject: str
    status: str
    requester: Person
    assignee: str | None
    message_id: str | None
    created: float
    updated: float
    version: int
    linked: str | None = None
    participants: tuple[Person, ...] = ()
    about: tuple[str, ...] = ()
    authentication: Authentication | None = None


@frozen
class Change:
    """What shall be different about a ticket; None leaves a thing as it is.

    An empty `assignee` is nobody. `version` is the one the change was made for, if that matters.
    `participants` are all of them, not those to be added.
    """

    status: str | None = None
    assignee: str | None = None
    subject: str | None = None
    author: Person = Person("", "")
    origin_key: str | None = None
    version: int | None = None
    participants: tuple[Person, ...] | None = None


class NoSuchTicket(Exception):
    """The book has no ticket with this key."""


class NoSuchComment(Exception):
    """The ticket has no comment with this id."""


class UnknownQueue(Exception):
    """Nobody said which prefix the tickets of this queue have."""


class Changed(Exception):
    """The ticket is not any more what it was when the change was thought of."""


def kept(text: str) -> str:
    """`text` as a database can keep it.

    >>> kept("a" + chr(0) + "b") == "a" + chr(0xFFFD) + "b"
    True
    """
    return _NOWHERE.sub("\N{REPLACEMENT CHARACTER}", text)


def bare(message_id: str | None) -> str | None:
    """A Message-ID without angle brackets, whichever way it came; None for an empty one.

    >>> bare("<one@example.org>") == bare("one@example.org") == "one@example.org"
    True
    """
    return kept((message_id or "").strip().removeprefix("<").removesuffix(">").strip()) or None


def stamp(seconds: float) -> str:
    """A time as RFC 3339 text, in UTC.

    >>> stamp(0)
    '1970-01-01T00:00:00.000Z'
    """
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")[:-6] + "Z"
