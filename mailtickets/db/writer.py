"""The one thread that writes, with group commit.

Whatever waits goes into one transaction and one fsync; then all its Deferreds fire from one call
into the reactor's thread. One that fails does not hurt the others: all are run again then, each in
a savepoint of its own. Entries that ask for the same work are executed as one call, which is what
makes accepting a letter cheap. Work that waits at the same time has no order among itself: who
needs an order awaits the first before asking for the second. Work may be run more than once, and
must do nothing but speak to the connection it is given.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from attrs import define, field
from sqlalchemy import Connection, Engine
from twisted.internet.defer import Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure

from mailtickets.db.complaints import Complaints
from mailtickets.db.prepared import driver
from mailtickets.db.troubles import again, of_one_entry, translated
from mailtickets.errors import Temporary
from mailtickets.interfaces import IMeter

QUEUE = 20_000
"""How many writes may wait; the next one is told that the store is busy."""

BATCH = 256
"""How many of them one transaction takes."""

TRIES = 5
"""How often a transaction is run that the database asks to run again."""


@define(eq=False)  # frozen ones take twice as long to make
class Entry:
    """A piece of work that waits. `many` is true of work that takes a list of arguments."""

    work: Callable[..., Any]
    argument: Any
    many: bool
    done: Deferred[Any]


@define(eq=False)
class _Call:
    """Entries that are executed as one call, and then what became of each."""

    work: Callable[..., Any]
    many: bool
    entries: list[Entry]
    results: list[Any] = field(factory=list)

    def run(self, connection: Connection) -> None:
        if not self.many:
            self.results = [self.work(connection)]
            return
        self.results = list(self.work(connection, [entry.argument for entry in self.entries]))
        if len(self.results) != len(self.entries):
            raise AssertionError(f"{self.work} gave {len(self.results)} for {len(self.entries)}")

    def fates(self) -> list[tuple[Deferred[Any], Any]]:
        return [(e.done, r) for e, r in zip(self.entries, self.results, strict=True)]

    def split(self) -> list[_Call]:
        return [_Call(self.work, self.many, [entry]) for entry in self.entries]


def calls_of(batch: Sequence[Entry]) -> list[_Call]:
    """The batch as calls: entries of the same work stand together, at the first one's place."""
    calls: list[_Call] = []
    by_work: dict[Any, _Call] = {}
    for entry in batch:
        if entry.many and (call := by_work.get(entry.work)) is not None:
            call.entries.append(entry)
            continue
        call = _Call(entry.work, entry.many, [entry])
        calls.append(call)
        if entry.many:
            by_work[entry.work] = call
    return calls


def _failure(why: BaseException) -> Failure:
    return Failure(why)  # type: ignore[no-untyped-call]


