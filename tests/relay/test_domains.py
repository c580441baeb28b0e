"""No domain is in another's way: each has its turns, and one that is dead is spared."""

from __future__ import annotations

import pytest
import pytest_twisted
from twisted.internet.defer import Deferred as Later
from twisted.internet.defer import ensureDeferred
from twisted.internet.task import Clock

from mailtickets.errors import Permanent, Temporary
from mailtickets.mail.mailbox import Mailbox
from mailtickets.outcomes import About, Bounced, Deferred, Delivered
from mailtickets.relay.domains import Domains
from mailtickets.relay.turns import PATIENCE

NIC = Mailbox("nic", "ferrier")
DEAD = Temporary("4.1", "ferrier cannot be reached")


class World:
    """Domains, and how often somebody tried to send."""

    def __init__(self, limit=2):
        self.clock = Clock()
        self.domains = Domains(self.clock, limit)
        self.tried = 0

    async def send(self, outcome, name="ferrier"):
        """What becomes of a letter to a domain whose hosts answer so."""

        async def sending():
            self.tried += 1
            found = await outcome if isinstance(outcome, Later) else outcome
            if isinstance(found, Exception):
                raise found
            return {NIC: found}

        return await self.domains.send(name, sending)

    async def fails(self, times=1):
        """So many letters find the domain dead, or spared."""
        for _ in range(times):
            with pytest.raises(Temporary, match="cannot be reached"):
                await self.send(DEAD)


@pytest_twisted.ensureDeferred
async def test_a_dead_domain_is_spared():
    """After five failures its letters wait without being tried, but for a probe now and then."""
    world = World()
    await world.fails(times=20)
    assert world.tried == 5
    assert isinstance((await world.send(Delivered(), "other"))[NIC], Delivered)
    world.clock.advance(1)
    await world.fails(times=5)
    assert world.tried == 7
    world.clock.advance(2)
    assert isinstance((await world.send(Delivered()))[NIC], Delivered)
    assert isinstance((await world.send(Delivered()))[NIC], Delivered)
    assert world.tried == 9


@pytest.mark.parametrize(
    "answer",
    [
        Deferred(Temporary("7.1", "greylisted"), About.LETTER),
        Bounced(Permanent("1.1", "no such user")),
    ],
)
@pytest_twisted.ensureDeferred
async def test_who_answers_is_not_dead(answer):
    """A domain whose hosts refuse letter after letter, for now or for good, is asked on."""
    world = World()
    for _ in range(9):
        assert (await world.send(answer))[NIC] is answer
    assert world.tried == 9


@pytest_twisted.ensureDeferred
async def test_a_domain_without_mail_is_not_dead():
    """That it takes no mail, or is none, is an answer to each letter."""
    world = World()
    for _ in range(9):
        with pytest.raises(Permanent, match="takes no mail"):
            await world.send(Permanent("1.10", "it takes no mail"))
    assert world.tried == 9


@pytest_twisted.ensureDeferred
async def test_what_a_domain_lost_says_nothing_of_others():
    """A connection that broke in the middle is the domain's trouble, and told as that."""
    world = World()
    for _ in range(5):
        outcomes = await world.send(Deferred(DEAD))
        assert outcomes[NIC].about is About.PLACE
    await world.fails()
    assert world.tried == 5


@pytest_twisted.ensureDeferred
async def test_a_tarpit_holds_nobody_else():
    """Who waits for a slow domain waits for a bounded time, and once it has stuck, not at all."""
    world, answers = World(limit=2), [Later() for _ in range(4)]
    first, second = (ensureDeferred(world.send(answer)) for answer in answers[:2])
    waiting = ensureDeferred(world.send(answers[2]))
    world.clock.advance(PATIENCE)
    for late in (waiting, world.send(answers[3])):
        with pytest.raises(Temporary, match="as many letters under way") as caught:
            await late
        assert caught.value.enhanced == "4.4.5"
    assert world.tried == 2
    answers[0].callback(Delivered())
    assert isinstance((await first)[NIC], Delivered)
    assert isinstance((await world.send(Delivered()))[NIC], Delivered)
    answers[1].callback(Delivered())
    assert isinstance((await second)[NIC], Delivered)
