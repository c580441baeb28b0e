"""Jira Service Management by contract: against a server written from what is documented."""

from __future__ import annotations

import time
from typing import Any

import pytest
import pytest_twisted
from twisted.internet import reactor

from mailtickets.desks.api import Access
from mailtickets.desks.hosted import FilingDesk, by_user
from mailtickets.desks.jira import EXPERIMENTAL, Jira, JiraSettings
from mailtickets.errors import Permanent, Temporary
from mailtickets.mail.octets import whole
from mailtickets.slips import Attempt
from mailtickets.testing.desk import Bench, desk_contract
from mailtickets.testing.deskcase import NIC, comment, file, new_key
from mailtickets.testing.feed import feed_contract
from mailtickets.tickets.events import Kind
from mailtickets.tickets.intents import OpenTicket
from mailtickets.tickets.values import Person
from tests.desks.cutting import Cut
from tests.desks.vendors.jira import ANN, DESK, EXCHANGES, FIELD, OURS, V3, JiraServer
from tests.desks.vendors.serving import Told, benched, played

KEY = "a" * 64
NELL = Person("Nell", "nell@customer.example")
OPENING = OpenTicket("support", "SUPPORT", NELL, "Broken", "*Trouble* {code}\n\nand !more!")


async def make_jira(reactor: Any) -> Bench:
    """The server and our client."""
    vendor = JiraServer(reactor)

    def system(url: str, seconds: float) -> Jira:
        form = by_user({"user": "bot@example.com"})
        access = Access(url, lambda: "sesame", form, extra=EXPERIMENTAL)
        return Jira(reactor, access, JiraSettings("SUP", 25), seconds=seconds)

    def answer(ticket: str, text: str, public: bool) -> Any:
        internal = {"key": "sd.public.comment", "value": {"internal": not public}}
        return vendor.wrote(ticket, text, ANN, [internal])["id"]

    return benched(
        reactor, vendor, FilingDesk, system, lambda ticket: 1 + len(vendor.of(ticket)), answer
    )


class TestJira(desk_contract(make_jira)):  # type: ignore[misc]
    """Our client keeps what a desk promises, at the small server."""


class TestJiraFeed(feed_contract(make_jira)):  # type: ignore[misc]
    """And what a feed promises."""


@pytest_twisted.ensureDeferred
async def test_the_server_keeps_its_table() -> None:
    """Each exchange of the documents, field by field."""
    assert len(EXCHANGES) >= 12
    bench = await make_jira(reactor)
    try:
        for exchange in EXCHANGES:
            await played(bench.desk.vendor, exchange)
    finally:
        await bench.close()


@pytest_twisted.ensureDeferred
async def test_requests_are_as_the_table_has_them() -> None:
    """On behalf of a customer who is made once, word for word; a comment in a single call."""
    bench = await make_jira(reactor)
    try:
        vendor = bench.desk.vendor
        files = (file("log.txt", b"hello", "text/plain"), file("b.bin", b"x" * 10_000_001))
        opening = OpenTicket("s", "S", NELL, "Broken", OPENING.text, attachments=files)
        ticket = (await bench.desk.submit(opening, KEY)).ticket
        asked = vendor.log[-1]
        assert (asked.method, asked.path) == ("POST", f"{DESK}/request")
        told = asked.told
        values = told.pop("requestFieldValues")
        account = next(one for one, who in vendor.people.items() if who[1] == NELL.address)
        assert told == {
            "serviceDeskId": "7",
            "requestTypeId": "25",
            "isAdfRequest": True,
            "raiseOnBehalfOf": account,
        }
        assert (values["summary"], values[FIELD]) == ("Broken", KEY)
        assert values["attachment"] == ["temp10000"]
        texts = [block["content"][0]["text"] for block in values["description"]["content"]]
        assert texts[:2] == ["*Trouble* {code}", "and !more!"]
        assert "b.bin (10000001 octets)" in str(values["description"])
        await bench.desk.submit(OPENING, new_key())
        assert sum(one.path.startswith(f"{DESK}/customer") for one in vendor.log) == 1
        key = new_key()
        await bench.desk.submit(comment(ticket, public=False), key)
        asked = vendor.log[-1]
        assert (asked.method, asked.path) == ("POST", f"{V3}/issue/SUP-{ticket}/comment")
        assert asked.told["properties"] == [
            {"key": "sd.public.comment", "value": {"internal": True}},
            {"key": "mailtickets", "value": {"key": key}},
        ]
    finally:
        await bench.close()


@pytest.mark.parametrize("what", ["request", "comment"])
@pytest_twisted.ensureDeferred
async def test_what_was_made_and_not_heard_of_is_found(what: str) -> None:
    """Jira commits, the connection drops, and there is one request, with one comment."""
    bench = await make_jira(reactor)
    assert bench.address is not None
    assert bench.through is not None
    cut = Cut(reactor, bench.address, rf"POST [^ ]*/{what} ")
    try:
        desk = bench.through(cut.port, 5.0)
        ticket = "1" if what == "request" else (await bench.desk.submit(OPENING, KEY)).ticket
        intent = OPENING if what == "request" else comment(ticket)
        key = new_key()
        with pytest.raises(Temporary) as caught:
            await desk.submit(intent, key)
        assert not caught.value.undone
        vendor = bench.desk.vendor
        vendor.journal.attempts[key] = Attempt(time.time() - 60)
        receipt = await desk.submit(intent, key)
        assert receipt == await desk.submit(intent, key)
        assert receipt.ticket == ticket
        assert (await bench.tickets(), cut.cut) == (1, 1)
        assert await bench.comments(ticket) == (1 if what == "request" else 2)
    finally:
        await cut.stop()
        await bench.close()


