"""What machines send to a return path of ours: a comment for the agents, or what the queue says."""

import pytest
import pytest_twisted
from attrs import evolve
from twisted.internet import reactor

from mailtickets.flow.returned import Returns
from mailtickets.flow.showing import Showing
from mailtickets.mail.envelope import Envelope, Item, Letter, Peer
from mailtickets.mail.mailbox import Mailbox
from mailtickets.mail.octets import InMemory
from mailtickets.outcomes import State
from mailtickets.routing.addresses import AddressBook, Queue
from mailtickets.routing.machines import Machines, Means
from mailtickets.tickets.values import Person, ReturnedMail, Ticket

SECRET = b"for return paths, in tests alone"
VACATION = (
    b"From: nic@ferrier\r\nSubject: Away\r\nAuto-Submitted: auto-replied\r\nMessage-ID: <v@x>\r\n"
    b"In-Reply-To: <1@support-ticket.com>\r\n\r\nI am away until Monday.\r\n"
)


async def came(household, octets, **machines):
    """What becomes of a letter to the return path of an answer of ours."""
    queue = Queue("support", "support-ticket.com", machines=Machines(**machines))
    book = AddressBook([queue], (), (SECRET,))
    ticket = Mailbox("SUPPORT-1", "support-ticket.com")
    household.desk.tickets["SUPPORT-1"] = Ticket("SUPPORT-1", "Hi", Person("Nic", "nic@ferrier"))
    path = book.return_path(ticket, "ab" * 32)
    destination = book.resolve(path)
    assert isinstance(destination, ReturnedMail)
    returns = Returns(
        book=book,
        ledger=household.ledger,
        desks={"embedded": household.desk},
        showing=Showing({}, reactor, household.log),
    )
    envelope = Envelope(None, (path,), 1.0, "id", Peer("192.0.2.1"))
    item = Item(1, "key", Letter(envelope, InMemory(octets)), (path,), "desk:embedded", "lane")
    item = evolve(item, destination=destination)
    message = await household.reader.message(item.letter)
    assert returns.concerns(item, message)
    return await returns.take("embedded", item, message)


@pytest_twisted.ensureDeferred
async def test_a_vacation_notice_is_a_comment_at_most(household):
    """The agents read on the ticket that the requester is away; nobody else does."""
    outcome = await came(household, VACATION)
    assert outcome.state is State.COMMENTED
    (comment,) = household.desk.submitted
    assert (comment.ticket, comment.public) == ("SUPPORT-1", False)
    assert "away until Monday" in comment.text


@pytest_twisted.ensureDeferred
async def test_or_it_is_discarded(household):
    """A queue that keeps no automatic replies keeps none that came this way, either."""
    outcome = await came(household, VACATION, auto_reply=Means.DISCARD)
    assert (outcome.state, outcome.note) == (State.DISCARDED, "an automatic reply is not kept")
    assert household.desk.submitted == []


@pytest.mark.parametrize("means", list(Means))
@pytest_twisted.ensureDeferred
async def test_a_bounce_of_ours_is_told_whatever_is_set(household, means):
    """That an answer did not arrive is no machine's chatter: its ticket hears of it."""
    bounce = (
        b"From: MAILER-DAEMON@x.example\r\nSubject: Undelivered Mail Returned\r\n"
        b"Message-ID: <b@x>\r\n\r\nnic@ferrier: 550 5.1.1 user unknown\r\n"
    )
    outcome = await came(household, bounce, bounce=means)
    assert outcome.state is State.COMMENTED
