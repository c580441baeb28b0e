"""A whole gateway in memory, by a clock that is set, and a hostile world around it.

What flows is the gateway's own: reception, sorting, the ticketing agent, couriers, pickup, and the
one way out for automatic letters. Only the store, the desk and the network are in memory.
"""

from __future__ import annotations

import email
import email.policy
from collections import Counter
from collections.abc import Callable
from typing import Any

from attrs import define, field
from twisted.internet.defer import ensureDeferred
from twisted.internet.task import Clock
from twisted.logger import Logger
from zope.interface import implementer

from mailtickets.buckets import Allotments
from mailtickets.errors import Permanent
from mailtickets.flow import courier as couriers
from mailtickets.flow.acknowledging import Acknowledging
from mailtickets.flow.alarms import Alarms
from mailtickets.flow.automatic import Automatic
from mailtickets.flow.bounce import Bounces
from mailtickets.flow.courier import Courier, Round
from mailtickets.flow.directory import Directory
from mailtickets.flow.pickup import RELAY, Follower, Pickup
from mailtickets.flow.reader import Reader
from mailtickets.flow.reception import Reception
from mailtickets.flow.ticketing import TicketingAgent
from mailtickets.interfaces import IAgent, IAllowance
from mailtickets.mail.envelope import Envelope, Item, Peer
from mailtickets.mail.mailbox import Mailbox
from mailtickets.mail.octets import whole
from mailtickets.mail.style import Style
from mailtickets.mail.templates import Templates
from mailtickets.outcomes import Delivered, State
from mailtickets.retry import Breaker, Policy
from mailtickets.routing.addresses import AddressBook, Queue
from mailtickets.routing.keyring import KeyRing
from mailtickets.routing.loops import OwnMail
from mailtickets.routing.proofs import Proofs
from mailtickets.testing.allowance import MemoryAllowance
from mailtickets.testing.fakedesk import FakeDesk
from mailtickets.testing.ledger_memory import MemoryLedger
from mailtickets.testing.meter import MemoryMeter
from mailtickets.testing.spool_memory import MemorySpool
from mailtickets.testing.steps import RecordingSteps
from mailtickets.tickets.intents import OpenTicket

START = 1_800_000_000.0
DOMAIN = "support-ticket.com"
NEW = f"new@{DOMAIN}"


@implementer(IAllowance)
class Boundless:
    """No buckets: what the world would do to us then."""

    async def draw(self, correspondent: Mailbox, ticket: str | None) -> str | None:
        return None


class PickyDesk(FakeDesk):
    """Refuses for good what asks for it."""

    async def submit(self, intent: Any, key: str) -> Any:
        if isinstance(intent, OpenTicket) and "refuse me" in intent.subject:
            raise Permanent("6.0", "The desk takes no such letter")
        return await super().submit(intent, key)


@define
class Mail:
    """What we sent, as those see it who get it."""

    to: str
    sender: str
    octets: bytes
    at: float

    @property
    def fields(self) -> Any:
        return email.message_from_bytes(self.octets, policy=email.policy.compat32)


Answering = Callable[["World", Mail], None]


