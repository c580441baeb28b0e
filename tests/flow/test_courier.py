"""The courier: what is due is carried, and what becomes of it is written."""

import json

import pytest
import pytest_twisted
from attrs import evolve
from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.task import deferLater
from zope.interface import implementer

from mailtickets.errors import Permanent, Temporary
from mailtickets.flow import courier as courier_module
from mailtickets.flow.bounce import Bounces
from mailtickets.flow.courier import Courier, Round
from mailtickets.interfaces import IAgent
from mailtickets.mail.authentication import SPF, Authentication, Result
from mailtickets.mail.envelope import Envelope
from mailtickets.mail.mailbox import Mailbox
from mailtickets.outcomes import About, Bounced, Delivered, State
from mailtickets.outcomes import Deferred as Later
from mailtickets.retry import Breaker, Policy
from mailtickets.slips import Submission
from mailtickets.tickets.values import Known, Person, Receipt, ToAgent
from tests.flow.automata import automatic
from tests.flow.walking import reached

NIC = Mailbox("nic", "ferrier")
THERE = Mailbox("parts", "example.org")
LETTER = b"Message-ID: <1@ferrier>\r\nSubject: Hi\r\n\r\nHello\r\n"


@implementer(IAgent)
class Agent:
    """Gives each item the next of its outcomes, the last one for ever."""

    def __init__(self, *outcomes):
        self.outcomes = list(outcomes)
        self.items = []

    async def deliver(self, item):
        self.items.append(item)
        outcome = self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]
        if isinstance(outcome, Exception):
            raise outcome
        if isinstance(outcome, Deferred):
            outcome = await outcome
        return dict.fromkeys(item.recipients, outcome) if outcome is not None else {}


def courier(household, agent, name="there", threshold=100, **policy):
    """A courier for the agent of this name."""
    bounces = Bounces(
        book=household.book,
        hostname="mx.example.org",
        automatic=automatic(household),
        reader=household.reader,
    )
    return Courier(
        Round(name, agent, concurrency=3),
        spool=household.spool,
        bounces=bounces,
        clock=reactor,
        now=household.spool._wall,
        random=lambda: 0.5,
        policy=Policy(**policy),
        breaker=Breaker(threshold=threshold, shortest=600),
        steps=household.steps,
        meter=household.meter,
        alarms=household.alarms,
        log=household.log,
    )


async def put(household, key="k", lane="lane", sender=NIC, octets=LETTER):
    """One item for the agent."""
    envelope = Envelope(sender, (THERE,), household.spool._wall(), f"id-{key}")
    await household.spool.put(envelope, octets, (Submission(THERE, key, "there", lane),), "Hi")


async def rows(household):
    """Every row of the store."""
    return await household.spool.list()


@pytest_twisted.ensureDeferred
async def test_delivered(household):
    """What an agent has done is written once, with its receipt and what the ledger shall know."""
    await put(household)
    learned = Known("d", "T-1", "1@ferrier", "nic@ferrier", requester=Person("", "nic@ferrier"))
    agent = Agent(Delivered(State.OPENED, Receipt("T-1"), "why", (learned,)))
    settled = reached(household.steps, "courier.after-settle")
    carrier = courier(household, agent)
    carrier.start()
    await settled
    await carrier.stop()
    (row,) = await rows(household)
    assert (row.state, row.receipt, row.reason) == (State.OPENED, Receipt("T-1"), "why")
    assert await household.ledger.which("d", ["1@ferrier"]) == {"1@ferrier": ("T-1",)}
    assert len(agent.items) == 1


@pytest_twisted.ensureDeferred
async def test_what_arrives_later_is_carried_at_once(household):
    """A courier with nothing to do is woken by what becomes due."""
    carrier = courier(household, Agent(Delivered()))
    carrier.start()
    settled = reached(household.steps, "courier.after-settle", times=2)
    await put(household, "a", "lane a")
    await put(household, "b", "lane b")
    await settled
    await carrier.stop()
    assert [row.state for row in await rows(household)] == [State.DELIVERED] * 2


@pytest.mark.parametrize("about", [About.LETTER, About.PLACE])
@pytest_twisted.ensureDeferred
async def test_what_is_not_about_the_peer_holds_nobody_up(household, about):
    """A greylist, or one dead domain of many: the other letters go, and this one comes back."""
    await put(household, "a", "lane a")
    await put(household, "b", "lane b")
    agent = Agent(Later(Temporary("7.1", "greylisted"), about), Delivered(), Delivered())
    settled = reached(household.steps, "courier.after-settle", times=3)
    carrier = courier(household, agent, threshold=1, first=0.01)
    carrier.start()
    await settled
    await carrier.stop()
    assert [row.state for row in await rows(household)] == [State.DELIVERED] * 2


