"""A loop ends at its first turn, at the edge."""

import pytest
import pytest_twisted

from mailtickets.errors import Permanent
from mailtickets.mail.mailbox import Mailbox
from mailtickets.outcomes import Refuse, State
from tests.flow.automata import own
from tests.flow.test_reception import (
    LETTER,
    NEW,
    NIC,
    PARTS,
    Says,
    hand_in,
    make,
    record_of,
    rows,
    ruled,
)

TICKET = Mailbox("SUPPORT-1", "support-ticket.com")


def door(household, *judges):
    """A reception that knows our own letters."""
    made = make(household, *judges)
    made.own = own(household)
    return made


@pytest_twisted.ensureDeferred
async def test_a_letter_of_ours_that_comes_back_is_swallowed(household):
    """It is acknowledged, so that nobody bounces it, and discarded: no ticket, no filter, a row."""
    judge = Says(Refuse("never"))
    here = door(household, judge)
    await hand_in(here, NEW, octets=here.own.mark("01abc") + LETTER, sender=None)
    (row,) = await household.spool.list()
    assert (row.state, row.agent) == (State.DISCARDED, "desk:embedded")
    assert "our own that came back" in row.reason
    assert judge.read == []
    assert household.meter.labelled["loops_ended", (("by", "discarded"),)] == 1
    record = await record_of(household, State.DISCARDED)
    assert ruled(record) == ("mail of our own", "discard")
    assert (record["why"], record["author"]) == (row.reason, "nic@ferrier")


@pytest_twisted.ensureDeferred
async def test_a_forged_mark_changes_nothing(household):
    """A mark that we did not make is a field like any other."""
    octets = b"X-Mailtickets-Loop: 01abc.abcdefghijklmnop\r\n" + LETTER
    await hand_in(door(household), NEW, octets=octets)
    assert await rows(household) == [("new@support-ticket.com", "desk:embedded", State.DUE)]


@pytest.mark.parametrize("sender", [NEW, TICKET])
@pytest_twisted.ensureDeferred
async def test_our_own_addresses_are_refused_at_rcpt(household, sender):
    """Who says to be a queue or a ticket of ours has a 550 before the letter is sent."""
    with pytest.raises(Permanent) as refused:
        await hand_in(door(household), NEW, sender=sender)
    assert refused.value.enhanced == "5.7.1"


@pytest_twisted.ensureDeferred
async def test_our_own_address_as_author_is_refused_at_the_dot(household):
    """A From that is ours is refused, whatever the envelope says; nothing is stored."""
    octets = LETTER.replace(b"nic@ferrier", b"SUPPORT-1@Support-Ticket.com")
    with pytest.raises(Permanent) as refused:
        await hand_in(door(household), NEW, octets=octets)
    assert refused.value.enhanced == "5.7.1"
    assert await rows(household) == []


@pytest_twisted.ensureDeferred
async def test_a_strangers_agent_takes_what_it_likes(household):
    """A route to an agent has its letter whoever wrote it; the desk's share alone is discarded."""
    octets = LETTER.replace(b"nic@ferrier", b"SUPPORT-1@support-ticket.com")
    await hand_in(door(household), PARTS, sender=TICKET, octets=octets, id="a")
    await hand_in(door(household), PARTS, NEW, octets=b"X-Other: 1\r\n" + octets, id="b")
    states = [(agent, state) for _, agent, state in await rows(household)]
    assert states == [
        ("route:parts", State.DUE),
        ("route:parts", State.DUE),
        ("desk:embedded", State.DISCARDED),
    ]


@pytest_twisted.ensureDeferred
async def test_a_colleague_writes_from_the_same_domain(household):
    """An agent's own address in the domain that is served is a person's."""
    agnes = Mailbox("agnes", "support-ticket.com")
    await hand_in(door(household), NEW, sender=agnes, octets=LETTER)
    assert [state for _, _, state in await rows(household)] == [State.DUE]
    assert agnes != NIC
