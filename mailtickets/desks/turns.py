"""One at a time for each key: whoever comes with a key that is being worked on waits for it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from attrs import define, field
from twisted.internet.defer import DeferredLock


@define
class _Place:
    lock: DeferredLock = field(factory=DeferredLock)
    users: int = 0


class Turns:
    """Locks by key, each kept only while somebody holds or wants it."""

    def __init__(self) -> None:
        self._places: dict[str, _Place] = {}

    @asynccontextmanager
    async def turn(self, key: str) -> AsyncIterator[None]:
        """Hold the key's lock."""
        place = self._places.setdefault(key, _Place())
        place.users += 1
        try:
            await place.lock.acquire()
            try:
                yield
            finally:
                place.lock.release()
        finally:
            place.users -= 1
            if not place.users:
                del self._places[key]
