"""The contract of a desk: what `IDesk` and its optional abilities promise, as tests.

A stranger proves it with two lines, run by pytest with pytest-twisted:

    class AcmeDeskTests(desk_contract(make_acme)):
        pass
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from twisted.internet.defer import DeferredList, ensureDeferred
from twisted.internet.task import deferLater
from zope.interface.verify import verifyObject

from mailtickets.errors import Permanent, Temporary
from mailtickets.interfaces import IChecks, IDesk, IFeed, ILooksUp, ITakesAttachments
from mailtickets.mail.octets import whole
from mailtickets.testing.deskcase import (
    NIC,
    Bench,
    DeskCase,
    Make,
    comment,
    file,
    new_key,
    waiting,
)
from mailtickets.testing.deskfaults import LOUD, MOMENTARY, Detour, Fault
from mailtickets.tickets.events import Event

__all__ = ["Bench", "desk_contract"]

LIMIT = 1.5
"""Seconds for a call that is going to have no answer."""
TRIES = 10
"""How often a desk may ask for patience."""


def desk_contract(make: Make) -> type[DeskCase]:
    """The test case that a desk must pass. `make(reactor)` gives a new `Bench` for each test."""
    made = type("DeskContract", (DeskContract,), {"make": staticmethod(make), "__test__": True})
    made.__module__ = getattr(make, "__module__", made.__module__)
    return made


class DeskContract(DeskCase):
    """See `desk_contract`."""

    __test__ = False

    @waiting
    async def test_it_says_what_it_can(self) -> None:
        """It provides IDesk, and keeps to the signatures of every interface it provides."""
        assert IDesk.providedBy(self.bench.desk)
        for ability in (IDesk, IFeed, ILooksUp, IChecks, ITakesAttachments):
            if ability.providedBy(self.bench.desk):
                verifyObject(ability, self.bench.desk)

    @waiting
    async def test_an_opening_letter_becomes_one_ticket(self) -> None:
        """A receipt names the ticket by a key that can be the local part of an address."""
        before = await self.bench.tickets()
        receipt = await self.bench.desk.submit(self.bench.opening(), new_key())
        assert re.fullmatch(r"[A-Za-z0-9._-]{1,64}", receipt.ticket), receipt
        assert await self.bench.tickets() == before + 1

    @waiting
    async def test_the_same_key_again_gives_the_first_receipt(self) -> None:
        """Whatever the intent says by then; and there is one ticket, with one comment."""
        key = new_key()
        first = await self.bench.desk.submit(self.bench.opening(), key)
        before = await self.bench.tickets()
        again = await self.bench.desk.submit(self.bench.opening("Another text"), key)
        assert again == first
        assert await self.bench.tickets() == before
        assert await self.bench.comments(first.ticket) == 1

    @waiting
    async def test_the_same_key_at_once_gives_one_ticket(self) -> None:
        """Two couriers that carry the same letter at the same time do no harm."""
        key, before = new_key(), await self.bench.tickets()
        tries = [
            ensureDeferred(_submitted(self.bench, self.bench.opening(), key)) for _ in range(4)
        ]
        done: Any = await DeferredList(tries, consumeErrors=True)
        receipts = {result.ticket for good, result in done if good}
        assert len(receipts) == 1
        assert await self.bench.tickets() == before + 1

    @waiting
    async def test_other_keys_give_other_tickets(self) -> None:
        """The same letter under another key is another letter."""
        intent = self.bench.opening()
        one = await self.bench.desk.submit(intent, new_key())
        two = await self.bench.desk.submit(intent, new_key())
        assert one.ticket != two.ticket

    @waiting
    async def test_a_comment_is_added_once(self) -> None:
        """To the ticket it names; its receipt has the comment's id, and the same one again."""
        ticket = (await self.bench.desk.submit(self.bench.opening(), new_key())).ticket
        key = new_key()
        first = await self.bench.desk.submit(comment(ticket), key)
        again = await self.bench.desk.submit(comment(ticket, "Other words"), key)
        assert (first.ticket, bool(first.comment)) == (ticket, True)
        assert again == first
        assert await self.bench.comments(ticket) == 2

    @waiting
    async def test_no_such_ticket_is_permanent(self) -> None:
        """A comment to a ticket that is not there is refused for good, and nothing is made."""
        before = await self.bench.tickets()
        await _raises(Permanent, self.bench, comment(f"{self.bench.prefix}-99999999"))
        assert await self.bench.tickets() == before

    @waiting
    async def test_what_letters_hold_goes_through(self) -> None:
        """No subject, no text, any script, controls, a whole text beside the new one, HTML."""
        for intent in (
            self.bench.opening("", subject=""),
            self.bench.opening("\u0633\u0624\u0627\u0644 \U0001f642", subject="Gr\u00fc\u00dfe"),
            self.bench.opening("a\x00b\x07c\u2028d\ud800e", subject="one\r\nBcc: two\x00"),
            self.bench.opening("new", rest="new\n> old", html="<p>new</p>", message_id=None),
            self.bench.opening("long " * 100_000),
        ):
            receipt = await self.bench.desk.submit(intent, new_key())
            assert await self.bench.comments(receipt.ticket) == 1

    @waiting
    async def test_a_ticket_is_found(self) -> None:
        """By its key: subject, requester and the opening letter's Message-ID; else None."""
        desk: Any = self.bench.desk
        if not _can(desk, ILooksUp):
            return
        intent = self.bench.opening()
        ticket = (await desk.submit(intent, new_key())).ticket
        found = await desk.find(ticket)
        assert (found.key, found.subject) == (ticket, intent.subject)
        assert found.requester.address == NIC.address
        assert not found.closed
        assert await desk.find(f"{self.bench.prefix}-99999999") is None

    @waiting
    async def test_nothing_is_wrong_at_start(self) -> None:
        """A desk that is well says so."""
        if _can(self.bench.desk, IChecks):
            assert list(await self.bench.desk.check()) == []

    @waiting
    async def test_attachments_come_back_as_they_went(self) -> None:
        """Small, empty and large, in order, octet by octet, however often they are read."""
        desk = self.bench.desk
        if not (_can(desk, ITakesAttachments) and _can(desk, IFeed)):
            return
        large = bytes(range(256)) * 8200 + b"."  # two chunks, and no multiple of three
        files = [file("a.txt", b"hello", "text/plain"), file("c.bin", large)]
        if self.bench.empty_files:
            files.insert(1, file("b", b""))
        start = await desk.end()
        intent = self.bench.opening(attachments=tuple(files))
        ticket = (await desk.submit(intent, new_key())).ticket
        events: list[Event] = list(await desk.events(start, 10))
        told = next(one for one in events if one.ticket == ticket).attachments
        assert [(one.name, one.size) for one in told] == [
            (one.name, one.octets.size) for one in files
        ]
        for one, sent in zip(told, files, strict=True):
            octets = await desk.fetch(ticket, one)
            assert octets.size == sent.octets.size
            for _ in range(2):
                assert await whole(octets, 10_000_000) == await whole(sent.octets, 10_000_000)

    @waiting
    async def test_faults_of_the_moment(self) -> None:
        """Each is temporary and quiet, keeps Retry-After, and leaves one ticket in the end."""
        for fault, trouble in await self._past(MOMENTARY):
            assert not trouble.loud, fault.name
            assert trouble.status.startswith("4."), (fault.name, trouble.status)
            if b"Retry-After" in fault.answer:
                assert trouble.retry_after == 7, fault.name

    @waiting
    async def test_faults_that_a_person_must_mend(self) -> None:
        """Each is temporary and loud: our fault is never an answer about the letter."""
        faults = [one for one in LOUD if not (one.empty and self.bench.silent_receipts)]
        for fault, trouble in await self._past(faults):
            assert trouble.loud, fault.name
            assert trouble.status == "3.5", (fault.name, trouble.status)

    @waiting
    async def test_nobody_listens(self) -> None:
        """A desk that is down is temporary."""
        if self.bench.through is None or self.bench.address is None:
            return
        detour = Detour(self.reactor, self.bench.address)
        port = detour.port
        await detour.stop()
        desk = self.bench.through(port, LIMIT)
        await _raises(Temporary, self.bench, self.bench.opening(), desk)

    async def _past(self, faults: Sequence[Fault]) -> Sequence[tuple[Fault, Temporary]]:
        """Submit past each fault, all at once, then without it. Nothing where there is no socket.

        Each has a letter of its own, a way and a key; in the end there is one ticket for each.
        """
        bench = self.bench
        if bench.through is None or bench.address is None:
            return ()
        before = await bench.tickets()
        trying = [ensureDeferred(self._through(fault)) for fault in faults]
        done: Any = await DeferredList(trying, consumeErrors=True)
        for good, result in done:
            if not good:
                result.raiseException()
        tickets = {ticket for _, (_, ticket) in done}
        assert len(tickets) == len(faults)
        assert await bench.tickets() == before + len(faults)
        return [(fault, trouble) for fault, (_, (trouble, _)) in zip(faults, done, strict=True)]

    async def _through(self, fault: Fault) -> tuple[Temporary, str]:
        """An opening and a comment past a fault, then without it: the trouble, and the ticket."""
        bench = self.bench
        assert bench.through is not None
        assert bench.address is not None
        detour = Detour(self.reactor, bench.address, fault)
        try:
            desk = bench.through(detour.port, bench.silence if fault.stay else LIMIT)
            key = new_key()
            trouble = await _raises(Temporary, bench, bench.opening(), desk, key)
            receipt = await self._again(bench.opening(), key)
            key = new_key()
            await _raises(Temporary, bench, comment(receipt.ticket), desk, key)
            await self._again(comment(receipt.ticket), key)
            assert await bench.comments(receipt.ticket) == 2, fault.name
        finally:
            await detour.stop()
        assert isinstance(trouble, Temporary)
        return trouble, receipt.ticket

    async def _again(self, intent: Any, key: str) -> Any:
        """Submit as a courier does: later, when the desk asks for patience."""
        for _ in range(TRIES):
            try:
                return await self.bench.desk.submit(intent, key)
            except Temporary as why:
                if why.loud or why.retry_after is None:
                    raise
                await deferLater(self.reactor, why.retry_after)
        raise AssertionError("the desk asks for patience, and does not stop")


def _can(desk: Any, ability: Any) -> bool:
    """Whether a desk says that it has an ability."""
    has: bool = ability.providedBy(desk)
    return has


async def _submitted(bench: Bench, intent: Any, key: str) -> Any:
    return await bench.desk.submit(intent, key)


async def _raises(
    kind: type[Exception], bench: Bench, intent: Any, desk: Any = None, key: str = ""
) -> Any:
    try:
        receipt = await (desk or bench.desk).submit(intent, key or new_key())
    except kind as why:
        return why
    raise AssertionError(f"{receipt} came where {kind.__name__} was due")
