"""How many letters each sender has had accepted lately: a bounded number of senders, in memory."""

from __future__ import annotations

from collections import OrderedDict

from mailtickets.buckets import Allotment, Bucket, left
from mailtickets.mail.mailbox import Mailbox
from mailtickets.smtp.limits import Limits, address_key

MOST = 10_000  # senders remembered; those that wrote longest ago are forgotten first

_Key = tuple[str, str]


class Senders:
    """One sender must not fill a queue with tickets: each has so many letters, and so many an hour.

    A sender is an address of the envelope and where it comes from, counted as connections are: in
    somebody else's name nobody can use up what is theirs. Times are seconds of the caller's clock.
    """

    def __init__(self, limits: Limits) -> None:
        self._allotment = Allotment(limits.letters_per_sender, limits.letters_per_sender)
        self._buckets: OrderedDict[_Key, Bucket] = OrderedDict()

    def __len__(self) -> int:
        """How many senders are remembered."""
        return len(self._buckets)

    def may(self, sender: Mailbox | None, address: str, now: float) -> bool:
        """Whether another letter may come."""
        bucket = self._buckets.get(_key(sender, address))
        return left(self._allotment, bucket, now) >= 1.0

    def wrote(self, sender: Mailbox | None, address: str, now: float, letters: int = 1) -> bool:
        """So many letters more; a negative number takes back. Whether there may be no more now."""
        key = _key(sender, address)
        tokens = left(self._allotment, self._buckets.get(key), now) - letters
        bucket = self._buckets[key] = Bucket(max(tokens, 0.0), now)
        self._buckets.move_to_end(key)
        while len(self._buckets) > MOST:
            self._buckets.popitem(last=False)
        return letters > 0 and bucket.tokens < 1.0


def _key(sender: Mailbox | None, address: str) -> _Key:
    return "" if sender is None else str(sender).casefold(), address_key(address)
