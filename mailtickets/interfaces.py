"""The promises: what each room may expect of the others, and what a stranger's plugin may be.

A promise returns an Awaitable, so that an implementer may write `async def` or return a Deferred.
Three doors are open to strangers: `IAgent` (mail to any service), `IDesk` (any ticketing system)
and `IFilter` (a judge of letters). An optional ability is an interface of its own and is found by
asking: `ILooksUp.providedBy(desk)`.

Failures are `mailtickets.errors.Permanent` and `Temporary`; anything else that is raised counts as
temporary.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence

from zope.interface import Attribute, Interface

from mailtickets.mail.authentication import Authentication
from mailtickets.mail.envelope import Envelope, Item, Letter
from mailtickets.mail.mailbox import Mailbox
from mailtickets.mail.message import Message
from mailtickets.mail.octets import Octets
from mailtickets.outcomes import Outcome, State, Verdict
from mailtickets.slips import (
    Accepted,
    Advance,
    Attempt,
    Audit,
    Settlement,
    Shelf,
    Sighting,
    Submission,
)
from mailtickets.tickets.events import Event
from mailtickets.tickets.intents import AddComment, OpenTicket
from mailtickets.tickets.values import (
    Conversation,
    Delivery,
    Destination,
    Known,
    Outgoing,
    Past,
    Receipt,
    Remote,
    Sent,
    Ticket,
)


class IDesk(Interface):
    """A ticketing system, as far as a letter needs one."""

    def submit(intent: OpenTicket | AddComment, key: str) -> Awaitable[Receipt]:
        """Carry out `intent` once per `key`.

        The same key again gives the first receipt, whatever the intent. Raises Permanent when the
        desk refuses the letter for good, Temporary otherwise.
        """


class IFeed(Interface):
    """What happens at a desk, in order, to be followed from any cursor."""

    def events(after: str | None, wait: float) -> Awaitable[Sequence[Event]]:
        """The events after cursor `after`, oldest first, a bounded number of them.

        With none to tell, wait up to `wait` seconds for one, then give an empty sequence. `None`
        is the beginning of time.
        """

    def end() -> Awaitable[str | None]:
        """The cursor of now: only what happens later comes after it."""


class ILooksUp(Interface):
    """A desk that can be asked for a ticket."""

    def find(key: str) -> Awaitable[Ticket | None]:
        """The ticket with this key, or None when there is surely no such ticket."""


class IShowsStanding(Interface):
    """A desk that keeps what the intents say of their writer and shows it to the agents.

    That is `linked`, `participants`, `warnings`, `unverified` and `newcomer`. A desk without this
    promise is told in words, at the head of the text.
    """


class IChecks(Interface):
    """A desk that can tell, at start, whether it will be able to do its work."""

    def check() -> Awaitable[Sequence[str]]:
        """What is wrong, a sentence each with its cure; empty when nothing is."""


class IShowsDelivery(Interface):
    """A desk that shows what became of the letters that brought its comments to people."""

    def delivery(delivery: Delivery) -> Awaitable[None]:
        """Note it. Hearing it again changes nothing, nor does old news after newer."""


class ITakesAttachments(Interface):
    """A desk that takes an intent's attachments, and gives those of its events."""

    def fetch(ticket: str, attachment: Remote) -> Awaitable[Octets]:
        """The octets of an attachment that an event named."""


class ITellsHistory(Interface):
    """A desk that can be asked for what was said before."""

    def history(ticket: str, before: str | None, limit: int) -> Awaitable[Sequence[Past]]:
        """The latest public comments before the comment `before`, latest first, `limit` at most."""


class INudged(Interface):
    """A desk that is asked for news now and then, and can be told that there are some."""

    def nudge() -> None:
        """Ask soon, rather than at the end of the interval."""


class IJournal(Interface):
    """What was tried at one desk that does not know keys of ours, kept across a crash."""

    def recall(key: str) -> Awaitable[Attempt | None]:
        """The latest attempt for `key`; None when there was none, or it surely did nothing."""

    def begin(key: str) -> Awaitable[None]:
        """Note, durably, that `key` is being tried from now on."""

    def done(key: str, receipt: Receipt) -> Awaitable[None]:
        """Note that the desk did it."""

    def forget(key: str) -> Awaitable[None]:
        """Note that the desk surely did nothing."""

    def origin(entry: str) -> Awaitable[str | None]:
        """The key by which we wrote an entry of the desk: a receipt's comment, or its ticket."""

    def unsettled() -> Awaitable[bool]:
        """Whether something was tried of which nobody knows yet whether the desk has it."""


class IAgent(Interface):
    """Brings letters somewhere."""

    def deliver(item: Item) -> Awaitable[Mapping[Mailbox, Outcome]]:
        """What became of each of `item.recipients`. One that is missing counts as deferred.

        It may be called again for the same `item.key` after a crash or a failure; an agent that
        cannot see a repeat by it delivers at least once.
        """


