"""What is overdue is told 421 and closed, on a clock that stands still until it is moved."""

from __future__ import annotations

import pytest
from twisted.internet.defer import Deferred

from mailtickets.smtpd import Limits, table
from tests.smtpd.doors import DOT, LETTER, RCPT, START, House

FAR = {"connection_timeout": 10**9}


@pytest.fixture
def house() -> House:
    """A front door."""
    return House()


def test_a_command_has_five_minutes(house):
    """An idle peer is told so and closed."""
    visitor = house.come()
    house.wait(299)
    assert visitor.codes(b"NOOP\r\n") == "250"
    house.wait(300)
    assert not visitor.gone
    house.wait(2)
    assert visitor.heard() == ["421 4.4.2 Timed out waiting for you"]
    assert visitor.gone


def test_octets_do_not_prolong_a_command(house):
    """One octet now and then is no command."""
    visitor = house.come()
    for _ in range(31):
        visitor.say(b"X")
        house.wait(10)
    assert visitor.gone


def test_silence_in_data(house):
    """A letter that stops coming is given up after three minutes."""
    visitor = house.come()
    visitor.say(START + LETTER)
    house.wait(59)
    visitor.say(b"x" * 200_000)
    house.wait(180)
    assert not visitor.gone
    house.wait(2)
    assert visitor.gone
    assert house.reception.begun[0].discarded


def test_a_trickle_of_data(house):
    """After a minute a letter must have come at 500 octets a second."""
    slow, fast = house.come(), house.come("192.0.2.2")
    slow.say(START)
    fast.say(START)
    for _ in range(70):
        slow.say(b"x" * 400)
        fast.say(b"x" * 600)
        house.wait(1)
    assert slow.gone
    assert not fast.gone


def test_a_letter_has_half_an_hour(house):
    """However fast it comes."""
    house.open(limits=Limits(message_size=10**9))
    visitor = house.come()
    visitor.say(START)
    for _ in range(181):
        visitor.say(b"x" * 10_000)
        house.wait(10)
    assert visitor.gone


def test_chunks_have_the_same_time(house):
    """Between chunks the letter's time runs on."""
    visitor = house.come()
    visitor.say(START[: -len(b"DATA\r\n")] + b"BDAT 4\r\nHi\r\n")
    house.wait(182)
    assert visitor.gone
    assert house.reception.begun[0].discarded


def test_a_connection_has_two_hours(house):
    """However busy it is."""
    visitor = house.come()
    for _ in range(72):
        visitor.say(b"NOOP\r\n")
        house.wait(100)
    house.wait(2)
    assert visitor.heard()[-1].startswith("421 4.4.2")
    assert visitor.gone


def test_our_own_slowness_is_not_the_peers(house):
    """While the peer waits for us its deadlines stand still; ours ends with 451."""
    slow = Deferred()
    house.reception.slow_recipients = [slow]
    visitor = house.come()
    assert visitor.codes(START[: -len(b"DATA\r\n")]) == "250"
    house.wait(239)
    assert visitor.codes() == ""
    house.wait(3)
    assert visitor.codes() == "451"
    slow.callback(None)
    assert visitor.codes(RCPT) == "250"
    house.wait(299)
    assert not visitor.gone


def test_a_store_that_never_answers(house):
    """The dot is answered 451 in the end; a late answer changes nothing."""
    store = Deferred()
    house.reception.slow = [store]
    visitor = house.come()
    visitor.say(START + LETTER + DOT)
    house.wait(242)
    assert visitor.codes() == "451"
    store.callback(None)
    assert visitor.codes(b"NOOP\r\n") == "250"


def test_a_store_that_has_no_room(house):
    """A letter that may not go on is failed in the end, and not held against the peer."""
    house.reception.room = [Deferred()]
    visitor = house.come()
    visitor.say(START + LETTER)
    house.wait(242)
    assert not visitor.gone
    assert visitor.codes(DOT + b"NOOP\r\n") == "451 250"


def test_when_it_is_crowded_the_idle_go_first(house):
    """When the table is nearly full, a silent peer has half a minute."""
    house.open(limits=Limits(connections=10, connections_per_address=10))
    visitors = [house.come() for _ in range(10)]
    house.wait(28)
    for visitor in visitors[:5]:
        visitor.say(b"NOOP\r\n")
    house.wait(4)
    assert [visitor.gone for visitor in visitors] == [False] * 5 + [True] * 5


def test_a_peer_that_does_not_hang_up_is_hung_up_on(house):
    """A connection that cannot be closed is aborted."""
    aborted = []
    visitor = house.come()
    visitor.transport.abortConnection = lambda: aborted.append(True)
    visitor.say(b"QUIT\r\n")
    house.wait(8)
    assert not aborted
    house.wait(4)
    assert aborted


def test_who_is_refused_and_does_not_go(house, monkeypatch):
    """A refused connection that cannot be closed is aborted soon, and sooner where many are."""
    monkeypatch.setattr(table, "LEAVING", 2)
    house.open(limits=Limits(connections=0))
    aborted = []
    for number in range(4):
        transport = house.come(hello=b"").transport
        transport.abortConnection = lambda number=number: aborted.append(number)
    assert aborted == [0, 1]
    house.wait(4)
    assert set(aborted) == {0, 1, 2, 3}


@pytest.mark.parametrize("letter", [b"DATA\r\n" + LETTER + DOT, b"BDAT 4 LAST\r\nHi\r\n"])
def test_a_store_that_says_nothing_is_told_for_each_recipient_of_lmtp(house, letter):
    """RFC 2033: as many answers as recipients, so that no later one is taken for a recipient's."""
    house.open(lmtp=True)
    house.reception.known = ("new", "help")
    house.reception.slow = [Deferred()]
    visitor = house.come(hello=b"LHLO vm\r\n")
    visitor.say(START[: -len(b"DATA\r\n")] + b"RCPT TO:<help@support>\r\n" + letter + b"VRFY x\r\n")
    house.wait(250)
    told = [line[:9] for line in visitor.heard()]
    assert told == ["451 4.4.5", "451 4.4.5", "252 2.1.5"]
