"""A day among hostile responders: what they can make us send has the bound that is written down."""

from __future__ import annotations

import pytest

from mailtickets.buckets import HOUR, Allotment, Allotments
from mailtickets.outcomes import State
from tests.flow.loopworld import NEW, Mail, World, most_in

DAY = 24 * HOUR
WINDOWS = (0.0, 60.0, HOUR, 6 * HOUR, DAY)
SMALL = Allotments(domain=Allotment(40, 10.0), total=Allotment(150, 25.0))


def bounded(world: World) -> None:
    """Each address, each domain and everybody together stay below their bounds in any window."""
    allotments = world.allotments
    for whose, allotment in (
        (allotments.folded, allotments.address),
        (lambda to: to.folded_domain, allotments.domain),
        (lambda to: "everybody", allotments.total),
    ):
        for name, times in world.times(whose).items():
            for window in WINDOWS:
                assert most_in(times, window) <= allotment.bound(window), (name, window)
    for times in world.times(allotments.folded).values():
        assert most_in(times, DAY) <= allotments.bound(DAY)


def accounted(world: World) -> None:
    """Everything that was accepted came to an end, and no automatic letter has a way back."""
    tally = dict.fromkeys(State, 0)
    for row in world.spool.rows:
        tally[row.state] += 1
    assert not tally[State.DUE] + tally[State.LEASED] + tally[State.HELD]
    assert all(mail.sender == "" for mail in world.automatic)
    for mail in world.automatic:
        report = mail.fields["Content-Type"].startswith("multipart/report")
        assert mail.fields["Auto-Submitted"] == ("auto-replied" if report else "auto-generated")


# -- who answers, and how: each with all that would tell a machine stripped


def of(mail: Mail, domain: str) -> bool:
    """Whether a letter of ours goes to somebody there."""
    return mail.to.endswith(f"@{domain}")


def answers_as_new(world: World, mail: Mail) -> None:
    """A to B to A: each letter of ours is answered by one that opens a ticket."""
    if of(mail, "echo.example"):
        world.write(mail.to)


def answers_the_ticket(world: World, mail: Mail) -> None:
    """Answers go to the ticket, as a person's would, from another address each time."""
    if of(mail, "many.example"):
        world.write(f"n{len(world.automatic)}@many.example", mail.fields["From"].strip())


def changes_names(world: World, mail: Mail) -> None:
    """Two letters for each that comes, each from a new name in the domain: they would double."""
    if of(mail, "swarm.example"):
        for one in range(2):
            world.write(f"n{world._number}.{one}@swarm.example")


def changes_domains(world: World, mail: Mail) -> None:
    """The same, with a new domain for each."""
    if mail.to.endswith(".hydra.example"):
        for one in range(2):
            world.write(f"n@d{world._number}x{one}.hydra.example")


def adds_to_its_name(world: World, mail: Mail) -> None:
    """Always the same person, with something else behind a plus, and in capitals."""
    if of(mail, "plus.example"):
        world.write(f"Nic+{world._number}@plus.example")


def wants_to_be_refused(world: World, mail: Mail) -> None:
    """Answers each notice of failure with the next letter that fails."""
    if of(mail, "refused.example"):
        world.write(mail.to, subject="refuse me")


def sends_back(world: World, mail: Mail) -> None:
    """Forwards our letters to us as they are: with our marks, and the null sender."""
    if of(mail, "forward.example"):
        world.hand_in(None, NEW, mail.octets)
        world.hand_in("nic@forward.example", NEW, mail.octets)


def bounces(world: World, mail: Mail) -> None:
    """Says that it could not be delivered, to wherever it can, from nobody."""
    if of(mail, "bounce.example"):
        for to in (NEW, mail.fields["From"].strip()):
            world.write("MAILER-DAEMON@bounce.example", to, "Undelivered Mail", null=True)


RESPONDERS = [
    answers_as_new,
    answers_the_ticket,
    changes_names,
    changes_domains,
    adds_to_its_name,
    wants_to_be_refused,
    sends_back,
    bounces,
]
FIRST = {
    "nic@echo.example": "Hello",
    "nic@many.example": "Hello",
    "n@swarm.example": "Hello",
    "n@d0.hydra.example": "Hello",
    "nic+0@plus.example": "Hello",
    "nic@refused.example": "refuse me",
    "nic@forward.example": "Hello",
    "nic@bounce.example": "Hello",
}


def begun(world: World) -> World:
    """Everybody writes a first letter, and one of them one every ten minutes, answered or not."""
    world.answers += RESPONDERS
    for address, subject in FIRST.items():
        world.write(address, subject=subject)
    world.clock.callLater(0.0, go_on, world, 0)
    return world


def go_on(world: World, minute: int) -> None:
    """Write, and again ten minutes later. A clock that holds a day's calls at once is slow."""
    world.write("nic@echo.example")
    world.write(f"x{minute}@swarm.example")
    world.write(f"x@d{minute}.hydra.example")
    world.clock.callLater(7.0, world.write, "a@refused.example", NEW, "refuse me")
    if minute + 10 < 24 * 60:
        world.clock.callLater(600.0, go_on, world, minute + 10)


def test_a_day_among_responders_that_never_stop(monkeypatch):
    """All of them at once for 24 hours: the count stays below the bound, for each and for all."""
    world = begun(World(allotments=SMALL))
    world.live(DAY, monkeypatch)
    bounded(world)
    accounted(world)
    sent = world.times(world.allotments.folded)
    assert len(sent["nic@echo.example"]) > world.allotments.address.burst
    assert len(world.automatic) > world.allotments.total.burst
    assert (
        world.meter.labelled["automatic", (("fate", "withheld"), ("kind", "acknowledgement"))] > 100
    )
    assert world.meter.labelled["loops_ended", (("by", "discarded"),)] >= 1
    assert not world.other


def test_without_buckets_they_have_no_end(monkeypatch):
    """The same world, with the buckets off, passes the bound of an hour within minutes."""
    world = begun(World(allotments=SMALL, buckets=False, enough=250))
    world.live(600.0, monkeypatch)
    assert len(world.automatic) >= 250 > SMALL.total.bound(HOUR)
    with pytest.raises(AssertionError):
        bounded(world)


def test_a_thousand_at_once(monkeypatch):
    """A thousand people write in the same second, each from a domain of their own."""
    world = World(allotments=SMALL)
    for one in range(1000):
        world.write(f"nic@d{one}.example")
    world.live(HOUR, monkeypatch)
    bounded(world)
    accounted(world)
    assert len(world.desk.tickets) == 1000
    assert len(world.automatic) == SMALL.total.burst


def test_the_standard_bound_for_one_address(monkeypatch):
    """With the standard settings an address that never stops gets what the docs say."""
    world = World()
    world.answers += [answers_as_new]
    for minute in range(0, 24 * 60, 4):
        world.clock.callLater(60.0 * minute, world.write, "nic@echo.example")
    world.live(DAY, monkeypatch)
    bounded(world)
    count = len(world.automatic)
    assert world.allotments.bound(DAY) == 54
    assert 52 <= count <= 54
