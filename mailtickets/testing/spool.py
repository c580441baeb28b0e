"""What every spool must do: `class MySpoolTests(spool_contract(make)): ...` proves it with pytest.

`make()` is an async context manager that gives a `Place`, new and empty.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

from twisted.internet.defer import Deferred, gatherResults

from mailtickets.errors import Temporary
from mailtickets.mail.octets import chunks_from, whole
from mailtickets.outcomes import State
from mailtickets.slips import Advance, Notice, Settlement
from mailtickets.testing.place import AGENT, NEW, NIC, Place, envelope, promised, submission
from mailtickets.tickets.values import Existing, Known, NewTicket, Person, Receipt

__all__ = ["AGENT", "NEW", "NIC", "Place", "envelope", "spool_contract", "submission"]


def spool_contract(make: Callable[[], AbstractAsyncContextManager[Place]]) -> type:  # noqa: C901 - a list of promises
    """A class of tests for the spool that `make` makes."""
    promise = promised(make)

    class SpoolContract:
        """The promises of `mailtickets.interfaces.ISpool`."""

        @promise
        async def test_a_letter_comes_out_as_it_went_in(self, place: Place) -> None:
            """Octets, envelope, key and destination are those that were put."""
            sent, share = envelope(), submission(holds_lane=True)
            assert list(await place.spool.put(sent, b"a\0b\r\n\xff", [share])) == [State.DUE]
            (item,) = await place.spool.take(AGENT, 10)
            assert await whole(item.letter.octets, 100) == b"a\0b\r\n\xff"
            assert item.letter.envelope == sent
            assert (item.key, item.lane, item.recipients) == (share.key, share.lane, (NEW,))
            assert (item.destination, item.attempts) == (NewTicket("support"), 0)
            assert item.holds_lane
            assert abs(item.accepted - time.time()) < 60

        @promise
        async def test_a_large_letter_is_taken_in_pieces(self, place: Place) -> None:
            """Three megabytes, written in odd pieces, are read back before and after commit."""
            draft = place.spool.begin()
            octets = bytes(range(256)) * 12_345
            for start in range(0, len(octets), 77_777):
                pause = draft.write(octets[start : start + 77_777])
                if pause is not None:
                    await pause
            sent = envelope()
            assert draft.size == len(octets)
            assert draft.head == octets[: len(draft.head)]
            assert draft.head
            assert await whole(draft.letter(sent).octets, 10**7) == octets
            assert list(await draft.commit(sent, [submission()])) == [State.DUE]
            (item,) = await place.spool.take(AGENT, 1)
            sizes = []
            read = b""
            async for chunk in item.letter.octets.chunks():
                sizes.append(len(chunk))
                read += chunk
            assert read == octets
            for start in (1, 1_048_576, 1_048_583, len(octets) - 1, len(octets)):
                rest = chunks_from(item.letter.octets, start)
                assert b"".join([chunk async for chunk in rest]) == octets[start:]
            assert max(sizes) <= 1024 * 1024

        @promise
        async def test_what_is_discarded_was_never_there(self, place: Place) -> None:
            """A letter whose peer went away leaves nothing, and cannot be committed any more."""
            draft = place.spool.begin()
            draft.write(b"x" * 2_000_000)
            draft.discard()
            draft.discard()
            try:
                await draft.commit(envelope(), [submission()])
            except Temporary:
                pass
            else:
                raise AssertionError("a discarded letter was committed")
            assert sum((await place.spool.tally()).values()) == 0

        @promise
        async def test_the_same_key_is_a_duplicate_within_the_window(self, place: Place) -> None:
            """A repeat gets a row, is not carried, and is new again after the window."""
            share = submission()
            await place.spool.put(envelope(), b"1", [share])
            assert list(await place.spool.put(envelope(), b"1", [share])) == [State.DUPLICATE]
            (item,) = await place.spool.take(AGENT, 10)
            assert await place.spool.settle(item, NEW, Settlement(State.OPENED))
            assert list(await place.spool.put(envelope(), b"1", [share])) == [State.DUPLICATE]
            assert not await place.spool.take(AGENT, 10)
            await place.later(8 * 86400)
            assert list(await place.spool.put(envelope(), b"1", [share])) == [State.DUE]
            assert (await place.spool.audit()).balanced

        @promise
        async def test_a_repeat_does_not_touch_who_comes_with_it(self, place: Place) -> None:
            """Letters that come at one time are each what they would be alone, large ones too."""
            old, twice = submission("old"), submission("twice")
            await place.spool.put(envelope(), b"old", [old])
            poured = place.spool.begin()
            poured.write(b"p" * 2_100_000)
            put = place.spool.put

            async def stated(put: Awaitable[Sequence[State]]) -> list[State]:
                return list(await put)

            found = await gatherResults(
                [
                    Deferred.fromCoroutine(stated(each))
                    for each in (
                        put(envelope(), b"s" * 10_000, [submission("small")]),
                        put(envelope(), b"l" * 1_500_000, [submission("large"), old]),
                        put(envelope(), b"t", [twice]),
                        put(envelope(), b"t", [twice]),
                        poured.commit(envelope(), [submission("poured")]),
                    )
                ]
            )
            repeat = [State.DUE, State.DUPLICATE]
            assert found == [
                [State.DUE],
                repeat,
                [State.DUE],
                [State.DUPLICATE],
                [State.DUE],
            ]
            kept = {
                item.key: await whole(item.letter.octets, 3_000_000)
                for item in await place.spool.take(AGENT, 10)
            }
            assert kept == {
                "old": b"old",
                "small": b"s" * 10_000,
                "large": b"l" * 1_500_000,
                "twice": b"t",
                "poured": b"p" * 2_100_000,
            }
            audit = await place.spool.audit(full=True)
            assert (audit.balanced, audit.accepted) == (True, 7)

        @promise
        async def test_one_letter_of_a_lane_at_a_time_in_order(self, place: Place) -> None:
            """A second letter of a conversation waits until the first is at its end."""
            for key in ("b", "a"):
                await place.spool.put(envelope(), b"", [submission(key, lane="one")])
            await place.spool.put(envelope(), b"", [submission("c", lane="two")])
            first = await place.spool.take(AGENT, 10)
            assert [item.key for item in first] == ["b", "c"]
            later = Settlement(State.DUE, "no", due=time.time() + 3600)
            assert await place.spool.settle(first[0], NEW, later)
            assert not await place.spool.take(AGENT, 10)
            await place.later(3700)
            (again,) = await place.spool.take(AGENT, 10)
            assert (again.key, again.attempts) == ("b", 1)
            assert await place.spool.settle(again, NEW, Settlement(State.OPENED))
            assert [item.key for item in await place.spool.take(AGENT, 10)] == ["a"]

        @promise
        async def test_how_long_it_waits_is_counted_from_the_settling(self, place: Place) -> None:
            """`after` outweighs `due`: a clock that was set back meanwhile delays nothing."""
            await place.spool.put(envelope(), b"", [submission("late")])
            (item,) = await place.spool.take(AGENT, 10)
            told = Settlement(State.DUE, "no", due=time.time() + 7200, after=5.0)
            assert await place.spool.settle(item, NEW, told)
            assert not await place.spool.take(AGENT, 10)
            await place.later(10)
            assert [item.key for item in await place.spool.take(AGENT, 10)] == ["late"]

        @promise
        async def test_a_held_opening_holds_its_lane_and_a_held_comment_does_not(
            self, place: Place
        ) -> None:
            """Those behind an opening wait for the person; those behind a comment pass."""
            for key, holds in (("opening", True), ("comment", False)):
                share = submission(key, lane=key, holds_lane=holds, hold="a person decides")
                assert list(await place.spool.put(envelope(), b"", [share])) == [State.HELD]
                await place.spool.put(envelope(), b"", [submission(key + "-next", lane=key)])
            assert [item.key for item in await place.spool.take(AGENT, 9)] == ["comment-next"]
            held = await place.spool.list([State.HELD])
            assert [shelf.key for shelf in held] == ["opening", "comment"]
            assert held[0].reason == "a person decides"
            assert await place.spool.release(held[0].id)
            assert not await place.spool.release(held[0].id)
            assert [item.key for item in await place.spool.take(AGENT, 9)] == ["opening"]

        @promise
        async def test_a_dropped_item_lets_its_lane_go_on(self, place: Place) -> None:
            """Dropping asks for a reason, keeps it, and frees those behind."""
            share = submission("first", lane="l", holds_lane=True, hold="why")
            await place.spool.put(envelope(), b"", [share])
            await place.spool.put(envelope(), b"", [submission("second", lane="l")])
            (held,) = await place.spool.list([State.HELD])
            assert await place.spool.drop(held.id, "it was spam")
            assert not await place.spool.drop(held.id, "again")
            assert [item.key for item in await place.spool.take(AGENT, 9)] == ["second"]
            shown = await place.spool.show(held.id)
            assert shown is not None
            assert (shown[0].state, shown[0].reason) == (State.DROPPED, "it was spam")

        @promise
        async def test_agents_do_not_wait_for_each_other(self, place: Place) -> None:
            """One agent's lane and letters are not another's."""
            await place.spool.put(envelope(), b"", [submission("a", lane="l", agent="one")])
            await place.spool.put(envelope(), b"", [submission("b", lane="l", agent="two")])
            assert [item.key for item in await place.spool.take("one", 9)] == ["a"]
            assert [item.key for item in await place.spool.take("two", 9)] == ["b"]

        @promise
        async def test_a_lost_lease_settles_nothing(self, place: Place) -> None:
            """After a restart the letter is taken again, and the first taker's outcome is void."""
            await place.spool.put(envelope(), b"", [submission()])
            (first,) = await place.spool.take(AGENT, 1)
            anew = await place.again()
            (second,) = await anew.take(AGENT, 1)
            assert second.key == first.key
            assert not await place.spool.settle(first, NEW, Settlement(State.OPENED))
            assert await anew.settle(second, NEW, Settlement(State.COMMENTED))
            assert not await anew.settle(second, NEW, Settlement(State.OPENED))
            tally = await anew.tally()
            assert (tally[State.COMMENTED], tally[State.OPENED]) == (1, 0)

        @promise
        async def test_settling_writes_facts_and_notice_at_once(self, place: Place) -> None:
            """The receipt, what was learned and the bounce stand there together."""
            await place.spool.put(envelope(), b"", [submission()], "Help!")
            (item,) = await place.spool.take(AGENT, 1)
            fact = Known("support", "S-1", "m@1", str(NIC), requester=Person("Nic", str(NIC)))
            notice = Notice(envelope(), b"sorry", (submission("n", agent="relay"),))
            settlement = Settlement(
                State.OPENED, receipt=Receipt("S-1"), learned=(fact,), notice=notice
            )
            assert await place.spool.settle(item, NEW, settlement)
            assert await place.ledger.which("support", ["m@1", "m@2"]) == {"m@1": ("S-1",)}
            (bounce,) = await place.spool.take("relay", 1)
            assert await whole(bounce.letter.octets, 10) == b"sorry"
            shelf = (await place.spool.list([State.OPENED]))[0]
            assert (shelf.receipt, shelf.subject) == (Receipt("S-1"), "Help!")
            assert not await place.spool.settle(item, NEW, settlement)
            assert not await place.spool.take("relay", 1)

        @promise
        async def test_why_is_kept_with_the_row(self, place: Place) -> None:
            """The decision about a letter is found by its row, and by its key; the latest counts.

            What is held may be for another place when it is let go.
            """
            await place.spool.put(envelope(), b"", [submission("k")])
            (item,) = await place.spool.take(AGENT, 1)
            there = Existing("support", "S-1", "released")
            held = Settlement(State.HELD, "why", record="first", destination=there)
            assert await place.spool.settle(item, NEW, held)
            assert await place.spool.release(item.id)
            (item,) = await place.spool.take(AGENT, 1)
            assert item.destination == there
            assert await place.spool.settle(item, NEW, Settlement(State.OPENED, record="second"))
            assert await place.spool.records(["k", "other"]) == {"k": (item.id, "second")}
            assert await place.spool.records([]) == {}
            found = await place.spool.show(item.id)
            assert found is not None
            assert found[0].record == "second"

        @promise
        async def test_why_a_row_began_at_its_end(self, place: Place) -> None:
            """A row that is carried nowhere has its record from the beginning, a repeat, too.

            One that is carried has none yet, and a repeat's does not stand for the first letter's.
            """

            def why(state: State, reason: str) -> str:
                return f"{state.value}: {reason}\0"

            swallowed = submission("s", terminal=State.DISCARDED, reason="a robot", record=why)
            silent = submission("t", terminal=State.DISCARDED, reason="a robot")
            carried = submission("k", record=why)
            await place.spool.put(envelope(), b"", [swallowed, silent, carried])
            draft = place.spool.begin()
            await draft.commit(envelope(), [swallowed, carried])
            told = []
            for shelf in await place.spool.list():
                shown = await place.spool.show(shelf.id)
                assert shown is not None
                told.append(shown[0].record.rstrip("\0\ufffd"))
            repeat = "duplicate: the same letter came before"
            assert told == ["discarded: a robot", "", "", repeat, repeat]
            kept = await place.spool.records(["s", "k"])
            assert {key: number for key, (number, _) in kept.items()} == {"s": 1}

        @promise
        async def test_a_letter_moves_the_cursor_with_it(self, place: Place) -> None:
            """Putting and advancing are one; a repeat of the event is a duplicate."""
            learned = (Known("support", "S-1", "ours@1", ours=True),)
            advance = Advance("support", "7", learned)
            assert await place.ledger.cursor("support") is None
            await place.spool.put(envelope(), b"", [submission("event-7")], advance=advance)
            assert await place.ledger.cursor("support") == "7"
            assert await place.ledger.which("support", ["ours@1"]) == {"ours@1": ("S-1",)}
            assert await place.ledger.wrote("event-7")
            assert not await place.ledger.wrote("event-8")
            await place.spool.advance(Advance("support", "8"))
            assert await place.ledger.cursor("support") == "8"

        @promise
        async def test_a_letter_in_pieces_moves_the_cursor_with_it(self, place: Place) -> None:
            """One that was written piece by piece does, when it is committed, and not before."""
            draft = place.spool.begin()
            pause = draft.write(b"x" * 2_000_000)
            if pause is not None:
                await pause
            assert await place.ledger.cursor("support") is None
            advance = Advance("support", "7", (Known("support", "S-1", "ours@1", ours=True),))
            states = await draft.commit(envelope(), [submission("event-7")], "", advance)
            assert list(states) == [State.DUE]
            assert await place.ledger.cursor("support") == "7"
            assert await place.ledger.which("support", ["ours@1"]) == {"ours@1": ("S-1",)}

        @promise
        async def test_what_needs_no_carrying_has_its_row(self, place: Place) -> None:
            """A swallowed letter is discarded at once, with its reason."""
            share = submission(terminal=State.DISCARDED, reason="a robot")
            assert list(await place.spool.put(envelope(), b"", [share])) == [State.DISCARDED]
            assert not await place.spool.take(AGENT, 1)
            assert (await place.spool.list([State.DISCARDED]))[0].reason == "a robot"

        @promise
        async def test_a_person_may_hurry_and_edit(self, place: Place) -> None:
            """A waiting item is due at once when told so, with the letter as it was edited."""
            await place.spool.put(envelope(), b"old", [submission("a"), submission("b")])
            a, b = await place.spool.take(AGENT, 2)
            for item in (a, b):
                far = Settlement(State.DUE, "later", due=time.time() + 7200)
                assert await place.spool.settle(item, NEW, far)
            due = await place.spool.next_due(AGENT)
            assert due is not None
            assert abs(due - time.time() - 7200) < 60
            assert await place.spool.replace(a.id, b"new")
            assert await place.spool.retry(a.id)
            (item,) = await place.spool.take(AGENT, 2)
            assert await whole(item.letter.octets, 10) == b"new"
            assert not await place.spool.replace(a.id, b"leased")
            assert not await place.spool.retry(a.id)
            shown = await place.spool.show(b.id)
            assert shown is not None
            assert await whole(shown[1].octets, 10) == b"old"
            assert (await place.spool.audit()).balanced

        @promise
        async def test_listing_by_state_agent_age_and_recipient(self, place: Place) -> None:
            """An operator finds what has been there for long, or whose letter it is."""
            old = submission("old", agent="one", recipient=NIC, hold="a person decides")
            await place.spool.put(envelope(), b"", [old])
            await place.later(3600)
            await place.spool.put(envelope(), b"", [submission("new", agent="two")])

            async def keys(**wanted: Any) -> list[str]:
                return [shelf.key for shelf in await place.spool.list(**wanted)]

            assert await keys() == ["old", "new"]
            assert await keys(older=1800) == await keys(states=[State.HELD]) == ["old"]
            assert await keys(younger=1800) == await keys(agent="two") == ["new"]
            assert await keys(recipient="NIC@ferrier") == ["old"]
            assert await keys(older=1800, agent="two") == []

        @promise
        async def test_who_waits_is_woken(self, place: Place) -> None:
            """Put, release and settle ring the agent's bell."""
            rung: list[str] = []
            place.spool.wake(AGENT, lambda: rung.append("rung"))
            await place.spool.put(envelope(), b"", [submission()])
            assert rung

        @promise
        async def test_one_follows_a_feed(self, place: Place) -> None:
            """Following is asked for again and again, and stays granted to who has it."""
            assert await place.spool.follow("support")
            assert await place.spool.follow("support")

        @promise
        async def test_the_audit_balances(self, place: Place) -> None:
            """Accepted is terminal plus in flight; what stays too long is named."""
            for number in range(5):
                await place.spool.put(envelope(), b"x", [submission(), submission(recipient=NIC)])
                if number % 2:
                    for item in await place.spool.take(AGENT, 1):
                        await place.spool.settle(item, item.recipients[0], Settlement(State.OPENED))
            audit = await place.spool.audit(full=True)
            assert (audit.accepted, audit.complaints, audit.overdue) == (10, (), ())
            assert (audit.states[State.OPENED], audit.states[State.DUE]) == (2, 8)
            assert audit.balanced
            await place.later(2 * 86400)
            assert len((await place.spool.audit()).overdue) == 8

    return SpoolContract
