"""Is there such a ticket? The ledger, a cache and the desk are asked, in that order."""

import pytest
from attrs import evolve
from twisted.internet.defer import Deferred, ensureDeferred
from twisted.internet.task import Clock
from twisted.logger import Logger
from zope.interface import implementer

from mailtickets.errors import Temporary
from mailtickets.flow import directory
from mailtickets.flow.directory import Directory
from mailtickets.interfaces import ILooksUp
from mailtickets.tickets.values import Conversation, Person, Ticket

TICKET = Ticket("T-1", "Hi", Person("Nic", "nic@ferrier"), message_id="1@ferrier")


class EmptyLedger:
    """A ledger that has heard of one ticket."""

    async def conversation(self, desk, ticket):
        if ticket == "T-9":
            return Conversation(desk, ticket, "q", "nic@ferrier", "", "Hi", ())
        return None


@implementer(ILooksUp)
class Desk:
    """A desk that counts what it is asked, and answers as it is told."""

    def __init__(self):
        self.asked = []
        self.answer = lambda key: TICKET if key == "T-1" else None

    async def find(self, key):
        self.asked.append(key)
        answer = self.answer(key)
        return await answer if isinstance(answer, Deferred) else answer


@pytest.fixture
def house():
    """A directory with its clock and its desk."""
    clock, desk = Clock(), Desk()
    said = []
    found = Directory({"d": desk}, EmptyLedger(), clock, Logger(observer=said.append))
    return found, clock, desk


def ask(house, ticket):
    """What the directory answers now: a value, or the failure."""
    heard = []
    ensureDeferred(house[0].conversation("d", ticket)).addBoth(heard.append)
    return heard[0] if heard else None


def test_the_ledger_first(house):
    """A ticket the ledger knows costs the desk nothing."""
    assert ask(house, "T-9").subject == "Hi"
    assert house[2].asked == []


def test_yes_and_no_are_remembered(house):
    """A desk's answer is believed for a while, its yes longer than its no."""
    for _ in range(3):
        assert ask(house, "T-1").requester == "nic@ferrier"
        assert ask(house, "T-2") is None
    assert house[2].asked == ["T-1", "T-2"]
    house[1].advance(directory.NO + 1)
    ask(house, "T-1")
    ask(house, "T-2")
    assert house[2].asked == ["T-1", "T-2", "T-2"]
    house[1].advance(directory.YES)
    ask(house, "T-1")
    assert house[2].asked[-1] == "T-1"


def test_what_happened_is_asked_anew(house):
    """After an event about a ticket its cached answer is not believed."""
    ask(house, "T-2")
    house[0].forget("d", "T-2")
    ask(house, "T-2")
    assert house[2].asked == ["T-2", "T-2"]


def _raises(surprise):
    def answer(key):
        raise surprise

    return answer


@pytest.mark.parametrize("surprise", [Temporary("4.1", "down"), RuntimeError("a bug")])
def test_nobody_can_say(house, surprise):
    """A desk that fails makes a temporary answer without its words, and is left to rest."""
    house[2].answer = _raises(surprise)
    for _ in range(3):
        trouble = ask(house, "T-1").value
        assert isinstance(trouble, Temporary)
        assert trouble.enhanced == "4.4.3"
        assert str(surprise) not in trouble.text
    assert house[2].asked == ["T-1"]
    house[1].advance(directory.REST + 1)
    house[2].answer = lambda _: TICKET
    assert ask(house, "T-1").ticket == "T-1"


def test_a_desk_that_hangs(house):
    """A desk that does not answer is given up in bounded time."""
    house[2].answer = lambda _: Deferred()
    heard = []
    ensureDeferred(house[0].conversation("d", "T-1")).addBoth(heard.append)
    assert heard == []
    house[1].advance(directory.TIME_LIMIT + 1)
    assert isinstance(heard[0].value, Temporary)


def test_a_sender_waits_less(house):
    """While a sender waits at RCPT, a desk that hangs is given up at once, and left to rest."""
    house[2].answer = lambda _: Deferred()
    heard = []
    waiting = house[0].conversation("d", "T-1", directory.AT_THE_EDGE)
    ensureDeferred(waiting).addBoth(heard.append)
    house[1].advance(1.9)
    assert isinstance(heard[0].value, Temporary)
    assert isinstance(ask(house, "T-1").value, Temporary)


def test_the_cache_is_bounded(house, monkeypatch):
    """However many tickets are asked for, only so many answers are kept."""
    monkeypatch.setattr(directory, "ENTRIES", 10)
    for number in range(50):
        ask(house, f"X-{number}")
    assert len(house[0]._cache) == 10


def taking_part(house, ticket):
    """Who takes part, as the directory says it now."""
    heard = []
    ensureDeferred(house[0].participants("d", ticket)).addBoth(heard.append)
    return heard[0] if heard else None


BOB, CAROL = Person("Bob", "bob@x"), Person("", "carol@x")


def test_the_desk_says_who_takes_part(house):
    """A desk that tells participants is right, but for the requester and for people told twice."""
    _, clock, desk = house
    people = (BOB, Person("Nic", "NIC@ferrier"), Person("", "BOB@X"), Person("Nobody", ""), CAROL)
    desk.answer = lambda key: evolve(TICKET, key=key, participants=people)
    assert taking_part(house, "T-9") == (BOB, CAROL)
    desk.answer = lambda key: evolve(TICKET, key=key, participants=())
    clock.advance(directory.FRESH)  # another gateway may have heard of it, and not we
    assert taking_part(house, "T-9") == ()


def test_else_the_ledger_says_who_takes_part(house):
    """A desk that does not tell, and one that cannot be asked, leave it to what letters said."""
    found, _, _ = house
    known = Conversation("d", "T-9", "q", "nic@ferrier", "", "Hi", (), participants=(BOB,))

    async def conversation(desk, ticket):
        return known

    found.ledger.conversation = conversation
    assert taking_part(house, "T-1") == (BOB,)
    found._desks = {"d": object()}
    assert taking_part(house, "T-1") == (BOB,)
    assert not found.can_ask("d")
