"""The slips that go with letters between what happens next and the store."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from attrs import define, field, frozen

from mailtickets.mail.envelope import Envelope
from mailtickets.mail.mailbox import Mailbox
from mailtickets.outcomes import State
from mailtickets.tickets.values import Destination, Known, Receipt


@frozen
class Attempt:
    """What is known of a submission: when it was tried, and how it ended if that is known.

    `began` counts seconds since 1970. Without a `receipt` nobody knows whether the desk has it.
    """

    began: float
    receipt: Receipt | None = None


@frozen
class Sighting:
    """How something was seen before: first, last before now, and how often, this time included.

    Times count seconds since 1970, as `now` does.
    """

    first: float
    last: float
    times: int
    now: float


@define(frozen=True, slots=False)
class Submission:
    """One recipient's share of a letter that is put into the spool.

    `key` is the digest by which a repeat is recognised (`mailtickets.routing.inbound.key_of`).
    `terminal`, with `reason`, is for what needs no carrying: a swallowed letter is `discarded` at
    once and still has its row. `record` writes the decision about a row that is at its end from the
    beginning, given its state and the reason; the spool calls it, since only it can see a repeat.
    It is pure, quick and never raises.
    """

    recipient: Mailbox
    key: str
    agent: str
    lane: str
    destination: Destination | None = None
    holds_lane: bool = False
    hold: str | None = None
    terminal: State | None = None
    reason: str = ""
    record: Callable[[State, str], str] | None = None


@frozen
class Shelf:
    """What the spool tells about one item, for `queue list` and the operator's page.

    `record` is the decision about it, as it was written; `show` tells it, `list` does not.
    """

    id: int
    letter: str
    key: str
    sender: str
    recipient: str
    agent: str
    lane: str
    state: State
    attempts: int
    accepted: float
    due: float | None
    reason: str
    subject: str = ""
    receipt: Receipt | None = None
    record: str = ""


@frozen
class Advance:
    """Move a feed's cursor, in the transaction that puts the letters its events caused."""

    feed: str
    cursor: str
    learned: tuple[Known, ...] = ()


@frozen
class Audit:
    """What a recount of the store says.

    `accepted` is the number of recipients acknowledged, `states` how many rows stand in each state.
    `complaints` say what is missing, double or damaged; `overdue` are ids of items that have been
    in flight for longer than a day, the oldest first.
    """

    accepted: int
    states: Mapping[State, int]
    complaints: tuple[str, ...] = ()
    overdue: tuple[int, ...] = ()

    @property
    def balanced(self) -> bool:
        """Whether accepted = terminal + in flight, and nothing else is wrong."""
        return self.accepted == sum(self.states.values()) and not self.complaints


@frozen
class Settlement:
    """What `ISpool.settle` writes: a terminal state, or `due` again at a time, or `held`.

    `due` counts seconds since 1970; `after`, which outweighs it, from the moment of settling, so
    that no clock can be set in between. `reason` is for a person. `notice` is a letter that the
    settling causes (a bounce to the sender), put in the same transaction. `destination` takes the
    place of the item's, `record` is kept as the decision about it.
    """

    state: State
    reason: str = ""
    due: float | None = None
    receipt: Receipt | None = None
    learned: tuple[Known, ...] = ()
    notice: Notice | None = None
    destination: Destination | None = None
    record: str | None = None
    after: float | None = None


@frozen
class Notice:
    """A letter of ours, ready for the spool."""

    envelope: Envelope
    octets: bytes
    submissions: tuple[Submission, ...]
    subject: str = ""


@frozen
class Accepted:
    """The letter is durable: what to tell the peer. `fates` has a recipient's own if it differs."""

    id: str
    fates: Mapping[Mailbox, Exception] = field(factory=dict, eq=False)
