"""The admin's HTTP API about addresses that are not written to: seen, added, lifted."""

from __future__ import annotations

from typing import Any

from klein import Klein
from twisted.logger import Logger
from twisted.python.failure import Failure

from mailtickets.errors import Permanent
from mailtickets.helpdesk import door
from mailtickets.helpdesk.answering import parameter, send_json
from mailtickets.helpdesk.asked import Request
from mailtickets.helpdesk.feed import page_size
from mailtickets.helpdesk.problems import Problem, problem_of, send
from mailtickets.helpdesk.values import stamp
from mailtickets.mail.mailbox import Mailbox
from mailtickets.registers import ISuppressions, Suppressed

PAGE, LARGEST_PAGE = 100, 500


class AddressesApi:
    """The routes under /admin/v1/suppression."""

    app = Klein()

    def __init__(self, suppressions: ISuppressions | None) -> None:
        self._suppressions = suppressions
        self._log = Logger(namespace="mailtickets.helpdesk")

    @property
    def _list(self) -> ISuppressions:
        if self._suppressions is None:
            raise Problem(404, "path", "No list of addresses is kept here")
        return self._suppressions

    @app.route("/admin/v1/suppression", methods=["GET"])
    async def list_addresses(self, request: Request) -> bytes:
        """Addresses in order, those that are only counted among them."""
        limit = page_size(request, PAGE, LARGEST_PAGE)
        found = await self._list.all(parameter(request, "after") or "", limit)
        return send_json(
            request,
            {
                "addresses": [suppressed_document(one) for one in found],
                "next": found[-1].address if len(found) == limit else None,
            },
        )

    @app.route("/admin/v1/suppression/<string:address>", methods=["GET"])
    async def show_address(self, request: Request, address: str) -> bytes:
        """What is known of an address."""
        found = await self._list.find(_mailbox(address))
        if found is None:
            raise Problem(404, "no-such-address", f"{address} has not failed")
        return send_json(request, suppressed_document(found))

    @app.route("/admin/v1/suppression/<string:address>", methods=["PUT"])
    async def add_address(self, request: Request, address: str) -> bytes:
        """Write to it no more, for the reason that the body gives."""
        body = request.content.read()
        reason = door.document(body).get("reason", "") if body else ""
        if not isinstance(reason, str):
            raise Problem(400, "body", "/reason: text is wanted here")
        made = await self._list.suppress(_mailbox(address), reason or "by hand")
        return send_json(request, suppressed_document(made))

    @app.route("/admin/v1/suppression/<string:address>", methods=["DELETE"])
    async def lift_address(self, request: Request, address: str) -> bytes:
        """Write to it again."""
        if not await self._list.lift(_mailbox(address)):
            raise Problem(404, "no-such-address", f"{address} is not on the list")
        request.setResponseCode(204)
        return b""

    @app.handle_errors(Exception)
    def failed(self, request: Any, failure: Failure) -> bytes:
        """Tell what went wrong as a problem document."""
        return send(request, problem_of(failure, self._log, "the admin's API"))


def suppressed_document(one: Suppressed) -> dict[str, Any]:
    """An address as JSON."""
    return {
        "address": one.address,
        "suppressed": one.suppressed,
        "soft": one.soft,
        "since": stamp(one.since),
        "words": one.words,
    }


def _mailbox(text: str) -> Mailbox:
    try:
        return Mailbox.parse(text)
    except Permanent as why:
        raise Problem(400, "address", why.text) from None
