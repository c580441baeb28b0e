"""The store is killed, its disk fails, its file is locked: nothing acknowledged is lost."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import pytest_twisted

from mailtickets.db import opening
from mailtickets.db.database import Database
from mailtickets.errors import SettingsError, Temporary
from mailtickets.outcomes import State
from mailtickets.store.spool import Spool
from mailtickets.testing.spool import envelope, submission
from tests.journeys import bed
from tests.journeys.nursery import Child
from tests.journeys.syncs import failing_syncs
from tests.needs import missing
from tests.postgres import Server

KILLS = int(os.environ.get("STORE_KILLS", "10"))
VICTIM = Path(__file__).with_name("store_victim.py")


def _victim(url: str, **more: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(VICTIM), url],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | more,
        cwd=VICTIM.parents[2],
    )


def _kills(url: str) -> tuple[Counter[str], Counter[str]]:
    """Kill it at random moments; what it acknowledged, and what it settled, each time."""
    acknowledged: Counter[str] = Counter()
    opened: Counter[str] = Counter()
    chance = random.Random(os.environ.get("SEED", "1"))
    for _ in range(KILLS):
        process = Child(bed.victim, url)
        with process.stdout as said:
            lines = [said.readline() for _ in range(chance.randrange(1, 60))]
            os.kill(process.pid, signal.SIGKILL)
            lines += said
        process.wait(20)
        for line in lines:
            if line.endswith("\n"):  # the last may be cut in the middle
                word, _, key = line.strip().partition(" ")
                {"250": acknowledged, "opened": opened}.get(word, Counter())[key] += 1
    assert acknowledged
    return acknowledged, opened


async def _accounted(url: str, acknowledged: Counter[str], opened: Counter[str]) -> None:
    from twisted.internet import reactor  # noqa: PLC0415 - pytest-twisted installs it first

    database = Database.open(url, reactor)
    spool = Spool(database, reactor, owner="auditor")  # type: ignore[arg-type]
    audit = await spool.audit(full=True)
    shelves = []
    while page := await spool.list(after=shelves[-1].id if shelves else 0, limit=1000):
        shelves += page
    await database.close()
    assert audit.complaints == ()
    assert audit.balanced
    rows = Counter(shelf.key for shelf in shelves)
    assert set(acknowledged) <= set(rows)
    assert set(rows.values()) == {1}
    done = {shelf.key for shelf in shelves if shelf.state is State.OPENED}
    assert set(opened) <= done
    assert set(opened.values()) <= {1}


@pytest_twisted.ensureDeferred
async def test_kill_on_sqlite(tmp_path: Path) -> None:
    """Every letter that got its 250 has one row, and the audit holds."""
    url = f"sqlite:///{tmp_path}/s/mailtickets.db"
    await _accounted(url, *_kills(url))


@pytest_twisted.ensureDeferred
async def test_kill_on_postgresql(postgres: Server) -> None:
    """Likewise, with the leases of each dead gateway left behind."""
    url = postgres.new()
    await _accounted(url, *_kills(url))


@pytest_twisted.ensureDeferred
async def test_an_fsync_that_fails_is_a_451(tmp_path: Path) -> None:
    """Nothing is acknowledged while the disk does not answer for it; then all goes on."""
    flag = tmp_path / "failing"
    url = f"sqlite:///{tmp_path}/s/mailtickets.db"
    process = _victim(url, **failing_syncs(tmp_path, flag))
    assert process.stdout is not None
    acknowledged: Counter[str] = Counter()
    opened: Counter[str] = Counter()
    refused: Counter[str] = Counter()

    def until(wanted: str) -> None:
        for line in process.stdout or ():
            word, _, key = line.strip().partition(" ")
            told = {"250": acknowledged, "opened": opened, "refused": refused}
            told.get(word, Counter())[key] += 1
            if word == wanted:
                return
        raise AssertionError(f"it ended before it said {wanted}")

    try:
        until("250")
        flag.touch()
        until("refused")
        flag.unlink()
        until("250")
    finally:
        process.kill()
        process.wait(10)
        process.stdout.close()
    assert set(refused) == {"4.3.0"}
    await _accounted(url, acknowledged, opened)


@pytest_twisted.ensureDeferred
async def test_a_full_disk_is_a_452_until_there_is_room(tmp_path: Path) -> None:
    """A small tmpfs: refused at once, nothing half-written, and well again by itself."""
    from twisted.internet import reactor  # noqa: PLC0415 - pytest-twisted installs it first

    if os.geteuid() != 0:
        missing("the right to mount", "run it as root, or in a container that lets it mount")
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "none", disk], check=False)
    if mounted.returncode:
        missing("the right to mount", "run it in a container that lets it mount")
    try:
        database = Database.open(f"sqlite:///{disk}/mailtickets.db", reactor)
        spool = Spool(database, reactor, owner="me")  # type: ignore[arg-type]
        await spool.put(envelope(), b"x" * 10_000, [submission("before")])
        with suppress(OSError), (disk / "ballast").open("wb", buffering=0) as ballast:
            while True:
                ballast.write(b"\0" * 4096)

        async def fill() -> None:
            for _ in range(100):
                await spool.put(envelope(), b"x" * 100_000, [submission()])

        with pytest.raises(Temporary) as told:
            await fill()
        assert told.value.enhanced == "4.3.1"
        (disk / "ballast").unlink()
        await spool.put(envelope(), b"x" * 100_000, [submission("after")])
        assert {"before", "after"} <= {shelf.key for shelf in await spool.list()}
        audit = await spool.audit(full=True)
        assert (audit.complaints, audit.balanced) == ((), True)
        await database.close()
    finally:
        subprocess.run(["umount", "-l", disk], check=True)


_HOLDS = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute(sys.argv[2])
print("locked", flush=True)
sys.stdin.read()
"""


@contextmanager
def _locked(path: Path, how: str = "BEGIN IMMEDIATE") -> Iterator[None]:
    """Another process holds the database."""
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLDS, path, how],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "locked\n"
        yield
    finally:
        holder.communicate()


def test_a_database_that_another_locks_stops_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is named, with what to do."""
    monkeypatch.setattr(opening, "BUSY_SECONDS", 0.2)
    url = opening.parse(f"sqlite:///{tmp_path}/mailtickets.db")
    opening.prepare(url, opening.engines(url)[0])
    with (
        _locked(tmp_path / "mailtickets.db"),
        pytest.raises(SettingsError, match="is locked by another process: end that one first"),
    ):
        opening.prepare(url, opening.engines(url)[0])


@pytest_twisted.ensureDeferred
async def test_a_database_that_another_locks_is_a_451(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refused while it is locked, accepted when it is not."""
    from twisted.internet import reactor  # noqa: PLC0415 - pytest-twisted installs it first

    monkeypatch.setattr(opening, "BUSY_SECONDS", 0.2)
    path = tmp_path / "mailtickets.db"
    database = Database.open(f"sqlite:///{path}", reactor)
    spool = Spool(database, reactor, owner="me")  # type: ignore[arg-type]
    with _locked(path):
        with pytest.raises(Temporary) as told:
            await spool.put(envelope(), b"", [submission()])
        assert told.value.enhanced == "4.3.0"
    await spool.put(envelope(), b"", [submission()])
    assert (await spool.audit()).accepted == 1
    await database.close()
