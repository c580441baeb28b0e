"""A long storm: letters and answers, a SIGKILL at random moments, and a count of what came.

`python -m tests.soak KILLS [SEED [postgresql]]`, or `make soak KILLS=1000 STORE=postgresql`: a
second or two a kill. PostgreSQL is a server of its own. The status is 0 when every letter that got
250 is one entry of one ticket, every answer one mail by Message-ID, and the audit holds.
"""
# ruff: noqa: T201 - it tells how far it is

from __future__ import annotations

import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

BREATH = 0.2  # seconds between two letters of a peer: the count afterwards reads every ticket
AT_ONCE = 50  # kills between two lines of news


def main(kills: int, seed: str, store: str) -> int:
    """The status: 0 when all is well."""
    # Each process that is forked for us reads this module again: it shall have little to read.
    from tests.journeys.nursery import Quick  # noqa: PLC0415
    from tests.journeys.peers import Sink  # noqa: PLC0415
    from tests.journeys.storm import Storm, accounted, killed  # noqa: PLC0415
    from tests.postgres import Server  # noqa: PLC0415

    began = time.monotonic()
    with ExitStack() as stack:
        place = stack.enter_context(tempfile.TemporaryDirectory())
        sink = stack.enter_context(Sink())
        words = ["--relay", sink.url, "--feed-from", "start"]
        if store == "postgresql":
            server = Server()
            stack.callback(server.close)
            server.start()
            words += ["--store", server.new(empty=True)]
        gateway = stack.enter_context(Quick(Path(place) / "state", *words))
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
    given = [*sys.argv[1:], *("1000", "1", "sqlite")[len(sys.argv) - 1 :]]
    sys.exit(main(int(given[0]), given[1], given[2]))
