"""A real store for the flow's tests, and a desk that does as it is told."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_twisted
from attrs import define, field
from twisted.logger import Logger
from twisted.python.threadpool import ThreadPool
from zope.interface import implementer

from mailtickets.db.database import Database
from mailtickets.db.opening import engines, parse, prepare
from mailtickets.errors import Permanent
from mailtickets.flow.alarms import Alarms
from mailtickets.flow.directory import Directory
from mailtickets.flow.reader import Reader
from mailtickets.interfaces import IDesk, IFeed, ILooksUp
from mailtickets.routing.addresses import AddressBook, Queue, Route
from mailtickets.store.ledger import Ledger
from mailtickets.store.spool import Spool
from mailtickets.testing.meter import MemoryMeter
from mailtickets.testing.steps import RecordingSteps
from mailtickets.tickets.events import Event, Kind
from mailtickets.tickets.intents import AddComment, OpenTicket
from mailtickets.tickets.values import Person, Receipt, Ticket


@implementer(IDesk, IFeed, ILooksUp)
@define
class ObedientDesk:
    """Does what it is asked, once per key, unless `fails` says what to raise instead."""

    tickets: dict[str, Ticket] = field(factory=dict)
    receipts: dict[str, Receipt] = field(factory=dict)
    submitted: list[OpenTicket | AddComment] = field(factory=list)
    happened: list[Event] = field(factory=list)
    fails: list[Exception] = field(factory=list)
    unasked: Exception | None = None

    async def submit(self, intent: OpenTicket | AddComment, key: str) -> Receipt:
        if self.fails:
            raise self.fails.pop(0)
        if key in self.receipts:
            return self.receipts[key]
        self.submitted.append(intent)
        if isinstance(intent, OpenTicket):
            ticket = f"{intent.prefix}-{len(self.tickets) + 1}"
            self.tickets[ticket] = Ticket(
                ticket, intent.subject, intent.requester, message_id=intent.message_id
            )
        elif intent.ticket in self.tickets:
            ticket = intent.ticket
        else:
            raise Permanent("1.1", "No such ticket")
        self.receipts[key] = Receipt(ticket, str(len(self.submitted)))
        return self.receipts[key]

    async def find(self, key: str) -> Ticket | None:
        if self.unasked is not None:
            raise self.unasked
        return self.tickets.get(key)

    def say(self, ticket: str, text: str, **more: Any) -> Event:
        """An agent's comment happens."""
        number = str(len(self.happened) + 1)
        values: dict[str, Any] = {
            "author": Person("Agnes", "agnes@support-ticket.com"),
            "comment_id": number,
            "public": True,
        }
        event = Event(number, number, Kind.COMMENT_ADDED, ticket, text=text, **(values | more))
        self.happened.append(event)
        return event

    async def events(self, after: str | None, wait: float) -> list[Event]:
        return self.happened[int(after or 0) :]

    async def end(self) -> str:
        return str(len(self.happened))


@define
class Household:
    """The parts that every flow is made of."""

    database: Database
    spool: Spool
    ledger: Ledger
    desk: ObedientDesk
    book: AddressBook
    directory: Directory
    reader: Reader
    alarms: Alarms
    meter: MemoryMeter
    steps: RecordingSteps
    log: Logger
    said: list[dict[str, Any]]
    tasks: list[Any] = field(factory=list)


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory) -> Path:
    """A store with its tables and nothing in them: made once, and copied for each house."""
    path: Path = tmp_path_factory.mktemp("store") / "mailtickets.db"
    url = parse(f"sqlite:///{path}")
    writing, reading = engines(url)
    prepare(url, writing)
    with writing.connect() as connection:  # all of it into the one file
        connection.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    writing.dispose()
    reading.dispose()
    return path


@pytest_twisted.async_yield_fixture
async def household(tmp_path, empty_store) -> AsyncIterator[Household]:
    """A house on SQLite, with one queue and one route."""
    from twisted.internet import reactor  # noqa: PLC0415 - pytest-twisted installs it after us

    shutil.copy(empty_store, tmp_path / "mailtickets.db")
    database = Database.open(f"sqlite:///{tmp_path}/mailtickets.db", reactor)
    ledger = Ledger(database)
    desk, meter, said = ObedientDesk(), MemoryMeter(), []
    log = Logger(namespace="test", observer=said.append)
    pool = ThreadPool(0, 1)
    pool.start()
    queue = Queue("support", "support-ticket.com", open=("new", "help"))
    yield Household(
        database=database,
        spool=Spool(database, reactor, owner="test"),
        ledger=ledger,
        desk=desk,
        book=AddressBook([queue], [Route("parts@example.org", "route:parts")]),
        directory=Directory({"embedded": desk}, ledger, reactor, log),
        reader=Reader(reactor, pool),
        alarms=Alarms(reactor, meter, log),
        meter=meter,
        steps=RecordingSteps(),
        log=log,
        said=said,
    )
    pool.stop()
    await database.close()


@pytest.fixture
def log_text(household):
    """Everything that was logged, as one text."""
    return lambda: "\n".join(str(event) for event in household.said)
