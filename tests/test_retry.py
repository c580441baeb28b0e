"""When to try again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mailtickets.errors import Temporary
from mailtickets.retry import Breaker, GiveUp, Policy, Retry, next_attempt

TROUBLE = Temporary("4.1", "no answer")
CHANCE = st.floats(0, 1, exclude_max=True)


@given(CHANCE)
def test_the_first_retry_comes_within_two_seconds(chance: float) -> None:
    """Most troubles are a restart."""
    turn = next_attempt(0, 0.1, TROUBLE, lambda: chance, Policy())
    assert isinstance(turn, Retry)
    assert 0 < turn.after <= 2


@given(st.integers(0, 10**6), st.floats(0, 10**7), CHANCE)
def test_delays_are_bounded_and_the_end_is_certain(
    attempts: int, age: float, chance: float
) -> None:
    """No delay is longer than four hours, no letter is tried for longer than five days."""
    turn = next_attempt(attempts, age, TROUBLE, lambda: chance, Policy())
    assert isinstance(turn, GiveUp) is (age >= 5 * 86400)
    if isinstance(turn, Retry):
        assert 0 < turn.after <= 4 * 3600
        assert age >= 900 or turn.after <= 40


@given(st.integers(0, 10**6), st.floats(900, 400_000), CHANCE)
def test_an_outage_costs_little_more_than_itself(attempts: int, age: float, chance: float) -> None:
    """A letter that waited for an hour goes within twenty minutes once the peer is back."""
    turn = next_attempt(attempts, age, TROUBLE, lambda: chance, Policy())
    assert isinstance(turn, Retry)
    assert turn.after <= age / 3


@given(st.floats(0, 3600), CHANCE)
def test_what_the_peer_asks_for_is_kept_to(asked: float, chance: float) -> None:
    """Retry-After is never shortened."""
    trouble = Temporary("4.5", "busy", retry_after=asked)
    turn = next_attempt(0, 0, trouble, lambda: chance, Policy())
    assert isinstance(turn, Retry)
    assert turn.after >= asked


def test_a_dead_peer_costs_a_probe() -> None:
    """Five failures open the breaker; then one goes at a time, ever more rarely."""
    breaker = Breaker()
    for _ in range(5):
        assert breaker.room(0, 10) == 10
        breaker.failed(0, TROUBLE)
    now, probes = 0.0, 0
    assert breaker.room(0.5, 10) == 0
    while now < 600:
        if breaker.room(now, 10):
            probes += 1
            breaker.failed(now, TROUBLE)
        now += 0.5
    assert 15 <= probes <= 30
    assert breaker.wait(now) <= 30


def test_a_probe_that_succeeds_opens_the_door_for_all() -> None:
    """The peer is back: everything may go."""
    breaker = Breaker(threshold=1)
    breaker.failed(0, TROUBLE)
    assert breaker.room(0.5, 10) == 0
    assert breaker.room(1.0, 10) == 1
    assert breaker.room(1.1, 10) == 0
    breaker.succeeded()
    assert (breaker.room(1.2, 10), breaker.wait(1.2)) == (10, 0)


def test_a_peer_that_asks_for_time_gets_it() -> None:
    """Retry-After slows the whole queue at once."""
    breaker = Breaker()
    breaker.failed(0, Temporary("4.5", "busy", retry_after=20))
    assert breaker.room(19, 10) == 0
    assert breaker.room(20, 10) == 1
