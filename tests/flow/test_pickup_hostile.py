"""A desk's feed may carry any string in any place: no answer is stuck, and no field breaks out."""

from __future__ import annotations

import pytest
import pytest_twisted
from attrs import evolve
from twisted.internet import reactor

from mailtickets.tickets.values import Person, Remote, Ticket
from tests.flow.test_pickup import PatientFeed, letter, pickup

HALF, NUL, LINE, SEPARATOR = (
    "a\ud800b",
    "a\0b",
    "a\r\nBcc: eve@example.net\r\n\r\nb",
    "a\x85\u2028b",
)
NIC = Person("Nic", "nic@ferrier")


def ordinary(number):
    """A ticket of nic's, whose thread began with a letter."""
    return Ticket(f"SUPPORT-{number}", "Help", NIC, message_id=f"{number}@ferrier")


# What an odd string does to a ticket, or to the comment that is said there.
PLACES = {
    "subject": lambda ticket, odd: (evolve(ticket, subject=odd), {}),
    "name": lambda ticket, odd: (evolve(ticket, requester=Person(odd, "nic@ferrier")), {}),
    "local": lambda ticket, odd: (evolve(ticket, requester=Person("", f"n{odd}@ferrier")), {}),
    "domain": lambda ticket, odd: (evolve(ticket, requester=Person("", f"n@ferrier{odd}")), {}),
    "follower": lambda ticket, odd: (
        evolve(ticket, participants=(Person(odd, "z@z.org"), Person("", f"p@q{odd}q"))),
        {},
    ),
    "root": lambda ticket, odd: (evolve(ticket, message_id=f"1{odd}@ferrier"), {}),
    "text": lambda ticket, odd: (ticket, {"text": odd}),
    "html": lambda ticket, odd: (ticket, {"text": "", "html": f"<p title='{odd}'>{odd}</p>"}),
    "author": lambda ticket, odd: (ticket, {"author": Person(odd, f"a@b{odd}")}),
    "ids": lambda ticket, odd: (ticket, {"message_id": odd, "origin_key": odd, "created": odd}),
    "comment": lambda ticket, odd: (ticket, {"comment_id": odd, "status": odd}),
    "file": lambda ticket, odd: (ticket, {"attachments": (Remote(odd, odd, odd, 1, odd),)}),
}


@pytest.mark.parametrize("odd", [HALF, NUL, LINE, SEPARATOR], ids=["half", "nul", "line", "nel"])
@pytest_twisted.ensureDeferred
async def test_the_feed_goes_on(household, odd):
    """Each answer is mailed in our fields alone; only who has no address is not written to."""
    desk = household.desk
    for number, place in enumerate(PLACES, 1):
        ticket, said = PLACES[place](ordinary(number), odd)
        desk.tickets[ticket.key] = ticket
        desk.say(ticket.key, **({"text": "Hi"} | said))
    feed = PatientFeed(desk)
    follower = pickup(household, feed)
    follower.start()
    await feed.drained.addTimeout(60, reactor)
    await follower.stop()
    assert await household.ledger.cursor("embedded") == str(len(PLACES))
    rows = await household.spool.list()
    for row in rows:
        message, _ = await letter(household, row)
        assert "Bcc" not in message
        assert len(message.get_all("To")) == 1
    told = [row.recipient for row in rows]
    assert sorted(told) == ["nic@ferrier"] * (len(PLACES) - 2) + ["z@z.org"]
