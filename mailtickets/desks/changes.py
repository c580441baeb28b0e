"""A feed made of what changed since a time: where it was read to, by time and by two numbers.

Such a desk tells tickets by their latest change, at times that are coarse and may become visible
late. So it is asked from a little earlier, and what was told is known by its number.
"""

from __future__ import annotations

import re

from attrs import frozen

from mailtickets.desks.gaps import Seen
from mailtickets.errors import Temporary

_SINCE = re.compile(r"[0-9:. TZ-]{0,32}\Z")


@frozen
class Place:
    """How far the feed was read: the latest change, the tickets and the entries told.

    `since` is a time as the desk writes it, empty for the beginning.
    """

    since: str = ""
    tickets: Seen = Seen()
    entries: Seen = Seen()

    @classmethod
    def read(cls, cursor: str | None) -> Place:
        """What a cursor means; None is the beginning. Raises Temporary, loud."""
        if cursor is None:
            return cls()
        since, _, rest = cursor.partition("/")
        tickets, _, entries = rest.partition("/")
        if not _SINCE.match(since):
            raise Temporary("3.5", "The feed's cursor is not one of this desk's", loud=True)
        return cls(since, Seen.read(tickets or "0"), Seen.read(entries or "0"))

    @property
    def text(self) -> str:
        """As a cursor."""
        return f"{self.since}/{self.tickets.text}/{self.entries.text}"
