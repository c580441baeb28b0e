"""The ledger: which Message-ID belongs to which ticket, and how far each feed has been read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, select, text
from zope.interface import implementer

from mailtickets.db.database import Database
from mailtickets.db.schema import items
from mailtickets.interfaces import ILedger
from mailtickets.store.facts import Facts
from mailtickets.store.following import cursor_of
from mailtickets.store.text import clean
from mailtickets.tickets.values import Conversation, Known, Outgoing, Sent

TOKEN = 12
"""Digits of an item's key by which it is found again."""


@implementer(ILedger)
class Ledger:
    """See `mailtickets.interfaces.ILedger`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._facts = Facts(database.dialect)

    async def which(self, desk: str, message_ids: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        """The tickets of those Message-IDs that are known: {message_id: tickets}, oldest first."""
        if not message_ids:
            return {}
        return await self._database.read(
            lambda connection: self._facts.which(connection, desk, message_ids)
        )

    async def filed(self, desk: str, message_id: str, fingerprint: str) -> Sequence[str]:
        """The tickets that a letter with this Message-ID and this fingerprint is in."""
        return await self._database.read(
            lambda connection: self._facts.filed(connection, desk, message_id, fingerprint)
        )

    async def conversation(self, desk: str, ticket: str) -> Conversation | None:
        """What is known of a ticket."""
        return await self._database.read(
            lambda connection: self._facts.conversation(connection, desk, ticket)
        )

    async def learn(self, known: Sequence[Known]) -> None:
        """Keep these facts. Learning one again changes nothing."""
        await self._database.write(lambda connection: self._facts.learn(connection, known))

    async def sent(self, token: str) -> Sent | None:
        """The letter of ours whose item's key begins so."""
        if len(token) < TOKEN or not token.isalnum():
            return None
        return await self._database.read(
            lambda connection: self._facts.sent(connection, token.lower())
        )

    async def mailed(self, desk: str, message_id: str) -> Outgoing | None:
        """The comment that a letter of ours brought, by its Message-ID."""
        return await self._database.read(
            lambda connection: self._facts.mailed(connection, desk, message_id)
        )

    async def departed(self, desk: str, ticket: str, address: str, *, gone: bool) -> None:
        """Note that an address wants no more letters about a ticket, or wants them again."""
        await self._database.write(
            lambda connection: self._facts.departed(connection, desk, ticket, address, gone=gone)
        )

    async def departures(self, desk: str, ticket: str) -> frozenset[str]:
        """Who wants no more letters about a ticket: addresses in lower case."""
        return await self._database.read(
            lambda connection: self._facts.departures(connection, desk, ticket)
        )

    async def wrote(self, key: str) -> bool:
        """Whether an item of ours has this key: an event that carries it is an echo."""

        def look(connection: Connection) -> bool:
            of_it = select(items.c.id).where(text("prime = 1"), items.c.key == clean(key))
            return connection.execute(of_it).first() is not None

        return await self._database.read(look)

    async def cursor(self, feed: str) -> str | None:
        """How far a feed has been read; None when it never was."""
        return await self._database.read(lambda connection: cursor_of(connection, feed))
