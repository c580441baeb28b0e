"""The book on SQLite and on PostgreSQL, where several gateways write the same one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytest_twisted import ensureDeferred
from twisted.internet import reactor
from twisted.internet.defer import Deferred, gatherResults

from mailtickets.db.database import Database
from mailtickets.helpdesk.book import SMALL, Book
from mailtickets.helpdesk.reading import Wanted
from mailtickets.helpdesk.values import NoSuchTicket, UnknownQueue
from mailtickets.mail.octets import InMemory, whole
from mailtickets.tickets.events import Event
from mailtickets.tickets.intents import AddComment, OpenTicket
from mailtickets.tickets.values import Attachment, Person

NIC = Person("Nic", "nic@ferrier")


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: Any, tmp_path: Path) -> str:
    """A new store."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/store.db"
    made: str = request.getfixturevalue("postgres").new()
    return made


def opening(text: str = "Hi", *files: Attachment) -> OpenTicket:
    """A letter that opens a ticket."""
    return OpenTicket("support", "", NIC, "Subject", text, attachments=files)


@ensureDeferred
async def test_events_become_visible_in_order(url: str) -> None:
    """Two gateways write at once, on PostgreSQL; a follower hears of every ticket once."""
    many = 2 if url.startswith("postgresql") else 1
    stores = [Database.open(url, reactor) for _ in range(many)]
    books = [Book(one, reactor, queues={"support": "SUPPORT"}) for one in stores]
    try:
        writing = gatherResults(
            [
                Deferred.fromCoroutine(
                    books[number % many].submit(opening(str(number)), str(number))
                )
                for number in range(40)
            ]
        )
        heard: list[Event] = []
        while len(heard) < 40:
            page = await books[-1].events(int(heard[-1].id) if heard else 0, 7, 20)
            assert page
            heard += page
        receipts = [receipt.ticket for receipt, _ in await writing]
        assert [int(one.id) for one in heard] == sorted(int(one.id) for one in heard)
        assert sorted(one.ticket for one in heard) == sorted(receipts)
        assert len(set(receipts)) == 40
        assert {one.text for one in heard} == {str(number) for number in range(40)}
    finally:
        for one in stores:
            await one.close()


@ensureDeferred
async def test_one_key_at_two_gateways(url: str) -> None:
    """The same letter carried by both at once is one ticket."""
    many = 2 if url.startswith("postgresql") else 1
    stores = [Database.open(url, reactor) for _ in range(many)]
    books = [Book(one, reactor, queues={"support": "SUPPORT"}) for one in stores]
    try:
        for key in ("a", "b", "c"):
            tries = [
                Deferred.fromCoroutine(books[number % many].submit(opening(), key))
                for number in range(6)
            ]
            done = await gatherResults(tries)
            assert len({receipt.ticket for receipt, _ in done}) == 1
            assert [again for _, again in done].count(False) == 1
        assert len(await books[0].heads(Wanted())) == 3
    finally:
        for one in stores:
            await one.close()


@pytest.fixture
def with_book(url: str) -> Callable[[Callable[[Book, Database], Any]], Any]:
    """Runs something with a book, and closes it."""

    async def run(work: Callable[[Book, Database], Any]) -> None:
        database = Database.open(url, reactor)
        try:
            await work(Book(database, reactor, queues={"support": "SUPPORT"}), database)
        finally:
            await database.close()

    return run


def rows(table: str) -> Callable[[Any], int]:
    """Counts a table's rows."""
    return lambda connection: connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar()


@ensureDeferred
async def test_large_attachments_lie_in_parts(with_book: Any) -> None:
    """Read back whole and in their order; a repeat, or a refusal, leaves none of them behind."""

    async def work(book: Book, database: Database) -> None:
        large = bytes(range(251)) * 10_000
        files = (
            Attachment("small", "a/b", InMemory(b"x")),
            Attachment("large", "a/b", InMemory(large)),
            Attachment("edge", "a/b", InMemory(b"y" * SMALL)),
        )
        receipt, _ = await book.submit(opening("Hi", *files), "k")
        (remark,) = await book.remarks(await book.head(receipt.ticket))
        assert [one.name for one in remark.attachments] == ["small", "large", "edge"]
        for filed, sent in zip(remark.attachments, files, strict=True):
            found = await book.attachment(receipt.ticket, filed.id)
            assert found is not None
            assert await whole(found[1], 10_000_000) == sent.octets.data
        parts = await database.read(rows("desk_parts"))
        await book.submit(opening("Hi", *files), "k")
        with pytest.raises(NoSuchTicket):
            await book.submit(AddComment("SUPPORT-9", NIC, "x", attachments=files), "other")
        assert await database.read(rows("desk_parts")) == parts
        assert await database.read(rows("desk_attachments")) == 3

    await with_book(work)


@ensureDeferred
async def test_what_databases_cannot_keep(with_book: Any) -> None:
    """NUL and halves of characters are replaced, wherever they stand; nothing is refused."""

    async def work(book: Book, _: Database) -> None:
        odd = "a\x00b\ud800c"
        intent = OpenTicket("support", "", Person(odd, odd), odd, odd, odd, odd, odd)
        receipt, _ = await book.submit(intent, "k")
        head = await book.head(receipt.ticket)
        (remark,) = await book.remarks(head)
        assert remark.text == "a\ufffdb\ufffdc"
        assert head.subject == "a b c"
        with pytest.raises(NoSuchTicket):
            await book.head("SUPPORT\x00-1")
        assert await book.heads(Wanted(words=odd)) != []

    await with_book(work)


@ensureDeferred
async def test_a_queue_without_a_prefix(with_book: Any) -> None:
    """Nobody guesses: it is an error, and nothing is made."""

    async def work(book: Book, _: Database) -> None:
        with pytest.raises(UnknownQueue):
            await book.submit(OpenTicket("nowhere", "", NIC, "s", "t"), None)
        assert await book.end() == 0

    await with_book(work)


@ensureDeferred
async def test_a_page_of_events_is_bounded(with_book: Any) -> None:
    """Long texts come a few at a time, and even one that alone is too much does come."""

    async def work(book: Book, _: Database) -> None:
        for size in (3, 3, 9, 1):
            await book.submit(opening("x" * size * 1024 * 1024), None)
        heard: list[list[int]] = []
        after = 0
        while page := await book.events(after, 100):
            heard.append([len(one.text) // 1024 // 1024 for one in page])
            after = int(page[-1].id)
        assert heard == [[3], [3], [9], [1]]

    await with_book(work)
