"""Where a spool and a ledger are tried, and the letters that they are tried with."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from itertools import count
from typing import Any

from attrs import frozen

from mailtickets.interfaces import ILedger, ISpool
from mailtickets.mail.envelope import Envelope, new_trace_id
from mailtickets.mail.mailbox import Mailbox
from mailtickets.routing.threads import lane
from mailtickets.slips import Submission
from mailtickets.tickets.values import NewTicket

NIC = Mailbox("nic", "ferrier")
NEW = Mailbox("new", "support-ticket.com")
AGENT = "desk:support"
_numbers = count(1).__next__


@frozen
class Place:
    """A spool and a ledger on one store.

    `later(seconds)` lets time pass; `again()` gives the spool of a process that was started anew on
    the same store, after a crash.
    """

    spool: ISpool
    ledger: ILedger
    later: Callable[[float], Awaitable[None]]
    again: Callable[[], Awaitable[ISpool]]


def envelope() -> Envelope:
    """An envelope with a trace id of its own."""
    now = time.time()
    return Envelope(NIC, (NEW,), now, new_trace_id(now))


def submission(key: str = "", **more: Any) -> Submission:
    """One recipient's share; the key, and with it the lane, is new unless it is given."""
    key = key or f"key-{_numbers()}"
    values: dict[str, Any] = {
        "recipient": NEW,
        "agent": AGENT,
        "lane": lane(key),
        "destination": NewTicket("support"),
    }
    return Submission(key=key, **(values | more))


def promised(make: Callable[[], AbstractAsyncContextManager[Place]]) -> Callable[..., Any]:
    """Makes a test of a coroutine that takes a place of its own, new and empty, from `make`."""
    from pytest_twisted import ensureDeferred  # type: ignore[import-untyped]  # noqa: PLC0415 - the kit's only need of pytest

    def promise(test: Callable[[Any, Place], Awaitable[None]]) -> Any:
        async def run(self: Any) -> None:
            async with make() as place:
                await test(self, place)

        run.__name__, run.__doc__ = test.__name__, test.__doc__
        return ensureDeferred(run)

    return promise
