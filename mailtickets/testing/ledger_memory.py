"""A ledger in memory, for tests of what uses one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from attrs import define, field
from zope.interface import implementer

from mailtickets.interfaces import ILedger
from mailtickets.tickets.values import Conversation, Known


@define(eq=False)
@implementer(ILedger)
class MemoryLedger:
    """See `mailtickets.interfaces.ILedger`. `keys` tells the keys of the items of a spool."""

    known: dict[tuple[str, str], Known] = field(factory=dict)
    openings: dict[tuple[str, str], Known] = field(factory=dict)
    cursors: dict[str, str] = field(factory=dict)
    keys: Callable[[], Collection[str]] = tuple

    async def which(self, desk: str, message_ids: Sequence[str]) -> Mapping[str, str]:
        """The tickets of those Message-IDs that are known."""
        wanted = {one: self.known.get((desk, one)) for one in message_ids}
        return {one: fact.ticket for one, fact in wanted.items() if fact is not None}

    async def conversation(self, desk: str, ticket: str) -> Conversation | None:
        """What is known of a ticket."""
        opening = self.openings.get((desk, ticket))
        if opening is None or opening.requester is None:
            return None
        thread = [f for f in self.known.values() if (f.desk, f.ticket) == (desk, ticket)]
        address = opening.requester.address
        own = [f.message_id for f in thread if not f.ours and f.author.lower() == address.lower()]
        return Conversation(
            desk=desk,
            ticket=ticket,
            queue=opening.queue,
            requester=address,
            name=opening.requester.name,
            subject=opening.subject or "",
            references=tuple(
                dict.fromkeys([*opening.references, *(fact.message_id for fact in thread)])
            ),
            latest=own[-1] if own else None,
        )

    async def learn(self, known: Sequence[Known]) -> None:
        """Keep these facts."""
        for fact in known:
            if fact.message_id:
                self.known.setdefault((fact.desk, fact.message_id), fact)
            if fact.requester is not None:
                self.openings.setdefault((fact.desk, fact.ticket), fact)

    async def wrote(self, key: str) -> bool:
        """Whether an item of ours has this key."""
        return key in self.keys()

    async def cursor(self, feed: str) -> str | None:
        """How far a feed has been read."""
        return self.cursors.get(feed)
