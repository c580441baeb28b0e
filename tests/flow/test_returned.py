"""What comes back is told once, whatever breaks meanwhile, and what is no letter of ours ends."""

import pytest
import pytest_twisted
from twisted.internet.task import Clock
from twisted.logger import Logger

from mailtickets.errors import Temporary
from mailtickets.flow.returned import Returns
from mailtickets.flow.showing import Showing
from mailtickets.mail.envelope import Envelope, Item, Letter, Peer
from mailtickets.mail.mailbox import Mailbox
from mailtickets.mail.message import Failure, Message, Nature
from mailtickets.mail.octets import InMemory
from mailtickets.outcomes import State
from mailtickets.relay.suppression import Suppressions
from mailtickets.routing.record import read_record
from mailtickets.slips import Submission
from mailtickets.testing.register import MemoryRegister
from mailtickets.tickets.intents import OpenTicket
from mailtickets.tickets.values import Existing, Known, NewTicket, Outgoing, Person, ReturnedMail

NIC, TICKET = Mailbox("nic", "ferrier"), Mailbox("SUPPORT-1", "support-ticket.com")
KEY = "0123456789abcdef" * 4
BACK = ReturnedMail(f"{TICKET}/{KEY[:12]}")
THERE = Peer("192.0.2.1")


def bounce(*failures, **more):
    """A bounce as the reading room gives it."""
    return Message(
        message_id="b@mx",
        author=Person("", "MAILER-DAEMON@mx"),
        nature=Nature.BOUNCE,
        text="Sorry.",
        failures=failures,
        **more,
    )


def item(destination=BACK, key="bounce", sender=None, peer=THERE):
    """Its item."""
    letter = Letter(Envelope(sender, (TICKET,), 0.0, "t", peer), InMemory(b""))
    return Item(1, key, letter, (TICKET,), "desk:embedded", "lane", destination)


@pytest_twisted.async_yield_fixture
async def world(household):
    """A house that has sent an answer to nic, and who takes what comes back."""
    await household.desk.submit(
        OpenTicket("support", "SUPPORT", Person("Nic", "nic@ferrier"), "Hi", "Help"), "opening"
    )
    about = Outgoing("embedded", "SUPPORT-1", "7")
    envelope = Envelope(TICKET, (NIC,), 0.0, "t")
    await household.spool.put(envelope, b"x", [Submission(NIC, KEY, "relay", "lane", about)])
    suppressions = Suppressions(MemoryRegister(), lambda: 0.0)
    returns = Returns(
        book=household.book,
        ledger=household.ledger,
        desks={"embedded": household.desk},
        showing=Showing({}, Clock(), Logger()),
        suppressions=suppressions,
    )
    yield household, returns, suppressions


def fired(outcome):
    """The rules by which something that came back found its ticket."""
    return [one["name"] for one in read_record(outcome.record)["rules"] if one["fired"]]


def told(household):
    """The comments."""
    return [intent.text for intent in household.desk.submitted[1:]]


@pytest_twisted.ensureDeferred
async def test_a_bounce_is_told_once(world):
    """A desk that fails gets it later, under the same key; nothing is counted or said twice."""
    household, returns, suppressions = world
    full = bounce(Failure("nic@ferrier", "5.2.2", "smtp; 552 5.2.2 Full"))
    household.desk.fails.append(Temporary("4.1", "down"))
    with pytest.raises(Temporary):
        await returns.take("embedded", item(), full)
    for _ in range(2):
        outcome = await returns.take("embedded", item(), full)
        assert outcome.state is State.COMMENTED
        assert outcome.receipt.ticket == "SUPPORT-1"
        assert fired(outcome) == ["return path"]
    (text,) = told(household)
    assert text.startswith("The answer did not reach nic@ferrier: the mailbox is full.")
    assert (await suppressions.find(NIC)).soft == 1


@pytest_twisted.ensureDeferred
async def test_whom_we_wrote_to_is_suppressed(world):
    """A forwarded letter that fails elsewhere is held against the address that forwards it."""
    household, returns, suppressions = world
    await returns.take("embedded", item(), bounce(Failure("n@gmail", "5.1.1", "no")))
    assert "nic@ferrier (forwarded to n@gmail)" in told(household)[0]
    assert (await suppressions.find(NIC)).suppressed
    assert await suppressions.find(Mailbox("n", "gmail")) is None


@pytest_twisted.ensureDeferred
async def test_our_own_notice_counts_nothing(world):
    """What the relay has counted already when it was refused is not counted again."""
    household, returns, suppressions = world
    gone = bounce(Failure("nic@ferrier", "5.1.1", "no"))
    await returns.take("embedded", item(peer=Peer()), gone)
    assert len(told(household)) == 1
    assert await suppressions.find(NIC) is None


