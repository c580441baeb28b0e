"""The courier: takes what is due to its agent, and settles what becomes of it.

One courier has one agent, so that an agent that hangs never stops another. It takes items under a
lease, keeps the leases alive while the agent works, and writes each recipient's outcome. What is
deferred comes back later, and is held for a person in the end; it is never dropped.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress

from attrs import evolve, frozen
from twisted.internet.defer import CancelledError, Deferred, ensureDeferred
from twisted.internet.defer import TimeoutError as DeferredTimeoutError
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import LoopingCall, deferLater
from twisted.logger import Logger

from mailtickets.errors import Temporary, from_surprise
from mailtickets.flow.acknowledging import Acknowledging
from mailtickets.flow.alarms import Alarms
from mailtickets.flow.automatic import head_of
from mailtickets.flow.bell import Bell
from mailtickets.flow.bounce import Bounces
from mailtickets.flow.reach import Reach
from mailtickets.interfaces import IAgent, IMeter, ISpool, ISteps
from mailtickets.mail.envelope import Item
from mailtickets.mail.identifiers import identifiers
from mailtickets.mail.mailbox import Mailbox
from mailtickets.outcomes import About, Bounced, Delivered, Outcome, State, Withheld
from mailtickets.outcomes import Deferred as Later
from mailtickets.retry import Breaker, GiveUp, Policy, next_attempt
from mailtickets.routing.proofs import spoken
from mailtickets.routing.record import Record, routed
from mailtickets.slips import Settlement
from mailtickets.tickets.values import ToAgent

LOOK = 5.0
"""Seconds after which a courier looks again, whether or not it was woken."""
RENEW = 5.0
"""Seconds between renewals of the leases that are being worked on."""
LONGEST = 3600.0
"""Seconds after which an agent that has not answered is taken to have failed."""
CANCELLING = 2.0
"""Seconds that what was cancelled may take to say so."""
SETTLE_TRIES, SETTLE_REST = 5, 0.5
"""How often, and how many seconds apart, an outcome is written when the store cannot."""


@frozen
class Round:
    """Whose letters a courier carries, and how many at a time."""

    name: str
    agent: IAgent
    concurrency: int = 10


class Courier:
    """Carries one agent's items."""

    def __init__(
        self,
        round_: Round,
        *,
        spool: ISpool,
        bounces: Bounces,
        clock: IReactorTime,
        now: Callable[[], float],
        random: Callable[[], float],
        policy: Policy,
        breaker: Breaker,
        steps: ISteps,
        meter: IMeter,
        alarms: Alarms,
        log: Logger,
        acknowledging: Acknowledging | None = None,
    ) -> None:
        self.name = round_.name
        self._agent = round_.agent
        self._concurrency = round_.concurrency
        self._spool = spool
        self._bounces = bounces
        self._acknowledging = acknowledging
        self._clock = clock
        self._now = now
        self._random = random
        self._policy = policy
        self._reach = Reach(round_.name, breaker, clock=clock, meter=meter, alarms=alarms, log=log)
        self._steps = steps
        self._meter = meter
        self._log = log
        self._bell = Bell(clock)
        self._idle = Bell(clock)
        self._busy: dict[int, tuple[Item, Deferred[None]]] = {}
        self._stopping = False
        self._running: Deferred[None] | None = None
        self._renewing = LoopingCall(self._renew)
        self._renewing.clock = clock

    def start(self) -> None:
        """Begin to carry."""
        self._spool.wake(self.name, self._bell.ring)
        self._renewing.start(RENEW, now=False)
        self._running = ensureDeferred(self._run())

    async def stop(self, seconds: float = 10.0) -> None:
        """Take nothing more, and wait `seconds` at most for what is under way.

        What is not finished by then is cancelled, and due again; should even that not be written,
        its lease ends and it is taken again.
        """
        self._stopping = True
        self._bell.ring()
        await self._settled(seconds)
        for _, working in list(self._busy.values()):
            working.cancel()
        await self._settled(CANCELLING)
        if self._renewing.running:
            self._renewing.stop()
        if self._running is not None:
            await self._running

    async def hasten(self) -> None:
        """Make everything that waits due now: what it waited for is back.

        An outage of hours leaves letters that wait for hours. How many go at once is still for the
        breaker to say.
        """
        after = 0
        while shelves := await self._spool.list((State.DUE,), agent=self.name, after=after):
            for shelf in shelves:
                if shelf.attempts and shelf.due is not None and shelf.due > self._now():
                    await self._spool.retry(shelf.id)
            after = shelves[-1].id

    async def _settled(self, seconds: float) -> None:
        until = self._clock.seconds() + seconds
        while self._busy and self._clock.seconds() < until:
            await self._idle.wait(until - self._clock.seconds())

    async def _run(self) -> None:
        while not self._stopping:
            try:
                taken = await self._take()
                pause = 0.0 if taken else await self._pause()
            except Exception as surprise:
                # A store in trouble is temporary, and has said so itself.
                pause = 1.0 if isinstance(surprise, Temporary) else LOOK
                if pause == LOOK:
                    self._log.failure("courier {name} cannot take", name=self.name)
                self._meter.count("courier_failures", agent=self.name)
            if pause and not self._stopping:
                await self._bell.wait(pause)

    async def _take(self) -> int:
        free = self._concurrency - len(self._busy)
        room = self._reach.room(free)
        if room <= 0:
            return 0
        items = await self._spool.take(self.name, room)
        for item in items:
            if (
                item.id in self._busy
            ):  # our own lease ran out: this turn of it is the one that counts
                self._busy.pop(item.id)[1].cancel()
            working = ensureDeferred(self._carry(item))
            if not working.called:
                self._busy[item.id] = (item, working)
        if items:
            self._steps.reached("courier.after-take")
        return len(items)

    async def _pause(self) -> float:
        if len(self._busy) >= self._concurrency:
            return LOOK
        wait = self._reach.wait()
        if wait > 0:
            return min(wait, LOOK)
        due = await self._spool.next_due(self.name)
        return LOOK if due is None else min(LOOK, max(0.01, due - self._now()))

    async def _carry(self, item: Item) -> None:
        try:
            outcomes = await self._delivered(item)
            for recipient in item.recipients:
                missing = Temporary("3.0", "The agent did not say what became of it")
                outcome = outcomes.get(recipient, Later(missing))
                await self._settle(item, recipient, outcome)
        except Temporary as trouble:
            # The row still says leased. When the lease ends it is taken again, under the same key.
            self._log.warn(
                "courier {name}: item {id}: what became of it is not written: {text}",
                name=self.name,
                id=item.id,
                text=trouble.text,
            )
        except Exception:
            self._log.failure("courier {name}: item {id}", name=self.name, id=item.id)
        finally:
            self._busy.pop(item.id, None)
            self._bell.ring()
            self._idle.ring()

    async def _delivered(self, item: Item) -> Mapping[Mailbox, Outcome]:
        """The agent's outcomes. What it raises is every recipient's; a surprise is temporary."""
        delivering: Deferred[Mapping[Mailbox, Outcome]] = ensureDeferred(
            _awaited(self._agent.deliver(item))
        )
        delivering.addTimeout(LONGEST, self._clock)
        try:
            return await delivering
        except DeferredTimeoutError:
            outcome: Outcome = Later(Temporary("4.7", "The agent took too long"))
        except CancelledError:
            outcome = Later(Temporary("3.2", "The gateway was stopped"))
        except Exception as surprise:
            trouble = from_surprise(surprise)
            if trouble is not surprise:
                self._log.failure("agent {name}: item {id}", name=self.name, id=item.id)
            outcome = Later(trouble) if isinstance(trouble, Temporary) else Bounced(trouble)  # type: ignore[arg-type]
        return dict.fromkeys(item.recipients, outcome)

    async def _settle(self, item: Item, recipient: Mailbox, outcome: Outcome) -> None:
        settlement = await self._settlement(item, recipient, outcome)
        settlement = await self._recorded(item, recipient, outcome, settlement)
        self._steps.reached("courier.before-settle")
        for left in reversed(range(SETTLE_TRIES)):
            try:
                kept = await self._spool.settle(item, recipient, settlement)
                break
            except Temporary:
                if not left:
                    raise
                await deferLater(self._clock, SETTLE_REST)
        self._steps.reached("courier.after-settle")
        self._meter.count("attempts", agent=self.name, outcome=settlement.state.value)
        self._log.info(
            "{id} to {recipient} by {agent}: {state}{receipt}{reason}",
            id=item.letter.envelope.id,
            recipient=spoken(str(recipient)),
            agent=self.name,
            state=settlement.state.value if kept else "lease lost, nothing written",
            receipt=f" {settlement.receipt.ticket}" if settlement.receipt else "",
            reason=f"; {settlement.reason}" if settlement.reason else "",
        )

    async def _recorded(
        self, item: Item, recipient: Mailbox, outcome: Outcome, settlement: Settlement
    ) -> Settlement:
        """With why it has its fate; of what goes by a route nobody has decided anything yet."""
        if settlement.record is None and outcome.record is not None:
            return evolve(settlement, record=outcome.record)
        there = item.destination
        if not isinstance(there, ToAgent) or settlement.state is State.DUE:
            return settlement
        envelope, author = item.letter.envelope, ""
        with suppress(Exception):  # its octets cannot be read now: so it is told without
            author = identifiers(await head_of(item)).from_address
        record = Record(
            recipient=spoken(str(recipient)),
            author=author,
            authentication=str(envelope.authentication or ""),
        )
        why = settlement.reason or f"its agent ended it as {settlement.state.value}"
        return evolve(settlement, record=routed(record, there.name, why))

    async def _settlement(self, item: Item, recipient: Mailbox, outcome: Outcome) -> Settlement:
        if isinstance(outcome, Delivered):
            self._reach.answered()
            settlement = Settlement(
                outcome.state,
                outcome.note,
                receipt=outcome.receipt,
                learned=outcome.learned,
            )
            return await self._with_acknowledgement(item, outcome, settlement)
        if isinstance(outcome, Withheld):
            self._reach.answered()
            return Settlement(State.HELD, outcome.reason, destination=outcome.destination)
        if isinstance(outcome, Bounced):
            self._reach.answered()
            return await self._bounces.settlement(item, recipient, outcome.trouble)
        return self._deferred(item, outcome)

    async def _with_acknowledgement(
        self, item: Item, outcome: Delivered, settlement: Settlement
    ) -> Settlement:
        if self._acknowledging is None:
            return settlement
        said = await self._acknowledging.said(item, outcome)
        if said is None:
            return settlement
        learned = (*settlement.learned, said.learned)
        return evolve(settlement, learned=learned, notice=said.notice)

    def _deferred(self, item: Item, outcome: Later) -> Settlement:
        trouble = outcome.trouble
        if outcome.about is About.LETTER:
            self._reach.answered()
        else:
            self._reach.failed(trouble, spared=outcome.about is About.PEER)
        now = self._now()
        turn = next_attempt(item.attempts, now - item.accepted, trouble, self._random, self._policy)
        reason = f"{trouble.enhanced} {trouble.text}"
        if isinstance(turn, GiveUp):
            return Settlement(State.HELD, f"given up: {reason}")
        return Settlement(State.DUE, reason, due=now + turn.after)

    def _renew(self) -> Deferred[None] | None:
        if not self._busy:
            return None
        renewing = ensureDeferred(_renewed(self._spool, [item for item, _ in self._busy.values()]))
        renewing.addErrback(
            lambda why: self._log.failure("renewing leases of {name}", why, name=self.name)
        )
        return renewing


async def _awaited(answer: Awaitable[Mapping[Mailbox, Outcome]]) -> Mapping[Mailbox, Outcome]:
    return await answer


async def _renewed(spool: ISpool, items: list[Item]) -> None:
    with suppress(Temporary):  # a store in trouble has said so itself; the leases may end
        await spool.renew(items)
