"""A reactor whose timers nobody can set: they count the time that passes, not the wall's.

Twisted's own reactors measure by `time.time`. When an administrator, or NTP, sets the machine's
clock back by an hour, every timer of theirs is an hour late: retries, heartbeats, time-outs.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from twisted.python.runtime import seconds as wall


def steady(reactor: Any, passing: Callable[[], float] = time.monotonic) -> None:
    """Let a reactor that goes by the wall's clock go by the time that passes, from now on.

    What it tells goes on from what it told: what is scheduled already comes when it should. A
    reactor with a clock of its own (asyncio's, a test's) is left as it is.
    """
    if getattr(reactor, "seconds", None) is not wall:
        return
    zero: float = wall() - passing()

    def seconds() -> float:
        return zero + passing()

    reactor.seconds = seconds
