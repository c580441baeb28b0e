"""The desk contract's JSON: intents as a client writes them, events as it reads them, and back.

The shapes are those of the design's section 8; docs/desk-api.md tells them to strangers. Attachment
octets are not here: `mailtickets.desks` streams them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from mailtickets.mail.authentication import write_authentication
from mailtickets.tickets.events import Event, Kind
from mailtickets.tickets.intents import AddComment, OpenTicket
from mailtickets.tickets.values import Attachment, Delivery, Past, Person, Remote, Ticket

MOST_ATTACHMENTS = 1000
MOST_PARTICIPANTS = 200


class Unreadable(ValueError):
    """This document is not what it should be; the message says where, and quotes nothing."""


def person_document(person: Person) -> dict[str, Any]:
    """A person as {name, address}."""
    return {"name": person.name, "address": person.address}


def attachment_document(attachment: Attachment) -> dict[str, Any]:
    """An attachment to be sent, but for its octets, which go as base64 text named `octets`."""
    document: dict[str, Any] = {"name": attachment.name, "type": attachment.type}
    if attachment.content_id:
        document["content_id"] = attachment.content_id
    if attachment.inline:
        document["inline"] = True
    return document


def intent_document(intent: OpenTicket | AddComment) -> dict[str, Any]:
    """An intent without its attachments. What is not said is left out."""
    document: dict[str, Any]
    if isinstance(intent, OpenTicket):
        document = {
            "queue": intent.queue,
            "prefix": intent.prefix,
            "requester": person_document(intent.requester),
            "subject": intent.subject,
        }
        if intent.linked:
            document["linked"] = intent.linked
    else:
        document = {
            "author": person_document(intent.author),
            "visibility": "public" if intent.public else "internal",
        }
        flags = {name: getattr(intent, name) for name in ("unverified", "newcomer", "reopens")}
        document |= {name: True for name, flag in flags.items() if flag}
    if intent.participants:
        document["participants"] = [person_document(one) for one in intent.participants]
    if intent.warnings:
        document["warnings"] = list(intent.warnings)
    document["text"] = intent.text
    if intent.html is not None:
        document["html"] = intent.html
    texts = {name: getattr(intent, name) for name in ("rest", "message_id", "trace")}
    document |= {name: text for name, text in texts.items() if text}
    if intent.authentication is not None:
        document["authentication"] = write_authentication(intent.authentication)
    if intent.labels:
        document["labels"] = list(intent.labels)
    return document


def delivery_document(delivery: Delivery) -> dict[str, Any]:
    """What became of a letter, to be told to the desk."""
    return {
        "recipient": delivery.recipient,
        "state": delivery.fate.value,
        "text": delivery.text,
    }


def event_document(event: Event) -> dict[str, Any]:
    """An event as the feed tells it."""
    return {
        "id": event.id,
        "cursor": event.cursor,
        "kind": event.kind.value,
        "ticket": event.ticket,
        "comment_id": event.comment_id,
        "author": None if event.author is None else person_document(event.author),
        "text": event.text,
        "html": event.html,
        "visibility": "public" if event.public else "internal",
        "status": event.status,
        "message_id": event.message_id,
        "origin_key": event.origin_key,
        "attachments": [
            {
                "id": one.id,
                "name": one.name,
                "type": one.type,
                "size": one.size,
                "content_id": one.content_id,
            }
            for one in event.attachments
        ],
        "created": event.created,
    }


def read_event(document: Any) -> Event | None:
    """What `event_document` wrote, by whatever program. None for a kind we do not know.

    Raises Unreadable. Ids may be text or whole numbers. An event's id is a cursor, too.
    """
    entry = mapping(document, "an event")
    own = identity(entry.get("id"), "an event's id")
    try:
        kind = Kind(str(entry.get("kind")))
    except ValueError:
        return None
    cursor = entry.get("cursor")
    comment = entry.get("comment_id")
    return Event(
        id=own,
        cursor=own if cursor is None else identity(cursor, "an event's cursor"),
        kind=kind,
        ticket=identity(entry.get("ticket"), "an event's ticket"),
        author=read_person(entry.get("author")),
        comment_id=None if comment is None else identity(comment, "an event's comment_id"),
        text=_text(entry.get("text"), "an event's text") or "",
        html=_text(entry.get("html"), "an event's html"),
        # Whatever is not surely meant for the requester is internal.
        public=entry.get("visibility") == "public",
        status=_text(entry.get("status"), "an event's status"),
        message_id=_bare(_text(entry.get("message_id"), "an event's message_id")),
        origin_key=_text(entry.get("origin_key"), "an event's origin_key"),
        attachments=_remotes(entry.get("attachments")),
        created=_text(entry.get("created"), "an event's created") or "",
    )


def read_ticket(document: Any) -> Ticket:
    """A ticket as a desk tells it when asked. Raises Unreadable."""
    entry = mapping(document, "a ticket")
    requester = read_person(entry.get("requester"))
    if requester is None:
        raise Unreadable("the ticket has no requester")
    message_id = entry.get("message_id")
    comments = entry.get("comments")
    if message_id is None and isinstance(comments, Sequence) and comments:
        message_id = mapping(comments[0], "a comment").get("message_id")
    return Ticket(
        key=identity(entry.get("key"), "the ticket's key"),
        subject=_text(entry.get("subject"), "the ticket's subject") or "",
        requester=requester,
        status=_text(entry.get("status"), "the ticket's status") or "open",
        message_id=_bare(_text(message_id, "the ticket's message_id")),
        url=_text(entry.get("url"), "the ticket's url"),
        participants=_people(entry.get("participants")),
        updated=_moment(entry.get("updated")),
        linked=_text(entry.get("linked"), "the ticket's linked"),
    )


def read_past(comment: Mapping[str, Any]) -> Past | None:
    """A comment of a ticket as what was said before; None for an internal one.

    Raises Unreadable.
    """
    if comment.get("visibility") != "public":
        return None
    return Past(
        author=read_person(comment.get("author")) or Person("", ""),
        text=_text(comment.get("text"), "a comment's text") or "",
        created=_text(comment.get("created"), "a comment's created") or "",
    )


def read_person(document: Any) -> Person | None:
    """A person, or None. Raises Unreadable."""
    if document is None:
        return None
    entry = mapping(document, "a person")
    name = _text(entry.get("name"), "a person's name") or ""
    return Person(name, _text(entry.get("address"), "a person's address") or "")


def _people(documents: Any) -> tuple[Person, ...] | None:
    if documents is None:
        return None
    found = listing(documents, "the ticket's participants")
    people = [read_person(one) for one in found[:MOST_PARTICIPANTS]]
    return tuple(one for one in people if one is not None and one.address)


def _moment(value: Any) -> float | None:
    """A time of RFC 3339 in seconds since 1970; None for anything else."""
    try:
        found = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return None if found.tzinfo is None else found.timestamp()


def mapping(document: Any, what: str) -> Mapping[str, Any]:
    """`document` if it is a JSON object. Raises Unreadable."""
    if not isinstance(document, Mapping):
        raise Unreadable(f"{what} is not an object")
    return document


def listing(document: Any, what: str) -> Sequence[Any]:
    """`document` if it is a JSON array. Raises Unreadable."""
    if not isinstance(document, list):
        raise Unreadable(f"{what} is not a list")
    return document


def identity(value: Any, what: str) -> str:
    """An id: text of 1 to 200 characters that is no blank, or a whole number. Raises Unreadable."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not value.isprintable() or not 0 < len(value) <= 200:
        raise Unreadable(f"{what} is no id")
    return value


def _text(value: Any, what: str) -> str | None:
    if value is not None and not isinstance(value, str):
        raise Unreadable(f"{what} is not text")
    return value


def _bare(message_id: str | None) -> str | None:
    return (message_id or "").strip().removeprefix("<").removesuffix(">").strip() or None


def _remotes(documents: Any) -> tuple[Remote, ...]:
    if documents is None:
        return ()
    found = listing(documents, "an event's attachments")
    return tuple(_remote(one) for one in found[:MOST_ATTACHMENTS])


def _remote(document: Any) -> Remote:
    entry = mapping(document, "an attachment")
    size = entry.get("size")
    if not isinstance(size, int) or isinstance(size, bool) or size < 0:
        raise Unreadable("an attachment's size is no number of octets")
    return Remote(
        id=identity(entry.get("id"), "an attachment's id"),
        name=_text(entry.get("name"), "an attachment's name") or "attachment",
        type=_text(entry.get("type"), "an attachment's type") or "application/octet-stream",
        size=size,
        content_id=_bare(_text(entry.get("content_id"), "an attachment's content_id")),
    )
