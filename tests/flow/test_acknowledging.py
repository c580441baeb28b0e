"""The letter that says a ticket was opened: to a person, once, where the queue wants it."""

import email
import email.policy

import pytest
import pytest_twisted
from attrs import evolve

from mailtickets.buckets import Allotment, Allotments
from mailtickets.errors import Temporary
from mailtickets.flow.acknowledging import Acknowledging
from mailtickets.mail.authentication import DMARC, Authentication, Result
from mailtickets.mail.envelope import Envelope, Item, Letter
from mailtickets.mail.identifiers import identifiers
from mailtickets.mail.mailbox import Mailbox
from mailtickets.mail.octets import InMemory
from mailtickets.outcomes import Delivered, State
from mailtickets.routing.addresses import AddressBook, Queue
from mailtickets.slips import Submission
from mailtickets.tickets.values import NewTicket, Receipt
from tests.flow.automata import automatic, own

NIC = Mailbox("nic", "ferrier")
NEW = Mailbox("new", "support-ticket.com")
OPENED = Delivered(State.OPENED, Receipt("SUPPORT-1"))
LETTER = (
    b"Message-ID: <1@ferrier>\r\nFrom: Nic <nic@ferrier>\r\nSubject: Buy pills!\r\n\r\n"
    b"Bonjour, je ne peux pas me connecter. Pouvez-vous m'aider ? Merci pour votre aide.\r\n"
)


def item(octets=LETTER, sender=NIC, key="k", **more):
    """A letter that opened a ticket."""
    letter = Letter(Envelope(sender, (NEW,), 1e9, "01trace", **more), InMemory(octets))
    return Item(1, key, letter, (NEW,), "desk:embedded", "lane", NewTicket("support"))


def hand(household, allotments=None, **queue):
    """What acknowledges in this house."""
    queue.setdefault("acknowledge", True)
    queue.setdefault("sender_name", "Support")
    household.book = AddressBook([Queue("support", "support-ticket.com", **queue)])
    return Acknowledging(
        automatic=automatic(household, allotments, hold=False),
        book=household.book,
        ledger=household.ledger,
        reader=household.reader,
        log=household.log,
    )


@pytest_twisted.ensureDeferred
async def test_the_requester_hears_that_it_is_there(household):
    """In their language, in their thread, marked as a machine's, and without a word of theirs."""
    said = await hand(household).said(item(), OPENED)
    notice = said.notice
    (submission,) = notice.submissions
    assert notice.envelope.sender is None
    assert (submission.recipient, submission.agent) == (NIC, "relay")
    told = email.message_from_bytes(notice.octets, policy=email.policy.default)
    assert told["From"] == "Support <SUPPORT-1@support-ticket.com>"
    assert (told["To"], told["Auto-Submitted"]) == ("nic@ferrier", "auto-generated")
    assert told["X-Auto-Response-Suppress"] == "All"
    assert (told["In-Reply-To"], told["References"]) == ("<1@ferrier>", "<1@ferrier>")
    assert "Votre message nous est parvenu" in told.get_content()
    assert "SUPPORT-1" in told.get_content()
    assert b"pills" not in notice.octets
    assert own(household).came_back(identifiers(notice.octets))
    assert (said.learned.ours, said.learned.ticket) == (True, "SUPPORT-1")
    assert f"<{said.learned.message_id}>" == told["Message-ID"]


@pytest.mark.parametrize(
    ("head", "sender", "more"),
    [
        (b"", None, {}),
        (b"", Mailbox("postmaster", "ferrier"), {}),
        (b"", Mailbox("nicht-antworten", "ferrier"), {}),
        (b"Auto-Submitted: auto-generated\r\n", NIC, {}),
        (b"List-Id: <x.example>\r\n", NIC, {}),
        (b"X-Auto-Response-Suppress: OOF\r\n", NIC, {}),
        (b"X-Vacation: 1\r\n", NIC, {}),
        (b"", Mailbox("somebody", "else.example"), {}),
        (b"", NIC, {"authentication": Authentication(dmarc=DMARC(Result.FAIL, "ferrier"))}),
    ],
)
@pytest_twisted.ensureDeferred
async def test_no_machine_and_no_stranger_does(household, head, sender, more):
    """Nothing to machines, to nobody, to a sender who is not the author, to a forged author."""
    assert await hand(household).said(item(head + LETTER, sender, **more), OPENED) is None
    assert (
        household.meter.labelled["automatic", (("fate", "unwanted"), ("kind", "acknowledgement"))]
        == 1
    )


