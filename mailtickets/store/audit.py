"""The recount: accepted = terminal + in flight, from the tables and not from the running tally."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

from sqlalchemy import Connection, and_, case, func, or_, select, text

from mailtickets.db.schema import items, letters, parts
from mailtickets.outcomes import State
from mailtickets.slips import Audit
from mailtickets.store.tallying import totals

OVERDUE = 86400.0
"""Seconds after which something in flight is worth a look."""

LONGEST = "6h"
"""How long PostgreSQL may take over one question of a recount; others have a minute."""

MOST = 20
"""How many of a kind are named."""


def audit(connection: Connection, now: float, *, full: bool = False) -> Audit:
    """Recount everything, in one view of the database.

    `now` is the store's time. `full` also reads all of the database for damage, and the octets of
    everything in flight.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = '{LONGEST}'")
    accepted = connection.execute(select(func.coalesce(func.sum(letters.c.recipients), 0))).scalar()
    states = dict.fromkeys(State, 0)
    complaints = []
    counted = select(items.c.state, func.count()).group_by(items.c.state)
    for state, number in connection.execute(counted):
        if state in states:
            states[State(state)] = int(number)
        else:
            complaints.append(f"{number} rows are in a state that nobody knows: {state}")
    for look in (_rows, _doubles, _tally, _unfinished, _lanes, _octets):
        complaints += look(connection)
    if full:
        complaints += _damage(connection)
        complaints += _digests(connection)
    overdue = connection.execute(
        select(items.c.id)
        .where(text("items.finished IS NULL"), items.c.accepted < now - OVERDUE)
        .order_by(items.c.id)
        .limit(100)
    ).scalars()
    return Audit(int(accepted or 0), states, tuple(complaints), tuple(overdue))


def _rows(connection: Connection) -> Iterator[str]:
    """Every letter has a row for each recipient, and every row has its letter."""
    number = func.count(items.c.id)
    wrong = (
        select(letters.c.id, letters.c.trace, letters.c.recipients, number)
        .select_from(letters.outerjoin(items, items.c.letter == letters.c.id))
        .where(letters.c.recipients.is_not(None))
        .group_by(letters.c.id, letters.c.trace, letters.c.recipients)
        .having(number != letters.c.recipients)
        .limit(MOST)
    )
    for _, trace, recipients, rows in connection.execute(wrong):
        kind = "missing" if rows < recipients else "double"
        yield f"letter {trace}: {recipients} recipients, {rows} rows ({kind})"
    orphans = (
        select(items.c.id)
        .select_from(items.outerjoin(letters, items.c.letter == letters.c.id))
        .where(letters.c.id.is_(None))
        .limit(MOST)
    )
    for (id_,) in connection.execute(orphans):
        yield f"item {id_}: its letter is missing"


def _doubles(connection: Connection) -> Iterator[str]:
    """No letter is carried twice to one recipient by one agent."""
    carried = func.sum(case((items.c.state != State.DUPLICATE.value, 1), else_=0))
    twice = (
        select(items.c.letter, items.c.recipient)
        .group_by(items.c.letter, items.c.recipient, items.c.agent)
        .having(carried > 1)
        .limit(MOST)
    )
    for letter, recipient in connection.execute(twice):
        yield f"letter number {letter}: more than one row for {recipient} (double)"


def _tally(connection: Connection) -> Iterator[str]:
    """The running tally says what the rows say."""
    counting = select(items.c.state, func.count()).group_by(items.c.state)
    counted = {str(state): int(number) for state, number in connection.execute(counting)}
    for state, number in totals(connection).items():
        rows = counted.get(state.value, 0)
        if rows != number:
            yield f"{state.value}: {rows} rows, but the running tally says {number}"


def _unfinished(connection: Connection) -> Iterator[str]:
    """A row is finished if, and only if, its state is terminal."""
    terminal = items.c.state.in_([state.value for state in State if state.terminal])
    wrong = select(items.c.id, items.c.state).where(
        or_(
            and_(terminal, items.c.finished.is_(None)),
            and_(~terminal, items.c.finished.is_not(None)),
        )
    )
    for id_, state in connection.execute(wrong.limit(MOST)):
        yield f"item {id_}: {state}, which its other columns deny"


def _lanes(connection: Connection) -> Iterator[str]:
    """Of each lane in which something waits, something can move, or is held for a person."""
    moving = func.sum(case((or_(items.c.ready == 1, items.c.state != State.DUE.value), 1), else_=0))
    stuck = (
        select(items.c.lane, items.c.agent)
        .where(text("blocks = 1"))
        .group_by(items.c.lane, items.c.agent)
        .having(moving == 0)
        .limit(MOST)
    )
    for lane, agent in connection.execute(stuck):
        yield f"lane {lane} of {agent}: all wait, and nothing lets them go on"


def _octets(connection: Connection) -> Iterator[str]:
    """What is in flight has all its octets."""
    in_parts = (
        select(func.coalesce(func.sum(func.length(parts.c.octets)), 0))
        .where(parts.c.letter == letters.c.id)
        .scalar_subquery()
    )
    held = case((letters.c.parts > 0, in_parts), else_=func.length(letters.c.octets))
    short = (
        select(items.c.id, letters.c.trace)
        .select_from(items.join(letters, items.c.letter == letters.c.id))
        .where(text("items.finished IS NULL"), func.coalesce(held, -1) != letters.c.size)
        .limit(MOST)
    )
    for id_, trace in connection.execute(short):
        yield f"item {id_}: the octets of letter {trace} are not all there"


def _damage(connection: Connection) -> Iterator[str]:
    if connection.dialect.name == "sqlite":
        for (said,) in connection.exec_driver_sql("PRAGMA integrity_check(20)"):
            if said != "ok":
                yield f"the database is damaged: {said}"


def _digests(connection: Connection) -> Iterator[str]:
    """The octets of what is in flight are those that arrived."""
    flying = (
        select(letters.c.id, letters.c.trace, letters.c.sha256, letters.c.parts)
        .where(letters.c.id.in_(select(items.c.letter).where(text("items.finished IS NULL"))))
        .order_by(letters.c.id)
    )
    for id_, trace, wanted, number in connection.execute(flying).all():
        digest = sha256()
        if number:
            pieces = select(parts.c.octets).where(parts.c.letter == id_).order_by(parts.c.number)
        else:
            pieces = select(letters.c.octets).where(letters.c.id == id_)
        for piece in connection.execute(pieces.execution_options(yield_per=1)).scalars():
            digest.update(piece or b"")
        if digest.hexdigest() != wanted:
            yield f"letter {trace}: its octets are not those that arrived"
