"""The running count of rows in each state, kept in the transaction that changes them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from sqlalchemy import Connection, func, select

from mailtickets.db.prepared import Prepared, upserting
from mailtickets.db.schema import tally
from mailtickets.outcomes import State


class Tallying:
    """Adds to the tally under one gateway's name."""

    def __init__(self, dialect: str, owner: str) -> None:
        self._owner = owner
        new = upserting(tally, dialect)
        new = new.values(owner=None, state=None, number=None, at=None)
        self._add = Prepared(
            new.on_conflict_do_update(
                index_elements=["owner", "state"],
                set_={"number": tally.c.number + new.excluded.number, "at": new.excluded.at},
            ),
            dialect,
        )

    def add(self, connection: Connection, changes: Mapping[State, int], at: float) -> None:
        """Note that so many rows came to a state, or left it."""
        rows = [
            self._add.row(owner=self._owner, state=state.value, number=number, at=at)
            for state, number in sorted(changes.items())
            if number
        ]
        self._add.many(connection, rows)


def totals(connection: Connection) -> dict[State, int]:
    """The tally of all gateways; every state has a number."""
    total = func.sum(tally.c.number)
    found: Counter[State] = Counter(dict.fromkeys(State, 0))
    for state, number in connection.execute(select(tally.c.state, total).group_by(tally.c.state)):
        found[State(state)] = int(number)
    return dict(found)
