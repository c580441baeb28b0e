"""Hostile letters, one by one: what each would gain, and does not."""

from __future__ import annotations

import json
import time

import pytest
import pytest_twisted
from attrs import define, evolve, field
from twisted.internet import reactor
from zope.interface import implementer

from mailtickets.errors import Permanent
from mailtickets.flow.directory import Directory
from mailtickets.flow.reception import Reception
from mailtickets.flow.returned import Returns
from mailtickets.flow.showing import Showing
from mailtickets.flow.ticketing import TicketingAgent
from mailtickets.interfaces import IAuthenticates
from mailtickets.mail.authentication import DMARC, Authentication, Result
from mailtickets.mail.envelope import Envelope, Peer
from mailtickets.mail.mailbox import Mailbox
from mailtickets.outcomes import Accept, Delivered, State, Withheld
from mailtickets.routing.addresses import AddressBook, Queue
from mailtickets.routing.policy import DEFAULTS, Admission, Answer, Closed
from mailtickets.routing.proofs import Proofs
from mailtickets.routing.record import read_record
from mailtickets.slips import Settlement
from mailtickets.tickets.intents import AddComment, OpenTicket
from mailtickets.tickets.values import Known

PROOFS = Proofs((b"t" * 32, b"y" * 32))
PLAIN = Queue("support", "support-ticket.com", open=("new", "help"))
SIGNED = evolve(PLAIN, reply_address="signed")
NIC, EVE = "nic@ferrier", "eve@example.net"
NEW, TICKET = "new@support-ticket.com", "SUPPORT-1@support-ticket.com"


@implementer(IAuthenticates)
class Believes:
    """DMARC as the test wants it: those domains are aligned."""

    def __init__(self, *domains):
        self.domains = domains

    async def authenticate(self, letter):
        message = b"".join([chunk async for chunk in letter.octets.chunks()])
        sure = any(f"@{domain}>".encode() in message for domain in self.domains)
        result = Result.PASS if sure else Result.FAIL
        return Authentication("mx", dmarc=DMARC(result, "x", "reject", aligned=sure))

    def judge(self, authentication):
        return Accept()


@define
class Gate:
    """A reception and a desk's agent, with a queue of the test's choice between them."""

    household: object
    queue: Queue = PLAIN
    believed: tuple[str, ...] = ()
    proofs: Proofs = PROOFS
    sent: int = 0
    accepted: object = None
    records: list = field(factory=list)

    @property
    def book(self):
        return AddressBook([self.queue], secrets=[b"r" * 32], proofs=self.proofs)

    @property
    def desk(self):
        return self.household.desk

    @property
    def returns(self):
        """Who takes what comes back."""
        return Returns(
            book=self.book,
            ledger=self.household.ledger,
            desks={"embedded": self.desk},
            showing=Showing({}, reactor, self.household.log),
        )

    def address(self, participant=NIC, ticket="SUPPORT-1"):
        """Where a participant answers."""
        return str(self.book.reply_address(SIGNED, ticket, participant))

    def letter_of_ours(self, ticket="SUPPORT-1"):
        """The Message-ID of an answer of ours."""
        return self.book.message_id("embedded", "7", self.queue, ticket)

    def written(self, author, head="", text="Hello", id=None):
        """The octets of a letter."""
        self.sent += 1
        message_id = id or f"{self.sent}@sender.example"
        octets = (
            f"From: <{author}>\r\nMessage-ID: <{message_id}>\r\nDate: Tue, 24 Nov 2026 03:00:00 +0000"  # noqa: E501
            f"\r\n{head}\r\n{text}\r\n"
        )
        if author.startswith('"'):
            octets = octets.replace(f"<{author}>", author)
        return octets.encode()

    async def takes(self, author, *to, head="", text="Hello", id=None, sender=None):
        """A letter arrives and is carried; its outcomes, or what RCPT or the dot is answered."""
        octets = self.written(author, head, text, id)
        who = Mailbox.parse(sender or author.rpartition("<")[2].rstrip(">"))
        return await self.brought(octets, who, to)

    async def brought(self, octets, who, to, own=None):
        """Likewise, of a letter that is written already."""
        house, book = self.household, self.book
        directory = Directory({"embedded": house.desk}, house.ledger, reactor, house.log)
        door = Reception(
            book=book,
            directory=directory,
            spool=house.spool,
            reader=house.reader,
            clock=reactor,
            steps=house.steps,
            meter=house.meter,
            log=house.log,
            authenticator=Believes(*self.believed),
            own=own,
        )
        recipients = tuple(map(Mailbox.parse, to))
        envelope = Envelope(who, recipients, time.time(), f"id{self.sent}", Peer("192.0.2.1"))
        there = {one: await door.recipient(one, envelope) for one in recipients}
        incoming = door.begin(envelope, there)
        incoming.write(octets)
        self.accepted = await incoming.finish()
        return await self.carries(directory, book)

    async def carries(self, directory, book):
        """What is due is brought to the desk, and settled as the courier would."""
        house, outcomes = self.household, []
        agent = TicketingAgent(
            name="embedded",
            desk=house.desk,
            book=book,
            directory=directory,
            reader=house.reader,
            steps=house.steps,
            returns=self.returns,
        )
        while items := await house.spool.take("desk:embedded", 1):
            (item,) = items
            outcome = (await agent.deliver(item))[item.recipients[0]]
            self.records.append(read_record(outcome.record))
            outcomes.append(outcome)
            if isinstance(outcome, Withheld):
                settlement = Settlement(State.HELD, outcome.reason, destination=outcome.destination)
            else:
                settlement = Settlement(
                    outcome.state,
                    outcome.note,
                    receipt=outcome.receipt,
                    learned=outcome.learned,
                    record=outcome.record,
                )
            await house.spool.settle(item, item.recipients[0], settlement)
        return outcomes

    async def opened(self):
        """Nic has a ticket."""
        await self.takes(NIC, NEW, head="Subject: Help\r\n", id="1@ferrier")
        return self

    @property
    def last(self):
        return self.desk.submitted[-1]

    def fired(self):
        """The rule that decided about the last letter."""
        return next(one["name"] for one in self.records[-1]["rules"] if one["fired"])


