"""A file that lies at a desk, read from there as it is read here."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol

from attrs import frozen

from mailtickets.desks.answers import loud


class Streams(Protocol):
    """Gives the octets at a path."""

    def stream(self, *path: str) -> AsyncIterator[bytes]:
        """As `calls.Caller.stream`."""


@frozen
class AtDesk:
    """Octets at the end of a path; every reading asks `caller` for them anew."""

    caller: Streams
    path: tuple[str, ...]
    size: int

    async def chunks(self) -> AsyncIterator[bytes]:
        """The octets in order, in pieces of 1 MiB at most. Raises Temporary."""
        left = self.size
        async for chunk in self.caller.stream(*self.path):
            left -= len(chunk)
            if left < 0:
                break
            yield chunk
        if left:
            raise loud("An attachment at the desk has not the size that the desk told")
