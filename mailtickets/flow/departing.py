"""A follower wants no more letters about a ticket, or wants them again; the agents are told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import sha256

from twisted.logger import Logger

from mailtickets.errors import from_surprise
from mailtickets.interfaces import IDesk, ILedger
from mailtickets.routing.leaving import Leave, Leaving
from mailtickets.tickets.intents import AddComment
from mailtickets.tickets.values import Person


class Departing:
    """Notes who goes. `now` counts seconds since 1970."""

    def __init__(
        self,
        leaving: Leaving,
        *,
        ledger: ILedger,
        desks: Mapping[str, IDesk],
        now: Callable[[], float],
        log: Logger,
    ) -> None:
        self._leaving = leaving
        self._ledger = ledger
        self._desks = desks
        self._now = now
        self._log = log

    def read(self, token: str) -> Leave | None:
        """Whose address it is that ends with this token; None when it is not one of ours."""
        return self._leaving.read(token)

    async def depart(self, leave: Leave, *, gone: bool) -> None:
        """Note it, and tell the desk where it is news. Raises Temporary when it cannot be noted."""
        before = await self._ledger.departures(leave.desk, leave.ticket)
        if (leave.address.lower() in before) is gone:
            return
        await self._ledger.departed(leave.desk, leave.ticket, leave.address, gone=gone)
        self._log.info(
            "{ticket}: {address} {does}",
            ticket=leave.ticket,
            address=leave.address,
            does="wants no more letters" if gone else "wants letters again",
        )
        desk = self._desks.get(leave.desk)
        if desk is not None:
            await self._tell(desk, leave, gone=gone)

    async def _tell(self, desk: IDesk, leave: Leave, *, gone: bool) -> None:
        does = "asked to get no more letters" if gone else "asked to get letters again"
        comment = AddComment(
            ticket=leave.ticket,
            author=Person("", leave.address),
            text=f"{leave.address} {does} about this ticket.",
            public=False,
        )
        told = f"{leave}\0{gone}\0{self._now()}"
        key = sha256(told.encode("utf-8", "surrogatepass")).hexdigest()
        try:
            await desk.submit(comment, key)
        except Exception as why:  # what counts is noted
            text = from_surprise(why).text
            self._log.warn("{ticket}: not told: {text}", ticket=leave.ticket, text=text)
