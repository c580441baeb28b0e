"""Reads the desk's book: each function is one question, asked on a connection."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from attrs import evolve, frozen
from sqlalchemy import Connection, func, or_, select

from mailtickets.db.deskschema import (
    attachments,
    comments,
    deliveries,
    events,
    participants,
    parts,
    tickets,
)
from mailtickets.helpdesk.values import Filed, Head, Remark, Told, kept, stamp
from mailtickets.mail.authentication import Authentication, read_authentication
from mailtickets.tickets.events import Event, Kind
from mailtickets.tickets.values import Fate, Person, Remote

PAGE_TEXT = 4 * 1024 * 1024
"""Characters of text that one page of events has, but for one that alone has more."""

MOST_ABOUT = 20
"""Tickets opened about another one that its page names."""

_FILED = (
    attachments.c.id,
    attachments.c.comment,
    attachments.c.name,
    attachments.c.type,
    attachments.c.size,
    attachments.c.content_id,
    attachments.c.inline,
)


@frozen
class Wanted:
    """Which tickets: of a status, holding words, from beyond a number, so many."""

    status: str | None = None
    words: str = ""
    after: int = 0
    before: int | None = None
    limit: int = 100
    newest_first: bool = False


def head(connection: Connection, ticket: str) -> Head | None:
    """A ticket by its key, in whatever case."""
    row = connection.execute(
        select(tickets).where(tickets.c.folded == kept(ticket).lower())
    ).first()
    return None if row is None else _whole(connection, row)


def heads(connection: Connection, wanted: Wanted) -> list[Head]:
    """Tickets in the order of their creation, or in the opposite one."""
    question = select(tickets).where(tickets.c.id > wanted.after)
    if wanted.before is not None:
        question = question.where(tickets.c.id < wanted.before)
    if wanted.status is not None:
        question = question.where(tickets.c.status == wanted.status)
    for word in kept(wanted.words).split()[:10]:
        pattern = "%" + _literal(word.lower()) + "%"
        said = select(comments.c.ticket).where(
            func.lower(comments.c.text).like(pattern, escape="\\")
        )
        places = (
            tickets.c.folded,
            func.lower(tickets.c.subject),
            func.lower(tickets.c.requester_name),
            func.lower(tickets.c.requester_address),
        )
        question = question.where(
            or_(
                *(place.like(pattern, escape="\\") for place in places),
                tickets.c.id.in_(said),
            )
        )
    order = tickets.c.id.desc() if wanted.newest_first else tickets.c.id
    return [_head(row) for row in connection.execute(question.order_by(order).limit(wanted.limit))]


def counts(connection: Connection) -> dict[str, int]:
    """How many tickets there are of each status."""
    rows = connection.execute(select(tickets.c.status, func.count()).group_by(tickets.c.status))
    return {row[0]: int(row[1]) for row in rows}


def remarks(connection: Connection, ticket: int, after: int, limit: int) -> list[Remark]:
    """A ticket's comments by ascending id from beyond `after`, with what is attached to them."""
    rows = connection.execute(
        select(comments)
        .where(comments.c.ticket == ticket, comments.c.id > after)
        .order_by(comments.c.id)
        .limit(limit)
    ).all()
    return _remarks(connection, rows)


def newest_remarks(connection: Connection, ticket: int, limit: int) -> list[Remark]:
    """A ticket's latest comments by ascending id."""
    rows = connection.execute(
        select(comments)
        .where(comments.c.ticket == ticket)
        .order_by(comments.c.id.desc())
        .limit(limit)
    ).all()
    return _remarks(connection, rows[::-1])


def _remarks(connection: Connection, rows: Sequence[Any]) -> list[Remark]:
    ids = [row.id for row in rows]
    files, told = _filed(connection, ids), _told(connection, ids)
    return [
        Remark(
            id=str(row.id),
            author=Person(row.author_name, row.author_address),
            text=row.text,
            html=row.html,
            rest=row.rest,
            public=bool(row.public),
            created=row.created,
            message_id=row.message_id,
            origin_key=row.origin_key,
            attachments=tuple(files.get(row.id, ())),
            unverified=bool(row.unverified),
            newcomer=bool(row.newcomer),
            warnings=tuple(row.warnings.splitlines()),
            authentication=_found(row.authentication),
            labels=tuple(row.labels.splitlines()),
            trace=row.trace,
            deliveries=tuple(told.get(row.id, ())),
        )
        for row in rows
    ]


def _told(connection: Connection, ids: Sequence[int]) -> dict[int, list[Told]]:
    """What became of the letters that brought each of these comments."""
    found: dict[int, list[Told]] = {}
    if not ids:
        return found
    rows = connection.execute(
        select(deliveries)
        .where(deliveries.c.comment.in_(ids))
        .order_by(deliveries.c.comment, deliveries.c.recipient)
    )
    for row in rows:
        told = Told(row.recipient, Fate(row.fate), row.text, row.changed)
        found.setdefault(row.comment, []).append(told)
    return found


