"""One, two and four gateways on one PostgreSQL: CPU per message, and no letter twice.

    python -m bench.cluster [--letters 1000]

Starts a server of its own. CPU is the gateways' alone.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections import Counter

from tests.postgres import Server

GATEWAY = """
import asyncio, secrets, sys
from twisted.internet import asyncioreactor
asyncioreactor.install(asyncio.new_event_loop())
from twisted.internet import reactor
from twisted.internet.defer import ensureDeferred, gatherResults
from mailtickets.db.database import Database
from mailtickets.interfaces import Settlement
from mailtickets.outcomes import State
from mailtickets.store.spool import Spool
from mailtickets.testing.spool import AGENT, NEW, envelope, submission

async def main():
    database = Database.open(sys.argv[1], reactor)
    spool = Spool(database, reactor, owner=secrets.token_hex(4))
    left = iter(range(int(sys.argv[2])))
    async def peer():
        for _ in left:
            await spool.put(envelope(), bytes(10240), [submission(secrets.token_hex(32))])
    await gatherResults([ensureDeferred(peer()) for _ in range(20)])
    while items := await spool.take(AGENT, 20):
        done = [ensureDeferred(spool.settle(i, NEW, Settlement(State.OPENED))) for i in items]
        for item, good in zip(items, await gatherResults(done)):
            print(item.key if good else "lost")
    await database.close()

def run():
    ensureDeferred(main()).addErrback(lambda why: print(why.getTraceback())).addBoth(
        lambda _: reactor.stop())
reactor.callWhenRunning(run)
reactor.run()
"""


def measure(server: Server, gateways: int, letters: int) -> None:
    url = server.new()
    subprocess.run([sys.executable, "-c", GATEWAY, url, "0"], check=True)  # makes the tables
    before, began = os.times(), time.perf_counter()
    running = [
        subprocess.Popen(
            [sys.executable, "-c", GATEWAY, url, str(letters)], stdout=subprocess.PIPE, text=True
        )
        for _ in range(gateways)
    ]
    settled = Counter(key for each in running for key in each.communicate()[0].split())
    took, after = time.perf_counter() - began, os.times()
    used = after.children_user + after.children_system
    used -= before.children_user + before.children_system
    total = gateways * letters
    twice = sum(number > 1 for number in settled.values())
    print(
        f"{gateways} gateways: {used / total * 1e6:5.0f} us CPU a letter (the start of each "
        f"process in it), {total / took:6.0f}/s; {len(settled)} of {total} settled, {twice} twice",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--letters", type=int, default=1000)
    wanted = parser.parse_args()
    server = Server()
    try:
        server.start()
        for gateways in (1, 2, 4):
            measure(server, gateways, wanted.letters)
    finally:
        server.close()


if __name__ == "__main__":
    main()
