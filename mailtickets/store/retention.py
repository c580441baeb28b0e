"""What is thrown away, and when: the octets of letters whose every recipient is at an end."""

from __future__ import annotations

from sqlalchemy import Connection, and_, delete, exists, or_, select, text, update
from sqlalchemy.sql import ColumnElement

from mailtickets.db.schema import gateways, items, letters, parts, records, tally

BATCH = 200
"""Letters that one transaction empties."""

GONE = 3600.0
"""Seconds after which a gateway that has not been seen is gone for good."""


def emptied(connection: Connection, before: float) -> int:
    """Empty letters that ended before `before`; tells how many, at most `BATCH`.

    Their rows stay; why each had its fate goes with the letter. What is held, or in flight
    otherwise, keeps everything.
    """
    found = connection.execute(
        select(letters.c.id)
        .where(text("letters.emptied = 0"), letters.c.recipients.is_not(None))
        .where(letters.c.arrived < before, ~still_needed(before))
        .order_by(letters.c.id)
        .limit(BATCH)
    ).scalars()
    ids = list(found)
    if ids:
        connection.execute(delete(parts).where(parts.c.letter.in_(ids)))
        of_them = select(items.c.id).where(items.c.letter.in_(ids))
        connection.execute(delete(records).where(records.c.item.in_(of_them)))
        connection.execute(
            update(letters)
            .where(letters.c.id.in_(ids))
            .values(emptied=1, octets=None, envelope=None, parts=0)
        )
    return len(ids)


def still_needed(before: float) -> ColumnElement[bool]:
    """Whether a row of the letter is in flight, or ended not long ago."""
    return exists().where(
        and_(
            items.c.letter == letters.c.id,
            or_(items.c.finished.is_(None), items.c.finished >= before),
        )
    )


def swept(connection: Connection, now: float, owner: str) -> None:
    """Sweep what gateways left that are gone: letters half received, and their share of the tally.

    Of a gateway that lives, `gateways` has a row that is fresh.
    """
    alive = select(gateways.c.owner).where(gateways.c.seen >= now - GONE)
    unfinished = select(letters.c.id).where(
        text("letters.recipients IS NULL"),
        letters.c.owner != owner,
        letters.c.owner.not_in(alive),
        letters.c.arrived < now - GONE,
    )
    ids = list(connection.execute(unfinished.limit(BATCH)).scalars())
    if ids:
        connection.execute(delete(parts).where(parts.c.letter.in_(ids)))
        connection.execute(delete(letters).where(letters.c.id.in_(ids)))
    _merge(connection, now, owner, set(connection.execute(alive).scalars()))


def _merge(connection: Connection, now: float, owner: str, alive: set[str]) -> None:
    """Add the tally of gateways that are gone to our own, so that it does not grow for ever."""
    rows = connection.execute(
        select(tally)
        .where(tally.c.owner != owner)
        .order_by(tally.c.owner, tally.c.state)
        .with_for_update()
    ).all()
    gone = [row for row in rows if row.owner not in alive and row.at < now - GONE]
    for row in gone:
        mine = and_(tally.c.owner == owner, tally.c.state == row.state)
        added = connection.execute(
            update(tally).where(mine).values(number=tally.c.number + row.number)
        )
        this = and_(tally.c.owner == row.owner, tally.c.state == row.state)
        if added.rowcount:
            connection.execute(delete(tally).where(this))
        else:
            connection.execute(update(tally).where(this).values(owner=owner))
    connection.execute(delete(gateways).where(gateways.c.seen < now - GONE))
