"""Redmine itself, behind our client: the contracts, and what is Redmine's own."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError

import pytest
import pytest_twisted  # type: ignore[import-untyped]
from attrs import evolve
from twisted.internet import reactor
from twisted.internet.threads import deferToThread

from mailtickets.desks.redmine import RedmineDesk, RedmineSettings
from mailtickets.testing.desk import Bench, desk_contract
from mailtickets.testing.deskcase import file, new_key
from mailtickets.testing.feed import feed_contract
from mailtickets.testing.journal import MemoryJournal
from tests.desks.cutting import doubles_nothing
from tests.desks.systems import Systems, asked, redmine_project

SETTLED = 1.5
_running: dict[str, Any] = {}


@pytest.fixture(scope="module", autouse=True)
def redmine(systems: Systems) -> Iterator[dict[str, Any]]:
    """Redmine, and who we are there."""
    _running.update(systems.use("redmine"))
    yield _running
    _running.clear()


def rest(method: str, path: str, told: Any = None) -> Any:
    """What Redmine answers to Ann, an agent."""
    headers = {"X-Redmine-API-Key": _running["agent"]}
    return asked(method, f"{_running['url']}/{path}", headers, told)


def noted(ticket: str, text: str, public: bool) -> str:
    """Ann writes a note; the number of its journal."""
    told = {"notes": text, "private_notes": not public}
    for left in range(9, -1, -1):
        try:
            rest("PUT", f"issues/{ticket}.json", {"issue": told})
        except HTTPError as why:
            # Somebody else wrote between Redmine's reading and writing; people click again.
            if why.code not in {409, 422} or not left:
                raise
        else:
            break
    journals = rest("GET", f"issues/{ticket}.json?include=journals")["issue"]["journals"]
    return str(max(one["id"] for one in journals if one["notes"] == text))


async def make_redmine(reactor: Any) -> Bench:
    """Redmine on the bench."""
    journal = MemoryJournal(time.time)
    desks: list[RedmineDesk] = []
    project = await deferToThread(redmine_project, _running)
    fields = _running["fields"]
    settings = RedmineSettings(
        key_field=fields["MailTicketsKey"],
        requester_field=fields["Requester"],
        entry_field=fields["MailTicketsEntryKey"],
        project=project,
        every=0.3,
        settled=SETTLED,
    )

    def through(port: int, seconds: float) -> RedmineDesk:
        url = f"http://127.0.0.1:{port}"
        token = _running["token"]
        desks.append(RedmineDesk(reactor, url, lambda: token, settings, journal, seconds=seconds))
        return desks[-1]

    async def tickets() -> int:
        path = f"issues.json?project_id={project}&status_id=*&limit=1"
        found = await deferToThread(rest, "GET", path)
        return int(found["total_count"])

    async def comments(ticket: str) -> int:
        found = await deferToThread(rest, "GET", f"issues/{ticket}.json?include=journals")
        return 1 + len([one for one in found["issue"]["journals"] if one["notes"]])

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
        patience=240.0,
    )


class TestRedmine(desk_contract(make_redmine)):  # type: ignore[misc]
    """Redmine keeps what a desk promises."""


class TestRedmineFeed(feed_contract(make_redmine)):  # type: ignore[misc]
    """And what a feed promises."""


@pytest.mark.parametrize("lost", ["POST /issues.json", "PUT /issues/"])
@pytest_twisted.ensureDeferred
async def test_an_answer_that_is_lost_doubles_nothing(lost: str) -> None:
    """Made, and the answer lost: what bears our key is found again."""
    bench = await make_redmine(reactor)
    try:
        await doubles_nothing(reactor, bench, lost, SETTLED, commenting="PUT" in lost)
    finally:
        await bench.close()


@pytest_twisted.ensureDeferred
async def test_what_is_wrong_is_said_with_its_cure() -> None:
    """A wrong key, a project and a field that are not there, each right that a role lacks."""
    bench = await make_redmine(reactor)
    known = bench.desk._settings
    seeded_one = evolve(known, project=_running["project"])
    wrongs = {
        "token": (known, "none"),
        "no project nowhere": (evolve(known, project="nowhere"), _running["token"]),
        "no custom field 999": (evolve(known, key_field=999), _running["token"]),
        "let its role add_issue": (seeded_one, _running["reader"]),
    }
    desks = []
    try:
        await bench.desk.submit(bench.opening(), new_key())
        for word, (settings, token) in wrongs.items():
            desks.append(
                RedmineDesk(
                    *(reactor, _running["url"], lambda token=token: token, settings),
                    MemoryJournal(time.time),
                )
            )
            found = list(await desks[-1].check())
            assert len(found) == (5 if "role" in word else 1), found
            assert word in found[0], found
    finally:
        await bench.close()
        for desk in desks:
            await desk.close()


@pytest_twisted.ensureDeferred
async def test_a_file_that_is_refused_is_named() -> None:
    """Redmine takes files up to a size of its own: the ticket is made, and says what is missing."""
    bench = await make_redmine(reactor)
    try:
        files = (file("big.bin", b"x" * (6 * 1024 * 1024)), file("log.txt", b"hello"))
        receipt = await bench.desk.submit(bench.opening(attachments=files), new_key())
        issue = await deferToThread(
            rest, "GET", f"issues/{receipt.ticket}.json?include=attachments"
        )
        assert "big.bin (6291456 octets)" in issue["issue"]["description"]
        assert [one["filename"] for one in issue["issue"]["attachments"]] == ["log.txt"]
    finally:
        await bench.close()
