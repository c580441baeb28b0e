"""One letter goes over a connection: a Transaction meets a Wire."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import evolve

from mailtickets.errors import Permanent, Temporary
from mailtickets.interfaces import ISteps
from mailtickets.mail.envelope import Letter
from mailtickets.mail.mailbox import Mailbox
from mailtickets.mail.octets import InMemory, Octets, whole
from mailtickets.outcomes import Outcome
from mailtickets.relay import commands
from mailtickets.relay.commands import Load
from mailtickets.relay.judging import trouble
from mailtickets.relay.sevenbit import LARGEST, Unwritable, seven_bit
from mailtickets.relay.stuffing import DOT, Stuffing
from mailtickets.relay.targets import Limits
from mailtickets.relay.transaction import Phase, Transaction, outcome_of
from mailtickets.relay.wire import Lost, Wire

STREAMED = 256 * 1024
"""A letter beyond this many octets waits for the transport between its pieces."""


class Unused(Exception):
    """A kept connection was gone before the next hop heard of this letter."""


async def load_of(octets: Octets, before: bytes = b"") -> Load:
    """What the commands say of a letter's octets, `before` included, which is written first.

    Raises Temporary when they cannot be read.
    """
    eight_bit = False
    async for chunk in octets.chunks():
        if not chunk.isascii():
            eight_bit = True
            break
    return Load(octets.size + len(before), eight_bit, before)


class Exchange:
    """Sends letters over connections to `host`."""

    def __init__(self, host: str, limits: Limits, steps: ISteps) -> None:
        self._host = host
        self._limits = limits
        self._steps = steps
        self.possibly_twice = False

    async def send(
        self, wire: Wire, letter: Letter, load: Load, recipients: Sequence[Mailbox]
    ) -> Mapping[Mailbox, Outcome]:
        """The fate of each recipient. Raises Unused when a kept connection turns out to be dead.

        Raises Permanent for what this next hop cannot do for the letter; another one may.

        `possibly_twice` is true afterwards when the next hop may have taken a letter of which we
        do not know it: the dot was sent, and no answer came (RFC 5321 section 4.5.3.2.6).
        """
        self.possibly_twice = False
        kept = wire.letters > 0
        if load.eight_bit and not {"8BITMIME", "SMTPUTF8"} & wire.features.offered.keys():
            letter, load = await self._rewritten(letter, load)
        transaction, outcomes = self._begin(wire, letter, load, recipients)
        if transaction is None:
            return outcomes
        try:
            await self._converse(wire, letter.octets, load.before, transaction)
        except Lost as why:
            if kept and not transaction.answered_once:
                raise Unused from why
            self.possibly_twice = transaction.phase is Phase.DOT
            transaction.fail(Temporary("4.2", self._lost(why, transaction.phase)))
        except Temporary as why:  # the store could not give the rest of the letter
            wire.abort("the letter could not be read")
            transaction.fail(why)
        wire.letters += 1
        wire.needs_reset = transaction.reset
        if transaction.close and wire.lost is None:
            wire.quit()
        return outcomes | transaction.outcomes

    async def _rewritten(self, letter: Letter, load: Load) -> tuple[Letter, Load]:
        """The letter in seven bits (RFC 6152 section 3). Raises Permanent 6.3 if it cannot be."""
        if letter.octets.size <= LARGEST:
            try:
                octets = seven_bit(await whole(letter.octets, LARGEST))
            except Unwritable:
                pass
            else:
                size = len(octets) + len(load.before)
                load = evolve(load, size=size, eight_bit=False)
                return evolve(letter, octets=InMemory(octets)), load
        raise Permanent("6.3", f"{self._host} takes no letters in eight bits (it lacks 8BITMIME)")

    def _begin(
        self, wire: Wire, letter: Letter, load: Load, recipients: Sequence[Mailbox]
    ) -> tuple[Transaction | None, dict[Mailbox, Outcome]]:
        """The transaction, and the fate of those who cannot even be named to the next hop.

        Raises Permanent for an obstacle to them all.
        """
        envelope, offered = letter.envelope, wire.features
        everybody = tuple(recipients)
        against = commands.obstacle(
            envelope, everybody, load, offered, self._host, trusted_tls=wire.trusted
        )
        if against is not None:
            raise against
        utf8 = commands.needs_utf8(envelope, everybody, load)
        try:
            mail = commands.mail(envelope, load, offered, utf8=utf8)
        except Permanent as why:
            return None, dict.fromkeys(everybody, outcome_of(why))
        outcomes: dict[Mailbox, Outcome] = {}
        rcpts = []
        for recipient in everybody:
            wishes = envelope.wishes.get(recipient)
            try:
                rcpts.append((recipient, commands.rcpt(recipient, wishes, offered, utf8=utf8)))
            except Permanent as why:
                outcomes[recipient] = outcome_of(why)
        if not rcpts:
            return None, outcomes
        transaction = Transaction(
            self._host,
            mail,
            rcpts,
            pipelining="PIPELINING" in offered,
            reset=wire.needs_reset,
        )
        return transaction, outcomes

    async def _converse(
        self, wire: Wire, octets: Octets, before: bytes, transaction: Transaction
    ) -> None:
        while transaction.phase is Phase.COMMANDS:
            written = transaction.to_write()
            if written:
                wire.write(written)
            elif transaction.phase is Phase.COMMANDS:
                transaction.answer(await wire.answer(self._limits.command))
        if transaction.phase is Phase.EMPTY:
            wire.write(DOT)
        elif transaction.phase is Phase.BODY:
            if not await self._body(wire, octets, before):
                answer = await wire.answer(self._limits.dot)
                transaction.fail(trouble(answer, self._host, "the letter"))
                wire.abort("it wants no more of the letter")
                return
            self._steps.reached("relay.before-dot")
            wire.write(DOT)
        else:
            return
        transaction.dotted()
        answer = await wire.answer(self._limits.dot)
        if answer.good:
            self._steps.reached("relay.after-dot")
        transaction.answer(answer)

    async def _body(self, wire: Wire, octets: Octets, before: bytes) -> bool:
        """Write the letter. False when the next hop answered before its end: it wants no more."""
        stuffing = Stuffing()
        if before:
            wire.write(stuffing.feed(before))
        if octets.size <= STREAMED:
            async for chunk in octets.chunks():
                wire.write(stuffing.feed(chunk))
            wire.write(stuffing.finish())
            return True
        wire.produce()
        try:
            async for chunk in octets.chunks():
                wire.write(stuffing.feed(chunk))
                await wire.drained(self._limits.block)
                if wire.early:
                    return False
        finally:
            wire.unproduce()
        wire.write(stuffing.finish())
        return True

    def _lost(self, why: Lost, phase: Phase) -> str:
        when = {
            Phase.DOT: "after the whole letter was sent: it may arrive twice",
            Phase.BODY: "in the middle of the letter",
        }.get(phase, "before the letter was sent")
        return f"{self._host}: {why.why}, {when}"
