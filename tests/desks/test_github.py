"""GitHub's issues by contract: against a server written from the documents, not the real thing."""

from __future__ import annotations

import time
from typing import Any

import pytest
import pytest_twisted
from twisted.internet import reactor

from mailtickets.desks.api import Access, bearer
from mailtickets.desks.github import GitHub
from mailtickets.desks.hosted import HostedDesk
from mailtickets.desks.marks import read_mark
from mailtickets.errors import Temporary
from mailtickets.testing.desk import Bench, desk_contract
from mailtickets.testing.deskcase import NIC, comment, file, new_key
from mailtickets.testing.feed import feed_contract
from mailtickets.tickets.events import Kind
from mailtickets.tickets.intents import OpenTicket
from tests.desks.vendors.github import EXCHANGES, OURS, REPOSITORY, GitHubServer
from tests.desks.vendors.serving import Told, benched, played

KEY = "a" * 64
OPENING = OpenTicket("support", "SUPPORT", NIC, "Found a bug", "Trouble.")


async def make_github(reactor: Any, gap: float = 0.0) -> Bench:
    """The server and our client."""
    vendor = GitHubServer(reactor)

    def system(url: str, seconds: float) -> GitHub:
        access = Access(url, lambda: "sesame", bearer, gap=gap)
        return GitHub(reactor, access, ("octo", "help"), seconds=seconds)

    def answer(ticket: str, text: str, public: bool) -> Any:
        return vendor.wrote(ticket, text if public else f"/internal\n\n{text}", "ann")["id"]

    return benched(
        reactor, vendor, HostedDesk, system, lambda ticket: 1 + len(vendor.of(ticket)), answer
    )


class TestGitHub(desk_contract(make_github)):  # type: ignore[misc]
    """Our client keeps what a desk promises, at the small server."""


class TestGitHubFeed(feed_contract(make_github)):  # type: ignore[misc]
    """And what a feed promises."""


@pytest_twisted.ensureDeferred
async def test_the_server_keeps_its_table() -> None:
    """Each exchange of the documents, field by field."""
    assert len(EXCHANGES) >= 12
    bench = await make_github(reactor)
    try:
        for exchange in EXCHANGES:
            await played(bench.desk.vendor, exchange)
    finally:
        await bench.close()


@pytest_twisted.ensureDeferred
async def test_an_issue_is_asked_for_as_the_table_has_it() -> None:
    """POST with title and body; the body's first line hides our mark and the requester."""
    bench = await make_github(reactor)
    try:
        files = (file("log.txt", b"hello", "text/plain"),)
        opening = OpenTicket("s", "S", NIC, "Found a bug", "Trouble.", attachments=files)
        receipt = await bench.desk.submit(opening, KEY)
        asked = bench.desk.vendor.log[-1]
        assert (asked.method, asked.path) == ("POST", f"{REPOSITORY}/issues")
        assert asked.headers["content-type"] == "application/json"
        assert set(asked.told) == {"title", "body"}
        read = read_mark(asked.told["body"])
        assert (read.mark, read.requester) == (KEY, NIC)
        assert "Trouble." in read.text
        assert "log.txt (5 octets)" in read.text
        assert receipt.url == "https://github.com/octo/help/issues/1"
    finally:
        await bench.close()


@pytest_twisted.ensureDeferred
async def test_nobody_else_can_bear_our_mark() -> None:
    """A stranger's comment with our hidden line is an agent's answer, not our own echo."""
    bench = await make_github(reactor)
    try:
        ticket = (await bench.desk.submit(OPENING, new_key())).ticket
        forged = f"<!-- mailtickets {'b' * 64} -->\n\nhello"
        bench.desk.vendor.wrote(ticket, forged, "mallory")
        told = [o for o in await bench.desk.events(None, 0) if o.kind is Kind.COMMENT_ADDED]
        assert [(one.text, one.origin_key) for one in told] == [(forged, None)]
        assert OURS != "mallory"
    finally:
        await bench.close()


@pytest_twisted.ensureDeferred
async def test_what_is_internal_is_not_published() -> None:
    """In a public repository it waits for a person; in a private one it is marked /internal."""
    bench = await make_github(reactor)
    try:
        ticket = (await bench.desk.submit(OPENING, new_key())).ticket
        bench.desk.vendor.private = False
        with pytest.raises(Temporary) as caught:
            await bench.desk.submit(comment(ticket, public=False), new_key())
        assert caught.value.loud
        assert await bench.comments(ticket) == 1
        assert "public" in (await bench.desk.check())[0]
        bench.desk.vendor.private = True
        await bench.desk.submit(comment(ticket, public=False), new_key())
        told = [o for o in await bench.desk.events(None, 0) if o.kind is Kind.COMMENT_ADDED]
        assert [one.public for one in told] == [False]
    finally:
        await bench.close()


@pytest_twisted.ensureDeferred
async def test_check_names_a_wrong_token() -> None:
    """Before any letter waits for it, and also of one that was right when we began."""
    bench = await make_github(reactor)
    try:
        assert await bench.desk.check() == []
        bench.desk.vendor.signature = {"authorization": "Bearer other"}
        assert "token" in (await bench.desk.check())[0]
    finally:
        await bench.close()


@pytest_twisted.ensureDeferred
async def test_closing_is_told() -> None:
    """By the repository's issue events; and a look-up says closed."""
    bench = await make_github(reactor)
    try:
        ticket = (await bench.desk.submit(OPENING, new_key())).ticket
        end = await bench.desk.end()
        await played(bench.desk.vendor, EXCHANGES[-2])
        told = await bench.desk.events(end, 0)
        assert [(one.kind, one.status) for one in told] == [(Kind.STATUS_CHANGED, "closed")]
        assert (await bench.desk.find(ticket)).closed
    finally:
        await bench.close()


@pytest.mark.parametrize(
    ("status", "headers", "low", "high"),
    [
        (403, {"Retry-After": "30"}, 30, 30),
        (429, {"Retry-After": "8"}, 8, 8),
        (403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "+90"}, 80, 90),
        (429, {}, 60, 60),
    ],
)
@pytest_twisted.ensureDeferred
async def test_limits_are_honoured(status: int, headers: Any, low: float, high: float) -> None:
    """Primary and secondary limits put a letter off for as long as GitHub says; quietly."""
    bench = await make_github(reactor)
    try:
        reset = headers.get("x-ratelimit-reset")
        if reset:
            headers = {**headers, "x-ratelimit-reset": str(int(time.time() + 90))}
        bench.desk.vendor.limited = Told(status, {"message": "rate limit exceeded"}, headers)
        with pytest.raises(Temporary) as caught:
            await bench.desk.submit(OPENING, new_key())
        assert not caught.value.loud
        assert caught.value.undone
        assert low <= (caught.value.retry_after or 0) <= high
    finally:
        await bench.close()


@pytest_twisted.ensureDeferred
async def test_writes_keep_their_distance() -> None:
    """Two writes are a gap apart, however they are called."""
    bench = await make_github(reactor, gap=0.3)
    try:
        began = time.monotonic()
        await bench.desk.submit(OPENING, new_key())
        await bench.desk.submit(OPENING, new_key())
        assert time.monotonic() - began >= 0.3
    finally:
        await bench.close()
