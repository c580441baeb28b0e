"""A dry run tells what then happens: to people's letters, to machines', to what is refused."""

import pytest
import pytest_twisted
from attrs import evolve
from twisted.internet import reactor

from mailtickets.errors import Permanent
from mailtickets.flow.directory import Directory
from mailtickets.flow.explaining import Explaining
from mailtickets.flow.reception import Judge
from mailtickets.mail.envelope import Peer
from mailtickets.mail.mailbox import Mailbox
from mailtickets.outcomes import Accept, Refuse, Swallow
from mailtickets.routing.addresses import AddressBook
from mailtickets.routing.loops import OwnMail
from mailtickets.routing.policy import DEFAULTS, Admission, Answer
from mailtickets.smtp.limits import Limits
from mailtickets.tickets.values import Known
from tests.flow.test_hostile import EVE, NEW, NIC, PLAIN, PROOFS, TICKET, Believes, Gate

STRICT = Admission(matrix=DEFAULTS | {"none_unaligned_stranger": Answer.REFUSE})
BOUNCE = (
    'Subject: Undelivered\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; boundary="b"; '
    "report-type=delivery-status\r\n"
)
REPORT = (
    "--b\r\n\r\nSorry.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
    "Reporting-MTA: dns; mx\r\n\r\nFinal-Recipient: rfc822; nic@ferrier\r\nAction: failed\r\n"
    "Status: 5.1.1\r\n\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{id}>\r\n"
    "\r\n--b--"
)
AWAY = "Auto-Submitted: auto-replied\r\nSubject: Away\r\n"


class Says:
    """A filter that says the same of every letter."""

    def __init__(self, verdict):
        self.verdict = verdict

    async def judge(self, letter, message):
        return self.verdict


class Dry:
    """A gate, and who tells what it would do."""

    def __init__(self, gate, book=None, judges=()):
        house = gate.household
        self.gate = gate
        self.own = OwnMail(gate.book, (b"m" * 32,), wrote=lambda one: PROOFS.named(one) is not None)
        self.house = Explaining(
            book=book or gate.book,
            directory=Directory({"embedded": gate.desk}, house.ledger, reactor, house.log),
            reader=house.reader,
            judges=judges,
            authenticator=Believes(*gate.believed),
            own=self.own,
            returns=gate.returns,
            desks={"embedded": gate.desk},
            limits=Limits(hops=3, message_size=5000),
            now=lambda: 0.0,
        )

    async def told(self, octets, *to, sender=NIC):
        """What is told of each recipient."""
        given = await self.house.explain(
            octets, sender=sender, recipients=to, peer=Peer("192.0.2.1")
        )
        return given["recipients"]

    async def fate(self, octets, to, sender=NIC):
        """What would become of a letter to one."""
        (one,) = await self.told(octets, to, sender=sender)
        return one["fate"]

    async def happens(self, octets, to, sender=NIC):
        """What does become of it, in the same words."""
        who = Mailbox.parse(sender) if sender else None
        try:
            outcomes = await self.gate.brought(octets, who, (to,), self.own)
        except Permanent as why:
            return f"550 {why.enhanced} {why.text}"
        if not outcomes:
            (last,) = (await self.gate.household.spool.list(limit=1000))[-1:]
            return f"{last.state.value}: {last.reason}"
        (outcome,) = outcomes
        if outcome.state.value in {"discarded", "duplicate"}:
            return f"{outcome.state.value}: {outcome.note}"
        last = self.gate.last
        if outcome.state.value == "opened":
            linked = f", linked with {last.linked}" if last.linked else ""
            return f"opens a ticket in queue support for {last.requester.address}{linked}"
        kind = "public" if last.public else "internal"
        marks = ", unverified" * last.unverified + ", not yet a participant" * last.newcomer
        return f"{kind} comment on {outcome.receipt.ticket}{marks}"


@pytest_twisted.ensureDeferred
async def test_what_is_told_happens(household):
    """Whatever comes, and whoever writes it: the fate that was told is the one it has."""
    gate = await Gate(household, believed=("ferrier",)).opened()
    dry, ours = Dry(gate), gate.letter_of_ours()
    requester = gate.desk.tickets["SUPPORT-1"].requester
    answer = Known("embedded", "SUPPORT-1", ours, TICKET, ours=True, requester=requester)
    await household.ledger.learn([answer])
    path = str(gate.book.return_path(Mailbox.parse(TICKET), "ab" * 32))
    daemon = "MAILER-DAEMON@mx"
    cites = f"In-Reply-To: <{ours}>\r\n"
    told = set()
    for author, to, sender, head, text, name in (
        (NIC, NEW, NIC, "", "A new one", None),
        (NIC, TICKET, NIC, "", "To a ticket", None),
        (EVE, TICKET, EVE, "", "A stranger's", None),
        (EVE, NEW, EVE, cites, "A stranger who has our letter", None),
        (NIC, TICKET, NIC, AWAY, "I am away", None),
        (NIC, NEW, NIC, AWAY, "I am away", None),
        (NIC, path, "", AWAY, "I am away, too", None),
        (daemon, path, "", BOUNCE, REPORT.format(id="x@y"), None),
        (daemon, NEW, "", BOUNCE, REPORT.format(id=ours), None),
        (daemon, TICKET, "", BOUNCE, REPORT.format(id="x@y"), None),
        (daemon, NEW, "", BOUNCE, REPORT.format(id="x@y"), None),
        (NIC, NEW, NIC, "", "Our own", ours),
        (NIC, NEW, TICKET, "", "From our address", None),
        (TICKET, NEW, NIC, "", "From our address", None),
        (NIC, "SUPPORT-9@support-ticket.com", NIC, "", "To nobody", None),
        (NIC, NEW, NIC, "Subject: Help\r\nX: y\r\n", "Hello", "1@ferrier"),
    ):
        octets = gate.written(author, head, text, name)
        fate = await dry.fate(octets, to, sender)
        assert await dry.happens(octets, to, sender) == fate, (author, to, head, text)
        told.add(fate.partition(" on ")[0].partition(":")[0])
    assert {"internal comment", "public comment", "discarded"} <= told
    assert len(household.desk.submitted) == 10


