"""Who has guessed passwords wrong lately: by address, a bounded number of them, for a while."""

from __future__ import annotations

from collections import OrderedDict

from mailtickets.smtp.limits import Limits, address_key

MOST = 10_000  # addresses remembered; those that tried longest ago are forgotten first
FIRST_DELAY = 1.0  # seconds before a wrong password is called wrong
LONGEST_DELAY = 8.0


class Guesses:
    """A memory that outlives connections (RFC 4954 section 9 asks for one in so many words).

    An address is counted as connections are: IPv6 by its /64, local peers not at all. Times are
    seconds of the caller's clock.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._wrong: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def __len__(self) -> int:
        """How many addresses are remembered."""
        return len(self._wrong)

    def begins(self, address: str, now: float) -> bool:
        """A password is about to be looked at; whether this address may still try.

        It counts as wrong until `right` is told, so that many at once are no way around.
        """
        if self._limits.is_local(address):
            return True
        key = address_key(address)
        count = self._count(key, now)
        if count >= self._limits.auth_failures_per_address:
            return False
        self._wrong[key] = count + 1, now
        self._wrong.move_to_end(key)
        while len(self._wrong) > MOST:
            self._wrong.popitem(last=False)
        return True

    def right(self, address: str, now: float) -> None:
        """It was right, or nobody could tell: this one does not count."""
        key = address_key(address)
        count = self._count(key, now) - 1
        if count > 0:
            self._wrong[key] = count, now
        else:
            self._wrong.pop(key, None)

    def delay(self, address: str, now: float) -> float:
        """How long to wait before calling the last one wrong, in seconds: longer each time."""
        count = self._count(address_key(address), now)
        return float(min(LONGEST_DELAY, FIRST_DELAY * 2 ** max(0, min(count, 10) - 1)))

    def _count(self, key: str, now: float) -> int:
        count, when = self._wrong.get(key, (0, now))
        if now - when > self._limits.auth_memory:
            del self._wrong[key]
            return 0
        return count
