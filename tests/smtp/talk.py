"""An application that says yes, and the record of what a session told it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from attrs import define, field

from mailtickets.smtp import events, replies
from mailtickets.smtp.extensions import Offer
from mailtickets.smtp.limits import Limits
from mailtickets.smtp.replies import Reply
from mailtickets.smtp.session import Session

CREDENTIALS = b"\0nic\0secret"


def offer(**changes) -> Offer:
    """An offer with everything there is."""
    limits = Limits(**changes.pop("limits", {}))
    return Offer(
        hostname="mx.example",
        limits=limits,
        **{"tls": True, "mechanisms": ("PLAIN", "LOGIN"), "binary": True, **changes},
    )


@define
class Talk:
    """One session and its application. `refuse` answers a question otherwise than with yes."""

    session: Session
    refuse: Callable[[events.Event], Reply | None] = lambda _event: None
    output: bytes = b""
    told: list = field(factory=list)
    letters: list[bytes] = field(factory=list)
    dropped: int = 0
    _letter: bytes = b""

    def say(self, pieces: bytes | Iterable[bytes]) -> list[str]:
        """Send octets; the lines that come back."""
        before = len(self.output)
        for piece in [pieces] if isinstance(pieces, bytes) else pieces:
            self.session.receive(piece)
            self.run()
        return self.output[before:].decode("ascii").split("\r\n")[:-1]

    def run(self) -> None:
        """Meet whatever there is to meet."""
        while (event := self.session.next()) is not None:
            if not isinstance(event, events.Chunk):
                self.told.append(event)
            self._meet(event)
        self.output += self.session.take_output()

    def _meet(self, event: events.Event) -> None:
        session = self.session
        no = self.refuse(event)
        match event:
            case events.SenderGiven() | events.RecipientGiven():
                session.answer(no or replies.OK)
            case events.LetterBegins():
                self._letter = b""
                if no:
                    session.answer(no)
                else:
                    session.go_ahead()
            case events.Chunk(octets=octets):
                self._letter += octets
                if no:
                    session.fail_letter(no)
            case events.LetterEnds(size=size):
                assert size == len(self._letter)
                if not no:
                    self.letters.append(self._letter)
                if session.offer.lmtp:
                    count = len(session.transaction.recipients)
                    session.answer_each([no or replies.accepted("ID")] * count)
                else:
                    session.answer(no or replies.accepted("ID"))
            case events.LetterDropped():
                self.dropped += 1
            case events.AuthBegins(initial=initial):
                if no or initial is None:
                    session.challenge(b"")
                else:
                    self._login(initial)
            case events.AuthResponse(octets=octets):
                self._login(octets)
            case events.StartTLS():
                session.encrypted(offer(encrypted=True))

    def _login(self, response: bytes) -> None:
        good = response == CREDENTIALS
        self.session.answer(replies.AUTH_OK if good else replies.AUTH_FAILED)


def talk(refuse=lambda _event: None, **changes) -> Talk:
    """A session that has been greeted."""
    unmetered = changes.pop("unmetered", False)
    mend = changes.pop("mend_newlines", False)
    session = Session(offer(**changes), unmetered=unmetered, mend_newlines=mend)
    session.greet()
    found = Talk(session, refuse)
    found.run()
    return found


def greeted(refuse=lambda _event: None, **changes) -> Talk:
    """A session after EHLO."""
    found = talk(refuse, **changes)
    found.say(b"LHLO vm\r\n" if changes.get("lmtp") else b"EHLO vm\r\n")
    return found


def codes(lines: Iterable[str]) -> list[str]:
    """The codes of whole replies, without the continued lines of any."""
    return [line[:3] for line in lines if line[3:4] != "-"]