@pytest.mark.parametrize("destination", [NewTicket("support"), Existing("support", "SUPPORT-1")])
@pytest_twisted.ensureDeferred
async def test_without_proof_nobody_is_suppressed(world, destination):
    """Whoever invents a bounce about a ticket gets a note at best, and never an address off."""
    household, returns, suppressions = world
    letter = item(destination)
    gone = bounce(Failure("nic@ferrier", "5.1.1", "no"), original_message_id="guessed@x")
    assert returns.concerns(letter, gone)
    outcome = await returns.take("embedded", letter, gone)
    existing = isinstance(destination, Existing)
    assert outcome.state is (State.COMMENTED if existing else State.DISCARDED)
    assert fired(outcome) == (["plain address"] if existing else [])
    assert len(told(household)) == existing
    assert all(one.unverified for one in household.desk.submitted[1:])
    assert await suppressions.find(NIC) is None


@pytest.mark.parametrize("others", [(), (Person("", "bob@ferrier"),)])
@pytest_twisted.ensureDeferred
async def test_a_message_id_proves_as_much_as_its_readers_are_few(world, others):
    """All who read an answer know its Message-ID: one of them gets no other address off the list.

    Where nobody but the requester reads it, it is theirs that failed, whatever the bounce names.
    """
    household, returns, suppressions = world
    ours = Known(
        "embedded",
        "SUPPORT-1",
        "1@support-ticket.com",
        str(TICKET),
        ours=True,
        comment="7",
        requester=Person("Nic", "nic@ferrier"),
        participants=others,
    )
    await household.ledger.learn([ours])
    named = Failure("boss@elsewhere", "5.1.1", "no")
    invented = bounce(named, original_message_id="1@support-ticket.com")
    outcome = await returns.take("embedded", item(NewTicket("support")), invented)
    assert outcome.state is State.COMMENTED
    assert fired(outcome) == ["the letter it returns"]
    assert household.desk.submitted[-1].unverified is False
    assert await suppressions.find(Mailbox("boss", "elsewhere")) is None
    found = await suppressions.find(NIC)
    assert found is None if others else found.suppressed


@pytest_twisted.ensureDeferred
async def test_who_takes_part_by_the_desks_word_is_asked(world):
    """A participant whom an agent added is a reader as well."""
    household, _, suppressions = world

    async def participants(desk, ticket):
        assert (desk, ticket) == ("embedded", "SUPPORT-1")
        return (Person("Bob", "bob@ferrier"),)

    returns = Returns(
        book=household.book,
        ledger=household.ledger,
        desks={"embedded": household.desk},
        showing=Showing({}, Clock(), Logger()),
        suppressions=suppressions,
        participants=participants,
    )
    author, requester = str(TICKET), Person("", "nic@ferrier")
    ours = Known("embedded", "SUPPORT-1", "1@x", author, ours=True, requester=requester)
    await household.ledger.learn([ours])
    gone = bounce(Failure("nic@ferrier", "5.1.1", "no"), original_message_id="1@x")
    outcome = await returns.take("embedded", item(NewTicket("support")), gone)
    assert outcome.state is State.COMMENTED
    assert await suppressions.find(NIC) is None


@pytest.mark.parametrize(
    ("sender", "concerned"),
    [(None, True), (Mailbox("MAILER-DAEMON", "mx"), True), (NIC, False)],
)
def test_what_is_a_bounce(world, sender, concerned):
    """A person who sends a bounce on is a person; a return path of ours takes only what returns."""
    _, returns, _ = world
    assert returns.concerns(item(NewTicket("support"), sender=sender), bounce()) is concerned
    assert returns.concerns(item(sender=sender), Message())
    assert not returns.concerns(item(NewTicket("support"), sender=sender), Message())


@pytest_twisted.ensureDeferred
async def test_a_receipt_is_told(world):
    """A notice that the letter arrived is an internal comment, and held against nobody."""
    household, returns, suppressions = world
    arrived = bounce(reached=(Failure("nic@ferrier", "2.0.0", "", "delivered"),))
    outcome = await returns.take("embedded", item(), arrived)
    assert outcome.state is State.COMMENTED
    (text,) = told(household)
    assert text.startswith("The answer reached nic@ferrier's mail server")
    assert await suppressions.find(NIC) is None


@pytest_twisted.ensureDeferred
async def test_what_a_next_hop_took_is_no_comment(world):
    """A notice that the letter goes on, or of an arrival that nobody wants to hear of, is shown."""
    household, returns, _ = world
    gone_on = bounce(reached=(Failure("nic@ferrier", "2.0.0", "", "relayed"),))
    outcome = await returns.take("embedded", item(), gone_on)
    assert outcome.state is State.DISCARDED
    assert told(household) == []
