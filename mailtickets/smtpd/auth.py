"""AUTH by twisted.cred: the challengers of twisted.mail, asked over our session (RFC 4954)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from attrs import evolve
from twisted.cred.error import LoginFailed, UnhandledCredentials
from twisted.mail import smtp
from twisted.mail._cred import LOGINCredentials, PLAINCredentials
from twisted.mail.interfaces import IMessageDeliveryFactory

from mailtickets.errors import Temporary
from mailtickets.smtp import events, replies
from mailtickets.smtpd.guesses import FIRST_DELAY
from mailtickets.smtpd.peer import protocol_word

if TYPE_CHECKING:
    from mailtickets.smtpd.protocol import ESMTP

Challengers = Mapping[bytes, Callable[[], Any]]


def default_challengers() -> dict[bytes, Callable[[], Any]]:
    """PLAIN (RFC 4616) and LOGIN, which old clients know."""
    return {b"PLAIN": PLAINCredentials, b"LOGIN": Login}


class Login(LOGINCredentials):
    """LOGIN in the words that servers use: scanners and the like look for them."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.challenges = [b"Password:", b"Username:"]


class Authentication:
    """AUTH on one connection: challenges and responses, then the portal."""

    def __init__(self, protocol: ESMTP) -> None:
        self._protocol = protocol
        self._challenger: Any = None

    def begins(self, event: events.AuthBegins) -> None:
        """Challenge the peer, or take its initial response."""
        protocol = self._protocol
        try:
            self._challenger = protocol.challengers[event.mechanism.encode("ascii")]()
            challenge = self._challenger.getChallenge()
        except Exception as why:
            self._heard(None, why)
            return
        if event.initial is None:
            self._challenge(challenge)
        else:
            self._respond(event.initial)

    def responds(self, event: events.AuthResponse) -> None:
        """The peer's response to a challenge."""
        self._respond(event.octets)

    def cancelled(self, _event: events.AuthCancelled) -> None:
        """The peer has given it up."""
        self._challenger = None

    def _respond(self, response: bytes) -> None:
        """It may need another challenge, or be enough."""
        challenger, protocol = self._challenger, self._protocol
        try:
            challenger.setResponse(response)
            challenge = challenger.getChallenge() if challenger.moreChallenges() else None
        except Exception:  # whatever a challenger makes of a response that it cannot read
            protocol.answered(replies.BAD_ARGUMENTS)
            return
        if challenge is not None:
            self._challenge(challenge)
        elif protocol.door.guesses.begins(protocol.peer.address, self._now()):
            protocol.ask(self._heard, self._login)
        else:
            protocol.answer_later(replies.AUTH_TOO_OFTEN, FIRST_DELAY)

    def _challenge(self, challenge: bytes) -> None:
        if self._protocol.session is not None:
            self._protocol.session.challenge(challenge)

    def _login(self) -> Any:
        portal: Any = self._protocol.portal
        return portal.login(self._challenger, None, IMessageDeliveryFactory, smtp.IMessageDelivery)

    def _heard(self, avatar: Any, why: BaseException | None) -> None:
        protocol = self._protocol
        guesses, address = protocol.door.guesses, protocol.peer.address
        if isinstance(why, LoginFailed) and not isinstance(why, UnhandledCredentials):
            delay = guesses.delay(address, self._now())
            protocol.answer_later(replies.AUTH_FAILED, delay)
            return
        guesses.right(address, self._now())
        if why is None:
            self._logged_in(avatar)
        elif isinstance(why, Temporary):
            protocol.answer_later(replies.AUTH_UNAVAILABLE, FIRST_DELAY)
        else:
            protocol.failed(why)
            protocol.answer_later(replies.AUTH_UNAVAILABLE, FIRST_DELAY)

    def _logged_in(self, avatar: Any) -> None:
        """The peer has proved who it is; `avatar` is what the portal answered."""
        protocol = self._protocol
        protocol._cbAuthenticated(avatar)  # noqa: SLF001 - twisted.mail's: takes the delivery
        word = protocol_word(
            lmtp=protocol.door.lmtp,
            extended=True,
            encrypted=protocol.startedTLS,
            authenticated=True,
        )
        protocol.peer = evolve(protocol.peer, user=self._name, protocol=word)
        self._challenger = None
        protocol.answered(replies.AUTH_OK)

    def _now(self) -> float:
        now: float = self._protocol.door.clock.seconds()
        return now

    @property
    def _name(self) -> str:
        name = getattr(self._challenger, "username", b"") or b""
        text = name.decode("utf-8", "replace") if isinstance(name, bytes) else str(name)
        return "".join(letter if letter.isprintable() else "?" for letter in text)[:200]
