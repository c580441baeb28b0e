"""Stores for tests: SQLite in a directory of its own, PostgreSQL on the tests' server."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import update

from mailtickets.db import schema
from mailtickets.db.database import Database
from mailtickets.db.opening import engines, parse, prepare
from mailtickets.store.ledger import Ledger
from mailtickets.store.spool import Spool
from mailtickets.testing.spool import Place


async def later(database: Database, seconds: float) -> None:
    """Let time pass: everything that is noted was noted so much earlier."""

    def older(connection: Any) -> None:
        letters, items = schema.letters, schema.items
        connection.execute(update(letters).values(arrived=letters.c.arrived - seconds))
        columns = ("accepted", "due", "finished", "leased_until")
        connection.execute(update(items).values({c: items.c[c] - seconds for c in columns}))
        feeds = schema.feeds
        connection.execute(update(feeds).values(followed_until=feeds.c.followed_until - seconds))
        tally, gateways = schema.tally, schema.gateways
        connection.execute(update(tally).values(at=tally.c.at - seconds))
        connection.execute(update(gateways).values(seen=gateways.c.seen - seconds))

    await database.write(older)


def sqlite_url(directory: Path) -> str:
    """A store in a file of its own, with no rows; its tables are a copy of those made once."""
    path = directory / "mailtickets.db"
    path.write_bytes(_tables())
    return f"sqlite:///{path}"


@cache
def _tables() -> bytes:
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "mailtickets.db"
        parsed = parse(f"sqlite:///{path}")
        writing, _ = engines(parsed)
        prepare(parsed, writing)
        writing.dispose()
        return path.read_bytes()


@asynccontextmanager
async def place(url: Callable[[], str]) -> AsyncIterator[Place]:
    """A place on a database of its own."""
    from twisted.internet import reactor  # noqa: PLC0415 - pytest-twisted installs it first

    database = Database.open(url(), reactor)

    def spool() -> Spool:
        return Spool(database, reactor, owner=secrets.token_hex(4))  # type: ignore[arg-type]

    async def again() -> Spool:
        if database.dialect != "sqlite":
            await later(database, 20)  # leases end
        anew = spool()
        await anew.recover()
        return anew

    first = spool()
    try:
        yield Place(first, Ledger(database), lambda seconds: later(database, seconds), again)
    finally:
        await database.close()


@asynccontextmanager
async def sqlite() -> AsyncIterator[Place]:
    """A place on SQLite."""
    with tempfile.TemporaryDirectory() as directory:
        async with place(lambda: sqlite_url(Path(directory))) as made:
            yield made
