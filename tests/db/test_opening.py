"""A store that cannot be used says so at start, by name and with a cure."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest
import pytest_twisted
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, MetaData, inspect, text

from mailtickets.db import deskschema, opening, schema
from mailtickets.db.database import Database
from mailtickets.db.migrating import current, migrate, newest
from mailtickets.db.opening import engines, parse, prepare
from mailtickets.errors import SettingsError, Temporary
from mailtickets.routing.threads import lane
from tests.journeys.running import until
from tests.postgres import Server


def _open(url: str) -> Database:
    from twisted.internet import reactor  # noqa: PLC0415 - pytest-twisted installs it first

    return Database.open(url, reactor)


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A store that was made and closed."""
    made = f"sqlite:///{tmp_path}/store/mailtickets.db"
    parsed = parse(made)
    for engine in engines(parsed):
        prepare(parsed, engine)
        engine.dispose()
    return made


@pytest.mark.parametrize("bad", ["mysql://x/y", "nonsense", "sqlite://", "sqlite:///:memory:"])
def test_other_databases_are_refused(bad: str) -> None:
    """What was given is named, and the cure names the two that are served."""
    with pytest.raises(SettingsError, match="postgresql://user") as told:
        parse(bad)
    assert str(told.value).startswith(f"--store {bad}: ")


def test_a_refused_url_keeps_its_password() -> None:
    """The complaint goes to a log."""
    with pytest.raises(SettingsError) as told:
        parse("mysql://me:secret@x/y")
    assert "mysql://me:***@x/y" in str(told.value)


def test_newer_tables_are_refused(url: str) -> None:
    """An older program does not touch what a newer one wrote."""
    with sqlite3.connect(parse(url).database or "") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SettingsError, match="newer"):
        _open(url)


@pytest.mark.parametrize("harm", [b"not a database " * 400, b"", None])
def test_a_file_that_was_overwritten_is_named(url: str, harm: bytes | None) -> None:
    """The file is named, with what to do; also an empty one, which SQLite would take for new."""
    path = Path(parse(url).database or "")
    path.with_name(path.name + "-wal").unlink(missing_ok=True)
    if harm is None:
        path.write_bytes(path.read_bytes()[: 4096 * 3])
    else:
        path.write_bytes(harm)
    with pytest.raises(SettingsError, match="damaged") as told:
        _open(url)
    assert str(path) in str(told.value)
    assert "backup" in str(told.value)


def test_a_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """A file stands where the state directory should."""
    (tmp_path / "state").write_text("")
    with pytest.raises(SettingsError, match="state"):
        _open(f"sqlite:///{tmp_path}/state/mailtickets.db")


def test_the_file_is_ours_alone(url: str) -> None:
    """Letters are not for other users of the machine."""
    assert Path(parse(url).database or "").stat().st_mode & 0o077 == 0


def test_a_server_that_is_not_there_is_named() -> None:
    """The password is not."""
    with pytest.raises(SettingsError) as told:
        _open("postgresql://me:secret@127.0.0.1:1/mail")
    assert "secret" not in str(told.value)
    assert "127.0.0.1:1" in str(told.value)


def _there_and_back(url: str) -> None:
    parsed = parse(url)
    writing, reading = engines(parsed)
    prepare(parsed, writing)
    with writing.begin() as connection:
        assert current(connection) == newest()
        migrate(connection, url, "base")
    with writing.begin() as connection:
        assert current(connection) is None
        migrate(connection, url)
    with writing.begin() as connection:
        assert current(connection) == newest()
    writing.dispose()
    reading.dispose()


_WAITING = (
    "INSERT INTO items (letter, key, prime, recipient, agent, lane, holds_lane, state, blocks,"
    " ready, attempts, accepted, fence, reason)"
    " VALUES (1, '{0}', 1, 'r', 'a', '{1}', 0, 'due', {2}, {2}, 0, 0, 0, '')"
)


def _renamed(url: str) -> None:
    parsed = parse(url)
    writing, reading = engines(parsed)
    prepare(parsed, writing)
    root = "CAF1x7kq93z0@mail.ferrier.example"
    with writing.begin() as connection:
        migrate(connection, url, "0010")
        for key, name, blocks in (
            ("1", root, 1),
            ("2", root, 1),
            ("3", "short", 1),
            ("4", root, 0),
        ):
            connection.exec_driver_sql(_WAITING.format(key, name, blocks))
    with writing.begin() as connection:
        migrate(connection, url)
        names = connection.exec_driver_sql("SELECT lane FROM items ORDER BY key").scalars().all()
    assert names == [lane(root), lane(root), "short", root]
    writing.dispose()
    reading.dispose()


def test_lanes_get_short_names_on_sqlite(tmp_path: Path) -> None:
    """What waits goes on in the lane that new letters of its conversation have."""
    _renamed(f"sqlite:///{tmp_path}/m.db")


def test_lanes_get_short_names_on_postgresql(postgres: Server) -> None:
    """What waits goes on in the lane that new letters of its conversation have."""
    _renamed(postgres.new(empty=True))


def test_migrations_go_there_and_back_on_sqlite(tmp_path: Path) -> None:
    """An upgrade can be taken back."""
    _there_and_back(f"sqlite:///{tmp_path}/m.db")


def test_migrations_go_there_and_back_on_postgresql(postgres: Server) -> None:
    """An upgrade can be taken back."""
    _there_and_back(postgres.new(empty=True))


