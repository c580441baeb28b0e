"""GitLab's issues by contract: against a server written from the documents, not the real thing."""

from __future__ import annotations

from typing import Any

import pytest_twisted
from twisted.internet import reactor

from mailtickets.desks.api import Access
from mailtickets.desks.gitlab import GitLab, signed
from mailtickets.desks.hosted import HostedDesk
from mailtickets.desks.marks import read_mark
from mailtickets.testing.desk import Bench, desk_contract
from mailtickets.testing.deskcase import NIC, comment, file, new_key
from mailtickets.testing.feed import feed_contract
from mailtickets.tickets.events import Kind
from mailtickets.tickets.intents import OpenTicket
from tests.desks.vendors.gitlab import EXCHANGES, ISSUES, GitLabServer
from tests.desks.vendors.serving import benched, played

KEY = "a" * 64
OPENING = OpenTicket("support", "SUPPORT", NIC, "Found a bug", "Trouble.")


async def make_gitlab(reactor: Any) -> Bench:
    """The server and our client."""
    vendor = GitLabServer(reactor)

    def system(url: str, seconds: float) -> GitLab:
        access = Access(url, lambda: "sesame", signed)
        return GitLab(reactor, access, "octo/help", seconds=seconds)

    def answer(ticket: str, text: str, public: bool) -> Any:
        return vendor.wrote(ticket, text, "ann", internal=not public)["id"]

    return benched(
        reactor, vendor, HostedDesk, system, lambda ticket: 1 + len(vendor.of(ticket)), answer
    )


class TestGitLab(desk_contract(make_gitlab)):  # type: ignore[misc]
    """Our client keeps what a desk promises, at the small server."""


class TestGitLabFeed(feed_contract(make_gitlab)):  # type: ignore[misc]
    """And what a feed promises."""


@pytest_twisted.ensureDeferred
async def test_the_server_keeps_its_table() -> None:
    """Each exchange of the documents, field by field."""
    assert len(EXCHANGES) >= 12
    bench = await make_gitlab(reactor)
    try:
        for exchange in EXCHANGES:
            await played(bench.desk.vendor, exchange)
    finally:
        await bench.close()


@pytest_twisted.ensureDeferred
async def test_an_issue_is_asked_for_as_the_table_has_it() -> None:
    """POST, confidential; the description's first line hides our mark and the requester."""
    bench = await make_gitlab(reactor)
    try:
        files = (file("log.txt", b"hello", "text/plain"),)
        opening = OpenTicket("s", "S", NIC, "Found a bug", "Trouble.", attachments=files)
        receipt = await bench.desk.submit(opening, KEY)
        asked = bench.desk.vendor.log[-1]
        assert (asked.method, asked.path) == ("POST", ISSUES)
        assert asked.headers["content-type"] == "application/json"
        assert set(asked.told) == {"title", "description", "confidential"}
        read = read_mark(asked.told["description"])
        assert (read.mark, read.requester) == (KEY, NIC)
        assert "Trouble." in read.text
        assert "log.txt (5 octets)" in read.text
        await bench.desk.submit(comment("1", public=False), new_key())
        assert bench.desk.vendor.log[-1].told["internal"] is True
        assert receipt.url == "https://gitlab.com/octo/help/-/issues/1"
    finally:
        await bench.close()


@pytest_twisted.ensureDeferred
async def test_check_names_a_wrong_token() -> None:
    """Before any letter waits for it, and also of one that was right when we began."""
    bench = await make_gitlab(reactor)
    try:
        assert await bench.desk.check() == []
        bench.desk.vendor.signature = {"private-token": "other"}
        assert "token" in (await bench.desk.check())[0]
    finally:
        await bench.close()


@pytest_twisted.ensureDeferred
async def test_closing_is_told() -> None:
    """By the issue's state events; and a look-up says closed."""
    bench = await make_gitlab(reactor)
    try:
        ticket = (await bench.desk.submit(OPENING, new_key())).ticket
        end = await bench.desk.end()
        await played(bench.desk.vendor, EXCHANGES[-2])
        told = await bench.desk.events(end, 0)
        assert [(one.kind, one.status) for one in told] == [(Kind.STATUS_CHANGED, "closed")]
        assert (await bench.desk.find(ticket)).closed
    finally:
        await bench.close()