@pytest.mark.parametrize(
    "trouble",
    [Later(Temporary("4.1", "down")), Temporary("4.1", "down"), RuntimeError("secret"), None],
)
@pytest_twisted.ensureDeferred
async def test_what_fails_for_now_comes_back(household, trouble):
    """Told, raised, not foreseen, or not told at all: it is tried again, and then done."""
    await put(household)
    agent = Agent(trouble, Delivered())
    settled = reached(household.steps, "courier.after-settle", times=2)
    carrier = courier(household, agent, first=0.01)
    carrier.start()
    await settled
    await carrier.stop()
    assert [one.attempts for one in agent.items] == [0, 1]
    assert [one.key for one in agent.items] == ["k", "k"]
    (row,) = await rows(household)
    assert row.state is State.DELIVERED


@pytest.mark.parametrize(
    ("outcome", "state", "why"),
    [
        (Delivered(), State.DELIVERED, "its agent ended it as delivered"),
        (Bounced(Permanent("7.1", "Not here")), State.BOUNCED, "5.7.1 Not here"),
    ],
)
@pytest_twisted.ensureDeferred
async def test_what_a_route_takes_has_its_record(household, outcome, state, why):
    """Of a plugin's letter the operator is told as well: who wrote it, and what became of it."""
    found = Authentication("mx", spf=SPF(Result.PASS, "ferrier"))
    envelope = Envelope(NIC, (THERE,), household.spool._wall(), "id", authentication=found)
    row = Submission(THERE, "k", "there", "lane", ToAgent("there"))
    await household.spool.put(envelope, b"From: Nic <nic@ferrier>\r\n" + LETTER, (row,), "Hi")
    settled = reached(household.steps, "courier.after-settle")
    carrier = courier(household, Agent(outcome))
    carrier.start()
    await settled
    await carrier.stop()
    (row,) = [one for one in await rows(household) if one.recipient == str(THERE)]
    assert row.state is state
    shelf, _ = await household.spool.show(row.id)
    record = json.loads(shelf.record)
    assert (record["author"], record["action"], record["why"]) == ("nic@ferrier", "agent", why)
    assert record["authentication"] == "mx; spf=pass smtp.mailfrom=ferrier"
    assert [one["name"] for one in record["rules"] if one["fired"]] == ["route"]


@pytest.mark.parametrize("kind", [Later(Temporary("4.1", "down")), Bounced(Permanent("6.0", "no"))])
@pytest_twisted.ensureDeferred
async def test_what_was_decided_is_kept_while_it_cannot_be_done(household, kind):
    """The reasons of a letter that waits, or is refused, are there before it is done, or never."""
    await put(household)
    settled = reached(household.steps, "courier.after-settle")
    carrier = courier(household, Agent(evolve(kind, record='{"action": "comment"}')))
    carrier.start()
    await settled
    await carrier.stop()
    (row,) = [one for one in await rows(household) if one.recipient == str(THERE)]
    shelf, _ = await household.spool.show(row.id)
    assert json.loads(shelf.record)["action"] == "comment"


@pytest_twisted.ensureDeferred
async def test_given_up_is_held(household):
    """What was tried for long enough is held for a person, with the reason; never dropped."""
    await put(household)
    settled = reached(household.steps, "courier.after-settle")
    carrier = courier(household, Agent(Temporary("4.1", "No route")), give_up=0.0)
    carrier.start()
    await settled
    await carrier.stop()
    (row,) = await rows(household)
    assert row.state is State.HELD
    assert "4.4.1 No route" in row.reason


@pytest_twisted.ensureDeferred
async def test_a_loud_trouble_turns_an_alarm_on_until_it_works(household):
    """A wrong token is told to a person, and told to be over."""
    await put(household)
    trouble = Temporary("3.5", "The token is wrong", loud=True)
    first = reached(household.steps, "courier.after-settle")
    carrier = courier(household, Agent(trouble, Delivered()), first=0.05)
    carrier.start()
    await first
    assert household.alarms.banners() == ["there: The token is wrong"]
    second = reached(household.steps, "courier.after-settle")
    await second
    await carrier.stop()
    assert household.alarms.banners() == []


@pytest.mark.parametrize(
    "outcome", [Bounced(Permanent("1.1", "Nobody")), Permanent("1.1", "Nobody")]
)
@pytest_twisted.ensureDeferred
async def test_a_permanent_failure_becomes_a_letter(household, outcome):
    """The sender is told, in the transaction that ends the item; with no relay that is held."""
    await put(household)
    settled = reached(household.steps, "courier.after-settle")
    carrier = courier(household, Agent(outcome))
    carrier.start()
    await settled
    await carrier.stop()
    first, notice = await rows(household)
    assert (first.state, first.reason) == (State.BOUNCED, "5.1.1 Nobody")
    assert (notice.state, notice.agent, notice.recipient) == (State.HELD, "relay", "nic@ferrier")
    assert notice.sender == ""


