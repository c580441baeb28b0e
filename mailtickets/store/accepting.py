"""How letters become rows: a whole batch of arrivals in a handful of statements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from sqlite3 import IntegrityError
from typing import Any

from attrs import define
from sqlalchemy import Connection, select, text, update
from sqlalchemy.sql import bindparam

from mailtickets.db.prepared import Prepared, among, driver, inserting, listed
from mailtickets.db.schema import items, letters, parts
from mailtickets.errors import Temporary
from mailtickets.mail.envelope import Envelope
from mailtickets.mail.mailbox import printed
from mailtickets.mail.octets import CHUNK
from mailtickets.outcomes import State
from mailtickets.slips import Advance, Submission
from mailtickets.store.clock import StoreClock
from mailtickets.store.facts import Facts
from mailtickets.store.following import Following
from mailtickets.store.records import Records
from mailtickets.store.tallying import Tallying
from mailtickets.store.text import clean
from mailtickets.tickets.codec import write_destination, write_envelope

WHOLE = 256 * 1024
"""Octets up to which a letter is kept in one piece, written in the accepting transaction."""

SUBJECT = 200
"""Characters of a subject that a shelf shows."""

_READY = [column.name for column in items.columns].index("ready")


@define(eq=False)
class Arrival:
    """A letter that is to become rows.

    `octets` is the whole of it, or None when its parts are already in the row `letter`. `promised`
    tells of each submission whether a courier has room for it; it is set when it is known.
    """

    envelope: Envelope
    octets: bytes | None
    size: int
    sha256: str
    submissions: Sequence[Submission]
    subject: str = ""
    letter: int | None = None
    parts: int = 0
    advance: Advance | None = None
    promised: tuple[bool, ...] = ()


@define(eq=False)  # frozen ones take twice as long to make
class Arrived:
    """What became of an arrival: each row's first state, and whose agents have something to do.

    `letter` is its row. `leased` has for each submission the row that its courier is to be given,
    or 0; the state of such a one is told as due.
    """

    states: tuple[State, ...]
    agents: frozenset[str]
    letter: int = 0
    leased: tuple[int, ...] = ()


def pieces_of(octets: bytes | None) -> list[bytes]:
    """A large letter's octets in pieces of 1 MiB; nothing for a small one, which stays whole."""
    if octets is None or len(octets) <= WHOLE:
        return []
    return [octets[start : start + CHUNK] for start in range(0, len(octets), CHUNK)]


class _Repeat(Exception):
    """A letter that was taken for new came before."""


