"""A cursor over numbers that may become visible out of order: how far, and which are missing yet.

Databases hand out numbers when a transaction begins and show them when it ends, so that 101 may be
seen before 100. A cursor is therefore its highest number, and below it those that were not there:

>>> Seen.read("105").text, Seen.read("105~101.103").text
('105', '105~101.103')
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from attrs import evolve, frozen

from mailtickets.errors import Temporary

OVERLAP = 50
"""How far below the highest number a missing one is still waited for."""


@frozen
class Seen:
    """Every number up to `head` was told, but for the `missing`."""

    head: int = 0
    missing: tuple[int, ...] = ()

    @classmethod
    def read(cls, cursor: str | None) -> Seen:
        """What a cursor means; None is the beginning. Raises Temporary, loud."""
        head, _, rest = (cursor or "0").partition("~")
        numbers = [head, *rest.split(".")] if rest else [head]
        if not all(one.isascii() and one.isdecimal() and len(one) < 19 for one in numbers):
            raise Temporary("3.5", "The feed's cursor is not one of this desk's", loud=True)
        return cls(int(head), tuple(int(one) for one in numbers[1:]))

    @property
    def text(self) -> str:
        """As a cursor."""
        gaps = ".".join(str(one) for one in self.missing)
        return f"{self.head}~{gaps}" if gaps else str(self.head)

    @property
    def since(self) -> int:
        """Ask for numbers above this one."""
        return self.missing[0] - 1 if self.missing else self.head

    def new(self, numbers: Collection[int]) -> Sequence[int]:
        """Which of these were not told yet, in order."""
        return sorted(one for one in set(numbers) if one > self.head or one in self.missing)

    def told(self, number: int) -> Seen:
        """The cursor after this number was told as well."""
        if number <= self.head:
            return evolve(self, missing=tuple(one for one in self.missing if one != number))
        between = range(max(self.head + 1, number - OVERLAP), number)
        kept = tuple(one for one in self.missing if one >= number - OVERLAP)
        return Seen(number, (*kept, *between) if self.head else ())
