"""What happens on the wire, as the session tells it, one event after the other.

Nobody changes an event. That is not enforced, since making a value that cannot be changed costs
four times as much, and a small letter is five events.
"""

from __future__ import annotations

from attrs import define

from mailtickets.mail.envelope import Wishes
from mailtickets.mail.mailbox import Mailbox
from mailtickets.smtp.parameters import MailParameters
from mailtickets.smtp.replies import Reply


@define
class Hello:
    """The peer said who it is. Whatever letter was under way is forgotten (RFC 5321 4.1.4)."""

    name: str


@define
class SenderGiven:
    """MAIL. The session waits for `answer(reply)`. `sender` is None for the null reverse-path."""

    sender: Mailbox | None
    parameters: MailParameters


@define
class RecipientGiven:
    """RCPT. The session waits for `answer(reply)`."""

    recipient: Mailbox
    wishes: Wishes


@define
class LetterBegins:
    """DATA, or the first BDAT. The session waits for `go_ahead()` or `answer(refusal)`."""


@define
class Chunk:
    """Octets of the letter, dots undone. Ask for the next event when these are taken."""

    octets: bytes


@define
class LetterEnds:
    """The whole letter is here. The session waits for `answer(reply)` or `answer_each(replies)`.

    `size` counts its octets.
    """

    size: int


@define
class LetterDropped:
    """The letter that had begun is not to be: forget its octets. The peer is told in its time."""


@define
class LetterRefused:
    """The end of a letter that had been dropped for a fault of its own; the peer is told now."""

    reply: Reply
    size: int


@define
class AuthBegins:
    """AUTH. The session waits for `challenge(octets)` or `answer(reply)`."""

    mechanism: str
    initial: bytes | None


@define
class AuthResponse:
    """The peer's response to a challenge. The session waits as for AuthBegins."""

    octets: bytes


@define
class AuthCancelled:
    """The peer gave up authenticating."""


@define
class StartTLS:
    """Write what is to be said, start TLS, and tell the session: `encrypted()`."""


@define
class Closed:
    """Write what is to be said and close. `why` is for the log."""

    why: str


Event = (
    Hello
    | SenderGiven
    | RecipientGiven
    | LetterBegins
    | Chunk
    | LetterEnds
    | LetterDropped
    | LetterRefused
    | AuthBegins
    | AuthResponse
    | AuthCancelled
    | StartTLS
    | Closed
)
