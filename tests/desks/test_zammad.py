"""Zammad by contract: against a server written from the documents, not the real thing."""

from __future__ import annotations

from typing import Any

import pytest_twisted
from twisted.internet import reactor

from mailtickets.desks.api import Access
from mailtickets.desks.hosted import FilingDesk
from mailtickets.desks.zammad import Zammad, ZammadSettings, signed
from mailtickets.testing.desk import Bench, desk_contract
from mailtickets.testing.deskcase import NIC, comment, file, new_key
from mailtickets.testing.feed import feed_contract
from mailtickets.tickets.events import Kind
from mailtickets.tickets.intents import OpenTicket
from tests.desks.vendors.serving import benched, played
from tests.desks.vendors.zammad import API, EXCHANGES, ZammadServer

KEY = "a" * 64


async def make_zammad(reactor: Any) -> Bench:
    """The server and our client."""
    vendor = ZammadServer(reactor)

    def system(url: str, seconds: float) -> Zammad:
        access = Access(url, lambda: "sesame", signed)
        return Zammad(reactor, access, ZammadSettings(), seconds=seconds)

    def answer(ticket: str, text: str, public: bool) -> Any:
        told = {"body": text, "content_type": "text/plain", "internal": not public}
        return vendor.wrote(int(ticket), told, 2)["id"]

    return benched(
        reactor, vendor, FilingDesk, system, lambda ticket: len(vendor.of(ticket)), answer
    )


class TestZammad(desk_contract(make_zammad)):  # type: ignore[misc]
    """Our client keeps what a desk promises, at the small server."""


class TestZammadFeed(feed_contract(make_zammad)):  # type: ignore[misc]
    """And what a feed promises."""


@pytest_twisted.ensureDeferred
async def test_the_server_keeps_its_table() -> None:
    """Each exchange of the documents, field by field."""
    assert len(EXCHANGES) >= 12
    bench = await make_zammad(reactor)
    try:
        for exchange in EXCHANGES:
            await played(bench.desk.vendor, exchange)
    finally:
        await bench.close()


@pytest_twisted.ensureDeferred
async def test_requests_are_as_the_table_has_them() -> None:
    """A ticket with its guessed customer, and a note: never an article of type email."""
    bench = await make_zammad(reactor)
    try:
        files = (file("log.txt", b"hello", "text/plain"),)
        opening = OpenTicket("s", "S", NIC, "Broken", "Trouble.", attachments=files)
        ticket = (await bench.desk.submit(opening, KEY)).ticket
        asked = bench.desk.vendor.log[-1]
        assert (asked.method, asked.path) == ("POST", f"{API}/tickets")
        attached = {"filename": "log.txt", "mime-type": "text/plain", "data": "aGVsbG8="}
        assert asked.told == {
            "title": "Broken",
            "group": "Users",
            "customer_id": "guess:nic@ferrier",
            "mailtickets_key": KEY,
            "article": {
                "subject": f"mailtickets {KEY}",
                "body": "Trouble.",
                "content_type": "text/plain",
                "type": "note",
                "sender": "Customer",
                "internal": False,
                "attachments": [attached],
            },
        }
        await bench.desk.submit(comment(ticket, public=False), new_key())
        asked = bench.desk.vendor.log[-1]
        assert (asked.method, asked.path) == ("POST", f"{API}/ticket_articles")
        told = asked.told
        assert (told["ticket_id"], told["type"], told["internal"]) == (1, "note", True)
    finally:
        await bench.close()


@pytest_twisted.ensureDeferred
async def test_what_zammad_mailed_itself_is_not_mailed_again() -> None:
    """An article of type email is told, but not as one to be mailed."""
    bench = await make_zammad(reactor)
    try:
        opening = OpenTicket("s", "S", NIC, "Broken", "Trouble.")
        await bench.desk.submit(opening, KEY)
        bench.desk.vendor.wrote(1, {"body": "<b>hi</b>", "type": "email"}, 2)
        bench.desk.vendor.wrote(1, {"body": "<b>ho</b>"}, 2)
        told = [o for o in await bench.desk.events(None, 0) if o.kind is Kind.COMMENT_ADDED]
        assert [(one.html, one.public) for one in told] == [
            ("<b>hi</b>", False),
            ("<b>ho</b>", True),
        ]
    finally:
        await bench.close()


@pytest_twisted.ensureDeferred
async def test_a_missing_attribute_makes_no_second_ticket() -> None:
    """The ticket that was made is the letter's, and stays the only one however often it comes."""
    bench = await make_zammad(reactor)
    try:
        bench.desk.vendor.knows_key = False
        letter = OpenTicket("s", "S", NIC, "Broken", "x")
        receipt = await bench.desk.submit(letter, KEY)
        assert await bench.desk.submit(letter, KEY) == receipt
        assert await bench.tickets() == 1
    finally:
        await bench.close()


@pytest_twisted.ensureDeferred
async def test_closing_is_told() -> None:
    """By the ticket's history."""
    bench = await make_zammad(reactor)
    try:
        await bench.desk.submit(OpenTicket("s", "S", NIC, "Broken", "x"), KEY)
        end = await bench.desk.end()
        await played(bench.desk.vendor, EXCHANGES[-2])
        told = await bench.desk.events(end, 0)
        assert [(one.kind, one.status) for one in told] == [(Kind.STATUS_CHANGED, "closed")]
    finally:
        await bench.close()


@pytest_twisted.ensureDeferred
async def test_check_names_what_is_missing() -> None:
    """A group that we may not write to, a wrong token."""
    bench = await make_zammad(reactor)
    try:
        bench.desk.vendor.rights = {"Users": ["read"], "Sales": ["full"]}
        assert "group Users" in (await bench.desk.check())[0]
        bench.desk.vendor.rights = {"Users": ["read", "create", "change"]}
        assert list(await bench.desk.check()) == []
        bench.desk.vendor.signature = {"authorization": "Token token=other"}
        assert "token" in (await bench.desk.check())[0]
    finally:
        await bench.close()