class Writer:
    """Runs entries, a batch at a time, until it is closed.

    `check` raises, before each transaction, where it could not be durable.
    """

    def __init__(
        self,
        engine: Engine,
        reactor: Any,
        meter: IMeter | None,
        log: Logger,
        check: Callable[[], None] | None = None,
    ) -> None:
        self._engine = engine
        self._reactor = reactor
        self._meter = meter
        self._log = log
        self._check = check
        self._complaints = Complaints(log)
        self._waiting: deque[Entry] = deque()
        self._bell = threading.Condition(threading.Lock())
        self._closing = False
        self._connection: Connection | None = None
        self._written: Callable[[float], None]
        self._thread = threading.Thread(target=self._run, name="mailtickets-writer", daemon=True)

    def start(self, written: Callable[[float], None]) -> None:
        """Start the thread. `written` hears in the reactor's how many seconds each batch took."""
        self._written = written
        self._thread.start()

    def refuses(self, asked: int) -> Temporary | None:
        """Why one entry more may not wait, beside those that do and `asked` others."""
        if self._closing:
            return Temporary("3.0", "The store is closing; please try again later")
        if len(self._waiting) + asked >= QUEUE:
            return Temporary("3.0", "The store is busy; please try again later")
        return None

    def put(self, entries: Sequence[Entry]) -> None:
        """Let entries wait for their turn."""
        with self._bell:
            idle = not self._waiting
            self._waiting.extend(entries)
            if idle:
                self._bell.notify()

    def close(self) -> None:
        """Do what waits, then end. Called in any thread but the writer's; `join` follows."""
        with self._bell:
            self._closing = True
            self._bell.notify()

    def join(self) -> None:
        """Wait until the thread has ended."""
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while True:
            with self._bell:
                while not self._waiting and not self._closing:
                    self._bell.wait()
                batch = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
            if not batch:
                break
            began = time.perf_counter()
            fates = self._fates(batch)
            self._reactor.callFromThread(self._fire, fates, time.perf_counter() - began)
        self._disconnect()

    def _fire(self, fates: list[tuple[Deferred[Any], Any]], seconds: float) -> None:
        self._written(seconds)
        if self._meter is not None:
            self._meter.observe("commit_seconds", seconds)
            self._meter.observe("commit_batch", len(fates))
        for done, result in fates:
            if isinstance(result, Failure):
                done.errback(result)
            else:
                done.callback(result)

    def _fates(self, batch: Sequence[Entry]) -> list[tuple[Deferred[Any], Any]]:
        for attempt in range(TRIES):
            try:
                if self._check is not None:
                    self._check()
                return self._transaction(calls_of(batch))
            except BaseException as why:
                if again(why) and attempt + 1 < TRIES:
                    time.sleep(0.01 * 2**attempt)
                    continue
                self._complaints.tell("write", why)
                self._disconnect()
                return [(entry.done, _failure(translated(why))) for entry in batch]
        raise AssertionError("not reached")

    def _transaction(self, calls: list[_Call]) -> list[tuple[Deferred[Any], Any]]:
        fates = self._together(calls)
        if fates is None:  # one of them failed: who does not shall not be hurt by it
            fates = self._in_turn(calls)
        return fates

    def _together(self, calls: list[_Call]) -> list[tuple[Deferred[Any], Any]] | None:
        """Run all calls without a savepoint, which most never need; None if one of them failed."""
        connection = self._begin()
        raw = driver(connection)
        try:
            for call in calls:
                call.run(connection)
            raw.commit()
        except BaseException as why:
            with suppress(Exception):  # a broken connection says no more than it has said
                raw.rollback()
            if not of_one_entry(why) or again(why) or not isinstance(why, Exception):
                raise
            if len(calls) == 1 and len(calls[0].entries) == 1:
                return self._failed(calls[0], why)
            return None
        return [fate for call in calls for fate in call.fates()]

    def _in_turn(self, calls: list[_Call]) -> list[tuple[Deferred[Any], Any]]:
        """Run each call in a savepoint of its own."""
        connection = self._begin()
        raw = driver(connection)
        try:
            fates = [fate for call in calls for fate in self._called(connection, call)]
            raw.commit()
        except BaseException:
            with suppress(Exception):
                raw.rollback()
            raise
        return fates

    def _begin(self) -> Connection:
        """A connection in a transaction.

        SQLAlchemy is told of one transaction for as long as the connection lives: its own way to
        begin and commit costs as much as accepting two letters. The driver is told of each.
        """
        connection = self._connection
        if connection is None:
            connection = self._connection = self._engine.connect()
            connection.begin()
        elif self._engine.dialect.name == "sqlite":  # psycopg begins by itself
            driver(connection).execute("BEGIN IMMEDIATE")
        return connection

    def _called(self, connection: Connection, call: _Call) -> list[tuple[Deferred[Any], Any]]:
        """Run a call in a savepoint; entry by entry when it fails as a whole."""
        cursor = driver(connection).cursor()
        cursor.execute("SAVEPOINT entry")
        try:
            call.run(connection)
        except Exception as why:
            if not of_one_entry(why) or again(why):
                raise
            cursor.execute("ROLLBACK TO SAVEPOINT entry")
            cursor.execute("RELEASE SAVEPOINT entry")
            if len(call.entries) == 1:
                return self._failed(call, why)
            return [fate for each in call.split() for fate in self._called(connection, each)]
        cursor.execute("RELEASE SAVEPOINT entry")
        return call.fates()

    def _failed(self, call: _Call, why: Exception) -> list[tuple[Deferred[Any], Any]]:
        translation = translated(why)
        if translation is not why:
            self._complaints.tell("write", why)
        return [(call.entries[0].done, _failure(translation))]

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            connection.invalidate()
            connection.close()
        except Exception:
            self._log.debug("a broken connection did not close")
