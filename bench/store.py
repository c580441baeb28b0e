"""What a letter costs the store: put, take and settle, with nothing, and with much, in it.

    python -m bench.store [--items 0 100000 1000000] [--rounds 5] [--letters 1000]
                          [--on sqlite postgresql] [--peers 20] [--carried 100000]

A store that holds so many items that wait, and knows as many Message-IDs. Each of them, that of
none as well, is one in use: it has carried 100 thousand letters before, and knows their keys and
Message-IDs; `--carried 0` measures a new one. The stores take turns, so that what else the machine
does hits all of them alike; the medians of the rounds are told. CPU is this process's, and for
PostgreSQL its server's as well.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import resource
import secrets
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any

from attrs import field, frozen
from sqlalchemy import Connection
from twisted.internet import asyncioreactor

asyncioreactor.install(asyncio.new_event_loop())

from twisted.internet import reactor as _reactor  # noqa: E402 - after the install
from twisted.internet.defer import ensureDeferred, gatherResults  # noqa: E402

from bench.processes import cpu_of  # noqa: E402
from mailtickets.db.database import Database  # noqa: E402
from mailtickets.interfaces import Settlement  # noqa: E402
from mailtickets.outcomes import State  # noqa: E402
from mailtickets.store.spool import Spool  # noqa: E402
from mailtickets.testing.spool import AGENT, NEW, envelope, submission  # noqa: E402
from mailtickets.tickets.values import Known, Receipt  # noqa: E402
from tests.postgres import Server  # noqa: E402

reactor: Any = _reactor
OCTETS = os.urandom(10_240)
FLAT = 0.15
_HEX = {
    "sqlite": "lower(hex(randomblob(32)))",
    "postgresql": "encode(sha256(({0} + n)::text::bytea), 'hex')",
}
_SERIES = {
    "sqlite": "(WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < {0})"
    " SELECT n FROM r)",
    "postgresql": "generate_series(1, {0}) AS n",
}


def cpu() -> float:
    """Seconds of this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _there(server: Server | None) -> float:
    return 0.0 if server is None else cpu_of(server.postmaster)


def fill(dialect: str, items: int, carried: int, connection: Connection) -> None:
    """Letters that were carried, and items that wait for an agent that nobody runs.

    Each is of a lane of its own and has a Message-ID that is known.
    """
    run = connection.exec_driver_sql
    if dialect == "postgresql":
        run("SET LOCAL statement_timeout = 0")
    for first, number, due in ((0, carried, 0), (carried, items, 1)):
        if not number:
            continue
        series, digest = _SERIES[dialect].format(number), _HEX[dialect].format(first)
        lane = f"substr({digest}, 1, 12)"  # as long as those of mailtickets.routing.threads
        state, moment = ("due", f"{first} + n") if due else ("opened", "NULL")
        run(
            "INSERT INTO letters (id, owner, arrived, recipients, size, octets)"
            f" VALUES ({due + 1}, 'bench', 0, {number}, 0, '')"
        )
        run(
            "INSERT INTO items (id, letter, key, prime, recipient, agent, lane, holds_lane, state,"
            " blocks, ready, attempts, accepted, due, finished, fence, reason)"
            f" SELECT {first} + n, {due + 1}, {digest}, 1, 'r' || n, 'nobody', {lane}, 0,"
            f" '{state}', {due}, {due}, 0, n, {moment}, {'NULL' if due else 'n'}, 0, ''"
            f" FROM {series}"
        )
        run(
            "INSERT INTO messages (desk, message_id, ticket, author, ours)"
            f" SELECT 'support', {digest}, 'SUPPORT-' || ({first} + n), '', 0 FROM {series}"
        )
        run(f"INSERT INTO tally VALUES ('bench', '{state}', {number}, 0)")
    if dialect == "postgresql":
        for table in ("letters", "items"):
            run(f"SELECT setval('{table}_id_seq', {items + carried} + 2)")


@frozen
class Figures:
    """Of one round: microseconds of CPU a letter here and at the server, and letters a second."""

    put: float
    put_server: float
    put_rate: float
    carried: float
    carried_server: float
    carried_rate: float


@frozen
class Filled:
    """A store with so many items in it."""

    items: int
    database: Database
    spool: Spool
    server: Server | None
    rounds: list[Figures] = field(factory=list)


async def together(number: int, work: Any) -> None:
    await gatherResults([ensureDeferred(work()) for _ in range(number)])


