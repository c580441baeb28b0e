"""The operator's pages: what is in flight, what is held and why, how far each feed was read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import frozen
from klein import Klein
from twisted.logger import Logger
from twisted.python.failure import Failure

from mailtickets.helpdesk.admin import may_not_leave
from mailtickets.helpdesk.answering import parameter, send_octets
from mailtickets.helpdesk.asked import Request
from mailtickets.helpdesk.pages import see, session_of, told
from mailtickets.helpdesk.paper import Paper, Surroundings
from mailtickets.helpdesk.problems import Problem
from mailtickets.mail.envelope import Letter
from mailtickets.outcomes import TERMINAL, State
from mailtickets.routing.record import lines_of, read_record
from mailtickets.slips import Shelf

PAGE = 50
GLIMPSE = 16 * 1024
"""Octets of a letter that its page shows."""
_TABS: Mapping[str, tuple[str, tuple[State, ...]]] = {
    "flight": ("In flight", (State.DUE, State.LEASED, State.HELD)),
    "held": ("Held", (State.HELD,)),
    "failed": ("Failed", (State.BOUNCED, State.REFUSED, State.DROPPED)),
    "done": ("Done", TERMINAL),
}


@frozen
class FeedShown:
    """How far a desk's feed was read, in words."""

    name: str
    sentence: str
    behind: bool


class SpoolPages:
    """The routes under /spool."""

    app = Klein()

    def __init__(self, surroundings: Surroundings, paper: Paper) -> None:
        self._has = surroundings
        self._spool = surroundings.spool
        self._paper = paper
        self._log = Logger(namespace="mailtickets.helpdesk")

    @app.route("/spool", methods=["GET"])
    async def spool(self, request: Request) -> bytes:
        """Items of one tab, oldest first."""
        session = session_of(self._has.guard.session(request))
        show = parameter(request, "show") or "flight"
        if show not in _TABS:
            show = "flight"
        after = _number(parameter(request, "after") or "0")
        states = _TABS[show][1]
        found = await self._spool.list(states=states, after=after, limit=PAGE + 1)
        items = found[:PAGE]
        tally = await self._spool.tally()
        tabs = [
            {"name": name, "title": title, "number": sum(tally.get(one, 0) for one in those)}
            for name, (title, those) in _TABS.items()
        ]
        return await self._paper.page(
            request,
            "spool.html",
            session,
            items=items,
            stays=self._stays(*items),
            tabs=tabs,
            show=show,
            more=f"/spool?show={show}&after={items[-1].id}" if len(found) > PAGE else "",
            totals=[(one.value, tally[one]) for one in State if tally.get(one)],
            feeds=[await self._feed(name) for name in self._has.feeds],
        )

    @app.route("/spool/<string:id>", methods=["GET"])
    async def item(self, request: Request, id: str) -> bytes:
        """One item, with its letter's beginning."""
        session = session_of(self._has.guard.session(request))
        shelf, letter = await self._item(id)
        return await self._paper.page(
            request,
            "item.html",
            session,
            item=shelf,
            letter=letter,
            stays=self._stays(shelf),
            source=await _glimpse(letter),
            decision=lines_of(read_record(shelf.record) or {}) if shelf.record else [],
        )

    @app.route("/spool/<string:id>/letter", methods=["GET"])
    async def letter(self, request: Request, id: str) -> None:
        """The letter as a file."""
        session_of(self._has.guard.session(request))
        shelf, letter = await self._item(id)
        name = f"{letter.envelope.id or shelf.id}.eml"
        await send_octets(request, letter.octets, name=name, type="message/rfc822")

    @app.route("/spool/<string:id>/release", methods=["POST"])
    async def release(self, request: Request, id: str) -> bytes:
        """Make a held item due."""
        shelf = await self._asked(request, id)
        self._may_leave(shelf)
        await self._spool.release(shelf.id)
        return see(request, "/spool")

    @app.route("/spool/<string:id>/retry", methods=["POST"])
    async def retry(self, request: Request, id: str) -> bytes:
        """Make a waiting item due now."""
        shelf = await self._asked(request, id)
        self._may_leave(shelf)
        await self._spool.retry(shelf.id)
        return see(request, "/spool")

    @app.route("/spool/<string:id>/drop", methods=["POST"])
    async def drop(self, request: Request, id: str) -> bytes:
        """End an item for good."""
        shelf = await self._asked(request, id)
        reason = (parameter(request, "reason") or "").strip()[:500]
        await self._spool.drop(shelf.id, reason or "dropped by the operator")
        return see(request, "/spool")

    async def _asked(self, request: Request, id: str) -> Shelf:
        """The item that a form of ours is about."""
        guard = self._has.guard
        guard.check_form(
            request, session_of(guard.session(request)), parameter(request, "form") or ""
        )
        return (await self._item(id))[0]

    def _may_leave(self, shelf: Shelf) -> None:
        refusal = may_not_leave(shelf, relay_set=self._has.relay_set)
        if refusal:
            raise Problem(409, "no-relay", f"It cannot leave: {refusal}")

    def _stays(self, *items: Shelf) -> Mapping[int, str]:
        return {one.id: may_not_leave(one, relay_set=self._has.relay_set) for one in items}

    async def _item(self, id: str) -> tuple[Shelf, Letter]:
        found = await self._spool.show(_number(id))
        if found is None:
            raise Problem(404, "no-such-item", "The spool has no item with this number")
        return found

    async def _feed(self, name: str) -> FeedShown:
        """How far a feed was read. Of the embedded desk we know what is left, too."""
        cursor = None if self._has.ledger is None else await self._has.ledger.cursor(name)
        if name != self._has.embedded or self._has.book is None:
            said = "not read yet" if cursor is None else f"read to {cursor}"
            return FeedShown(name, said, cursor is None)
        end = await self._has.book.end()
        if cursor is None or not cursor.isdecimal():
            return FeedShown(name, "not read yet", end > 0)
        behind = max(0, end - int(cursor))
        said = f"{behind} event{'' if behind == 1 else 's'} behind" if behind else "up to date"
        return FeedShown(name, said, behind > 0)

    @app.handle_errors(Exception)
    def failed(self, request: Any, failure: Failure) -> bytes:
        """Tell what went wrong on a page."""
        return told(request, failure, self._paper, self._log)


async def _glimpse(letter: Letter) -> str:
    """A letter's beginning, as text."""
    async for chunk in letter.octets.chunks():
        return (
            chunk[:GLIMPSE].decode("utf-8", "replace").replace("\r\n", "\n").replace("\0", "\ufffd")
        )
    return ""


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise Problem(404, "no-such-item", "An item is known by its number")
    return int(text)
