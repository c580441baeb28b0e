"""The contract of a feed: what `IFeed` promises, as tests; see `mailtickets.testing.desk`."""

from __future__ import annotations

from twisted.internet.defer import CancelledError, DeferredList, ensureDeferred
from zope.interface.verify import verifyObject

from mailtickets.interfaces import IFeed
from mailtickets.testing.deskcase import DeskCase, Make, comment, new_key, waiting
from mailtickets.tickets.events import Event, Kind


def feed_contract(make: Make) -> type[DeskCase]:
    """The test case that a feed must pass. `make(reactor)` gives a new `Bench` for each test."""
    made = type("FeedContract", (FeedContract,), {"make": staticmethod(make), "__test__": True})
    made.__module__ = getattr(make, "__module__", made.__module__)
    return made


class FeedContract(DeskCase):
    """See `feed_contract`."""

    __test__ = False

    async def _all(self, after: str | None) -> list[Event]:
        """Everything after a cursor, page by page."""
        found: list[Event] = []
        while True:
            page = await self.bench.desk.events(after, 0)
            if not page:
                return found
            found += page
            after = page[-1].cursor

    async def _ticket(self) -> str:
        receipt = await self.bench.desk.submit(self.bench.opening(), new_key())
        key: str = receipt.ticket
        return key

    @waiting
    async def test_it_is_a_feed(self) -> None:
        """It provides IFeed and keeps to its signatures."""
        verifyObject(IFeed, self.bench.desk)

    @waiting
    async def test_the_end_is_before_what_comes(self) -> None:
        """Nothing is after the end; what happens then is."""
        await self._ticket()
        end = await self.bench.desk.end()
        assert await self._all(end) == []
        ticket = await self._ticket()
        assert {one.ticket for one in await self._all(end)} == {ticket}

    @waiting
    async def test_an_agents_answer_is_told(self) -> None:
        """With its text and author, as public; a note is told as internal, or not at all."""
        ticket = await self._ticket()
        end = await self.bench.desk.end()
        answered = await self.bench.answer(ticket, "I have reset it.", True)
        noted = await self.bench.answer(ticket, "Third time.", False)
        comments = [one for one in await self._all(end) if one.kind is Kind.COMMENT_ADDED]
        public = [one for one in comments if one.public]
        assert [(one.ticket, one.comment_id, one.text) for one in public] == [
            (ticket, answered, "I have reset it.")
        ]
        assert {one.comment_id for one in comments if not one.public} <= {noted}
        assert all(one.origin_key is None for one in comments)

    @waiting
    async def test_our_own_entries_carry_their_key(self) -> None:
        """So that a letter's comment is not mailed back to who wrote it."""
        ticket, key = await self._ticket(), new_key()
        end = await self.bench.desk.end()
        await self.bench.desk.submit(comment(ticket), key)
        told = [one for one in await self._all(end) if one.kind is Kind.COMMENT_ADDED]
        assert [one.origin_key for one in told] == [key]

    @waiting
    async def test_every_event_once_and_in_order(self) -> None:
        """From any event's cursor one hears exactly what came after it; ids are not repeated."""
        ticket = await self._ticket()
        for number in range(5):
            await self.bench.answer(ticket, str(number), True)
        everything = await self._all(None)
        assert len({one.id for one in everything}) == len(everything)
        for number, one in enumerate(everything):
            rest = await self._all(one.cursor)
            assert [each.id for each in rest] == [each.id for each in everything[number + 1 :]]

    @waiting
    async def test_nothing_is_missed_under_parallel_writers(self) -> None:
        """A follower that reads while many write hears of each comment once, and of no other."""
        ticket = await self._ticket()
        cursor = await self.bench.desk.end()
        writers = DeferredList(
            [ensureDeferred(self._write(ticket, str(number))) for number in range(20)]
        )
        heard: list[str | None] = []
        while len(heard) < 20:
            page = await self.bench.desk.events(cursor, 10)
            assert page, heard
            heard += [one.comment_id for one in page if one.kind is Kind.COMMENT_ADDED]
            cursor = page[-1].cursor
        written = {result for _, result in await writers}
        assert len(heard) == 20
        assert set(heard) == written

    async def _write(self, ticket: str, text: str) -> str:
        return await self.bench.answer(ticket, text, True)

    @waiting
    async def test_it_waits_for_something_to_happen(self) -> None:
        """A poll that began before is answered when something happens, not at its end."""
        ticket = await self._ticket()
        end = await self.bench.desk.end()
        began = self.reactor.seconds()
        waited = ensureDeferred(self._events(end, 30.0))
        answered = await self.bench.answer(ticket, "now", True)
        events = await waited
        assert answered in {one.comment_id for one in events}
        assert self.reactor.seconds() - began < 20

    @waiting
    async def test_with_nothing_to_tell_it_comes_back_empty(self) -> None:
        """After the time it was given, and not long before or after."""
        end = await self.bench.desk.end()
        began = self.reactor.seconds()
        assert list(await self.bench.desk.events(end, 1.0)) == []
        assert 0.8 < self.reactor.seconds() - began < 15

    @waiting
    async def test_a_poll_can_be_cancelled(self) -> None:
        """Whoever stops need not wait for the desk."""
        waited = ensureDeferred(self._events(await self.bench.desk.end(), 50.0))
        began = self.reactor.seconds()
        waited.cancel()
        try:
            await waited
        except CancelledError:
            pass
        except Exception as why:
            if type(why).__name__ != "Temporary":
                raise
        assert self.reactor.seconds() - began < 10

    async def _events(self, after: str | None, wait: float) -> list[Event]:
        return list(await self.bench.desk.events(after, wait))
