"""What the reactor asks for is gathered, and goes to the writer's thread together.

A batch costs little more than a single write, waking the thread costs more than either, and while
both threads run each makes the other slower. So writes wait for the thread to be at leisure, and
then, as with PostgreSQL's `commit_delay` and `commit_siblings`, for those that are about to come:
no longer than the last batch took, and not at all where nobody else is about to write.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

from twisted.internet.interfaces import IDelayedCall

from mailtickets.db.writer import Entry

LONGEST = 0.005
"""Seconds that a write waits, at most, for those that are about to come."""

SOON = 0.02
"""Seconds after which what was announced, and has not come, is not waited for: its peer is slow."""

ENOUGH = 64
"""Writes that wait for no more."""


class Gathering:
    """Gathers entries and gives them to `put`, in the reactor's thread. `reactor` is the reactor.

    Whoever is to write soon may say so by `announce`, and says `arrived` before asking for it, or
    when it does not come. Who says neither is forgotten: only those of the last moment count.
    """

    def __init__(self, reactor: Any, put: Callable[[Sequence[Entry]], None]) -> None:
        self._reactor = reactor
        self._put = put
        self._asked: list[Entry] = []
        self._turn = False  # we are called when this turn of the reactor ends
        self._timer: IDelayedCall | None = None
        self._coming: OrderedDict[int, float] = OrderedDict()  # when each was announced, in order
        self._number = 0
        self._busy = False  # the writer has not told what became of what it was given
        self._took = LONGEST  # seconds for the last batch
        self._returning = False  # those who were just answered may be back in a moment

    def __len__(self) -> int:
        return len(self._asked)

    def announce(self) -> int:
        """A write is about to come. Answers its number."""
        now = self._reactor.seconds()
        while self._coming and now - next(iter(self._coming.values())) >= SOON:
            self._coming.popitem(last=False)
        self._number += 1
        self._coming[self._number] = now
        self._returning = False
        return self._number

    def arrived(self, number: int) -> None:
        """The one that was announced under this number is asked for now, or comes no more."""
        self._coming.pop(number, None)

    def add(self, entry: Entry) -> None:
        """Let an entry wait, until the reactor's turn ends at least."""
        self._asked.append(entry)
        if not self._turn:
            self._turn = True
            self._reactor.callLater(0, self._ends)

    def _ends(self) -> None:
        """A turn of the reactor ends in which something was asked for."""
        self._turn = False
        if not self._asked:
            pass  # it went already
        elif len(self._asked) >= ENOUGH:
            self.hand_on()
        elif self._busy:
            pass  # `written` comes
        elif self._returning or self._more():
            self._wait()
        else:
            self.hand_on()

    def _more(self) -> bool:
        """Whether what was announced is likely to come in a moment."""
        latest = next(reversed(self._coming.values()), None)
        return latest is not None and self._reactor.seconds() - latest < SOON

    def _wait(self) -> None:
        if self._timer is None:
            delay = min(self._took, LONGEST)
            self._timer = self._reactor.callLater(delay, self._time_is_up)

    def _time_is_up(self) -> None:
        self._timer = None
        self.hand_on()

    def written(self, seconds: float) -> None:
        """The writer, which took so long, is about to tell what became of what it was given."""
        self._busy = False
        self._took = seconds
        if self._asked:
            self._returning = True
            self._wait()

    def hand_on(self) -> None:
        """Wait no longer."""
        timer, self._timer = self._timer, None
        if timer is not None:
            timer.cancel()
        self._returning = False
        if self._asked:
            asked, self._asked = self._asked, []
            self._busy = True
            self._put(asked)
