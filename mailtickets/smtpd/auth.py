"""AUTH by twisted.cred: the challengers of twisted.mail, asked over our session (RFC 4954)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from twisted.cred.error import LoginFailed, UnauthorizedLogin, UnhandledCredentials
from twisted.cred.portal import Portal
from twisted.mail import smtp
from twisted.mail._cred import LOGINCredentials, PLAINCredentials
from twisted.mail.interfaces import IMessageDeliveryFactory

from mailtickets.smtp import replies
from mailtickets.smtp.replies import Reply

Challengers = Mapping[bytes, Callable[[], Any]]


def default_challengers() -> dict[bytes, Callable[[], Any]]:
    """PLAIN (RFC 4616) and LOGIN, which old clients know."""
    return {b"PLAIN": PLAINCredentials, b"LOGIN": LOGINCredentials}


class Exchange:
    """One AUTH command: challenges and responses, until there are credentials."""

    def __init__(self, challenger: Any) -> None:
        self.challenger = challenger

    def begin(self, initial: bytes | None) -> bytes | None:
        """The first challenge; None when the initial response is all that is needed."""
        challenge: bytes = self.challenger.getChallenge()
        if initial is None:
            return challenge
        return self.respond(initial)

    def respond(self, response: bytes) -> bytes | None:
        """The next challenge; None when there are credentials.

        Raises whatever a challenger makes of a response that it cannot read.
        """
        self.challenger.setResponse(response)
        if self.challenger.moreChallenges():
            challenge: bytes = self.challenger.getChallenge()
            return challenge
        return None

    @property
    def name(self) -> str:
        """Who says to be there, printable."""
        name = getattr(self.challenger, "username", b"") or b""
        text = name.decode("utf-8", "replace") if isinstance(name, bytes) else str(name)
        return "".join(letter if letter.isprintable() else "?" for letter in text)[:200]

    def login(self, portal: Portal) -> Any:
        """Ask the portal. A Deferred of (interface, avatar, logout)."""
        return portal.login(self.challenger, None, IMessageDeliveryFactory, smtp.IMessageDelivery)


def refusal(why: BaseException) -> Reply | None:
    """What a wrong name or password is answered; None when something else went wrong."""
    if isinstance(why, UnauthorizedLogin | LoginFailed) and not isinstance(
        why, UnhandledCredentials
    ):
        return replies.AUTH_FAILED
    return None
