"""The admin's API, which the command line uses."""

from __future__ import annotations

from pytest_twisted import ensureDeferred
from twisted.internet import reactor

from mailtickets.outcomes import State
from tests.desks.benches import Served
from tests.helpdesk.browsing import Browser
from tests.helpdesk.test_pages import held


@ensureDeferred
async def test_items_are_listed_shown_and_exported(served: Served) -> None:
    """By state and recipient; one with its envelope; the octets as they arrived."""
    number = await held(served)
    call = Browser(served)
    for query, many in (
        ("", 1),
        ("?state=held", 1),
        ("?state=due&state=held", 1),
        ("?state=due", 0),
    ):
        items = (await call("GET", f"/admin/v1/queue{query}")).json["items"]
        assert len(items) == many, query
    shown = (await call("GET", f"/admin/v1/queue/{number}")).json
    assert (shown["state"], shown["recipient"]) == ("held", "nic@ferrier")
    assert shown["envelope"]["sender"] == "nic@ferrier"
    letter = await call("GET", f"/admin/v1/queue/{number}/letter")
    assert letter.body.startswith(b"Subject: <b>\r\n")


@ensureDeferred
async def test_items_are_moved_once(served: Served) -> None:
    """Release, then a second release is 409 and says why; a drop keeps its reason."""
    first, second = await held(served), await held(served, "desk:embedded")
    call = Browser(served)
    assert (await call("POST", f"/admin/v1/queue/{first}/release")).json["state"] == "due"
    again = await call("POST", f"/admin/v1/queue/{first}/release")
    assert (again.status, "due" in again.json["detail"]) == (409, True)
    dropped = await call("POST", f"/admin/v1/queue/{second}/drop", {"reason": "spam"})
    assert (dropped.json["state"], dropped.json["reason"]) == ("dropped", "spam")
    assert (await call("POST", f"/admin/v1/queue/{second}/retry")).status == 409


@ensureDeferred
async def test_a_reply_without_a_relay_stays() -> None:
    """Release says that a relay is needed, in the API and on the page; it stays held."""
    served = Served(reactor, relay_set=False)
    try:
        number = await held(served)
        answer = await Browser(served)("POST", f"/admin/v1/queue/{number}/release")
        assert answer.status == 409
        assert "--relay" in answer.json["detail"]
        assert (
            "Can be released once a relay is set"
            in (await Browser(served, "")("GET", "/spool")).text
        )
        assert (await served.spool.list())[0].state is State.HELD
    finally:
        await served.close()


@ensureDeferred
async def test_without_a_desk_there_are_the_operators_pages() -> None:
    """The desk's API and pages are not there; spool, health and metrics are."""
    served = Served(reactor, book=None)
    try:
        call = Browser(served)
        assert (await call("GET", "/v1/tickets")).status == 404
        assert (await call("GET", "/v1/health")).status == 200
        assert (await call("GET", "/")).headers["location"] == "/spool"
        page = await call("GET", "/spool")
        assert (page.status, 'href="/tickets"' in page.text) == (200, False)
        assert (await call("GET", "/tickets")).status == 404
    finally:
        await served.close()
