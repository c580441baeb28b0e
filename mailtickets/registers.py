"""The promises about registers: small facts that several gateways of one database share."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from attrs import frozen
from zope.interface import Interface

from mailtickets.errors import Permanent
from mailtickets.mail.mailbox import Mailbox


class IRegister(Interface):
    """Values under keys, on shelves that have names. A shelf keeps its latest 100,000.

    It may be handed out before the store is opened; until then everything is Temporary.
    """

    def read(shelf: str, key: str) -> Awaitable[str | None]:
        """The value; None when there is none. Raises Temporary."""

    def change(
        shelf: str, key: str, how: Callable[[str | None], str | None]
    ) -> Awaitable[str | None]:
        """Put what `how` makes of the value in its place, and answer that; None takes it away.

        Nobody else changes it meanwhile. `how` may be called more than once, in another thread.
        Raises Temporary.
        """

    def entries(shelf: str, after: str, limit: int) -> Awaitable[Sequence[tuple[str, str]]]:
        """Keys from beyond `after`, in order, with their values. Raises Temporary."""


@frozen
class Suppressed:
    """An address to which letters failed.

    It is written to no more when `suppressed`; else `soft` failures in a row are counted. `since`
    is when it last failed, in seconds since 1970; `words` say why, `last` names the failed letter.
    """

    address: str
    since: float
    soft: int
    suppressed: bool
    words: str
    last: str = ""


class ISuppressions(Interface):
    """The addresses that are not written to, because they failed for good."""

    def find(address: Mailbox) -> Awaitable[Suppressed | None]:
        """What is known of an address. Raises Temporary."""

    def failed(address: Mailbox, trouble: Permanent, letter: str) -> Awaitable[Suppressed | None]:
        """Note that `letter` failed for good. Hearing of the same letter again counts nothing.

        What says nothing of the address (a letter that is too large) is not noted: None.
        """

    def delivered(address: Mailbox) -> Awaitable[None]:
        """Note a success: what was counted is forgotten."""

    def all(after: str, limit: int) -> Awaitable[Sequence[Suppressed]]:
        """Addresses in order from beyond `after`, those only counted among them."""

    def suppress(address: Mailbox, words: str) -> Awaitable[Suppressed]:
        """Write to it no more, for a reason that a person gives."""

    def lift(address: Mailbox) -> Awaitable[bool]:
        """Write to it again. False when it was not on the list."""
