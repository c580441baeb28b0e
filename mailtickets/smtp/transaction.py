"""The letter under way, as far as MAIL and RCPT have said (RFC 5321 section 3.3)."""

from __future__ import annotations

from attrs import define, field

from mailtickets.mail.envelope import Wishes
from mailtickets.mail.mailbox import Mailbox
from mailtickets.smtp.parameters import MailParameters


@define
class Transaction:
    """The session's own notes. `recipients` has one entry for each RCPT that was accepted."""

    sender: Mailbox | None
    parameters: MailParameters
    recipients: list[Mailbox] = field(factory=list)
    wishes: dict[Mailbox, Wishes] = field(factory=dict)
