"""What is counted, for Prometheus: the meter that every room is handed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from attrs import define
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import CounterMetricFamily
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector
from zope.interface import implementer

from mailtickets.interfaces import IMeter
from mailtickets.outcomes import IN_FLIGHT, TERMINAL, State
from mailtickets.store.pulse import Pulse

PREFIX = "mailtickets_"
_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_BUCKETS = {"commit_batch": tuple(2**power for power in range(9))}
_DOCUMENTS = {
    "accepted": "Recipients acknowledged at the edge, by how their row began",
    "alarm": "1 while something needs a person",
    "answers": "Answers put into the spool",
    "attempts": "Deliveries tried, by agent and outcome",
    "commit_batch": "Writes that one transaction of the store took",
    "commit_seconds": "Seconds that a transaction of the store took, its fsync included",
    "feed_failures": "Times a desk's feed could not be read",
    "feed_lag_seconds": "Seconds since a feed that this gateway follows was asked and all was put",
    "feed_read_seconds": "When a desk's feed was last read, in seconds since 1970",
    "filtered": "Letters that a filter did not let pass",
    "leases": "Leases that this gateway holds",
    "unreachable": "1 while an agent's peer is left alone but for a probe now and then",
    "oldest_in_flight_seconds": "Age of what has been in flight for the longest time",
}


class _Ends(Collector):
    """How many rows are in each terminal state: counters that the store keeps, over restarts."""

    def __init__(self) -> None:
        self.tally: Mapping[State, int] = {}

    def collect(self) -> Iterator[CounterMetricFamily]:
        family = CounterMetricFamily(
            PREFIX + "recipients",
            "Recipients by the terminal state their row is in, counted in the store",
            labels=["state"],
        )
        for state in TERMINAL:
            family.add_metric([state.value], self.tally.get(state, 0))
        yield family


@define
class _Counted:
    """The counter of a name and labels, and what was counted since the library was told last.

    The library's own way costs three times as much, and each letter is counted twice.
    """

    counter: Counter
    untold: float


@implementer(IMeter)
class Meter:
    """Counters, gauges and distributions in a registry of their own, for the reactor's thread."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._begun = now()
        self._registry = CollectorRegistry()
        self._counters: dict[str, Counter] = {}
        self._counted: dict[tuple[Any, ...], _Counted] = {}
        self._gauges: dict[str, Gauge] = {}
        self._histograms: dict[str, Histogram] = {}
        self._ends = _Ends()
        self._registry.register(self._ends)
        self._in_flight = Gauge(
            PREFIX + "recipients_in_flight",
            "Recipients whose row is due, leased or held, counted in the store",
            ["state"],
            registry=self._registry,
        )

    def count(self, name: str, amount: float = 1, **labels: str) -> None:
        """Add to a counter."""
        key = name, *labels.items()
        if (counted := self._counted.get(key)) is not None:
            counted.untold += amount
            return
        counter = self._counters.get(name)
        if counter is None:
            counter = Counter(
                PREFIX + name, _DOCUMENTS.get(name, name), list(labels), registry=self._registry
            )
            self._counters[name] = counter
        self._counted[key] = _Counted(counter.labels(**labels) if labels else counter, amount)

    def gauge(self, name: str, value: float, **labels: str) -> None:
        """Set a gauge."""
        gauge = self._gauges.get(name)
        if gauge is None:
            gauge = Gauge(
                PREFIX + name, _DOCUMENTS.get(name, name), list(labels), registry=self._registry
            )
            self._gauges[name] = gauge
        (gauge.labels(**labels) if labels else gauge).set(value)

    def observe(self, name: str, value: float, **labels: str) -> None:
        """Note one value of a distribution."""
        histogram = self._histograms.get(name)
        if histogram is None:
            histogram = Histogram(
                PREFIX + name,
                _DOCUMENTS.get(name, name),
                list(labels),
                registry=self._registry,
                buckets=_BUCKETS.get(name, _SECONDS),
            )
            self._histograms[name] = histogram
        (histogram.labels(**labels) if labels else histogram).observe(value)

    def exposition(self, pulse: Pulse) -> bytes:
        """Everything in Prometheus' text format; `pulse` is what the store tells now."""
        for counted in self._counted.values():
            counted.counter.inc(counted.untold)
            counted.untold = 0
        self._ends.tally = pulse.tally
        for state in IN_FLIGHT:
            self._in_flight.labels(state=state.value).set(pulse.tally.get(state, 0))
        self.gauge("oldest_in_flight_seconds", pulse.oldest)
        self.gauge("leases", pulse.leases)
        self._lags(pulse.following)
        return generate_latest(self._registry)

    def _lags(self, following: frozenset[str]) -> None:
        """How far behind each feed is. Another gateway's are for it to tell."""
        if (gauge := self._gauges.get("feed_lag_seconds")) is not None:
            gauge.clear()
        for desk in following:
            labels = {"desk": desk}
            read = self._registry.get_sample_value(PREFIX + "feed_read_seconds", labels)
            # One that could not be read since we began is behind since then, at least.
            since = self._begun if read is None else read
            self.gauge("feed_lag_seconds", max(0.0, self._now() - since), **labels)
