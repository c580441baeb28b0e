"""What machines write to us: what becomes of it, kind by kind, as the settings say."""

from __future__ import annotations

from enum import StrEnum

from attrs import frozen

from mailtickets.mail.message import Message, Nature


class Means(StrEnum):
    """What becomes of a kind of letter."""

    OPEN = "open"
    """An internal comment on the ticket that it is about; about none, it opens one."""
    COMMENT = "comment"
    """An internal comment on the ticket that it is about; about none, it is discarded."""
    DISCARD = "discard"


@frozen
class Machines:
    """What becomes of each kind. Nothing of this is ever answered, whatever it says here.

    `auto_reply` is what answers by itself: a vacation notice, another desk's acknowledgement.
    `notification` is what a program writes of its own accord (Auto-Submitted: auto-generated, in
    answer to nothing): an alarm, a report. `challenge` asks us to prove that we are somebody,
    `read_receipt` is RFC 8098's, `complaint` RFC 5965's. `list` is what came by a mailing list;
    with "open" it is read as a person's letter. `bounce` is one that is about no letter of ours:
    those that are go to their ticket.
    """

    auto_reply: Means = Means.COMMENT
    notification: Means = Means.OPEN
    challenge: Means = Means.COMMENT
    read_receipt: Means = Means.DISCARD
    complaint: Means = Means.OPEN
    list: Means = Means.OPEN
    bounce: Means = Means.COMMENT

    def discards(self, message: Message, *, about: bool) -> str:
        """Why a letter is discarded, as no person wrote it; empty when it is not.

        `about` tells whether it is about a ticket.
        """
        kind = kind_of(message)
        if not kind:
            return ""
        means: Means = getattr(self, kind)
        if means is Means.DISCARD:
            return f"{_WORDS[kind]} is not kept"
        if not about and (means is Means.COMMENT or kind in NEVER_OPEN):
            return f"{_WORDS[kind]} that is about no ticket opens none"
        return ""

    def noted(self, message: Message) -> bool:
        """Whether a letter about a ticket is for its agents alone."""
        kind = kind_of(message)
        return bool(kind) and not (kind == "list" and self.list is Means.OPEN)


_KINDS = {
    Nature.AUTO_REPLY: "auto_reply",
    Nature.CHALLENGE: "challenge",
    Nature.READ_RECEIPT: "read_receipt",
    Nature.FEEDBACK_REPORT: "complaint",
    Nature.LIST: "list",
    Nature.BOUNCE: "bounce",
}
NEVER_OPEN = frozenset({"auto_reply", "bounce"})
"""Kinds that open no ticket, whatever anybody wants: that is how two desks begin a loop."""
_WORDS = {
    "auto_reply": "an automatic reply",
    "notification": "a program's notification",
    "challenge": "a challenge",
    "read_receipt": "a read receipt",
    "complaint": "a complaint report",
    "list": "a mailing list's letter",
    "bounce": "a bounce",
}
_OF_ITS_OWN = ("Auto-Submitted: auto-generated", "Auto-Submitted: auto-notified")


def kind_of(message: Message) -> str:
    """The kind of a machine's letter, by the name of its setting; empty for a person's."""
    kind = _KINDS.get(message.nature, "")
    if kind != "auto_reply" or message.references or message.in_reply_to:
        return kind
    of_its_own = any(one.startswith(_OF_ITS_OWN) for one in message.evidence)
    return "notification" if of_its_own else kind  # RFC 3834 section 5, RFC 5436 section 2.7.1
