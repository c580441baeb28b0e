"""Freshdesk by contract: against a server written from the documents, not the real thing."""

from __future__ import annotations

from typing import Any

import pytest
import pytest_twisted
from twisted.internet import reactor

from mailtickets.desks.api import Access
from mailtickets.desks.freshdesk import Freshdesk, FreshdeskSettings, signed
from mailtickets.desks.hosted import FilingDesk
from mailtickets.errors import Temporary
from mailtickets.testing.desk import Bench, desk_contract
from mailtickets.testing.deskcase import NIC, comment, file, new_key
from mailtickets.testing.feed import feed_contract
from mailtickets.tickets.events import Kind
from mailtickets.tickets.intents import OpenTicket
from mailtickets.tickets.values import Person
from tests.desks.vendors.freshdesk import ANN, API, CLOSING, EXCHANGES, FIELD, FreshdeskServer
from tests.desks.vendors.serving import Told, benched, played

KEY = "a" * 64
NELL = Person("Nell", "nell@customer.example")
OPENING = OpenTicket("support", "SUPPORT", NELL, "Broken", "a < b\nTrouble.")


async def make_freshdesk(reactor: Any) -> Bench:
    """The server and our client."""
    vendor = FreshdeskServer(reactor)

    def system(url: str, seconds: float) -> Freshdesk:
        access = Access(url, lambda: "sesame", signed)
        return Freshdesk(reactor, access, FreshdeskSettings(), seconds=seconds)

    def answer(ticket: str, text: str, public: bool) -> Any:
        return vendor.wrote(ticket, {"body": text, "private": not public}, ANN)["id"]

    return benched(
        reactor, vendor, FilingDesk, system, lambda ticket: 1 + len(vendor.of(ticket)), answer
    )


class TestFreshdesk(desk_contract(make_freshdesk)):  # type: ignore[misc]
    """Our client keeps what a desk promises, at the small server."""


class TestFreshdeskFeed(feed_contract(make_freshdesk)):  # type: ignore[misc]
    """And what a feed promises."""


@pytest_twisted.ensureDeferred
async def test_the_server_keeps_its_table() -> None:
    """Each exchange of the documents, field by field."""
    assert len(EXCHANGES) >= 12
    bench = await make_freshdesk(reactor)
    try:
        for exchange in EXCHANGES:
            await played(bench.desk.vendor, exchange)
    finally:
        await bench.close()


@pytest_twisted.ensureDeferred
async def test_requests_are_as_the_table_has_them() -> None:
    """A ticket, and a note with its mark in sight: never a reply, which Freshdesk mails."""
    bench = await make_freshdesk(reactor)
    try:
        ticket = (await bench.desk.submit(OPENING, KEY)).ticket
        asked = bench.desk.vendor.log[-1]
        assert (asked.method, asked.path) == ("POST", f"{API}/tickets")
        assert asked.told == {
            "name": "Nell",
            "email": "nell@customer.example",
            "subject": "Broken",
            "description": "<div>a &lt; b<br>Trouble.</div>",
            "status": 2,
            "priority": 1,
            "source": 2,
            "custom_fields": {FIELD: KEY},
        }
        key = new_key()
        await bench.desk.submit(comment(ticket, public=False), key)
        asked = bench.desk.vendor.log[-1]
        assert (asked.method, asked.path) == ("POST", f"{API}/tickets/{ticket}/notes")
        assert asked.told["private"] is True
        assert asked.told["body"].endswith(f"<br><br>[mailtickets {key}]</div>")
    finally:
        await bench.close()


@pytest_twisted.ensureDeferred
async def test_files_go_as_a_form() -> None:
    """Named members, our field among them; what is too large for the account is named instead."""
    bench = await make_freshdesk(reactor)
    try:
        vendor = bench.desk.vendor
        files = (file("log.txt", b"hello", "text/plain"),)
        opening = OpenTicket("s", "S", NELL, "Broken", "Trouble.", attachments=files)
        ticket = (await bench.desk.submit(opening, KEY)).ticket
        assert vendor.log[-1].form[-1] == ("attachments[]", "log.txt", "text/plain", b"hello")
        assert vendor.one(ticket)["custom_fields"] == {FIELD: KEY}
        vendor.most = 4
        ticket = (await bench.desk.submit(opening, new_key())).ticket
        assert "log.txt (5 octets)" in vendor.one(ticket)["description_text"]
    finally:
        await bench.close()


