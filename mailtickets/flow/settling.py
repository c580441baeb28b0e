"""What an agent says became of a letter, and what is written of it: its next state, and why."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from attrs import evolve

from mailtickets.flow.acknowledging import Acknowledging
from mailtickets.flow.automatic import head_of
from mailtickets.flow.bounce import Bounces
from mailtickets.flow.reach import Reach
from mailtickets.mail.envelope import Item
from mailtickets.mail.identifiers import identifiers
from mailtickets.mail.mailbox import Mailbox
from mailtickets.outcomes import About, Bounced, Delivered, Outcome, State, Withheld
from mailtickets.outcomes import Deferred as Later
from mailtickets.retry import GiveUp, Policy, next_attempt
from mailtickets.routing.proofs import spoken
from mailtickets.routing.record import Record, routed
from mailtickets.slips import Settlement
from mailtickets.tickets.values import ToAgent


class Settling:
    """Makes the settlements of one agent's letters, and tells its `reach` whether it answered.

    `now` gives seconds since 1970.
    """

    def __init__(
        self,
        *,
        bounces: Bounces,
        acknowledging: Acknowledging | None,
        reach: Reach,
        now: Callable[[], float],
        random: Callable[[], float],
        policy: Policy,
    ) -> None:
        self._bounces = bounces
        self._acknowledging = acknowledging
        self._reach = reach
        self._now = now
        self._random = random
        self._policy = policy

    async def settlement(self, item: Item, recipient: Mailbox, outcome: Outcome) -> Settlement:
        """What is to be written of a recipient whose letter came to `outcome`. Raises Temporary."""
        settlement = await self._of(item, recipient, outcome)
        return await self._recorded(item, recipient, outcome, settlement)

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

    async def _of(self, item: Item, recipient: Mailbox, outcome: Outcome) -> Settlement:
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
        return Settlement(State.DUE, reason, due=now + turn.after, after=turn.after)
