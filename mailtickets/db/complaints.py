"""What the log says of a store in trouble: one clear line now and then, and not one for each write.

A disk that is full, a server that is away and a file that is locked are no faults of the program:
they get a line without a traceback. What nobody foresaw gets its traceback, once in a while.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable

from twisted.logger import Logger

from mailtickets.db.moorings import Adrift
from mailtickets.db.troubles import full, of_a_database, sqlite_code, sqlstate

REPEAT = 30.0
"""Seconds between two lines about the same trouble."""

# PostgreSQL's classes: connection, resources, intervention (shutdown, crash), system, and "begin
# again", which is only told when all tries are used up.
_AWAY = frozenset({"08", "53", "55", "57", "58", "40"})
_SQLITE = {
    sqlite3.SQLITE_BUSY: "another process has locked the file",
    sqlite3.SQLITE_LOCKED: "another process has locked the file",
    sqlite3.SQLITE_IOERR: "the disk does not do what it is asked",
    sqlite3.SQLITE_READONLY: "the file cannot be written any more",
    sqlite3.SQLITE_CANTOPEN: "the file cannot be opened",
    sqlite3.SQLITE_CORRUPT: "the file is damaged: stop, and see what the next start says",
    sqlite3.SQLITE_NOTADB: "the file is damaged: stop, and see what the next start says",
}


def plain(why: BaseException) -> str | None:
    """What an exception says in words for an operator; None for what nobody foresaw."""
    if isinstance(why, Adrift):
        return (
            "another file stands in its place; put it back, or stop and see what the next start "
            "says; letters are refused with 451 4.3.0 meanwhile"
        )
    if full(why):
        return "its disk is full; letters are refused with 452 4.3.1 until there is room"
    if said := _SQLITE.get(sqlite_code(why)):
        return f"{said}; letters are refused with 451 4.3.0 meanwhile"
    if sqlstate(why)[:2] in _AWAY or _connection(why):
        return "its server cannot be spoken to; letters are refused with 451 4.3.0 meanwhile"
    return None


def _connection(why: BaseException) -> bool:
    """Whether a driver lost its connection: it has no state to tell, then."""
    kind = type(getattr(why, "orig", why))
    lost = kind.__name__ in {"OperationalError", "InterfaceError"}
    return lost and of_a_database(why) and not sqlstate(why) and not sqlite_code(why)


class Complaints:
    """Tells troubles to the log, each at most every `REPEAT` seconds. Any thread may call it."""

    def __init__(self, log: Logger, now: Callable[[], float] = time.monotonic) -> None:
        self._log = log
        self._now = now
        self._lock = threading.Lock()
        self._said: dict[str, float] = {}
        self._unsaid: dict[str, int] = {}

    def tell(self, what: str, why: BaseException) -> None:
        """`what` could not be done, because of `why`, which is being handled."""
        words = plain(why)
        about = words or f"{what} {type(why).__name__}"
        with self._lock:
            now = self._now()
            if now - self._said.get(about, -REPEAT) < REPEAT:
                self._unsaid[about] = self._unsaid.get(about, 0) + 1
                return
            self._said[about] = now
            more = self._unsaid.pop(about, 0)
        if words is None:
            self._log.failure("the store: {what} failed (and {more} more)", what=what, more=more)
        else:
            detail = " ".join(str(getattr(why, "orig", why)).split())[:200]
            self._log.error(
                "the store cannot {what}: {words} ({detail}; told every {repeat:.0f} s, "
                "{more} times since)",
                what=what,
                words=words,
                detail=detail,
                repeat=REPEAT,
                more=more,
            )
