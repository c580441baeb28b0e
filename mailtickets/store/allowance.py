"""The buckets that automatic letters draw from, in the store that all gateways share."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from sqlalchemy import Connection, delete, select
from zope.interface import implementer

from mailtickets.buckets import TOTAL, Allotments, Bucket, draw_all
from mailtickets.db.database import Database
from mailtickets.db.prepared import upserting
from mailtickets.db.schema import buckets
from mailtickets.interfaces import IAllowance
from mailtickets.mail.mailbox import Mailbox
from mailtickets.store.clock import StoreClock
from mailtickets.store.text import clean

SWEPT = 20
"""Rows that are full again and that one draw sweeps away: more than it adds."""


@implementer(IAllowance)
class Allowance:
    """See `mailtickets.interfaces.IAllowance`.

    Every draw takes the row of the bucket that all letters share first, and with it a lock: on
    PostgreSQL draws come one after the other, whichever gateway they are of. A draw in vain writes
    nothing, so that who tries for ever fills no table.
    """

    def __init__(
        self,
        database: Database,
        allotments: Allotments,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._database = database
        self._allotments = allotments
        self._clock = StoreClock(database.dialect, wall)

    async def draw(self, correspondent: Mailbox, ticket: str | None) -> str | None:
        """Take one letter's share; the name of the empty bucket when one is."""
        wanted = [(clean(n), a) for n, a in self._allotments.drawn(correspondent, ticket)]

        def work(connection: Connection) -> str | None:
            kept = self._kept(connection, [name for name, _ in wanted])
            now = self._clock.at(connection)
            after = draw_all(wanted, kept, now)
            if isinstance(after, str):
                return after
            full = {name: after[name].full(allotment) for name, allotment in wanted}
            self._keep(connection, after, full)
            self._sweep(connection, now)
            return None

        return await self._database.write(work)

    def _kept(self, connection: Connection, names: list[str]) -> Mapping[str, Bucket]:
        if self._database.dialect != "sqlite":  # SQLite has one writer anyhow
            self._lock(connection)
        found = connection.execute(
            select(buckets.c.name, buckets.c.tokens, buckets.c.at).where(buckets.c.name.in_(names))
        )
        return {row.name: Bucket(row.tokens, row.at) for row in found}

    def _lock(self, connection: Connection) -> None:
        """Hold everybody's row until the transaction ends. What is read after it is the latest."""
        first = Bucket(float(self._allotments.total.burst), 0.0)
        row = {"name": TOTAL, "tokens": first.tokens, "at": 0.0, "full_at": 0.0}
        new = upserting(buckets, self._database.dialect).values(**row)
        connection.execute(new.on_conflict_do_nothing(index_elements=["name"]))
        connection.execute(
            select(buckets.c.name).where(buckets.c.name == TOTAL).with_for_update()
        ).all()

    def _keep(
        self, connection: Connection, after: Mapping[str, Bucket], full: Mapping[str, float]
    ) -> None:
        new = upserting(buckets, self._database.dialect).values(
            [
                {"name": name, "tokens": one.tokens, "at": one.at, "full_at": full[name]}
                for name, one in after.items()
            ]
        )
        columns = ("tokens", "at", "full_at")
        connection.execute(
            new.on_conflict_do_update(
                index_elements=["name"], set_={each: new.excluded[each] for each in columns}
            )
        )

    def _sweep(self, connection: Connection, now: float) -> None:
        """Throw away what is full again; everybody's row stays, since it is the lock."""
        over = (
            select(buckets.c.name)
            .where(buckets.c.full_at <= now, buckets.c.name != TOTAL)
            .order_by(buckets.c.full_at)
            .limit(SWEPT)
        )
        names = list(connection.execute(over).scalars())
        if names:
            connection.execute(delete(buckets).where(buckets.c.name.in_(names)))
