"""Answers that no letter can be made of: somebody is told."""

import pytest
import pytest_twisted
from attrs import evolve

from mailtickets.errors import Permanent, Temporary
from mailtickets.flow import pickup as pickups
from mailtickets.flow import unserved
from mailtickets.flow.pickup import Pickup
from mailtickets.tickets.intents import AddComment
from mailtickets.tickets.values import Person, Ticket
from tests.flow import test_pickup
from tests.flow.test_pickup import PatientFeed, drained, followed, known_ticket


def notes(household):
    """What was written on tickets by ourselves."""
    return [one for one in household.desk.submitted if isinstance(one, AddComment)]


async def stranger(household, address, key="SUPPORT-1"):
    """A ticket whose requester has such an address."""
    household.desk.tickets[key] = Ticket(key, "Help", Person("Nic", address))


@pytest.mark.parametrize("address", ["", "nic at home", "+49 30 1234"])
@pytest_twisted.ensureDeferred
async def test_a_requester_without_a_mailbox(household, address):
    """Each answer says on its ticket that it was not mailed, to agents alone; the feed goes on."""
    await stranger(household, address)
    household.desk.say("SUPPORT-1", "Done")
    household.desk.say("SUPPORT-1", "Really")
    await known_ticket_two(household)
    household.desk.say("SUPPORT-2", "Hello")
    rows = await drained(household)
    assert [row.recipient for row in rows] == ["nic@ferrier"]
    said = notes(household)
    assert [one.ticket for one in said] == ["SUPPORT-1"] * 2
    assert all("was not mailed" in one.text and not one.public for one in said)
    assert await household.ledger.cursor("embedded") == "3"


async def known_ticket_two(household):
    """A second ticket, of somebody who has a mailbox."""
    household.desk.tickets["SUPPORT-2"] = Ticket("SUPPORT-2", "x", Person("Nic", "nic@ferrier"))


@pytest_twisted.ensureDeferred
async def test_others_who_take_part_have_their_letter(household):
    """Who takes part beside a requester without a mailbox is written to all the same."""
    await followed(household, Person("Ann", "ann@x.org"))
    nobody = Person("Nic", "nic at home")
    household.desk.tickets["SUPPORT-1"] = evolve(
        household.desk.tickets["SUPPORT-1"], requester=nobody
    )

    async def conversation(desk, ticket, patience=0.0):
        known = await household.ledger.conversation(desk, ticket)
        return evolve(known, requester="nic at home")

    household.directory.conversation = conversation
    household.desk.say("SUPPORT-1", "Done")
    rows = await drained(household)
    assert [row.recipient for row in rows] == ["ann@x.org"]
    assert len(notes(household)) == 1


@pytest_twisted.ensureDeferred
async def test_a_ticket_that_no_queue_serves(household):
    """It says so once, however much is answered there."""
    await stranger(household, "nic@ferrier", key="SALES-1")
    for text in ("Done", "Really"):
        household.desk.say("SALES-1", text)
    assert await drained(household) == []
    (said,) = notes(household)
    assert "no queue of the mail gateway serves it" in said.text
    assert household.meter.labelled["unserved", (("desk", "embedded"),)] == 2


@pytest_twisted.ensureDeferred
async def test_a_line_in_the_log_where_that_is_enough(household, monkeypatch, log_text):
    """A desk that has many other tickets need not be written into."""
    await stranger(household, "nic@ferrier", key="SALES-1")
    household.desk.say("SALES-1", "Done")
    feed = PatientFeed(household.desk)
    follower = test_pickup.pickup(household, feed)
    follower._unserved._notes = False
    follower.start()
    await feed.drained
    await follower.stop()
    assert notes(household) == []
    assert "not mailed" in log_text()
    assert isinstance(follower, Pickup)


@pytest_twisted.ensureDeferred
async def test_a_desk_that_is_down_is_told_later(household, monkeypatch):
    """What cannot be told now holds the feed, and is told when the desk is back."""
    monkeypatch.setattr(pickups, "FIRST_REST", 0.01)
    await stranger(household, "")
    household.desk.say("SUPPORT-1", "Done")
    household.desk.fails = [Temporary("4.1", "It is down")] * 2
    await drained(household)
    assert len(notes(household)) == 1


@pytest.mark.parametrize("trouble", [Permanent("1.1", "No such ticket"), RuntimeError("odd")])
@pytest_twisted.ensureDeferred
async def test_a_desk_that_cannot_be_told_ends_nothing(household, monkeypatch, trouble, log_text):
    """A desk that will not have the note, now or after a while, does not hold the others up."""
    monkeypatch.setattr(unserved, "PATIENCE", 0.0)
    await stranger(household, "")
    await known_ticket(household)
    household.desk.tickets["SUPPORT-3"] = Ticket("SUPPORT-3", "x", Person("Nic", ""))
    household.desk.say("SUPPORT-3", "Done")
    household.desk.say("SUPPORT-1", "Hello")
    household.desk.fails = [trouble]
    rows = await drained(household)
    assert [row.recipient for row in rows] == ["nic@ferrier"]
    assert notes(household) == []
    assert "not told" in log_text()
