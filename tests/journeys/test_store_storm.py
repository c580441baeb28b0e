"""The whole gateway is killed again and again while letters, answers and mail go through it.

`STORM_KILLS` says how often, `SEED` when. `make soak` does it a thousand times.
"""

from __future__ import annotations

import os
import random
import signal
import threading
from collections.abc import Callable

import pytest

from tests.journeys.nursery import Quick
from tests.journeys.peers import Sink
from tests.journeys.storm import Storm, accounted, killed
from tests.postgres import Server

KILLS = int(os.environ.get("STORM_KILLS", "100"))
RESTARTS = 15
SEED = os.environ.get("SEED", "1")


@pytest.mark.parametrize("store", ["sqlite", "postgresql"])
def test_a_storm_of_kills(
    store: str, raise_up: Callable[..., Quick], request: pytest.FixtureRequest
) -> None:
    """What got 250 is one entry of one ticket; what an agent said is one mail; the audit holds."""
    words = ["--feed-from", "start"]
    if store == "postgresql":
        server: Server = request.getfixturevalue("postgres")
        words += ["--store", server.new()]
    with Sink() as sink:
        gateway = raise_up("--relay", sink.url, *words)
        with Storm([gateway], SEED, least=KILLS) as storm:
            killed(storm, KILLS, SEED)
            gateway.start()
        assert len(storm.acknowledged) > KILLS
        print(accounted(storm, sink))  # noqa: T201 - for whoever asks with -s


def test_a_storm_of_orderly_restarts(raise_up: Callable[..., Quick]) -> None:
    """Stopped in order in the middle of its work, again and again: nothing is lost or twice."""
    with Sink() as sink:
        gateway = raise_up("--relay", sink.url, "--feed-from", "start").start()
        chance, ends = random.Random(SEED), list[int]()
        with Storm([gateway], SEED, least=RESTARTS) as storm:
            for _ in range(RESTARTS):
                threading.Event().wait(chance.uniform(0.2, 1.5))
                ends.append(gateway.stop())
                gateway.start()
        assert set(ends) == {-signal.SIGTERM}  # as twistd ends
        assert len(storm.acknowledged) > RESTARTS
        assert "Traceback" not in gateway.log
        print(accounted(storm, sink))  # noqa: T201 - for whoever asks with -s
