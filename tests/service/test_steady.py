"""Timers count the time that passes, whatever is done to the machine's clock."""

from __future__ import annotations

from twisted.internet.base import ReactorBase
from twisted.internet.task import Clock

from mailtickets.service.steady import steady


class Sleepless(ReactorBase):
    """A reactor of Twisted's own kind that is never run."""

    def installWaker(self) -> None:
        """It needs none."""


def test_timers_go_by_the_time_that_passes() -> None:
    """What was scheduled before and after comes when so much time has passed."""
    reactor, passed = Sleepless(), [100.0]
    came: list[str] = []
    reactor.callLater(10, came.append, "before")
    began = reactor.seconds()
    steady(reactor, lambda: passed[0])
    assert abs(reactor.seconds() - began) < 5
    reactor.callLater(10, came.append, "after")
    passed[0] += 9
    reactor.runUntilCurrent()
    assert came == []
    passed[0] += 2
    reactor.runUntilCurrent()
    assert came == ["before", "after"]


def test_a_clock_of_its_own_is_let_be() -> None:
    """A test's clock stays the test's."""
    clock = Clock()
    steady(clock)
    assert clock.seconds() == 0