@define(eq=False, slots=False)
@implementer(IAgent)
class World:
    """The gateway, and everybody else. `answers` are called with each letter that we send.

    After `enough` automatic letters the world is at its end: nobody answers any more.
    """

    allotments: Allotments = field(factory=Allotments)
    buckets: bool = True
    enough: int = 100_000
    clock: Clock = field(factory=Clock)
    answers: list[Answering] = field(factory=list)
    automatic: list[Mail] = field(factory=list)
    other: list[Mail] = field(factory=list)
    fates: Counter[str] = field(factory=Counter)
    _number: int = 0

    def __attrs_post_init__(self) -> None:
        keys = KeyRing.parse("k" * 40)
        queue = Queue("support", DOMAIN, acknowledge=True)
        self.book = AddressBook(
            [queue], (), keys.secrets("return path"), Proofs(keys.secrets("proof"))
        )
        self.ledger = MemoryLedger()
        self.spool = MemorySpool(self.ledger, self.now)
        self.ledger.keys = self.spool.keys
        self.desk, self.meter = PickyDesk(self.clock), MemoryMeter()
        self.log = Logger(namespace="world", observer=lambda _: None)
        self.steps = RecordingSteps()
        own = OwnMail(self.book, keys.secrets("loop mark"), wrote=self._wrote)
        reader = Reader(None, None)  # letters this small are read here and now
        directory = Directory({"embedded": self.desk}, self.ledger, self.clock, self.log)
        allowance = MemoryAllowance(self.now, self.allotments) if self.buckets else Boundless()
        automatic = Automatic(
            allowance=allowance,
            own=own,
            meter=self.meter,
            log=self.log,
            now=self.now,
            hold=False,
        )
        style = Style(templates=Templates())  # made once, as a gateway's is
        self._acknowledging = Acknowledging(
            automatic=automatic,
            book=self.book,
            ledger=self.ledger,
            reader=reader,
            log=self.log,
            style_of=lambda _: style,
        )
        self._bounces = Bounces(
            book=self.book, hostname="mx.example.org", automatic=automatic, reader=reader
        )
        self.alarms = Alarms(self.clock, self.meter, self.log)
        shared = {"book": self.book, "directory": directory, "reader": reader, "steps": self.steps}
        self.reception = Reception(
            spool=self.spool,
            clock=self.clock,
            meter=self.meter,
            log=self.log,
            own=own,
            now=self.now,
            **shared,
        )
        ticketing = TicketingAgent(name="embedded", desk=self.desk, now=self.now, **shared)
        self._parts = [self._courier("desk:embedded", ticketing), self._courier(RELAY, self)]
        self._parts.append(
            Pickup(
                Follower("embedded", self.desk, 600.0, from_start=True, hold=False),
                desk=self.desk,
                book=self.book,
                directory=directory,
                spool=self.spool,
                ledger=self.ledger,
                clock=self.clock,
                now=self.now,
                steps=self.steps,
                meter=self.meter,
                alarms=self.alarms,
                log=self.log,
            )
        )

    def now(self) -> float:
        return START + self.clock.seconds()

    def _wrote(self, message_id: str) -> bool:
        return self.book.ticket_named(message_id) is not None

    def _courier(self, name: str, agent: Any) -> Courier:
        return Courier(
            Round(name, agent),
            spool=self.spool,
            bounces=self._bounces,
            clock=self.clock,
            now=self.now,
            random=lambda: 0.5,
            policy=Policy(),
            breaker=Breaker(),
            steps=self.steps,
            meter=self.meter,
            alarms=self.alarms,
            log=self.log,
            acknowledging=self._acknowledging,
        )

    # what the world does

    async def deliver(self, item: Item) -> Any:
        """The relay: our letters reach those they are for, at once, and are answered."""
        octets = await whole(item.letter.octets, 1 << 20)
        envelope = item.letter.envelope
        for to in item.recipients:
            mail = Mail(str(to), str(envelope.sender or ""), octets, self.now())
            (self.other if envelope.sender else self.automatic).append(mail)
            if len(self.automatic) < self.enough:
                for answer in self.answers:
                    self.clock.callLater(1.0, answer, self, mail)
        return dict.fromkeys(item.recipients, Delivered(State.RELAYED))

    def write(
        self, sender: str, to: str = NEW, subject: str = "Hello", head: str = "", null: bool = False
    ) -> None:
        """Somebody writes to us: a letter like a person's, whatever it answers."""
        self._number += 1
        octets = (
            f"{head}From: {sender}\r\nTo: {to}\r\nSubject: {subject}\r\n"
            f"Message-ID: <{self._number}@world.example>\r\n\r\nHow are you?\r\n"
        ).encode()
        self.hand_in(None if null else sender, to, octets)

    def hand_in(self, sender: str | None, to: str, octets: bytes) -> None:
        """A letter arrives at our edge, which accepts or refuses it."""
        ensureDeferred(self._hand_in(sender, to, octets))

    async def _hand_in(self, sender: str | None, to: str, octets: bytes) -> None:
        self._number += 1
        recipient = Mailbox.parse(to)
        envelope = Envelope(
            Mailbox.parse(sender) if sender else None,
            (recipient,),
            self.now(),
            f"id{self._number}",
            Peer("192.0.2.1"),
        )
        try:
            destination = await self.reception.recipient(recipient, envelope)
            incoming = self.reception.begin(envelope, {recipient: destination})
            incoming.write(octets)
            await incoming.finish()
        except Permanent as why:
            self.fates[f"refused {why.enhanced}"] += 1
        else:
            self.fates["accepted"] += 1

    def pass_time(self, seconds: float) -> None:
        """Let so much time pass, from one thing that happens to the next."""
        end = self.clock.seconds() + seconds
        while (calls := self.clock.getDelayedCalls()) and calls[0].getTime() <= end:
            self.clock.advance(max(0.0, calls[0].getTime() - self.clock.seconds()))
        self.clock.advance(max(0.0, end - self.clock.seconds()))

    def live(self, seconds: float, monkeypatch: Any) -> None:
        """Let the gateway work for so long. It looks around seldom: everything rings a bell."""
        monkeypatch.setattr(couriers, "LOOK", 900.0)
        monkeypatch.setattr(couriers, "RENEW", 900.0)
        for part in self._parts:
            part.start()
        self.pass_time(seconds)

    # what is counted

    def times(self, whose: Callable[[Mailbox], str]) -> dict[str, list[float]]:
        """When automatic letters went out, by whatever `whose` makes of whom they went to."""
        found: dict[str, list[float]] = {}
        for mail in self.automatic:
            found.setdefault(whose(Mailbox.parse(mail.to)), []).append(mail.at)
        return found


def most_in(times: list[float], window: float) -> int:
    """How many of `times`, which are in order, lie in the fullest window of so many seconds."""
    most = first = 0
    for last, time in enumerate(times):
        while time - times[first] > window:
            first += 1
        most = max(most, last - first + 1)
    return most