class IFilter(Interface):
    """A judge of letters. It never edits."""

    def judge(letter: Letter, message: Message) -> Awaitable[Verdict]:
        """Accept, Refuse, Postpone or Swallow (see `mailtickets.outcomes`)."""


class IAuthenticates(Interface):
    """Finds out whether a letter comes from where it says: SPF, DKIM, ARC and DMARC."""

    def authenticate(letter: Letter) -> Awaitable[Authentication | None]:
        """What is found within a deadline; None where nobody looks (a peer on loopback).

        It does not raise because of the letter or of the DNS: what cannot be known is `temperror`.
        """

    def judge(authentication: Authentication) -> Verdict:
        """Accept, Refuse (5.7.26) or Postpone (4.4.3), as the settings ask: without waiting."""


class INames(Interface):
    """The DNS, as far as filters ask it: within time limits, and remembering the answers."""

    def addresses(name: str) -> Awaitable[Sequence[str]]:
        """The name's IPv4 addresses; none when it has none. Raises Temporary 4.3."""


class ISightings(Interface):
    """Remembers, durably and within bounds, what was seen before."""

    def look(kind: str, key: str) -> Awaitable[Sighting | None]:
        """What is remembered of it; None when nothing is. Raises Temporary."""

    def note(kind: str, key: str, keep: float) -> Awaitable[Sighting]:
        """It was seen, now. Not seen for `keep` seconds it is forgotten. Raises Temporary."""


class IMeter(Interface):
    """Counts what happens, for `/metrics`, in the reactor's thread.

    Names are without the prefix `mailtickets_`.
    """

    def count(name: str, amount: float = 1, **labels: str) -> None:
        """Add to a counter."""

    def gauge(name: str, value: float, **labels: str) -> None:
        """Set a gauge."""

    def observe(name: str, value: float, **labels: str) -> None:
        """Note one value of a distribution, in seconds or octets as the name says."""


class ISteps(Interface):
    """Is told of every durable step as it is reached; a test kills the process at one."""

    def reached(step: str) -> None:
        """`step` is one of `mailtickets.steps.STEPS`."""


class IDraft(Interface):
    """A letter that is being received. Nothing of it is anybody's until `commit`."""

    size = Attribute("Octets written so far.")
    sha256 = Attribute("Hex digest of the octets written so far.")
    head = Attribute("The first octets of the letter, up to 256 KiB of them: bytes.")

    def write(octets: bytes) -> Awaitable[None] | None:
        """Take more octets. An awaitable asks the caller to pause until it fires."""

    def letter(envelope: Envelope) -> Letter:
        """The letter as it is now, to be read before it is committed."""

    def commit(
        envelope: Envelope,
        submissions: Sequence[Submission],
        subject: str = "",
        advance: Advance | None = None,
    ) -> Awaitable[Sequence[State]]:
        """Make the letter durable with a row for each recipient; tell how each row began.

        One whose key is known within the resend window is `duplicate` and is not carried again.
        A feed's cursor is moved in the same transaction.
        Raises Temporary 3.1 when the store is full and 3.0 when it cannot be written.
        """

    def discard() -> None:
        """Forget it. Safe to call at any time, and more than once."""


class ISpool(Interface):
    """Every letter in flight, both ways, and a row for every recipient there ever was."""

    def begin() -> IDraft:
        """A new letter, empty."""

    def put(
        envelope: Envelope,
        octets: bytes,
        submissions: Sequence[Submission],
        subject: str = "",
        advance: Advance | None = None,
    ) -> Awaitable[Sequence[State]]:
        """Begin, write and commit in one transaction, which also moves a feed's cursor."""

    def advance(advance: Advance) -> Awaitable[None]:
        """Move a feed's cursor where no letter came of its events."""

    def take(agent: str, limit: int) -> Awaitable[Sequence[Item]]:
        """Lease up to `limit` due items of `agent`, at most one of each lane, in order."""

    def renew(items: Sequence[Item]) -> Awaitable[None]:
        """Prolong the leases of items still being worked on."""

    def settle(item: Item, recipient: Mailbox, settlement: Settlement) -> Awaitable[bool]:
        """Write what became of a recipient. False, and nothing written, when the lease was lost."""

    def recover() -> Awaitable[int]:
        """Take back the leases of gateways that are gone, and tell how many.

        Sweeps what was begun and never committed.
        """

    def next_due(agent: str) -> Awaitable[float | None]:
        """When the earliest item of `agent` becomes due, in seconds since 1970."""

    def wake(agent: str, call: Callable[[], None]) -> None:
        """Call `call`, in the reactor's thread, whenever something may have become due."""

    def list(
        states: Sequence[State] = (),
        agent: str | None = None,
        recipient: str | None = None,
        after: int = 0,
        limit: int = 100,
        older: float | None = None,
        younger: float | None = None,
    ) -> Awaitable[Sequence[Shelf]]:
        """Items by ascending id from beyond `after`.

        `older` and `younger` are ages in seconds since they were accepted: at least, and at most.
        """

    def show(id: int) -> Awaitable[tuple[Shelf, Letter] | None]:
        """One item with its letter, or None."""

    def records(keys: Sequence[str]) -> Awaitable[Mapping[str, tuple[int, str]]]:
        """Why items had the fate they had: the row's number and the record, by the items' keys."""

    def release(id: int) -> Awaitable[bool]:
        """Make a held item due now. False when it is not held."""

    def retry(id: int) -> Awaitable[bool]:
        """Make a waiting or held item due now. False when it is neither."""

    def drop(id: int, reason: str) -> Awaitable[bool]:
        """End a held or waiting item as `dropped`, for a reason. False when it is neither."""

    def tally() -> Awaitable[Mapping[State, int]]:
        """How many rows stand in each state, those in flight included."""

    def follow(feed: str) -> Awaitable[bool]:
        """Whether we are the one gateway that follows `feed`; become it when nobody is.

        We stay it until we go, or are gone for 15 seconds. Ask before each reading of the feed. A
        `put` or `advance` of a feed that another gateway follows by then raises Temporary.
        """

    def replace(id: int, octets: bytes) -> Awaitable[bool]:
        """Put other octets in the place of a held or waiting item's letter; a person edited them.

        False when it is neither. Other recipients of the letter keep what they had.
        """

    def audit(full: bool = False) -> Awaitable[Audit]:
        """Recount everything from the tables. `full` reads the whole database for damage, too."""


