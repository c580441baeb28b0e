"""Token buckets: what they let pass in any window has a bound."""

import random

import pytest

from mailtickets.buckets import HOUR, TOTAL, Allotment, Allotments, Bucket, draw, draw_all
from mailtickets.mail.mailbox import Mailbox

NIC = Mailbox("nic", "ferrier")


def most_in_any(times, window):
    """How many of `times` lie in the fullest closed window of so many seconds."""
    return max((sum(start <= one <= start + window for one in times) for start in times), default=0)


@pytest.mark.parametrize("seed", range(8))
def test_no_window_holds_more_than_the_bound(seed):
    """Whatever the times at which letters are wanted, every window keeps the bound."""
    chance = random.Random(seed)
    allotment = Allotment(chance.randint(1, 9), chance.choice([0.25, 2.0, 7.3, 600.0]))
    bucket, now, passed = None, 1.7e9, []
    for _ in range(600):
        now += chance.choice([0.0, 0.0, chance.expovariate(1 / 300), chance.random() * 9000])
        allowed, bucket = draw(allotment, bucket, now)
        if allowed:
            passed.append(now)
    for window in (0.0, 60.0, HOUR, 5 * HOUR, 24 * HOUR):
        assert most_in_any(passed, window) <= allotment.bound(window)
    assert len(passed) >= allotment.burst


def test_the_bound_is_reached():
    """The bound is no larger than it must be: who asks all the time gets all of it."""
    allotment = Allotment(3, 2.0)
    bucket, passed = None, 0
    for second in range(0, int(24 * HOUR) + 1, 60):
        allowed, bucket = draw(allotment, bucket, float(second))
        passed += allowed
    assert passed == allotment.bound(24 * HOUR) == 51


def test_a_clock_that_jumps_back_gives_nothing():
    """A clock set back refills no bucket, and one set forward fills it to its burst at most."""
    allotment = Allotment(2, 1.0)
    allowed, bucket = draw(allotment, Bucket(0.0, 1000.0), 500.0)
    assert not allowed
    assert bucket == Bucket(0.0, 1000.0)
    allowed, bucket = draw(allotment, bucket, 1e12)
    assert allowed
    assert bucket.tokens == 1.0


def test_a_bucket_that_is_full_again_may_be_forgotten():
    """At the time it is full a kept bucket and a forgotten one give the same."""
    allotment = Allotment(4, 3.0)
    _, bucket = draw(allotment, Bucket(2.5, 0.0), 100.0)
    at = bucket.full(allotment)
    assert draw(allotment, bucket, at)[1].tokens == pytest.approx(
        draw(allotment, None, at)[1].tokens
    )


def test_all_or_nothing():
    """One empty bucket keeps the letter back and costs the others nothing."""
    wanted = [("a", Allotment(5, 1.0)), ("b", Allotment(1, 1.0))]
    after = draw_all(wanted, {}, 0.0)
    assert after == {"a": Bucket(4.0, 0.0), "b": Bucket(0.0, 0.0)}
    assert draw_all(wanted, after, 0.0) == "b"


def test_who_adds_to_their_name_is_the_same_correspondent():
    """Case and subaddresses make nobody a new correspondent; a leading plus is a name."""
    allotments = Allotments(separators="+-")
    assert {
        allotments.folded(Mailbox(one, "FERRIER.example"))
        for one in ("nic", "NIC", "nic+1", "nic-x+y", "Nic+a+b")
    } == {"nic@ferrier.example"}
    assert allotments.folded(Mailbox("+1", "x")) == "+1@x"
    assert Allotments(separators="").folded(Mailbox("nic+1", "x")) == "nic+1@x"


def test_what_a_letter_draws_from():
    """Everybody, those of the domain, the correspondent, and the correspondent at a ticket."""
    allotments = Allotments(organisation=lambda name: name.partition(".")[2])
    names = [name for name, _ in allotments.drawn(Mailbox("a+b", "one.shop.example"), "desk/T-1")]
    assert names == [
        TOTAL,
        "domain shop.example",
        "address a@one.shop.example",
        "ticket desk/T-1 a@one.shop.example",
    ]
    assert len(allotments.drawn(NIC, None)) == 3


def test_the_number_kept_has_a_bound():
    """Addresses that change with every letter leave no more rows than the written number."""
    allotments = Allotments(
        total=Allotment(20, 50.0),
        domain=Allotment(20, 50.0),
        address=Allotment(2, 1.0),
        ticket=Allotment(2, 0.5),
    )
    kept, most = {}, 0
    sizes = {}
    for second in range(0, int(30 * HOUR), 20):
        now = float(second)
        kept = {name: one for name, one in kept.items() if one.full(sizes[name]) > now}
        wanted = allotments.drawn(Mailbox(f"n{second}", f"d{second}.example"), f"t{second}")
        sizes.update(wanted)
        after = draw_all(wanted, kept, now)
        if not isinstance(after, str):
            kept |= after
        most = max(most, len(kept))
    assert most <= allotments.kept()
    assert most > allotments.total.burst
