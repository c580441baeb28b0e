"""The pages for people."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from attrs import frozen
from klein import Klein
from twisted.logger import Logger
from twisted.python.failure import Failure

from mailtickets.helpdesk.book import Book
from mailtickets.helpdesk.feed import FeedDoor
from mailtickets.helpdesk.problems import problem_of, send
from mailtickets.interfaces import ILedger, ISpool


@frozen
class Surroundings:
    """What the pages show, and how they are guarded."""

    book: Book | None
    feed: FeedDoor | None
    spool: ISpool
    ledger: ILedger | None
    token: str
    banners: Callable[[], Sequence[str]]
    open_access: bool
    relay_set: bool
    feeds: tuple[str, ...]
    embedded: str


class Pages:
    """The pages' routes."""

    app = Klein()

    def __init__(self, surroundings: Surroundings) -> None:
        self._has = surroundings
        self._log = Logger(namespace="mailtickets.helpdesk")

    @app.handle_errors(Exception)
    def failed(self, request: Any, failure: Failure) -> bytes:
        """Tell what went wrong."""
        return send(request, problem_of(failure, self._log, "a page"))
