"""Opens SQLite and PostgreSQL the way the store needs them, and says plainly why it cannot."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, OperationalError, SQLAlchemyError
from sqlalchemy.pool import NullPool, QueuePool

from mailtickets.db import wal
from mailtickets.db.migrating import migrate
from mailtickets.db.moorings import held
from mailtickets.db.troubles import sqlite_code
from mailtickets.errors import SettingsError

BUSY_SECONDS = 5.0
"""How long another process may hold SQLite's lock before we answer 451."""

LOOK_SECONDS = 1.0
"""How long the search for damage may hold up a start; `mailtickets audit` looks at all of it."""

_MIGRATING = 7091887102  # an advisory lock of PostgreSQL's is a number
# Each commit may look at every page that is kept: with 64 MiB that was a tenth of all work, and the
# system keeps the file's pages as well.
CACHE_KIB = 4 * 1024
READERS = 4

# SQLite's result codes that mean: this file is not what it was.
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


def parse(url: str) -> URL:
    """The URL of a store. Raises SettingsError for anything but SQLite and PostgreSQL."""
    cure = "give sqlite:////absolute/path/mailtickets.db or postgresql://user@host/name"
    try:
        parsed = make_url(url)
    except ArgumentError as why:
        # What is no URL at all may hold a password anywhere: only its first word is told.
        raise SettingsError(f"--store {url.partition(':')[0][:40]}", cure) from why
    backend = parsed.drivername.partition("+")[0]
    if backend == "sqlite" and parsed.database and parsed.database != ":memory:":
        return parsed.set(drivername="sqlite")
    if backend in {"postgresql", "postgres"}:
        return parsed.set(drivername="postgresql+psycopg")
    given = url if parsed.password is None else parsed.render_as_string(hide_password=True)
    raise SettingsError(f"--store {given}", cure)


def shown(url: URL) -> str:
    """A URL without its password."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    return url.set(drivername="postgresql").render_as_string(hide_password=True)


def file_of(url: URL) -> Path | None:
    """SQLite's file; None for a server."""
    return Path(str(url.database)) if url.get_backend_name() == "sqlite" else None


def engines(url: URL) -> tuple[Engine, Engine]:
    """The one that writes and the one that reads. Nothing is connected yet."""
    if url.get_backend_name() == "sqlite":
        return _sqlite(url, "BEGIN IMMEDIATE", pooled=False), _sqlite(url, "BEGIN", pooled=True)
    try:
        return (
            create_engine(url, poolclass=NullPool, connect_args=_postgresql()),
            create_engine(
                url,
                poolclass=QueuePool,
                pool_size=READERS,
                max_overflow=0,
                pool_pre_ping=True,
                isolation_level="REPEATABLE READ",  # one reading sees one moment
                connect_args=_postgresql(),
            ),
        )
    except (ImportError, NoSuchModuleError) as why:
        raise SettingsError("--store postgresql://", "pip install mailtickets[postgresql]") from why


def _postgresql() -> dict[str, Any]:
    # synchronous_commit: 250 means durable, whatever the server's own setting is.
    return {
        "connect_timeout": 5,
        "application_name": "mailtickets",
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 20000,
        "options": "-c synchronous_commit=on -c lock_timeout=10s -c statement_timeout=60s"
        " -c idle_in_transaction_session_timeout=60s -c timezone=UTC",
    }


