"""A store in trouble says so in one line now and then, without a traceback."""

from __future__ import annotations

import errno
import sqlite3
from typing import Any

import psycopg
import pytest
from sqlalchemy.exc import OperationalError
from twisted.logger import Logger

from mailtickets.db.complaints import REPEAT, Complaints, plain


def _sqlite(code: int, name: str) -> Exception:
    """As the driver raises it, wrapped as SQLAlchemy does."""
    why = sqlite3.OperationalError(name)
    why.sqlite_errorcode = code
    return OperationalError("INSERT", {}, why)


FORESEEN = [
    (_sqlite(sqlite3.SQLITE_FULL, "database or disk is full"), "disk is full"),
    (OSError(errno.ENOSPC, "No space left on device"), "disk is full"),
    (psycopg.errors.DiskFull("could not extend file"), "disk is full"),
    (_sqlite(sqlite3.SQLITE_BUSY, "database is locked"), "locked"),
    (_sqlite(sqlite3.SQLITE_IOERR_FSYNC, "disk I/O error"), "the disk does not"),
    (_sqlite(sqlite3.SQLITE_CORRUPT, "malformed"), "damaged"),
    (psycopg.errors.AdminShutdown("terminating connection"), "cannot be spoken to"),
    (psycopg.OperationalError("connection refused"), "cannot be spoken to"),
    (psycopg.InterfaceError("the connection is closed"), "cannot be spoken to"),
]


@pytest.mark.parametrize(("why", "words"), FORESEEN, ids=lambda one: type(one).__name__)
def test_what_was_foreseen_has_words(why: Exception, words: str) -> None:
    """A full disk, a locked or damaged file, a server that is away."""
    assert words in str(plain(why))


@pytest.mark.parametrize("why", [ValueError("x"), psycopg.errors.SyntaxError("x")])
def test_what_nobody_foresaw_has_none(why: Exception) -> None:
    """It is a fault of the program: somebody wants its traceback."""
    assert plain(why) is None


def _raised(why: Exception, complaints: Complaints) -> None:
    try:
        raise why  # noqa: TRY301 - as a driver does
    except Exception as caught:
        complaints.tell("write", caught)


def test_a_trouble_is_told_once_in_a_while() -> None:
    """A hundred refused writes are one line; half a minute later one more, with their number."""
    said: list[dict[str, Any]] = []
    now = [0.0]
    complaints = Complaints(Logger(namespace="test", observer=said.append), lambda: now[0])
    for _ in range(100):
        _raised(FORESEEN[0][0], complaints)
    assert len(said) == 1
    assert "log_failure" not in said[0]
    now[0] += REPEAT
    _raised(FORESEEN[0][0], complaints)
    assert len(said) == 2
    assert said[1]["more"] == 99
    _raised(ValueError("mine"), complaints)
    assert "log_failure" in said[2]
