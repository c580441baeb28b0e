"""One, two and four gateways on one PostgreSQL: CPU per message, and no letter twice.

    python -m bench.cluster [--seconds 4] [--rounds 5]

Starts a server of its own. Every gateway takes letters in and carries whatever is due, its own or
another's; CPU is counted between two marks, after the start and a warm-up, in the gateways and at
the server. The numbers of gateways take turns; the medians of the rounds are told.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import threading
from collections import Counter
from statistics import median

from attrs import frozen

from bench.processes import cpu_of
from tests.postgres import Server

WARM = 1.5
FLAT = 0.15

GATEWAY = """
import asyncio, random, resource, secrets, sys, time
from twisted.internet import asyncioreactor
asyncioreactor.install(asyncio.new_event_loop())
from twisted.internet import reactor, stdio
from twisted.internet.defer import ensureDeferred, gatherResults
from twisted.internet.task import deferLater
from twisted.logger import Logger
from twisted.protocols.basic import LineOnlyReceiver
from mailtickets.db.database import Database
from mailtickets.flow.alarms import Alarms
from mailtickets.flow.courier import Courier, Round
from mailtickets.outcomes import Delivered, State
from mailtickets.retry import Breaker, Policy
from mailtickets.store.spool import Spool
from mailtickets.testing.spool import AGENT, NEW, envelope, submission

over = False
settled, delivered = [], []

async def peer(spool):
    while not over:
        await spool.put(envelope(), bytes(10240), [submission(secrets.token_hex(32))])

class Agent:
    async def deliver(self, item):
        delivered.append(item.key)
        return dict.fromkeys(item.recipients, Delivered(State.OPENED))

class Steps:
    def reached(self, step):
        pass

class Meter:
    def count(self, name, amount=1, **labels):
        if name == "attempts":
            settled.append(labels["outcome"])
    def gauge(self, name, value, **labels):
        pass

async def carry(spool):
    log, meter = Logger(observer=lambda event: None), Meter()
    courier = Courier(
        Round(AGENT, Agent()), spool=spool, bounces=None, clock=reactor, now=time.time,
        random=random.random, policy=Policy(), breaker=Breaker(), steps=Steps(), meter=meter,
        alarms=Alarms(reactor, meter, log), log=log)
    courier.start()
    while not over or (await spool.tally())[State.DUE] + (await spool.tally())[State.LEASED]:
        await deferLater(reactor, 0.2)
    await courier.stop()

class Marks(LineOnlyReceiver):
    delimiter = b"\\n"
    def lineReceived(self, line):
        global over
        used = resource.getrusage(resource.RUSAGE_SELF)
        print("mark", used.ru_utime + used.ru_stime, len(settled), time.monotonic(), flush=True)
        over = line == b"end"

async def main():
    database = Database.open(sys.argv[1], reactor)
    spool = Spool(database, reactor, owner=secrets.token_hex(4))
    await spool.recover()
    stdio.StandardIO(Marks())
    print("ready", flush=True)
    await gatherResults([ensureDeferred(w(spool)) for w in [peer] * int(sys.argv[2]) + [carry]])
    await database.close()
    print("keys", *delivered, flush=True)

def run():
    ensureDeferred(main()).addErrback(lambda why: print(why.getTraceback())).addBoth(
        lambda _: reactor.stop())
reactor.callWhenRunning(run)
reactor.run()
"""

PEERS = 16
"""That hand letters to each gateway."""


@frozen
class Round:
    """Microseconds of CPU a letter, in the gateways and at the server, and letters a second."""

    gateways: float
    server: float
    rate: float


def measure(server: Server, gateways: int, seconds: float) -> Round:
    """One round. AssertionError when a letter was settled twice, or not at all."""
    url = server.new()
    _run(url, 0).communicate("end\n")  # makes the tables
    running = [_run(url, PEERS) for _ in range(gateways)]
    for one in running:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    pause = threading.Event()
    pause.wait(WARM)
    before, there = [_mark(one, "mark") for one in running], cpu_of(server.postmaster)
    pause.wait(seconds)
    after, there = [_mark(one, "end") for one in running], cpu_of(server.postmaster) - there
    keys = Counter(key for one in running for key in one.communicate()[0].split()[1:])
    assert set(keys.values()) <= {1}
    ((left,),) = server.run("SELECT count(*) FROM items WHERE finished IS NULL", _name(url))
    assert left == 0
    used = sum(b[0] - a[0] for a, b in zip(before, after, strict=True))
    letters = sum(b[1] - a[1] for a, b in zip(before, after, strict=True))
    took = max(b[2] - a[2] for a, b in zip(before, after, strict=True))
    return Round(used / letters * 1e6, there / letters * 1e6, letters / took)


def _run(url: str, peers: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", GATEWAY, url, str(peers)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _mark(one: subprocess.Popen[str], word: str) -> tuple[float, int, float]:
    assert one.stdin is not None
    assert one.stdout is not None
    one.stdin.write(f"{word}\n")
    one.stdin.flush()
    _, used, letters, moment = one.stdout.readline().split()
    return float(used), int(letters), float(moment)


def _name(url: str) -> str:
    return url.rpartition("/")[2]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--rounds", type=int, default=5)
    wanted = parser.parse_args()
    server = Server("shared_buffers=256MB")
    rounds: dict[int, list[Round]] = {1: [], 2: [], 4: []}
    try:
        server.start()
        for _ in range(wanted.rounds):
            for gateways, so_far in rounds.items():
                so_far.append(measure(server, gateways, wanted.seconds))
    finally:
        server.close()
    first: float | None = None
    for gateways, all_of_it in rounds.items():
        here = median(one.gateways for one in all_of_it)
        there = median(one.server for one in all_of_it)
        rate = median(one.rate for one in all_of_it)
        first = first or here + there
        growth = (here + there) / first - 1
        print(
            f"{gateways} gateways: {here:.0f} us CPU a letter + {there:.0f} at the server,"
            f" {rate:.0f}/s; {growth:+.0%}{'' if growth <= FLAT else ' NOT CONSTANT'};"
            " every letter settled once",
            flush=True,
        )


if __name__ == "__main__":
    main()
