"""A real PostgreSQL server of the tests' own: made when first asked for, ended with the session."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import count
from pathlib import Path

import psycopg
import pytest

from mailtickets.db import deskschema, schema
from mailtickets.db.opening import engines, parse, prepare
from tests.needs import need
from tests.ports import free_port

HERE = "127.0.0.1"
SCHEMAS = (schema.metadata, deskschema.metadata)


class Server:
    """One server with its own data directory. Runs as nobody when we are root."""

    def __init__(
        self,
        *settings: str,
        environment: Mapping[str, str] | None = None,
        data: Path | None = None,
    ) -> None:
        """`data`: where its tables are to be, a directory there is already; its log stays here."""
        self.environment = dict(environment or {})
        self.templated = False
        self._as: list[str] = ["runuser", "-u", "nobody", "--"] if os.geteuid() == 0 else []
        self.pg_ctl = need("pg_ctl")
        self.directory = Path(tempfile.mkdtemp(prefix="pg-"))
        self.directory.chmod(0o755)
        log, self.data = self.directory / "wal", data or self.directory / "data"
        for place in (log, self.data):
            place.mkdir(exist_ok=True)
            if self._as:
                shutil.chown(place, "nobody")
        self.port = free_port()
        self._settings = [
            f"port={self.port}",
            f"listen_addresses={HERE}",
            "unix_socket_directories=",
            "shared_buffers=64MB",
            "autovacuum_naptime=10s",
            *settings,
        ]
        self._numbers = count(1)
        words = ("-D", str(self.data), "-X", str(log), "-A", "trust", "-U", "postgres", "-N")
        self._run(need("initdb"), *words)

    def _run(self, *command: str) -> None:
        done = subprocess.run(
            [*self._as, *command],
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
            env={**os.environ, **self.environment},
        )
        if done.returncode:
            log = self.data / "log"
            said = log.read_text()[-2000:] if log.exists() else ""
            raise RuntimeError(f"{command[0]}: {done.stdout}{said}")

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = " ".join(f"-c {setting}" for setting in self._settings)
        log = str(self.data / "log")
        self._run(self.pg_ctl, "-D", str(self.data), "-w", "-l", log, "-o", options, "start")

    def stop(self, how: str = "fast") -> None:
        """Stop it: fast, or immediate, which is a crash that it recovers from."""
        self._run(self.pg_ctl, "-D", str(self.data), "-w", "-m", how, "stop")

    def stop_if_running(self) -> None:
        """Make sure that nothing of it runs: it may have ended by itself."""
        with contextlib.suppress(RuntimeError):
            self.stop("immediate")

    @property
    def postmaster(self) -> int:
        """The pid of the process that all others of the server are children of."""
        return int((self.data / "postmaster.pid").read_text().split()[0])

    def url(self, database: str) -> str:
        """Where to find one of its databases."""
        return f"postgresql://postgres@{HERE}:{self.port}/{database}"

    def new(self, *, empty: bool = False) -> str:
        """The URL of a new database with no rows; `empty`: with no tables either."""
        name = f"mail_{next(self._numbers)}"
        if not self.templated or empty:
            self.run(f"CREATE DATABASE {name}")
        else:
            self.run(f"CREATE DATABASE {name} TEMPLATE {self._template}")
        return self.url(name)

    def empty(self, url: str) -> None:
        """Take every row out of a database, and count from 1 again."""
        tables = ", ".join(each.name for kind in SCHEMAS for each in kind.sorted_tables)
        self.run(f"TRUNCATE {tables} RESTART IDENTITY", url.rpartition("/")[2])

    @cached_property
    def _template(self) -> str:
        """A database whose tables are made: to copy them is a third of the work."""
        name = "mail_template"
        self.run(f"CREATE DATABASE {name}")
        parsed = parse(self.url(name))
        writing, _ = engines(parsed)
        prepare(parsed, writing)
        writing.dispose()
        return name

    def run(self, sql: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """Run a statement, and tell its rows."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            cursor = connection.execute(sql)  # type: ignore[arg-type]
            return cursor.fetchall() if cursor.description else []

    def close(self) -> None:
        """End it and forget its data."""
        self.stop_if_running()
        shutil.rmtree(self.directory, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A server that many tests share. It does not wait for the disk: no test cuts its power."""
    server = Server("fsync=off", "full_page_writes=off")
    try:
        server.start()
        server.templated = True
        yield server
    finally:
        server.close()
