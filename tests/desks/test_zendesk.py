"""Zendesk by contract: against a server written from the documents, not the real thing."""

from __future__ import annotations

import time
from base64 import b64encode
from typing import Any

import pytest
import pytest_twisted
from twisted.internet import reactor

from mailtickets.desks.api import Access
from mailtickets.desks.hosted import FilingDesk, by_user
from mailtickets.desks.zendesk import Zendesk, ZendeskSettings
from mailtickets.errors import Permanent, Temporary
from mailtickets.mail.octets import whole
from mailtickets.slips import Attempt
from mailtickets.testing.desk import Bench, desk_contract
from mailtickets.testing.deskcase import NIC, comment, file, new_key
from mailtickets.testing.feed import feed_contract
from mailtickets.tickets.events import Kind
from mailtickets.tickets.intents import OpenTicket
from mailtickets.tickets.values import Person
from tests.desks.vendors.serving import Told, benched, played
from tests.desks.vendors.zendesk import API, CLOSING, EXCHANGES, GROUP, OURS, ZendeskServer

KEY = "a" * 64
NELL = Person("Nell", "nell@customer.example")
OPENING = OpenTicket("support", "SUPPORT", NELL, "Broken", "Trouble.")


async def make_zendesk(reactor: Any, group: int = GROUP) -> Bench:
    """The server and our client."""
    vendor = ZendeskServer(reactor)

    def system(url: str, seconds: float) -> Zendesk:
        access = Access(url, lambda: "sesame", by_user({"user": "bot@example.com"}, "/token"))
        return Zendesk(reactor, access, ZendeskSettings(group), seconds=seconds)

    return benched(
        *(reactor, vendor, FilingDesk, system, lambda ticket: len(vendor.said(ticket))),
        lambda ticket, text, public: vendor.wrote(ticket, text, public=public),
    )


class TestZendesk(desk_contract(make_zendesk)):  # type: ignore[misc]
    """Our client keeps what a desk promises, at the small server."""


class TestZendeskFeed(feed_contract(make_zendesk)):  # type: ignore[misc]
    """And what a feed promises."""


@pytest_twisted.ensureDeferred
async def test_the_server_keeps_its_table() -> None:
    """Each exchange of the documents, field by field."""
    assert len(EXCHANGES) >= 12
    bench = await make_zendesk(reactor)
    try:
        for exchange in EXCHANGES:
            await played(bench.desk.vendor, exchange)
    finally:
        await bench.close()


@pytest_twisted.ensureDeferred
async def test_requests_are_as_the_table_has_them() -> None:
    """Files first; a ticket with its requester, external id and key; a note that is internal."""
    bench = await make_zendesk(reactor)
    try:
        files = (file("log.txt", b"hello", "text/plain"), file("virus.exe", b"MZ"))
        opening = OpenTicket("s", "S", NELL, "Broken {{a}}", "Trouble.", attachments=files)
        ticket = (await bench.desk.submit(opening, KEY)).ticket
        log = bench.desk.vendor.log
        assert [one.path for one in log[:2]] == [
            f"{API}/uploads?filename=log.txt",
            f"{API}/uploads?filename=virus.exe",
        ]
        assert (log[0].headers["content-type"], log[0].body) == ("text/plain", b"hello")
        asked = log[2]
        assert (asked.method, asked.path) == ("POST", f"{API}/tickets")
        assert asked.headers["idempotency-key"] == KEY
        told = asked.told["ticket"]
        body = told.pop("comment")
        assert told == {
            "subject": "Broken {\u2060{a}}",
            "external_id": KEY,
            "requester": {"name": "Nell", "email": "nell@customer.example"},
            "metadata": {"mailtickets": KEY},
            "group_id": GROUP,
        }
        assert body["uploads"] == ["token1"]
        assert body["public"] is True
        assert "virus.exe (2 octets)" in body["body"]
        assert (await bench.desk.find(ticket)).subject == "Broken {{a}}"
        await bench.desk.submit(comment(ticket, public=False), new_key())
        asked = log[-1]
        assert (asked.method, asked.path) == ("PUT", f"{API}/tickets/{ticket}")
        assert asked.told["ticket"]["comment"]["public"] is False
        assert set(asked.told["ticket"]) == {"comment", "metadata"}
    finally:
        await bench.close()


@pytest_twisted.ensureDeferred
async def test_an_address_that_zendesk_takes_for_none() -> None:
    """The ticket is made all the same, and the requester is found again with it."""
    bench = await make_zendesk(reactor)
    try:
        opening = OpenTicket("s", "S", NIC, "Broken", "Trouble.")
        ticket = (await bench.desk.submit(opening, KEY)).ticket
        assert bench.desk.vendor.all[0]["requester_id"] == OURS
        assert (await bench.desk.find(ticket)).requester == NIC
        assert "nic@ferrier" in bench.desk.vendor.said(ticket)[0]["body"]
    finally:
        await bench.close()


