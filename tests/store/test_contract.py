"""The spool and the ledger keep their promises on both databases."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from mailtickets.testing.ledger import ledger_contract
from mailtickets.testing.ledger_memory import MemoryLedger
from mailtickets.testing.spool import Place, spool_contract
from mailtickets.testing.spool_memory import MemorySpool
from mailtickets.tickets.values import Outgoing, Sent
from tests.postgres import Server
from tests.store.places import place, sqlite

_server: list[Server] = []
_free: list[str] = []


@asynccontextmanager
async def postgresql() -> AsyncIterator[Place]:
    """A place on PostgreSQL; the next one is the same database, emptied, unless a test failed."""
    url = _free.pop() if _free else _server[0].new()
    async with place(lambda: url) as made:
        yield made
    _server[0].empty(url)
    _free.append(url)


@asynccontextmanager
async def memory() -> AsyncIterator[Place]:
    """A place that is gone with the process."""
    passed = [0.0]
    ledger = MemoryLedger()
    spool = MemorySpool(ledger, lambda: time.time() + passed[0])
    ledger.keys = lambda: {row.item.key for row in spool.rows}
    ledger.letters = lambda: [
        Sent(row.item.key, str(row.item.recipients[0]), about)
        for row in spool.rows
        for about in [row.item.destination]
        if isinstance(about, Outgoing)
    ]

    async def later(seconds: float) -> None:
        passed[0] += seconds

    async def again() -> MemorySpool:
        await spool.recover()
        return spool

    yield Place(spool, ledger, later, again)


class TestSpoolInMemory(spool_contract(memory)):
    """The fake keeps the same promises."""


class TestLedgerInMemory(ledger_contract(memory)):
    """The fake keeps the same promises."""


class TestSpoolOnSQLite(spool_contract(sqlite)):
    """The embedded default."""


class TestLedgerOnSQLite(ledger_contract(sqlite)):
    """The embedded default."""


@pytest.fixture
def serving(postgres: Server) -> None:
    """The server that `postgresql` makes its databases on."""
    _server[:] = [postgres]


@pytest.mark.usefixtures("serving")
class TestSpoolOnPostgreSQL(spool_contract(postgresql)):
    """What several gateways share."""


@pytest.mark.usefixtures("serving")
class TestLedgerOnPostgreSQL(ledger_contract(postgresql)):
    """What several gateways share."""
