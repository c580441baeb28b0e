"""A register in memory, for tests of what uses one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from attrs import define, field
from zope.interface import implementer

from mailtickets.errors import Temporary
from mailtickets.registers import IRegister


@define(eq=False)
@implementer(IRegister)
class MemoryRegister:
    """See `mailtickets.registers.IRegister`. A `closed` one is Temporary."""

    shelves: dict[str, dict[str, str]] = field(factory=dict)
    closed: bool = False

    def _shelf(self, name: str) -> dict[str, str]:
        if self.closed:
            raise Temporary("3.0", "The store is not open yet")
        return self.shelves.setdefault(name, {})

    async def read(self, shelf: str, key: str) -> str | None:
        """The value; None when there is none."""
        return self._shelf(shelf).get(key)

    async def change(
        self, shelf: str, key: str, how: Callable[[str | None], str | None]
    ) -> str | None:
        """Put what `how` makes of the value in its place, and answer that."""
        values = self._shelf(shelf)
        made = how(values.get(key))
        if made is None:
            values.pop(key, None)
        else:
            values[key] = made
        return made

    async def entries(self, shelf: str, after: str, limit: int) -> Sequence[tuple[str, str]]:
        """Keys from beyond `after`, in order, with their values."""
        values = self._shelf(shelf)
        return [(key, values[key]) for key in sorted(values) if key > after][:limit]
