"""The store's own clock: it never runs backwards, whatever people do to the machine's.

SQLite has one writing process, whose clock is the machine's at start and from then on the time that
has passed; if the machine's clock was set back while we were down, ours goes on from the latest
time noted in the database. PostgreSQL has many, and its own clock serves them all. At the doorway
times are told by the machine's clock: an age is kept, not a moment.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from sqlalchemy import Connection, func, select

from mailtickets.db import schema
from mailtickets.db.prepared import driver

SETTING = 7091887104
"""The advisory lock of PostgreSQL's that whoever writes by the server's clock shares."""

_NOW = "SELECT extract(epoch FROM clock_timestamp())::float8"
_NOW_AND_STAY = f"{_NOW} FROM pg_advisory_xact_lock_shared({SETTING})"


def passing() -> float:
    """Seconds that pass while the machine sleeps, too, and that nobody can set."""
    which = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return time.clock_gettime(which)


class StoreClock:
    """Tells the store's time, in seconds since 1970, to work that holds a connection."""

    def __init__(
        self, dialect: str, wall: Callable[[], float], passing: Callable[[], float] = passing
    ) -> None:
        self.wall = wall
        self._passing = passing
        self._zero: float | None = None
        self._asks = dialect != "sqlite"

    def at(self, connection: Connection) -> float:
        """What time it is, for a transaction that writes by it.

        On PostgreSQL nothing is moved with the server's clock until that transaction has ended.
        """
        return self._asked(connection, _NOW_AND_STAY)

    def look(self, connection: Connection) -> float:
        """What time it is, for one that writes nothing by it."""
        return self._asked(connection, _NOW)

    def _asked(self, connection: Connection, words: str) -> float:
        if self._asks:
            (moment,) = driver(connection).execute(words).fetchone()
            return float(moment)
        if self._zero is None:
            noted = connection.execute(select(func.max(schema.tally.c.at))).scalar_one()
            self._zero = max(self.wall(), noted or 0.0) - self._passing()
        return self._zero + self._passing()

    def ahead(self, connection: Connection) -> float:
        """How many seconds the machine's clock is ahead of the store's."""
        return self.wall() - self.look(connection)
