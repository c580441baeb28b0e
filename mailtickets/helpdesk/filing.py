"""Files the attachments of the desk's book: whole ones, and large ones that come in parts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attrs import frozen
from sqlalchemy import Connection, insert, select, update

from mailtickets.db.deskschema import attachments, parts
from mailtickets.helpdesk.values import bare
from mailtickets.mail import clean


@frozen
class Stored:
    """An attachment's octets, ready to be filed: at hand, or in rows that were written before."""

    name: str
    type: str
    size: int
    content_id: str | None
    inline: bool
    octets: bytes | None = None
    id: int | None = None


def begun(connection: Connection, file: Stored, count: int, now: float) -> int:
    """Begin to file an attachment: its number. It comes in `count` parts, or whole for none."""
    return added(
        connection,
        attachments,
        name=clean.filename(file.name),
        type=_type(file.type),
        size=file.size,
        content_id=bare(file.content_id),
        inline=int(file.inline),
        parts=count,
        begun=now,
        octets=file.octets,
    )


def part(connection: Connection, attachment: int, number: int, octets: bytes) -> None:
    """One more part of it."""
    connection.execute(insert(parts).values(attachment=attachment, number=number, octets=octets))


def forget(connection: Connection, files: Sequence[Stored]) -> None:
    """Undo what `begun` and `part` did."""
    _forget(connection, [file.id for file in files if file.id is not None])


def sweep(connection: Connection, before: float) -> int:
    """Forget the attachments that were begun before a time and never filed; how many."""
    found = connection.execute(
        select(attachments.c.id).where(
            attachments.c.comment.is_(None), attachments.c.begun < before
        )
    ).scalars()
    ids = list(found)
    _forget(connection, ids)
    return len(ids)


def _forget(connection: Connection, ids: Sequence[int]) -> None:
    for one in ids:
        connection.execute(parts.delete().where(parts.c.attachment == one))
        connection.execute(attachments.delete().where(attachments.c.id == one))


def file_to(connection: Connection, ticket: int, comment: int, files: Sequence[Stored]) -> None:
    """File attachments to a comment: those that were begun, and those that are at hand."""
    for file in files:
        if file.id is not None:
            connection.execute(
                update(attachments)
                .where(attachments.c.id == file.id)
                .values(ticket=ticket, comment=comment)
            )
            continue
        added(
            connection,
            attachments,
            ticket=ticket,
            comment=comment,
            name=clean.filename(file.name),
            type=_type(file.type),
            size=file.size,
            content_id=bare(file.content_id),
            inline=int(file.inline),
            parts=0,
            begun=0.0,
            octets=file.octets,
        )


def added(connection: Connection, table: Any, **values: Any) -> int:
    """The number of a new row."""
    made = connection.execute(insert(table).values(**values))
    assert made.inserted_primary_key is not None
    return int(made.inserted_primary_key[0])


def _type(text: str) -> str:
    return clean.line(text, 200).lower() or "application/octet-stream"
