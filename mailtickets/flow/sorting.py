"""Letters are sorted: what names a ticket is looked up, the decision made, and why is kept."""

from __future__ import annotations

from collections.abc import Callable

from attrs import evolve, frozen

from mailtickets.errors import Temporary
from mailtickets.flow.directory import FRESH, TIME_LIMIT, Directory, NotTold, taking_part, told
from mailtickets.mail.envelope import Envelope
from mailtickets.mail.mailbox import Mailbox
from mailtickets.mail.message import Message
from mailtickets.routing.addresses import RELEASED, AddressBook, Queue
from mailtickets.routing.clues import Clue, Clues, Source, asked, clues, unproved
from mailtickets.routing.inbound import Case, Decision, Found, decide, fingerprint_of
from mailtickets.routing.proofs import spoken
from mailtickets.routing.record import Record, Rule
from mailtickets.tickets.values import Conversation, Existing, NewTicket, Ticket

LOOKED_UP = 8
"""Tickets that one letter makes us look up, at most."""


@frozen
class Sorted:
    """A letter's decision, the ticket it is about if it names one, and the record of both."""

    decision: Decision
    record: Record
    conversation: Conversation | None = None


class Sorter:
    """Decides about letters. It looks up and never writes. `now` tells seconds since 1970."""

    def __init__(
        self,
        *,
        book: AddressBook,
        directory: Directory,
        now: Callable[[], float],
    ) -> None:
        self._book = book
        self._directory = directory
        self._ledger = directory.ledger
        self._now = now

    async def sort(
        self,
        message: Message,
        envelope: Envelope,
        recipient: Mailbox,
        destination: NewTicket | Existing,
        *,
        patience: float = TIME_LIMIT,
    ) -> Sorted:
        """The decision about a letter to one recipient.

        `patience` is how many seconds a desk may take for each ticket it is asked for. Raises
        KeyError when the settings have no such queue, Temporary when the desk cannot say.
        """
        queue = self._book.queue(destination.queue)
        known = dict(await self._ledger.which(queue.desk, asked(message, self._book)))
        for one in unproved(message, self._book):
            sent = await self._ledger.mailed(queue.desk, one)
            if sent is not None:
                known[one] = (sent.ticket,)
        given = clues(message, destination, recipient, queue, self._book, known)
        case = Case(
            message=message,
            sender=envelope.sender,
            queue=queue,
            authentication=envelope.authentication,
            user=envelope.peer.user or "",
            now=self._now(),
            is_ours=self._is_ours,
        )
        found, fired, tried = await self._find(case, given, destination, patience)
        case = evolve(case, found=found)
        decision = decide(case)
        record = Record(
            recipient=spoken(str(recipient)),
            queue=queue.name,
            author=str(case.author),
            nature=message.nature.value,
            evidence=message.evidence,
            authentication="" if envelope.authentication is None else str(envelope.authentication),
            rules=_rules(given, fired, tried),
            ticket="" if found is None else found.conversation.ticket,
            signature=decision.signature.value,
            aligned=case.aligned,
            participant=decision.participant,
            cell=decision.cell,
            answer=decision.answer,
            action=decision.action,
            why=decision.why,
            warnings=decision.warnings,
        )
        return Sorted(decision, record, None if found is None else found.conversation)

    async def copy_of(self, desk: str, queue: Queue, message: Message) -> str | None:
        """The ticket of this queue that this very letter is in already, if it came before."""
        if not message.message_id:
            return None
        print_ = fingerprint_of(message)
        for ticket in await self._ledger.filed(desk, message.message_id, print_):
            known = await self._ledger.conversation(desk, ticket)
            if known is not None and known.queue in {None, queue.name}:
                return ticket
        return None

    def _is_ours(self, address: str) -> bool:
        local, _, domain = address.rpartition("@")
        return self._book.ours(Mailbox(local, domain))

    async def _find(
        self, case: Case, given: Clues, destination: NewTicket | Existing, patience: float
    ) -> tuple[Found | None, Clue | None, dict[Source, str]]:
        """The first ticket that is named and there is; of each source that failed, why."""
        tried: dict[Source, str] = {}
        looked: dict[str, Found | None] = {}
        for clue in given.found:
            name = clue.ticket.lower()
            if name not in looked:
                if len(looked) >= LOOKED_UP:
                    tried.setdefault(clue.source, "it names more tickets than are looked up")
                    continue
                looked[name] = await self._found(case, clue, given, destination, patience)
            found = looked[name]
            if found is None:
                tried.setdefault(clue.source, f"{clue.why}, but there is no such ticket here")
            elif clue.source is Source.TAG and not found.knows(case.author.address):
                tried.setdefault(clue.source, f"{clue.why}, but its author is no participant there")
            else:
                return found, clue, tried
        return None, None, tried

    async def _asked(self, desk: str, ticket: str, patience: float) -> Ticket | NotTold | None:
        """What the desk says of a ticket. Raises what it raised: the courier shall know."""
        try:
            return await self._directory.ticket(desk, ticket, patience, FRESH)
        except Temporary as why:
            if isinstance(why.__cause__, Temporary):
                raise why.__cause__ from None
            raise

    async def _found(
        self,
        case: Case,
        clue: Clue,
        given: Clues,
        destination: NewTicket | Existing,
        patience: float,
    ) -> Found | None:
        desk = case.queue.desk
        known = await self._ledger.conversation(desk, clue.ticket)
        at_desk = await self._asked(desk, clue.ticket, patience)
        if at_desk is None:
            return None
        ticket = at_desk if isinstance(at_desk, Ticket) else None
        if known is None and ticket is None:
            return None
        conversation = known if known is not None or ticket is None else told(desk, ticket)
        if conversation is None or conversation.queue not in {None, case.queue.name}:
            return None
        proof = destination.proof if isinstance(destination, Existing) else None
        holder = False
        said = ticket is not None and ticket.participants is not None
        if not said and proof not in {None, RELEASED} and clue.source is Source.SIGNED_ADDRESS:
            address = case.queue.address_of(conversation.ticket)
            holder = self._book.proofs.given_to(address, proof or "", case.author.address)
        return Found(
            conversation=conversation,
            ticket=ticket,
            participants=taking_part(ticket, conversation),
            signed=given.proves(conversation.ticket) and proof != RELEASED,
            holder=holder,
            released=proof == RELEASED,
        )


def _rules(given: Clues, fired: Clue | None, tried: dict[Source, str]) -> tuple[Rule, ...]:
    """Every source in order of trust, and why it did or did not decide."""
    rules = []
    decided = False
    for source in Source:
        if fired is not None and source is fired.source:
            rules.append(Rule(source.value, fired=True, why=fired.why, ticket=fired.ticket))
            decided = True
        elif source in tried:
            rules.append(Rule(source.value, fired=False, why=tried[source]))
        elif source in given.missed:
            rules.append(Rule(source.value, fired=False, why=given.missed[source]))
        else:
            clue = next(one for one in given.found if one.source is source)
            behind = "; a stronger one decided" if decided else ""
            rules.append(Rule(source.value, fired=False, why=clue.why + behind, ticket=clue.ticket))
    if not decided:
        rules.append(Rule("new ticket", fired=True, why="no other rule found one"))
    else:
        rules.append(Rule("new ticket", fired=False, why="another rule found one"))
    return tuple(rules)
