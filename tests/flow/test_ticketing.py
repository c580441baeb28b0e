"""The ticketing agent: a letter becomes a ticket or a comment, and the ledger learns of it."""

import pytest
import pytest_twisted

from mailtickets.errors import Permanent, Temporary
from mailtickets.flow.ticketing import TicketingAgent
from mailtickets.mail.envelope import Envelope, Item, Letter
from mailtickets.mail.mailbox import Mailbox
from mailtickets.mail.octets import InMemory, whole
from mailtickets.outcomes import Bounced, Deferred, Delivered, State
from mailtickets.routing.record import lines_of, read_record
from mailtickets.tickets.intents import AddComment, OpenTicket
from mailtickets.tickets.values import Existing, NewTicket, ToAgent

NIC = Mailbox("nic", "ferrier")
NEW = Mailbox("new", "support-ticket.com")
FIRST = b"From: Nic <nic@ferrier>\r\nSubject: Hi\r\nMessage-ID: <1@ferrier>\r\n\r\nHelp\r\n"


def agent(household):
    """An agent for the house's desk."""
    return TicketingAgent(
        name="embedded",
        desk=household.desk,
        book=household.book,
        directory=household.directory,
        reader=household.reader,
        steps=household.steps,
    )


OPENS = NewTicket("support")


def item(octets, destination=OPENS, key="k", sender=NIC):
    """An item as the spool gives it."""
    letter = Letter(Envelope(sender, (NEW,), 1.0, "id"), InMemory(octets))
    return Item(1, key, letter, (NEW,), "desk:embedded", "lane", destination)


async def carry(household, *args, **more):
    """Deliver one item, settle as the courier would, and give the outcome."""
    outcome = (await agent(household).deliver(item(*args, **more)))[NEW]
    assert isinstance(outcome, Delivered)
    await household.ledger.learn(outcome.learned)
    return outcome


@pytest_twisted.ensureDeferred
async def test_a_letter_opens_a_ticket(household):
    """A first letter opens a ticket; the ledger knows whose Message-ID that is."""
    outcome = await carry(household, FIRST)
    assert (outcome.state, outcome.receipt.ticket) == (State.OPENED, "SUPPORT-1")
    (intent,) = household.desk.submitted
    assert isinstance(intent, OpenTicket)
    assert (intent.requester.address, intent.subject) == ("nic@ferrier", "Hi")
    assert intent.text.strip() == "Help"
    assert await household.ledger.which("embedded", ["1@ferrier"]) == {"1@ferrier": ("SUPPORT-1",)}
    found = await household.ledger.conversation("embedded", "SUPPORT-1")
    assert (found.requester, found.queue, found.latest) == ("nic@ferrier", "support", "1@ferrier")
    assert household.steps.seen == ["ticketing.before-submit", "ticketing.after-submit"]


@pytest.mark.parametrize(
    ("named", "writer"),
    [(b"nic@ferrier", "nic@ferrier"), (b"support@support-ticket.com", "help@lists.example")],
)
@pytest_twisted.ensureDeferred
async def test_the_ledger_knows_the_writer_behind_a_list(household, named, writer):
    """Whom a list names is the letter's author everywhere, unless that is one of us."""
    head = b"From: 'Nic' via Help <help@lists.example>\r\nList-Id: <help.lists.example>\r\n"
    outcome = await carry(
        household, head + b"X-Original-From: " + named + b"\r\n" + FIRST.partition(b"\r\n")[2]
    )
    assert household.desk.submitted[0].requester.address == writer
    assert [known.author for known in outcome.learned] == [writer]


@pytest_twisted.ensureDeferred
async def test_the_same_key_is_one_ticket(household):
    """An item that is carried again after a crash is the same ticket."""
    first = await carry(household, FIRST)
    again = await carry(household, FIRST)
    assert first.receipt.ticket == again.receipt.ticket
    assert again.state is State.DUPLICATE
    assert len(household.desk.submitted) == 1


@pytest.mark.parametrize(
    ("destination", "head"),
    [
        (Existing("support", "SUPPORT-1"), b""),
        (NewTicket("support"), b"In-Reply-To: <1@ferrier>\r\n"),
        (NewTicket("support"), b"References: <1@ferrier> <unknown@elsewhere>\r\n"),
    ],
)
@pytest_twisted.ensureDeferred
async def test_a_reply_is_a_comment(household, destination, head):
    """A requester's reply joins its ticket, by its address or by what it refers to."""
    await carry(household, FIRST)
    reply = (
        head + b"From: nic@ferrier\r\nSubject: Re: Hi\r\nMessage-ID: <2@ferrier>\r\n\r\nMore\r\n"
    )
    outcome = await carry(household, reply, destination, key="k2")
    assert (outcome.state, outcome.receipt.ticket) == (State.COMMENTED, "SUPPORT-1")
    assert isinstance(household.desk.submitted[1], AddComment)
    assert household.desk.submitted[1].public
    found = await household.ledger.conversation("embedded", "SUPPORT-1")
    assert found.references == ("1@ferrier", "2@ferrier")
    assert found.latest == "2@ferrier"


@pytest_twisted.ensureDeferred
async def test_a_machines_comment_is_nobodys_latest_letter(household):
    """A bounce is kept on its ticket for the agents; no answer will name it."""
    await carry(household, FIRST)
    bounce = b"From: MAILER-DAEMON@x.example\r\nMessage-ID: <b@x>\r\n\r\nSorry\r\n"
    existing = Existing("support", "SUPPORT-1")
    outcome = await carry(household, bounce, existing, key="k2", sender=None)
    assert outcome.state is State.COMMENTED
    assert not household.desk.submitted[1].public
    found = await household.ledger.conversation("embedded", "SUPPORT-1")
    assert found.latest == "1@ferrier"


