"""What the spool tells about its items, and what an operator's hand does to them."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from attrs import evolve, frozen
from sqlalchemy import Connection, Row, Select, delete, func, insert, select, text, update

from mailtickets.db.schema import items, letters, parts, records
from mailtickets.mail.envelope import Envelope
from mailtickets.outcomes import State
from mailtickets.slips import Shelf
from mailtickets.store.accepting import pieces_of
from mailtickets.store.carrying import Carrying
from mailtickets.store.clock import StoreClock
from mailtickets.store.tallying import Tallying
from mailtickets.store.text import clean
from mailtickets.tickets.codec import read_envelope, read_receipt

MOST = 1000
"""Items that one listing tells, at most."""


def _shelves() -> Select[Any]:
    return select(
        items.c.id,
        letters.c.trace,
        items.c.key,
        letters.c.sender,
        items.c.recipient,
        items.c.agent,
        items.c.lane,
        items.c.state,
        items.c.attempts,
        items.c.accepted,
        items.c.due,
        items.c.reason,
        letters.c.subject,
        items.c.receipt,
    ).select_from(items.join(letters, items.c.letter == letters.c.id))


def _shown() -> Select[Any]:
    """One item with all that is told of it."""
    recorded = select(records.c.record).where(records.c.item == items.c.id).scalar_subquery()
    return _shelves().add_columns(
        letters.c.envelope, letters.c.size, letters.c.parts, items.c.letter, recorded
    )


def _shelf(row: Row[Any], ahead: float) -> Shelf:
    return Shelf(
        id=row.id,
        letter=row.trace,
        key=row.key,
        sender=row.sender,
        recipient=row.recipient,
        agent=row.agent,
        lane=row.lane,
        state=State(row.state),
        attempts=row.attempts,
        accepted=row.accepted + ahead,
        due=None if row.due is None else row.due + ahead,
        reason=row.reason,
        subject=row.subject,
        receipt=read_receipt(row.receipt),
    )


@frozen
class Wanted:
    """Which items a listing shall tell; see `mailtickets.interfaces.ISpool.list`."""

    states: Sequence[State] = ()
    agent: str | None = None
    recipient: str | None = None
    after: int = 0
    limit: int = 100
    older: float | None = None
    younger: float | None = None


class Shelves:
    """Lists, shows, releases, retries and drops."""

    def __init__(self, clock: StoreClock, tallying: Tallying, carrying: Carrying) -> None:
        self._clock = clock
        self._tallying = tallying
        self._carrying = carrying

    def list(self, connection: Connection, wanted: Wanted) -> list[Shelf]:
        """Items by ascending id from beyond `wanted.after`."""
        found = _shelves().where(items.c.id > wanted.after).order_by(items.c.id)
        if wanted.states:
            found = found.where(items.c.state.in_([state.value for state in wanted.states]))
            if not any(state.terminal for state in wanted.states):  # the few among the many
                found = found.where(text("items.finished IS NULL"))
        if wanted.agent is not None:
            found = found.where(items.c.agent == wanted.agent)
        if wanted.recipient is not None:
            found = found.where(func.lower(items.c.recipient) == clean(wanted.recipient).lower())
        now = self._clock.look(connection)
        if wanted.older is not None:
            found = found.where(items.c.accepted <= now - wanted.older)
        if wanted.younger is not None:
            found = found.where(items.c.accepted >= now - wanted.younger)
        ahead = self._clock.ahead(connection)
        rows = connection.execute(found.limit(min(max(wanted.limit, 0), MOST)))
        return [_shelf(row, ahead) for row in rows]

    def show(
        self, connection: Connection, id_: int
    ) -> tuple[Shelf, Envelope | None, int, int, int] | None:
        """One item, its envelope, and its letter's row number, size and number of parts."""
        row = connection.execute(_shown().where(items.c.id == id_)).one_or_none()
        if row is None:
            return None
        envelope = None if row.envelope is None else read_envelope(row.envelope)
        shelf = evolve(_shelf(row, self._clock.ahead(connection)), record=row[-1] or "")
        return shelf, envelope, row.letter, row.size, row.parts

    def replace(self, connection: Connection, id_: int, octets: bytes) -> str | None:
        """Give a held or waiting row a letter of its own; answers its agent, None if it is not."""
        row = connection.execute(
            select(items.c.state, items.c.agent, items.c.letter)
            .where(items.c.id == id_)
            .with_for_update()
        ).one_or_none()
        if row is None or row.state not in {State.DUE.value, State.HELD.value}:
            return None
        old = connection.execute(
            select(letters).where(letters.c.id == row.letter).with_for_update()
        ).one()
        pieces = pieces_of(octets)
        new = connection.execute(
            insert(letters)
            .values(
                trace=old.trace,
                sender=old.sender,
                subject=old.subject,
                recipients=1,
                owner=old.owner,
                arrived=old.arrived,
                size=len(octets),
                sha256=sha256(octets).hexdigest(),
                parts=len(pieces),
                envelope=old.envelope,
                octets=None if pieces else octets,
            )
            .returning(letters.c.id)
        ).scalar_one()
        for number, piece in enumerate(pieces):
            connection.execute(insert(parts).values(letter=new, number=number, octets=piece))
        connection.execute(update(items).where(items.c.id == id_).values(letter=new))
        # One recipient has moved: accepted stays what it was, here and in the audit.
        if old.recipients > 1:
            fewer = {"recipients": old.recipients - 1}
            connection.execute(update(letters).where(letters.c.id == old.id).values(fewer))
        else:
            connection.execute(delete(parts).where(parts.c.letter == old.id))
            connection.execute(delete(letters).where(letters.c.id == old.id))
        return str(row.agent)

    def move(
        self, connection: Connection, id_: int, allowed: Sequence[State], to: State, reason: str
    ) -> str | None:
        """Move a row by hand to due or dropped; answers its agent, None when it is not allowed."""
        now = self._clock.at(connection)
        row = connection.execute(
            select(items.c.state, items.c.lane, items.c.agent, items.c.blocks)
            .where(items.c.id == id_)
            .with_for_update()
        ).one_or_none()
        if row is None or State(row.state) not in allowed:
            return None
        values: dict[str, Any] = {"state": to.value, "blocks": 0, "ready": 0}
        if to is State.DUE:
            values |= {"due": now, "blocks": 1}
        else:
            values |= {"due": None, "finished": now, "reason": clean(reason)[:500]}
        connection.execute(update(items).where(items.c.id == id_).values(values))
        self._carrying.arrange(connection, row.lane, row.agent)
        self._tallying.add(
            connection, {State(row.state): -1, to: 1} if row.state != to else {}, now
        )
        return str(row.agent)