def _sqlite(url: URL, begin: str, *, pooled: bool) -> Engine:
    made = create_engine(
        url,
        poolclass=QueuePool if pooled else NullPool,
        connect_args={
            "timeout": BUSY_SECONDS,
            "check_same_thread": False,
            "cached_statements": 512,
        },
        **({"pool_size": READERS, "max_overflow": 0} if pooled else {}),
    )

    @event.listens_for(made, "connect")
    def connected(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # the driver begins nothing: `begun` does
        for pragma in (
            "journal_mode = WAL",
            "synchronous = FULL",  # WAL with NORMAL forgets acknowledged letters at a power cut
            f"cache_size = -{CACHE_KIB}",
            "journal_size_limit = 67108864",
            "wal_autocheckpoint = 16000",  # 64 MiB: a page written many times goes home once
            "trusted_schema = OFF",
            "temp_store = MEMORY",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(made, "begin")
    def begun(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return made


def prepare(url: URL, engine: Engine) -> None:
    """Make the database if need be, look whether it is sound, and bring its tables up to date.

    Raises SettingsError(culprit, cure).
    """
    if url.get_backend_name() == "sqlite":
        _prepare_sqlite(Path(str(url.database)), engine)
        return
    try:
        with engine.begin() as connection:
            # Two gateways that start at once migrate one after the other, however long the first
            # takes; a table that somebody else has locked is told after a while.
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
            connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MIGRATING})")
            connection.exec_driver_sql("SET LOCAL lock_timeout = '10s'")
            migrate(connection, f"--store {shown(url)}")
    except OperationalError as why:
        raise SettingsError(
            f"--store {shown(url)}", f"is that server up, and may we enter? ({_first_line(why)})"
        ) from why
    except SQLAlchemyError as why:
        raise SettingsError(f"--store {shown(url)}", _first_line(why)) from why


def _first_line(why: SQLAlchemyError) -> str:
    return str(getattr(why, "orig", why)).strip().split("\n", 1)[0][:200]


def _prepare_sqlite(path: Path, engine: Engine) -> None:
    directory = path.parent
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        _make(path)
    except OSError as why:
        raise SettingsError(
            str(path), f"cannot be made ({why.strerror}): give --state a directory we may write"
        ) from why
    if not os.access(path, os.R_OK | os.W_OK) or not os.access(directory, os.W_OK | os.X_OK):
        raise SettingsError(
            str(path), "cannot be written: let us write the file and its directory, or use --state"
        )
    log = path.with_name(f"{path.name}-wal")
    lost = str(path) not in held and wal.lost_end(log)
    if said := "its end is missing" if lost else wal.damage(log):
        raise SettingsError(
            str(log),
            f"is damaged ({said}): put it back as it was, or, to go on without what was "
            f"acknowledged last, move it aside together with the -shm file",
        )
    try:
        with engine.connect() as connection:
            _look(path, connection)
        with engine.begin() as connection:
            migrate(connection, str(path))
    except (SQLAlchemyError, sqlite3.Error) as why:
        code = sqlite_code(why)
        if code in _DAMAGED:
            raise _damaged(path) from why
        if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            raise SettingsError(
                str(path), "is locked by another process: end that one first"
            ) from why
        if code == sqlite3.SQLITE_FULL:
            raise SettingsError(str(path), "its disk is full: make room") from why
        raise SettingsError(str(path), f"cannot be opened ({_first_line_of(why)})") from why


def _make(path: Path) -> None:
    """Make the file where there is none.

    It appears with a header or not at all: an empty one was cut short, and SQLite would take it for
    a new one and throw its log away, with all that was acknowledged and not yet written home.
    """
    log = path.with_name(f"{path.name}-wal")
    if path.exists():
        if not path.stat().st_size:
            raise _damaged(path, "it is empty")
        return
    if log.exists():
        raise SettingsError(
            str(path),
            f"is gone, but {log.name} is there: put the file back where it was, or, to begin "
            f"with an empty store, take that one away, too",
        )
    new = path.with_name(f"{path.name}-new")
    new.unlink(missing_ok=True)
    os.close(os.open(new, os.O_CREAT | os.O_RDWR | os.O_EXCL, 0o600))
    with closing(sqlite3.connect(new)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    new.replace(path)
    for directory in (path.parent, path.parent.parent):
        opened = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def _first_line_of(why: Exception) -> str:
    return str(getattr(why, "orig", why)).split("\n", 1)[0][:200]


def _damaged(path: Path, detail: str = "") -> SettingsError:
    said = f" ({detail})" if detail else ""
    return SettingsError(
        str(path),
        f"is damaged{said}: stop everything that uses it, move it aside together with its -wal and "
        f"-shm files, then put a backup in its place, or what can still be read: "
        f"`sqlite3 ASIDE/{path.name} .recover | sqlite3 {path.name}`",
    )


def _look(path: Path, connection: Connection) -> None:
    """Search for damage for a limited time."""
    raw: Any = connection.connection.driver_connection
    until = time.monotonic() + LOOK_SECONDS
    raw.set_progress_handler(lambda: time.monotonic() > until, 100_000)
    try:
        found = raw.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.OperationalError as why:
        if sqlite_code(why) != sqlite3.SQLITE_INTERRUPT:
            raise
        found = ("ok",)
    finally:
        raw.set_progress_handler(None, 0)
    if found and found[0] != "ok":
        raise _damaged(path, str(found[0]).splitlines()[-1][:120])
