"""The courier: takes what is due to its agent, and settles what becomes of it.

One courier has one agent, so that an agent that hangs never stops another. It takes items under a
lease, or is handed them under one, keeps the leases alive while the agent works, and writes each
recipient's outcome. What is deferred comes back later, and is held for a person in the end; it is
never dropped.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from attrs import frozen
from twisted.internet.defer import CancelledError, Deferred, ensureDeferred
from twisted.internet.defer import TimeoutError as DeferredTimeoutError
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import LoopingCall, deferLater
from twisted.logger import Logger

from mailtickets.errors import Temporary, from_surprise
from mailtickets.flow.acknowledging import Acknowledging
from mailtickets.flow.alarms import Alarms
from mailtickets.flow.bell import Bell
from mailtickets.flow.bounce import Bounces
from mailtickets.flow.reach import Reach
from mailtickets.flow.settling import Settling
from mailtickets.interfaces import IAgent, IHandsOver, IMeter, ISpool, ISteps
from mailtickets.mail.envelope import Item
from mailtickets.mail.mailbox import Mailbox
from mailtickets.outcomes import Bounced, Outcome, State
from mailtickets.outcomes import Deferred as Later
from mailtickets.retry import Breaker, Policy
from mailtickets.routing.proofs import spoken

LOOK = 5.0
"""Seconds after which a courier looks again, whether or not it was woken."""
RENEW = 5.0
"""Seconds between renewals of the leases that are being worked on."""
LONGEST = 3600.0
"""Seconds after which an agent that has not answered is taken to have failed."""
CANCELLING = 2.0
"""Seconds that what was cancelled may take to say so."""
AT_HAND = 5
"""How many letters may be at hand for each that the agent has: those on their way to us and to the
store."""
SETTLE_TRIES, SETTLE_REST = 5, 0.5
"""How often, and how many seconds apart, an outcome is written when the store cannot."""


_LINE = "{id} to {recipient} by {agent}: {state}{receipt}{reason}"


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
        self._spool: Any = spool  # which may do more than an ISpool must
        self._clock = clock
        self._now = now
        self._reach = Reach(round_.name, breaker, clock=clock, meter=meter, alarms=alarms, log=log)
        self._settling = Settling(
            bounces=bounces,
            acknowledging=acknowledging,
            reach=self._reach,
            now=now,
            random=random,
            policy=policy,
        )
        self._steps = steps
        self._meter = meter
        self._log = log
        self._bell = Bell(clock)
        self._idle = Bell(clock)
        self._busy: dict[int, tuple[Item, Deferred[None]]] = {}
        self._with_agent = 0
        self._handed: deque[Item] = deque()  # they wait for the agent
        self._waited: frozenset[int] = frozenset()  # those of them that did at the last look
        self._starting = False
        self._backlog = True  # more is due than we have room for
        self._woken = True  # something may be due that we have not seen
        self._stopping = False
        self._running: Deferred[None] | None = None
        self._renewing = LoopingCall(self._renew)
        self._renewing.clock = clock

    def start(self) -> None:
        """Begin to carry."""
        self._spool.wake(self.name, self._look)
        if IHandsOver.providedBy(self._spool):
            self._spool.hand_over(self.name, self._room_at_hand, self._take_over)
        self._renewing.start(RENEW, now=False)
        self._running = ensureDeferred(self._run())

    async def stop(self, seconds: float = 10.0) -> None:
        """Take nothing more, and wait `seconds` at most for what is under way.

        What is not finished by then is cancelled, and due again; should even that not be written,
        its lease ends and it is taken again.
        """
        self._stopping = True
        self._bell.ring()
        await self._give_back(list(self._handed))
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

    def _look(self) -> None:
        """Something may have become due. A courier without room looks when it has some again."""
        self._woken = True
        if self._free() > 0:
            self._bell.ring()
        else:
            self._backlog = True  # what waits in the store goes before what comes now

    async def _run(self) -> None:
        while not self._stopping:
            try:
                taken = await self._take()
                pause = 0.0 if taken and self._backlog else await self._pause()
            except Exception as surprise:
                # A store in trouble is temporary, and has said so itself.
                pause = 1.0 if isinstance(surprise, Temporary) else LOOK
                if pause == LOOK:
                    self._log.failure("courier {name} cannot take", name=self.name)
                self._meter.count("courier_failures", agent=self.name)
            if pause and not self._stopping:
                await self._bell.wait(pause)

    async def _take(self) -> int:
        room = self._reach.room(self._free())
        if room <= 0:
            # What waits in the store goes before what comes now.
            self._backlog = True
            return 0
        self._woken = False
        try:
            items = await self._spool.take(self.name, room)
        except Exception:
            self._woken = True
            raise
        self._backlog = len(items) == room
        for item in items:
            self._begin(item)
        if items:
            self._steps.reached("courier.after-take")
        return len(items)

    def _free(self) -> int:
        """How many more the agent has room for; none while the store is slow to settle."""
        if len(self._busy) >= self._concurrency * AT_HAND:
            return 0
        return self._concurrency - self._with_agent - len(self._handed)

    async def _pause(self) -> float:
        if self._free() <= 0:
            return LOOK
        wait = self._reach.wait()
        if wait > 0:
            return min(wait, LOOK)
        due = await self._spool.next_due(self.name)
        return LOOK if due is None else min(LOOK, max(0.01, due - self._now()))

    def _room_at_hand(self) -> int:
        """How many the store may hand to us. What waits there already goes first."""
        if self._backlog or self._stopping or self._reach.away:
            return 0
        return self._concurrency * AT_HAND - len(self._busy) - len(self._handed)

    def _take_over(self, items: Sequence[Item]) -> None:
        """The store hands us items that are leased already."""
        self._handed.extend(items)
        self._steps.reached("courier.after-take")
        self._next()

    def _next(self) -> None:
        """Begin with what was handed to us, as far as the agent has room."""
        if self._starting:  # an agent that answers at once has called us
            return
        self._starting = True
        try:
            while self._handed and self._with_agent < self._concurrency and not self._stopping:
                if self._reach.away:
                    break
                self._begin(self._handed.popleft())
        finally:
            self._starting = False
        if self._handed and (self._stopping or self._reach.away):
            back, self._handed = list(self._handed), deque()
            self._later(self._give_back(back))
        elif self._backlog or self._woken:
            self._bell.ring()

    def _begin(self, item: Item) -> None:
        if item.id in self._busy:  # our own lease ran out: this turn of it is the one that counts
            self._busy.pop(item.id)[1].cancel()
        working = ensureDeferred(self._carry(item))
        if not working.called:
            self._busy[item.id] = (item, working)

    async def _give_back(self, items: Sequence[Item]) -> None:
        """Let others have what we have not begun with."""
        for item in items:
            with suppress(ValueError):
                self._handed.remove(item)
        if items:
            with suppress(Temporary):  # their leases end, then
                await self._spool.give_back(items)

    async def _carry(self, item: Item) -> None:
        try:
            self._with_agent += 1
            try:
                outcomes = await self._delivered(item)
            finally:
                self._with_agent -= 1
                self._next()
            for recipient in item.recipients:
                outcome = outcomes.get(recipient)
                if outcome is None:
                    outcome = Later(Temporary("3.0", "The agent did not say what became of it"))
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
            if self._backlog or self._woken:
                self._bell.ring()
            self._idle.ring()

    async def _delivered(self, item: Item) -> Mapping[Mailbox, Outcome]:
        """The agent's outcomes. What it raises is every recipient's; a surprise is temporary."""
        delivering: Deferred[Mapping[Mailbox, Outcome]] = ensureDeferred(
            _awaited(self._agent.deliver(item))
        )
        if not delivering.called:
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
        settlement = await self._settling.settlement(item, recipient, outcome)
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
        told = {
            "id": item.letter.envelope.id,
            "recipient": spoken(str(recipient)),
            "agent": self.name,
            "state": settlement.state.value if kept else "lease lost, nothing written",
            "receipt": f" {settlement.receipt.ticket}" if settlement.receipt else "",
            "reason": f"; {settlement.reason}" if settlement.reason else "",
        }
        # The text is made here: to look for braces in it costs as much as to carry a letter.
        self._log.info("{line}", line=_LINE.format_map(told), **told)

    def _renew(self) -> None:
        """Renew the leases of what we work on; what the agent has had no room for goes back."""
        late = [item for item in self._handed if item.id in self._waited]
        if late:
            self._backlog = True
            self._later(self._give_back(late))
        self._waited = frozenset(item.id for item in self._handed)
        items = [item for item, _ in self._busy.values()] + list(self._handed)
        if items:
            self._later(_renewed(self._spool, items))

    def _later(self, work: Awaitable[None]) -> None:
        ensureDeferred(work).addErrback(  # type: ignore[arg-type]
            lambda why: self._log.failure("the leases of {name}", why, name=self.name)
        )


async def _awaited(answer: Awaitable[Mapping[Mailbox, Outcome]]) -> Mapping[Mailbox, Outcome]:
    return await answer


async def _renewed(spool: ISpool, items: list[Item]) -> None:
    with suppress(Temporary):  # a store in trouble has said so itself; the leases may end
        await spool.renew(items)
