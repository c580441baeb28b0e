"""Two whole gateways on one PostgreSQL, in a storm: killed, paused, and their server taken away.

Each has an embedded desk on the same database and speaks to its own, as two machines would.
"""

from __future__ import annotations

import random
import signal
import threading
from collections.abc import Callable, Iterator

import pytest

from tests.journeys.cutting import Cutting
from tests.journeys.nursery import Quick
from tests.journeys.peers import Sink
from tests.journeys.running import HERE, until
from tests.journeys.storm import Storm, accounted
from tests.postgres import Server

SLEEP = 17.0  # seconds: a lease lasts 15
BREATH = 0.08

Pair = Callable[[str], tuple[Quick, Quick]]


@pytest.fixture
def sink() -> Iterator[Sink]:
    """The smart host."""
    with Sink() as one:
        yield one


@pytest.fixture
def pair(raise_up: Callable[..., Quick], sink: Sink) -> Pair:
    """Two gateways on the database of this URL, running."""

    def made(url: str) -> tuple[Quick, Quick]:
        words = ("--relay", sink.url, "--feed-from", "start", "--store", url)
        return raise_up(*words).start(), raise_up(*words).start()  # type: ignore[return-value]

    return made


def _name(url: str) -> str:
    return url.rpartition("/")[2]


def _stopped_with_leases(gateway: Quick, server: Server, database: str) -> int:
    """SIGSTOP it at a moment at which it has leases in its hands; tells how many."""
    process = gateway.process
    assert process is not None
    count = (
        "SELECT count(*) FROM items WHERE state = 'leased' "
        f"AND split_part(owner, ':', 2) = '{process.pid}'"
    )

    def stopped() -> int:
        process.signal(signal.SIGSTOP)
        threading.Event().wait(0.05)  # what its server session still does, it does now
        ((leases,),) = server.run(count, database)
        if not leases:
            process.signal(signal.SIGCONT)
        return int(str(leases))

    return until(stopped, 60, "leases in hand")


def test_a_gateway_killed_with_leases_in_hand(pair: Pair, postgres: Server, sink: Sink) -> None:
    """The other takes its letters over: each is one entry, each answer one mail by Message-ID."""
    url = postgres.new()
    one, two = pair(url)
    with Storm([one, two], "kill", BREATH) as storm:
        for victim in (one, two, one):
            assert _stopped_with_leases(victim, postgres, _name(url)) > 0
            victim.kill()
            threading.Event().wait(1)
            victim.start()
    accounted(storm, sink)


def test_a_gateway_that_slept_past_its_lease(pair: Pair, postgres: Server, sink: Sink) -> None:
    """It wakes with letters in its hands that the other carried meanwhile: nothing is twice."""
    url = postgres.new()
    one, two = pair(url)
    with Storm([one, two], "sleep", BREATH) as storm:
        assert _stopped_with_leases(one, postgres, _name(url)) > 0
        storm.gateways.remove(one)  # who would wait for it?
        threading.Event().wait(SLEEP)
        assert one.process is not None
        one.process.signal(signal.SIGCONT)
        storm.gateways.append(one)
        threading.Event().wait(2)
    accounted(storm, sink)


def test_postgresql_stops_and_starts_in_the_middle(pair: Pair, sink: Sink) -> None:
    """In order and by a crash: 451 meanwhile, and all that got 250 arrives."""
    server = Server("fsync=off", "full_page_writes=off")
    try:
        server.start()
        one, two = pair(server.new())
        with Storm([one, two], "server", BREATH) as storm:
            for how in ("fast", "immediate"):
                threading.Event().wait(2)
                server.stop(how)
                threading.Event().wait(1.5)
                server.start()
            threading.Event().wait(2)
        accounted(storm, sink)
        for gateway in (one, two):
            assert gateway.log.count("Traceback") < 10
    finally:
        server.close()


def test_connections_are_cut(pair: Pair, postgres: Server, sink: Sink) -> None:
    """pg_terminate_backend, at random, again and again."""
    url = postgres.new()
    one, two = pair(url)
    chance = random.Random("cut")
    with Storm([one, two], "cut", BREATH) as storm:
        for _ in range(15):
            threading.Event().wait(chance.uniform(0.1, 0.6))
            postgres.run(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                f" WHERE datname = '{_name(url)}' AND random() < 0.6"
            )
    accounted(storm, sink)


@pytest.mark.parametrize("lost", ["request", "answer"])
def test_a_connection_is_cut_in_the_middle_of_a_commit(
    lost: str, pair: Pair, postgres: Server, sink: Sink
) -> None:
    """The ambiguous commit: whether it happened or not, nothing is lost and nothing doubled."""
    url = postgres.new()
    with Cutting(postgres.port) as way:
        one, two = pair(f"postgresql://postgres@{HERE}:{way.port}/{_name(url)}")
        with Storm([one, two], lost, BREATH) as storm:
            for _ in range(20):
                way.arm(lost)
                assert way.cut.wait(20)
                threading.Event().wait(0.15)
        assert way.cuts == 20
        accounted(storm, sink)
