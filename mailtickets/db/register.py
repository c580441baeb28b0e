"""The register: small values that several gateways share, in a table of the database."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from sqlalchemy import Connection, delete, select, text
from zope.interface import implementer

from mailtickets.db.database import Database
from mailtickets.db.prepared import upserting
from mailtickets.db.schema import register
from mailtickets.errors import Temporary
from mailtickets.registers import IRegister

MOST = 100_000
"""Values of one shelf; the oldest go first."""
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:what, 7))")


@implementer(IRegister)
class Register:
    """See `mailtickets.registers.IRegister`. `now` tells seconds since 1970."""

    def __init__(self, now: Callable[[], float] = time.time, most: int = MOST) -> None:
        self._now = now
        self._most = most
        self._database: Database | None = None

    def use(self, database: Database) -> None:
        """Keep it there."""
        self._database = database

    @property
    def _open(self) -> Database:
        if self._database is None:
            raise Temporary("3.0", "The store is not open yet")
        return self._database

    async def read(self, shelf: str, key: str) -> str | None:
        """The value; None when there is none."""
        return await self._open.read(lambda connection: _value(connection, shelf, key))

    async def change(
        self, shelf: str, key: str, how: Callable[[str | None], str | None]
    ) -> str | None:
        """Put what `how` makes of the value in its place, and answer that."""

        def work(connection: Connection) -> str | None:
            if connection.dialect.name == "postgresql":
                connection.execute(_LOCK, {"what": f"{shelf}/{key}"})
            before = _value(connection, shelf, key)
            after = how(before)
            self._put(connection, shelf, key, before, after)
            return after

        return await self._open.write(work)

    def _put(
        self, connection: Connection, shelf: str, key: str, before: str | None, after: str | None
    ) -> None:
        one = (register.c.shelf == shelf, register.c.key == key)
        if after is None:
            connection.execute(delete(register).where(*one))
            return
        row = {"value": after, "at": self._now()}
        new = upserting(register, connection.dialect.name).values(shelf=shelf, key=key, **row)
        connection.execute(new.on_conflict_do_update(index_elements=["shelf", "key"], set_=row))
        if before is None:
            self._trim(connection, shelf)

    def _trim(self, connection: Connection, shelf: str) -> None:
        beyond = connection.execute(
            select(register.c.at)
            .where(register.c.shelf == shelf)
            .order_by(register.c.at.desc())
            .offset(self._most)
            .limit(1)
        ).scalar()
        if beyond is not None:
            connection.execute(
                delete(register).where(register.c.shelf == shelf, register.c.at <= beyond)
            )

    async def entries(self, shelf: str, after: str, limit: int) -> Sequence[tuple[str, str]]:
        """Keys from beyond `after`, in order, with their values."""
        question = (
            select(register.c.key, register.c.value)
            .where(register.c.shelf == shelf, register.c.key > after)
            .order_by(register.c.key)
            .limit(limit)
        )
        return await self._open.read(
            lambda connection: [(row.key, row.value) for row in connection.execute(question)]
        )


def _value(connection: Connection, shelf: str, key: str) -> str | None:
    return connection.execute(
        select(register.c.value).where(register.c.shelf == shelf, register.c.key == key)
    ).scalar()