async def measure(filled: Filled, letters: int, peers: int) -> Figures:
    """One round."""
    spool, left = filled.spool, iter(range(letters))

    async def peer() -> None:
        for _ in left:
            draft = spool.begin()
            draft.write(OCTETS)
            await draft.commit(envelope(), [submission(secrets.token_hex(32))], "Help")

    async def carry() -> None:
        while items := await spool.take(AGENT, 20):
            settling = []
            for item in items:
                facts = (Known("support", f"SUPPORT-{item.id}", item.key),)
                receipt = Receipt(f"SUPPORT-{item.id}")
                settled = Settlement(State.OPENED, receipt=receipt, learned=facts)
                settling.append(ensureDeferred(spool.settle(item, NEW, settled)))
            await gatherResults(settling)

    put = await _timed(filled.server, letters, lambda: together(peers, peer))
    carried = await _timed(filled.server, letters, carry)
    return Figures(*put, *carried)


async def _timed(
    server: Server | None, letters: int, work: Callable[[], Any]
) -> tuple[float, float, float]:
    began, used, used_there = time.perf_counter(), cpu(), _there(server)
    await work()
    took, used, used_there = time.perf_counter() - began, cpu() - used, _there(server) - used_there
    return used / letters * 1e6, used_there / letters * 1e6, letters / took


def told(filled: list[Filled]) -> None:
    """A line a store, and how much more than in the emptiest one a letter costs."""
    first: float | None = None
    for one in filled:
        middle = [median(getattr(r, name) for r in one.rounds) for name in Figures.__slots__[:6]]
        put, put_server, put_rate, carried, carried_server, carried_rate = middle
        whole = put + put_server + carried + carried_server
        first = first or whole
        growth = whole / first - 1
        server = f" + {put_server:.0f}" if one.server else ""
        server_too = f" + {carried_server:.0f}" if one.server else ""
        print(
            f"  {one.items:8} items: put {put:4.0f}{server} us CPU, {put_rate:5.0f}/s;"
            f" take and settle {carried:4.0f}{server_too} us CPU, {carried_rate:5.0f}/s;"
            f" {growth:+.0%}{'' if growth <= FLAT else ' NOT FLAT'}",
            flush=True,
        )


@contextmanager
def places(kind: str, number: int) -> Iterator[tuple[list[str], Server | None]]:
    """URLs of so many empty stores."""
    if kind == "sqlite":
        with tempfile.TemporaryDirectory(prefix="bench-") as directory:
            yield [f"sqlite:///{directory}/{one}.db" for one in range(number)], None
        return
    server = Server("shared_buffers=512MB", "max_wal_size=4GB", "autovacuum_naptime=60s")
    try:
        server.start()
        yield [server.new() for _ in range(number)], server
    finally:
        server.close()


async def main(wanted: argparse.Namespace) -> None:
    for kind in wanted.on:
        with places(kind, len(wanted.items)) as (urls, server):
            stores = []
            for url, items in zip(urls, sorted(wanted.items), strict=True):
                database = Database.open(url, reactor)
                await database.write(
                    lambda c, items=items: fill(kind, items, wanted.carried, c)  # noqa: B023
                )
                stores.append(
                    Filled(items, database, Spool(database, reactor, owner="bench"), server)
                )
            if server is not None:
                for url in urls:
                    server.run("VACUUM ANALYZE", url.rpartition("/")[2])
            print(f"{kind}, {wanted.peers} peers, medians of {wanted.rounds} rounds", flush=True)
            for turn in range(wanted.rounds + 1):
                for one in stores:
                    figures = await measure(one, wanted.letters, wanted.peers)
                    if turn:  # the first warms up
                        one.rounds.append(figures)
            told(stores)
            for one in stores:
                audit = await one.spool.audit()
                if not audit.balanced:
                    print("THE AUDIT DOES NOT HOLD", audit.complaints)
                await one.database.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, nargs="+", default=[0, 100_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--letters", type=int, default=1000)
    parser.add_argument("--peers", type=int, default=20)
    parser.add_argument("--carried", type=int, default=100_000)
    parser.add_argument("--on", nargs="+", default=["sqlite", "postgresql"])
    given = parser.parse_args()

    def run() -> None:
        running = ensureDeferred(main(given))
        running.addErrback(lambda why: print(why.getTraceback()))
        running.addBoth(lambda _: reactor.stop())

    reactor.callWhenRunning(run)
    reactor.run()