@pytest_twisted.ensureDeferred
async def test_a_requester_who_can_be_no_customer() -> None:
    """The request is made all the same, and the requester is found again with it."""
    bench = await make_jira(reactor)
    try:
        opening = OpenTicket("s", "S", NIC, "Broken", "Trouble.")
        ticket = (await bench.desk.submit(opening, KEY)).ticket
        fields = bench.desk.vendor.all[0]["fields"]
        assert fields["reporter"]["accountId"] == OURS
        assert (await bench.desk.find(ticket)).requester == NIC
    finally:
        await bench.close()


@pytest_twisted.ensureDeferred
async def test_only_what_came_by_us_is_served() -> None:
    """A request of the portal's is not found, and its answers are Jira's to send."""
    bench = await make_jira(reactor)
    try:
        vendor = bench.desk.vendor
        await bench.desk.submit(OPENING, KEY)
        vendor.all[0]["fields"][FIELD] = None
        vendor.wrote("1", "hello", ANN)
        assert await bench.desk.find("1") is None
        assert list(await bench.desk.events(None, 0)) == []
    finally:
        await bench.close()


@pytest_twisted.ensureDeferred
async def test_an_answer_brings_its_files() -> None:
    """By the comment's own list; they lie elsewhere, and are asked for there without our token."""
    bench = await make_jira(reactor)
    try:
        vendor = bench.desk.vendor
        files = (file("log.txt", b"hello", "text/plain"),)
        opening = OpenTicket("s", "S", NELL, "Broken", "x", attachments=files)
        ticket = (await bench.desk.submit(opening, KEY)).ticket
        end = await bench.desk.end()
        vendor.wrote(ticket, "see there", ANN, files=vendor.files[:1])
        told = (await bench.desk.events(end, 0))[0]
        assert (told.text, told.html, told.public) == ("see there", "<p>see there</p>", True)
        assert await whole(await bench.desk.fetch(ticket, told.attachments[0]), 100) == b"hello"
        assert not any("authorization" in one.headers for one in vendor.elsewhere.log)
        await bench.desk.submit(comment(ticket, attachments=files), new_key())
        assert [one["filename"] for one in vendor.all[0]["fields"]["attachment"]] == ["log.txt"] * 2
    finally:
        await bench.close()


@pytest_twisted.ensureDeferred
async def test_closing_is_told() -> None:
    """By the request's statuses, its first one excepted; a look-up says closed."""
    bench = await make_jira(reactor)
    try:
        vendor = bench.desk.vendor
        ticket = (await bench.desk.submit(OPENING, KEY)).ticket
        end = await bench.desk.end()
        vendor.past[0] = (*vendor.past[0][:3], "2026-01-01T00:00:00.000+0000")
        vendor.moved(ticket, "Closed", "DONE")
        told = await bench.desk.events(end, 0)
        assert [(one.kind, one.status) for one in told] == [(Kind.STATUS_CHANGED, "closed")]
        assert (await bench.desk.find(ticket)).closed
    finally:
        await bench.close()


@pytest_twisted.ensureDeferred
async def test_no_project_is_no_word_about_a_ticket() -> None:
    """Jira says 404 of what we may not see; a letter is not refused for that."""
    bench = await make_jira(reactor)
    try:
        ticket = (await bench.desk.submit(OPENING, KEY)).ticket
        with pytest.raises(Permanent):
            await bench.desk.submit(comment("99"), new_key())
        bench.desk.vendor.project = "OTHER"
        with pytest.raises(Temporary) as caught:
            await bench.desk.submit(comment("99"), new_key())
        assert caught.value.loud
        assert "SUP" in (await bench.desk.check())[0]
        assert ticket == "1"
    finally:
        await bench.close()


@pytest_twisted.ensureDeferred
async def test_check_names_what_is_missing() -> None:
    """Rights, a field that is not on the form, for which letters wait, a wrong token."""
    bench = await make_jira(reactor)
    try:
        vendor = bench.desk.vendor
        vendor.rights.discard("SERVICEDESK_AGENT")
        vendor.fields.remove(FIELD)
        said = await bench.desk.check()
        assert ["agent" in said[0], "mailtickets key" in said[1]] == [True, True]
        with pytest.raises(Temporary) as caught:
            await bench.desk.submit(OPENING, new_key())
        assert (caught.value.loud, caught.value.undone) == (True, True)
        vendor.signature = {"authorization": "Basic other"}
        desk: Any = bench.through(vendor.port, 5.0) if bench.through else None
        assert "token" in (await desk.check())[0]
    finally:
        await bench.close()


@pytest_twisted.ensureDeferred
async def test_limits_are_honoured() -> None:
    """429 puts a letter off for as long as Jira says; quietly."""
    bench = await make_jira(reactor)
    try:
        bench.desk.vendor.limited = Told(429, {"errorMessages": []}, {"Retry-After": "5"})
        with pytest.raises(Temporary) as caught:
            await bench.desk.submit(OPENING, new_key())
        assert (caught.value.loud, caught.value.undone) == (False, True)
        assert caught.value.retry_after == 5
    finally:
        await bench.close()
