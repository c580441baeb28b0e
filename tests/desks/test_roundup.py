"""Roundup itself, behind our client: the contracts, and what is Roundup's own."""

from __future__ import annotations

import shutil
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest
import pytest_twisted  # type: ignore[import-untyped]
from twisted.internet.threads import deferToThread

from mailtickets.desks.roundup import RoundupDesk, RoundupSettings
from mailtickets.errors import Temporary
from mailtickets.testing.desk import Bench, desk_contract
from mailtickets.testing.deskcase import comment, new_key
from mailtickets.testing.feed import feed_contract
from mailtickets.tickets.intents import OpenTicket
from mailtickets.tickets.values import Person
from tests.desks.cutting import Cut
from tests.desks.systems import asked, fresh, installed, seeded, served

_running: dict[str, Any] = {}


@pytest.fixture(scope="module", autouse=True)
def roundup() -> Iterator[dict[str, Any]]:
    """A tracker of its own, and who we are there."""
    installed("roundup.sh")
    told = seeded("roundup.sh", fresh("tracker"))
    try:
        with served("roundup.sh", "/trk/rest", {}, *told["words"]) as port:
            _running.update(told, port=port, url=f"http://127.0.0.1:{port}/trk")
            yield _running
    finally:
        _running.clear()
        shutil.rmtree(told["words"][0], ignore_errors=True)


def _ann() -> dict[str, str]:
    known = b64encode(f"{_running['agent']}:{_running['password']}".encode()).decode()
    origin = f"http://127.0.0.1:{_running['port']}"
    return {"Authorization": f"Basic {known}", "Origin": origin, "X-Requested-With": "rest"}


def rest(method: str, path: str, told: Any = None) -> Any:
    """What Roundup answers to Ann, an agent."""
    return asked(method, f"{_running['url']}/rest/data/{path}", _ann(), told)["data"]


def changed(issue: str, told: Any) -> None:
    """Ann changes an issue, as often as it takes while others do."""
    url = f"{_running['url']}/rest/data/issue/{issue}"
    while True:
        etag = rest("GET", f"issue/{issue}")["@etag"]
        try:
            asked("PATCH", url, {**_ann(), "If-Match": etag}, told)
        except HTTPError as why:
            if why.code != 412:
                raise
        else:
            return


def noted(issue: str, text: str, public: bool) -> str:
    """Ann writes a message into an issue; its number."""
    told = {"content": text, "author": _running["agent"], "private": not public}
    message = str(rest("POST", "msg", told)["id"])
    changed(issue, {"@op": "add", "messages": [message]})
    return message


def desk_of(
    reactor: Any, port: int, seconds: float = 30.0, user: str = "mailtickets"
) -> RoundupDesk:
    """A client of the tracker that runs."""
    settings = RoundupSettings(user, f"http://127.0.0.1:{_running['port']}", every=0.3, settled=1.5)
    password = _running["password"]
    url = f"http://127.0.0.1:{port}/trk"
    return RoundupDesk(reactor, url, lambda: password, settings, seconds=seconds)


def mailed() -> str:
    """What Roundup mailed by itself."""
    sent = Path(_running["words"][0], "mail.txt")
    return sent.read_text("utf-8", "replace") if sent.exists() else ""


async def make_roundup(reactor: Any) -> Bench:
    """Roundup on the bench."""
    desks: list[RoundupDesk] = []

    def through(port: int, seconds: float) -> RoundupDesk:
        desks.append(desk_of(reactor, port, seconds))
        return desks[-1]

    async def tickets() -> int:
        found = await deferToThread(rest, "GET", "issue?@page_size=1")
        return int(found["@total_size"])

    async def comments(ticket: str) -> int:
        found = await deferToThread(rest, "GET", f"issue/{ticket}")
        return len(found["attributes"]["messages"])

    async def answer(ticket: str, text: str, public: bool) -> str:
        return await deferToThread(noted, ticket, text, public)

    async def close() -> None:
        for desk in desks:
            await desk.close()

    return Bench(
        through(_running["port"], 30.0),
        "support",
        "SUPPORT",
        tickets,
        comments,
        answer,
        close,
        through,
        ("127.0.0.1", _running["port"]),
        empty_files=False,
        patience=240.0,
    )


class TestRoundup(desk_contract(make_roundup)):  # type: ignore[misc]
    """Roundup keeps what a desk promises."""


class TestRoundupFeed(feed_contract(make_roundup)):  # type: ignore[misc]
    """And what a feed promises."""


OPENING = OpenTicket(
    "support", "SUPPORT", Person("Alice", "alice@customer.test"), "Printer on fire", "It burns."
)


@pytest.mark.parametrize(
    "lost", ["POST /trk/rest/data/mailkey", "POST /trk/rest/data/issue/%40poe/", "PATCH "]
)
@pytest_twisted.ensureDeferred
async def test_an_answer_that_is_lost_doubles_nothing(lost: str) -> None:
    """Whichever answer is lost after Roundup committed it: the next attempt goes on there."""
    from twisted.internet import reactor  # noqa: PLC0415

    bench = await make_roundup(reactor)
    way = Cut(reactor, ("127.0.0.1", _running["port"]), lost)
    desk = desk_of(reactor, way.port)
    intent: Any = OPENING
    try:
        if lost == "PATCH ":
            ticket = (await bench.desk.submit(OPENING, new_key())).ticket
            intent = comment(ticket)
        key, before = new_key(), await bench.tickets()
        with pytest.raises(Temporary) as told:
            await desk.submit(intent, key)
        assert way.cut == 1, told.value
        receipt = await desk.submit(intent, key)
        again = await bench.desk.submit(intent, key)
        assert (again.ticket, again.comment) == (receipt.ticket, receipt.comment)
        assert await bench.tickets() == before + (intent is OPENING)
        assert await bench.comments(receipt.ticket) == (1 if intent is OPENING else 2)
    finally:
        await desk.close()
        await bench.close()
        await way.stop()


@pytest_twisted.ensureDeferred
async def test_requesters_are_users_and_get_no_mail_of_roundups_own() -> None:
    """A message bears its writer's name; the nosy list stays free of them: we alone mail."""
    from twisted.internet import reactor  # noqa: PLC0415

    bench = await make_roundup(reactor)
    try:
        receipt = await bench.desk.submit(OPENING, new_key())
        found = await bench.desk.find(receipt.ticket)
        assert found.requester == Person("Alice", "alice@customer.test")
        await bench.answer(receipt.ticket, "Water is on its way.", True)
        issue = await deferToThread(rest, "GET", f"issue/{receipt.ticket}")
        nosy = [one["id"] for one in issue["attributes"]["nosy"]]
        people = [await deferToThread(rest, "GET", f"user/{one}") for one in nosy]
        assert not [one for one in people if "alice" in one["attributes"]["username"]]
        assert "alice@customer.test" not in await deferToThread(mailed)
    finally:
        await bench.close()


@pytest_twisted.ensureDeferred
async def test_what_is_wrong_is_said_with_its_cure() -> None:
    """A user without rights, and a password that is none: a sentence each, before any letter."""
    from twisted.internet import reactor  # noqa: PLC0415

    desk = desk_of(reactor, _running["port"], user="ann")
    stranger = RoundupDesk(
        reactor, _running["url"], lambda: "wrong", RoundupSettings("ann", _running["url"])
    )
    try:
        assert any("may not create a mailkey" in one for one in await desk.check())
        assert ["token" in one or "401" in one for one in await stranger.check()] == [True]
    finally:
        await desk.close()
        await stranger.close()
