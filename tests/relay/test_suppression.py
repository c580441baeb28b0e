"""Addresses that failed for good are left alone, until somebody lifts that."""

import pytest
import pytest_twisted
from attrs import evolve
from zope.interface import implementer

from mailtickets.errors import Permanent, Temporary
from mailtickets.interfaces import IAgent
from mailtickets.mail.envelope import Envelope, Item, Letter
from mailtickets.mail.mailbox import Mailbox
from mailtickets.mail.octets import InMemory
from mailtickets.outcomes import Bounced, Deferred, Delivered, State
from mailtickets.relay.suppression import SHELF, SOFT, Suppressing, Suppressions
from mailtickets.testing.meter import MemoryMeter
from mailtickets.testing.register import MemoryRegister

NIC, ANN = Mailbox("nic", "ferrier"), Mailbox("ann", "ferrier")


@implementer(IAgent)
class Told:
    """An agent that does what it is told."""

    def __init__(self, outcome):
        self.outcome = outcome
        self.asked = []

    async def deliver(self, item):
        """The same for everybody."""
        self.asked.append(item.recipients)
        return dict.fromkeys(item.recipients, self.outcome)


def item(*recipients):
    """An item to these."""
    letter = Letter(Envelope(None, recipients, 0.0, "t"), InMemory(b""))
    return Item(1, "k", letter, recipients, "relay", "lane")


def listed(register):
    """The list of a gateway that shares a register with others."""
    return Suppressions(register, lambda: 1_790_000_000.0)


def letter(key):
    """An item to nic with a key of its own."""
    return evolve(item(NIC), key=key)


@pytest_twisted.ensureDeferred
async def test_a_hard_failure():
    """It suppresses the address at once, for others' letters too, at every gateway."""
    agent = Told(Bounced(Permanent("1.1", "mx said: 550 5.1.1 Nobody")))
    meter, register = MemoryMeter(), MemoryRegister()
    relay = Suppressing(agent, listed(register), meter)
    await relay.deliver(item(NIC))
    again = Suppressing(agent, listed(register), meter)
    agent.outcome = Delivered(State.RELAYED)
    outcomes = await again.deliver(item(Mailbox("NIC", "Ferrier"), ANN))
    assert isinstance(outcomes[ANN], Delivered)
    trouble = outcomes[Mailbox("NIC", "Ferrier")].trouble
    assert "550 5.1.1 Nobody" in trouble.text
    assert "suppression lift nic@ferrier" in trouble.text
    assert agent.asked == [(NIC,), (ANN,)]
    assert meter.counts["relay_suppressed"] == 1
    assert [one.address for one in await listed(register).all("", 10)] == ["nic@ferrier"]


@pytest_twisted.ensureDeferred
async def test_soft_failures_count():
    """So many in a row suppress; a success in between begins anew; a repeat counts once."""
    agent = Told(Bounced(Permanent("2.2", "full")))
    suppressions = listed(MemoryRegister())
    relay = Suppressing(agent, suppressions, MemoryMeter())
    for number in range(SOFT - 1):
        for _ in range(2):
            await relay.deliver(letter(f"first {number}"))
    found = await suppressions.find(NIC)
    assert (found.soft, found.suppressed) == (SOFT - 1, False)
    agent.outcome = Delivered(State.RELAYED)
    await relay.deliver(letter("arrives"))
    assert await suppressions.find(NIC) is None
    agent.outcome = Bounced(Permanent("2.2", "full"))
    for number in range(SOFT):
        await relay.deliver(letter(f"second {number}"))
    assert (await suppressions.find(NIC)).suppressed


@pytest.mark.parametrize(
    "outcome",
    [Deferred(Temporary("4.1", "down")), Bounced(Permanent("3.4", "too big"))],
)
@pytest_twisted.ensureDeferred
async def test_what_says_nothing_of_the_address(outcome):
    """A letter that waits, or is too large, is not the address's fault."""
    suppressions = listed(MemoryRegister())
    relay = Suppressing(Told(outcome), suppressions, MemoryMeter())
    for number in range(SOFT + 1):
        await relay.deliver(letter(str(number)))
    assert await suppressions.find(NIC) is None


@pytest_twisted.ensureDeferred
async def test_lifting_while_it_runs():
    """What one gateway's operator lifts is lifted at all; what a person adds is not written to."""
    register = MemoryRegister()
    here, there = listed(register), listed(register)
    await here.failed(NIC, Permanent("1.1", "no"), "k")
    assert (await there.find(NIC)).suppressed
    assert await there.lift(Mailbox("nic", "FERRIER"))
    assert not await there.lift(NIC)
    assert await here.find(NIC) is None
    await here.suppress(ANN, "asked us to")
    assert (await there.find(ANN)).words == "asked us to"
    await here.delivered(ANN)
    assert (await there.find(ANN)).suppressed


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"address": 1}', '{"address": "nic"}'])
@pytest_twisted.ensureDeferred
async def test_a_broken_entry(content):
    """An entry that cannot be read suppresses nobody, and stops nothing."""
    register = MemoryRegister({SHELF: {"nic@ferrier": content}})
    relay = Suppressing(Told(Delivered(State.RELAYED)), listed(register), MemoryMeter())
    assert isinstance((await relay.deliver(item(NIC)))[NIC], Delivered)
    assert await listed(register).all("", 10) == []


@pytest_twisted.ensureDeferred
async def test_a_register_that_cannot_be_written():
    """A list that cannot be read makes the letter wait; one that cannot be written does not."""
    register = MemoryRegister()
    relay = Suppressing(Told(Bounced(Permanent("1.1", "no"))), listed(register), MemoryMeter())

    class Closing(Told):
        """Closes the register while it delivers."""

        async def deliver(self, item):
            """The same for everybody."""
            register.closed = True
            return await super().deliver(item)

    relay = Suppressing(Closing(Bounced(Permanent("1.1", "no"))), listed(register), MemoryMeter())
    assert isinstance((await relay.deliver(item(NIC)))[NIC], Bounced)
    with pytest.raises(Temporary):
        await relay.deliver(item(NIC))
