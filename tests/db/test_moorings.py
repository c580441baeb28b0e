"""SQLite's files are moved, removed, replaced or cut short: while they are open, before a start."""
# ruff: noqa: ASYNC240 - a test may wait for its disk

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
import pytest_twisted

from mailtickets.db import moorings
from mailtickets.db.database import Database
from mailtickets.errors import SettingsError, Temporary
from mailtickets.store.spool import Spool
from mailtickets.testing.spool import envelope, submission


def _open(path: Path) -> tuple[Database, Spool]:
    from twisted.internet import reactor  # noqa: PLC0415 - pytest-twisted installs it first

    database = Database.open(f"sqlite:///{path}", reactor)
    return database, Spool(database, reactor, owner="me")  # type: ignore[arg-type]


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store's file, looked after at each transaction."""
    monkeypatch.setattr(moorings, "FRESH", 0.0)
    return tmp_path / "mailtickets.db"


def _log(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


def _replaced(path: Path) -> None:
    other = path.with_name("other")
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE letters (id INTEGER)")
    other.replace(path)


def _cut_short(path: Path) -> None:
    os.truncate(path, 8192)


def _emptied(path: Path) -> None:
    os.truncate(path, 0)


@pytest.mark.parametrize("harm", [Path.unlink, _replaced, _cut_short, _emptied])
@pytest_twisted.ensureDeferred
async def test_no_letter_goes_into_a_file_that_is_not_in_its_place(
    path: Path, harm: Callable[[Path], None]
) -> None:
    """451 for whoever writes and whoever reads, though SQLite would go on as if nothing was."""
    database, spool = _open(path)
    await spool.put(envelope(), b"before", [submission()])
    await database.write(lambda connection: connection.exec_driver_sql("PRAGMA user_version = 1"))
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA wal_checkpoint")  # so that there is something to be cut off
    assert len(await spool.list()) == 1
    harm(path)
    for _ in range(2):
        with pytest.raises(Temporary) as told:
            await spool.put(envelope(), b"after", [submission()])
        assert told.value.enhanced == "4.3.0"
    with pytest.raises(Temporary):
        await spool.list()
    await database.close()


@pytest_twisted.ensureDeferred
async def test_a_file_that_is_put_back_is_used_again(path: Path) -> None:
    """Nothing of it is lost, and nobody has to start anything anew."""
    database, spool = _open(path)
    await spool.put(envelope(), b"before", [submission("before")])
    aside = path.with_name("aside")
    path.rename(aside)
    with pytest.raises(Temporary):
        await spool.put(envelope(), b"meanwhile", [submission("meanwhile")])
    aside.rename(path)
    await spool.put(envelope(), b"after", [submission("after")])
    assert [shelf.key for shelf in await spool.list()] == ["before", "after"]
    await database.close()


@pytest_twisted.ensureDeferred
async def test_what_stood_in_a_log_that_was_removed_is_written_home(path: Path) -> None:
    """A `-wal` looks like a file that nobody needs; a copy of the file alone then has it all."""
    database, spool = _open(path)
    await spool.put(envelope(), b"before", [submission("before")])
    _log(path).unlink()
    with pytest.raises(Temporary):
        await spool.put(envelope(), b"meanwhile", [submission("meanwhile")])
    copy = path.with_name("copy.db")
    copy.write_bytes(path.read_bytes())
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT key FROM items").fetchall() == [("before",)]
    await database.close()


@pytest_twisted.ensureDeferred
async def test_a_file_that_somebody_made_smaller_in_order_is_no_trouble(path: Path) -> None:
    """VACUUM from another process, while the store is open."""
    database, spool = _open(path)
    await spool.put(envelope(), b"x" * 200_000, [submission("first")])
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        await spool.put(envelope(), b"y", [submission("second")])
        before = path.stat().st_size
        other.execute("UPDATE letters SET octets = NULL")
        other.execute("VACUUM")
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert path.stat().st_size < before
    await spool.put(envelope(), b"z", [submission("third")])
    assert len(await spool.list()) == 3
    await database.close()


@pytest.mark.parametrize("gone", [_emptied, Path.unlink], ids=["emptied", "gone"])
@pytest_twisted.ensureDeferred
async def test_a_log_without_its_file_stops_the_start(
    path: Path, gone: Callable[[Path], None]
) -> None:
    """SQLite would begin anew and throw it away, with all that was not yet written home."""
    database, spool = _open(path)
    await spool.put(envelope(), b"", [submission()])
    kept = _log(path).read_bytes()
    await database.close()
    _log(path).write_bytes(kept)  # as a crash would have left it
    gone(path)
    with pytest.raises(SettingsError) as told:
        _open(path)
    assert str(path) in str(told.value)
    assert _log(path).read_bytes() == kept


@pytest_twisted.ensureDeferred
async def test_a_first_start_that_was_cut_short_is_begun_again(path: Path) -> None:
    """The file appears whole: what a crash left beside it is in nobody's way."""
    path.with_name(f"{path.name}-new").write_bytes(b"half")
    database, spool = _open(path)
    await spool.put(envelope(), b"", [submission()])
    await database.close()
    assert path.stat().st_mode & 0o077 == 0
