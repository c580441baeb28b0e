"""A peer that does not answer is seen: a gauge, a line, and after a minute an alarm."""

from __future__ import annotations

from typing import Any

from twisted.internet.task import Clock
from twisted.logger import Logger

from mailtickets.errors import Temporary
from mailtickets.flow.alarms import Alarms
from mailtickets.flow.reach import PATIENCE, Reach
from mailtickets.retry import Breaker
from mailtickets.testing.meter import MemoryMeter

GAUGE = ("unreachable", (("agent", "desk:theirs"),))


def test_a_peer_that_is_away_is_a_gauge_and_then_an_alarm() -> None:
    """The gauge is on while it is left alone, the banner once it is away for a minute."""
    clock, meter, said = Clock(), MemoryMeter(), []  # type: ignore[var-annotated]
    log = Logger(namespace="test", observer=said.append)
    alarms = Alarms(clock, meter, log)
    reach = Reach("desk:theirs", Breaker(), clock=clock, meter=meter, alarms=alarms, log=log)
    trouble = Temporary("4.1", "The desk does not answer")
    for _ in range(4):
        reach.failed(trouble)
    assert meter.gauges.get(GAUGE) is None
    reach.failed(trouble)
    assert meter.gauges[GAUGE] == 1
    assert alarms.banners() == []
    clock.advance(PATIENCE)
    reach.failed(trouble)
    (banner,) = alarms.banners()
    assert "does not answer" in banner
    reach.answered()
    assert meter.gauges[GAUGE] == 0
    assert alarms.banners() == []
    assert _lines(said, "probe") == 1
    assert _lines(said, "answers again") == 1


def test_one_failure_now_and_then_is_no_alarm() -> None:
    """Between two troubles it answered: it is not away."""
    clock, meter = Clock(), MemoryMeter()
    log = Logger(namespace="test", observer=lambda event: None)
    alarms = Alarms(clock, meter, log)
    reach = Reach("relay", Breaker(), clock=clock, meter=meter, alarms=alarms, log=log)
    for _ in range(9):
        reach.failed(Temporary("4.1", "Not now"))
        clock.advance(PATIENCE)
        reach.answered()
    assert alarms.banners() == []
    assert ("unreachable", (("agent", "relay"),)) not in meter.gauges


def _lines(said: list[dict[str, Any]], words: str) -> int:
    return sum(words in str(event["log_format"]) for event in said)
