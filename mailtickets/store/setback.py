"""When PostgreSQL's clock is set back, what waits is moved with it: nothing is late by an hour.

Leases and retries are moments by the server's clock. Set forward, it makes them come early, which
fences and keys make harmless. Set back, it would let every retry wait for as long again.

Whoever writes by the old time shares a lock until it has ended its transaction. The mover waits
for that, so that what it moves is all there is.
"""

from __future__ import annotations

from sqlalchemy import Connection, select, update

from mailtickets.db.prepared import driver, upserting
from mailtickets.db.schema import feeds, gateways, items
from mailtickets.store import carrying, following
from mailtickets.store.clock import SETTING, StoreClock

NOTED = "(clock)"
"""The row of `gateways` that keeps the latest time anybody has seen. No gateway has this name."""

LEASE = max(carrying.LEASE, following.LEASE)

SLACK = 2 * LEASE
"""Seconds that a clock may be set back without anybody minding."""

PATIENCE = 1
"""Seconds to wait for those who still write by the old time; all others wait behind us."""


def follow_clock(connection: Connection, clock: StoreClock) -> float:
    """Note what time it is; tells by how many seconds the clock was set back since, mostly 0.

    Raises the driver's error when somebody writes by the old time for too long: nothing was done.
    """
    now = clock.look(connection)
    new = upserting(gateways, connection.dialect.name).values(owner=NOTED, seen=now)
    connection.execute(new.on_conflict_do_nothing())
    noted = connection.execute(
        select(gateways.c.seen).where(gateways.c.owner == NOTED).with_for_update()
    ).scalar_one()
    back = noted - now
    if 0.0 < back <= SLACK:
        return 0.0  # the note stays: many small steps back are one large one in the end
    if back > 0.0:
        ask = driver(connection).execute
        ask(f"SET LOCAL lock_timeout = '{PATIENCE}s'")
        ask(f"SELECT pg_advisory_xact_lock({SETTING})")
        ask("SET LOCAL lock_timeout TO DEFAULT")
        now = clock.look(connection)
        back = noted - now
    connection.execute(update(gateways).where(gateways.c.owner == NOTED).values(seen=now))
    if back <= 0.0:
        return 0.0
    # No lease by the new time ends later than `leased`: those of the last seconds stay as they are.
    # What is put off by the new time cannot be told apart, and comes early.
    leased = now + LEASE
    for column, beyond in ((items.c.due, now), (items.c.leased_until, leased)):
        moved = {column.name: column - back}
        connection.execute(
            update(items).where(items.c.finished.is_(None), column > beyond).values(moved)
        )
    until = feeds.c.followed_until
    connection.execute(update(feeds).where(until > leased).values(followed_until=until - back))
    return float(back)