@pytest_twisted.ensureDeferred
async def test_what_came_back_has_its_reasons(household):
    """A bounce is told with its ticket, the comment that the desk would be sent, and why."""
    gate = await Gate(household).opened()
    path = str(gate.book.return_path(Mailbox.parse(TICKET), "ab" * 32))
    octets = gate.written("MAILER-DAEMON@mx", BOUNCE, REPORT.format(id="x@y"))
    (one,) = await Dry(gate).told(octets, path, sender="")
    assert one["decision"]["ticket"] == "SUPPORT-1"
    assert one["decision"]["rules"][0]["fired"]
    assert one["sends"]["intent"]["visibility"] == "internal"
    assert one["sends"]["intent"]["authentication"]["aligned"] is False
    assert "there is no such mailbox" in one["sends"]["intent"]["text"]
    assert len(household.desk.submitted) == 1


@pytest.mark.parametrize(
    ("head", "text", "said"),
    [
        ("Received: by x\r\n" * 4, "Hi", "554 5.4.6 Too many hops: this letter goes in circles"),
        ("", "x" * 6000, "552 5.3.4 Letter too big"),
    ],
)
@pytest_twisted.ensureDeferred
async def test_what_the_edge_turns_away(household, head, text, said):
    """Letters that go in circles or are too large are told what the edge would answer."""
    gate = Gate(household)
    octets = gate.written(NIC, head, text)
    assert await Dry(gate).fate(octets, NEW) == said
    assert await Dry(gate).fate(octets.replace(b"\r\n", b"\n"), NEW) == said


@pytest_twisted.ensureDeferred
async def test_a_route_has_its_letters_whoever_writes_them(household):
    """What is from an address of ours is refused to a desk, and no affair of a plugin's agent."""
    gate = Gate(household)
    dry = Dry(gate, AddressBook(household.book.queues, household.book.routes))
    parts = "parts@example.org"
    first, second = await dry.told(gate.written(NIC), NEW, parts, sender=TICKET)
    assert first["rcpt"] == first["fate"]
    assert first["rcpt"].startswith("550 5.7.1 Mail from an address of this gateway's own")
    assert second["fate"] == "agent route:parts"
    first, second = await dry.told(gate.written(TICKET), NEW, parts)
    fates = {one["recipient"]: one["fate"] for one in (first, second)}
    assert fates == {NEW: "discarded: its From is an address of ours", parts: "agent route:parts"}


@pytest.mark.parametrize(
    ("verdict", "fates"),
    [
        (Accept(frozenset({"spam"})), ("refuse", "comment")),
        (Swallow("enough"), ("refuse", "discarded: enough")),
        (Refuse("no"), ("550 5.7.1 no", "550 5.7.1 no")),
    ],
)
@pytest_twisted.ensureDeferred
async def test_filters_are_asked_as_the_gateway_does(household, verdict, fates):
    """Policy refuses first, one recipient of two; a filter's no is everybody's, its labels too."""
    gate = await Gate(household, evolve(PLAIN, admission=STRICT)).opened()
    await gate.takes(EVE, NEW)
    dry = Dry(gate, judges=[Judge("f", Says(verdict))])
    hers = "SUPPORT-2@support-ticket.com"
    told = await dry.told(gate.written(NIC, text="Both"), TICKET, hers)
    found = {one["recipient"]: one for one in told}
    words = {
        "refuse": "550 5.7.1 You may not write to this address",
        "comment": "public comment on SUPPORT-1, unverified",
    }
    assert found[hers]["fate"] == words.get(fates[0], fates[0])
    assert found[TICKET]["fate"] == words.get(fates[1], fates[1])
    if fates[1] == "comment":
        assert found[TICKET]["sends"]["intent"]["labels"] == ["spam"]
        assert found[TICKET]["sends"]["intent"]["text"].startswith("[Not verified")
    (alone,) = await dry.told(gate.written(NIC, text="Hers"), hers)
    assert alone["fate"] == words["refuse"]
