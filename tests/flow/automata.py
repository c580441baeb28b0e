"""The way out for automatic letters, on a household's parts."""

from __future__ import annotations

import time
from typing import Any

from mailtickets.buckets import Allotments
from mailtickets.flow.automatic import Automatic
from mailtickets.routing.loops import OwnMail
from mailtickets.testing.allowance import MemoryAllowance

SECRET = b"for loop marks, in tests alone..."


def own(household: Any) -> OwnMail:
    """What knows our own letters again."""
    return OwnMail(household.book, (SECRET,))


def automatic(household: Any, allotments: Allotments | None = None, *, hold: bool = True) -> Any:
    """It, with buckets in memory."""
    allowance = MemoryAllowance(time.time, allotments or Allotments())
    return Automatic(
        allowance=allowance,
        own=own(household),
        meter=household.meter,
        log=household.log,
        now=time.time,
        hold=hold,
    )
