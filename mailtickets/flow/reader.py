"""Reads letters: small ones here and now, large ones off the reactor's thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet.threads import deferToThreadPool
from twisted.python.threadpool import ThreadPool

from mailtickets.mail.envelope import Letter
from mailtickets.mail.message import Message, read
from mailtickets.mail.octets import whole

AT_ONCE = 64 * 1024
"""Octets up to which a letter is read in the reactor's thread: it costs less than changing it."""
LARGEST = 256 * 1024 * 1024


class Reader:
    """Turns letters into messages."""

    def __init__(
        self, reactor: Any, pool: ThreadPool, parse: Callable[[bytes], Message] = read
    ) -> None:
        self._reactor = reactor
        self._pool = pool
        self._parse = parse

    async def message(self, letter: Letter) -> Message:
        """The parsed view of a letter. Raises Temporary when its octets cannot be read."""
        octets = await whole(letter.octets, LARGEST)
        if len(octets) <= AT_ONCE:
            return self._parse(octets)
        message: Message = await deferToThreadPool(self._reactor, self._pool, self._parse, octets)
        return message