@pytest.mark.parametrize(
    ("sender", "head"),
    [
        (None, b""),
        (Mailbox("MAILER-DAEMON", "x.example"), b""),
        (Mailbox("noreply", "x.example"), b""),
        (NIC, b"Auto-Submitted: auto-replied\r\n"),
        (Mailbox("unknown", "support-ticket.com"), b""),
    ],
)
@pytest_twisted.ensureDeferred
async def test_nobody_is_told_who_may_not_be(household, sender, head):
    """No notice goes to a null sender, to a machine, or to an address of ours that is none."""
    await put(household, sender=sender, octets=head + LETTER)
    settled = reached(household.steps, "courier.after-settle")
    carrier = courier(household, Agent(Permanent("1.1", "Nobody")))
    carrier.start()
    await settled
    await carrier.stop()
    (row,) = await rows(household)
    assert row.state is State.REFUSED


@pytest_twisted.ensureDeferred
async def test_an_answer_that_bounces_goes_back_to_its_ticket(household):
    """A failed answer of ours is told to the ticket's agents, through the desk."""
    await put(household, sender=Mailbox("SUPPORT-7", "support-ticket.com"))
    settled = reached(household.steps, "courier.after-settle")
    carrier = courier(household, Agent(Permanent("1.1", "Nobody")))
    carrier.start()
    await settled
    await carrier.stop()
    _, notice = await rows(household)
    assert (notice.agent, notice.recipient) == ("desk:embedded", "SUPPORT-7@support-ticket.com")


@pytest_twisted.ensureDeferred
async def test_one_lane_is_carried_in_order(household):
    """Letters of one conversation go one after the other; another's do not wait for them."""
    waiting = Deferred()
    agent = Agent(waiting, Delivered())
    for key, lane in [("a1", "a"), ("a2", "a"), ("b1", "b")]:
        await put(household, key, lane)
    other = reached(household.steps, "courier.after-settle")
    carrier = courier(household, agent)
    carrier.start()
    await other
    assert [one.key for one in agent.items] == ["a1", "b1"]
    rest = reached(household.steps, "courier.after-settle", times=2)
    waiting.callback(Delivered())
    await rest
    await carrier.stop()
    assert [one.key for one in agent.items] == ["a1", "b1", "a2"]


@pytest_twisted.ensureDeferred
async def test_an_agent_that_hangs_stops_no_other(household):
    """It has as many at a time as its own concurrency says, and another's letters go their way."""
    for number in range(5):
        await put(household, f"h{number}", f"lane {number}")
    share = Submission(THERE, "other", "elsewhere", "lane 0")
    envelope = Envelope(NIC, (THERE,), household.spool._wall(), "id-other")
    await household.spool.put(envelope, LETTER, (share,), "Hi")
    hanging, quick = Agent(Deferred()), Agent(Delivered())
    carriers = courier(household, hanging), courier(household, quick, name="elsewhere")
    settled = reached(household.steps, "courier.after-settle")
    for carrier in carriers:
        carrier.start()
    await settled
    assert [one.key for one in quick.items] == ["other"]
    assert len(hanging.items) <= 3
    for carrier in carriers:
        await carrier.stop(0.05)
    states = sorted(row.state for row in await rows(household))
    assert states == sorted([State.DELIVERED, *[State.DUE] * 5])


@pytest_twisted.ensureDeferred
async def test_stopping_waits_a_bounded_time(household):
    """An agent that hangs does not keep the gateway from stopping; the item is not lost."""
    await put(household)
    taken = reached(household.steps, "courier.after-take")
    carrier = courier(household, Agent(Deferred()))
    carrier.start()
    await taken
    await carrier.stop(0.05)
    (row,) = await rows(household)
    assert (row.state, row.reason) == (State.DUE, "4.3.2 The gateway was stopped")


@pytest_twisted.ensureDeferred
async def test_what_waits_for_hours_goes_when_the_peer_is_back(household):
    """After a long outage nobody waits for hours more: what failed before is due at once."""
    await put(household)
    slow = {"first": 3600.0, "longest_young": 3600.0}
    first = reached(household.steps, "courier.after-settle")
    carrier = courier(household, Agent(Temporary("4.1", "down"), Delivered()), **slow)
    carrier.start()
    await first
    second = reached(household.steps, "courier.after-settle")
    await carrier.hasten()
    await second
    await carrier.stop()
    (row,) = await rows(household)
    assert row.state is State.DELIVERED


