"""Reads letters: small ones here and now, large ones off the reactor's thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.threads import deferToThreadPool
from twisted.python.threadpool import ThreadPool

from mailtickets.mail.envelope import Letter
from mailtickets.mail.mailbox import printed
from mailtickets.mail.message import Message, read, read_stream
from mailtickets.mail.octets import Octets, whole

AT_ONCE = 64 * 1024
"""Octets up to which a letter is read in the reactor's thread: it costs less than changing it."""
IN_MEMORY = 256 * 1024
"""Octets up to which a letter is read from memory, as a whole."""


class Reader:
    """Turns letters into messages."""

    def __init__(self, reactor: Any, pool: ThreadPool) -> None:
        self._reactor = reactor
        self._pool = pool

    async def message(self, letter: Letter) -> Message:
        """The parsed view of a letter. Raises Temporary when its octets cannot be read.

        The large parts of a large letter stay in the store, and are read from there.
        """
        return await self.read(letter.octets, printed(letter.envelope.sender))

    async def read(self, octets: Octets, path: str | None) -> Message:
        """As `message`, of a letter whose reverse-path is `path`; None: the letter itself tells."""
        if octets.size > IN_MEMORY:
            return await read_stream(octets, self._aside, path)
        held = await whole(octets, IN_MEMORY)
        if len(held) <= AT_ONCE:
            return read(held, path)
        message: Message = await self._aside(read, held, path)
        return message

    def _aside(self, call: Callable[..., Any], *arguments: Any) -> Deferred[Any]:
        return deferToThreadPool(self._reactor, self._pool, call, *arguments)
