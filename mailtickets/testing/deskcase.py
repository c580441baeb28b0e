"""What the contracts of desks and feeds are run on, and how their tests wait for the reactor."""

from __future__ import annotations

import unittest
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar
from uuid import uuid4

from attrs import frozen
from twisted.internet.defer import Deferred, ensureDeferred

from mailtickets.mail.octets import InMemory
from mailtickets.tickets.intents import AddComment, OpenTicket
from mailtickets.tickets.values import Attachment, Person

T = TypeVar("T")

PATIENCE = 60.0
"""Seconds that one test may take."""
NIC = Person("Nic", "nic@ferrier")


@frozen
class Bench:
    """A desk on the bench: its client, and what the contract must be able to see and do there.

    `tickets()` counts the tickets of the system, `comments(ticket)` those of one, the opening
    letter among them. `answer(ticket, text, public)` has an agent write at the desk itself, past
    the client, and gives the comment's id. `through(port, seconds)` is a second client that reaches
    the same system by 127.0.0.1:port, with so many seconds for a call; `address` is where the
    system really listens; both are None for a desk that has no socket, and the faults are not
    tried. `close` ends everything. A desk that takes no empty file says so by `empty_files`, and
    names it in the text instead. `patience` is how many seconds one test may take there.
    `silent_receipts` is true of a desk whose good answers need not say anything.
    """

    desk: Any
    queue: str
    prefix: str
    tickets: Callable[[], Awaitable[int]]
    comments: Callable[[str], Awaitable[int]]
    answer: Callable[[str, str, bool], Awaitable[str]]
    close: Callable[[], Awaitable[None]]
    through: Callable[[int, float], Any] | None = None
    address: tuple[str, int] | None = None
    empty_files: bool = True
    patience: float = PATIENCE
    silent_receipts: bool = False

    def opening(self, text: str = "Hi... can you help?", **more: Any) -> OpenTicket:
        """A letter that opens a ticket."""
        more.setdefault("subject", "I can't login!")
        more.setdefault("message_id", f"{uuid4().hex}@ferrier")
        return OpenTicket(self.queue, self.prefix, NIC, text=text, **more)


def comment(ticket: str, text: str = "Thank you.", **more: Any) -> AddComment:
    """A letter that adds a comment."""
    return AddComment(ticket, more.pop("author", NIC), text, **more)


def file(name: str, octets: bytes, type: str = "application/octet-stream") -> Attachment:
    """An attachment."""
    return Attachment(name, type, InMemory(octets))


def new_key() -> str:
    """A key that nobody used before."""
    return uuid4().hex * 2


Make = Callable[[Any], Coroutine[Any, Any, Bench]]
"""Makes a bench, given the reactor."""


class DeskCase(unittest.TestCase):
    """A test case whose tests are coroutines, run while pytest-twisted runs the reactor."""

    make: Make
    bench: Bench
    reactor: Any

    def setUp(self) -> None:
        """Make the bench."""
        from twisted.internet import reactor  # noqa: PLC0415 - the test run has chosen one by now

        self.reactor = reactor
        self.bench = self.wait(type(self).make(reactor))
        self.addCleanup(lambda: self.wait(_closed(self.bench)))

    def wait(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine to its end."""
        import pytest_twisted  # type: ignore[import-untyped] # noqa: PLC0415 - only here

        waiting: Deferred[T] = ensureDeferred(coroutine)
        bench: Bench | None = getattr(self, "bench", None)
        waiting.addTimeout(PATIENCE if bench is None else bench.patience, self.reactor)
        result: T = pytest_twisted.blockon(waiting)
        return result


async def _closed(bench: Bench) -> None:
    await bench.close()


def waiting(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[[DeskCase], None]:
    """Make a test method of a coroutine method."""

    def run(self: DeskCase) -> None:
        self.wait(test(self))

    run.__name__, run.__doc__ = test.__name__, test.__doc__
    return run