class Accepting:
    """Puts arrivals into the spool."""

    def __init__(
        self,
        dialect: str,
        owner: str,
        clock: StoreClock,
        tallying: Tallying,
        facts: Facts,
        following: Following,
        records: Records,
        window: float,
        lease_ends: Callable[[float], float],
    ) -> None:
        """`lease_ends` tells of a moment when a lease that begins then ends."""
        self._lease_ends = lease_ends
        self._dialect = dialect
        self._owner = owner
        self._clock = clock
        self._tallying = tallying
        self._facts = facts
        self._following = following
        self._records = records
        self._window = window
        self._new_letter = inserting(letters, dialect)
        self._new_item = inserting(items, dialect)
        self._new_part = inserting(parts, dialect)
        self._finish_letter = Prepared(
            update(letters)
            .where(letters.c.id == bindparam("of"))
            .values(
                trace=bindparam("trace_"),
                sender=bindparam("sender_"),
                subject=bindparam("subject_"),
                recipients=bindparam("recipients_"),
                size=bindparam("size_"),
                sha256=bindparam("sha256_"),
                parts=bindparam("parts_"),
                envelope=bindparam("envelope_"),
            ),
            dialect,
        )
        self._known = Prepared(
            select(items.c.key, items.c.id, items.c.accepted, items.c.state).where(
                text("prime = 1"), among(items.c.key, "keys", dialect)
            ),
            dialect,
        )
        self._busy = Prepared(
            select(items.c.lane, items.c.agent)
            .where(text("blocks = 1"), among(items.c.lane, "lanes", dialect))
            .with_for_update(key_share=True),
            dialect,
        )

    def accept(self, connection: Connection, arrivals: list[Arrival]) -> list[Arrived]:
        """Write all of them. One that fails makes all of them fail."""
        now = self._clock.at(connection)
        for arrival in arrivals:
            if arrival.advance is not None:
                self._following.advance(connection, arrival.advance)
                self._facts.learn(connection, arrival.advance.learned)
        if self._dialect == "sqlite":
            with suppress(_Repeat):
                return self._written(connection, arrivals, None, now)
        keys = {s.key for a in arrivals for s in a.submissions}
        return self._written(connection, arrivals, self._prime(connection, keys, now), now)

    def _written(
        self, connection: Connection, arrivals: list[Arrival], known: set[str] | None, now: float
    ) -> list[Arrived]:
        """Write them as rows, those whose key is known as duplicates.

        With None they are all taken for new, as nearly all are: to look each key up costs half of
        what writing its row does. Raises _Repeat when one is a repeat after all.
        """
        met = set() if known is None else known
        wanted = [s for a in arrivals for s in a.submissions]
        busy = self._lanes(connection, {s.lane for s in wanted if s.terminal is None})
        letter_numbers = self._numbers(
            connection, "letters", sum(a.letter is None for a in arrivals)
        )
        item_numbers = self._numbers(connection, "items", len(wanted))
        new_letters: list[tuple[Any, ...]] = []
        rows: list[tuple[Any, ...]] = []
        whys: list[tuple[int, str]] = []
        changes: Counter[State] = Counter()
        results = []
        for arrival in arrivals:
            letter = arrival.letter
            if letter is None:
                letter = next(letter_numbers)
                new_letters.append(self._letter(connection, letter, arrival, now))
            else:
                self._finish(connection, letter, arrival)
            states = []
            agents = set()
            leased = []
            promised = arrival.promised
            for place, submission in enumerate(arrival.submissions):
                number = next(item_numbers)
                hand = bool(promised) and promised[place]
                state, row, reason = self._row(number, letter, submission, met, busy, now, hand)
                rows.append(row)
                changes[state] += 1
                leased.append(number if state is State.LEASED else 0)
                if state is State.LEASED:
                    state = State.DUE
                elif row[_READY]:
                    agents.add(submission.agent)
                elif state.terminal and submission.record is not None:
                    whys.append((number, submission.record(state, reason)))
                states.append(state)
            results.append(Arrived(tuple(states), frozenset(agents), letter, tuple(leased)))
        try:
            self._new_item.many(connection, rows)
        except IntegrityError as why:
            if known is not None:
                raise
            # Nothing is left behind: what was written has the highest numbers there are.
            raw = driver(connection)
            raw.execute("DELETE FROM items WHERE id >= ?", rows[0][:1])
            if new_letters:
                raw.execute("DELETE FROM parts WHERE letter >= ?", new_letters[0][:1])
            raise _Repeat from why
        self._new_letter.many(connection, new_letters)
        self._records.keep_new(connection, whys)
        self._tallying.add(connection, changes, now)
        self._tell(connection, {agent for result in results for agent in result.agents})
        return results

    def _tell(self, connection: Connection, agents: set[str]) -> None:
        """Wake the other gateways: these agents' letters wait for whoever has room for them."""
        if self._dialect != "sqlite":
            for agent in sorted(agents):
                driver(connection).execute("SELECT pg_notify('mailtickets', %s)", (agent,))

    def _prime(self, connection: Connection, keys: set[str], now: float) -> set[str]:
        """Which of the keys a repeat is recognised by.

        A row from before the resend window gives its place up, if it is at its end.
        """
        if not keys:
            return set()
        known = set()
        for key, id_, accepted, state in self._known.run(
            connection, keys=listed(sorted(keys), self._dialect)
        ):
            if accepted < now - self._window and State(state).terminal:
                connection.execute(update(items).where(items.c.id == id_).values(prime=0))
            else:
                known.add(key)
        return known

    def _lanes(self, connection: Connection, lanes: set[str]) -> set[tuple[str, str]]:
        """The lanes in which something is in flight already, with its agent."""
        if not lanes:
            return set()
        ordered = sorted(clean(lane) for lane in lanes)
        if self._dialect != "sqlite":
            # Two gateways that accept into one lane do so one after the other.
            driver(connection).execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(lane, 0))"
                " FROM unnest(%s::text[]) AS lane",
                (ordered,),
            )
        found = self._busy.run(connection, lanes=listed(ordered, self._dialect))
        return {(lane, agent) for lane, agent in found}

    def _numbers(self, connection: Connection, table: str, wanted: int) -> Iterator[int]:
        """As many row numbers as wanted that nobody else has, ascending."""
        if self._dialect == "sqlite":
            (found,) = driver(connection).execute(f"SELECT max(id) FROM {table}").fetchone()  # noqa: S608 - a name of ours
            return iter(range(int(found or 0) + 1, int(found or 0) + 1 + wanted))
        if wanted == 0:
            return iter(())
        rows = driver(connection).execute(
            f"SELECT nextval('{table}_id_seq') FROM generate_series(1, %s)",  # noqa: S608 - as above
            (wanted,),
        )
        return iter(sorted(number for (number,) in rows))

    def _letter(
        self, connection: Connection, letter: int, arrival: Arrival, now: float
    ) -> tuple[Any, ...]:
        """The row of a letter; a large one's octets are written at once."""
        envelope, pieces = arrival.envelope, pieces_of(arrival.octets)
        self._new_part.many(
            connection, [(letter, number, piece) for number, piece in enumerate(pieces)]
        )
        return (
            letter,
            clean(envelope.id),
            clean(printed(envelope.sender)),
            clean(arrival.subject)[:SUBJECT],
            len(arrival.submissions),
            self._owner,
            now,
            arrival.size,
            arrival.sha256,
            len(pieces),
            0,
            write_envelope(envelope),
            None if pieces else arrival.octets,
        )

    def _finish(self, connection: Connection, letter: int, arrival: Arrival) -> None:
        envelope = arrival.envelope
        touched = self._finish_letter.do(
            connection,
            of=letter,
            trace_=clean(envelope.id),
            sender_=clean(printed(envelope.sender)),
            subject_=clean(arrival.subject)[:SUBJECT],
            recipients_=len(arrival.submissions),
            size_=arrival.size,
            sha256_=arrival.sha256,
            parts_=arrival.parts,
            envelope_=write_envelope(envelope),
        )
        if touched != 1:
            # We slept for so long that another gateway swept what had come of it.
            raise Temporary("3.0", "The letter took too long; please send it again")

    def _row(
        self,
        id_: int,
        letter: int,
        submission: Submission,
        known: set[str],
        busy: set[tuple[str, str]],
        now: float,
        hand: bool,  # whether a courier has room for it
    ) -> tuple[State, tuple[Any, ...], str]:
        lane = clean(submission.lane)
        duplicate = submission.key in known
        reason = submission.reason
        if duplicate:
            state = State.DUPLICATE
            reason = "the same letter came before"
        elif submission.terminal is not None:
            state = submission.terminal
        elif submission.hold is not None:
            state, reason = State.HELD, submission.hold
        else:
            state = State.DUE
        due = state is State.DUE
        blocks = due or (state is State.HELD and submission.holds_lane)
        ready = due and (lane, submission.agent) not in busy
        leased = ready and hand
        if leased:
            state = State.LEASED
        if blocks:
            busy.add((lane, submission.agent))
        known.add(submission.key)
        return (
            state,
            (
                id_,
                letter,
                submission.key,
                int(not duplicate),
                clean(str(submission.recipient)),
                submission.agent,
                lane,
                int(submission.holds_lane),
                state.value,
                int(blocks),
                int(ready and not leased),
                int(leased),
                now,
                now if due else None,
                now if state.terminal else None,
                self._owner if leased else None,
                int(leased),
                self._lease_ends(now) if leased else None,
                clean(reason),
                write_destination(submission.destination),
                None,
            ),
            reason,
        )
