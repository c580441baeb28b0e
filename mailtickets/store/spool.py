"""The spool: every letter in flight, both ways, and a row for every recipient there ever was."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, delete, select, text, update
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger
from zope.interface import implementer

from mailtickets.db.database import Database
from mailtickets.db.listening import Listener
from mailtickets.db.prepared import upserting
from mailtickets.db.schema import feeds, gateways, letters, parts
from mailtickets.errors import Temporary
from mailtickets.interfaces import IHandsOver, ISpool
from mailtickets.mail.envelope import Envelope, Item, Letter
from mailtickets.mail.mailbox import Mailbox
from mailtickets.mail.octets import InMemory
from mailtickets.outcomes import State
from mailtickets.slips import Advance, Audit, Settlement, Shelf, Submission
from mailtickets.store.accepting import Accepting, Arrival, Arrived
from mailtickets.store.audit import audit
from mailtickets.store.beat import SECONDS, Beat
from mailtickets.store.carrying import Carrying, Settling, Taking
from mailtickets.store.clock import StoreClock, passing
from mailtickets.store.draft import Draft, Pouring
from mailtickets.store.facts import Facts
from mailtickets.store.following import Following
from mailtickets.store.handing import Handing
from mailtickets.store.making import Making, mailbox
from mailtickets.store.pulse import Pulse, pulse
from mailtickets.store.records import Records
from mailtickets.store.retention import BATCH, emptied, swept
from mailtickets.store.setback import follow_clock
from mailtickets.store.shelves import Shelves, Wanted
from mailtickets.store.tallying import Tallying, totals
from mailtickets.tickets.values import Known

RESEND_WINDOW = 7 * 86400.0
"""Seconds within which the same letter to the same recipient is a repeat."""

RETENTION = 30 * 86400.0
"""Seconds for which the octets of a letter are kept after all its recipients are at an end."""

TIDY = 600.0
"""Seconds between two looks for what may be thrown away."""


@implementer(ISpool, IHandsOver)
class Spool:
    """See `mailtickets.interfaces.ISpool`.

    `owner` names this process among those that share the database; no other, and no earlier one,
    has the same. `clock` is the reactor's; `wall` tells the machine's time in seconds since 1970,
    by which all times at this doorway are told.
    """

    def __init__(
        self,
        database: Database,
        clock: IReactorTime,
        *,
        owner: str,
        resend_window: float = RESEND_WINDOW,
        retention: float = RETENTION,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._database = database
        self._reactor = clock
        self._wall = wall
        self._log = Logger(namespace="mailtickets.store")
        dialect = database.dialect
        self._owner = owner
        self._clock = StoreClock(dialect, wall)
        self._tallying = Tallying(dialect, owner)
        self._facts = Facts(dialect)
        self._records = Records(dialect)
        self._following = Following(dialect, owner, self._clock)
        self._carrying = Carrying(dialect, owner, self._clock, self._tallying)
        self._accepting = Accepting(
            dialect,
            owner,
            self._clock,
            self._tallying,
            self._facts,
            self._following,
            self._records,
            resend_window,
            self._carrying.lease_ends,
        )
        self._handing = Handing(clock)
        self._making = Making(database, owner, wall)
        self._shelves = Shelves(self._clock, self._tallying, self._carrying)
        self._wakes: dict[str, list[Callable[[], None]]] = {}
        self._retention = retention
        self._tidied = 0.0
        self._beat = Beat(clock, self._beats, self._log)
        self._listener: Listener | None = None

    def begin(self) -> Draft:
        """A new letter, empty."""
        gathering = self._database.gathering
        return Draft(self._pouring, self._making.stored, self._accept, self._log, gathering)

    def _pouring(self) -> Pouring:
        return Pouring(self._database, self._clock, self._owner)

    async def put(
        self,
        envelope: Envelope,
        octets: bytes,
        submissions: Sequence[Submission],
        subject: str = "",
        advance: Advance | None = None,
    ) -> Sequence[State]:
        """Begin, write and commit in one transaction, which also moves a feed's cursor."""
        return await self._accept(_arrival(envelope, octets, submissions, subject, advance))

    async def _accept(self, arrival: Arrival) -> Sequence[State]:
        wanted = arrival.submissions
        arrival.promised = promised = self._handing.promise(wanted)
        try:
            arrived = await self._database.write_many(self._accepting.accept, arrival)
        except BaseException:
            self._handing.take_back(wanted, promised)
            raise
        for was, one, number in zip(promised, wanted, arrived.leased, strict=False):
            if number:
                self._handing.hand(self._making.handed(arrival, arrived.letter, number, one))
            elif was:
                self._handing.take_back((one,), (True,))
        if arrived.agents:
            self._ring(arrived.agents)
        return arrived.states

    def hand_over(
        self, agent: str, room: Callable[[], int], carry: Callable[[Sequence[Item]], None]
    ) -> None:
        """See `mailtickets.interfaces.IHandsOver`."""
        self._handing.to(agent, room, carry)

    async def give_back(self, items: Sequence[Item]) -> None:
        """See `mailtickets.interfaces.IHandsOver`."""
        await self._database.write(lambda connection: self._carrying.give_back(connection, items))
        self._ring({item.agent for item in items})

    async def advance(self, advance: Advance) -> None:
        """Move a feed's cursor where no letter came of its events."""
        await self._database.write(partial(self._advance, advance))

    def _advance(self, advance: Advance, connection: Connection) -> None:
        self._following.advance(connection, advance)
        self._facts.learn(connection, advance.learned)

    async def take(self, agent: str, limit: int) -> Sequence[Item]:
        """Lease up to `limit` due items of `agent`, at most one of each lane, in order."""
        taken = await self._database.write_many(self._carrying.take, Taking(agent, limit))
        return self._making.items(taken)

    async def renew(self, items: Sequence[Item]) -> None:
        """Prolong the leases of items still being worked on."""
        ids = [item.id for item in items]
        await self._database.write(lambda connection: self._carrying.renew(connection, ids))

    async def settle(self, item: Item, recipient: Mailbox, settlement: Settlement) -> bool:
        """Write what became of a recipient. False, and nothing written, when the lease was lost."""
        if recipient not in item.recipients:
            raise ValueError("the item has no such recipient")
        after = settlement.after
        if after is None:
            after = 0.0 if settlement.due is None else settlement.due - self._wall()
        good, agents = await self._database.write_many(
            self._settle, Settling(item, settlement, after)
        )
        if agents:
            self._ring(agents)
        return good

    def _settle(
        self, connection: Connection, settlings: list[Settling]
    ) -> list[tuple[bool, frozenset[str]]]:
        good, ready = self._carrying.settle(connection, settlings)
        learned: list[Known] = []
        notices = []
        for settling, kept in zip(settlings, good, strict=True):
            if kept:
                learned += settling.settlement.learned
                self._records.keep(connection, settling)
                notice = settling.settlement.notice
                if notice is not None:
                    notices.append(
                        _arrival(notice.envelope, notice.octets, notice.submissions, notice.subject)
                    )
        self._facts.learn(connection, learned)
        arrived: list[Arrived] = self._accepting.accept(connection, notices) if notices else []
        agents = ready.union(*(each.agents for each in arrived))
        # One of them rings for all.
        return [(kept, agents if n == 0 else frozenset()) for n, kept in enumerate(good)]

    async def recover(self) -> int:
        """Take back the leases of gateways that are gone, and tell how many.

        Sweeps what was begun and never committed.
        """
        await self._with_the_clock()
        count = await self._database.write(self._recover)
        if self._listener is None:
            self._database.before_close(self._leave)
            self._listener = self._database.listen(self._heard)
            self._beat.start()
        self._ring(self._wakes)
        return count

    def _recover(self, connection: Connection) -> int:
        count = self._carrying.recover(connection)
        if self._database.dialect == "sqlite":
            connection.execute(update(feeds).values(follower=None, followed_until=None))
            unfinished = select(letters.c.id).where(text("letters.recipients IS NULL"))
            connection.execute(delete(parts).where(parts.c.letter.in_(unfinished)))
            connection.execute(delete(letters).where(letters.c.recipients.is_(None)))
        return count

    def _heard(self, agent: str) -> None:
        self._ring({agent})

    async def _beats(self) -> None:
        """What happens every few seconds: see `mailtickets.store.beat`."""
        self._carrying.lived += SECONDS
        await self._with_the_clock()
        if await self._database.write(self._seen):
            self._ring(self._wakes)
        if passing() - self._tidied >= TIDY:
            await self.tidy()
            self._tidied = passing()

    def _seen(self, connection: Connection) -> int:
        if self._database.dialect != "sqlite":
            seen = {"seen": self._clock.at(connection)}
            here = upserting(gateways, self._database.dialect).values(owner=self._owner, **seen)
            connection.execute(here.on_conflict_do_update(index_elements=["owner"], set_=seen))
            self._following.renew(connection)
        return self._carrying.expire(connection)

    async def _with_the_clock(self) -> None:
        """Move what waits with a server's clock that was set back; or else with the next beat."""
        if self._database.dialect != "sqlite":
            with suppress(Temporary):
                await self._database.write(self._follow_clock)

    def _follow_clock(self, connection: Connection) -> None:
        if back := follow_clock(connection, self._clock):
            self._log.warn(
                "the database server's clock was set back by {back:.0f} s; "
                "what waits was moved with it",
                back=back,
            )

    async def tidy(self) -> int:
        """Throw away what retention lets go, a few letters a transaction; tells how many."""
        count = 0
        while True:
            done = await self._database.write(self._tidy)
            count += done
            if done < BATCH:
                return count

    def _tidy(self, connection: Connection) -> int:
        now = self._clock.at(connection)
        swept(connection, now, self._owner)
        return emptied(connection, now - self._retention)

    async def _leave(self) -> None:
        """Go, so that others can take over at once."""
        self._beat.stop()
        if self._listener is not None:
            self._listener.stop()
        await self._database.write(self._left)

    def _left(self, connection: Connection) -> None:
        self._carrying.leave(connection)
        self._following.leave(connection)
        connection.execute(delete(gateways).where(gateways.c.owner == self._owner))

    async def follow(self, feed: str) -> bool:
        """Whether we are the one gateway that follows `feed`; become it when nobody is."""
        return await self._database.write(
            lambda connection: self._following.follow(connection, feed)
        )

    async def replace(self, id: int, octets: bytes) -> bool:
        """Put other octets in the place of a held or waiting item's letter."""
        agent = await self._database.write(
            lambda connection: self._shelves.replace(connection, id, octets)
        )
        return agent is not None

    async def audit(self, full: bool = False) -> Audit:
        """Recount everything from the tables. `full` reads the whole database for damage, too."""
        return await self._database.read(
            lambda connection: audit(connection, self._clock.look(connection), full=full)
        )

    async def next_due(self, agent: str) -> float | None:
        """When the earliest item of `agent` becomes due, in seconds since 1970."""
        due, now = await self._database.read(
            lambda connection: self._carrying.next_due(connection, agent)
        )
        return None if due is None else due + self._wall() - now

    def wake(self, agent: str, call: Callable[[], None]) -> None:
        """Call `call`, in the reactor's thread, whenever something may have become due."""
        self._wakes.setdefault(agent, []).append(call)

    def _ring(self, agents: Sequence[str] | Mapping[str, Any] | set[str] | frozenset[str]) -> None:
        for agent in list(agents):
            for call in self._wakes.get(agent, ()):
                call()

    async def list(
        self,
        states: Sequence[State] = (),
        agent: str | None = None,
        recipient: str | None = None,
        after: int = 0,
        limit: int = 100,
        older: float | None = None,
        younger: float | None = None,
    ) -> Sequence[Shelf]:
        """Items by ascending id from beyond `after`."""
        wanted = Wanted(states, agent, recipient, after, limit, older, younger)
        return await self._database.read(lambda connection: self._shelves.list(connection, wanted))

    async def show(self, id: int) -> tuple[Shelf, Letter] | None:
        """One item with its letter, or None."""
        found = await self._database.read(lambda connection: self._shelves.show(connection, id))
        if found is None:
            return None
        shelf, envelope, letter, size, parts = found
        if envelope is None:  # retention took it, and the octets with it
            gone = Envelope(None, (mailbox(shelf.recipient),), shelf.accepted, shelf.letter)
            return shelf, Letter(gone, InMemory(b""))
        return shelf, Letter(envelope, self._making.stored(size, letter, parts))

    async def records(self, keys: Sequence[str]) -> Mapping[str, tuple[int, str]]:
        """Why items had the fate they had: the row's number and the record, by the items' keys."""
        return await self._database.read(lambda connection: self._records.find(connection, keys))

    async def release(self, id: int) -> bool:
        """Make a held item due now. False when it is not held."""
        return await self._move(id, (State.HELD,), State.DUE)

    async def retry(self, id: int) -> bool:
        """Make a waiting or held item due now. False when it is neither."""
        return await self._move(id, (State.DUE, State.HELD), State.DUE)

    async def drop(self, id: int, reason: str) -> bool:
        """End a held or waiting item as `dropped`, for a reason. False when it is neither."""
        return await self._move(id, (State.DUE, State.HELD), State.DROPPED, reason)

    async def _move(
        self, id_: int, allowed: tuple[State, ...], to: State, reason: str = ""
    ) -> bool:
        agent = await self._database.write(
            lambda connection: self._shelves.move(connection, id_, allowed, to, reason)
        )
        if agent is not None:
            self._ring({agent})
        return agent is not None

    async def tally(self) -> Mapping[State, int]:
        """How many rows stand in each state, those in flight included."""
        return await self._database.read(totals)

    async def pulse(self) -> Pulse:
        """The tally, and what else tells how the store does."""
        return await self._database.read(
            lambda connection: pulse(connection, self._owner, self._clock.look(connection))
        )


def _arrival(
    envelope: Envelope,
    octets: bytes,
    submissions: Sequence[Submission],
    subject: str,
    advance: Advance | None = None,
) -> Arrival:
    digest = sha256(octets).hexdigest()
    return Arrival(envelope, octets, len(octets), digest, submissions, subject, advance=advance)
