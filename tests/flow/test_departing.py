"""Who wants no more letters about a ticket: noted once, and told to the agents."""

import pytest_twisted

from mailtickets.errors import Temporary
from mailtickets.flow.departing import Departing
from mailtickets.routing.leaving import Leave, Leaving

ANN = Leave("embedded", "SUPPORT-1", "ann@x.org")


def departing(household):
    """Who notes it, in this house."""
    household.desk.tickets["SUPPORT-1"] = None
    return Departing(
        Leaving((b"k" * 32,), "https://x.org"),
        ledger=household.ledger,
        desks={"embedded": household.desk},
        now=household.spool._wall,
        log=household.log,
    )


@pytest_twisted.ensureDeferred
async def test_going_and_coming_back(household):
    """Each change is told once, as an internal comment, however often the button is pressed."""
    hands = departing(household)
    for gone in (True, True, False, False, True):
        await hands.depart(ANN, gone=gone)
        there = await household.ledger.departures("embedded", "SUPPORT-1")
        assert there == ({"ann@x.org"} if gone else frozenset())
    told = household.desk.submitted
    assert [one.text.partition(" asked to ")[2][:9] for one in told] == [
        "get no mo",
        "get lette",
        "get no mo",
    ]
    assert not any(one.public for one in told)


@pytest_twisted.ensureDeferred
async def test_a_desk_that_cannot_be_told(household):
    """What counts is that no more letters go out."""
    hands = departing(household)
    household.desk.fails = [Temporary("4.1", "down")]
    await hands.depart(ANN, gone=True)
    assert await household.ledger.departures("embedded", "SUPPORT-1") == {"ann@x.org"}
    await hands.depart(Leave("another", "S-1", "ann@x.org"), gone=True)


def test_tokens(household):
    """It reads what our letters carry, and nothing else."""
    hands = departing(household)
    url = Leaving((b"k" * 32,), "https://x.org").url("embedded", "SUPPORT-1", "ann@x.org")
    assert hands.read(url.rpartition("/")[2]) == ANN
    assert hands.read("nonsense") is None
