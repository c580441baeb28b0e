"""The admin's HTTP API, for the command line: the spool's items, seen and moved."""

from __future__ import annotations

from typing import Any

from klein import Klein
from twisted.logger import Logger
from twisted.python.failure import Failure

from mailtickets.helpdesk import door
from mailtickets.helpdesk.answering import parameter, send_json, send_octets
from mailtickets.helpdesk.asked import Request
from mailtickets.helpdesk.feed import page_size
from mailtickets.helpdesk.problems import Problem, problem_of, send
from mailtickets.helpdesk.values import stamp
from mailtickets.interfaces import ISpool
from mailtickets.mail.envelope import Letter
from mailtickets.mail.mailbox import printed
from mailtickets.outcomes import State
from mailtickets.routing.record import read_record
from mailtickets.slips import Shelf

PAGE, LARGEST_PAGE = 100, 500
NO_RELAY = "no relay is set: start with --relay smtp://HOST:PORT, then release it"


class AdminApi:
    """The routes under /admin/v1/. `relay_set` is false when replies have nowhere to go."""

    app = Klein()

    def __init__(self, spool: ISpool, *, relay_set: bool) -> None:
        self._spool = spool
        self._relay_set = relay_set
        self._log = Logger(namespace="mailtickets.helpdesk")

    @app.route("/admin/v1/queue", methods=["GET"])
    async def list_items(self, request: Request) -> bytes:
        """Items by ascending id; `state` may be there more than once.

        `older` and `younger` are ages in seconds.
        """
        states = [_state(one.decode("utf-8", "replace")) for one in request.args.get(b"state", ())]
        limit = page_size(request, PAGE, LARGEST_PAGE)
        found = await self._spool.list(
            states=states,
            agent=parameter(request, "agent") or None,
            recipient=parameter(request, "recipient") or None,
            older=_seconds(request, "older"),
            younger=_seconds(request, "younger"),
            after=_number(parameter(request, "after") or "0"),
            limit=limit + 1,
        )
        page = found[:limit]
        return send_json(
            request,
            {
                "items": [shelf_document(one) for one in page],
                "next": str(page[-1].id) if len(found) > limit else None,
            },
        )

    @app.route("/admin/v1/queue/<string:id>", methods=["GET"])
    async def show_item(self, request: Request, id: str) -> bytes:
        """One item with its envelope."""
        shelf, letter = await self._item(id)
        told = {"envelope": _envelope(letter), "decision": read_record(shelf.record)}
        return send_json(request, shelf_document(shelf) | told)

    @app.route("/admin/v1/queue/<string:id>/letter", methods=["GET"])
    async def export_letter(self, request: Request, id: str) -> None:
        """The letter's octets, as they arrived."""
        shelf, letter = await self._item(id)
        name = f"{letter.envelope.id or shelf.id}.eml"
        await send_octets(request, letter.octets, name=name, type="message/rfc822")

    @app.route("/admin/v1/queue/<string:id>/letter", methods=["PUT"])
    async def replace_letter(self, request: Request, id: str) -> bytes:
        """Put the body in the place of a held or waiting item's letter."""
        octets = request.content.read()
        if not octets:
            raise Problem(400, "body", "The body is the letter; there is none")
        shelf, _ = await self._item(id)
        replaced = await self._spool.replace(shelf.id, octets)
        return await self._moved(request, shelf, replaced, "waiting or held")

    @app.route("/admin/v1/audit", methods=["GET"])
    async def audit(self, request: Request) -> bytes:
        """A recount of the store; `full` reads the whole database for damage, too."""
        found = await self._spool.audit(full=parameter(request, "full") == "true")
        return send_json(
            request,
            {
                "accepted": found.accepted,
                "states": {state.value: found.states.get(state, 0) for state in State},
                "complaints": list(found.complaints),
                "overdue": list(found.overdue),
                "balanced": found.balanced,
            },
        )

    @app.route("/admin/v1/queue/<string:id>/release", methods=["POST"])
    async def release_item(self, request: Request, id: str) -> bytes:
        """Make a held item due now."""
        shelf, _ = await self._item(id)
        self._may_leave(shelf)
        return await self._moved(request, shelf, await self._spool.release(shelf.id), "held")

    @app.route("/admin/v1/queue/<string:id>/retry", methods=["POST"])
    async def retry_item(self, request: Request, id: str) -> bytes:
        """Make a waiting or held item due now."""
        shelf, _ = await self._item(id)
        self._may_leave(shelf)
        moved = await self._spool.retry(shelf.id)
        return await self._moved(request, shelf, moved, "waiting or held")

    @app.route("/admin/v1/queue/<string:id>/drop", methods=["POST"])
    async def drop_item(self, request: Request, id: str) -> bytes:
        """End a held or waiting item, for the reason that the body gives."""
        body = request.content.read()
        reason = door.document(body).get("reason", "") if body else ""
        if not isinstance(reason, str):
            raise Problem(400, "body", "/reason: text is wanted here")
        shelf, _ = await self._item(id)
        dropped = await self._spool.drop(shelf.id, reason or "dropped by the operator")
        return await self._moved(request, shelf, dropped, "waiting or held")

    def _may_leave(self, shelf: Shelf) -> None:
        refusal = may_not_leave(shelf, relay_set=self._relay_set)
        if refusal:
            raise Problem(409, "no-relay", refusal)

    async def _item(self, id: str) -> tuple[Shelf, Letter]:
        found = await self._spool.show(_number(id))
        if found is None:
            raise Problem(404, "no-such-item", "The spool has no item with this number")
        return found

    async def _moved(self, request: Request, shelf: Shelf, moved: bool, wanted: str) -> bytes:
        if not moved:
            raise Problem(409, "not-now", f"The item is {shelf.state}, not {wanted}")
        now, _ = await self._item(str(shelf.id))
        return send_json(request, shelf_document(now))

    @app.handle_errors(Exception)
    def failed(self, request: Any, failure: Failure) -> bytes:
        """Tell what went wrong as a problem document."""
        return send(request, problem_of(failure, self._log, "the admin's API"))


