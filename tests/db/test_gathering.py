"""Gathering: writes share a transaction where they can, and none waits long for another."""

import pytest
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from mailtickets.db.gathering import ENOUGH, LONGEST, SOON, Gathering
from mailtickets.db.writer import Entry


class Desk:
    """A gathering on a clock of the test's, and what it gave to the writer."""

    def __init__(self):
        self.clock = Clock()
        self.given = []
        self.gathering = Gathering(self.clock, self.given.append)

    def add(self, name):
        """Somebody asks for a write."""
        self.gathering.add(Entry(name, None, many=False, done=Deferred()))

    def turn(self, seconds=0.0):
        """The reactor's turn ends, so much later."""
        self.clock.advance(seconds)

    @property
    def names(self):
        """What was given, batch by batch."""
        return [[entry.work for entry in batch] for batch in self.given]


@pytest.fixture
def desk():
    """A gathering at leisure."""
    return Desk()


def test_a_write_alone_does_not_wait(desk):
    """Where nobody else is about to write, a write goes when the reactor's turn ends."""
    desk.gathering.arrived(desk.gathering.announce())
    desk.add("one")
    assert desk.names == []
    desk.turn()
    assert desk.names == [["one"]]


def test_what_a_turn_asks_for_is_one_batch(desk):
    """What is asked for in one turn of the reactor wakes the writer once."""
    desk.add("one")
    desk.add("two")
    desk.turn()
    assert desk.names == [["one", "two"]]


def test_it_waits_for_what_is_about_to_come(desk):
    """A letter at its end shares the commit of those that come a moment later."""
    first, second = desk.gathering.announce(), desk.gathering.announce()
    desk.gathering.arrived(first)
    desk.add("one")
    desk.turn(LONGEST / 2)
    assert desk.names == []
    desk.gathering.arrived(second)
    desk.add("two")
    desk.turn()
    assert desk.names == [["one", "two"]]


def test_it_waits_no_longer_than_it_says(desk):
    """Who never comes holds nobody up for more than the time that is said."""
    desk.gathering.announce()
    desk.add("one")
    desk.turn()
    desk.turn(LONGEST * 0.9)
    assert desk.names == []
    desk.turn(LONGEST * 0.2)
    assert desk.names == [["one"]]


def test_a_quick_store_is_waited_with_for_less(desk):
    """A write waits no longer than the last batch took."""
    desk.gathering.written(LONGEST / 10)
    desk.gathering.announce()
    desk.add("one")
    desk.turn()
    assert desk.names == []
    desk.turn(LONGEST / 9)
    assert desk.names == [["one"]]


def test_a_slow_peer_is_not_waited_for(desk):
    """A letter that has been coming for a while delays nobody's commit."""
    desk.gathering.announce()
    desk.turn(SOON * 1.1)
    desk.add("one")
    desk.turn()
    assert desk.names == [["one"]]


def test_a_slow_peer_is_not_waited_for_either_when_others_come(desk):
    """A letter that hangs on the line delays none of those that come and go meanwhile."""
    desk.gathering.announce()
    desk.turn(SOON * 1.1)
    for number in range(3):
        desk.gathering.arrived(desk.gathering.announce())
        desk.add(number)
        desk.turn()
        desk.gathering.written(LONGEST)
    assert desk.names == [[0], [1], [2]]


def test_what_never_comes_is_forgotten(desk):
    """Peers that hang by the thousand cost no memory here, and may still come to their end."""
    first = desk.gathering.announce()
    for _ in range(5000):
        desk.gathering.announce()
        desk.turn(SOON * 1.1)
    assert len(desk.gathering._coming) == 1
    desk.gathering.arrived(first)
    desk.add("late")
    desk.turn()
    assert desk.names == [["late"]]


def test_who_hangs_up_is_not_waited_for(desk):
    """A letter that was given up is not waited for."""
    desk.gathering.arrived(desk.gathering.announce())
    desk.add("one")
    desk.turn()
    assert desk.names == [["one"]]


def test_nothing_is_given_to_a_writer_at_work(desk):
    """While a batch is written the next one gathers; it goes a moment after that is done."""
    desk.add("one")
    desk.turn()
    desk.add("two")
    desk.turn(1.0)
    assert desk.names == [["one"]]
    desk.gathering.written(LONGEST / 2)
    desk.turn(LONGEST / 2)
    assert desk.names == [["one"], ["two"]]


def test_those_who_were_answered_may_be_back(desk):
    """Peers that send one letter after the other come to share one commit, not two by turns."""
    desk.add("one")
    desk.turn()
    desk.add("two")
    desk.turn()
    desk.gathering.written(1.0)
    desk.add("at once")
    desk.turn()
    assert desk.names == [["one"]]
    desk.gathering.arrived(desk.gathering.announce())
    desk.add("one again")
    desk.turn()
    assert desk.names == [["one"], ["two", "at once", "one again"]]


def test_many_wait_for_nobody(desk):
    """A batch that is large enough goes, whoever is about to come."""
    desk.add("first")
    desk.turn()
    desk.gathering.announce()
    for number in range(ENOUGH):
        desk.add(number)
    desk.turn()
    assert len(desk.given[1]) == ENOUGH


def test_all_of_it_goes_at_the_end(desk):
    """Who closes the store loses nothing that waits, and no timer is left."""
    desk.gathering.announce()
    desk.add("one")
    desk.turn()
    desk.gathering.hand_on()
    assert desk.names == [["one"]]
    desk.turn()
    assert desk.clock.getDelayedCalls() == []
    assert len(desk.gathering) == 0


def test_nothing_is_waited_for_when_all_of_it_went(desk):
    """A turn's end finds that its writes have gone already, and leaves no timer."""
    desk.gathering.announce()
    desk.add("one")
    desk.gathering.hand_on()
    desk.turn()
    assert desk.names == [["one"]]
    assert desk.clock.getDelayedCalls() == []