async def refused(gate, *args, **more):
    """What a letter is answered that is not taken."""
    with pytest.raises(Permanent) as why:
        await gate.takes(*args, **more)
    return why.value.enhanced, why.value.text


@pytest_twisted.ensureDeferred
async def test_a_stranger_with_the_number_only(household):
    """Whoever knows a number and no more has a ticket of their own, which names the other."""
    gate = await Gate(household, believed=("example.net",)).opened()
    await gate.takes(EVE, TICKET)
    assert isinstance(gate.last, OpenTicket)
    assert (gate.last.requester.address, gate.last.linked) == (EVE, "SUPPORT-1")
    assert gate.records[-1]["cell"] == "none_aligned_stranger"
    signed = Gate(household, SIGNED)
    assert await refused(signed, EVE, TICKET) == ("5.1.1", "No such mailbox here")


@pytest_twisted.ensureDeferred
async def test_the_number_and_a_forged_from(household):
    """A forged From gets in at most as what it is: unverified."""
    gate = await Gate(household).opened()
    await gate.takes(NIC, TICKET, sender=EVE)
    assert isinstance(gate.last, AddComment)
    assert (gate.last.unverified, gate.last.newcomer) == (True, False)
    strict = Admission(matrix=DEFAULTS | {"none_unaligned_participant": Answer.REFUSE})
    wary = Gate(household, evolve(PLAIN, admission=strict))
    assert (await refused(wary, NIC, TICKET, sender=EVE))[0] == "5.7.1"
    assert await refused(Gate(household, SIGNED), NIC, TICKET) == ("5.1.1", "No such mailbox here")


@pytest_twisted.ensureDeferred
async def test_a_forged_message_id(household):
    """A Message-ID in our form that no key of ours made finds nothing, whoever knew it before."""
    gate = await Gate(household).opened()
    forged = Proofs((b"e" * 32,)).message_id(Mailbox.parse(TICKET), "SUPPORT-1", "7")
    await gate.takes(EVE, NEW, id=forged)  # it becomes known, as hers
    await gate.takes(EVE, NEW, head=f"In-Reply-To: <{forged}>\r\n")
    assert isinstance(gate.last, OpenTicket)
    assert gate.last.linked is None
    assert "not made by a key of ours" in str(gate.records[-1]["rules"])
    await gate.takes(NIC, NEW, head=f"In-Reply-To: <{gate.letter_of_ours()}>\r\n")
    assert (gate.last.ticket, gate.last.unverified) == ("SUPPORT-1", False)
    assert gate.fired() == "reference to a letter of ours"


