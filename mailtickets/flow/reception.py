"""Where a letter comes in: each recipient is asked about, then the whole letter is made durable.

The edge asks `recipient` for each RCPT and hands the letter's octets to what `begin` gives. At the
dot the filters judge it, each recipient's item is worked out, and all of it goes to the spool in
one transaction. Only then is the letter acknowledged (the first law).
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial

from attrs import evolve, frozen
from twisted.internet.defer import Deferred, ensureDeferred
from twisted.internet.defer import TimeoutError as DeferredTimeoutError
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger
from zope.interface import implementer

from mailtickets.errors import Permanent, Temporary, Trouble
from mailtickets.flow.directory import AT_THE_EDGE, Directory
from mailtickets.flow.reader import Reader
from mailtickets.flow.recipients import Recipients, arranged
from mailtickets.flow.sorting import Sorter
from mailtickets.interfaces import (
    IAuthenticates,
    IDraft,
    IFilter,
    IIncoming,
    IMeter,
    IReception,
    ISpool,
    ISteps,
)
from mailtickets.mail.envelope import Envelope, Letter
from mailtickets.mail.identifiers import Identifiers, identifiers
from mailtickets.mail.mailbox import Mailbox
from mailtickets.mail.message import Message
from mailtickets.outcomes import Accept, Postpone, Refuse, State, Swallow, Verdict
from mailtickets.routing import threads
from mailtickets.routing.addresses import AddressBook
from mailtickets.routing.inbound import key_of
from mailtickets.routing.loops import OwnMail
from mailtickets.routing.proofs import spoken
from mailtickets.routing.record import Record, ended
from mailtickets.slips import Accepted, Submission
from mailtickets.tickets.values import Destination, Existing, NewTicket, ReturnedMail, ToAgent

FILTER_SECONDS = 30.0
"""How long one filter may take to judge a letter."""


REFUSED = "You may not write to this address"
OURS = "Mail from an address of this gateway's own is not accepted"


def desk_agent(desk: str) -> str:
    """The name of the agent that brings letters to a desk."""
    return f"desk:{desk}"


@frozen
class Judge:
    """A filter and the name its settings gave it."""

    name: str
    filter: IFilter


@implementer(IReception)
class Reception:
    """The edge's one door into the house."""

    def __init__(
        self,
        *,
        book: AddressBook,
        directory: Directory,
        spool: ISpool,
        reader: Reader,
        clock: IReactorTime,
        steps: ISteps,
        meter: IMeter,
        log: Logger,
        judges: Sequence[Judge] = (),
        authenticator: IAuthenticates | None = None,
        now: Callable[[], float] = time.time,
        own: OwnMail | None = None,
    ) -> None:
        """`own` knows what is ours and comes back; without it, only our addresses are known."""
        self.book = book
        self.directory = directory
        self.spool = spool
        self.reader = reader
        self.clock = clock
        self.steps = steps
        self.meter = meter
        self.log = log
        self.judges = tuple(judges)
        self.authenticator = authenticator
        self.recipients = Recipients(book, directory, now)
        self.sorter = Sorter(book=book, directory=directory, now=now)
        self.own = own or OwnMail(book)

    async def recipient(self, mailbox: Mailbox, envelope: Envelope) -> Destination:
        """Where mail for `mailbox` would go. Raises Permanent 1.1 or 7.1, or Temporary."""
        destination = await self.recipients.destination(mailbox)
        poses = self.own.poses(envelope.sender, envelope.peer.user)
        if poses and not isinstance(destination, ToAgent):
            raise Permanent("7.1", OURS)
        return destination

    def begin(self, envelope: Envelope, destinations: Mapping[Mailbox, Destination]) -> IIncoming:
        """A letter whose recipients have all been asked about."""
        return Incoming(self, envelope, destinations)

    async def verdict(
        self, letter: Letter, message: Message
    ) -> tuple[Verdict, frozenset[str], str]:
        """The first verdict that is not to accept, or else Accept; the labels; whose it is."""
        labels: frozenset[str] = frozenset()
        for judge in self.judges:
            verdict = await self._judged(judge, letter, message)
            if not isinstance(verdict, Accept):
                self.meter.count("filtered", filter=judge.name, verdict=type(verdict).__name__)
                return verdict, labels, judge.name
            labels |= verdict.labels
        return Accept(labels), labels, ""

    async def _judged(self, judge: Judge, letter: Letter, message: Message) -> Verdict:
        """A filter that is silent or raises is our trouble, not the letter's: it is postponed."""
        waiting: Deferred[Verdict] = ensureDeferred(_awaited(judge.filter.judge(letter, message)))
        waiting.addTimeout(FILTER_SECONDS, self.clock)
        try:
            return await waiting
        except Trouble:
            raise
        except DeferredTimeoutError as why:
            self.log.error("filter {name} did not answer in time", name=judge.name)
            raise Temporary("7.1", "The letter could not be checked in time") from why
        except Exception as why:
            self.log.failure("filter {name}", name=judge.name)
            raise Temporary("3.0", "The letter could not be checked") from why


