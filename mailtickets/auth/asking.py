"""The DNS for those who must not block: `mailtickets.auth.names.Names`, asked in threads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from twisted.internet.threads import deferToThreadPool
from twisted.python.threadpool import ThreadPool
from zope.interface import implementer

from mailtickets.auth.names import Names, Unanswered
from mailtickets.errors import Temporary
from mailtickets.interfaces import INames


@implementer(INames)
class Asking:
    """See `mailtickets.interfaces.INames`."""

    def __init__(self, names: Names, reactor: Any, pool: ThreadPool) -> None:
        self._names = names
        self._reactor = reactor
        self._pool = pool

    async def addresses(self, name: str) -> Sequence[str]:
        """The name's IPv4 addresses. Raises Temporary 4.3."""
        try:
            found: tuple[str, ...] = await deferToThreadPool(
                self._reactor, self._pool, self._names.query, name, "A"
            )
        except Unanswered as why:
            raise Temporary("4.3", "The DNS does not answer now") from why
        return found
