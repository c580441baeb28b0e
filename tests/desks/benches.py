"""Benches for the contracts: the fake, and the HTTP client with the embedded desk on a socket."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mailtickets.db.database import Database
from mailtickets.desks.http import HttpDesk
from mailtickets.helpdesk.book import Book
from mailtickets.helpdesk.reading import Wanted
from mailtickets.helpdesk.site import site
from mailtickets.store.ledger import Ledger
from mailtickets.store.spool import Spool
from mailtickets.testing.desk import Bench
from mailtickets.testing.fakedesk import FakeDesk
from mailtickets.tickets.intents import AddComment
from mailtickets.tickets.values import Person

TOKEN = "sesame"
ANN = Person("Ann Agent", "ann@support.example")


async def make_fake(reactor: Any) -> Bench:
    """The fake."""
    desk = FakeDesk(reactor)

    async def tickets() -> int:
        return len(desk.tickets)

    async def comments(ticket: str) -> int:
        return len(desk.comments[ticket])

    async def answer(ticket: str, text: str, public: bool) -> str:
        return desk.write(ticket, text, public=public)

    async def close() -> None:
        pass

    return Bench(desk, "support", "SUPPORT", tickets, comments, answer, close)


class Served:
    """The embedded desk on a free port, with a store of its own."""

    def __init__(self, reactor: Any, **options: Any) -> None:
        self.reactor = reactor
        self._directory = Path(tempfile.mkdtemp(prefix="desk-"))
        self.database = Database.open(f"sqlite:///{self._directory}/store.db", reactor)
        self.book = Book(self.database, reactor, queues={"support": "SUPPORT"})
        self.spool = Spool(self.database, reactor, owner="test")
        self.ledger = Ledger(self.database)
        options.setdefault("open_access", True)
        options.setdefault("banners", list)
        options.setdefault("book", self.book)
        self.site = site(
            spool=self.spool,
            ledger=self.ledger,
            token=TOKEN,
            health=lambda: {"status": "ok"},
            metrics=_metrics,
            clock=reactor,
            feeds=("embedded",),
            **options,
        )
        self._port = reactor.listenTCP(0, self.site, interface="127.0.0.1")
        self.port: int = self._port.getHost().port
        self.url = f"http://127.0.0.1:{self.port}"
        self._desks: list[HttpDesk] = []

    def desk(self, port: int | None = None, seconds: float = 30.0) -> HttpDesk:
        """A client of it, which may go by another port."""
        url = f"http://127.0.0.1:{port or self.port}"
        self._desks.append(HttpDesk(self.reactor, url, lambda: TOKEN, seconds=seconds))
        return self._desks[-1]

    async def tickets(self) -> int:
        """How many there are."""
        return len(await self.book.heads(Wanted(limit=10_000)))

    async def comments(self, ticket: str) -> int:
        """How many a ticket has."""
        return len(await self.book.remarks(await self.book.head(ticket)))

    async def answer(self, ticket: str, text: str, public: bool = True) -> str:
        """Ann writes."""
        receipt, _ = await self.book.submit(AddComment(ticket, ANN, text, public=public), None)
        assert receipt.comment is not None
        return receipt.comment

    async def close(self) -> None:
        """End everything."""
        for desk in self._desks:
            await desk.close()
        await self._port.stopListening()
        await self.database.close()
        shutil.rmtree(self._directory)


async def _metrics() -> bytes:
    return b"mailtickets_up 1\n"


async def make_http(reactor: Any) -> Bench:
    """The HTTP client and the real embedded desk, over a socket."""
    served = Served(reactor)
    return Bench(
        served.desk(),
        "support",
        "SUPPORT",
        served.tickets,
        served.comments,
        served.answer,
        served.close,
        served.desk,
        ("127.0.0.1", served.port),
    )


def headers(**more: str) -> Mapping[str, str]:
    """A request's, with the token."""
    return {"Authorization": f"Bearer {TOKEN}", **more}