async def _awaited(answer: Awaitable[Verdict]) -> Verdict:
    return await answer


@implementer(IIncoming)
class Incoming:
    """One letter on its way in."""

    def __init__(
        self,
        reception: Reception,
        envelope: Envelope,
        destinations: Mapping[Mailbox, Destination],
    ) -> None:
        self._reception = reception
        self._envelope = envelope
        self._destinations = destinations
        self._draft: IDraft = reception.spool.begin()
        self._message: Message | None = None
        self._sorted: dict[Mailbox, Record] = {}
        self._rules: dict[Mailbox, str] = {}

    def write(self, octets: bytes) -> Awaitable[None] | None:
        """More octets of the letter. An awaitable asks for a pause until it fires."""
        return self._draft.write(octets)

    def discard(self) -> None:
        """Forget the letter."""
        self._draft.discard()

    async def finish(self) -> Accepted:
        """The dot. Returns when the letter is durable; raises Permanent or Temporary."""
        reception, draft = self._reception, self._draft
        found = identifiers(draft.head)
        submissions = await self._submissions(found, draft.sha256)
        submissions = self._without_ours(submissions, found)
        ours = all(one.terminal is not None for one in submissions)
        if not ours:
            await self._authenticate()
            submissions = await self._admitted(submissions)
        if reception.judges and not ours:
            submissions = await self._judge(submissions)
        reception.steps.reached("reception.before-commit")
        states = await draft.commit(self._envelope, submissions, found.subject)
        reception.steps.reached("reception.after-commit")
        for state in states:
            reception.meter.count("accepted", state=state.value)
        refused = [one.recipient for one in submissions if one.terminal is State.REFUSED]
        return Accepted(self._envelope.id, {one: Permanent("7.1", REFUSED) for one in refused})

    async def _read(self) -> Message:
        """The letter's parsed view, read once. Raises Temporary."""
        if self._message is None:
            letter = self._draft.letter(self._envelope)
            self._message = await self._reception.reader.message(letter)
        return self._message

    def _ended(
        self, recipient: Mailbox, there: Destination, found: Identifiers, state: State, why: str
    ) -> str:
        """The record of a row that goes no further, of what is known by now. Pure; see ISpool."""
        record = self._sorted.get(recipient)
        if record is None:
            message = self._message
            existing = there if isinstance(there, Existing) else None
            record = Record(
                recipient=spoken(str(recipient)),
                queue=there.queue if isinstance(there, (NewTicket, Existing)) else "",
                author=found.from_address if message is None else str(message.author),
                nature="" if message is None else message.nature.value,
                evidence=() if message is None else message.evidence,
                authentication=str(self._envelope.authentication or ""),
                ticket="" if existing is None else existing.ticket,
                signature="none" if existing is None or existing.proof is None else "valid",
            )
        return ended(record, self._rules.get(recipient, ""), state, why)

    async def _authenticate(self) -> None:
        """Find out who sent it, and keep that with the letter. Raises Permanent or Temporary."""
        authenticator = self._reception.authenticator
        if authenticator is None:
            return
        found = await authenticator.authenticate(self._draft.letter(self._envelope))
        if found is None:
            return
        _refused(authenticator.judge(found))
        self._envelope = evolve(self._envelope, authentication=found)

    def _without_ours(self, submissions: list[Submission], found: Identifiers) -> list[Submission]:
        """A letter of our own that came back goes to no desk: a loop ends at its first turn.

        One that only says that it is from an address of ours is refused; where it goes to others,
        too, the desks' share is discarded. Raises Permanent 7.1.
        """
        own, meter = self._reception.own, self._reception.meter
        why = own.came_back(found)
        if not why and own.posed_by(found.from_address, self._envelope.peer.user):
            if not any(isinstance(one.destination, ToAgent) for one in submissions):
                meter.count("loops_ended", by="refused")
                raise Permanent("7.1", OURS)
            why = "its From is an address of ours"
        if not why:
            return submissions
        meter.count("loops_ended", by="discarded")
        return [
            one
            if isinstance(one.destination, ToAgent)
            else self._discarded(one, "mail of our own", why)
            for one in submissions
        ]

    def _discarded(self, one: Submission, rule: str, why: str) -> Submission:
        self._rules[one.recipient] = rule
        return evolve(one, terminal=State.DISCARDED, reason=why)

    async def _judge(self, submissions: list[Submission]) -> list[Submission]:
        letter = self._draft.letter(self._envelope)
        verdict, labels, by = await self._reception.verdict(letter, await self._read())
        _refused(verdict)
        self._envelope = evolve(self._envelope, labels=self._envelope.labels | labels)
        if isinstance(verdict, Swallow):
            return [
                one if one.terminal else self._discarded(one, f"filter {by}", verdict.reason)
                for one in submissions
            ]
        return submissions

    async def _admitted(self, submissions: list[Submission]) -> list[Submission]:
        """Refuse what a queue's policy refuses, while there is somebody to tell.

        Raises Permanent when it refuses the letter for every recipient; else the others have it.
        """
        reception, made = self._reception, []
        for one in submissions:
            there = one.destination
            wary = (
                one.terminal is None
                and isinstance(there, (NewTicket, Existing))
                and reception.book.queue(there.queue).admission.refuses
            )
            if wary and isinstance(there, (NewTicket, Existing)):
                sort = await reception.sorter.sort(
                    await self._read(), self._envelope, one.recipient, there, patience=AT_THE_EDGE
                )
                self._sorted[one.recipient] = sort.record
                if sort.decision.action == "refuse":
                    one = evolve(one, terminal=State.REFUSED, reason=sort.decision.why)  # noqa: PLW2901
            made.append(one)
        if made and all(one.terminal is State.REFUSED for one in made):
            raise Permanent("7.1", REFUSED)
        return made

    async def _submissions(self, found: Identifiers, digest: str) -> list[Submission]:
        """A row for each recipient; one letter is in one ticket of a queue, unless it names two."""
        made: list[Submission] = []
        for recipient, destination, first in arranged(self._destinations):
            one = await self._submission(recipient, destination, found, digest)
            if first is not None:
                reason = f"the same letter is for {spoken(first)}"
                one = evolve(one, terminal=State.DUPLICATE, reason=reason)
            made.append(one)
        return made

    async def _submission(
        self, recipient: Mailbox, destination: Destination, found: Identifiers, digest: str
    ) -> Submission:
        key = key_of(self._envelope.sender, recipient, found.message_id, digest)
        root = threads.root(found.message_id, found.references, self._envelope.id)
        lane = threads.lane(root)
        record = partial(self._ended, recipient, destination, found)
        book = self._reception.book
        if isinstance(destination, ToAgent):
            return Submission(recipient, key, destination.name, lane, destination, record=record)
        if isinstance(destination, NewTicket):
            agent, holds = desk_agent(book.queue(destination.queue).desk), True
        elif isinstance(destination, Existing):
            desk = book.queue(destination.queue).desk
            known = await self._reception.directory.conversation(
                desk, destination.ticket, AT_THE_EDGE
            )
            if known is not None and known.references:
                lane = threads.lane(known.references[0])
            agent, holds = desk_agent(desk), False
        elif isinstance(destination, ReturnedMail):
            ticket, _ = book.came_back(destination)
            agent, holds = desk_agent(book.queue(ticket.queue).desk), False
        else:
            raise Temporary("3.0", "Mail for this address cannot be taken now")
        return Submission(recipient, key, agent, lane, destination, holds_lane=holds, record=record)


def _refused(verdict: Verdict) -> None:
    """Raise what a verdict asks for; return where the letter may pass."""
    if isinstance(verdict, Refuse):
        raise Permanent(verdict.status, verdict.text)
    if isinstance(verdict, Postpone):
        raise Temporary(verdict.status, verdict.text)