@pytest_twisted.ensureDeferred
async def test_a_stranger_opens_a_ticket_of_their_own(household):
    """Whoever is no participant does not write into a ticket, by number or by forged reference."""
    await carry(household, FIRST)
    forged = b"From: eve@x.example\r\nIn-Reply-To: <1@ferrier>\r\nMessage-ID: <e@x>\r\n\r\nGo\r\n"
    outcome = await carry(household, forged, Existing("support", "SUPPORT-1"), key="k2")
    assert (outcome.state, outcome.receipt.ticket) == (State.OPENED, "SUPPORT-2")


@pytest.mark.parametrize(
    "destination", [None, ToAgent("x"), NewTicket("gone"), Existing("gone", "SUPPORT-1")]
)
@pytest_twisted.ensureDeferred
async def test_what_the_settings_no_longer_know_waits_loudly(household, destination):
    """A letter for a queue that was taken out of the settings waits; it is not lost or bounced."""
    with pytest.raises(Temporary) as deferred:
        await agent(household).deliver(item(FIRST, destination))
    assert deferred.value.loud


@pytest_twisted.ensureDeferred
async def test_any_octets_become_a_ticket(household):
    """A letter that cannot be understood still becomes a ticket."""
    outcome = await carry(household, b'\x00\xff: \r\nFrom: "\r\n\r\n\x00')
    assert outcome.state is State.OPENED
    assert household.desk.submitted[0].requester.address == "nic@ferrier"


@pytest_twisted.ensureDeferred
async def test_a_letter_that_cannot_be_read_is_a_ticket_all_the_same(household, monkeypatch):
    """Should the reading fail, there is a ticket, and the letter as it came is attached to it."""

    def wrong(*_):
        raise RecursionError

    monkeypatch.setattr("mailtickets.mail.reading.message_of", wrong)
    outcome = await carry(household, FIRST)
    assert (outcome.state, outcome.receipt.ticket) == (State.OPENED, "SUPPORT-1")
    (intent,) = household.desk.submitted
    assert "could not be read" in intent.text
    assert (intent.requester.address, intent.subject) == ("nic@ferrier", "Hi")
    (attached,) = intent.attachments
    assert (attached.name, attached.type) == ("letter.eml", "message/rfc822")
    assert await whole(attached.octets, 1000) == FIRST


@pytest_twisted.ensureDeferred
async def test_what_is_beyond_a_bound_comes_with_the_ticket(household):
    """Parts that are too many are a file of the ticket, octet by octet."""
    parts = b"--b\r\n\r\nx\r\n" * 1100
    octets = FIRST.replace(b"\r\n\r\n", b"\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n", 1)
    await carry(household, octets + parts + b"--b\r\n\r\nthe last\r\n--b--\r\n")
    (intent,) = household.desk.submitted
    kept = [await whole(one.octets, 100_000) for one in intent.attachments]
    assert any(b"the last" in one for one in kept)


@pytest_twisted.ensureDeferred
async def test_what_the_desk_said_is_told(household):
    """A reply whose ticket cannot be asked about waits for the desk's own reason, and is loud."""
    await carry(household, FIRST)
    trouble = Temporary("3.5", "The desk refuses our token", loud=True)
    household.desk.unasked = trouble
    reply = b"From: nic@ferrier\r\nMessage-ID: <2@ferrier>\r\n\r\nMore\r\n"
    with pytest.raises(Temporary) as why:
        await carry(household, reply, Existing("support", "SUPPORT-1"), key="k2")
    assert why.value is trouble


@pytest.mark.parametrize(
    ("trouble", "kind", "said"),
    [
        (Temporary("4.1", "It is down"), Deferred, "not done yet: 4.4.1 It is down"),
        (Permanent("3.4", "Too large"), Bounced, "the desk refuses it: 5.3.4 Too large"),
    ],
)
@pytest_twisted.ensureDeferred
async def test_what_the_desk_does_not_do_was_decided(household, trouble, kind, said):
    """Why a letter is where it is can be asked while the desk is down, or has refused it."""
    household.desk.fails.append(trouble)
    outcome = (await agent(household).deliver(item(FIRST)))[NEW]
    assert isinstance(outcome, kind)
    assert outcome.trouble is trouble
    record = read_record(outcome.record)
    assert record["action"] == "open"
    assert record["why"].endswith(said)


@pytest_twisted.ensureDeferred
async def test_each_outcome_has_its_reasons(household):
    """The record says which rule found the ticket and why the others did not, in order of trust."""
    await carry(household, FIRST)
    reply = b"From: nic@ferrier\r\nMessage-ID: <2@ferrier>\r\n\r\nMore\r\n"
    outcome = await carry(household, reply, Existing("support", "SUPPORT-1"), key="k2")
    record = read_record(outcome.record)
    assert [(one["name"], one["fired"]) for one in record["rules"]] == [
        ("signed address", False),
        ("plain address", True),
        ("reference to a letter of ours", False),
        ("reference to a known letter", False),
        ("mark in the text", False),
        ("tag in the subject", False),
        ("new ticket", False),
    ]
    assert (record["ticket"], record["cell"], record["answer"], record["action"]) == (
        "SUPPORT-1",
        "none_unaligned_participant",
        "unverified",
        "comment",
    )
    assert lines_of(record)[-1].startswith("done: comment, since it names SUPPORT-1")
    turned = lines_of(record | {"author": "\u202emoc.kcirt <eve@x.example>"})
    assert turned[0] == "author: [U+202E]moc.kcirt <eve@x.example>"
    assert read_record("nonsense") is None
    assert read_record(None) is None
