"""What was tried at a desk that knows no keys of ours, so that nothing is done there twice."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, delete, or_, select
from zope.interface import implementer

from mailtickets.db.database import Database
from mailtickets.db.prepared import upserting
from mailtickets.db.schema import attempts
from mailtickets.errors import Temporary
from mailtickets.interfaces import IJournal
from mailtickets.slips import Attempt
from mailtickets.store.text import clean
from mailtickets.tickets.values import Receipt

KEPT = 30 * 24 * 3600.0
"""Seconds for which the end of an attempt is remembered."""
SWEPT = 20
"""Old rows that one new attempt sweeps away: more than it adds."""


@implementer(IJournal)
class Journal:
    """See `mailtickets.interfaces.IJournal`. `now` gives seconds since 1970.

    A desk is made before the store is opened; until `use` has been called everything is Temporary.
    """

    def __init__(self, desk: str, now: Callable[[], float]) -> None:
        self._desk = desk
        self._now = now
        self._database: Database | None = None

    def use(self, database: Database) -> None:
        """Keep it there."""
        self._database = database

    @property
    def _open(self) -> Database:
        if self._database is None:
            raise Temporary("3.0", "The store is not open yet")
        return self._database

    async def recall(self, key: str) -> Attempt | None:
        """The latest attempt for `key`, if any."""

        def look(connection: Connection) -> Attempt | None:
            row = connection.execute(
                select(attempts).where(attempts.c.desk == self._desk, attempts.c.key == key)
            ).first()
            if row is None:
                return None
            receipt = None if row.ticket is None else Receipt(row.ticket, row.comment, row.url)
            return Attempt(row.began, receipt)

        return await self._open.read(look)

    async def begin(self, key: str) -> None:
        """Note, durably, that it is being tried."""
        row = {"began": self._now(), "ticket": None, "comment": None, "url": None}

        def note(connection: Connection) -> None:
            self._sweep(connection, row["began"] or 0.0)
            dialect = connection.dialect.name
            connection.execute(
                upserting(attempts, dialect)
                .values(desk=self._desk, key=key, **row)
                .on_conflict_do_update(index_elements=["desk", "key"], set_=row)
            )

        await self._open.write(note)

    async def done(self, key: str, receipt: Receipt) -> None:
        """Note that the desk did it."""
        row = {
            "began": self._now(),
            "ticket": clean(receipt.ticket),
            "comment": None if receipt.comment is None else clean(receipt.comment),
            "url": None if receipt.url is None else clean(receipt.url),
        }

        def note(connection: Connection) -> None:
            connection.execute(
                upserting(attempts, connection.dialect.name)
                .values(desk=self._desk, key=key, **row)
                .on_conflict_do_update(index_elements=["desk", "key"], set_=row)
            )

        await self._open.write(note)

    async def forget(self, key: str) -> None:
        """Note that the desk surely did nothing."""

        def note(connection: Connection) -> None:
            connection.execute(
                delete(attempts).where(attempts.c.desk == self._desk, attempts.c.key == key)
            )

        await self._open.write(note)

    async def origin(self, entry: str) -> str | None:
        """The key by which we wrote an entry."""
        found = (
            select(attempts.c.key)
            .where(
                attempts.c.desk == self._desk,
                or_(
                    attempts.c.comment == entry,
                    (attempts.c.comment.is_(None)) & (attempts.c.ticket == entry),
                ),
            )
            .limit(1)
        )
        return await self._open.read(lambda connection: connection.execute(found).scalar())

    async def unsettled(self) -> bool:
        """Whether the end of some attempt is not known."""
        found = (
            select(attempts.c.key)
            .where(attempts.c.desk == self._desk, attempts.c.ticket.is_(None))
            .limit(1)
        )
        return await self._open.read(
            lambda connection: connection.execute(found).first() is not None
        )

    def _sweep(self, connection: Connection, now: float) -> None:
        old = (
            select(attempts.c.key)
            .where(attempts.c.desk == self._desk, attempts.c.began < now - KEPT)
            .order_by(attempts.c.began)
            .limit(SWEPT)
        )
        keys = list(connection.execute(old).scalars())
        if keys:
            connection.execute(
                delete(attempts).where(attempts.c.desk == self._desk, attempts.c.key.in_(keys))
            )
