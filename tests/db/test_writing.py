"""A transaction that PostgreSQL asks to run again is run again, and its writers never know."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import psycopg
import pytest
import pytest_twisted
from sqlalchemy import Connection, text

from mailtickets.db.database import Database
from mailtickets.errors import Temporary
from tests.journeys.running import until
from tests.postgres import Server


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    """A database with two rows in it, that others fight for."""
    from twisted.internet import reactor  # noqa: PLC0415 - pytest-twisted installs it first

    database = Database.open(url, reactor)

    def two_rows(connection: Connection) -> None:
        connection.execute(text("CREATE TABLE fought (id int PRIMARY KEY, n int)"))
        connection.execute(text("INSERT INTO fought VALUES (1, 0), (2, 0)"))

    await database.write(two_rows)
    try:
        yield database
    finally:
        await database.close()


def _more(connection: Connection | psycopg.Connection[Any], row: int) -> None:
    run: Any = connection.exec_driver_sql if isinstance(connection, Connection) else None
    (run or connection.execute)(f"UPDATE fought SET n = n + 1 WHERE id = {row}")


async def _sums(database: Database) -> list[int]:
    found = await database.read(
        lambda c: c.execute(text("SELECT n FROM fought ORDER BY id")).scalars().all()
    )
    return list(found)


@pytest_twisted.ensureDeferred
async def test_a_serialization_failure_is_retried(postgres: Server) -> None:
    """Another changed the row after we had looked: the work is done again, once, on what is now."""
    url = postgres.new()
    turns = []

    def work(connection: Connection) -> int:
        turns.append(1)
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        seen = connection.execute(text("SELECT n FROM fought WHERE id = 1")).scalar_one()
        if len(turns) == 1:
            with psycopg.connect(url) as other:
                _more(other, 1)
        _more(connection, 1)  # SQLSTATE 40001
        return int(seen)

    async with opened(url) as database:
        assert await database.write(work) == 1
        assert len(turns) == 2
        assert await _sums(database) == [2, 0]


@pytest_twisted.ensureDeferred
async def test_a_deadlock_is_retried(postgres: Server) -> None:
    """Two hold what the other wants; the server ends ours, and it is run again."""
    url = postgres.new()
    turns = []
    ours, theirs = threading.Event(), threading.Event()
    waiting = (
        "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        f" AND datname = '{url.rpartition('/')[2]}'"
    )

    def other() -> None:
        with psycopg.connect(url) as connection:
            connection.execute("SET deadlock_timeout = '30s'")  # so that ours is the victim
            _more(connection, 2)
            theirs.set()
            assert ours.wait(10)
            _more(connection, 1)

    def work(connection: Connection) -> None:
        turns.append(1)
        _more(connection, 1)
        ours.set()
        if len(turns) == 1:  # the server looks for a deadlock once, a second after a wait began
            until(lambda: postgres.run(waiting), what="the other to wait for ours")
        _more(connection, 2)  # SQLSTATE 40P01, the first time

    async with opened(url) as database:
        thread = threading.Thread(target=other)
        thread.start()
        assert theirs.wait(10)
        await database.write(work)
        thread.join(10)
        assert len(turns) == 2
        assert await _sums(database) == [2, 2]


@pytest_twisted.ensureDeferred
async def test_what_fails_again_and_again_is_temporary(postgres: Server) -> None:
    """The tries are bounded; nothing of it is there afterwards."""
    turns = []

    def work(connection: Connection) -> None:
        turns.append(1)
        _more(connection, 1)
        connection.exec_driver_sql("DO $$ BEGIN RAISE SQLSTATE '40001'; END $$")

    async with opened(postgres.new()) as database:
        with pytest.raises(Temporary):
            await database.write(work)
        assert 2 <= len(turns) <= 10
        assert await _sums(database) == [0, 0]