class IHandsOver(Interface):
    """What a spool may do besides: give a letter to its courier in the moment it is durable.

    What is handed over is leased already. It was never waiting, `take` does not give it, and it is
    settled as anything else that was taken. Only what would be due at once, first in its lane, is
    handed over.
    """

    def hand_over(
        agent: str, room: Callable[[], int], carry: Callable[[Sequence[Item]], None]
    ) -> None:
        """Call `carry` with items of `agent`, in the reactor's thread.

        `room` tells how many may come now. One that asked for room may come a moment later, when
        it is durable.
        """

    def give_back(items: Sequence[Item]) -> Awaitable[None]:
        """Let go of items that nobody has begun with: they are due as before, untried."""


class ILedger(Interface):
    """Which Message-ID belongs to which ticket, and how far each feed has been read."""

    def which(desk: str, message_ids: Sequence[str]) -> Awaitable[Mapping[str, tuple[str, ...]]]:
        """The tickets of those Message-IDs that are known: {message_id: tickets}, oldest first.

        One letter may be in several tickets: it went to two queues, or to two tickets.
        """

    def filed(desk: str, message_id: str, fingerprint: str) -> Awaitable[Sequence[str]]:
        """The tickets that a letter with this Message-ID and this fingerprint is in."""

    def conversation(desk: str, ticket: str) -> Awaitable[Conversation | None]:
        """What is known of a ticket."""

    def learn(known: Sequence[Known]) -> Awaitable[None]:
        """Keep these facts. Learning one again changes nothing."""

    def sent(token: str) -> Awaitable[Sent | None]:
        """The letter of ours whose item's key begins so: 12 hexadecimal digits."""

    def mailed(desk: str, message_id: str) -> Awaitable[Outgoing | None]:
        """The comment that a letter of ours brought, by its Message-ID; None for any other."""

    def departed(desk: str, ticket: str, address: str, *, gone: bool) -> Awaitable[None]:
        """Note that an address wants no more letters about a ticket, or wants them again."""

    def departures(desk: str, ticket: str) -> Awaitable[frozenset[str]]:
        """Who wants no more letters about a ticket: addresses in lower case."""

    def wrote(key: str) -> Awaitable[bool]:
        """Whether an item of ours has this key: an event that carries it is an echo."""

    def cursor(feed: str) -> Awaitable[str | None]:
        """How far a feed has been read; None when it never was."""


class IAllowance(Interface):
    """How many automatic letters may still be sent, and to whom; gateways draw from one store."""

    def draw(correspondent: Mailbox, ticket: str | None) -> Awaitable[str | None]:
        """Take one letter's share for a correspondent, at a ticket if it is about one.

        None when there was enough; else the name of the bucket that is empty, and nothing was taken
        from any. `ticket` is told with its desk ("desk/KEY"). Raises Temporary.
        """


class IIncoming(Interface):
    """One letter on its way in, from the 354 to the dot."""

    def write(octets: bytes) -> Awaitable[None] | None:
        """More octets of the letter, dots undone. An awaitable asks for a pause until it fires."""

    def finish() -> Awaitable[Accepted]:
        """The dot. Returns when the letter is durable; raises Permanent or Temporary."""

    def discard() -> None:
        """The peer is gone, or the letter was refused by the edge. Safe to call twice."""


class IReception(Interface):
    """Where the edge asks about recipients and hands letters in."""

    def recipient(mailbox: Mailbox, envelope: Envelope) -> Awaitable[Destination]:
        """Where mail for `mailbox` would go. Raises Permanent 1.1 or 7.1, or Temporary."""

    def begin(envelope: Envelope, destinations: Mapping[Mailbox, Destination]) -> IIncoming:
        """A letter whose recipients have all been asked about."""
