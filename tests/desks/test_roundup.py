"""Roundup itself, behind our client: the contracts, and what is Roundup's own."""

from __future__ import annotations

import shutil
from base64 import b64encode
from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError

import pytest
from twisted.internet.threads import deferToThread

from mailtickets.desks.roundup import RoundupDesk, RoundupSettings
from mailtickets.testing.desk import Bench, desk_contract
from mailtickets.testing.feed import feed_contract
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
    told = {"content": text, "type": "text/plain", "private": not public}
    message = str(rest("POST", "msg", told)["id"])
    changed(issue, {"@op": "add", "messages": [message]})
    return message


def desk_of(reactor: Any, port: int, seconds: float = 30.0, user: str = "mailtickets") -> RoundupDesk:
    """A client of the tracker that runs."""
    settings = RoundupSettings(user, f"http://127.0.0.1:{_running['port']}", every=0.3, settled=1.5)
    password = _running["password"]
    url = f"http://127.0.0.1:{port}/trk"
    return RoundupDesk(reactor, url, lambda: password, settings, seconds=seconds)


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
