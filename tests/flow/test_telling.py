"""The desk hears what became of an answer, once, and whatever it says changes no outcome."""

import pytest
import pytest_twisted
from attrs import evolve
from twisted.internet.task import Clock
from twisted.logger import Logger
from zope.interface import implementer

from mailtickets.errors import Permanent, Temporary
from mailtickets.flow.showing import REST, Showing
from mailtickets.flow.telling import Telling
from mailtickets.interfaces import IAgent, IDesk, IShowsDelivery
from mailtickets.mail.envelope import Envelope, Item, Letter, Peer
from mailtickets.mail.mailbox import Mailbox
from mailtickets.mail.octets import InMemory
from mailtickets.outcomes import Bounced, Deferred, Delivered, State
from mailtickets.routing.addresses import AddressBook, Queue
from mailtickets.routing.fates import Fate
from mailtickets.tickets.values import Outgoing, Receipt

NIC, TICKET = Mailbox("nic", "ferrier"), Mailbox("SUPPORT-1", "support-ticket.com")
HOUR = 3600.0
WAITS = Deferred(Temporary("4.1", "mx.ferrier:25 cannot be reached"))
GONE = Delivered(State.RELAYED, note="mx said: 250 Taken")


@implementer(IAgent, IDesk)
class World:
    """An agent and a desk that do as they are told."""

    def __init__(self, outcome, failure=None):
        self.outcome, self.failure = outcome, failure
        self.comments = []

    async def deliver(self, item):
        """The fate of everybody."""
        return dict.fromkeys(item.recipients, self.outcome)

    async def submit(self, intent, key):
        """A comment."""
        if self.failure is not None:
            raise self.failure
        self.comments.append((intent, key))
        return Receipt(intent.ticket)


def item(sender=TICKET, **more):
    """An answer, accepted at the beginning of time."""
    letter = Letter(Envelope(sender, (NIC,), 0.0, "t", **more), InMemory(b""))
    return Item(1, "key", letter, (NIC,), "relay", "lane", accepted=0.0)


def telling(world, hours, **more):
    """The one who tells, so many hours after the answer was accepted."""
    more.setdefault("showing", Showing({"embedded": world}, Clock(), Logger()))
    return Telling(
        world,
        desks={"embedded": world},
        book=AddressBook([Queue("support", "support-ticket.com")]),
        now=lambda: hours * HOUR,
        hostname="gateway.example",
        **{"log": Logger(), **more},
    )


@pytest_twisted.ensureDeferred
async def test_a_delay_is_told_once():
    """After four hours of waiting there is one note for the agents, with the reason."""
    world = World(WAITS)
    teller = telling(world, 5)
    for _ in range(3):
        assert await teller.deliver(item()) == {NIC: WAITS}
    ((comment, key),) = world.comments
    assert key == "key:delayed"
    assert not comment.public
    assert comment.ticket == "SUPPORT-1"
    assert comment.text.startswith("The answer to nic@ferrier is still waiting: their server")
    assert "mx.ferrier:25 cannot be reached" in comment.text


@pytest.mark.parametrize(
    ("outcome", "hours"), [(WAITS, 3), (GONE, 3), (Bounced(Permanent("1.1", "no")), 5)]
)
@pytest_twisted.ensureDeferred
async def test_what_is_not_told(outcome, hours):
    """A short wait and a next hop are no news; a failure comes back as a letter of its own."""
    world = World(outcome)
    await telling(world, hours).deliver(item())
    assert world.comments == []


@pytest_twisted.ensureDeferred
async def test_an_arrival_is_told():
    """That the recipient's own server has the answer is told, with its words; not, if unwanted."""
    world = World(GONE)
    await telling(world, 0, told=frozenset({Fate.DELAYED}), direct=True).deliver(item())
    assert world.comments == []
    await telling(world, 0, direct=True).deliver(item())
    ((comment, key),) = world.comments
    assert key == "key:delivered"
    assert "reached nic@ferrier's mail server" in comment.text
    assert "250 Taken" in comment.text


