"""A long storm: letters and answers, a SIGKILL at random moments, and a count of what came.

`python -m tests.soak KILLS [SEED]`, or `make soak KILLS=1000`: a second or two a kill. Its status
is 0 when every letter that got 250 is one entry of one ticket, every answer one mail by Message-ID,
and the audit holds.
"""
# ruff: noqa: T201 - it tells how far it is

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

BREATH = 0.2  # seconds between two letters of a peer: the count afterwards reads every ticket
AT_ONCE = 50  # kills between two lines of news


def main(kills: int, seed: str) -> int:
    """The status: 0 when all is well."""
    # Each process that is forked for us reads this module again: it shall have little to read.
    from tests.journeys.nursery import Quick  # noqa: PLC0415
    from tests.journeys.peers import Sink  # noqa: PLC0415
    from tests.journeys.storm import Storm, accounted, killed  # noqa: PLC0415

    began = time.monotonic()
    with (
        tempfile.TemporaryDirectory() as place,
        Sink() as sink,
        Quick(Path(place) / "state", "--relay", sink.url, "--feed-from", "start") as gateway,
    ):
        with Storm([gateway], seed, BREATH) as storm:
            for turn in range(0, kills, AT_ONCE):
                gateway.kill()
                killed(storm, min(AT_ONCE, kills - turn), f"{seed}-{turn}")
                print(
                    f"{time.monotonic() - began:5.0f} s: {min(turn + AT_ONCE, kills)} kills, "
                    f"{len(storm.acknowledged)} letters, {len(storm.answered)} answers",
                    flush=True,
                )
            gateway.start()
        print(accounted(storm, sink))
    print(f"{kills} kills in {time.monotonic() - began:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), (sys.argv[2:] or ["1"])[0]))