@pytest_twisted.ensureDeferred
async def test_only_what_came_by_us_is_served() -> None:
    """A ticket of Zendesk's own mail is not found, and its answers are Zendesk's to send."""
    bench = await make_zendesk(reactor)
    try:
        await played(bench.desk.vendor, EXCHANGES[2])
        bench.desk.vendor.wrote("35436", "hello", public=True)
        assert await bench.desk.find("35436") is None
        assert list(await bench.desk.events(None, 0)) == []
    finally:
        await bench.close()


@pytest_twisted.ensureDeferred
async def test_a_closed_ticket_takes_no_more() -> None:
    """The comment is refused for good, and the closing is told by the ticket's audits."""
    bench = await make_zendesk(reactor)
    try:
        ticket = (await bench.desk.submit(OPENING, KEY)).ticket
        end = await bench.desk.end()
        await played(bench.desk.vendor, CLOSING)
        told = await bench.desk.events(end, 0)
        assert [(one.kind, one.status) for one in told] == [(Kind.STATUS_CHANGED, "closed")]
        assert (await bench.desk.find(ticket)).closed
        with pytest.raises(Permanent):
            await bench.desk.submit(comment(ticket), new_key())
    finally:
        await bench.close()


@pytest_twisted.ensureDeferred
async def test_a_key_that_comes_with_other_words_makes_no_second_ticket() -> None:
    """Zendesk refuses the pair; the ticket that is there already is the letter's."""
    bench = await make_zendesk(reactor)
    try:
        files = (file("log.txt", b"hello", "text/plain"),)
        opening = OpenTicket("s", "S", NELL, "Broken", "Trouble.", attachments=files)
        receipt = await bench.desk.submit(opening, KEY)
        bench.desk.vendor.journal.attempts.clear()  # as if it had never been noted
        with pytest.raises(Temporary) as caught:
            await bench.desk.submit(opening, KEY)
        assert not caught.value.loud
        assert not caught.value.undone
        bench.desk.vendor.journal.attempts[KEY] = Attempt(time.time() - 60)
        assert await bench.desk.submit(opening, KEY) == receipt
        assert await bench.tickets() == 1
    finally:
        await bench.close()


@pytest_twisted.ensureDeferred
async def test_the_export_is_read_to_its_end() -> None:
    """Page by page until end_of_stream; what is kept back in the latest minute comes later."""
    bench = await make_zendesk(reactor)
    try:
        vendor = bench.desk.vendor
        vendor.page = 1
        for _ in range(3):
            await bench.desk.submit(OPENING, new_key())
        told = await bench.desk.events(None, 0)
        assert len({one.ticket for one in told}) == 3
        vendor.held = 60
        vendor.wrote(told[0].ticket, "later", public=True)
        assert list(await bench.desk.events(told[-1].cursor, 0)) == []
        vendor.held = 0
        later = await bench.desk.events(told[-1].cursor, 0)
        assert [one.text for one in later] == ["later"]
        assert later[0].author == Person("Ann", "")
    finally:
        await bench.close()


@pytest_twisted.ensureDeferred
async def test_the_token_stays_with_zendesk() -> None:
    """Files lie elsewhere, behind a redirect, and are asked for there without it."""
    bench = await make_zendesk(reactor)
    try:
        files = (file("log.txt", b"hello", "text/plain"),)
        opening = OpenTicket("s", "S", NELL, "Broken", "Trouble.", attachments=files)
        ticket = (await bench.desk.submit(opening, KEY)).ticket
        told = (await bench.desk.events(None, 0))[0].attachments[0]
        assert await whole(await bench.desk.fetch(ticket, told), 100) == b"hello"
        log = bench.desk.vendor.elsewhere.log
        assert [one.path for one in log] == ["/1?token=once", "/files/1?signature=a%2Fb"]
        assert not any("authorization" in one.headers for one in log)
    finally:
        await bench.close()


@pytest_twisted.ensureDeferred
async def test_check_names_what_is_missing() -> None:
    """A wrong token, a token that may not export, a group that is not there."""
    bench = await make_zendesk(reactor, 12)
    try:
        assert "no group 12" in (await bench.desk.check())[0]
        bench.desk.vendor.users[OURS] = ("Mail", "bot@example.com", "agent")
        assert "administrator" in (await bench.desk.check())[0]
        stranger = f"Basic {b64encode(b'bot@example.com/token:other').decode()}"
        bench.desk.vendor.signature = {"authorization": stranger}
        assert "token" in (await bench.desk.check())[0]
    finally:
        await bench.close()


@pytest_twisted.ensureDeferred
async def test_limits_are_honoured() -> None:
    """429 puts a letter off for as long as Zendesk says; quietly."""
    bench = await make_zendesk(reactor)
    try:
        bench.desk.vendor.limited = Told(429, {"error": "TooMany"}, {"Retry-After": "93"})
        with pytest.raises(Temporary) as caught:
            await bench.desk.submit(OPENING, new_key())
        assert (caught.value.loud, caught.value.undone) == (False, True)
        assert caught.value.retry_after == 93
    finally:
        await bench.close()
