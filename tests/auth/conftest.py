"""A real name server on loopback, and an authenticator that asks it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from attrs import evolve
from pytest_twisted import async_yield_fixture
from twisted.logger import Logger
from twisted.python.threadpool import ThreadPool

from mailtickets.auth.checking import Authenticator, Options
from mailtickets.auth.dmarc import Suffixes
from mailtickets.auth.names import Names
from mailtickets.testing.meter import MemoryMeter
from mailtickets.testing.names import NameServer, text
from tests.auth.letters import ed25519_key, rsa_key

ZONE: dict[str, list[Any]] = {
    "s1._domainkey.example.com": [text(rsa_key(2048)[1])],
    "e1._domainkey.example.com": [text(ed25519_key()[1])],
    "s1._domainkey.evil.test": [text(rsa_key(2048)[1])],
    "example.com": [text("v=spf1 ip4:203.0.113.1 -all")],
    "_dmarc.example.com": [text("v=DMARC1; p=reject; rua=mailto:d@example.com")],
    "evil.test": [text("v=spf1 +all")],
    "nobody.test": [text("v=spf1 ip4:203.0.113.1 -all")],
    "loose.test": [text("v=spf1 include:example.com ~all")],
    "_dmarc.loose.test": [text("v=DMARC1; p=none")],
    "s1._domainkey.list.test": [text(rsa_key(2048)[1])],
}

BROKEN = ("broken.test", "_dmarc.broken.test")
SILENT = ("hanging.test", "_dmarc.hanging.test", "s1._domainkey.hanging.test")


@async_yield_fixture
async def server() -> Any:
    """The zone above, at 127.0.0.1; `hanging.test` never answers, `broken.test` fails."""
    from twisted.internet import reactor  # noqa: PLC0415

    made = NameServer(reactor, ZONE, broken=BROKEN, silent=SILENT)
    yield made
    await made.stop()


@pytest.fixture
def authenticator(server: NameServer) -> Iterator[Callable[..., Authenticator]]:
    """Makes authenticators that ask the server; keywords are those of Options."""
    from twisted.internet import reactor  # noqa: PLC0415

    pool = ThreadPool(0, 8)
    pool.start()
    host, _, port = server.server.rpartition(":")

    def make(**wanted: Any) -> Authenticator:
        names = Names([(host, int(port))], seconds=wanted.pop("seconds", 3.0))
        return Authenticator(
            evolve(Options("mx.support.test"), **wanted),
            names=names,
            suffixes=Suffixes(),
            reactor=reactor,
            pool=pool,
            meter=MemoryMeter(),
            log=Logger(),
        )

    yield make
    pool.stop()
