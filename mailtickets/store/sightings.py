"""What was seen before, and when: how often, and for how long it is remembered."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, delete, func, select
from zope.interface import implementer

from mailtickets.db.database import Database
from mailtickets.db.prepared import upserting
from mailtickets.db.schema import sightings
from mailtickets.errors import Temporary
from mailtickets.interfaces import ISightings
from mailtickets.slips import Sighting
from mailtickets.store.text import clean

MOST = 500_000
"""Rows of one kind; with more of them a new one is not noted, and old ones have to end first."""
COUNTED = 1000
"""New rows after which they are counted again."""
FULL = 60.0
"""Seconds after which a kind that was full is counted again."""
SWEPT = 50
"""Rows past their end that one note sweeps away: more than it adds."""


@implementer(ISightings)
class Sightings:
    """See `mailtickets.interfaces.ISightings`. `now` gives seconds since 1970.

    A filter is made before the store is opened; until `use` was called everything is Temporary.
    """

    def __init__(self, now: Callable[[], float], most: int = MOST) -> None:
        self._now = now
        self._most = most
        self._room: dict[str, int] = {}  # how many new rows of a kind there may be uncounted
        self._full: dict[str, float] = {}  # until when a kind is not counted, since it was full
        self._database: Database | None = None

    def use(self, database: Database) -> None:
        """Keep it there."""
        self._database = database

    @property
    def _open(self) -> Database:
        if self._database is None:
            raise Temporary("3.0", "The store is not open yet")
        return self._database

    async def look(self, kind: str, key: str) -> Sighting | None:
        """What is remembered of it."""

        def found(connection: Connection) -> Sighting | None:
            return _row(connection, kind, clean(key), self._now())

        return await self._open.read(found)

    async def note(self, kind: str, key: str, keep: float) -> Sighting:
        """It was seen, now."""

        def seen(connection: Connection) -> Sighting:
            now, name = self._now(), clean(key)
            _sweep(connection, now)
            before = _row(connection, kind, name, now)
            first = now if before is None else before.first
            times = 1 if before is None else before.times + 1
            if before is None and not self._has_room(connection, kind):
                return Sighting(now, now, 1, now)
            row = {"first": first, "last": now, "times": times, "until": now + keep}
            connection.execute(
                upserting(sightings, connection.dialect.name)
                .values(kind=kind, key=name, **row)
                .on_conflict_do_update(index_elements=["kind", "key"], set_=row)
            )
            return Sighting(first, now if before is None else before.last, times, now)

        return await self._open.write(seen)

    def _has_room(self, connection: Connection, kind: str) -> bool:
        """Whether one more row of a kind may be; they are counted once in a while."""
        left = self._room.get(kind, 0)
        if left <= 0:
            if self._full.get(kind, 0.0) > self._now():
                return False
            of_it = select(func.count()).select_from(sightings).where(sightings.c.kind == kind)
            left = min(COUNTED, self._most - int(connection.execute(of_it).scalar_one()))
            if left <= 0:
                self._full[kind] = self._now() + FULL
        self._room[kind] = left - 1
        return left > 0


def _row(connection: Connection, kind: str, key: str, now: float) -> Sighting | None:
    row = connection.execute(
        select(sightings).where(
            sightings.c.kind == kind, sightings.c.key == key, sightings.c.until > now
        )
    ).first()
    return None if row is None else Sighting(row.first, row.last, row.times, now)


def _sweep(connection: Connection, now: float) -> None:
    old = list(
        connection.execute(
            select(sightings.c.kind, sightings.c.key).where(sightings.c.until < now).limit(SWEPT)
        )
    )
    for kind, key in old:
        connection.execute(
            delete(sightings).where(sightings.c.kind == kind, sightings.c.key == key)
        )
