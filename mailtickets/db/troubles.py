"""What a database's exception means for a letter."""

from __future__ import annotations

import errno
import sqlite3

from sqlalchemy.exc import SQLAlchemyError

from mailtickets.errors import Temporary

_TRY_AGAIN = frozenset({"40001", "40P01"})  # PostgreSQL: serialization failure, deadlock
_RACES = frozenset({"items_key"})  # the second looks again, and finds a duplicate
_FULL = frozenset({"53100"})  # PostgreSQL: disk full
_ENTRY = frozenset({"21", "22", "23", "42"})  # a statement's own fault, not the connection's
_STATEMENT = frozenset(
    {
        sqlite3.SQLITE_CONSTRAINT,
        sqlite3.SQLITE_ERROR,
        sqlite3.SQLITE_MISMATCH,
        sqlite3.SQLITE_TOOBIG,
        sqlite3.SQLITE_RANGE,
    }
)


def sqlstate(why: BaseException) -> str:
    """PostgreSQL's five characters for what went wrong; empty when there are none."""
    return str(getattr(getattr(why, "orig", why), "sqlstate", None) or "")


def sqlite_code(why: BaseException) -> int:
    """SQLite's primary result code; 0 when there is none."""
    return int(getattr(getattr(why, "orig", why), "sqlite_errorcode", 0) or 0) & 0xFF


def again(why: BaseException) -> bool:
    """Whether the same transaction, run once more, may well succeed."""
    state = sqlstate(why)
    if state == "23505":  # unique violation: two gateways accepted the same letter at once
        diagnosis = getattr(getattr(why, "orig", why), "diag", None)
        return getattr(diagnosis, "constraint_name", None) in _RACES
    return state in _TRY_AGAIN


def of_a_database(why: BaseException) -> bool:
    """Whether SQLAlchemy or a driver raised it (PEP 249: every driver's root is called Error)."""
    return isinstance(why, SQLAlchemyError | sqlite3.Error) or any(
        kind.__name__ == "Error" and kind.__module__.startswith("psycopg")
        for kind in type(why).__mro__
    )


def of_one_entry(why: BaseException) -> bool:
    """Whether it is the fault of what was asked, so that others in the transaction are unhurt."""
    if not of_a_database(why):
        return True
    if state := sqlstate(why):
        return state[:2] in _ENTRY
    return sqlite_code(why) in _STATEMENT


def full(why: BaseException) -> bool:
    """Whether there is no room left where the store writes."""
    if isinstance(why, OSError):
        return why.errno in {errno.ENOSPC, errno.EDQUOT}
    return sqlstate(why) in _FULL or sqlite_code(why) == sqlite3.SQLITE_FULL


def translated(why: BaseException) -> BaseException:
    """A database's exception as Temporary 3.1 (full) or 3.0; any other as it stands."""
    if full(why):
        return Temporary("3.1", "The store is full; please try again later", loud=True)
    if not of_a_database(why):
        return why
    return Temporary("3.0", "The store cannot be written or read; please try again later")
