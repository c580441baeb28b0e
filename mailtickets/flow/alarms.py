"""What a person must mend: one log line a minute for each, a gauge, and a banner on the page."""

from __future__ import annotations

from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from mailtickets.interfaces import IMeter

REPEAT = 60.0
"""Seconds between two log lines of one alarm."""


class Alarms:
    """The alarms that are on, by the name of what is in trouble (a desk, the relay)."""

    def __init__(self, clock: IReactorTime, meter: IMeter, log: Logger) -> None:
        self._clock = clock
        self._meter = meter
        self._log = log
        self._texts: dict[str, str] = {}
        self._said: dict[str, float] = {}

    def on(self, name: str, text: str, about: str | None = None) -> None:
        """Turn the alarm `name` on, or tell that it still is.

        Alarms `about` one thing, as a desk and its feed, share one log line a minute.
        """
        now = self._clock.seconds()
        about = about or name
        self._texts[name] = text
        self._meter.gauge("alarm", 1, subject=name)
        if now - self._said.get(about, -REPEAT) >= REPEAT:
            self._said[about] = now
            self._log.error("{name} needs a person: {text}", name=name, text=text)

    def off(self, name: str) -> None:
        """Turn it off: the thing works again."""
        if self._texts.pop(name, None) is not None:
            self._meter.gauge("alarm", 0, subject=name)
            self._log.info("{name} works again", name=name)

    def banners(self) -> list[str]:
        """A line for each alarm that is on."""
        return [f"{name}: {text}" for name, text in sorted(self._texts.items())]
