"""What became of an answer, in sentences for the agents of its ticket.

Each becomes an internal comment: delivered, delayed, failed, with the reason in words that a
person understands, and the remote's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from attrs import evolve, frozen

from mailtickets.errors import Permanent
from mailtickets.mail import clean
from mailtickets.mail.message import Failure, Message
from mailtickets.tickets.values import Fate

__all__ = ["DELAY", "Fate", "Report", "comment", "reason", "reports_of", "sentence", "told_by"]

DELAY = 4 * 3600.0
"""Seconds after which the agents are told that an answer is still waiting."""


# By enhanced status without its class (RFC 3463 section 3), then by its subject alone.
_REASONS = {
    "1.1": "there is no such mailbox",
    "1.2": "there is no such domain",
    "1.3": "the address is not one that mail can be sent to",
    "1.6": "the mailbox has moved and left no address",
    "1.10": "the domain takes no mail at all",
    "2.1": "the mailbox is switched off",
    "2.2": "the mailbox is full",
    "2.3": "the letter is larger than the mailbox takes",
    "3.4": "the letter is larger than their server takes",
    "4.1": "their server cannot be reached",
    "4.2": "their server broke off the connection",
    "4.3": "the DNS does not say which server takes their mail",
    "4.4": "no server takes their mail",
    "4.6": "mail to them goes round in a circle",
    "4.7": "it was tried for too long",
    "6.7": "their server takes no addresses or subjects in UTF-8",
    "7.1": "their server refuses letters from us",
    "7.5": "the encryption that their server needs does not work",
    "7.10": "their server does not encrypt, and must",
    "1": "something is wrong with the address",
    "2": "something is wrong with the mailbox",
    "3": "something is wrong with their server",
    "4": "something is wrong on the way to their server",
    "5": "their server and ours did not understand each other",
    "6": "their server cannot take what is in the letter",
    "7": "their server refuses it, for its own rules",
}
_LATER = "their server does not take letters from us yet"
"""Greylisting, and whatever else is a rule of theirs for now."""
_WORDS = 300
GOOD = frozenset({Fate.SENT, Fate.DELIVERED})
NEWS = frozenset({Fate.DELAYED, Fate.DELIVERED})
"""What is told in words beside failures, unless the settings say otherwise: what a next hop took is
no news yet."""


@frozen
class Report:
    """What became of a letter at one recipient. `status` is the whole enhanced status, if known.

    `words` are those of the remote, cleaned. `held` is true of one that was tried for so long that
    a person decides now.
    """

    recipient: str
    fate: Fate
    status: str = ""
    words: str = ""
    held: bool = False

    @property
    def trouble(self) -> Permanent:
        """The failure as one of ours. What was given up after temporary answers is a soft one."""
        digit, _, rest = self.status.partition(".")
        subject, _, detail = rest.partition(".")
        known = digit in {"4", "5"} and subject.isdecimal() and detail.isdecimal()
        if not known:
            return Permanent("0.0", self.words)
        return Permanent(rest if digit == "5" else "4.7", self.words)


def reason(status: str) -> str:
    """Why, in words a person understands; empty when the status says nothing.

    >>> reason("5.1.1"), reason("4.2.9"), reason("4.7.1")
    ('there is no such mailbox', 'something is wrong with the mailbox', \
'their server does not take letters from us yet')
    """
    digit, _, rest = status.partition(".")
    if digit == "4" and rest in {"7.0", "7.1"}:
        return _LATER
    return _REASONS.get(rest) or _REASONS.get(rest.partition(".")[0], "")


def sentence(report: Report) -> str:
    """What the comment says of one recipient."""
    why = reason(report.status)
    begin = {
        Fate.WAITING: f"The answer to {report.recipient} is waiting",
        Fate.SENT: f"The answer to {report.recipient} was handed on to the next mail server",
        Fate.DELIVERED: f"The answer reached {report.recipient}'s mail server",
        Fate.DELAYED: f"The answer to {report.recipient} is still waiting",
        Fate.FAILED: f"The answer did not reach {report.recipient}",
    }[report.fate]
    because = f": {why}" if why and report.fate not in GOOD else ""
    end = {
        Fate.WAITING: " It is tried again.",
        Fate.DELAYED: " It is tried again.",
        Fate.FAILED: " It is not tried again.",
    }.get(report.fate, "")
    if report.held:
        end = " It was tried for too long and is held: the operator releases or drops it."
    said = ""
    if report.words:
        said = f'\nTheir words: "{clean.line(report.words, _WORDS)}"'
        said += f" ({report.status})" if report.status and report.status not in report.words else ""
    return f"{begin}{because}.{end}{said}"


def comment(reports: Iterable[Report]) -> str:
    """The text of the internal comment; empty when there is nothing to tell."""
    return "\n\n".join(sentence(one) for one in reports)


_ACTIONS = {
    "failed": Fate.FAILED,
    "delayed": Fate.DELAYED,
    "delivered": Fate.DELIVERED,
    "relayed": Fate.SENT,
    "expanded": Fate.SENT,
}  # RFC 3464 section 2.3.3
MOST = 20
"""Recipients of one notice that are told of."""


def reports_of(message: Message, recipient: str) -> tuple[Report, ...]:
    """What a notice tells. One that names nobody is about `recipient`, to whom the letter went."""
    told = (*message.failures, *message.reached)[:MOST]
    if not told:
        return (Report(recipient, Fate.FAILED, words=clean.line(message.new_text, _WORDS)),)
    return tuple(_report(failure, recipient) for failure in told)


def _report(failure: Failure, recipient: str) -> Report:
    fate = _ACTIONS.get(failure.action.lower(), Fate.FAILED)
    who = clean.line(failure.recipient, 320) or recipient
    return Report(who, fate, clean.line(failure.status, 12), clean.line(failure.diagnostic, _WORDS))


def told_by(reports: Sequence[Report], recipient: str) -> tuple[Report, ...]:
    """The reports on a letter that went to `recipient` alone, each said of that address.

    Whoever forwards their mail bounces under a name that our agents never heard of.
    """
    known = recipient.lower()
    return tuple(
        one
        if one.recipient.lower() == known
        else evolve(one, recipient=f"{recipient} (forwarded to {one.recipient})")
        for one in reports
    )
