"""The octets of a stored letter, read a piece at a time, each in a short transaction of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial

from attrs import field, frozen
from sqlalchemy import Connection, func, select

from mailtickets.db.database import Database
from mailtickets.db.schema import letters, parts
from mailtickets.errors import Temporary
from mailtickets.mail.octets import CHUNK


@frozen
class Stored:
    """The octets of letter number `letter`; `parts` rows hold them, or none and one blob does."""

    size: int
    letter: int
    parts: int
    _database: Database = field(repr=False, eq=False, alias="database")

    async def chunks(self) -> AsyncIterator[bytes]:
        """The octets in order, in pieces of 1 MiB at most. Raises Temporary when unreadable."""
        async for piece in self.chunks_from(0):
            yield piece

    async def chunks_from(self, start: int) -> AsyncIterator[bytes]:
        """As `chunks`, from octet `start` on: every piece in the store but the last is 1 MiB."""
        first, skipped = divmod(start, CHUNK)
        came = first * CHUNK
        wanted = self.parts or -(-self.size // CHUNK)
        for number in range(first, wanted):
            work = self._part if self.parts else self._slice
            piece = await self._database.read(partial(work, number))
            if piece is None:
                break
            came += len(piece)
            yield piece[skipped:]
            skipped = 0
        if start < self.size and came != self.size:
            raise Temporary("3.0", "The letter's octets are not all there", loud=True)

    def _part(self, number: int, connection: Connection) -> bytes | None:
        return connection.execute(
            select(parts.c.octets).where(parts.c.letter == self.letter, parts.c.number == number)
        ).scalar_one_or_none()

    def _slice(self, number: int, connection: Connection) -> bytes | None:
        return connection.execute(
            select(func.substr(letters.c.octets, number * CHUNK + 1, CHUNK)).where(
                letters.c.id == self.letter
            )
        ).scalar_one_or_none()
