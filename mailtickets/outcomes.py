"""What becomes of a recipient, and what a filter says of a letter."""

from __future__ import annotations

from enum import StrEnum

from attrs import frozen

from mailtickets.errors import Permanent, Temporary
from mailtickets.tickets.values import Destination, Known, Receipt


class State(StrEnum):
    """Where a recipient's row stands. Nine states are terminal; the others are in flight."""

    DUE = "due"
    LEASED = "leased"
    HELD = "held"

    OPENED = "opened"
    COMMENTED = "commented"
    RELAYED = "relayed"
    DELIVERED = "delivered"
    DUPLICATE = "duplicate"
    DISCARDED = "discarded"
    BOUNCED = "bounced"
    REFUSED = "refused"
    DROPPED = "dropped"

    @property
    def terminal(self) -> bool:
        """Whether nothing more will happen to such a row."""
        return self not in IN_FLIGHT


IN_FLIGHT = frozenset({State.DUE, State.LEASED, State.HELD})
TERMINAL = tuple(state for state in State if state.terminal)


@frozen
class Delivered:
    """The agent has done it. `state` is terminal and says how.

    `note` is a reason or the remote's words, for a person to read. `learned` is what the ledger
    shall know from now on; it is written in the transaction that settles the item. `record` is the
    decision behind it, as `mailtickets.routing.record.write_record` has it.
    """

    state: State = State.DELIVERED
    receipt: Receipt | None = None
    note: str = ""
    learned: tuple[Known, ...] = ()
    record: str | None = None


@frozen
class Withheld:
    """A person shall decide: it is held, for `reason`. Released, it is for `destination`."""

    reason: str
    destination: Destination | None = None
    record: str | None = None


class About(StrEnum):
    """Whom a deferral says something of, and so for whom the others wait."""

    PEER = "peer"
    """All that the agent carries goes to who failed here: it is spared."""
    PLACE = "place"
    """The agent carries to many places, and knows itself which of them are to be spared."""
    LETTER = "letter"
    """The peer has answered, about this letter: the next one may fare better."""


@frozen
class Deferred:
    """Not now. The courier tries again later, and holds it for a person in the end.

    `record` is as that of `Delivered`, where something had been decided.
    """

    trouble: Temporary
    about: About = About.PEER
    record: str | None = None


@frozen
class Bounced:
    """Never. The sender is told where they may be told. `record` is as that of `Deferred`."""

    trouble: Permanent
    record: str | None = None


Outcome = Delivered | Withheld | Deferred | Bounced


@frozen
class Accept:
    """A filter lets the letter pass, perhaps with labels for those who come after."""

    labels: frozenset[str] = frozenset()


@frozen
class Refuse:
    """A filter refuses the letter: 550 with this sentence (status 7.1 unless it says otherwise)."""

    text: str
    status: str = "7.1"


@frozen
class Postpone:
    """A filter asks the sender to come back: 451 with this sentence."""

    text: str
    status: str = "7.1"


@frozen
class Swallow:
    """A filter has the letter acknowledged and discarded, for a reason that the ledger keeps."""

    reason: str


Verdict = Accept | Refuse | Postpone | Swallow
