"""Token buckets: how many automatic letters may be caused, and by whom.

Pure: the clock is handed in. A bucket holds `burst` tokens at most and gains `hourly` of them an
hour; a letter takes one. So in any window of W seconds no more than `burst + hourly * W / 3600` are
taken from it, whatever is tried: `Allotment.bound`. A letter draws from several buckets at once and
goes only when none of them is empty; then the least of their bounds is its bound.

A bucket that is full again says no more than one that was never there. So what is kept of it may be
thrown away at `Bucket.full`, and since the last of the buckets is one that all letters share, the
number of those kept has a bound, too: what it lets pass until the slowest is full, a few for each.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import floor

from attrs import frozen

from mailtickets.mail.mailbox import Mailbox

HOUR = 3600.0
_DUST = 1e-9
"""What a thousand sums of floats may have lost; a letter less would be one too few."""


@frozen
class Allotment:
    """What one bucket gives: `burst` letters at once, and `hourly` an hour from then on."""

    burst: int
    hourly: float

    def bound(self, window: float) -> int:
        """The most letters that it lets pass in any window of so many seconds.

        >>> Allotment(6, 2).bound(24 * HOUR)
        54
        """
        return floor(self.burst + self.hourly * window / HOUR + _DUST)

    @property
    def fills(self) -> float:
        """Seconds in which an empty one becomes full."""
        return self.burst * HOUR / self.hourly


@frozen
class Bucket:
    """What is left in a bucket at a time: `tokens` at `at`, in seconds since 1970."""

    tokens: float
    at: float

    def full(self, allotment: Allotment) -> float:
        """When it will be full again, and need not be kept any longer."""
        return self.at + (allotment.burst - self.tokens) * HOUR / allotment.hourly


def left(allotment: Allotment, bucket: Bucket | None, now: float) -> float:
    """Tokens that are there now. A bucket that is not kept is full; time never runs backwards."""
    if bucket is None:
        return float(allotment.burst)
    gained = max(0.0, now - bucket.at) * allotment.hourly / HOUR
    return min(float(allotment.burst), bucket.tokens + gained)


def draw(
    allotment: Allotment, bucket: Bucket | None, now: float, cost: float = 1.0
) -> tuple[bool, Bucket]:
    """Whether `cost` tokens are there, and the bucket afterwards: without them if they were.

    >>> draw(Allotment(1, 1), None, 0.0)
    (True, Bucket(tokens=0.0, at=0.0))
    >>> draw(Allotment(1, 1), Bucket(0.0, 0.0), 1800.0)
    (False, Bucket(tokens=0.5, at=1800.0))
    """
    tokens = left(allotment, bucket, now)
    at = now if bucket is None else max(now, bucket.at)
    if tokens + _DUST < cost:
        return False, Bucket(tokens, at)
    return True, Bucket(max(0.0, tokens - cost), at)


def draw_all(
    wanted: Sequence[tuple[str, Allotment]], kept: Mapping[str, Bucket], now: float
) -> Mapping[str, Bucket] | str:
    """Draw one token from each bucket: what they hold afterwards, or the name of an empty one.

    When one is empty, nothing is drawn from any.
    """
    after: dict[str, Bucket] = {}
    for name, allotment in wanted:
        allowed, after[name] = draw(allotment, kept.get(name), now)
        if not allowed:
            return name
    return after


TOTAL = "all"
"""The name of the bucket that every automatic letter draws from."""


def _itself(domain: str) -> str:
    return domain


@frozen
class Allotments:
    """How much each bucket gives, and which buckets a letter draws from.

    `ticket` is one correspondent's at one ticket, `address` one correspondent's, `domain` that of
    everybody in one domain, since whoever owns a domain has as many addresses as they like;
    `total` is everybody's, since domains cost little more. What follows one of `separators` in a
    local part (RFC 5233) makes no other correspondent. `organisation` tells the domain that
    somebody registered, of a name below it.
    """

    ticket: Allotment = Allotment(3, 0.25)
    address: Allotment = Allotment(6, 2.0)
    domain: Allotment = Allotment(100, 100.0)
    total: Allotment = Allotment(1000, 1000.0)
    separators: str = "+"
    organisation: Callable[[str], str] = _itself

    def folded(self, correspondent: Mailbox) -> str:
        """A correspondent as they are counted: case and what they add to their name do not matter.

        >>> Allotments().folded(Mailbox("Nic+shop", "Ferrier"))
        'nic@ferrier'
        """
        local = correspondent.local.lower()
        for sign in self.separators:
            local = local[:1] + local[1:].partition(sign)[0]
        return f"{local}@{correspondent.folded_domain}"

    def drawn(self, correspondent: Mailbox, ticket: str | None) -> list[tuple[str, Allotment]]:
        """The buckets that a letter to a correspondent draws from, everybody's first."""
        address = self.folded(correspondent)
        domain = self.organisation(correspondent.folded_domain)
        wanted = [
            (TOTAL, self.total),
            (f"domain {domain}", self.domain),
            (f"address {address}", self.address),
        ]
        if ticket is not None:
            wanted.append((f"ticket {ticket} {address}", self.ticket))
        return wanted

    def bound(self, window: float) -> int:
        """The most automatic letters that one address can cause in any window of so many seconds.

        >>> Allotments().bound(24 * HOUR), Allotments().bound(0)
        (54, 6)
        """
        ways = (self.address, self.domain, self.total)
        return min(one.bound(window) for one in ways)

    def kept(self) -> int:
        """How many buckets are worth keeping at any time, at most."""
        ways = (self.ticket, self.address, self.domain, self.total)
        longest = max(one.fills for one in ways)
        return 1 + 3 * self.total.bound(longest)