@pytest_twisted.ensureDeferred
async def test_a_valid_token_used_by_somebody_else(household):
    """Who got hold of a participant's address is let in, and shown as what they are."""
    gate = await Gate(household, SIGNED, ("example.net",)).opened()
    await gate.takes(EVE, gate.address())
    assert (gate.last.unverified, gate.last.newcomer) == (False, True)
    await gate.takes("mallory@forged.example", gate.address())
    assert (gate.last.unverified, gate.last.newcomer) == (True, True)
    await gate.takes(NIC, gate.address())
    assert (gate.last.unverified, gate.last.newcomer) == (False, False)
    await gate.takes(EVE, gate.address(EVE))  # an agent wrote to her: the token is hers
    assert (gate.last.unverified, gate.last.newcomer) == (False, False)


@pytest_twisted.ensureDeferred
async def test_a_token_for_another_ticket(household):
    """A token opens the one ticket that it was made for."""
    gate = await Gate(household, SIGNED).opened()
    await gate.takes(EVE, NEW)
    token = gate.address(ticket="SUPPORT-2").partition("@")[0].partition(".")[2]
    answer = await refused(gate, EVE, f"SUPPORT-1.{token}@support-ticket.com")
    assert answer == ("5.1.1", "No such mailbox here")
    nothing = await refused(gate, EVE, f"SUPPORT-999.{token}@support-ticket.com")
    assert nothing == answer


@pytest_twisted.ensureDeferred
async def test_an_expired_key(household):
    """What a key signed is worth nothing once the key is off the ring, in addresses and in ids."""
    old = Gate(household, SIGNED, proofs=Proofs((b"y" * 32,)))
    await old.opened()
    address, cited = old.address(), old.letter_of_ours()
    await Gate(household, SIGNED).takes(NIC, address)
    assert household.desk.submitted[-1].ticket == "SUPPORT-1"
    rotated = Gate(household, SIGNED, proofs=Proofs((b"t" * 32,)))
    assert await refused(rotated, NIC, address) == ("5.1.1", "No such mailbox here")
    await rotated.takes(NIC, NEW, head=f"In-Reply-To: <{cited}>\r\n")
    assert isinstance(rotated.last, OpenTicket)
    # What we did send is known by the ledger still: a hint, and no proof.
    known = Known("embedded", "SUPPORT-1", cited, "SUPPORT-1@support-ticket.com", ours=True)
    await household.ledger.learn([known])
    await rotated.takes(NIC, NEW, head=f"In-Reply-To: <{cited}>\r\n", text="Again")
    assert (rotated.last.ticket, rotated.last.unverified) == ("SUPPORT-1", True)
    await rotated.takes(EVE, NEW, head=f"In-Reply-To: <{cited}>\r\n")
    assert rotated.last.linked == "SUPPORT-1"


@pytest_twisted.ensureDeferred
async def test_a_closed_ticket_is_told_to_who_may_know(household):
    """That a ticket is closed is said to a true token alone; others learn nothing."""
    queue = evolve(SIGNED, admission=Admission(closed=Closed.REFUSE, reopen_days=1))
    gate = await Gate(household, queue).opened()
    ticket = household.desk.tickets["SUPPORT-1"]
    household.desk.tickets["SUPPORT-1"] = evolve(
        ticket, status="closed", updated=time.time() - 2 * 86400
    )
    assert await refused(gate, NIC, gate.address()) == (
        "5.1.6",
        "SUPPORT-1 is closed; write to new@support-ticket.com",
    )
    assert await refused(gate, EVE, TICKET) == ("5.1.1", "No such mailbox here")
    household.desk.tickets["SUPPORT-1"] = evolve(ticket, status="closed", updated=time.time())
    await gate.takes(NIC, gate.address())
    assert (gate.last.ticket, gate.last.reopens) == ("SUPPORT-1", True)


