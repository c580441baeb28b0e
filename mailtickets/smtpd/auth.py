"""AUTH by twisted.cred: the challengers of twisted.mail, asked over our session (RFC 4954)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from twisted.cred.error import LoginFailed, UnhandledCredentials
from twisted.mail import smtp
from twisted.mail._cred import LOGINCredentials, PLAINCredentials
from twisted.mail.interfaces import IMessageDeliveryFactory

from mailtickets.smtp import replies

if TYPE_CHECKING:
    from mailtickets.smtpd.protocol import ESMTP

DELAY = 1.0  # seconds before a wrong password is called wrong

Challengers = Mapping[bytes, Callable[[], Any]]


def default_challengers() -> dict[bytes, Callable[[], Any]]:
    """PLAIN (RFC 4616) and LOGIN, which old clients know."""
    return {b"PLAIN": PLAINCredentials, b"LOGIN": LOGINCredentials}


class Authentication:
    """One AUTH command on a connection: challenges and responses, then the portal."""

    def __init__(self, protocol: ESMTP, challenger: Any) -> None:
        self._protocol = protocol
        self._challenger = challenger

    def begin(self, initial: bytes | None) -> None:
        """Challenge the peer, or take its initial response."""
        try:
            challenge = self._challenger.getChallenge()
        except Exception as why:
            self._heard(None, why)
            return
        if initial is None:
            self._challenge(challenge)
        else:
            self.respond(initial)

    def respond(self, response: bytes) -> None:
        """The peer's response: it may need another challenge, or be enough."""
        challenger = self._challenger
        try:
            challenger.setResponse(response)
            challenge = challenger.getChallenge() if challenger.moreChallenges() else None
        except Exception:  # whatever a challenger makes of a response that it cannot read
            self._protocol.answered(replies.BAD_ARGUMENTS)
            return
        if challenge is not None:
            self._challenge(challenge)
        else:
            self._protocol.ask(self._heard, self._login)

    def _challenge(self, challenge: bytes) -> None:
        if self._protocol.session is not None:
            self._protocol.session.challenge(challenge)

    def _login(self) -> Any:
        portal: Any = self._protocol.portal
        return portal.login(self._challenger, None, IMessageDeliveryFactory, smtp.IMessageDelivery)

    def _heard(self, avatar: Any, why: BaseException | None) -> None:
        protocol = self._protocol
        if why is None:
            protocol.logged_in(avatar, self._name)
        elif isinstance(why, LoginFailed) and not isinstance(why, UnhandledCredentials):
            protocol.answer_later(replies.AUTH_FAILED, DELAY)
        else:
            protocol.failed(why)
            protocol.answer_later(replies.AUTH_UNAVAILABLE, DELAY)

    @property
    def _name(self) -> str:
        name = getattr(self._challenger, "username", b"") or b""
        text = name.decode("utf-8", "replace") if isinstance(name, bytes) else str(name)
        return "".join(letter if letter.isprintable() else "?" for letter in text)[:200]
