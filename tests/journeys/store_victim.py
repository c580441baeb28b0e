"""Puts, takes and settles without end, telling each key once it is durable: made to be killed."""
# ruff: noqa: T201 - what it prints is what the test reads

from __future__ import annotations

import asyncio
import secrets
import sys

from twisted.internet import asyncioreactor

asyncioreactor.install(asyncio.new_event_loop())

from twisted.internet import reactor  # noqa: E402 - after the install
from twisted.internet.defer import ensureDeferred  # noqa: E402

from mailtickets.db.database import Database  # noqa: E402
from mailtickets.errors import Temporary  # noqa: E402
from mailtickets.interfaces import Settlement  # noqa: E402
from mailtickets.outcomes import State  # noqa: E402
from mailtickets.store.spool import Spool  # noqa: E402
from mailtickets.testing.spool import AGENT, NEW, envelope, submission  # noqa: E402


async def putting(spool: Spool) -> None:
    """Letters small and large, each acknowledged when it is durable."""
    while True:
        key = secrets.token_hex(8)
        draft = spool.begin()
        for _ in range(secrets.choice((1, 1, 1, 20))):
            pause = draft.write(key.encode() * 4096)
            if pause is not None:
                await pause
        try:
            await draft.commit(envelope(), [submission(key)])
        except Temporary as why:
            print("refused", why.enhanced, flush=True)
            draft.discard()
        else:
            print("250", key, flush=True)


async def carrying(spool: Spool) -> None:
    """What a courier does, with an agent that only tells."""
    while True:
        try:
            for item in await spool.take(AGENT, 5):
                if await spool.settle(item, NEW, Settlement(State.OPENED)):
                    print("opened", item.key, flush=True)
        except Temporary:
            pass


async def main() -> None:
    """Four peers and a courier."""
    database = Database.open(sys.argv[1], reactor)
    spool = Spool(database, reactor, owner=secrets.token_hex(4))
    await spool.recover()
    for _ in range(4):
        ensureDeferred(putting(spool))
    ensureDeferred(carrying(spool))


reactor.callWhenRunning(lambda: ensureDeferred(main()))
reactor.run()