@pytest_twisted.ensureDeferred
async def test_a_subject_names_a_ticket_for_participants_only(household):
    """A number in the subject is a hint, and only who takes part may give it."""
    gate = await Gate(household, believed=("ferrier", "example.net")).opened()
    await gate.takes(NIC, NEW, head="Subject: AW: [SUPPORT-1] Help\r\n")
    assert (gate.last.ticket, gate.fired()) == ("SUPPORT-1", "tag in the subject")
    await gate.takes(EVE, NEW, head="Subject: AW: [SUPPORT-1] Help\r\n")
    assert isinstance(gate.last, OpenTicket)
    assert gate.last.linked is None


@pytest_twisted.ensureDeferred
async def test_headers_were_stripped(household):
    """Outlook's mobile program drops References: the mark in the quoted text finds the ticket."""
    gate = await Gate(household).opened()
    mark = gate.letter_of_ours()
    await gate.takes(NIC, NEW, head="Subject: Re: Help\r\n", text=f"Thanks!\r\n\r\n> [{mark}]")
    assert (gate.last.ticket, gate.last.unverified) == ("SUPPORT-1", False)
    assert gate.fired() == "mark in the text"
    forged = Proofs((b"e" * 32,)).message_id(Mailbox.parse(TICKET), "SUPPORT-1", "7")
    await gate.takes(EVE, NEW, text=f"Hi\r\n> [{forged}]")
    assert isinstance(gate.last, OpenTicket)


@pytest_twisted.ensureDeferred
async def test_the_ticket_is_named_in_the_head_alone(household):
    """Where a letter came by way of another address, its head still names it."""
    gate = await Gate(household, SIGNED).opened()
    for name in ("Cc", "Delivered-To", "To"):
        await gate.takes(NIC, NEW, head=f"{name}: {gate.address()}\r\n", text=name)
        assert (gate.last.ticket, gate.fired()) == ("SUPPORT-1", "signed address")


@pytest_twisted.ensureDeferred
async def test_the_envelope_counts_most(household):
    """A letter for one ticket is that ticket's, whatever it refers to."""
    gate = await Gate(household).opened()
    await gate.takes(NIC, NEW, id="2@ferrier")
    await gate.takes(NIC, TICKET, head="In-Reply-To: <2@ferrier>\r\n")
    assert (gate.last.ticket, gate.fired()) == ("SUPPORT-1", "plain address")


@pytest_twisted.ensureDeferred
async def test_once_in_a_queue(household):
    """The same letter to several of our addresses, at once or one by one, is there once."""
    gate = await Gate(household).opened()
    submitted = len(gate.desk.submitted)
    await gate.takes(NIC, NEW, TICKET, "help@support-ticket.com", id="2@ferrier")
    assert len(gate.desk.submitted) == submitted + 1
    assert gate.last.ticket == "SUPPORT-1"
    (again,) = await gate.takes(NIC, "help@support-ticket.com", id="2@ferrier", head="X: y\r\n")
    assert (again.state, again.receipt.ticket) == (State.DUPLICATE, "SUPPORT-1")
    await gate.takes(NIC, NEW, id="2@ferrier", text="Another letter with an old Message-ID")
    assert isinstance(gate.last, OpenTicket)


@pytest_twisted.ensureDeferred
async def test_two_tickets_have_the_letter_that_is_for_both(household):
    """A letter to two tickets is in both, and the next answer of each refers to it."""
    gate = await Gate(household).opened()
    await gate.takes(NIC, NEW, id="2@ferrier")
    await gate.takes(NIC, TICKET, "SUPPORT-2@support-ticket.com", id="3@ferrier")
    for ticket in ("SUPPORT-1", "SUPPORT-2"):
        known = await household.ledger.conversation("embedded", ticket)
        assert known.latest == "3@ferrier"


@pytest_twisted.ensureDeferred
async def test_what_is_held_waits_for_a_person(household):
    """A queue may hold what it does not trust; released, it is in its ticket, and marked."""
    matrix = DEFAULTS | {"none_unaligned_stranger": Answer.HOLD}
    gate = await Gate(household, evolve(PLAIN, admission=Admission(matrix=matrix))).opened()
    submitted = len(gate.desk.submitted)
    (outcome,) = await gate.takes(EVE, TICKET)
    assert isinstance(outcome, Withheld)
    (held,) = await household.spool.list([State.HELD])
    assert "release it" in held.reason
    assert len(gate.desk.submitted) == submitted
    assert await household.spool.release(held.id)
    directory = Directory({"embedded": gate.desk}, household.ledger, reactor, household.log)
    (outcome,) = await gate.carries(directory, gate.book)
    assert isinstance(outcome, Delivered)
    assert (gate.last.ticket, gate.last.unverified, gate.last.newcomer) == ("SUPPORT-1", True, True)