@pytest_twisted.ensureDeferred
async def test_what_arrives_at_a_courier_at_leisure_is_handed_to_it(household):
    """Nobody looks for it in the store; one more than the agent has room for waits its turn."""
    working = [Deferred() for _ in range(3)]
    agent = Agent(*working, Delivered())
    carrier = courier(household, agent)
    await put(household, "first", "lane first")
    begun = reached(household.steps, "courier.after-take")
    carrier.start()
    await begun
    await deferLater(reactor, 0, lambda: None)
    taking, take = [], household.spool.take

    async def noted(*said):
        taking.append(said)
        return await take(*said)

    household.spool.take = noted
    while len(agent.items) < 3:
        await put(household, f"{len(agent.items)}", f"lane {len(agent.items)}")
        await deferLater(reactor, 0, lambda: None)
    await put(household, "last", "lane last")
    await deferLater(reactor, 0, lambda: None)
    assert [row.state for row in await rows(household)] == [State.LEASED] * 4
    assert len(agent.items) == 3
    settled = reached(household.steps, "courier.after-settle", times=4)
    for one in working:
        one.callback(Delivered())
    await settled
    await carrier.stop()
    assert [one.key for one in agent.items][-1] == "last"
    assert not taking
    assert {row.state for row in await rows(household)} == {State.DELIVERED}


@pytest_twisted.ensureDeferred
async def test_a_courier_without_room_is_not_disturbed(household):
    """What comes due while its agent is busy waits in the store, before what comes after it."""
    working = [Deferred() for _ in range(3)]
    agent = Agent(*working, Delivered())
    carrier = courier(household, agent)
    household.spool.hand_over = lambda agent, room, carry: None
    carrier.start()
    for number in range(3):
        await put(household, f"{number}", f"lane {number}")
    while len(agent.items) < 3:
        await deferLater(reactor, 0, lambda: None)
    await deferLater(reactor, 0, lambda: None)
    carrier._backlog = False  # as when nothing more waited at the last look
    rings, ring = [], carrier._bell.ring
    carrier._bell.ring = lambda: (rings.append(1), ring())
    for number in range(3, 9):
        await put(household, f"{number}", f"lane {number}")
    assert not rings
    assert carrier._room_at_hand() == 0
    settled = reached(household.steps, "courier.after-settle", times=9)
    for one in working:
        one.callback(Delivered())
    await settled
    await carrier.stop()
    assert {row.state for row in await rows(household)} == {State.DELIVERED}


@pytest_twisted.ensureDeferred
async def test_what_was_handed_over_and_not_begun_goes_back(household):
    """A gateway that stops, and an agent that hangs, keep no letter that others could carry."""
    agent = Agent(Deferred())
    carrier = courier(household, agent)
    carrier.start()
    while len(await rows(household)) < 5:
        key = str(len(await rows(household)))
        await put(household, key, f"lane {key}")
        await deferLater(reactor, 0, lambda: None)
    assert len(agent.items) == 3
    carrier._renew()
    carrier._renew()  # they have waited for as long as that takes
    while [row.state for row in await rows(household)].count(State.DUE) < 2:
        await deferLater(reactor, 0, lambda: None)
    assert [row.attempts for row in await rows(household)] == [1, 1, 1, 0, 0]
    await carrier.stop(0.05)
    assert {row.state for row in await rows(household)} == {State.DUE}


@pytest_twisted.ensureDeferred
async def test_a_lease_is_renewed_while_the_agent_works(household, monkeypatch):
    """However long an agent takes, nobody else is given its letter meanwhile."""
    monkeypatch.setattr(courier_module, "RENEW", 0.02)
    await put(household)
    working, renewed, renewals = Deferred(), Deferred(), []
    renew = household.spool.renew

    async def noted(items):
        renewals.append([item.key for item in items])
        await renew(items)
        if len(renewals) == 3:
            renewed.callback(None)

    monkeypatch.setattr(household.spool, "renew", noted)
    carrier = courier(household, Agent(working))
    carrier.start()
    await renewed.addTimeout(30, reactor)
    working.callback(Delivered(State.OPENED))
    await carrier.stop()
    assert renewals[:3] == [["k"]] * 3
    assert [row.state for row in await rows(household)] == [State.OPENED]


@pytest_twisted.ensureDeferred
async def test_what_nobody_rang_for_is_found(household, monkeypatch):
    """A ring that was lost, between gateways or here, costs a few seconds and no letter."""
    monkeypatch.setattr(courier_module, "LOOK", 0.05)
    monkeypatch.setattr(household.spool, "wake", lambda agent, call: None)
    monkeypatch.setattr(household.spool, "hand_over", lambda agent, room, carry: None)
    carrier = courier(household, Agent(Delivered(State.OPENED)))
    carrier.start()
    settled = reached(household.steps, "courier.after-settle")
    await put(household)
    await settled.addTimeout(30, reactor)
    await carrier.stop()
    assert [row.state for row in await rows(household)] == [State.OPENED]
