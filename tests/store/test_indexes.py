"""What is asked all the time is found by an index, on both databases, however much is stored."""

from __future__ import annotations

from typing import Any

import pytest_twisted
from sqlalchemy import Connection, text

from mailtickets.db.prepared import Prepared, driver, listed
from tests.postgres import Server
from tests.store.test_retention import gateway, opened, url

__all__ = ["url"]


def _plan(connection: Connection, statement: str, values: tuple[Any, ...]) -> str:
    """The plan, as the database tells it. PostgreSQL is told not to scan what is small."""
    if connection.dialect.name == "sqlite":
        explained = driver(connection).execute(f"EXPLAIN QUERY PLAN {statement}", values)
        return "\n".join(str(row[3]) for row in explained)
    run = driver(connection).cursor()
    run.execute("SET LOCAL enable_seqscan = off")
    run.execute("SET LOCAL enable_bitmapscan = off")
    return "\n".join(row[0] for row in run.execute(f"EXPLAIN {statement}", values))


def _prepared(connection: Connection, statement: Prepared, **named: Any) -> str:
    return _plan(connection, statement.text, statement.row(**named))


@pytest_twisted.ensureDeferred
async def test_every_statement_of_a_letters_way_uses_its_index(url: str) -> None:
    """Is it a repeat, is its lane busy, what is due, who is next, whose thread is it."""
    async with opened(url) as database:
        spool = gateway(database, "me")
        dialect = database.dialect
        one = listed(["a"], dialect)
        numbers = listed([1], dialect)
        accepting, carrying, facts = spool._accepting, spool._carrying, spool._facts
        taking: dict[str, Any] = {"of_agent": "a", "at": 0.0, "most": 1, "leased": "leased"}
        taking |= {"no": 0, "me": "me", "until": 0.0}
        wanted = {
            "items_key": lambda c: _prepared(c, accepting._known, keys=one),
            "items_ready": lambda c: _prepared(c, carrying._take, **taking),
            "items_lane": lambda c: _prepared(c, carrying._promote, of_lane="l", of_agent="a"),
            "messages_message_id": lambda c: _prepared(c, facts._which, of_desk="d", ids=one),
            "items_unfinished": lambda c: _plan(
                c, "SELECT accepted FROM items WHERE finished IS NULL ORDER BY id LIMIT 1", ()
            ),
            "items_leased": lambda c: _plan(
                c, "SELECT id FROM items WHERE state = 'leased' AND leased_until < 7.0", ()
            ),
            "letters_whole": lambda c: _plan(
                c, "SELECT id FROM letters WHERE emptied = 0 ORDER BY id LIMIT 200", ()
            ),
        }
        for index, explain in wanted.items():
            plan = await database.read(explain)
            assert index in plan, plan
        busy = await database.read(lambda c: _prepared(c, accepting._busy, lanes=one))
        assert "items_lane" in busy
        standing = await database.read(lambda c: _prepared(c, carrying._standing, ids=numbers))
        assert "SCAN items" not in standing
        assert "Seq Scan" not in standing


@pytest_twisted.ensureDeferred
async def test_a_plan_without_its_index_would_be_seen(url: str) -> None:
    """The test above can fail: with the index away, the plan does not name it."""
    async with opened(url) as database:
        spool = gateway(database, "me")
        await database.write(lambda c: c.execute(text("DROP INDEX items_key")).close())
        keys = listed(["a"], database.dialect)
        plan = await database.read(lambda c: _prepared(c, spool._accepting._known, keys=keys))
        assert "items_key" not in plan


@pytest_twisted.ensureDeferred
async def test_postgresql_vacuums_the_queue_by_changes(postgres: Server) -> None:
    """Of a table of millions a fifth is much: dead rows go after so many changes instead."""
    async with opened(postgres.new()) as database:
        sql = "SELECT reloptions::text FROM pg_class WHERE relname = 'items'"
        options = await database.read(lambda c: c.exec_driver_sql(sql).scalar())
        assert "autovacuum_vacuum_scale_factor=0" in str(options)
        assert "fillfactor=80" in str(options)