def test_a_long_migration_is_waited_for(postgres: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its statements may take hours, and a second gateway that starts meanwhile waits for it."""
    made = postgres.new(empty=True)
    hurried = {"options": "-c lock_timeout=100ms -c statement_timeout=60s"}
    monkeypatch.setattr(opening, "_postgresql", lambda: hurried)
    limits: list[object] = []

    def migrating(connection: Connection, _culprit: str) -> None:
        limits.append(connection.execute(text("SHOW statement_timeout")).scalar_one())
        limits.append(connection.execute(text("SHOW lock_timeout")).scalar_one())

    monkeypatch.setattr(opening, "migrate", migrating)
    parsed = parse(made)
    writing, reading = engines(parsed)
    waiting = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    with psycopg.connect(made) as first, ThreadPoolExecutor(1) as second:
        first.execute(f"SELECT pg_advisory_xact_lock({opening._MIGRATING})")
        started = second.submit(prepare, parsed, writing)
        until(lambda: postgres.run(waiting) or started.done(), what="the second to wait")
        with pytest.raises(TimeoutError):
            started.result(0.3)
        first.rollback()
        started.result(20)
    assert limits == ["0", "10s"]
    writing.dispose()
    reading.dispose()


def _outline(connection: Connection) -> dict[str, object]:
    """All tables, as the database itself tells them: columns, keys, indexes with their filters."""
    seen = inspect(connection)
    return {
        name: (
            [
                (one["name"], str(one["type"]), one["nullable"], one["default"])
                for one in seen.get_columns(name)
            ],
            seen.get_pk_constraint(name),
            sorted(map(str, seen.get_unique_constraints(name))),
            sorted(
                (str(one["name"]), one["unique"], one["column_names"], _only(one))
                for one in seen.get_indexes(name)
            ),
        )
        for name in seen.get_table_names()
        if name != "alembic_version"
    }


def _only(index: Mapping[str, Any]) -> list[str]:
    options = index.get("dialect_options", {})
    return [str(value) for key, value in options.items() if key.endswith("_where")]


def _as_the_schema_says(migrated: str, made: str) -> None:
    """Migrating an empty database, and making the tables of the schema, come to the same."""
    known = MetaData()
    for table in (*schema.metadata.sorted_tables, *deskschema.metadata.sorted_tables):
        table.to_metadata(known)
    outlines = []
    for url in (migrated, made):
        parsed = parse(url)
        writing, reading = engines(parsed)
        if url == migrated:
            prepare(parsed, writing)
        with writing.begin() as connection:
            if url == made:
                known.create_all(connection)
            context = MigrationContext.configure(connection, opts={"include_name": _not_alembics})
            assert compare_metadata(context, known) == []
            outlines.append(_outline(connection))
        writing.dispose()
        reading.dispose()
    assert outlines[0] == outlines[1]
    assert set(outlines[0]) == set(known.tables)


def _not_alembics(name: str | None, kind: str, _: object) -> bool:
    return not (kind == "table" and name == "alembic_version")


def test_migrations_make_what_the_schema_says_on_sqlite(tmp_path: Path) -> None:
    """Whoever changes the schema writes a migration: a store of any age ends with these tables."""
    _as_the_schema_says(f"sqlite:///{tmp_path}/a.db", f"sqlite:///{tmp_path}/b.db")


def test_migrations_make_what_the_schema_says_on_postgresql(postgres: Server) -> None:
    """The same on the other database."""
    _as_the_schema_says(postgres.new(empty=True), postgres.new(empty=True))


@pytest_twisted.ensureDeferred
async def test_one_that_fails_does_not_hurt_the_others(url: str) -> None:
    """Writes share a transaction, and only the faulty one is undone."""
    database = _open(url)

    def adding(number: int) -> object:
        def add(connection: Connection) -> int:
            values = {"desk": "d", "message_id": str(number), "ticket": "t"}
            connection.execute(
                text(
                    "INSERT INTO messages (desk, message_id, ticket, author, ours)"
                    " VALUES (:desk, :message_id, :ticket, '', 0)"
                ),
                values,
            )
            if number == 3:
                raise KeyError("mine")
            return number

        return add

    waiting = [database.write(adding(number % 8)) for number in range(9)]  # type: ignore[arg-type]
    fates: list[object] = []
    for each in waiting:
        try:
            fates.append(await each)
        except (KeyError, Temporary) as why:
            fates.append(type(why).__name__)
    assert fates == [0, 1, 2, "KeyError", 4, 5, 6, 7, "Temporary"]
    count = await database.read(lambda c: c.execute(text("SELECT count(*) FROM messages")).scalar())
    assert count == 7
    await database.close()


@pytest_twisted.ensureDeferred
async def test_a_full_disk_is_told_as_such_and_mends_itself(url: str) -> None:
    """452 4.3.1 while there is no room, and all is well when there is."""
    database = _open(url)
    await database.write(lambda c: c.exec_driver_sql("CREATE TABLE fill (octets BLOB)"))
    pages = await database.write(lambda c: c.exec_driver_sql("PRAGMA page_count").scalar())

    def fill(connection: Connection) -> None:
        connection.exec_driver_sql("INSERT INTO fill VALUES (zeroblob(1000000))")

    # The limit stands for the disk's: SQLite answers SQLITE_FULL for either.
    await database.write(lambda c: c.exec_driver_sql(f"PRAGMA max_page_count = {pages + 3}").all())
    with pytest.raises(Temporary) as told:
        await database.write(fill)
    assert told.value.enhanced == "4.3.1"
    await database.write(lambda c: c.exec_driver_sql("PRAGMA max_page_count = 1000000").all())
    await database.write(fill)
    await database.close()
