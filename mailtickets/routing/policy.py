"""Who may write into a ticket: a matrix of proofs, alignment and participants."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from attrs import field, frozen


class Signature(StrEnum):
    """What became of the proof that a letter carries."""

    VALID = "valid"
    NONE = "none"
    INVALID = "invalid"


class Answer(StrEnum):
    """What happens to a letter that names a ticket."""

    APPEND = "append"
    UNVERIFIED = "unverified"
    """Appended, and marked unverified."""
    HOLD = "hold"
    """Held for a person; who releases it has it appended, marked unverified."""
    LINK = "link"
    """A new ticket is opened, which names the one that the letter names."""
    REFUSE = "refuse"


DEFAULTS: Mapping[str, Answer] = {
    "valid_aligned_participant": Answer.APPEND,
    "valid_aligned_stranger": Answer.APPEND,
    "valid_unaligned_participant": Answer.APPEND,
    "valid_unaligned_stranger": Answer.UNVERIFIED,
    "none_aligned_participant": Answer.APPEND,
    "none_unaligned_participant": Answer.UNVERIFIED,
    "none_aligned_stranger": Answer.LINK,
    "none_unaligned_stranger": Answer.LINK,
    "invalid": Answer.REFUSE,
}
"""The cells, by the names that the settings have for them. "unaligned" is no, or no policy."""

INVALID_ANSWERS = (Answer.REFUSE, Answer.LINK)
"""What may be said of an invalid token: nothing is known of it but that it is none of ours."""


def cell(signature: Signature, *, aligned: bool, participant: bool) -> str:
    """The name of a cell of the matrix.

    >>> cell(Signature.VALID, aligned=True, participant=False)
    'valid_aligned_stranger'
    """
    if signature is Signature.INVALID:
        return "invalid"
    words = (signature.value, "aligned" if aligned else "unaligned")
    return "_".join((*words, "participant" if participant else "stranger"))


class Closed(StrEnum):
    """What a letter to a ticket that has been closed for long does."""

    LINK = "link"
    REFUSE = "refuse"
    """At RCPT, with a sentence, to who has a valid token; else as LINK."""


class ReplyAll(StrEnum):
    """Whom a reply's Cc makes a participant."""

    NOBODY = "nobody"
    PARTICIPANTS = "participants"
    """Those whom a verified participant names."""


@frozen
class Admission:
    """How a queue admits letters to its tickets.

    `matrix` holds every cell. A letter to a ticket closed no longer than `reopen_days` ago opens it
    again; what a later one does, `closed` says. `cc_limit` is how many of the first letter's Cc
    become participants. `agents` are addresses, or domains with an @ before them, whose verified
    forwards make the customer the requester. `subject_tag` is how a subject names a ticket, with
    {ticket} in it; empty for not at all.
    """

    matrix: Mapping[str, Answer] = field(factory=lambda: dict(DEFAULTS), eq=dict)
    closed: Closed = Closed.LINK
    reopen_days: float = 30.0
    cc_limit: int = 10
    reply_all: ReplyAll = ReplyAll.NOBODY
    agents: tuple[str, ...] = ()
    subject_tag: str = "[{ticket}]"

    def answer(self, signature: Signature, *, aligned: bool, participant: bool) -> Answer:
        """What the matrix says of a letter."""
        return self.matrix[cell(signature, aligned=aligned, participant=participant)]

    @property
    def refuses(self) -> bool:
        """Whether some letter that names a ticket is refused after its dot."""
        return any(
            answer is Answer.REFUSE for name, answer in self.matrix.items() if name != "invalid"
        )

    def agent(self, address: str) -> bool:
        """Whether an address is an agent's."""
        address = address.lower()
        return any(
            address.endswith(one.lower()) if one.startswith("@") else address == one.lower()
            for one in self.agents
        )