def may_not_leave(shelf: Shelf, *, relay_set: bool) -> str:
    """Why a held reply cannot be released; empty when it can."""
    held = shelf.state is State.HELD and shelf.agent == "relay"
    return NO_RELAY if held and not relay_set else ""


def shelf_document(shelf: Shelf) -> dict[str, Any]:
    """An item of the spool as JSON."""
    receipt = shelf.receipt
    return {
        "id": shelf.id,
        "letter": shelf.letter,
        "key": shelf.key,
        "sender": shelf.sender,
        "recipient": shelf.recipient,
        "agent": shelf.agent,
        "lane": shelf.lane,
        "state": shelf.state.value,
        "attempts": shelf.attempts,
        "accepted": stamp(shelf.accepted),
        "due": None if shelf.due is None else stamp(shelf.due),
        "reason": shelf.reason,
        "subject": shelf.subject,
        "ticket": None if receipt is None else receipt.ticket,
        "comment": None if receipt is None else receipt.comment,
        "url": None if receipt is None else receipt.url,
    }


def _envelope(letter: Letter) -> dict[str, Any]:
    envelope = letter.envelope
    peer = envelope.peer
    return {
        "id": envelope.id,
        "sender": printed(envelope.sender),
        "recipients": [str(one) for one in envelope.recipients],
        "arrived": stamp(envelope.arrived),
        "size": letter.octets.size,
        "peer": {
            "address": peer.address,
            "helo": peer.helo,
            "protocol": peer.protocol,
            "tls": peer.tls,
            "user": peer.user,
        },
        "labels": sorted(envelope.labels),
    }


def _state(text: str) -> State:
    try:
        return State(text)
    except ValueError:
        known = ", ".join(state.value for state in State)
        raise Problem(400, "state", f"state: one of {known}") from None


def _seconds(request: Request, name: str) -> float | None:
    text = parameter(request, name)
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 11):
        raise Problem(400, name, f"{name}: an age in whole seconds")
    return float(text)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise Problem(404, "no-such-item", "An item is known by its number")
    return int(text)
