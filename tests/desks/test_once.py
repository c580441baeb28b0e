"""Exactly once at a desk that knows no keys."""

from __future__ import annotations

from typing import Any

import pytest
import pytest_twisted
from twisted.internet.defer import Deferred, DeferredList, ensureDeferred

from mailtickets.desks.once import Once, mark_of
from mailtickets.errors import Permanent, Temporary
from mailtickets.testing.journal import MemoryJournal
from mailtickets.tickets.intents import AddComment
from mailtickets.tickets.values import Person, Receipt

LETTER = AddComment("7", Person("Nic", "nic@ferrier"), "Thank you")
KEY = "ab" * 32


class System:
    """Keeps what it is given, whatever it says of it: `answers` are raised after that, in order."""

    def __init__(self) -> None:
        self.time = 1000.0
        self.kept: list[str] = []
        self.answers: list[Exception] = []
        self.refusals: list[Exception] = []
        self.looked = 0
        self.gate: Deferred[None] | None = None
        self.journal = MemoryJournal(lambda: self.time)
        self.once = self.anew()

    def anew(self) -> Once:
        """The same desk, seen by a process that has just started."""
        return Once(self.journal, self.make, self.find, lambda: self.time, settled=60)

    async def make(self, intent: Any, mark: str) -> Receipt:
        """Keep it."""
        assert self.journal.attempts, "it was not noted before it was tried"
        if self.gate is not None:
            await self.gate
        if self.refusals:
            raise self.refusals.pop(0)
        self.kept.append(mark)
        if self.answers:
            raise self.answers.pop(0)
        return Receipt(intent.ticket, str(len(self.kept)))

    async def find(self, intent: Any, mark: str) -> Receipt | None:
        """Look for it."""
        self.looked += 1
        if mark not in self.kept:
            return None
        return Receipt(intent.ticket, str(self.kept.index(mark) + 1))


@pytest_twisted.ensureDeferred
async def test_the_same_key_gives_the_first_receipt() -> None:
    """From the journal, without asking the desk; a process that starts anew knows it as well."""
    system = System()
    first = await system.once.submit(LETTER, KEY)
    assert await system.once.submit(LETTER, KEY) == first
    assert await system.anew().submit(LETTER, KEY) == first
    assert (system.kept, system.looked) == ([KEY], 0)


@pytest_twisted.ensureDeferred
async def test_an_answer_that_never_came_is_looked_for() -> None:
    """Not before the desk's own time-out: the POST may still land. It is found, not repeated."""
    system = System()
    system.answers = [Temporary("4.2", "The connection broke")]
    with pytest.raises(Temporary):
        await system.once.submit(LETTER, KEY)
    system.time += 20
    with pytest.raises(Temporary) as early:
        await system.once.submit(LETTER, KEY)
    assert early.value.retry_after == 40
    assert system.looked == 0
    system.time += 40
    assert await system.anew().submit(LETTER, KEY) == Receipt("7", "1")
    assert (system.kept, system.looked) == ([KEY], 1)


@pytest_twisted.ensureDeferred
async def test_what_did_not_land_is_tried_again() -> None:
    """When the desk has nothing that bears the mark, it is made."""
    system = System()
    system.refusals = [Temporary("4.2", "The connection broke")]
    with pytest.raises(Temporary):
        await system.once.submit(LETTER, KEY)
    system.time += 60
    assert await system.once.submit(LETTER, KEY) == Receipt("7", "1")
    assert (system.kept, system.looked) == ([KEY], 1)


@pytest.mark.parametrize(
    "refusal", [Permanent("6.0", "No"), Temporary("4.1", "Nobody there", undone=True)]
)
@pytest_twisted.ensureDeferred
async def test_a_refusal_costs_no_wait(refusal: Exception) -> None:
    """What surely was not done can be tried again at once."""
    system = System()
    system.refusals = [refusal]
    with pytest.raises(type(refusal)):
        await system.once.submit(LETTER, KEY)
    assert await system.once.submit(LETTER, KEY) == Receipt("7", "1")
    assert system.looked == 0


@pytest_twisted.ensureDeferred
async def test_a_surprise_counts_as_an_unknown_end() -> None:
    """A bug of ours says nothing about what the desk did."""
    system = System()
    system.answers = [ZeroDivisionError()]
    with pytest.raises(ZeroDivisionError):
        await system.once.submit(LETTER, KEY)
    system.time += 60
    await system.once.submit(LETTER, KEY)
    assert system.kept == [KEY]


@pytest_twisted.ensureDeferred
async def test_two_at_once_are_one() -> None:
    """The second waits for the first; another key does not."""
    system = System()
    system.gate = Deferred()
    both = [ensureDeferred(system.once.submit(LETTER, KEY)) for _ in range(2)]
    other = ensureDeferred(system.once.submit(LETTER, "cd" * 32))
    gate, system.gate = system.gate, None
    gate.callback(None)
    results: Any = await DeferredList([*both, other])
    assert [good for good, _ in results] == [True] * 3
    assert results[0][1] == results[1][1]
    assert sorted(system.kept) == sorted([KEY, "cd" * 32])
    assert not system.once._turns._places


@pytest_twisted.ensureDeferred
async def test_a_clock_that_was_set_back_does_not_make_it_wait_for_ever() -> None:
    """An attempt of the future is looked for at once."""
    system = System()
    system.answers = [Temporary("4.2", "The connection broke")]
    with pytest.raises(Temporary):
        await system.once.submit(LETTER, KEY)
    system.time -= 3600
    await system.once.submit(LETTER, KEY)
    assert system.kept == [KEY]


def test_a_mark_is_hex_of_one_length() -> None:
    """No case, no quoting, no length to get wrong, whatever the key holds."""
    assert mark_of(KEY) == KEY
    for key in ("", "AB" * 32, "x" * 5000, "\udc80'\"%"):
        mark = mark_of(key)
        assert len(mark) == 64
        assert set(mark) <= set("0123456789abcdef")
        assert mark == mark_of(key)
