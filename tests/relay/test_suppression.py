"""Addresses that failed for good are left alone, until somebody lifts that."""

import os

import pytest
import pytest_twisted
from zope.interface import implementer

from mailtickets.errors import Permanent, Temporary
from mailtickets.interfaces import IAgent
from mailtickets.mail.envelope import Envelope, Item, Letter
from mailtickets.mail.mailbox import Mailbox
from mailtickets.mail.octets import InMemory
from mailtickets.outcomes import Bounced, Deferred, Delivered, State
from mailtickets.relay.suppression import SOFT, Suppressing, Suppressions
from mailtickets.testing.meter import MemoryMeter

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


def listed(tmp_path):
    """A list on disk."""
    return Suppressions(tmp_path / "suppression.json", lambda: 1_790_000_000.0)


@pytest_twisted.ensureDeferred
async def test_a_hard_failure(tmp_path):
    """It suppresses the address at once, for others' letters too, and outlives the process."""
    agent = Told(Bounced(Permanent("1.1", "mx said: 550 5.1.1 Nobody")))
    meter = MemoryMeter()
    relay = Suppressing(agent, listed(tmp_path), meter)
    await relay.deliver(item(NIC))
    again = Suppressing(agent, listed(tmp_path), meter)
    agent.outcome = Delivered(State.RELAYED)
    outcomes = await again.deliver(item(Mailbox("NIC", "Ferrier"), ANN))
    assert isinstance(outcomes[ANN], Delivered)
    trouble = outcomes[Mailbox("NIC", "Ferrier")].trouble
    assert "550 5.1.1 Nobody" in trouble.text
    assert "suppression lift nic@ferrier" in trouble.text
    assert agent.asked == [(NIC,), (ANN,)]
    assert meter.counts["relay_suppressed"] == 1
    assert [one.address for one in listed(tmp_path).all()] == ["nic@ferrier"]


@pytest_twisted.ensureDeferred
async def test_soft_failures_count(tmp_path):
    """So many in a row suppress; a success in between begins anew."""
    agent = Told(Bounced(Permanent("2.2", "full")))
    suppressions = listed(tmp_path)
    relay = Suppressing(agent, suppressions, MemoryMeter())
    for _ in range(SOFT - 1):
        await relay.deliver(item(NIC))
    assert suppressions.suppressed(NIC) is None
    assert suppressions.find(NIC).soft == SOFT - 1
    agent.outcome = Delivered(State.RELAYED)
    await relay.deliver(item(NIC))
    assert suppressions.find(NIC) is None
    agent.outcome = Bounced(Permanent("2.2", "full"))
    for _ in range(SOFT):
        await relay.deliver(item(NIC))
    assert suppressions.suppressed(NIC) is not None


@pytest.mark.parametrize(
    "outcome",
    [Deferred(Temporary("4.1", "down")), Bounced(Permanent("3.4", "too big"))],
)
@pytest_twisted.ensureDeferred
async def test_what_says_nothing_of_the_address(tmp_path, outcome):
    """A letter that waits, or is too large, is not the address's fault."""
    suppressions = listed(tmp_path)
    relay = Suppressing(Told(outcome), suppressions, MemoryMeter())
    for _ in range(SOFT + 1):
        await relay.deliver(item(NIC))
    assert suppressions.find(NIC) is None


def test_lifting_while_it_runs(tmp_path):
    """What another process lifts is lifted here."""
    here, there = listed(tmp_path), listed(tmp_path)
    here.failed(NIC, Permanent("1.1", "no"))
    assert there.suppressed(NIC) is not None
    os.utime(tmp_path / "suppression.json", ns=(1, 1))
    assert there.lift("nic@FERRIER")
    assert not there.lift("nic@ferrier")
    assert here.suppressed(NIC) is None
    here.suppress(ANN, "asked us to")
    assert there.suppressed(ANN).words == "asked us to"


@pytest.mark.parametrize("content", ["", "{}", "[1]", '[{"address": 1}]', "\udcff"])
def test_a_broken_file(tmp_path, content):
    """A file that cannot be read suppresses nobody, and stops nothing."""
    octets = content.encode("utf-8", "surrogateescape")
    (tmp_path / "suppression.json").write_bytes(octets)
    assert listed(tmp_path).all() == []
