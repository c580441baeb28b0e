"""How rows are taken, kept, settled and taken back: a lease with an owner and a fence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from attrs import frozen
from sqlalchemy import Connection, Row, and_, select, text, update
from sqlalchemy.sql import bindparam

from mailtickets.db.prepared import Prepared, among, listed
from mailtickets.db.schema import items, letters
from mailtickets.mail.envelope import Item
from mailtickets.outcomes import State
from mailtickets.slips import Settlement
from mailtickets.store.clock import StoreClock
from mailtickets.store.tallying import Tallying
from mailtickets.store.text import clean
from mailtickets.tickets.codec import write_receipt

LEASE = 15.0
"""Seconds for which a taken item is its taker's, unless it says so again."""

INLINE = 64 * 1024
"""Octets of a letter that come along when it is taken; larger ones are read when asked for."""

REASON = 500
"""Characters of a reason that a row keeps."""

LONGEST = 30 * 86400.0
"""Seconds for which an item can be put off; a clock gone wild must not bury a letter."""


@frozen(eq=False)
class Taking:
    """Who wants how many. `now` is the store's time to be told with what was taken."""

    agent: str
    limit: int


@frozen(eq=False)
class Taken:
    """The rows that were taken, and the store's time when they were."""

    rows: Sequence[Row[Any]]
    now: float


@frozen(eq=False)
class Settling:
    """What became of an item. `after` is the seconds until it is due again."""

    item: Item
    settlement: Settlement
    after: float = 0.0


