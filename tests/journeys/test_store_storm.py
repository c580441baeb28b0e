"""The whole gateway is killed again and again while letters, answers and mail go through it.

`STORM_KILLS` says how often, `SEED` when. `make soak` does it a thousand times.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from tests.journeys.nursery import Quick
from tests.journeys.peers import Sink
from tests.journeys.storm import Storm, accounted, killed

KILLS = int(os.environ.get("STORM_KILLS", "100"))
SEED = os.environ.get("SEED", "1")


def test_a_storm_of_kills(raise_up: Callable[..., Quick]) -> None:
    """What got 250 is one entry of one ticket; what an agent said is one mail; the audit holds."""
    with Sink() as sink:
        gateway = raise_up("--relay", sink.url, "--feed-from", "start")
        with Storm([gateway], SEED) as storm:
            killed(storm, KILLS, SEED)
            gateway.start()
        assert len(storm.acknowledged) > KILLS
        print(accounted(storm, sink))  # noqa: T201 - for whoever asks with -s