@pytest.mark.parametrize("author", [b"noreply@ferrier", b"SUPPORT-9@support-ticket.com"])
@pytest_twisted.ensureDeferred
async def test_a_proved_author_may_be_nobody_too(household, author):
    """Where From is proved the letter goes there, unless nobody reads it or it is ours."""
    domain = author.partition(b"@")[2].decode()
    proved = Authentication(dmarc=DMARC(Result.PASS, domain, "reject", aligned=True))
    octets = LETTER.replace(b"Nic <nic@ferrier>", author)
    sender = Mailbox("b-77", "esp.example")
    assert await hand(household).said(item(octets, sender, authentication=proved), OPENED) is None
    good = Authentication(dmarc=DMARC(Result.PASS, "ferrier", "reject", aligned=True))
    said = await hand(household).said(item(LETTER, sender, authentication=good), OPENED)
    assert said.notice.envelope.recipients == (NIC,)


@pytest_twisted.ensureDeferred
async def test_only_where_the_queue_wants_it_and_only_when_opened(household):
    """It is off unless a queue says otherwise, and a comment is not acknowledged."""
    assert await hand(household, acknowledge=False).said(item(), OPENED) is None
    assert await hand(household).said(item(), evolve(OPENED, state=State.COMMENTED)) is None
    assert await hand(household).said(item(), Delivered(State.DISCARDED)) is None


@pytest_twisted.ensureDeferred
async def test_a_ticket_is_acknowledged_once(household):
    """The same opening, carried again after a crash, says nothing a second time."""
    writer = hand(household)
    first = await writer.said(item(), OPENED)
    notice = first.notice
    await household.spool.put(notice.envelope, notice.octets, notice.submissions, notice.subject)
    assert await writer.said(item(), OPENED) is None
    (row,) = await household.spool.list()
    assert row.recipient == "nic@ferrier"


@pytest_twisted.ensureDeferred
async def test_a_mail_bomb_is_not_answered_for_ever(household):
    """A hundred letters in the name of one person cause as many letters to them as the bucket."""
    writer = hand(household, Allotments(address=Allotment(3, 1.0)))
    said = [
        await writer.said(item(key=str(one)), evolve(OPENED, receipt=Receipt(f"SUPPORT-{one}")))
        for one in range(100)
    ]
    assert sum(one is not None for one in said) == 3


@pytest_twisted.ensureDeferred
async def test_a_ticket_does_not_wait_for_it(household, log_text):
    """What goes wrong with an acknowledgement is logged, and the ticket is settled all the same."""
    writer = hand(household)

    class Broken:
        async def draw(self, correspondent, ticket):
            raise Temporary("3.0", "The store is busy")

    writer._automatic._allowance = Broken()
    assert await writer.said(item(), OPENED) is None
    writer._reader = None
    assert await writer.said(item(), OPENED) is None
    assert log_text().count("is not acknowledged") == 2


@pytest_twisted.ensureDeferred
async def test_it_is_a_row_like_any_other(household):
    """Opening and acknowledgement are settled in one transaction, and the ledger knows both."""
    from mailtickets.interfaces import Settlement  # noqa: PLC0415

    writer = hand(household)
    envelope = Envelope(NIC, (NEW,), 1e9, "01trace")
    submission = Submission(NEW, "k", "desk:embedded", "lane", NewTicket("support"))
    await household.spool.put(envelope, LETTER, (submission,), "Hi")
    (taken,) = await household.spool.take("desk:embedded", 1)
    said = await writer.said(taken, OPENED)
    settlement = Settlement(State.OPENED, learned=(said.learned,), notice=said.notice)
    assert await household.spool.settle(taken, NEW, settlement)
    states = {row.recipient: row.state for row in await household.spool.list()}
    assert states == {"new@support-ticket.com": State.OPENED, "nic@ferrier": State.DUE}
    known = await household.ledger.which("embedded", [said.learned.message_id])
    assert known == {said.learned.message_id: ("SUPPORT-1",)}
