"""Octets that can be read again and again, without all of them being in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol, runtime_checkable

from attrs import field, frozen

from mailtickets.errors import Temporary

CHUNK = 1024 * 1024
"""How many octets a reader meets at a time, at most."""


@runtime_checkable
class Octets(Protocol):
    """A run of octets of known size. Each call of `chunks` reads it from its beginning."""

    @property
    def size(self) -> int:
        """How many octets there are."""

    def chunks(self) -> AsyncIterator[bytes]:
        """The octets in order, in pieces of 1 MiB at most. Raises Temporary when unreadable."""


@runtime_checkable
class Seekable(Octets, Protocol):
    """Octets that can be read from any place on, at no more cost than what is read."""

    def chunks_from(self, start: int) -> AsyncIterator[bytes]:
        """As `chunks`, without the first `start` octets. Raises Temporary when unreadable."""


async def chunks_from(octets: Octets, start: int) -> AsyncIterator[bytes]:
    """The octets from `start` on, in pieces of 1 MiB at most. Raises Temporary when unreadable.

    Octets that can only be read from their beginning are, and what comes before is let go.
    """
    if isinstance(octets, Seekable):
        async for piece in octets.chunks_from(start):
            yield piece
        return
    place = 0
    async for chunk in octets.chunks():
        place += len(chunk)
        if place > start:
            yield chunk[max(len(chunk) - (place - start), 0) :]


@frozen
class InMemory:
    """Octets that are at hand.

    >>> InMemory(b"Hello").size
    5
    """

    data: bytes = field(repr=False)

    @property
    def size(self) -> int:
        """How many octets there are."""
        return len(self.data)

    async def chunks(self) -> AsyncIterator[bytes]:
        """The octets in order, in pieces of 1 MiB at most."""
        for start in range(0, len(self.data), CHUNK):
            yield self.data[start : start + CHUNK]

    async def chunks_from(self, start: int) -> AsyncIterator[bytes]:
        """The octets from `start` on, in pieces of 1 MiB at most."""
        for place in range(start, len(self.data), CHUNK):
            yield self.data[place : place + CHUNK]


@frozen
class Stretched:
    """`size` octets of others, from `start` on, that are read where they are."""

    of: Octets = field(repr=False)
    start: int
    size: int

    async def chunks(self) -> AsyncIterator[bytes]:
        """The octets in order, in pieces of 1 MiB at most. Raises Temporary when unreadable."""
        left = self.size
        async for piece in chunks_from(self.of, self.start):
            yield piece[:left]
            left -= len(piece)
            if left <= 0:
                return


async def whole(octets: Octets, limit: int) -> bytes:
    """All of `octets` at once. Raises Temporary 3.4 when there are more than `limit`."""
    if octets.size > limit:
        raise Temporary("3.4", "The letter is too large to be read in one piece")
    if isinstance(octets, InMemory):
        return octets.data
    return b"".join([chunk async for chunk in octets.chunks()])
