"""A meter that remembers, for tests."""

from __future__ import annotations

from collections import Counter

from zope.interface import implementer

from mailtickets.interfaces import IMeter

Key = tuple[str, tuple[tuple[str, str], ...]]


@implementer(IMeter)
class MemoryMeter:
    """What was counted, under the name and the sorted labels."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.labelled: Counter[Key] = Counter()
        self.gauges: dict[Key, float] = {}
        self.observed: dict[Key, list[float]] = {}

    def count(self, name: str, amount: float = 1, **labels: str) -> None:
        """Add to a counter."""
        self.counts[name] += amount  # type: ignore[assignment]
        self.labelled[_key(name, labels)] += amount  # type: ignore[assignment]

    def gauge(self, name: str, value: float, **labels: str) -> None:
        """Set a gauge."""
        self.gauges[_key(name, labels)] = value

    def observe(self, name: str, value: float, **labels: str) -> None:
        """Note one value."""
        self.observed.setdefault(_key(name, labels), []).append(value)


def _key(name: str, labels: dict[str, str]) -> Key:
    return name, tuple(sorted(labels.items()))