class Carrying:
    """Leases and settles rows."""

    def __init__(
        self, dialect: str, owner: str, clock: StoreClock, tallying: Tallying, lease: float = LEASE
    ) -> None:
        self._dialect = dialect
        self._owner = owner
        self._clock = clock
        self._tallying = tallying
        self._lease = lease
        self.lived = 0.0
        due = (
            select(items.c.id)
            .where(text("ready = 1"), items.c.agent == bindparam("of_agent"))
            .where(items.c.due <= bindparam("at"))
            .order_by(items.c.due, items.c.id)
            .limit(bindparam("most"))
            .with_for_update(skip_locked=True)
        )
        self._take = Prepared(
            update(items)
            .where(items.c.id.in_(due))
            .values(
                state=bindparam("leased"),
                ready=bindparam("no"),
                owner=bindparam("me"),
                fence=items.c.fence + 1,
                attempts=items.c.attempts + 1,
                leased_until=bindparam("until"),
            )
            .returning(items.c.id),
            dialect,
        )
        blob = letters.c.octets
        self._taken = Prepared(
            select(
                items.c.id,
                items.c.key,
                items.c.recipient,
                items.c.agent,
                items.c.lane,
                items.c.destination,
                items.c.attempts,
                items.c.accepted,
                items.c.fence,
                items.c.holds_lane,
                items.c.letter,
                letters.c.envelope,
                letters.c.size,
                letters.c.parts,
                blob,
            )
            .select_from(items.join(letters, items.c.letter == letters.c.id))
            .where(among(items.c.id, "ids", dialect))
            .order_by(items.c.due, items.c.id),
            dialect,
        )
        self._standing = Prepared(
            select(
                items.c.id,
                items.c.state,
                items.c.owner,
                items.c.fence,
                items.c.lane,
                items.c.agent,
                items.c.holds_lane,
            )
            .where(among(items.c.id, "ids", dialect))
            .order_by(items.c.id)
            .with_for_update(of=items),
            dialect,
        )
        self._settle = Prepared(
            update(items)
            .where(items.c.id == bindparam("of"))
            .values(
                state=bindparam("to"),
                blocks=bindparam("blocking"),
                ready=bindparam("is_ready"),
                due=bindparam("when_due"),
                finished=bindparam("when_finished"),
                owner=None,
                leased_until=None,
                reason=bindparam("why"),
                receipt=bindparam("answer"),
            ),
            dialect,
        )
        first = (
            select(items.c.id)
            .where(text("blocks = 1"), items.c.lane == bindparam("of_lane"))
            .where(items.c.agent == bindparam("of_agent"))
            .order_by(items.c.id)
            .limit(1)
            .scalar_subquery()
        )
        self._promote = Prepared(
            update(items)
            .where(items.c.id == first, items.c.state == text("'due'"))
            .values(ready=text("1")),
            dialect,
        )

    def take(self, connection: Connection, takings: list[Taking]) -> list[Taken]:
        """Lease what is due, for each that asks."""
        now = self._clock.at(connection)
        taken = []
        changes: Counter[State] = Counter()
        for taking in takings:
            ids = self._take.run(
                connection,
                of_agent=taking.agent,
                at=now,
                most=taking.limit,
                leased=State.LEASED.value,
                no=0,
                me=self._owner,
                until=self.lease_ends(now),
            )
            rows: Sequence[Row[Any]] = ()
            if ids:
                numbers = [id_ for (id_,) in ids]
                rows = self._taken.run(connection, ids=listed(numbers, self._dialect))
                changes[State.DUE] -= len(rows)
                changes[State.LEASED] += len(rows)
            taken.append(Taken(rows, now))
        self._tallying.add(connection, changes, now)
        return taken

    def _lease_time(self, now: float) -> float:
        """The time that leases are counted in.

        On SQLite it is that of our own life, beat by beat: a process that was stopped for a while,
        or whose clock jumped, finds its leases as they were.
        """
        return now if self._dialect != "sqlite" else self.lived

    def lease_ends(self, now: float) -> float:
        """When a lease that begins now, by the store's time, ends in the time of leases."""
        return self._lease_time(now) + self._lease

    def expire(self, connection: Connection) -> int:
        """Take back leases that ended: whoever held them is gone, or slept too long."""
        now = self._clock.at(connection)
        gone = (
            select(items.c.id)
            .where(text("state = 'leased'"), items.c.leased_until < self._lease_time(now))
            .limit(500)
            .with_for_update(skip_locked=True)
        )
        return self._take_back(connection, items.c.id.in_(gone), now)

    def leave(self, connection: Connection) -> int:
        """Give back what we hold, so that others need not wait for our leases to end."""
        now = self._clock.at(connection)
        return self._take_back(connection, items.c.owner == self._owner, now)

    def _take_back(self, connection: Connection, which: Any, now: float) -> int:
        count = connection.execute(
            update(items)
            .where(text("state = 'leased'"), which)
            .values(state="due", ready=1, owner=None, leased_until=None)
        ).rowcount
        if count:
            self._tallying.add(connection, {State.LEASED: -count, State.DUE: count}, now)
        return count

    def give_back(self, connection: Connection, given: Sequence[Item]) -> None:
        """Let go of items that nobody has begun with: they are due as before, untried."""
        now = self._clock.at(connection)
        count = sum(
            connection.execute(
                update(items)
                .where(items.c.id == item.id, text("state = 'leased'"))
                .where(items.c.owner == item.owner, items.c.fence == item.fence)
                .values(
                    state="due",
                    ready=1,
                    owner=None,
                    leased_until=None,
                    attempts=items.c.attempts - 1,
                )
            ).rowcount
            for item in given
        )
        if count:
            self._tallying.add(connection, {State.LEASED: -count, State.DUE: count}, now)

    def recover(self, connection: Connection) -> int:
        """Take back every lease on SQLite, whose one writer is us; what has ended on PostgreSQL."""
        if self._dialect != "sqlite":
            return self.expire(connection)
        return self._take_back(connection, items.c.owner.is_not(None), self._clock.at(connection))

    def renew(self, connection: Connection, ids: Iterable[int]) -> None:
        """Prolong leases that are still ours."""
        now = self._clock.at(connection)
        connection.execute(
            update(items)
            .where(
                items.c.id.in_(list(ids)), items.c.owner == self._owner, items.c.state == "leased"
            )
            .values(leased_until=self.lease_ends(now))
        )

    def settle(
        self, connection: Connection, settlings: list[Settling]
    ) -> tuple[list[bool], frozenset[str]]:
        """Write what became of items whose lease is still good.

        Tells of each whether it was, and the agents of which something may be due by that.
        """
        now = self._clock.at(connection)
        ids = sorted({settling.item.id for settling in settlings})
        standing = {
            row.id: row for row in self._standing.run(connection, ids=listed(ids, self._dialect))
        }
        rows = []
        lanes = set()
        agents = set()
        good = []
        changes: Counter[State] = Counter()
        for settling in settlings:
            item, settlement = settling.item, settling.settlement
            row = standing.pop(item.id, None)
            if (
                row is None
                or row.state != State.LEASED.value
                or row.owner != item.owner
                or row.fence != item.fence
            ):
                good.append(False)
                continue
            good.append(True)
            values, blocks = self._values(row, settling, now)
            rows.append(self._settle.row(**values))
            changes[State.LEASED] -= 1
            changes[settlement.state] += 1
            if not blocks:
                lanes.add((row.lane, row.agent))
            elif settlement.state is State.DUE:
                agents.add(row.agent)
        self._settle.many(connection, rows)
        if self.promote(connection, lanes):
            agents.update(agent for _, agent in lanes)
        self._tallying.add(connection, changes, now)
        return good, frozenset(agents)

    def _values(self, row: Row[Any], settling: Settling, now: float) -> tuple[dict[str, Any], bool]:
        settlement = settling.settlement
        state = settlement.state
        blocks = state is State.DUE or (state is State.HELD and bool(row.holds_lane))
        return {
            "of": row.id,
            "to": state.value,
            "blocking": int(blocks),
            "is_ready": int(state is State.DUE),
            "when_due": now + min(max(settling.after, 0.0), LONGEST)
            if state is State.DUE
            else None,
            "when_finished": now if state.terminal else None,
            "owner": None,
            "leased_until": None,
            "why": clean(settlement.reason)[:REASON],
            "answer": write_receipt(settlement.receipt),
        }, blocks

    def promote(self, connection: Connection, lanes: Iterable[tuple[str, str]]) -> int:
        """Let the first that waits in each lane become ready; tells in how many one did."""
        rows = [self._promote.row(of_lane=lane, of_agent=agent) for lane, agent in sorted(lanes)]
        return self._promote.many(connection, rows)

    def arrange(self, connection: Connection, lane: str, agent: str) -> None:
        """Make the first of a lane ready, and it alone, after a row was moved by hand."""
        of_lane = and_(text("blocks = 1"), items.c.lane == lane, items.c.agent == agent)
        first = connection.execute(
            select(items.c.id, items.c.state).where(of_lane).order_by(items.c.id)
        ).all()
        leased = any(state == State.LEASED.value for _, state in first)
        connection.execute(update(items).where(of_lane, text("ready = 1")).values(ready=0))
        if first and not leased:
            connection.execute(
                update(items)
                .where(items.c.id == first[0].id, items.c.state == State.DUE.value)
                .values(ready=1)
            )

    def next_due(self, connection: Connection, agent: str) -> tuple[float | None, float]:
        """When the earliest ready item of an agent is due, and what time it is."""
        due = connection.execute(
            select(items.c.due)
            .where(and_(text("ready = 1"), items.c.agent == agent))
            .order_by(items.c.due)
            .limit(1)
        ).scalar_one_or_none()
        return due, self._clock.look(connection)
