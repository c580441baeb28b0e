"""Tables are brought to a version and back, with what is in them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_twisted
from alembic.script import ScriptDirectory
from twisted.internet import reactor

from mailtickets.db.database import Database
from mailtickets.db.migrating import configuration, current, migrate, newest
from mailtickets.db.opening import engines, parse
from mailtickets.mail.mailbox import Mailbox
from mailtickets.outcomes import State
from mailtickets.slips import Advance, Settlement
from mailtickets.store.ledger import Ledger
from mailtickets.store.spool import Spool
from mailtickets.testing.spool import AGENT, NEW, envelope, submission
from tests.postgres import Server

OLDER = [
    script.revision
    for script in ScriptDirectory.from_config(configuration()).walk_revisions()
    if script.revision != newest()
]


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/mailtickets.db"
    server: Server = request.getfixturevalue("postgres")
    return server.new(empty=True)


async def _filled(spool: Spool) -> None:
    """Letters in every state, small and large, and a feed that has been read."""
    for state in State:
        if state.terminal and state is not State.DUPLICATE:
            await spool.put(envelope(), b"", [submission(state.value)])
            (item,) = await spool.take(AGENT, 1)
            assert await spool.settle(item, NEW, Settlement(state, "why"))
    other = Mailbox.parse("other@support-ticket.com")
    await spool.put(envelope(), b"small", [submission("due"), submission("o", recipient=other)])
    draft = spool.begin()
    for _ in range(3):
        if (pause := draft.write(b"x" * 1_000_000)) is not None:
            await pause
    await draft.commit(envelope(), [submission("large")], advance=Advance("support", "7"))
    await spool.put(envelope(), b"", [submission("held", hold="for a person")])


async def _rows(spool: Spool) -> list[tuple[object, ...]]:
    return [
        (one.id, one.key, one.state, str(one.recipient), one.agent, one.reason)
        for one in await spool.list(limit=1000)
    ]


@asynccontextmanager
async def _spool(url: str) -> AsyncIterator[Spool]:
    database = Database.open(url, reactor)
    try:
        spool = Spool(database, reactor, owner="one")  # type: ignore[arg-type]
        await spool.recover()
        yield spool
    finally:
        await database.close()


@pytest_twisted.ensureDeferred
async def test_rows_go_there_and_back(url: str) -> None:
    """From each older version an upgrade finds every letter again, and the audit holds."""
    async with _spool(url) as spool:
        await _filled(spool)
        before = await _rows(spool)
    assert len(before) > 9
    for version in OLDER:
        writing, reading = engines(parse(url))
        with writing.begin() as connection:
            migrate(connection, url, version)
            assert current(connection) == version
        writing.dispose()
        reading.dispose()
        async with _spool(url) as spool:
            assert await _rows(spool) == before
            audit = await spool.audit(full=True)
            assert (audit.complaints, audit.balanced) == ((), True)
            assert await Ledger(spool._database).cursor("support") == "7"