@pytest_twisted.ensureDeferred
async def test_an_address_that_freshdesk_takes_for_none() -> None:
    """The ticket is made all the same, and the requester is found again with it."""
    bench = await make_freshdesk(reactor)
    try:
        opening = OpenTicket("s", "S", Person("", "nic@ferrier"), "Broken", "Trouble.")
        ticket = (await bench.desk.submit(opening, KEY)).ticket
        assert bench.desk.vendor.people[0]["unique_external_id"] == "nic@ferrier"
        assert (await bench.desk.find(ticket)).requester == Person("", NIC.address)
    finally:
        await bench.close()


@pytest_twisted.ensureDeferred
async def test_what_freshdesk_mailed_itself_is_not_mailed_again() -> None:
    """A reply is told, but not as one to be mailed; a ticket that came another way is not."""
    bench = await make_freshdesk(reactor)
    try:
        vendor = bench.desk.vendor
        await bench.desk.submit(OPENING, KEY)
        vendor.wrote("1", {"body": "hi", "private": False}, ANN, source=0)
        vendor.wrote("1", {"body": "ho", "private": False}, ANN)
        vendor.all.append({**vendor.all[0], "id": 2, "custom_fields": {FIELD: None}})
        vendor.wrote("2", {"body": "hm", "private": False}, ANN)
        told = [o for o in await bench.desk.events(None, 0) if o.kind is Kind.COMMENT_ADDED]
        assert [(one.text, one.public) for one in told] == [("hi", False), ("ho", True)]
        assert await bench.desk.find("2") is None
    finally:
        await bench.close()


@pytest_twisted.ensureDeferred
async def test_nobody_else_can_bear_our_mark() -> None:
    """A stranger's note with our last line is an agent's answer, not our own echo."""
    bench = await make_freshdesk(reactor)
    try:
        ticket = (await bench.desk.submit(OPENING, KEY)).ticket
        forged = f"hello\n\n[mailtickets {'b' * 64}]"
        bench.desk.vendor.wrote(ticket, {"body": forged, "private": False}, ANN)
        told = [o for o in await bench.desk.events(None, 0) if o.kind is Kind.COMMENT_ADDED]
        assert [(one.text, one.origin_key) for one in told] == [(forged, None)]
    finally:
        await bench.close()


@pytest_twisted.ensureDeferred
async def test_closing_is_told() -> None:
    """Once, by the ticket's statistics; a comment that reopens it does."""
    bench = await make_freshdesk(reactor)
    try:
        ticket = (await bench.desk.submit(OPENING, KEY)).ticket
        end = await bench.desk.end()
        await played(bench.desk.vendor, CLOSING)
        told = await bench.desk.events(end, 0)
        assert [(one.kind, one.status) for one in told] == [(Kind.STATUS_CHANGED, "closed")]
        assert list(await bench.desk.events(told[0].cursor, 0)) == []
        assert (await bench.desk.find(ticket)).closed
        await bench.desk.submit(comment(ticket, reopens=True), new_key())
        assert not (await bench.desk.find(ticket)).closed
    finally:
        await bench.close()


@pytest_twisted.ensureDeferred
async def test_check_names_what_is_missing() -> None:
    """A field that is not there, which a letter waits for; a wrong key."""
    bench = await make_freshdesk(reactor)
    try:
        bench.desk.vendor.known.remove(FIELD)
        assert FIELD in (await bench.desk.check())[0]
        with pytest.raises(Temporary) as caught:
            await bench.desk.submit(OPENING, new_key())
        assert FIELD in str(caught.value)
        assert (caught.value.loud, caught.value.undone) == (True, True)
        bench.desk.vendor.signature = {"authorization": "Basic other"}
        assert "token" in (await bench.desk.check())[0]
    finally:
        await bench.close()


@pytest_twisted.ensureDeferred
async def test_limits_are_honoured() -> None:
    """429 puts a letter off for as long as Freshdesk says; quietly."""
    bench = await make_freshdesk(reactor)
    try:
        headers = {"Retry-After": "42", "X-RateLimit-Remaining": "0"}
        bench.desk.vendor.limited = Told(429, {"message": "You have exceeded the limit"}, headers)
        with pytest.raises(Temporary) as caught:
            await bench.desk.submit(OPENING, new_key())
        assert (caught.value.loud, caught.value.undone) == (False, True)
        assert caught.value.retry_after == 42
    finally:
        await bench.close()
