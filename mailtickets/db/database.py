"""One database for the spool, the ledger and the embedded desk: who writes, who reads, and how."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Self, TypeVar

from sqlalchemy import Connection, Engine
from twisted.internet.defer import Deferred, ensureDeferred, fail
from twisted.internet.threads import deferToThreadPool
from twisted.logger import Logger
from twisted.python.threadpool import ThreadPool

from mailtickets.db.complaints import Complaints
from mailtickets.db.gathering import Gathering
from mailtickets.db.listening import Listener
from mailtickets.db.moorings import Moorings
from mailtickets.db.opening import READERS, engines, file_of, parse, prepare
from mailtickets.db.troubles import translated
from mailtickets.db.writer import Entry, Writer
from mailtickets.errors import Temporary
from mailtickets.interfaces import IMeter

T = TypeVar("T")
A = TypeVar("A")

READS = 5_000
"""How many reads may wait; the next one is told that the store is busy."""


class Database:
    """SQLite or PostgreSQL, written by one thread with group commit, read by a few others.

    Work is a plain function of a SQLAlchemy connection; it runs in another thread, in a
    transaction, perhaps more than once, and must touch nothing else.
    """

    def __init__(
        self,
        name: str,
        dialect: str,
        writing: Engine,
        reading: Engine,
        reactor: Any,
        writer: Writer,
        moorings: Moorings | None = None,
    ) -> None:
        self.name = name
        self.dialect = dialect
        self.reactor = reactor
        self.writing = writing
        self._reading = reading
        self._writer = writer
        self._moorings = moorings
        self._readers = ThreadPool(0, READERS, "mailtickets-reader")
        self._reads = 0
        self._closing: list[Callable[[], Awaitable[None]]] = []
        self.gathering = Gathering(reactor, writer.put)
        self._log = Logger(namespace="mailtickets.db")
        self._complaints = Complaints(self._log)

    @classmethod
    def open(cls, url: str, reactor: Any, meter: IMeter | None = None) -> Self:
        """Open the store at `url`, making it and bringing its tables up to date.

        `url` is sqlite:////absolute/path or postgresql://... Raises SettingsError for a directory
        that cannot be written, a damaged file, tables newer than this program, a server that
        cannot be reached. Blocks; call it before the reactor serves anybody.
        """
        parsed = parse(url)
        writing, reading = engines(parsed)
        try:
            prepare(parsed, writing)
            moorings = Moorings.of(file_of(parsed))
        except BaseException:
            writing.dispose()
            reading.dispose()
            raise
        log = Logger(namespace="mailtickets.db")
        check = None if moorings is None else moorings.check
        writer = Writer(writing, reactor, meter, log, check)
        made = cls(
            parsed.render_as_string(hide_password=True),
            parsed.get_backend_name(),
            writing,
            reading,
            reactor,
            writer,
            moorings,
        )
        writer.start(made.gathering.written)
        made._readers.start()
        return made

    def write(self, work: Callable[[Connection], T]) -> Deferred[T]:
        """Run `work` in the next transaction; fires when that is durable.

        Fails with Temporary 3.1 when the disk is full and 3.0 for whatever else the database says;
        an exception of the work's own is handed on as it is, and undoes only this work.
        """
        return self._put(work, None, many=False)

    def write_many(
        self, work: Callable[[Connection, list[A]], list[T]], argument: A
    ) -> Deferred[T]:
        """As `write`, for work that many ask for at once: all that wait are one call of it.

        `work` takes their arguments and answers as many results. When it raises it is called again
        for each argument alone.
        """
        return self._put(work, argument, many=True)

    def _put(self, work: Callable[..., Any], argument: Any, *, many: bool) -> Deferred[Any]:
        refusal = self._writer.refuses(len(self.gathering))
        if refusal is not None:
            return fail(refusal)
        done: Deferred[Any] = Deferred()
        self.gathering.add(Entry(work, argument, many, done))
        return done

    def read(self, work: Callable[[Connection], T]) -> Deferred[T]:
        """Run `work` in a reading transaction: one unchanging view of the database."""
        if self._reads >= READS:
            return fail(Temporary("3.0", "The store is busy; please try again later"))
        self._reads += 1
        reading: Deferred[T] = deferToThreadPool(
            self.reactor, self._readers, partial(self._read, work)
        )
        return reading.addBoth(self._has_read)

    def _read(self, work: Callable[[Connection], T]) -> T:
        try:
            if self._moorings is not None:
                self._moorings.check()
            with self._reading.connect() as connection, connection.begin():
                return work(connection)
        except Exception as why:
            translation = translated(why)
            if translation is why:
                raise
            self._complaints.tell("read", why)
            raise translation from why

    def _has_read(self, result: Any) -> Any:
        self._reads -= 1
        return result

    def listen(self, heard: Callable[[str], None]) -> Listener:
        """Call `heard` with what other processes tell; on SQLite, where there are none, never."""
        listener = Listener(self.writing, self.reactor, heard)
        if self.dialect != "sqlite":
            listener.start()
        return listener

    def before_close(self, call: Callable[[], Awaitable[None]]) -> None:
        """Have `call` awaited before the database is let go of."""
        self._closing.append(call)

    def close(self) -> Deferred[None]:
        """Finish what was asked for, then let go of the database."""
        return ensureDeferred(self._close())

    async def _close(self) -> None:
        closing, self._closing = self._closing, []
        for call in closing:
            try:
                await call()
            except Exception:
                self._log.failure("closing the store")
        self.gathering.hand_on()
        self._writer.close()
        await deferToThreadPool(self.reactor, self._readers, self._ended)
        self._stopped()

    def _ended(self) -> None:
        self._writer.join()

    def _stopped(self) -> None:
        self._readers.stop()
        self._reading.dispose()
        self.writing.dispose()
        if self._moorings is not None:
            self._moorings.close()
