"""When to try again, when to give up, and when to leave a dead peer alone.

Pure: the clock and chance are handed in. The theory of the delays: the first retry comes within two
seconds, since most troubles are a restart; each further one waits twice as long, give or take a
quarter, so that what failed together does not come back together; up to four hours. A young letter
never waits longer than 40 seconds: a peer that is back after a short outage has everything within
the minute, and the breaker sees to it that this costs one probe and not a thousand time-outs. An
older one waits for a quarter of its age at most, so that no outage costs much more than itself.
"""

from __future__ import annotations

from collections.abc import Callable

from attrs import frozen

from mailtickets.errors import Temporary

LONGEST_REST = 600.0
"""Seconds for which a whole peer is left alone because it asked for it, at most."""


@frozen
class Policy:
    """The delays, in seconds.

    `first` is the mean delay before the first retry, `factor` what each further one is multiplied
    by, `longest` the most. Until a letter is `young` seconds old it waits `longest_young` at most,
    and later `share` of its age.
    It is given up, and held for a person, at the age of `give_up`.
    """

    first: float = 1.0
    factor: float = 2.0
    longest: float = 4 * 3600.0
    young: float = 15 * 60.0
    longest_young: float = 32.0
    share: float = 0.25
    give_up: float = 5 * 86400.0


@frozen
class Retry:
    """Try again in `after` seconds."""

    after: float


@frozen
class GiveUp:
    """It has been tried for long enough: a person decides."""


def next_attempt(
    attempts: int, age: float, trouble: Temporary, random: Callable[[], float], policy: Policy
) -> Retry | GiveUp:
    """What to do after an attempt that failed.

    `attempts` counts those before it, `age` the seconds since the letter was accepted, `random`
    gives a number from 0 up to 1. What the other side asked for (Retry-After) is kept to, up to
    the policy's longest delay, and never shortened by chance.
    """
    if age >= policy.give_up:
        return GiveUp()
    jitter = 0.75 + 0.5 * random()
    ceiling = (
        policy.longest_young if age < policy.young else min(age * policy.share, policy.longest)
    )
    # The exponent is bounded so that a letter of many attempts cannot overflow a float.
    grown = min(policy.first * policy.factor ** min(max(attempts, 0), 64), ceiling)
    after = grown * jitter
    if trouble.retry_after is not None:
        asked = min(max(trouble.retry_after, 0.0), policy.longest)
        after = max(after, asked + min(asked * 0.1, 5.0) * random())
    return Retry(min(after, policy.longest))


class Breaker:
    """Leaves a peer alone that fails again and again, but for one probe now and then.

    Closed, it lets everything pass. After `threshold` failures in a row, or at once when the peer
    says how long to wait, it is open: nothing passes until `wait` is over, then one probe. A probe
    that succeeds closes it; one that fails doubles the wait, from `shortest` to `longest` seconds.
    """

    def __init__(self, threshold: int = 5, shortest: float = 1.0, longest: float = 30.0) -> None:
        self._threshold = threshold
        self._shortest = shortest
        self._longest = longest
        self._failures = 0
        self._pause = shortest
        self._until: float | None = None
        self._probing = False

    @property
    def open(self) -> bool:
        """Whether the peer is being left alone."""
        return self._until is not None

    def room(self, now: float, free: int) -> int:
        """How many may go now, of `free` that could. Asking for the probe uses it up."""
        if self._until is None:
            return free
        if now < self._until or free <= 0:
            return 0
        # The next probe comes a pause later even if nobody ever tells what became of this one.
        self._until = now + self._pause
        self._probing = True
        return 1

    def wait(self, now: float) -> float:
        """Seconds until something may go: 0 when it may go now."""
        return 0.0 if self._until is None else max(0.0, self._until - now)

    def succeeded(self) -> None:
        """The peer has answered."""
        self._failures = 0
        self._pause = self._shortest
        self._until = None
        self._probing = False

    def failed(self, now: float, trouble: Temporary) -> None:
        """The peer has not answered, or asked for time."""
        self._failures += 1
        asked = min(trouble.retry_after or 0.0, LONGEST_REST)
        if self._until is None:
            if self._failures < self._threshold and not asked:
                return
            self._until = now + max(self._pause, asked)
        elif self._probing:
            self._pause = min(self._pause * 2, self._longest)
            self._until = now + max(self._pause, asked)
        elif asked:
            self._until = max(self._until, now + asked)
        self._probing = False
