"""Follows a desk's feed: what an agent answers becomes a letter to the requester.

The letter goes to the spool in the transaction that moves the feed's cursor, so that a crash
between the two is impossible: each public comment becomes exactly one letter.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence

from attrs import frozen
from twisted.internet.defer import Deferred, ensureDeferred
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from mailtickets.errors import Permanent, Temporary, from_surprise
from mailtickets.flow.alarms import Alarms
from mailtickets.flow.bell import Bell
from mailtickets.flow.directory import Directory
from mailtickets.flow.reception import desk_agent
from mailtickets.flow.showing import Showing
from mailtickets.flow.unserved import Unserved
from mailtickets.flow.writing import Reader, Writing
from mailtickets.interfaces import IDesk, IFeed, ILedger, IMeter, ISpool, ISteps
from mailtickets.mail.compose import Style, follower_fields
from mailtickets.mail.envelope import Envelope, new_trace_id
from mailtickets.mail.mailbox import Mailbox
from mailtickets.outcomes import IN_FLIGHT, State
from mailtickets.routing import threads
from mailtickets.routing.addresses import AddressBook, Queue
from mailtickets.routing.leaving import Leaving
from mailtickets.routing.outbound import asked, lane_of, outbound_key
from mailtickets.slips import Advance, Submission
from mailtickets.tickets.events import Event, Kind
from mailtickets.tickets.values import Conversation, Fate, Known, Outgoing, Person

RELAY = "relay"
"""The name of the agent that sends letters onward."""
NO_RELAY = "no relay is set: start with --relay smtp://HOST:PORT, then release it"
FIRST_REST, LONGEST_REST = 1.0, 30.0
"""Seconds between attempts at a feed that fails: doubled up to the longest."""
BREATH = 0.2
MOST_FOLLOWERS = 100
"""How many of those who follow a ticket have a letter of each answer."""
LOOK = 5.0
"""Seconds between looks whether another gateway still follows the feed."""


@frozen
class Follower:
    """Whose feed is followed, and how.

    With `receipts` the next hops are asked to say when a letter has arrived. With `notes` a ticket
    says which of its answers could not be mailed.
    """

    desk: str
    feed: IFeed
    poll: float
    from_start: bool
    hold: bool
    receipts: bool = False
    notes: bool = True


class Pickup:
    """Follows one desk's feed."""

    def __init__(
        self,
        follower: Follower,
        *,
        desk: IDesk,
        book: AddressBook,
        directory: Directory,
        spool: ISpool,
        ledger: ILedger,
        clock: IReactorTime,
        now: Callable[[], float],
        steps: ISteps,
        meter: IMeter,
        alarms: Alarms,
        log: Logger,
        styles: Mapping[str, Style] | None = None,
        leaving: Leaving | None = None,
        recovered: Callable[[], Awaitable[None]] | None = None,
        showing: Showing | None = None,
    ) -> None:
        """`styles` are the queues' by name, plain where there is none.

        `leaving` makes the addresses at which a follower can leave a ticket.
        `recovered` is called when a feed that failed is read again: the desk is back.
        """
        self._follower = follower
        self._book = book
        self._directory = directory
        self._spool = spool
        self._ledger = ledger
        self._now = now
        self._steps = steps
        self._meter = meter
        self._alarms = alarms
        self._log = log
        self._recovered = recovered
        self._showing = showing
        self._leaving = leaving or Leaving()
        self._bell = Bell(clock)
        self._writing = Writing(
            name=follower.desk,
            desk=desk,
            spool=spool,
            styles=styles or {},
            passing=clock.seconds,
            log=log,
        )
        self._unserved = Unserved(
            name=follower.desk,
            desk=desk,
            domain=next((queue.domain for queue in book.queues), "localhost"),
            notes=follower.notes,
            passing=clock.seconds,
            meter=meter,
            log=log,
        )
        self._stopping = False
        self._waiting: Deferred[Sequence[Event]] | None = None
        self._running: Deferred[None] | None = None
        self.name = f"feed of desk {follower.desk}"

    def start(self) -> None:
        """Begin to follow."""
        self._running = ensureDeferred(self._run())

    async def stop(self) -> None:
        """Stop following; what is being put is finished first."""
        self._stopping = True
        self._bell.ring()
        if self._waiting is not None:
            self._waiting.cancel()
        if self._running is not None:
            await self._running

    def _ends(self) -> bool:
        return self._stopping

    async def _run(self) -> None:
        rest = FIRST_REST
        while not self._stopping:
            try:
                await self._turn()
                if rest > FIRST_REST and self._recovered is not None:
                    await self._recovered()
            except Exception as surprise:
                await self._rest(surprise, rest)
                rest = min(rest * 2, LONGEST_REST)
            else:
                rest = FIRST_REST
                self._alarms.off(self.name)

    async def _rest(self, surprise: Exception, seconds: float) -> None:
        if not self._stopping:  # a stop cancels the wait for events, which is no trouble
            self._complain(surprise)
            await self._bell.wait(seconds)

    def _complain(self, surprise: Exception) -> None:
        trouble = from_surprise(surprise)
        if trouble is not surprise:
            self._log.failure("following the {name}", name=self.name)
        self._meter.count("feed_failures", desk=self._follower.desk)
        if isinstance(trouble, Permanent) or (isinstance(trouble, Temporary) and trouble.loud):
            self._alarms.on(self.name, trouble.text, about=desk_agent(self._follower.desk))
        else:
            self._log.warn("{name}: {text}", name=self.name, text=trouble.text)

    async def _turn(self) -> None:
        name, feed = self._follower.desk, self._follower.feed
        if not await self._spool.follow(name):
            await self._bell.wait(LOOK)  # another gateway of this store follows it
            return
        cursor = await self._ledger.cursor(name)
        if cursor is None and not self._follower.from_start:
            end = await feed.end()
            if end is not None:
                await self._spool.advance(Advance(name, end))
                cursor = end
        if self._ends():
            return  # else we would wait for news for as long as a desk may let us wait
        self._waiting = ensureDeferred(_awaited(feed.events(cursor, self._follower.poll)))
        try:
            events = await self._waiting
        finally:
            self._waiting = None
        asked_at = self._now()
        ignored: Event | None = None
        for event in events:
            if self._ends():
                break
            ignored = None if await self._event(event) else event
        if ignored is not None:
            await self._spool.advance(Advance(name, ignored.cursor))
        self._meter.gauge("feed_read_seconds", asked_at, desk=name)
        if not events:
            await self._bell.wait(BREATH)  # a feed that never waits shall not make us spin

    async def _event(self, event: Event) -> bool:
        """Put the letter that an event causes. Whether there was one, and the cursor moved."""
        name = self._follower.desk
        self._directory.forget(name, event.ticket)
        if event.kind is not Kind.COMMENT_ADDED or not event.public:
            return False
        if event.origin_key is not None and await self._ledger.wrote(event.origin_key):
            return False  # our own entry, come back
        conversation = await self._directory.conversation(name, event.ticket)
        if conversation is None:
            self._log.warn("{name}: no ticket {ticket}", name=self.name, ticket=event.ticket)
            return False
        queue = self._book.queue_of(name, event.ticket, conversation.queue)
        if queue is None:
            await self._unserved.no_queue(event)
            return False
        requester = _mailbox(conversation.requester)
        followers = await self._followers(event, conversation, requester)
        for follower in followers:
            await self._put(event, conversation, queue, follower)
        if requester is None:
            await self._unserved.no_mailbox(event, conversation)
            return False
        # The requester's last, with the cursor: after a crash those before it are known by key.
        person = Person(conversation.name, conversation.requester)
        await self._put(event, conversation, queue, (person, requester), last=True)
        return True

    async def _followers(
        self, event: Event, conversation: Conversation, requester: Mailbox | None
    ) -> list[tuple[Person, Mailbox]]:
        """Who takes part beside the requester and has no letter of this event yet.

        Not who wrote it, not who asked to hear no more, and no address of ours: that would be a
        loop.
        """
        name = self._follower.desk
        people = await self._directory.participants(name, event.ticket)
        if not people:
            return []
        passed = set(await self._ledger.departures(name, event.ticket))
        passed |= {conversation.requester.lower(), str(requester).lower()}
        passed |= {event.author.address.lower()} if event.author else set()
        found: list[tuple[Person, Mailbox]] = []
        for person in people[:MOST_FOLLOWERS]:
            folded = person.address.lower()
            if folded in passed:
                continue
            passed.add(folded)
            try:
                mailbox = Mailbox.parse(person.address)
            except Permanent:
                continue
            key = outbound_key(name, event.id, mailbox)
            if not self._book.ours(mailbox) and not await self._ledger.wrote(key):
                found.append((person, mailbox))
        return found

    async def _put(
        self,
        event: Event,
        conversation: Conversation,
        queue: Queue,
        reader: tuple[Person, Mailbox],
        *,
        last: bool = False,
    ) -> None:
        """One reader's letter into the spool. The `last` one's moves the cursor."""
        name, now = self._follower.desk, self._now()
        person, recipient = reader
        address = queue.address_of(event.ticket)
        sender = self._book.reply_address(queue, event.ticket, person.address)
        message_id = self._book.message_id(name, event.id, queue, event.ticket)
        key, lane = outbound_key(name, event.id, recipient), lane_of(conversation)
        envelope = Envelope(
            sender=self._book.return_path(address, key),
            recipients=(recipient,),
            arrived=now,
            id=new_trace_id(now),
            body="8BITMIME",
            utf8=not (address.ascii and recipient.ascii),
            **asked(recipient, key, receipts=self._follower.receipts),
        )
        submission = Submission(
            recipient=recipient,
            key=key,
            agent=RELAY,
            # Nobody waits for a follower whose mailbox is slow.
            lane=lane if last else threads.lane(f"{lane}/{str(recipient).lower()}"),
            destination=Outgoing(name, event.ticket, event.comment_id or ""),
            hold=NO_RELAY if self._follower.hold else None,
        )
        learned = Known(
            desk=name,
            ticket=event.ticket,
            message_id=message_id,
            author=str(address),
            ours=True,
            queue=queue.name,
            subject=conversation.subject,
            references=conversation.references,
            comment=event.comment_id,
        )
        if last:
            told = Reader(person.name, recipient, sender, address)
        else:
            url = self._leaving.url(name, event.ticket, str(recipient))
            more = follower_fields(address.local, queue.domain, url)
            told = Reader(person.name, recipient, sender, address, more, url)
        self._steps.reached("pickup.before-put")
        state = await self._writing.put(
            event,
            conversation,
            queue.name,
            told,
            envelope,
            submission,
            message_id,
            Advance(name, event.cursor, (learned,)) if last else None,
        )
        self._steps.reached("pickup.after-put")
        self._meter.count("answers", state=state.value)
        await self._show(event, recipient, state)
        self._log.info(
            "answer {id}: {ticket} comment {comment} to {recipient}, {state}",
            id=envelope.id,
            ticket=event.ticket,
            comment=event.comment_id,
            recipient=str(recipient),
            state=state.value,
        )

    async def _show(self, event: Event, requester: Mailbox, state: State) -> None:
        """Show beside the comment that its letter waits."""
        if self._showing is not None and state in IN_FLIGHT:
            about = Outgoing(self._follower.desk, event.ticket, event.comment_id or "")
            text = NO_RELAY if state is State.HELD else ""
            await self._showing.show(about, str(requester), Fate.WAITING, text)


def _mailbox(address: str) -> Mailbox | None:
    try:
        return Mailbox.parse(address)
    except Permanent:
        return None


async def _awaited(answer: Awaitable[Sequence[Event]]) -> Sequence[Event]:
    return await answer
