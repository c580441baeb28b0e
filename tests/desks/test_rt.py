"""Request Tracker itself, behind our client: the contracts, and what is RT's own."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
import pytest_twisted  # type: ignore[import-untyped]
from twisted.internet import reactor
from twisted.internet.threads import deferToThread

from mailtickets.desks.rt import RtDesk, RtSettings
from mailtickets.testing.desk import Bench, desk_contract
from mailtickets.testing.deskcase import new_key
from mailtickets.testing.feed import feed_contract
from mailtickets.testing.journal import MemoryJournal
from tests.desks.cutting import doubles_nothing
from tests.desks.systems import Systems, asked, asked_with_place, rt_queue

SETTLED = 10.0
_running: dict[str, Any] = {}


@pytest.fixture(scope="module", autouse=True)
def rt(systems: Systems) -> Iterator[dict[str, Any]]:
    """RT, and who we are there."""
    _running.update(systems.use("rt"))
    yield _running
    _running.clear()


def desk_of(
    reactor: Any,
    journal: MemoryJournal,
    port: int,
    queue: str,
    seconds: float = 30.0,
    *,
    token: str = "token",
    **more: Any,
) -> RtDesk:
    """A client of the RT that runs."""
    return RtDesk(
        reactor,
        f"http://127.0.0.1:{port}",
        lambda: _running.get(token, "1-1-none"),
        RtSettings(queue=queue, every=0.3, settled=SETTLED, **more),
        journal,
        seconds=seconds,
    )


def rest(method: str, path: str, told: Any = None) -> Any:
    """What RT answers to Ann, an agent."""
    headers = {"Authorization": f"token {_running['agent']}"}
    return asked(method, f"{_running['url']}/REST/2.0/{path}", headers, told)


def made(path: str, told: Any) -> str:
    """The number of what Ann makes."""
    headers = {"Authorization": f"token {_running['agent']}"}
    url = f"{_running['url']}/REST/2.0/{path}"
    return asked_with_place("POST", url, headers, told)[1].rpartition("/")[2]


def counted(sort: str, query: str) -> int:
    """How many tickets or transactions there are."""
    found = rest("GET", f"{sort}?query={quote(query)}&per_page=100&fields=id")
    return len(found["items"])


async def make_rt(reactor: Any) -> Bench:
    """RT on the bench."""
    journal = MemoryJournal(time.time)
    desks: list[RtDesk] = []
    queue = await deferToThread(rt_queue, _running)

    def through(port: int, seconds: float) -> RtDesk:
        desks.append(desk_of(reactor, journal, port, queue, seconds))
        return desks[-1]

    async def tickets() -> int:
        query = f"Queue='{queue}'"
        found = await deferToThread(rest, "GET", f"tickets?query={quote(query)}&per_page=1")
        return int(found["total"])

    async def comments(ticket: str) -> int:
        types = " OR ".join(f"Type='{one}'" for one in ("Create", "Correspond", "Comment"))
        query = f"ObjectType='RT::Ticket' AND ObjectId={ticket} AND ({types})"
        return await deferToThread(counted, "transactions", query)

    async def answer(ticket: str, text: str, public: bool) -> str:
        verb = "correspond" if public else "comment"
        told = {"Content": text, "ContentType": "text/plain"}
        return await deferToThread(made, f"ticket/{ticket}/{verb}", told)

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


class TestRt(desk_contract(make_rt)):  # type: ignore[misc]
    """RT keeps what a desk promises."""


class TestRtFeed(feed_contract(make_rt)):  # type: ignore[misc]
    """And what a feed promises."""


@pytest.mark.parametrize("lost", ["POST .*/ticket HTTP", "POST .*/correspond HTTP"])
@pytest_twisted.ensureDeferred
async def test_an_answer_that_is_lost_doubles_nothing(lost: str) -> None:
    """Made, and the answer lost: what bears our key is found again."""
    bench = await make_rt(reactor)
    try:
        await doubles_nothing(reactor, bench, lost, SETTLED, commenting="correspond" in lost)
    finally:
        await bench.close()


@pytest_twisted.ensureDeferred
async def test_what_is_wrong_is_said_with_its_cure() -> None:
    """A wrong token, a queue and a field that are not there, each right that a user lacks."""
    bench = await make_rt(reactor)
    journal, port = MemoryJournal(time.time), _running["port"]
    queue = bench.desk._settings.queue
    wrongs = {
        ("token",): desk_of(reactor, journal, port, queue, token="nobody"),
        ("no queue Nowhere",): desk_of(reactor, journal, port, "Nowhere"),
        ("field Nothing",): desk_of(reactor, journal, port, queue, key_field="Nothing"),
        ("CreateTicket", "ReplyToTicket", "CommentOnTicket"): desk_of(
            reactor, journal, port, queue, token="reader"
        ),
    }
    try:
        await bench.desk.submit(bench.opening(), new_key())
        for words, desk in wrongs.items():
            found = list(await desk.check())
            assert len(found) == len(words), found
            assert all(word in one for word, one in zip(words, found, strict=True)), found
    finally:
        await bench.close()
        for desk in wrongs.values():
            await desk.close()
