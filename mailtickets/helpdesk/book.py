"""The embedded desk's book: tickets, comments, attachments, events, answers."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from functools import partial

from attrs import evolve, frozen
from twisted.internet.interfaces import IReactorTime

from mailtickets.db.database import Database
from mailtickets.errors import Temporary
from mailtickets.helpdesk import filing, reading, writing
from mailtickets.helpdesk.filing import Stored
from mailtickets.helpdesk.reading import Wanted
from mailtickets.helpdesk.values import Change, Filed, Head, NoSuchTicket, Remark, UnknownQueue
from mailtickets.helpdesk.waking import Waking
from mailtickets.mail.octets import CHUNK, InMemory, Octets, whole
from mailtickets.tickets.events import Event
from mailtickets.tickets.intents import AddComment, OpenTicket
from mailtickets.tickets.values import Attachment, Delivery, Receipt

SMALL = 256 * 1024
"""An attachment of more octets than this is kept in parts, written apart."""
GLANCE = 1.0
"""Seconds between looks for what another process wrote into a shared database."""
ABANDONED = 24 * 3600.0
"""Seconds after which an attachment that was begun and never filed is swept away."""


@frozen
class Parts:
    """The octets of a large attachment, read part by part, each in a transaction of its own."""

    database: Database
    id: int
    size: int
    count: int

    async def chunks(self) -> AsyncIterator[bytes]:
        """The octets in order, in pieces of 1 MiB at most."""
        for number in range(self.count):
            octets = await self.database.read(
                partial(reading.part, attachment=self.id, number=number)
            )
            if octets is None:
                raise Temporary("3.0", "An attachment is not whole any more")
            yield octets


class Book:
    """Everything the embedded desk knows. `queues` maps a queue's name to its tickets' prefix.

    `submit` keeps the promise of `mailtickets.interfaces.IDesk`: once per key, whatever the intent.
    `now` gives seconds since 1970.
    """

    def __init__(
        self,
        database: Database,
        clock: IReactorTime,
        *,
        queues: Mapping[str, str] | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._database = database
        self._clock = clock
        self._now = now
        self.queues = dict(queues or {})
        self._waking = Waking(clock)
        self._shared = database.dialect != "sqlite"

    @property
    def waiting(self) -> int:
        """How many wait for events."""
        return self._waking.waiting

    async def submit(
        self, intent: OpenTicket | AddComment, key: str | None
    ) -> tuple[Receipt, bool]:
        """Carry out an intent once per key; the receipt, and whether it is an earlier one's.

        A receipt without a comment is that of an opening. Raises NoSuchTicket, UnknownQueue, or
        Temporary when the store cannot be written.
        """
        if isinstance(intent, OpenTicket) and not intent.prefix:
            known = self.queues.get(intent.queue)
            if known is None:
                raise UnknownQueue(intent.queue)
            intent = evolve(intent, prefix=known)
        # Their rows' numbers keep their order: with a large one among them all are written apart.
        apart = any(one.octets.size > SMALL for one in intent.attachments)
        files = [await self._stored(one, apart=apart) for one in intent.attachments]
        intent = evolve(intent, attachments=())
        try:
            if isinstance(intent, OpenTicket):
                work = partial(writing.opened, intent=intent, key=key, now=self._now(), files=files)
            else:
                work = partial(
                    writing.commented,
                    intent=intent,
                    key=key,
                    now=self._now(),
                    files=files,
                )
            answer = await self._database.write(work)
        except NoSuchTicket:
            if any(file.id is not None for file in files):
                await self._database.write(partial(filing.forget, files=files))
            raise
        self._waking.ring()
        return answer

    async def _stored(self, attachment: Attachment, *, apart: bool) -> Stored:
        octets = attachment.octets
        stored = Stored(
            attachment.name,
            attachment.type,
            octets.size,
            attachment.content_id,
            attachment.inline,
        )
        if octets.size <= SMALL:
            stored = evolve(stored, octets=await whole(octets, SMALL))
            if not apart:
                return stored
        count = 0 if stored.octets is not None else -(-octets.size // CHUNK)
        made = await self._database.write(
            partial(filing.begun, file=stored, count=count, now=self._now())
        )
        if not count:
            return evolve(stored, id=made)
        number = 0
        waiting = bytearray()
        async for chunk in octets.chunks():
            waiting += chunk
            while len(waiting) >= CHUNK:
                await self._part(made, number, bytes(waiting[:CHUNK]))
                del waiting[:CHUNK]
                number += 1
        if waiting:
            await self._part(made, number, bytes(waiting))
        return evolve(stored, id=made)

    async def _part(self, attachment: int, number: int, octets: bytes) -> None:
        await self._database.write(
            partial(filing.part, attachment=attachment, number=number, octets=octets)
        )

    async def answered(self, key: str) -> Receipt | None:
        """What was answered to this key before."""
        return await self._database.read(partial(writing.answered, key=key))

    async def change(self, ticket: str, change: Change) -> Head:
        """Change a ticket; as it is then. Raises NoSuchTicket, Changed."""
        await self._database.write(
            partial(writing.changed, ticket=ticket, change=change, now=self._now())
        )
        self._waking.ring()
        return await self.head(ticket)

    async def delivery_changed(self, delivery: Delivery) -> None:
        """Keep what became of the letter that brought a comment, and tell it in the feed.

        Raises NoSuchTicket, NoSuchComment.
        """
        news = await self._database.write(
            partial(writing.delivery_changed, delivery=delivery, now=self._now())
        )
        if news:
            self._waking.ring()

    async def head(self, ticket: str) -> Head:
        """A ticket without its comments. Raises NoSuchTicket."""
        found = await self._database.read(partial(reading.head, ticket=ticket))
        if found is None:
            raise NoSuchTicket(ticket)
        return found

    async def heads(self, wanted: Wanted) -> Sequence[Head]:
        """Tickets without their comments."""
        return await self._database.read(partial(reading.heads, wanted=wanted))

    async def counts(self) -> Mapping[str, int]:
        """How many tickets there are of each status."""
        return await self._database.read(reading.counts)

    async def remarks(self, head: Head, after: int = 0, limit: int = 1000) -> Sequence[Remark]:
        """A ticket's comments, oldest first."""
        return await self._database.read(
            partial(reading.remarks, ticket=head.number, after=after, limit=limit)
        )

    async def newest_remarks(self, head: Head, limit: int) -> Sequence[Remark]:
        """A ticket's latest comments, oldest first."""
        return await self._database.read(
            partial(reading.newest_remarks, ticket=head.number, limit=limit)
        )

    async def attachment(self, ticket: str, id: str) -> tuple[Filed, Octets] | None:
        """An attachment of a ticket, or None."""
        if not (id.isascii() and id.isdecimal() and len(id) < 19):
            return None
        found = await self._database.read(partial(reading.filed, ticket=ticket, attachment=int(id)))
        if found is None:
            return None
        file, count, octets = found
        if not count:
            return file, InMemory(octets)
        return file, Parts(self._database, int(id), file.size, count)

    async def events(self, after: int, limit: int, wait: float = 0.0) -> Sequence[Event]:
        """The events after the one with this id, at most `limit`.

        With none to tell, wait up to `wait` seconds for one, then answer none.
        """
        until = self._clock.seconds() + wait
        while True:
            rung = self._waking.begin()
            try:
                found = await self._database.read(
                    partial(reading.happened, after=after, limit=limit)
                )
            except BaseException:
                self._waking.end(rung)
                raise
            left = until - self._clock.seconds()
            if found or left <= 0:
                self._waking.end(rung)
                return found
            await self._waking.wait(rung, min(left, GLANCE) if self._shared else left)

    async def end(self) -> int:
        """The id of the latest event; 0 when nothing ever happened."""
        return await self._database.read(reading.last_event)

    async def sweep(self) -> int:
        """Forget attachments that were begun long ago and never filed; how many."""
        return await self._database.write(partial(filing.sweep, before=self._now() - ABANDONED))
