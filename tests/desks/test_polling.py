"""A feed that waits, made of a desk that must be asked."""

from __future__ import annotations

import pytest_twisted
from twisted.internet.defer import CancelledError, ensureDeferred
from twisted.internet.task import Clock

from mailtickets.desks.polling import Page, Polling
from mailtickets.tickets.events import Event, Kind


def event(number: int) -> Event:
    """An event."""
    return Event(str(number), str(number), Kind.COMMENT_ADDED, "7")


class Desk:
    """Tells `pages`, by the cursor it is asked with; an empty page where there is none."""

    def __init__(self, every: float = 5.0) -> None:
        self.clock = Clock()
        self.pages: dict[str | None, Page] = {}
        self.asked: list[str | None] = []
        self.polling = Polling(self.clock, self.ask, every)

    async def ask(self, after: str | None) -> Page:
        """Answer."""
        self.asked.append(after)
        return self.pages.get(after, Page((), after))


@pytest_twisted.ensureDeferred
async def test_what_is_there_is_told_at_once() -> None:
    """Without any wait, and past pages that hold nothing for us."""
    desk = Desk()
    desk.pages = {None: Page((), "1", more=True), "1": Page([event(2)], "2", more=True)}
    assert [one.id for one in await desk.polling.events(None, 25)] == ["2"]
    assert desk.asked == [None, "1"]


def test_it_asks_every_so_often_and_then_gives_up() -> None:
    """Every five seconds within the time it was given."""
    desk = Desk()
    waiting = ensureDeferred(desk.polling.events("9", 12))
    desk.clock.pump([5, 5])
    assert len(desk.asked) == 3
    assert not waiting.called
    desk.clock.advance(2)
    assert len(desk.asked) == 4
    assert waiting.result == ()
    assert not desk.clock.getDelayedCalls()


def test_a_nudge_shortens_the_wait() -> None:
    """And one that comes while a question is under way is not lost."""
    desk = Desk(every=1000)
    waiting = ensureDeferred(desk.polling.events("9", 5000))
    desk.pages["9"] = Page([event(10)], "10")
    desk.polling.nudge()
    assert [one.id for one in waiting.result] == ["10"]
    desk.polling.nudge()  # nobody waits; it does no harm
    assert not desk.clock.getDelayedCalls()


def test_what_holds_nothing_for_us_is_read_once() -> None:
    """A cursor that only events move does not make each poll longer than the last."""
    desk = Desk()
    desk.pages = {"1": Page((), "2", more=True), "2": Page((), "3")}
    ensureDeferred(desk.polling.events("1", 6))
    desk.clock.pump([5, 1])
    assert desk.asked == ["1", "2", "3", "3"]
    ensureDeferred(desk.polling.events("1", 0))
    assert desk.asked[4:] == ["3"]
    ensureDeferred(desk.polling.events("2", 0))  # another cursor starts from there
    assert desk.asked[5:] == ["2"]


def test_a_desk_that_never_moves_is_not_asked_in_a_loop() -> None:
    """To say that there is more, with the same cursor, is no progress."""
    desk = Desk()
    desk.pages = {"1": Page((), "1", more=True)}
    ensureDeferred(desk.polling.events("1", 6))
    assert desk.asked == ["1"]


def test_a_wait_can_be_cancelled() -> None:
    """Nothing is left behind."""
    desk = Desk()
    waiting = ensureDeferred(desk.polling.events("9", 25))
    waiting.cancel()
    failed: list[type[BaseException] | None] = []
    waiting.addErrback(lambda why: failed.append(why.check(CancelledError)))
    assert failed == [CancelledError]
    assert not desk.clock.getDelayedCalls()
