"""A graceful stop."""

from __future__ import annotations

from twisted.internet.defer import Deferred, ensureDeferred
from twisted.internet.error import ConnectionDone
from twisted.python.failure import Failure

from tests.smtpd.doors import DOT, LETTER, START, House, Visitor


def leave(visitor: Visitor) -> None:
    """The connection is closed."""
    assert visitor.gone
    visitor.protocol.connectionLost(Failure(ConnectionDone()))


def test_letters_end_and_others_go():
    """New and idle connections get 421; a letter in its data phase gets its 250 first."""
    house = House()
    idle, busy, waiting = house.come(), house.come(), house.come()
    busy.say(START + LETTER)
    store = Deferred()
    house.reception.slow = [store]
    waiting.say(START + LETTER + DOT)
    stopped = ensureDeferred(house.factory.drain(30))
    assert idle.codes() == "421"
    leave(idle)
    late = house.come(hello=b"")
    assert late.codes() == "421"
    assert late.gone
    store.callback(None)
    assert waiting.codes() == "250 421"
    leave(waiting)
    busy.heard()
    assert busy.codes(DOT) == "250 421"
    leave(busy)
    assert stopped.called
    assert len(house.reception.letters) == 2


def test_nobody_there():
    """With no connection it is over at once."""
    assert ensureDeferred(House().factory.drain(30)).called


def test_the_time_is_up():
    """A letter that takes longer than there is time gets 421 and is not kept."""
    house = House()
    visitor = house.come()
    visitor.say(START + LETTER)
    stopped = ensureDeferred(house.factory.drain(5))
    house.wait(4)
    assert not visitor.gone
    house.wait(2)
    assert visitor.codes() == "421"
    assert house.reception.begun[0].discarded
    leave(visitor)
    assert stopped.called


def test_who_does_not_go_is_left():
    """The stop comes to an end even when a peer does not."""
    house = House()
    visitor = house.come()
    visitor.say(START)
    stopped = ensureDeferred(house.factory.drain(5))
    house.wait(12)
    assert stopped.called