def happened(connection: Connection, after: int, limit: int) -> list[Event]:
    """The events after the one with this id, in order, as many as fit a page; one always does."""
    sizes = connection.execute(
        select(
            events.c.id,
            func.length(func.coalesce(comments.c.text, ""))
            + func.length(func.coalesce(comments.c.html, "")),
        )
        .outerjoin(comments, comments.c.id == events.c.comment)
        .where(events.c.id > after)
        .order_by(events.c.id)
        .limit(limit)
    ).all()
    if not sizes:
        return []
    last = _fitting([(row[0], row[1]) for row in sizes])
    own = (events, tickets.c.key.label("ticket_key"))
    theirs = (
        comments.c.text.label("comment_text"),
        comments.c.html,
        comments.c.public,
        comments.c.message_id,
    )
    rows = connection.execute(
        select(*own, *theirs)
        .join(tickets, tickets.c.id == events.c.ticket)
        .outerjoin(comments, comments.c.id == events.c.comment)
        .where(events.c.id > after, events.c.id <= last)
        .order_by(events.c.id)
    ).all()
    files = _filed(connection, [row.comment for row in rows if row.comment is not None])
    return [_event(row, files.get(row.comment, ())) for row in rows]


def last_event(connection: Connection) -> int:
    """The id of the latest event; 0 when nothing ever happened."""
    return int(connection.execute(select(func.max(events.c.id))).scalar() or 0)


def filed(connection: Connection, ticket: str, attachment: int) -> tuple[Filed, int, bytes] | None:
    """An attachment of a ticket: what it is, in how many parts, its octets when it has none."""
    row = connection.execute(
        select(*_FILED, attachments.c.parts, attachments.c.octets)
        .join(tickets, tickets.c.id == attachments.c.ticket)
        .where(attachments.c.id == attachment, tickets.c.folded == kept(ticket).lower())
    ).first()
    return None if row is None else (_file(row), row.parts, bytes(row.octets or b""))


def part(connection: Connection, attachment: int, number: int) -> bytes | None:
    """One part of a large attachment's octets."""
    found = connection.execute(
        select(parts.c.octets).where(parts.c.attachment == attachment, parts.c.number == number)
    ).scalar()
    return None if found is None else bytes(found)


def _fitting(sizes: Sequence[tuple[int, int]]) -> int:
    """The last id of those that fit a page together; the first one's, if it alone is too much."""
    total = 0
    last = sizes[0][0]
    for one, size in sizes:
        total += size
        if total > PAGE_TEXT:
            break
        last = one
    return last


def _literal(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def taking_part(connection: Connection, ticket: int) -> tuple[Person, ...]:
    """The participants of a ticket beside its requester."""
    rows = connection.execute(
        select(participants.c.name, participants.c.address)
        .where(participants.c.ticket == ticket)
        .order_by(participants.c.added, participants.c.folded)
    )
    return tuple(Person(name, address) for name, address in rows)


def _whole(connection: Connection, row: Any) -> Head:
    """A ticket with its participants, and with the tickets that were opened about it."""
    about = connection.execute(
        select(tickets.c.key)
        .where(tickets.c.linked == row.key)
        .order_by(tickets.c.id.desc())
        .limit(MOST_ABOUT)
    ).scalars()
    return evolve(
        _head(row), participants=taking_part(connection, row.id), about=tuple(reversed(list(about)))
    )


def _head(row: Any) -> Head:
    return Head(
        number=row.id,
        key=row.key,
        queue=row.queue,
        subject=row.subject,
        status=row.status,
        requester=Person(row.requester_name, row.requester_address),
        assignee=row.assignee,
        message_id=row.message_id,
        created=row.created,
        updated=row.updated,
        version=row.version,
        linked=row.linked,
        authentication=_found(row.authentication),
    )


def _found(text: str | None) -> Authentication | None:
    return None if text is None else read_authentication(json.loads(text))


def _filed(connection: Connection, ids: Sequence[int]) -> dict[int, list[Filed]]:
    """What is attached to each of these comments."""
    found: dict[int, list[Filed]] = {}
    if not ids:
        return found
    rows = connection.execute(
        select(*_FILED).where(attachments.c.comment.in_(ids)).order_by(attachments.c.id)
    )
    for row in rows:
        found.setdefault(row.comment, []).append(_file(row))
    return found


def _file(row: Any) -> Filed:
    return Filed(str(row.id), row.name, row.type, row.size, row.content_id, bool(row.inline))


def _event(row: Any, files: Sequence[Filed]) -> Event:
    kind = Kind(row.kind)
    spoken = kind in {Kind.TICKET_OPENED, Kind.COMMENT_ADDED}
    return Event(
        id=str(row.id),
        cursor=str(row.id),
        kind=kind,
        ticket=row.ticket_key,
        author=Person(row.author_name, row.author_address),
        comment_id=None if row.comment is None else str(row.comment),
        text=row.comment_text if spoken else row.text,
        html=row.html if spoken else None,
        public=bool(row.public) if spoken else kind is Kind.STATUS_CHANGED,
        status=row.status,
        message_id=row.message_id,
        origin_key=row.origin_key,
        attachments=tuple(
            Remote(one.id, one.name, one.type, one.size, one.content_id) for one in files
        ),
        created=stamp(row.created),
    )
