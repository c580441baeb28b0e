"""Where a letter comes in: asked about, judged, made durable, acknowledged."""

import json

import pytest
import pytest_twisted
from twisted.internet import reactor
from twisted.internet.defer import Deferred
from zope.interface import implementer

from mailtickets.errors import Permanent, Temporary
from mailtickets.flow import reception
from mailtickets.flow.reception import Judge, Reception
from mailtickets.interfaces import IAuthenticates, IFilter
from mailtickets.mail.authentication import Authentication
from mailtickets.mail.envelope import Envelope, Peer
from mailtickets.mail.mailbox import Mailbox
from mailtickets.outcomes import Accept, Postpone, Refuse, State, Swallow
from mailtickets.tickets.values import Existing, NewTicket, Person, Ticket

NIC = Mailbox("nic", "ferrier")
NEW = Mailbox("new", "support-ticket.com")
HELP = Mailbox("help", "support-ticket.com")
ONE = Mailbox("SUPPORT-1", "support-ticket.com")
PARTS = Mailbox("parts", "example.org")
LETTER = b"Message-ID: <1@ferrier>\r\nFrom: nic@ferrier\r\nSubject: Hi\r\n\r\nHello\r\n"


def make(household, *judges):
    """A reception in this house."""
    return Reception(
        book=household.book,
        directory=household.directory,
        spool=household.spool,
        reader=household.reader,
        clock=reactor,
        steps=household.steps,
        meter=household.meter,
        log=household.log,
        judges=[Judge(f"judge{number}", one) for number, one in enumerate(judges)],
    )


async def hand_in(door, *recipients, octets=LETTER, sender=NIC, id="id1"):
    """Hand a letter in, as the edge does."""
    envelope = Envelope(sender, recipients, 1.0, id, Peer("192.0.2.1"))
    destinations = {one: await door.recipient(one, envelope) for one in recipients}
    incoming = door.begin(envelope, destinations)
    waiting = incoming.write(octets)
    if waiting is not None:
        await waiting
    return await incoming.finish()


async def rows(household):
    """Each row of the store: recipient, agent, state."""
    found = await household.spool.list()
    return [(one.recipient, one.agent, one.state) for one in found]


@implementer(IFilter)
class Says:
    """A filter with one opinion."""

    def __init__(self, verdict):
        self.verdict = verdict
        self.read = []

    async def judge(self, letter, message):
        self.read.append((message.subject, letter.octets.size))
        if isinstance(self.verdict, Exception):
            raise self.verdict
        return await self.verdict if isinstance(self.verdict, Deferred) else self.verdict


@pytest_twisted.ensureDeferred
async def test_a_letter_is_durable_when_it_is_acknowledged(household):
    """What `finish` has answered for is in the store, under the id the peer is told."""
    accepted = await hand_in(make(household), NEW)
    assert accepted.id == "id1"
    (row,) = await household.spool.list()
    assert (row.state, row.agent, row.subject) == (State.DUE, "desk:embedded", "Hi")
    _, letter = await household.spool.show(row.id)
    assert letter.octets.size == len(LETTER)
    assert household.steps.seen == ["reception.before-commit", "reception.after-commit"]


@pytest_twisted.ensureDeferred
async def test_each_recipient_has_its_own_fate(household):
    """Two recipients of one letter are two rows, each with its own agent."""
    await hand_in(make(household), NEW, PARTS)
    assert await rows(household) == [
        (str(NEW), "desk:embedded", State.DUE),
        (str(PARTS), "route:parts", State.DUE),
    ]


@pytest_twisted.ensureDeferred
async def test_the_same_letter_again_is_a_duplicate(household):
    """A client that missed our 250 sends again: it gets its 250, and nothing happens twice."""
    door = make(household)
    await hand_in(door, NEW)
    await hand_in(door, NEW, id="id2")
    assert [state for _, _, state in await rows(household)] == [State.DUE, State.DUPLICATE]


@pytest_twisted.ensureDeferred
async def test_other_octets_are_another_letter(household):
    """Another letter under a known Message-ID is not swallowed."""
    door = make(household)
    await hand_in(door, NEW)
    await hand_in(door, NEW, octets=LETTER + b"More\r\n", id="id2")
    assert [state for _, _, state in await rows(household)] == [State.DUE, State.DUE]


@pytest_twisted.ensureDeferred
async def test_one_letter_opens_one_ticket_in_a_queue(household):
    """A letter to two opening addresses of one queue opens one ticket; the other row says why."""
    await hand_in(make(household), NEW, HELP)
    found = await household.spool.list()
    assert [one.state for one in found] == [State.DUE, State.DUPLICATE]
    assert found[1].reason == f"the same letter is for {NEW}"


@pytest_twisted.ensureDeferred
async def test_recipients_are_answered_from_what_is_known(household):
    """A ticket that exists is taken, one that does not is unknown, foreign domains are refused."""
    door = make(household)
    household.desk.tickets["SUPPORT-1"] = Ticket("SUPPORT-1", "Hi", Person("", "nic@ferrier"))
    envelope = Envelope(NIC, (), 1.0, "id")
    assert await door.recipient(ONE, envelope) == Existing("support", "SUPPORT-1")
    assert await door.recipient(NEW, envelope) == NewTicket("support")
    for address, status in [("SUPPORT-999@support-ticket.com", "1.1"), ("a@b.example", "7.1")]:
        with pytest.raises(Permanent) as refused:
            await door.recipient(Mailbox.parse(address), envelope)
        assert refused.value.status == status


