"""Znuny itself, behind our client: the contracts, and what is Znuny's own."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
import pytest_twisted  # type: ignore[import-untyped]
from twisted.internet.threads import deferToThread

from mailtickets.desks.znuny import ZnunyDesk, ZnunySettings
from mailtickets.testing.desk import Bench, desk_contract
from mailtickets.testing.deskcase import comment, new_key
from mailtickets.testing.feed import feed_contract
from mailtickets.testing.journal import MemoryJournal
from tests.desks.cutting import doubles_nothing
from tests.desks.systems import Systems, asked

SETTLED = 10.0
_running: dict[str, Any] = {}


@pytest.fixture(scope="module", autouse=True)
def znuny(systems: Systems) -> Iterator[dict[str, Any]]:
    """Znuny, with a queue of its own for this run."""
    told = systems.use("znuny")
    _running.update(told, url=f"{told['url']}/otrs")
    yield _running
    _running.clear()


def rest(method: str, path: str, told: Any) -> Any:
    """What Znuny answers to Ann, an agent."""
    known = {"UserLogin": _running["agent"], "Password": _running["password"]}
    url = f"{_running['url']}/nph-genericinterface.pl/Webservice/mailtickets/{path}"
    found = asked(method, url, {}, {**known, **told})
    assert "Error" not in found, found
    return found


def noted(ticket: str, text: str, public: bool) -> str:
    """Ann writes an article; its number."""
    article = {
        "CommunicationChannel": "Internal",
        "SenderType": "agent",
        "IsVisibleForCustomer": int(public),
        "Subject": "Answer",
        "Body": "0." if text == "0" else text,  # which alone is false in Perl
        "ContentType": "text/plain; charset=utf8",
    }
    return str(rest("PATCH", f"Ticket/{ticket}", {"Article": article})["ArticleID"])


def desk_of(
    reactor: Any, journal: MemoryJournal, port: int, seconds: float = 30.0, **more: Any
) -> ZnunyDesk:
    """A client of the Znuny that runs."""
    more = {"user": _running["user"], "queue": _running["queue"], **more}
    settings = ZnunySettings(every=0.3, settled=SETTLED, **more)
    url, password = f"http://127.0.0.1:{port}/otrs", _running["password"]
    return ZnunyDesk(reactor, url, lambda: password, settings, journal, seconds=seconds)


async def make_znuny(reactor: Any) -> Bench:
    """Znuny on the bench."""
    journal = MemoryJournal(time.time)
    desks: list[ZnunyDesk] = []

    def through(port: int, seconds: float) -> ZnunyDesk:
        desks.append(desk_of(reactor, journal, port, seconds))
        return desks[-1]

    async def tickets() -> int:
        told = {"Queues": [_running["queue"]], "Limit": 10_000}
        found = await deferToThread(rest, "POST", "TicketSearch", told)
        return len(found.get("TicketID") or [])

    async def comments(ticket: str) -> int:
        told = {"TicketID": ticket, "AllArticles": 1}
        found = await deferToThread(rest, "POST", "TicketGet", told)
        return len(found["Ticket"][0]["Article"])

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


class TestZnuny(desk_contract(make_znuny)):  # type: ignore[misc]
    """Znuny keeps what a desk promises."""


class TestZnunyFeed(feed_contract(make_znuny)):  # type: ignore[misc]
    """And what a feed promises."""


@pytest_twisted.ensureDeferred
async def test_what_is_wrong_is_said_with_its_cure() -> None:
    """A wrong password, a queue and a field that are not there: told though all of it is a 200."""
    from twisted.internet import reactor  # noqa: PLC0415

    journal = MemoryJournal(time.time)
    bench = await make_znuny(reactor)
    port = _running["port"]
    wrongs = {
        "user and password": desk_of(reactor, journal, port, user="nobody"),
        "no queue Nowhere": desk_of(reactor, journal, port, queue="Nowhere"),
        "no dynamic field Nothing": desk_of(reactor, journal, port, key_field="Nothing"),
    }
    try:
        await bench.desk.submit(bench.opening(), new_key())
        for word, desk in wrongs.items():
            found = list(await desk.check())
            assert len(found) == 1, found
            assert word in found[0]
    finally:
        await bench.close()
        for desk in wrongs.values():
            await desk.close()


@pytest_twisted.ensureDeferred
async def test_a_letter_may_say_nothing_but_0() -> None:
    """Which is false in Perl, where Znuny would take the text and the title to be missing."""
    from twisted.internet import reactor  # noqa: PLC0415

    bench = await make_znuny(reactor)
    try:
        receipt = await bench.desk.submit(bench.opening("0", subject="0"), new_key())
        assert (await bench.desk.find(receipt.ticket)).subject == "0."
        await bench.desk.submit(comment(receipt.ticket, "0"), new_key())
    finally:
        await bench.close()


@pytest.mark.parametrize("lost", ["POST .*/Ticket HTTP", "PATCH "])
@pytest_twisted.ensureDeferred
async def test_an_answer_that_is_lost_doubles_nothing(lost: str) -> None:
    """Made, and the answer lost: what bears our key is found again."""
    from twisted.internet import reactor  # noqa: PLC0415

    bench = await make_znuny(reactor)
    try:
        await doubles_nothing(reactor, bench, lost, SETTLED, commenting=lost == "PATCH ")
    finally:
        await bench.close()
