"""A house for dry runs: the settings' own rules and desks, over a copy of the store.

Nothing that happens here is kept: SQLite is copied first, so that a running gateway is not in the
way and its database is not touched; on PostgreSQL it is only read.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import Any, TypeVar

from attrs import frozen
from twisted.internet.defer import Deferred, ensureDeferred
from twisted.internet.task import react
from twisted.logger import Logger, LogPublisher
from twisted.python.failure import Failure
from twisted.python.threadpool import ThreadPool
from zope.interface import implementer

from mailtickets import __version__
from mailtickets.db.database import Database
from mailtickets.errors import Permanent, SettingsError
from mailtickets.flow.directory import Directory
from mailtickets.flow.explaining import Explaining
from mailtickets.flow.reader import Reader
from mailtickets.flow.returned import Returns
from mailtickets.flow.showing import Showing
from mailtickets.helpdesk.book import Book
from mailtickets.helpdesk.values import NoSuchTicket
from mailtickets.interfaces import IDesk, ILooksUp, IShowsStanding
from mailtickets.plugin import Needs
from mailtickets.routing.addresses import AddressBook
from mailtickets.routing.keyring import KeyRing
from mailtickets.routing.proofs import Proofs
from mailtickets.service.aftermath import told
from mailtickets.service.assembly import Walk
from mailtickets.service.automatic import own_mail
from mailtickets.service.bounds import limits_of
from mailtickets.service.desking import Desks
from mailtickets.service.guarding import Guard
from mailtickets.service.keys import FILE, key_ring
from mailtickets.service.metrics import Meter
from mailtickets.service.settings import EMBEDDED, Settings
from mailtickets.service.state import StateDirectory
from mailtickets.store.ledger import Ledger
from mailtickets.tickets.intents import AddComment, OpenTicket
from mailtickets.tickets.values import Receipt, Ticket

T = TypeVar("T")


@implementer(IDesk, ILooksUp, IShowsStanding)
@frozen
class ReadDesk:
    """The embedded desk, to be looked into and not to be written to."""

    book: Book

    async def find(self, key: str) -> Ticket | None:
        """The ticket with this key."""
        try:
            head = await self.book.head(key)
        except NoSuchTicket:
            return None
        return Ticket(
            key=head.key,
            subject=head.subject,
            requester=head.requester,
            status=head.status,
            message_id=head.message_id,
            participants=head.participants,
            updated=head.updated,
            linked=head.linked,
        )

    async def submit(self, intent: OpenTicket | AddComment, key: str) -> Receipt:  # noqa: ARG002
        """Refuse: this is a dry run."""
        raise Permanent("7.1", "Nothing is written in a dry run")


def run(settings: list[Settings], work: Callable[[list[Explaining]], Awaitable[T]]) -> T:
    """Run `work` with a dry house for each of the settings. Raises SettingsError."""
    found: list[Any] = []

    def main(reactor: Any) -> Deferred[None]:
        return ensureDeferred(_run(settings, work, reactor)).addBoth(found.append)

    with suppress(SystemExit):  # so react ends, whatever came of it
        react(main)
    if isinstance(found[0], Failure):
        found[0].raiseException()
    result: T = found[0]
    return result


async def _run(
    settings: list[Settings], work: Callable[[list[Explaining]], Awaitable[T]], reactor: Any
) -> T:
    with ExitStack() as stack:
        copies = stack.enter_context(tempfile.TemporaryDirectory(prefix="mailtickets-dry-"))
        opened: dict[str, Database] = {}
        try:
            houses = []
            for one in settings:
                if one.store_url not in opened:
                    url = _copied(one.store_url, Path(copies) / f"{len(opened)}.db")
                    opened[one.store_url] = Database.open(url, reactor)
                houses.append(_house(one, opened[one.store_url], reactor, stack))
            return await work(houses)
        finally:
            for database in opened.values():
                await database.close()


def _copied(url: str, to: Path) -> str:
    """The URL of a copy of a SQLite database; any other's own."""
    scheme, found, rest = url.partition(":///")
    if not (found and scheme.startswith("sqlite")):
        return url
    source = Path(rest)
    if source.is_file():
        os.close(os.open(to, os.O_CREAT | os.O_RDWR | os.O_EXCL, 0o600))
        try:
            with (
                closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as old,
                closing(sqlite3.connect(to)) as new,
            ):
                old.backup(new)
        except sqlite3.Error as why:
            raise SettingsError(str(source), f"cannot be read ({why})") from why
    return f"sqlite:///{to}"


def _house(settings: Settings, database: Database, reactor: Any, stack: ExitStack) -> Explaining:
    log = Logger(namespace="mailtickets", observer=LogPublisher())
    meter, state = Meter(), StateDirectory(settings.state)
    ring = _keys(settings, state)
    book = AddressBook(
        settings.queues,
        [one.route for one in settings.routes],
        ring.secrets("return path"),
        Proofs(ring.secrets("ticket")),
    )
    needs = Needs(
        reactor=reactor,
        meter=meter,
        steps=Walk(),
        hostname=settings.hostname,
        state=settings.state,
        user_agent=f"mailtickets/{__version__}",
    )
    shelf = Book(database, reactor, queues={one.name: one.prefix for one in settings.queues})
    desks: dict[str, IDesk] = {}
    for name in sorted({queue.desk for queue in settings.queues}):
        wanted = settings.desk(name)
        if wanted.kind == EMBEDDED:
            desks[name] = ReadDesk(shelf)
        else:
            desks[name] = Desks(needs, None, settings.web).make(wanted)
    limits = limits_of(settings)
    guard = Guard(settings, limits, reactor, needs, log)
    guard.start(None)
    stack.callback(guard.stop)
    pool = ThreadPool(0, 1, name="mailtickets-reading")
    pool.start()
    stack.callback(pool.stop)
    ledger = Ledger(database)
    directory = Directory(desks, ledger, reactor, log)
    return Explaining(
        book=book,
        directory=directory,
        desks=desks,
        limits=limits,
        returns=Returns(
            book=book,
            ledger=ledger,
            desks=desks,
            showing=Showing({}, reactor, log),
            participants=directory.participants,
            told=told(settings.relay_options),
        ),
        reader=Reader(reactor, pool),
        judges=guard.judges,
        authenticator=guard.authenticator,
        own=own_mail(settings.automatic, book, ring),
        now=time.time,
    )


def _keys(settings: Settings, state: StateDirectory) -> KeyRing:
    """The gateway's own keys; where it never ran there are none, and none are made."""
    wanted = settings.addresses
    if wanted.keys or wanted.file is not None or (state.path / FILE).is_file():
        return key_ring(wanted, state)
    return KeyRing((secrets.token_hex(32).encode(),))
