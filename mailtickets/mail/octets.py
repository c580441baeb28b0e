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


async def whole(octets: Octets, limit: int) -> bytes:
    """All of `octets` at once. Raises Temporary 3.4 when there are more than `limit`."""
    if octets.size > limit:
        raise Temporary("3.4", "The letter is too large to be read in one piece")
    if isinstance(octets, InMemory):
        return octets.data
    return b"".join([chunk async for chunk in octets.chunks()])