@pytest_twisted.ensureDeferred
async def test_what_is_given_up_is_told():
    """After five days the spool holds it, and the agents hear that a person decides now."""
    world = World(WAITS)
    await telling(world, 5 * 24).deliver(item())
    ((comment, key),) = world.comments
    assert key == "key:held"
    assert "is held: the operator releases or drops it." in comment.text
    assert "It is tried again" not in comment.text


@pytest_twisted.ensureDeferred
async def test_the_end_of_a_delay_is_told():
    """Whoever heard that an answer waits hears that it went out, and what of it is known."""
    world = World(GONE)
    await telling(world, 5).deliver(item())
    ((comment, key),) = world.comments
    assert key == "key:sent"
    assert comment.text.startswith("The answer to nic@ferrier was handed on to the next")


@implementer(IDesk, IShowsDelivery)
class Page:
    """A desk that shows deliveries, or fails at it."""

    def __init__(self):
        self.shown, self.fails = [], False

    async def delivery(self, delivery):
        """Show it."""
        if self.fails:
            raise OSError if self.fails is True else self.fails
        self.shown.append((delivery.comment, delivery.recipient, delivery.fate))


@pytest.mark.parametrize(
    ("outcome", "hours", "fate"),
    [
        (WAITS, 3, Fate.WAITING),
        (WAITS, 5, Fate.DELAYED),
        (GONE, 0, Fate.SENT),
        (Bounced(Permanent("1.1", "no")), 0, Fate.FAILED),
    ],
)
@pytest_twisted.ensureDeferred
async def test_what_is_shown(outcome, hours, fate):
    """Beside the comment that a letter brought stands what became of it; a desk may fail at it."""
    world, page, clock = World(outcome), Page(), Clock()
    showing = Showing({"embedded": page}, clock, Logger())
    letter = evolve(item(), destination=Outgoing("embedded", "SUPPORT-1", "7"))
    await telling(world, hours, showing=showing, told=frozenset()).deliver(letter)
    assert page.shown == [("7", "nic@ferrier", fate)]
    page.fails = True
    assert await telling(world, hours, showing=showing).deliver(letter) == {NIC: outcome}
    page.fails = False
    await telling(world, hours, showing=showing).deliver(letter)
    assert len(page.shown) == 1  # it is left in peace for a while
    clock.advance(REST)
    await telling(world, hours, showing=showing).deliver(letter)
    assert len(page.shown) == 2


@pytest.mark.parametrize("failure", [Temporary("4.2", "The connection broke"), OSError()])
@pytest_twisted.ensureDeferred
async def test_a_desk_that_is_away_leaves_a_line_and_no_traceback(failure):
    """The log says what the desk could not be told; a traceback is for what nobody foresaw."""
    events = []
    log = Logger(observer=events.append)
    page = Page()
    page.fails = failure
    showing = Showing({"embedded": page}, Clock(), log)
    await showing.show(Outgoing("embedded", "SUPPORT-1", "7"), "nic@ferrier", Fate.SENT)
    await telling(World(WAITS, failure), 5, log=log).deliver(item())
    traced = ["log_failure" in event for event in events]
    assert traced == [isinstance(failure, OSError)] * 2


@pytest.mark.parametrize(
    "letter", [item(None), item(peer=Peer("192.0.2.1")), item(Mailbox("x", "elsewhere"))]
)
@pytest_twisted.ensureDeferred
async def test_only_answers_of_ours(letter):
    """A letter that passes through, or has no ticket, is told to nobody."""
    world = World(WAITS)
    assert await telling(world, 5).deliver(letter) == {NIC: WAITS}
    assert world.comments == []


@pytest.mark.parametrize("failure", [Temporary("4.1", "down"), Permanent("1.1", "gone"), OSError()])
@pytest_twisted.ensureDeferred
async def test_a_desk_that_cannot_be_told(failure):
    """The letter's fate is what it is, even if the desk cannot hear of it."""
    world = World(WAITS, failure)
    assert await telling(world, 5).deliver(item()) == {NIC: WAITS}
