"""What a letter costs the store: put, take and settle, with nothing, and with much, in it.

    python -m bench.store [--items 0 100000] [--store postgresql://...] [--letters 2000]

CPU is this process's alone; PostgreSQL's own is not in it.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import resource
import secrets
import tempfile
import time
from typing import Any

from twisted.internet import asyncioreactor

asyncioreactor.install(asyncio.new_event_loop())

from twisted.internet import reactor as _reactor  # noqa: E402 - after the install
from twisted.internet.defer import ensureDeferred, gatherResults  # noqa: E402

from mailtickets.db.database import Database  # noqa: E402
from mailtickets.interfaces import Settlement  # noqa: E402
from mailtickets.mail.mailbox import Mailbox  # noqa: E402
from mailtickets.outcomes import State  # noqa: E402
from mailtickets.store.spool import Spool  # noqa: E402
from mailtickets.testing.spool import AGENT, NEW, envelope, submission  # noqa: E402
from mailtickets.tickets.values import Known, Receipt  # noqa: E402

reactor: Any = _reactor


def cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


async def together(number: int, work: Any) -> None:
    await gatherResults([ensureDeferred(work()) for _ in range(number)])


async def fill(spool: Spool, items: int) -> None:
    """Letters that stay in the spool for an agent that nobody runs, and what they taught."""
    left = iter(range(0, items, 100))

    async def some() -> None:
        for _ in left:
            shares = [
                submission(secrets.token_hex(32), agent="nobody", recipient=Mailbox(f"r{n}", "x"))
                for n in range(100)
            ]
            await spool.put(envelope(), b"", shares)

    await together(8, some)


async def measure(spool: Spool, letters: int, octets: bytes, peers: int) -> None:
    left = iter(range(letters))

    async def peer() -> None:
        for _ in left:
            draft = spool.begin()
            draft.write(octets)
            await draft.commit(envelope(), [submission(secrets.token_hex(32))], "Help")

    began, used = time.perf_counter(), cpu()
    await together(peers, peer)
    put = cpu() - used, time.perf_counter() - began
    began, used = time.perf_counter(), cpu()
    while items := await spool.take(AGENT, 50):
        settling = []
        for item in items:
            facts = (Known("support", item.key[:8], item.key),)
            settled = Settlement(State.OPENED, receipt=Receipt(item.key[:8]), learned=facts)
            settling.append(ensureDeferred(spool.settle(item, NEW, settled)))
        await gatherResults(settling)
    carried = cpu() - used, time.perf_counter() - began
    micro = 1e6 / letters
    print(
        f"  {peers:3} peers: put {put[0] * micro:5.0f} us CPU, {letters / put[1]:6.0f}/s;"
        f" take and settle {carried[0] * micro:5.0f} us CPU, {letters / carried[1]:6.0f}/s",
        flush=True,
    )


async def main(wanted: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory() as directory:
        url = wanted.store or f"sqlite:///{directory}/bench.db"
        database = Database.open(url, reactor)
        spool = Spool(database, reactor, owner=secrets.token_hex(4))
        there = 0
        for items in sorted(wanted.items):
            await fill(spool, items - there)
            there = items
            print(f"{database.dialect}, {items} items in the spool", flush=True)
            for peers in (20, 100):
                await measure(spool, wanted.letters, os.urandom(10_240), peers)
        audit = await spool.audit()
        print("the audit holds" if audit.balanced else audit.complaints)
        await database.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, nargs="+", default=[0, 100_000])
    parser.add_argument("--letters", type=int, default=2000)
    parser.add_argument("--store")
    given = parser.parse_args()

    def run() -> None:
        running = ensureDeferred(main(given))
        running.addErrback(lambda why: print(why.getTraceback()))
        running.addBoth(lambda _: reactor.stop())

    reactor.callWhenRunning(run)
    reactor.run()
