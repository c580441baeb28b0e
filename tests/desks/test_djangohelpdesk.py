"""django-helpdesk itself, behind our client: the contracts, and what is its own."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_twisted  # type: ignore[import-untyped]
from twisted.internet.task import deferLater
from twisted.internet.threads import deferToThread

from mailtickets.desks.djangohelpdesk import HelpdeskDesk, HelpdeskSettings
from mailtickets.errors import Temporary
from mailtickets.mail.octets import InMemory
from mailtickets.testing.desk import Bench, desk_contract
from mailtickets.testing.deskcase import comment, new_key
from mailtickets.testing.feed import feed_contract
from mailtickets.testing.journal import MemoryJournal
from mailtickets.tickets.values import Attachment
from tests.desks.cutting import Cut
from tests.desks.systems import asked, fresh, installed, seeded, served

SETTLED = 1.5
_running: dict[str, Any] = {}


@pytest.fixture(scope="module", autouse=True)
def helpdesk() -> Iterator[dict[str, Any]]:
    """A database of its own, and who we are there."""
    installed("djangohelpdesk.sh")
    told = seeded("djangohelpdesk.sh", fresh("project"))
    try:
        with served("djangohelpdesk.sh", "/helpdesk/api/", {}, *told["words"]) as port:
            _running.update(told, port=port, url=f"http://127.0.0.1:{port}/helpdesk")
            yield _running
    finally:
        _running.clear()
        shutil.rmtree(told["words"][0], ignore_errors=True)


def rest(method: str, path: str, told: Any = None) -> Any:
    """What it answers to Ann, an agent."""
    headers = {"Authorization": f"Token {_running['ann']}"}
    return asked(method, f"{_running['url']}/api/{path}", headers, told)


def noted(ticket: str, text: str, public: bool) -> str:
    """Ann writes a follow-up; its number."""
    told = {"ticket": int(ticket), "comment": text, "public": public}
    return str(rest("POST", "followups/", told)["id"])


def mailed() -> str:
    """What it mailed by itself."""
    found = Path(_running["words"][0], "mail")
    return "".join(one.read_text() for one in found.iterdir()) if found.exists() else ""


def desk_of(
    reactor: Any, journal: MemoryJournal, port: int, seconds: float = 30.0, **more: Any
) -> HelpdeskDesk:
    """A client of the django-helpdesk that runs."""
    media = f"http://127.0.0.1:{_running['port']}/media"
    more = {"queue": _running["queue"], "media": media, **more}
    settings = HelpdeskSettings(every=0.3, settled=SETTLED, **more)
    token = _running["mailtickets"]
    url = f"http://127.0.0.1:{port}/helpdesk"
    return HelpdeskDesk(reactor, url, lambda: token, settings, journal, seconds=seconds)


async def make_helpdesk(reactor: Any) -> Bench:
    """django-helpdesk on the bench."""
    journal = MemoryJournal(time.time)
    desks: list[HelpdeskDesk] = []

    def through(port: int, seconds: float) -> HelpdeskDesk:
        desks.append(desk_of(reactor, journal, port, seconds))
        return desks[-1]

    async def tickets() -> int:
        return int((await deferToThread(rest, "GET", "tickets/?page_size=1"))["count"])

    async def comments(ticket: str) -> int:
        return len((await deferToThread(rest, "GET", f"tickets/{ticket}/"))["followup_set"])

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


class TestHelpdesk(desk_contract(make_helpdesk)):  # type: ignore[misc]
    """django-helpdesk keeps what a desk promises."""


class TestHelpdeskFeed(feed_contract(make_helpdesk)):  # type: ignore[misc]
    """And what a feed promises."""


@pytest.mark.parametrize("lost", ["POST /helpdesk/api/tickets/", "POST /helpdesk/api/followups/"])
@pytest_twisted.ensureDeferred
async def test_an_answer_that_is_lost_doubles_nothing(lost: str) -> None:
    """Made, and the answer lost: what was made is found again, and is known for an echo."""
    from twisted.internet import reactor  # noqa: PLC0415

    bench = await make_helpdesk(reactor)
    assert bench.through is not None
    way = Cut(reactor, ("127.0.0.1", _running["port"]), lost)
    desk = bench.through(way.port, 30.0)
    intent: Any = bench.opening()
    try:
        end = await bench.desk.end()
        if "followups" in lost:
            intent = comment((await bench.desk.submit(bench.opening(), new_key())).ticket)
        key, before = new_key(), await bench.tickets()
        with pytest.raises(Temporary):
            await desk.submit(intent, key)
        assert way.cut == 1
        await deferLater(reactor, SETTLED)
        receipt = await desk.submit(intent, key)
        assert await bench.tickets() == before + ("tickets" in lost)
        assert await bench.comments(receipt.ticket) == (1 if "tickets" in lost else 2)
        told = [one for one in await bench.desk.events(end, 5) if one.ticket == receipt.ticket]
        assert key in {one.origin_key for one in told}
    finally:
        await bench.close()
        await way.stop()


@pytest_twisted.ensureDeferred
async def test_what_looks_like_a_template_is_text() -> None:
    """Comments are rendered over there; what a letter says comes out as the writer wrote it."""
    from twisted.internet import reactor  # noqa: PLC0415

    bench = await make_helpdesk(reactor)
    text = "{{ ticket.title }} {% if x %} {# gone? #} {{{ {%} %} }} {% endverbatim %}"
    try:
        end = await bench.desk.end()
        ticket = (await bench.desk.submit(bench.opening(text), new_key())).ticket
        await bench.desk.submit(comment(ticket, text), new_key())
        told = await bench.desk.events(end, 5)
        assert [one.text.endswith(text) for one in told] == [True, True]
        assert told[0].text == text
    finally:
        await bench.close()


@pytest_twisted.ensureDeferred
async def test_a_file_that_is_refused_is_named_and_requesters_get_no_mail_of_its_own() -> None:
    """By its extension; nothing of the letter is lost, and the answer is mailed by us alone."""
    from twisted.internet import reactor  # noqa: PLC0415

    bench = await make_helpdesk(reactor)
    files = tuple(Attachment(name, "a/b", InMemory(b"MZ")) for name in ("a.txt", "run.exe"))
    try:
        ticket = (await bench.desk.submit(bench.opening(attachments=files), new_key())).ticket
        await bench.desk.submit(comment(ticket, attachments=files), new_key())
        await bench.answer(ticket, "Done.", True)
        found = await deferToThread(rest, "GET", f"tickets/{ticket}/")
        assert "run.exe (2 octets)" in found["description"]
        for one in found["followup_set"][:2]:
            assert [file["filename"] for file in one["followupattachment_set"]] == ["a.txt"]
            assert "run.exe (2 octets)" in one["comment"]
        assert "nic@ferrier" not in await deferToThread(mailed)
    finally:
        await bench.close()


@pytest_twisted.ensureDeferred
async def test_a_comment_does_not_become_the_resolution() -> None:
    """A letter to a resolved ticket opens it again, a note leaves it as it is."""
    from twisted.internet import reactor  # noqa: PLC0415

    bench = await make_helpdesk(reactor)
    try:
        ticket = (await bench.desk.submit(bench.opening(), new_key())).ticket
        solved = {"ticket": int(ticket), "comment": "New toner.", "public": True, "new_status": 3}
        await deferToThread(rest, "POST", "followups/", solved)
        await bench.desk.submit(comment(ticket, "It bounced.", public=False), new_key())
        found = await deferToThread(rest, "GET", f"tickets/{ticket}/")
        assert (found["status"], found["resolution"]) == (3, "New toner.")
        await bench.desk.submit(comment(ticket, "Again!", reopens=True), new_key())
        found = await deferToThread(rest, "GET", f"tickets/{ticket}/")
        assert (found["status"], found["title"]) == (2, "I can't login!")
    finally:
        await bench.close()


@pytest_twisted.ensureDeferred
async def test_what_is_wrong_is_said_with_its_cure() -> None:
    """A field and a queue that are not there: a sentence each."""
    from twisted.internet import reactor  # noqa: PLC0415

    desk = desk_of(
        reactor, MemoryJournal(time.time), _running["port"], queue=99, key_field="nothing"
    )
    try:
        found = list(await desk.check())
        assert len(found) == 2
        assert "no custom field nothing" in found[0]
        assert "no queue 99" in found[1]
    finally:
        await desk.close()
