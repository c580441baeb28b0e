"""The audit finds what somebody's hand, or a fault of ours, did to the tables: on both."""

from __future__ import annotations

from typing import Any

import pytest
import pytest_twisted
from sqlalchemy import Connection, delete, insert, select, text, update

from mailtickets.db.database import Database
from mailtickets.db.schema import items, letters, parts, tally
from mailtickets.outcomes import State
from mailtickets.store.audit import LONGEST, OVERDUE, audit
from mailtickets.store.spool import Spool
from mailtickets.testing.spool import envelope, submission
from tests.store.places import later
from tests.store.test_retention import drafted, gateway, opened, settled, url

__all__ = ["url"]


def _missing(connection: Connection) -> None:
    connection.execute(delete(items).where(items.c.key == "second"))


def _double(connection: Connection) -> None:
    row = dict(connection.execute(select(items).where(items.c.key == "second")).one()._mapping)
    connection.execute(insert(items).values({**row, "id": 1000, "prime": 0}))


def _orphan(connection: Connection) -> None:
    connection.execute(delete(letters).where(letters.c.id == _letter("second")))


def _drifted(connection: Connection) -> None:
    connection.execute(update(tally).values(number=tally.c.number + 1))


def _half_finished(connection: Connection) -> None:
    connection.execute(update(items).where(items.c.key == "first").values(finished=None))


def _stuck(connection: Connection) -> None:
    connection.execute(update(items).where(items.c.key == "second").values(ready=0))


def _unknown(connection: Connection) -> None:
    connection.execute(update(items).where(items.c.key == "second").values(state="lost"))


def _short(connection: Connection) -> None:
    connection.execute(delete(parts).where(parts.c.letter == _letter("third")))


def _letter(key: str) -> Any:
    return select(items.c.letter).where(items.c.key == key).scalar_subquery()


async def _filled(database: Database) -> Spool:
    """One letter at its end, one that waits, and a large one that waits."""
    spool = gateway(database, "me")
    await spool.put(envelope(), b"one", [submission("first")])
    await settled(spool, State.OPENED)
    await spool.put(envelope(), b"two", [submission("second", lane="b")])
    await drafted(spool, b"x" * 300_000, "third")
    return spool


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (_missing, "1 recipients, 0 rows (missing)"),
        (_double, "1 recipients, 2 rows (double)"),
        (_orphan, "its letter is missing"),
        (_drifted, "but the running tally says"),
        (_half_finished, "opened, which its other columns deny"),
        (_stuck, "all wait, and nothing lets them go on"),
        (_unknown, "in a state that nobody knows: lost"),
        (_short, "are not all there"),
    ],
)
@pytest_twisted.ensureDeferred
async def test_what_is_wrong_is_named(url: str, harm: Any, said: str) -> None:
    """A row too few or too many, and whatever else breaks the law, has a sentence of its own."""
    async with opened(url) as database:
        spool = await _filled(database)
        before = await spool.audit(full=True)
        assert (before.balanced, before.complaints) == (True, ())
        await database.write(harm)
        found = await spool.audit()
        assert not found.balanced
        assert any(said in complaint for complaint in found.complaints), found.complaints


@pytest_twisted.ensureDeferred
async def test_octets_that_changed_are_found_by_a_full_one(url: str) -> None:
    """As many octets as there were, but others: by their digest."""
    async with opened(url) as database:
        spool = await _filled(database)
        changed = update(letters).where(letters.c.id == _letter("second")).values(octets=b"TWO")
        await database.write(lambda connection: connection.execute(changed).rowcount)
        assert (await spool.audit()).balanced
        (complaint,) = (await spool.audit(full=True)).complaints
        assert complaint.endswith("its octets are not those that arrived")


@pytest_twisted.ensureDeferred
async def test_what_is_in_flight_for_too_long_is_listed(url: str) -> None:
    """By number; what has come to its end is not, however old."""
    async with opened(url) as database:
        spool = await _filled(database)
        assert (await spool.audit()).overdue == ()
        await later(database, OVERDUE + 1)
        found = await spool.audit()
        waiting = [shelf.id for shelf in await spool.list((State.DUE,))]
        assert (list(found.overdue), len(waiting)) == (waiting, 2)


@pytest_twisted.ensureDeferred
async def test_a_recount_may_take_its_time(url: str) -> None:
    """Other questions to PostgreSQL have a minute, which millions of rows would exceed."""
    async with opened(url) as database:
        if database.dialect == "sqlite":
            return  # it knows no such limit

        def limited(connection: Connection) -> str:
            audit(connection, 0.0)
            return str(connection.execute(text("SHOW statement_timeout")).scalar_one())

        assert await database.read(limited) == LONGEST
