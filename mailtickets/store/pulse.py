"""How the store does at this moment: a few numbers, cheap enough to be asked for every second."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen
from sqlalchemy import Connection, func, select, text

from mailtickets.db.schema import feeds, items
from mailtickets.outcomes import State
from mailtickets.store.tallying import totals


@frozen
class Pulse:
    """What a gateway tells of its store.

    `tally` counts the rows of each state, those in flight included. `oldest` is the age in seconds
    of what has been in flight for the longest time, 0 when nothing is. `leases` and `following`,
    names of feeds, are this gateway's own.
    """

    tally: Mapping[State, int] = field(factory=dict)
    oldest: float = 0.0
    leases: int = 0
    following: frozenset[str] = frozenset()


def pulse(connection: Connection, owner: str, now: float) -> Pulse:
    """Feel it for the gateway `owner`, in one view of the database. `now` is the store's time."""
    # Numbers grow with time, and the index has only what is in flight: this reads one row.
    first = connection.execute(
        select(items.c.accepted).where(text("items.finished IS NULL")).order_by(items.c.id).limit(1)
    ).scalar()
    leases = connection.execute(
        select(func.count()).where(text("items.state = 'leased'"), items.c.owner == owner)
    ).scalar_one()
    following = connection.execute(select(feeds.c.feed).where(feeds.c.follower == owner)).scalars()
    return Pulse(
        tally=totals(connection),
        oldest=0.0 if first is None else max(0.0, now - first),
        leases=int(leases),
        following=frozenset(following),
    )
