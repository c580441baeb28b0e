"""Znuny's feed, asked at the wrong moment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest_twisted  # type: ignore[import-untyped]

from mailtickets.desks.znunyfeed import ZnunyFeed

EARLY, LATE = "2026-11-30 06:00:00", "2026-11-30 06:00:30"


def ticket(number: int, changed: str, *articles: Mapping[str, Any]) -> Mapping[str, Any]:
    """A ticket as Znuny tells it."""
    return {"TicketID": str(number), "Changed": changed, "Article": list(articles)}


def article(number: int) -> Mapping[str, Any]:
    """An article of an agent."""
    told = {"SenderType": "agent", "CreateTime": EARLY, "Body": f"Words {number}"}
    return {"ArticleID": str(number), "From": "Ann <ann@desk.example>", **told}


@pytest_twisted.ensureDeferred
async def test_an_article_that_is_being_written_is_read_when_it_is() -> None:
    """It has no number yet: nobody is alarmed, others are told, and it is not passed over."""
    tickets = [ticket(1, EARLY, article(1), {}), ticket(2, EARLY, article(2))]
    asked: list[Any] = []

    async def ask(operation: str, told: Mapping[str, Any]) -> Mapping[str, Any]:
        if operation == "TicketSearch":
            asked.append(told.get("TicketLastChangeTimeNewerDate"))
            return {"TicketID": [one["TicketID"] for one in tickets]}
        return {"Ticket": [one for one in tickets if one["TicketID"] in told["TicketID"]]}

    feed = ZnunyFeed(ask, ["support"], "key", "entry")
    page = await feed.page(None)
    assert page.events == []  # the very first wait for each other
    tickets[0] = ticket(1, EARLY, article(1))
    page = await feed.page(page.cursor)
    assert [one.text for one in page.events] == ["Words 1", "Words 2"]
    tickets[:] = [ticket(1, EARLY, article(1), {}), ticket(2, LATE, article(2), article(4))]
    page = await feed.page(page.cursor)
    assert [one.text for one in page.events] == ["Words 4"]
    tickets[0] = ticket(1, EARLY, article(1), article(3))
    page = await feed.page(page.cursor)
    assert [one.text for one in page.events] == ["Words 3"]
    assert asked[-1] < EARLY  # it was looked for from before its time
    page = await feed.page(page.cursor)
    assert page.events == []