@pytest_twisted.ensureDeferred
async def test_filters_are_heard_in_order(household):
    """A refusal is 550 before anything is stored; filters after it are not asked."""
    first, second, third = Says(Accept({"seen"})), Says(Refuse("No spam")), Says(Accept())
    with pytest.raises(Permanent) as refused:
        await hand_in(make(household, first, second, third), NEW)
    assert (refused.value.enhanced, refused.value.text) == ("5.7.1", "No spam")
    assert first.read == [("Hi", len(LETTER))]
    assert third.read == []
    assert await rows(household) == []


@pytest_twisted.ensureDeferred
async def test_labels_stay_with_the_letter(household):
    """What filters say of a letter they accept is kept on its envelope."""
    await hand_in(make(household, Says(Accept({"a"})), Says(Accept({"b"}))), NEW)
    (row,) = await household.spool.list()
    _, letter = await household.spool.show(row.id)
    assert letter.envelope.labels == {"a", "b"}


@pytest_twisted.ensureDeferred
async def test_a_swallowed_letter_has_its_row(household):
    """A filter may have a letter acknowledged and discarded; the ledger keeps that, and why."""
    await hand_in(make(household, Says(Swallow("a known nuisance"))), NEW)
    (row,) = await household.spool.list()
    assert (row.state, row.reason) == (State.DISCARDED, "a known nuisance")


@implementer(IAuthenticates)
class Knows:
    """Authenticates each letter alike."""

    found = Authentication("mx.support-ticket.com")

    async def authenticate(self, letter):
        return self.found

    def judge(self, authentication):
        return Accept()


async def record_of(household, state):
    """The record of the one row in this state."""
    (row,) = await household.spool.list([state])
    shelf, _ = await household.spool.show(row.id)
    return json.loads(shelf.record)


def ruled(record):
    """What is told of the rule that ended it, which stands first."""
    first = record["rules"][0]
    assert first["fired"]
    assert first["why"] == record["why"]
    return first["name"], record["action"]


@pytest_twisted.ensureDeferred
async def test_what_a_filter_swallowed_has_its_record(household):
    """Who wrote it, how that was found out, what it is, and which filter ended it are kept."""
    door = make(household, Says(Accept()), Says(Swallow("a known nuisance")))
    door.authenticator = Knows()
    await hand_in(door, NEW)
    record = await record_of(household, State.DISCARDED)
    assert ruled(record) == ("filter judge1", "discard")
    assert record["why"] == "a known nuisance"
    assert (record["author"], record["nature"]) == ("nic@ferrier", "human")
    assert record["authentication"] == str(Knows.found)
    assert (record["recipient"], record["queue"]) == (str(NEW), "support")


@pytest_twisted.ensureDeferred
async def test_duplicates_have_their_records(household):
    """A letter twice for one queue, and one that came before, tell who wrote them and why not."""
    door = make(household)
    door.authenticator = Knows()
    await hand_in(door, NEW, HELP)
    record = await record_of(household, State.DUPLICATE)
    assert ruled(record) == ("one letter, once", "duplicate")
    assert record["why"] == f"the same letter is for {NEW}"
    assert (record["author"], record["nature"]) == ("nic@ferrier", "")
    assert record["authentication"] == str(Knows.found)
    (row,) = await household.spool.list([State.DUE])
    shelf, _ = await household.spool.show(row.id)
    assert shelf.record == ""  # its own is written when it is settled

    await hand_in(door, NEW, PARTS, id="id2")
    (again,) = [one for one in await household.spool.list() if one.letter == "id2"][:1]
    shelf, _ = await household.spool.show(again.id)
    record = json.loads(shelf.record)
    assert ruled(record) == ("one letter, once", "duplicate")
    assert record["why"] == "the same letter came before"


@pytest.mark.parametrize(
    ("verdict", "status"), [(Postpone("Come back"), "4.7.1"), (RuntimeError("secret"), "4.3.0")]
)
@pytest_twisted.ensureDeferred
async def test_a_filter_that_postpones_or_breaks(household, verdict, status):
    """A postponement and a bug are both temporary, and no word of the bug is told."""
    with pytest.raises(Temporary) as postponed:
        await hand_in(make(household, Says(verdict)), NEW)
    assert postponed.value.enhanced == status
    assert "secret" not in postponed.value.text
    assert await rows(household) == []


@pytest_twisted.ensureDeferred
async def test_a_filter_that_is_silent(household, monkeypatch):
    """A filter that never answers is given up in bounded time, and the letter is postponed."""
    monkeypatch.setattr(reception, "FILTER_SECONDS", 0.05)
    with pytest.raises(Temporary) as postponed:
        await hand_in(make(household, Says(Deferred())), NEW)
    assert postponed.value.enhanced == "4.7.1"


@pytest_twisted.ensureDeferred
async def test_a_letter_given_up_leaves_nothing(household):
    """A peer that is gone in the middle leaves no letter, not even partly."""
    door = make(household)
    envelope = Envelope(NIC, (NEW,), 1.0, "id")
    incoming = door.begin(envelope, {NEW: await door.recipient(NEW, envelope)})
    incoming.write(LETTER)
    incoming.discard()
    incoming.discard()
    assert await rows(household) == []


@pytest_twisted.ensureDeferred
async def test_a_reply_travels_in_its_tickets_lane(household):
    """A reply to a ticket goes behind the letter that opened it, whatever it refers to."""
    door = make(household)
    household.desk.tickets["SUPPORT-1"] = Ticket(
        "SUPPORT-1", "Hi", Person("", "nic@ferrier"), message_id="1@ferrier"
    )
    await hand_in(door, NEW)
    await hand_in(door, ONE, octets=b"Message-ID: <2@ferrier>\r\n\r\nMore\r\n", id="id2")
    lanes = [one.lane for one in await household.spool.list()]
    assert lanes == ["1@ferrier", "1@ferrier"]
