"""When PostgreSQL's clock is set back, what waits is moved with it: nothing is late by an hour.

Leases and retries are moments by the server's clock. Set forward, it makes them come early, which
fences and keys make harmless. Set back, it would let every retry wait for as long again.
"""

from __future__ import annotations

from sqlalchemy import Connection, select, update

from mailtickets.db.prepared import upserting
from mailtickets.db.schema import feeds, gateways, items

NOTED = "(clock)"
"""The row of `gateways` that keeps the latest time anybody has seen. No gateway has this name."""

SLACK = 30.0
"""Seconds that a clock may be set back without anybody minding."""


def follow_clock(connection: Connection, now: float) -> float:
    """Note what time it is; tells by how many seconds the clock was set back since, mostly 0."""
    new = upserting(gateways, connection.dialect.name).values(owner=NOTED, seen=now)
    connection.execute(new.on_conflict_do_nothing())
    noted = connection.execute(
        select(gateways.c.seen).where(gateways.c.owner == NOTED).with_for_update()
    ).scalar_one()
    back = noted - now
    if 0.0 < back <= SLACK:
        return 0.0  # the note stays: many small steps back are one large one in the end
    connection.execute(update(gateways).where(gateways.c.owner == NOTED).values(seen=now))
    if back <= 0.0:
        return 0.0
    for column in (items.c.due, items.c.leased_until):
        moved = {column.name: column - back}
        connection.execute(
            update(items).where(items.c.finished.is_(None), column > now).values(moved)
        )
    until = feeds.c.followed_until
    connection.execute(update(feeds).where(until > now).values(followed_until=until - back))
    return float(back)
