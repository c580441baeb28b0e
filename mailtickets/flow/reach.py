"""Whether an agent's peer answers: the breaker that spares it, and what is told meanwhile."""

from __future__ import annotations

from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from mailtickets.errors import Temporary
from mailtickets.flow.alarms import Alarms
from mailtickets.interfaces import IMeter
from mailtickets.retry import Breaker

PATIENCE = 60.0
"""Seconds for which a peer may be away before that is an alarm."""


class Reach:
    """Notes each answer, and each that did not come, of the peer behind the agent `name`.

    A peer that fails again and again is left alone but for a probe, and the gauge `unreachable`
    says so; one that is away for a minute, or that says what a person must mend, is an alarm.
    """

    def __init__(
        self,
        name: str,
        breaker: Breaker,
        *,
        clock: IReactorTime,
        meter: IMeter,
        alarms: Alarms,
        log: Logger,
    ) -> None:
        self._name = name
        self._breaker = breaker
        self._clock = clock
        self._meter = meter
        self._alarms = alarms
        self._log = log
        self._away_since: float | None = None
        self._told = False

    @property
    def away(self) -> bool:
        """Whether the peer is left alone, but for a probe now and then."""
        return self._breaker.open

    def room(self, free: int) -> int:
        """How many items may go now, of `free` that could."""
        return self._breaker.room(self._clock.seconds(), free)

    def wait(self) -> float:
        """Seconds until something may go."""
        return self._breaker.wait(self._clock.seconds())

    def answered(self) -> None:
        """The peer has answered about a letter, whatever it said."""
        self._breaker.succeeded()
        self._alarms.off(self._name)
        self._away_since = None
        if self._told:
            self._told = False
            self._meter.gauge("unreachable", 0, agent=self._name)
            self._log.info("{name} answers again", name=self._name)

    def failed(self, trouble: Temporary, *, spared: bool = True) -> None:
        """The peer has not answered, or not as it should.

        It is not `spared` where it is one of many: then the agent sees to that.
        """
        now = self._clock.seconds()
        if spared:
            self._breaker.failed(now, trouble)
        if trouble.loud:
            self._alarms.on(self._name, trouble.text)
        if self._away_since is None:
            self._away_since = now
        elif now - self._away_since >= PATIENCE and not trouble.loud:
            text = f"nothing has got through for {now - self._away_since:.0f} s: {trouble.text}"
            self._alarms.on(self._name, text)
        if self._breaker.open and not self._told:
            self._told = True
            self._meter.gauge("unreachable", 1, agent=self._name)
            self._log.warn(
                "{name} is left alone but for a probe now and then: {text}",
                name=self._name,
                text=trouble.text,
            )
