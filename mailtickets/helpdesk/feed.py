"""The desk's event feed over HTTP: by long poll, and as server-sent events."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from contextlib import contextmanager

from twisted.internet.interfaces import IReactorTime

from mailtickets.helpdesk.answering import Stream, parameter, send_json
from mailtickets.helpdesk.asked import Request
from mailtickets.helpdesk.book import Book
from mailtickets.helpdesk.problems import Problem
from mailtickets.tickets.document import event_document
from mailtickets.tickets.events import Event

LONGEST_WAIT = 60.0
"""Seconds a long poll may wait; a longer wish is shortened to it."""
HEARTBEAT = 15.0
"""Seconds between signs of life in a stream where nothing happens."""
PAGE, LARGEST_PAGE = 100, 500
MOST_WAITING = 500
NOW = "now"
"""The cursor of now: only what happens later comes after it."""


class FeedDoor:
    """Answers GET /v1/events. At most `MOST_WAITING` requests wait at once."""

    def __init__(self, book: Book, clock: IReactorTime) -> None:
        self._book = book
        self._clock = clock
        self._waiting = 0

    async def answer(self, request: Request) -> bytes | None:
        """By long poll, or as a stream when the client accepts nothing else better."""
        accepted = request.getHeader(b"accept") or b""
        if b"text/event-stream" in accepted.lower():
            await self.stream(request)
            return None
        return await self._poll(request)

    async def _poll(self, request: Request) -> bytes:
        after = await self._cursor(parameter(request, "after"), "after")
        limit = page_size(request, PAGE, LARGEST_PAGE)
        wait = min(_seconds(parameter(request, "wait")), LONGEST_WAIT)
        with self._place(taken=wait > 0):
            events = await self._book.events(after, limit, wait)
        cursor = events[-1].cursor if events else str(after)
        return send_json(
            request, {"events": [event_document(one) for one in events], "cursor": cursor}
        )

    async def stream(self, request: Request, *, brief: bool = False) -> None:
        """Write events as they happen, until the client leaves.

        `brief` leaves out what was said: a page that only wants to know when to look again.
        """
        last = request.getHeader(b"last-event-id")  # WHATWG HTML 9.2.4
        told = last.decode("ascii", "replace") if last else parameter(request, "after")
        after = await self._cursor(told, "Last-Event-ID")
        with self._place(taken=True):
            request.setHeader(b"content-type", b"text/event-stream")
            request.setHeader(b"cache-control", b"no-store")
            request.setHeader(b"x-accel-buffering", b"no")
            stream = Stream(request)
            try:
                await stream.write(b"retry: 2000\n\n")
                while True:
                    events = await self._book.events(after, PAGE, HEARTBEAT)
                    if not events:
                        await stream.write(b": nothing new\n\n")
                    for event in events:
                        await stream.write(_sent(event, brief=brief))
                        after = int(event.id)
            finally:
                stream.close()

    @contextmanager
    def _place(self, *, taken: bool) -> Iterator[None]:
        """One of the places for those who wait."""
        if taken and self._waiting >= MOST_WAITING:
            raise Problem(503, "busy", "Too many wait for events", headers={"Retry-After": "10"})
        self._waiting += taken
        try:
            yield
        finally:
            self._waiting -= taken

    async def _cursor(self, text: str | None, name: str) -> int:
        if text is None or text == "":
            return 0
        if text == NOW:
            return await self._book.end()
        if not (text.isascii() and text.isdecimal() and len(text) < 19):
            raise Problem(400, "cursor", f"{name}: a cursor that this feed gave, or {NOW}")
        return int(text)


def page_size(request: Request, otherwise: int, largest: int, *, least: int = 1) -> int:
    """The `limit` of the query, no larger than `largest`. Raises Problem."""
    text = parameter(request, "limit")
    if text is None:
        return otherwise
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and int(text) >= least):
        raise Problem(400, "limit", f"limit: a whole number from {least} to {largest}")
    return min(int(text), largest)


def _seconds(text: str | None) -> float:
    if text is None or text == "":
        return 0.0
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds < math.inf:
        raise Problem(400, "wait", f"wait: a number of seconds from 0 to {LONGEST_WAIT:.0f}")
    return seconds


def _sent(event: Event, *, brief: bool) -> bytes:
    """One server-sent event; JSON has no line ends, so its data is one line."""
    document = event_document(event)
    if brief:
        document = {name: document[name] for name in ("id", "kind", "ticket", "comment_id")}
    data = json.dumps(document, separators=(",", ":"))
    return f"id: {event.cursor}\nevent: {event.kind.value}\ndata: {data}\n\n".encode()
