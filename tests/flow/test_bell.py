"""A bell that wakes whoever waits for it."""

from twisted.internet.defer import ensureDeferred
from twisted.internet.task import Clock

from mailtickets.flow.bell import Bell


def waited(bell, seconds=10.0):
    """What a waiter learns, in a list that is empty until then."""
    heard = []
    ensureDeferred(bell.wait(seconds)).addCallback(heard.append)
    return heard


def test_a_ring_wakes_and_leaves_no_timer():
    """A ring wakes the waiter at once, and nothing of the wait is left behind."""
    clock = Clock()
    bell = Bell(clock)
    heard = waited(bell)
    assert heard == []
    bell.ring()
    assert heard == [True]
    assert clock.getDelayedCalls() == []


def test_a_wait_is_bounded():
    """Nobody rings: the waiter goes on when the time is up."""
    clock = Clock()
    heard = waited(Bell(clock))
    clock.advance(10.0)
    assert heard == [False]


def test_a_ring_is_remembered_once():
    """A ring before the wait counts for the next wait, and for that one only."""
    clock = Clock()
    bell = Bell(clock)
    bell.ring()
    bell.ring()
    assert waited(bell) == [True]
    assert waited(bell) == []
