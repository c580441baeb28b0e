"""A ledger in memory, for tests of what uses one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from attrs import define, field
from zope.interface import implementer

from mailtickets.interfaces import ILedger
from mailtickets.tickets.values import Conversation, Known, Outgoing, Person, Sent


@define(eq=False)
@implementer(ILedger)
class MemoryLedger:
    """See `mailtickets.interfaces.ILedger`. `keys` tells the keys of the items of a spool.

    `letters` tells what each of them sent.
    """

    known: dict[tuple[str, str, str], Known] = field(factory=dict)
    openings: dict[tuple[str, str], Known] = field(factory=dict)
    cursors: dict[str, str] = field(factory=dict)
    participants: dict[tuple[str, str], dict[str, Person]] = field(factory=dict)
    languages: dict[tuple[str, str], str] = field(factory=dict)
    gone: dict[tuple[str, str], set[str]] = field(factory=dict)
    keys: Callable[[], Collection[str]] = tuple
    letters: Callable[[], Collection[Sent]] = tuple
    _named: dict[tuple[str, str], list[Known]] = field(factory=dict)
    _threads: dict[tuple[str, str], list[Known]] = field(factory=dict)

    async def which(self, desk: str, message_ids: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        """The tickets of those Message-IDs that are known, oldest first."""
        return {
            one: tuple(fact.ticket for fact in self._named[desk, one])
            for one in message_ids
            if (desk, one) in self._named
        }

    async def filed(self, desk: str, message_id: str, fingerprint: str) -> Sequence[str]:
        """The tickets that a letter with this Message-ID and this fingerprint is in."""
        return [
            fact.ticket
            for fact in self._named.get((desk, message_id), ())
            if fact.fingerprint == fingerprint != ""
        ]

    async def conversation(self, desk: str, ticket: str) -> Conversation | None:
        """What is known of a ticket."""
        opening = self.openings.get((desk, ticket))
        if opening is None or opening.requester is None:
            return None
        thread = self._threads.get((desk, ticket), [])
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
            participants=tuple(self.participants.get((desk, ticket), {}).values()),
            language=self.languages.get((desk, ticket), ""),
        )

    async def learn(self, known: Sequence[Known]) -> None:
        """Keep these facts."""
        for fact in known:
            if fact.message_id and (fact.desk, fact.message_id, fact.ticket) not in self.known:
                self.known[fact.desk, fact.message_id, fact.ticket] = fact
                self._named.setdefault((fact.desk, fact.message_id), []).append(fact)
                self._threads.setdefault((fact.desk, fact.ticket), []).append(fact)
            if fact.requester is not None:
                self.openings.setdefault((fact.desk, fact.ticket), fact)
                if fact.language:
                    self.languages.setdefault((fact.desk, fact.ticket), fact.language)
            there = self.participants.setdefault((fact.desk, fact.ticket), {})
            for person in fact.participants:
                there.setdefault(person.address.lower(), person)

    async def sent(self, token: str) -> Sent | None:
        """The letter of ours whose item's key begins so."""
        if len(token) < 12:
            return None
        return next((one for one in self.letters() if one.key.startswith(token)), None)

    async def mailed(self, desk: str, message_id: str) -> Outgoing | None:
        """The comment that a letter of ours brought, by its Message-ID."""
        for (of_desk, one, ticket), fact in self.known.items():
            if (of_desk, one) == (desk, message_id) and fact.ours:
                return Outgoing(desk, ticket, fact.comment or "")
        return None

    async def departed(self, desk: str, ticket: str, address: str, *, gone: bool) -> None:
        """Note that an address wants no more letters about a ticket, or wants them again."""
        there = self.gone.setdefault((desk, ticket), set())
        (there.add if gone else there.discard)(address.lower())

    async def departures(self, desk: str, ticket: str) -> frozenset[str]:
        """Who wants no more letters about a ticket."""
        return frozenset(self.gone.get((desk, ticket), ()))

    async def wrote(self, key: str) -> bool:
        """Whether an item of ours has this key."""
        return key in self.keys()

    async def cursor(self, feed: str) -> str | None:
        """How far a feed has been read."""
        return self.cursors.get(feed)
