"""SQLite's files are moved, removed, replaced, cut short or overwritten."""
# ruff: noqa: ASYNC240 - a test may wait for its disk

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
import pytest_twisted

from mailtickets.db import moorings, wal
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


def _overwritten(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(b"not a database any more")


def _log_emptied(path: Path) -> None:
    os.truncate(_log(path), 0)


def _log_cut_short(path: Path) -> None:
    os.truncate(_log(path), _log(path).stat().st_size // 2)


def _log_overwritten(path: Path) -> None:
    size = _log(path).stat().st_size
    with _log(path).open("r+b") as file:
        file.write(b"\xff" * size)


@pytest.mark.parametrize("harm", [_overwritten, _log_emptied, _log_cut_short, _log_overwritten])
@pytest_twisted.ensureDeferred
async def test_no_letter_goes_into_what_was_written_over(
    path: Path, harm: Callable[[Path], None]
) -> None:
    """451, though SQLite would go on with what it remembers, and find nothing of it later."""
    database, spool = _open(path)
    await spool.put(envelope(), b"before", [submission()])
    harm(path)
    for _ in range(2):
        with pytest.raises(Temporary) as told:
            await spool.put(envelope(), b"after", [submission()])
        assert told.value.enhanced == "4.3.0"
    await database.close()


@pytest_twisted.ensureDeferred
async def test_looking_keeps_the_locks(path: Path) -> None:
    """Another process that opens the store and goes does not take its log along."""
    database, spool = _open(path)
    for number in range(3):
        await spool.put(envelope(), b"octets", [submission(f"{number}")])
    reading = "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('SELECT 1 FROM items')"
    subprocess.run([sys.executable, "-c", reading, path], check=True)
    assert _log(path).exists()
    await spool.put(envelope(), b"octets", [submission("after")])
    assert len(await spool.list()) == 4
    await database.close()


async def _crashed(path: Path) -> list[str]:
    """A store as a crash leaves it, most of it in its log; the keys of its letters."""
    database, spool = _open(path)
    keys = [f"key {number}" for number in range(4)]
    for key in keys:
        await spool.put(envelope(), b"octets", [submission(key)])
    kept = {each: each.read_bytes() for each in (path, _log(path))}
    await database.close()
    for each, octets in kept.items():
        each.write_bytes(octets)
    return keys


def _flipped(log: Path, place: int) -> None:
    octets = bytearray(log.read_bytes())
    octets[place] ^= 1
    log.write_bytes(octets)


@pytest.mark.parametrize("place", [10, 32 + 8, 32 + 24 + 100, 32 + 2 * 4120 + 20])
@pytest_twisted.ensureDeferred
async def test_a_damaged_log_stops_the_start(path: Path, place: int) -> None:
    """SQLite would read it up to the damage, and forget what was acknowledged after it."""
    await _crashed(path)
    _flipped(_log(path), place)
    harmed = _log(path).read_bytes()
    with pytest.raises(SettingsError, match="damaged") as told:
        _open(path)
    assert str(_log(path)) in str(told.value)
    assert "aside" in str(told.value)
    assert _log(path).read_bytes() == harmed


@pytest_twisted.ensureDeferred
async def test_a_log_whose_end_was_torn_off_is_read(path: Path) -> None:
    """A power cut in the last commit, for which nobody was told 250, does not stop the start."""
    keys = await _crashed(path)
    octets = _log(path).read_bytes()
    _log(path).write_bytes(octets[:-2000])
    database, spool = _open(path)
    assert [shelf.key for shelf in await spool.list()] == keys[:-1]
    await database.close()


@pytest_twisted.ensureDeferred
async def test_what_failed_commits_left_behind_is_no_damage(path: Path) -> None:
    """A disk that failed at fsync again and again, and then a crash: the store starts."""
    keys = await _crashed(path)
    octets = _log(path).read_bytes()
    _log(path).write_bytes(octets + octets[-4120:] * 3)
    database, spool = _open(path)
    assert [shelf.key for shelf in await spool.list()] == keys
    await database.close()


@pytest_twisted.ensureDeferred
async def test_a_log_that_began_anew_is_read(path: Path) -> None:
    """What an earlier round left behind its end is not taken for damage."""
    database, spool = _open(path)
    for number in range(6):
        await spool.put(envelope(), b"x" * 50_000, [submission(f"early {number}")])
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA wal_checkpoint(RESTART)")
    await spool.put(envelope(), b"", [submission("late")])
    kept = {each: each.read_bytes() for each in (path, _log(path))}
    await database.close()
    for each, octets in kept.items():
        each.write_bytes(octets)
    assert wal.damage(_log(path)) is None
    database, spool = _open(path)
    assert [shelf.key for shelf in await spool.list()][-1] == "late"
    await database.close()


FILES = ("", "-wal", "-shm")


def _as_killed(path: Path, place: Path) -> Path:
    """What a process that is killed now would leave behind."""
    place.mkdir()
    for each in FILES:
        shutil.copyfile(f"{path}{each}", place / f"{path.name}{each}")
    return place / path.name


def _without_a_frame(path: Path) -> None:
    os.truncate(_log(path), _log(path).stat().st_size - (4096 + 24))


def _torn(index: Path) -> None:
    with index.open("r+b") as file:
        file.seek(16)
        file.write(b"\xff\xff")


def _log_gone(path: Path) -> None:
    _log(path).unlink()


@pytest.mark.parametrize("harm", [_without_a_frame, _log_cut_short, _log_emptied, _log_gone])
@pytest_twisted.ensureDeferred
async def test_a_log_whose_end_is_missing_after_a_crash_stops_the_start(
    path: Path, tmp_path: Path, harm: Callable[[Path], None]
) -> None:
    """What it held was acknowledged; SQLite would take what is left for all there ever was."""
    database, spool = _open(path)
    for number in range(3):
        await spool.put(envelope(), b"octets", [submission(f"{number}")])
    whole, harmed = (_as_killed(path, tmp_path / name) for name in ("whole", "harmed"))
    await database.close()
    harm(harmed)
    with pytest.raises(SettingsError, match=r"-wal: is damaged \(its end is missing\)") as told:
        _open(harmed)
    assert "-shm" in str(told.value)
    database, spool = _open(whole)
    assert len(await spool.list()) == 3
    await database.close()


@pytest_twisted.ensureDeferred
async def test_a_log_that_has_gone_home_is_not_missed(path: Path, tmp_path: Path) -> None:
    """All of it is in the database, so nothing is lost with it."""
    database, spool = _open(path)
    await spool.put(envelope(), b"octets", [submission()])
    await database.write(lambda connection: connection.exec_driver_sql("SELECT 1").all())
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("PRAGMA wal_checkpoint").fetchone()[0] == 0
    left = _as_killed(path, tmp_path / "left")
    await database.close()
    _log_gone(left)
    database, spool = _open(left)
    assert len(await spool.list()) == 1
    await database.close()


@pytest_twisted.ensureDeferred
async def test_an_older_index_is_not_believed(path: Path, tmp_path: Path) -> None:
    """A power cut may leave one of a log that has been begun anew since, or none that is whole."""
    database, spool = _open(path)
    for number in range(5):
        await spool.put(envelope(), b"octets", [submission(f"{number}")])
    older = _as_killed(path, tmp_path / "older")
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA wal_checkpoint(RESTART)")
    await spool.put(envelope(), b"octets", [submission("5")])
    left = _as_killed(path, tmp_path / "left")
    os.truncate(_log(left), 32 + 4 * (4096 + 24))
    torn = _as_killed(path, tmp_path / "torn")
    await database.close()
    shutil.copyfile(f"{older}-shm", f"{left}-shm")
    _torn(Path(f"{torn}-shm"))
    for each in (left, torn):
        database, spool = _open(each)
        assert len(await spool.list()) >= 5
        await database.close()