@pytest_twisted.ensureDeferred
async def test_one_of_several_recipients_may_refuse(household):
    """Where one ticket refuses a letter and another takes it, each recipient has its own answer."""
    matrix = DEFAULTS | {"none_unaligned_stranger": Answer.REFUSE}
    gate = await Gate(household, evolve(PLAIN, admission=Admission(matrix=matrix))).opened()
    await gate.takes(EVE, NEW)
    hers = "SUPPORT-2@support-ticket.com"
    (outcome,) = await gate.takes(NIC, TICKET, hers)
    assert outcome.receipt.ticket == "SUPPORT-1"
    ((recipient, why),) = gate.accepted.fates.items()
    assert (str(recipient), why.enhanced) == (hers, "5.7.1")
    (row,) = await household.spool.list([State.REFUSED])
    assert row.recipient == hers
    shelf, _ = await household.spool.show(row.id)
    record = json.loads(shelf.record)
    assert (record["cell"], record["answer"]) == ("none_unaligned_stranger", "refuse")
    assert (record["ticket"], record["action"]) == ("SUPPORT-2", "refuse")
    assert record["why"] == row.reason


@pytest_twisted.ensureDeferred
async def test_a_verification_mail_to_a_tickets_address(household):
    """The ticket trick: what a service mails to an address at our domain, its asker cannot read.

    Nothing that arrives is mailed on; to a plain address it does not even get into their ticket.
    """
    service = "noreply@service.example"
    gate = await Gate(household, believed=("service.example",)).opened()
    await gate.takes(service, TICKET, text="Your code is 123456")
    assert isinstance(gate.last, OpenTicket)
    assert gate.last.requester.address == service
    assert gate.last.participants == ()
    signed = Gate(household, SIGNED, ("service.example",))
    await signed.takes(service, signed.address(), text="Your code is 123456", id="s@x")
    assert signed.last.newcomer
    assert signed.last.participants == ()
    assert await household.spool.list(agent="relay") == []


@pytest.mark.parametrize(
    ("author", "subject", "said"),
    [
        (
            '"agnes@support-ticket.com" <eve@example.net>',
            "Hi",
            "The name says agnes@support-ticket.com, which is ours, but the letter is from eve",
        ),
        (
            '"Agnes \u202emoc.live\u202c" <eve@example.net>',
            "Hi",
            "Signs in the name turn the direction of writing: Agnes [U+202E]moc.live[U+202C]",
        ),
        ('"Eve" <eve@example.net>', "p\u0430ypal", "Words in the subject mix scripts"),
        (
            '"Eve" <eve@p\u0430ypal.example>',
            "Hi",
            "in ASCII it is xn--pypal-4ve.example. It mixes scripts, as an imitation does.",
        ),
        ('"E\u200bve" <eve@example.net>', "Hi", "Signs in the name are not seen: E[U+200B]ve"),
    ],
)
@pytest_twisted.ensureDeferred
async def test_what_deceives_is_shown(household, author, subject, said):
    """Names like an agent's address, turned text and look-alike letters are shown as such."""
    gate = Gate(household)
    await gate.takes(author, NEW, head=f"Subject: {subject}\r\n")
    assert any(said in one for one in gate.last.warnings), gate.last.warnings
    assert any(said in one for one in gate.records[-1]["warnings"])
    assert said in gate.last.text  # this desk keeps no standing, so it is told in words


@pytest_twisted.ensureDeferred
async def test_an_honest_letter_has_no_warnings(household):
    """People whose script is not Latin, and those who write with marks, are no suspects."""
    gate = Gate(household)
    for author, subject in (
        ('"Иван Петров" <ivan@пример.рф>', "Не могу войти"),
        ('"Zoë Brontë" <zoe@bücher.example>', "Übergröße"),
        ('"山田" <yamada@example.jp>', "ログインできません"),
    ):
        await gate.takes(author, NEW, head=f"Subject: {subject}\r\n")
        assert [one for one in gate.last.warnings if "imitation" in one] == []
