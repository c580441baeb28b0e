"""Letters that are handed to their courier in the moment they are durable, on both databases."""

from __future__ import annotations

import pytest
import pytest_twisted
from attrs import define, field
from sqlalchemy import Connection, text
from twisted.internet.defer import Deferred

from mailtickets.errors import Temporary
from mailtickets.mail.envelope import Item
from mailtickets.mail.octets import whole
from mailtickets.outcomes import State
from mailtickets.slips import Settlement
from mailtickets.store.spool import Spool
from mailtickets.testing.spool import AGENT, NEW, envelope, submission
from tests.postgres import postgres
from tests.store.test_retention import gateway, opened, url

__all__ = ["postgres", "url"]


@define
class Hands:
    """A courier with so much room, that keeps what it is handed."""

    spool: Spool
    room: int
    items: list[Item] = field(factory=list)
    _wanted: int = 0
    _waiting: Deferred[None] | None = None

    def __attrs_post_init__(self) -> None:
        self.spool.hand_over(AGENT, lambda: self.room - len(self.items), self._carry)

    def _carry(self, items: list[Item]) -> None:
        self.items.extend(items)
        if self._waiting is not None and len(self.items) >= self._wanted:
            waiting, self._waiting = self._waiting, None
            waiting.callback(None)

    async def full(self, wanted: int) -> list[Item]:
        """Its items, when there are so many."""
        if len(self.items) < wanted:
            self._wanted, self._waiting = wanted, Deferred()
            await self._waiting
        return self.items


@pytest_twisted.ensureDeferred
async def test_what_is_handed_over_is_what_would_have_been_taken(url: str) -> None:
    """The same item under a lease, and on disk as if it had been taken in that moment."""
    async with opened(url) as database:
        spool = gateway(database, "me")
        hands, sent, share = Hands(spool, 9), envelope(), submission(holds_lane=True)
        assert list(await spool.put(sent, b"octets", [share])) == [State.DUE]
        (item,) = await hands.full(1)
        assert not await spool.take(AGENT, 9)
        ((row, kept),) = [await spool.show(shelf.id) for shelf in await spool.list()]  # type: ignore[misc]
        assert (row.state, row.attempts, kept.envelope) == (State.LEASED, 1, sent)
        await spool.give_back([item])
        (taken,) = await spool.take(AGENT, 9)
        for name in ("id", "key", "letter", "recipients", "agent", "lane", "destination"):
            assert getattr(item, name) == getattr(taken, name)
        assert (item.attempts, taken.attempts, item.holds_lane) == (0, 0, True)
        assert await whole(item.letter.octets, 99) == b"octets"
        assert taken.fence == item.fence + 1
        assert not await spool.settle(item, NEW, Settlement(State.OPENED))
        assert await spool.settle(taken, NEW, Settlement(State.OPENED))
        assert (await spool.audit()).balanced


@pytest.mark.parametrize("size", [300_000, 1_500_000])
@pytest_twisted.ensureDeferred
async def test_a_large_letter_is_read_from_the_store(url: str, size: int) -> None:
    """In pieces, or stored while it came: the courier has no copy of it in memory."""
    async with opened(url) as database:
        spool = gateway(database, "me")
        hands, octets = Hands(spool, 9), bytes(range(250)) * (size // 250)
        await spool.put(envelope(), octets, [submission()])
        draft = spool.begin()
        draft.write(octets)
        await draft.commit(envelope(), [submission()])
        for item in await hands.full(2):
            assert not hasattr(item.letter.octets, "data")
            assert await whole(item.letter.octets, size) == octets


@pytest.mark.parametrize("size", [1000, 250_000])
@pytest_twisted.ensureDeferred
async def test_a_letter_in_one_piece_is_not_read_again(
    url: str, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was in memory to be accepted is handed over with it, and the store is not asked."""
    async with opened(url) as database:
        spool = gateway(database, "me")
        hands, octets = Hands(spool, 9), bytes(range(250)) * (size // 250)
        await spool.put(envelope(), octets, [submission()])
        (item,) = await hands.full(1)
        monkeypatch.setattr(database, "read", None)  # who would read again cannot
        assert await whole(item.letter.octets, size) == octets


@pytest_twisted.ensureDeferred
async def test_who_has_no_room_is_handed_nothing(url: str) -> None:
    """The rest waits, and is taken as ever; room that a letter did not need is room again."""
    async with opened(url) as database:
        spool = gateway(database, "me")
        hands = Hands(spool, 2)
        shares = [submission("first"), submission("second"), submission("third")]
        for share in [shares[0], shares[0], *shares[1:]]:  # one comes twice
            await spool.put(envelope(), b"", [share])
        assert [item.key for item in await hands.full(2)] == ["first", "second"]
        assert [item.key for item in await spool.take(AGENT, 9)] == ["third"]


@pytest_twisted.ensureDeferred
async def test_room_that_was_promised_in_vain_is_free_again(url: str) -> None:
    """A letter that could not be written takes nobody's place."""
    async with opened(url) as database:
        spool = gateway(database, "me")
        hands = Hands(spool, 1)

        def rename(here: str, there: str) -> None:
            def work(connection: Connection) -> None:
                connection.execute(text(f"ALTER TABLE {here} RENAME TO {there}"))

            return work  # type: ignore[return-value]

        await database.write(rename("items", "gone"))  # type: ignore[func-returns-value, arg-type]
        with pytest.raises(Temporary):
            await spool.put(envelope(), b"", [submission()])
        await database.write(rename("gone", "items"))  # type: ignore[func-returns-value, arg-type]
        await spool.put(envelope(), b"", [submission("good")])
        assert [item.key for item in await hands.full(1)] == ["good"]


@pytest_twisted.ensureDeferred
async def test_a_lane_is_handed_over_one_by_one(url: str) -> None:
    """The second of a conversation waits for the first, however much room there is."""
    async with opened(url) as database:
        spool = gateway(database, "me")
        hands = Hands(spool, 9)
        await spool.put(envelope(), b"", [submission("one", lane="lane")])
        await spool.put(envelope(), b"", [submission("two", lane="lane")])
        (item,) = await hands.full(1)
        assert not await spool.take(AGENT, 9)
        rung: list[int] = []
        spool.wake(AGENT, lambda: rung.append(1))
        assert await spool.settle(item, NEW, Settlement(State.OPENED))
        assert rung
        (other,) = await spool.take(AGENT, 9)
        assert (item.key, other.key) == ("one", "two")
        rung.clear()
        assert await spool.settle(other, NEW, Settlement(State.OPENED))
        assert not rung, "nobody looks where nothing became due"
        assert (await spool.audit()).balanced


@pytest_twisted.ensureDeferred
async def test_what_was_handed_over_survives_a_crash(url: str) -> None:
    """Another gateway, or the next start, has it when the lease is over."""
    async with opened(url) as database:
        spool = gateway(database, "me")
        hands = Hands(spool, 9)
        await spool.put(envelope(), b"", [submission("mine")])
        (item,) = await hands.full(1)
        other = gateway(database, "other")
        await database.write(lambda c: c.execute(text("UPDATE items SET leased_until = 0")).close())
        assert await other._database.write(other._recover) == 1
        (taken,) = await other.take(AGENT, 9)
        assert (taken.key, taken.attempts) == ("mine", 1)
        assert not await spool.settle(item, NEW, Settlement(State.OPENED))
        await spool.give_back([item])
        assert await other.settle(taken, NEW, Settlement(State.OPENED))
        assert (await spool.audit()).balanced
