"""Steps that are noted, for tests: which were reached, and what happens at one."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from zope.interface import implementer

from mailtickets.interfaces import ISteps
from mailtickets.steps import STEPS


@implementer(ISteps)
class RecordingSteps:
    """Notes each step in `seen`; calls what `at` names for it. An unknown step is a KeyError."""

    def __init__(self, at: Mapping[str, Callable[[], None]] | None = None) -> None:
        self.seen: list[str] = []
        self._at = dict(at or {})

    def reached(self, step: str) -> None:
        """Note it."""
        if step not in STEPS:
            raise KeyError(step)
        self.seen.append(step)
        if step in self._at:
            self._at[step]()
