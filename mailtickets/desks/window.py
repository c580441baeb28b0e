"""A cursor over entries that have times: how late, and which of the latest were told.

Systems that many share hand out numbers with wide gaps, and show an entry a moment after its time.
So the cursor is the latest time told, and every entry told within the overlap before it; whatever
else turns up within the overlap is new.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from attrs import Factory, frozen

from mailtickets.desks.answers import loud
from mailtickets.errors import Temporary

MOST = 2000
"""Entries that a cursor names; of more within one overlap the earliest are forgotten."""
_TEXT = re.compile(r"[0-9]{1,15}/([A-Za-z0-9_-]{1,64}:[0-9]{1,9}(,|\Z))*\Z")


def moment_of(found: object) -> int:
    """A time in RFC 3339 or ISO 8601, as milliseconds since 1970. Raises Temporary, loud."""
    try:
        moment = datetime.fromisoformat(str(found))
    except ValueError:
        moment = datetime.min  # noqa: DTZ901 - it has no zone, as what is refused below
    if moment.tzinfo is None:
        raise loud("The desk's answer cannot be understood: a time is none")
    return round(moment.timestamp() * 1000)


def text_of(moment: int) -> str:
    """Milliseconds since 1970 as RFC 3339 in whole seconds, rounded down."""
    return datetime.fromtimestamp(max(0, moment) // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@frozen
class Window:
    """Everything before `since` less the overlap was told, and those `told`, by id and time."""

    since: int = 0
    told: Mapping[str, int] = Factory(dict)

    @classmethod
    def read(cls, cursor: str | None) -> Window:
        """What a cursor means; None is the beginning. Raises Temporary, loud."""
        if cursor is None:
            return cls()
        if not _TEXT.match(cursor):
            raise Temporary("3.5", "The feed's cursor is not one of this desk's", loud=True)
        head, _, rest = cursor.partition("/")
        pairs = [one.split(":") for one in rest.split(",") if one]
        return cls(int(head), {name: int(head) - int(ago) for name, ago in pairs})

    @property
    def text(self) -> str:
        """As a cursor."""
        named = ",".join(f"{name}:{self.since - at}" for name, at in self.told.items())
        return f"{self.since}/{named}"

    def new(self, id: str, at: int, overlap: int) -> bool:
        """Whether an entry was not told yet. `overlap` is in milliseconds."""
        return at >= self.since - overlap and id not in self.told

    def after(self, id: str, at: int, overlap: int) -> Window:
        """The window once this was told as well."""
        later = self.until(at, overlap)
        since, kept = later.since, {**later.told, id: at}
        if len(kept) > MOST:
            kept = dict(sorted(kept.items(), key=lambda pair: pair[1])[-MOST:])
        return Window(since, kept)

    def until(self, at: int, overlap: int) -> Window:
        """The window once a time was reached."""
        since = max(self.since, at)
        kept = {one: time for one, time in self.told.items() if time >= since - overlap}
        return Window(since, kept)
