"""The protocol on a connection: twisted.mail's ESMTP with the wire of `mailtickets.smtp` inside.

It keeps the public shape of `twisted.mail.smtp.ESMTP`: `transport`, `host`, `portal`, `delivery`,
`deliveryFactory`, `challengers`, and itself as `User.protocol`; `validateFrom`, `validateTo` and
`receivedHeader` may be overridden as there. `dataReceived` is the only way in: `do_*`, `ext_*` and
`state_*` methods of somebody's subclass are not consulted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from attrs import evolve
from twisted.internet.interfaces import IHalfCloseableProtocol, ISSLTransport
from twisted.internet.protocol import connectionDone
from twisted.mail import smtp
from twisted.python.failure import Failure
from zope.interface import implementer

from mailtickets.mail.envelope import Envelope, Peer
from mailtickets.smtp import events, replies
from mailtickets.smtp.session import Session
from mailtickets.smtpd import journal
from mailtickets.smtpd.answering import Answering
from mailtickets.smtpd.auth import Authentication
from mailtickets.smtpd.deadlines import Deadlines
from mailtickets.smtpd.door import Door
from mailtickets.smtpd.peer import peer_of, protocol_word, tls_of
from mailtickets.smtpd.promises import IKnowsEnvelope
from mailtickets.smtpd.proxy import when_known
from mailtickets.smtpd.underway import MEETS as LETTERS_MEETS
from mailtickets.smtpd.underway import UnderWay
from mailtickets.smtpd.wire import Wire

PAUSE_AT = 65_536  # octets that may wait while a command waits for its answer
HEADER_TIMEOUT = 30.0  # seconds for a proxy to say whom it brings


@implementer(IHalfCloseableProtocol, IKnowsEnvelope)
class ESMTP(Answering, smtp.ESMTP):
    """One connection. `mailtickets.smtpd.factory.SMTPFactory` makes them."""

    transport: Any
    delivery: Any
    receivedHeader: Any  # noqa: N815 - twisted.mail's, as is the next, without types
    _cbAuthenticated: Any  # noqa: N815
    door: Any = None  # a Door: the factory's, or one of its own

    def __init__(self, chal: Any = None, contextFactory: Any = None) -> None:
        super().__init__(chal, contextFactory)  # type: ignore[no-untyped-call]
        self.session: Session | None = None
        self.peer = Peer()
        self.helo = (b"", b"")  # what it calls itself and its address, as twisted.mail has them
        self.letters = 0  # accepted
        self._octets = 0
        self._began = 0.0
        self._why = "lost"
        self._turn = 0  # which question waits for its answer, of those that had to wait
        self._admitted = False
        self._wire: Any = None  # a Wire, as soon as the peer is known
        self._advancing = False
        self._held = False  # events wait until the store has room
        self._unread = False  # the peer does not read what we write
        self._ended = False  # the peer will send no more
        self._deadlines: Any = None
        self._under_way: Any = None  # an UnderWay, from the first MAIL on
        self._auth: Authentication | None = None

    # The connection

    def connectionMade(self) -> None:
        """Somebody is here; greet them, once it is known who they are."""
        if self.door is None:
            self.door = Door(self.transport.reactor, hostname=self.host.decode("ascii"))
        self._began = self.door.clock.seconds()
        if not when_known(self.transport, self._begin):
            self._why = "no PROXY header"
            self.door.table.expect(self)
            self.door.clock.callLater(HEADER_TIMEOUT, self._unknown)

    def _begin(self) -> None:
        door = self.door
        self._why = "lost"
        self.peer = peer_of(self.transport)
        address = self.peer.address
        local = door.limits.is_local(address)
        offer = door.offer
        if ISSLTransport.providedBy(self.transport):
            offer = door.encrypted_offer
            self.startedTLS = True
        self.session = session = Session(
            offer, unmetered=local, mend_newlines=door.limits.may_send_bare_newlines(address)
        )
        self._deadlines = Deadlines(door.limits, self._began)
        self._wire = Wire(self.transport, self, door.rounds)
        if door.draining:
            session.shut(replies.SHUTTING_DOWN, "refused while shutting down")
        elif not self._admit(address, local=local):
            session.shut(replies.TOO_MANY_CONNECTIONS, "refused: too many connections")
        elif door.limits.greeting_delay > 0 and not local:
            door.clock.callLater(door.limits.greeting_delay, self._greet)
            return
        else:
            session.greet()
        self._advance()
        if not self._admitted and self.session is not None:
            door.table.see_out(self)

    def _unknown(self) -> None:
        if self._wire is None and self.transport is not None:
            self.transport.abortConnection()

    def _admit(self, address: str, *, local: bool) -> bool:
        self._admitted = self.door.table.admit(self, address, local=local)
        return self._admitted

    def _greet(self) -> None:
        if self.session is not None:
            self.session.greet()
            self._advance()

    def dataReceived(self, data: bytes) -> None:
        """Octets have come: the only way in."""
        session = self.session
        if session is None or self._wire.closing is not None:
            return
        self._octets += len(data)
        session.receive(data)
        self._advance()
        if (
            not session.idle
            and session.inbox.octets
            and session.waiting > PAUSE_AT
            and (session.question is not None or self._held or self._unread)
        ):
            self._wire.pause()

    def readConnectionLost(self) -> None:
        """The peer has said all it will say. It still gets its answers."""
        self._ended = True
        if self._wire is None:
            self.transport.loseConnection()
        elif self._wire.closing is not None:
            self._wire.lose()
        else:
            self._advance()

    def writeConnectionLost(self) -> None:
        """Our last words are out, or the peer listens no more."""
        if self._wire is not None and self._wire.closing is None:
            self._wire.lose()

    def connectionLost(self, reason: Failure = connectionDone) -> None:  # noqa: ARG002 - Twisted's
        """The connection is gone."""
        door, session = self.door, self.session
        self.session = None
        self._turn += 1
        if self._under_way is not None:
            self._under_way.lost()
            self._under_way = None
        unknown = self._wire is None and door is not None  # its proxy never said who it is
        if unknown:
            self.peer = peer_of(self.transport)
        elif self.startedTLS and self.peer.tls is None:  # nothing was said after the handshake
            self.peer = evolve(self.peer, tls=tls_of(self.transport))
        if session is not None or unknown:
            door.table.leave(self)
            door.meter.count("connections", door=door.name)
            journal.connection(
                door.log,
                self.peer,
                letters=self.letters,
                octets=self._octets,
                seconds=door.clock.seconds() - self._began,
                why=self._why,
                door=door.name,
            )
        if self._onLogout:
            self._onLogout()
            self._onLogout = None

    # The peer must read: the transport tells us when it does not (IPushProducer)

    def pauseProducing(self) -> None:
        """Too much is written and not read: carry out no more commands.

        Reading goes on until `PAUSE_AT` octets wait: a TLS handshake pauses us too, and must be
        read to its end.
        """
        self._unread = True

    def resumeProducing(self) -> None:
        """The peer reads again."""
        self._unread = False
        self._advance()

    def stopProducing(self) -> None:
        """The connection is gone; `connectionLost` says so too."""

    # What the table and the factory ask

    def look(self, now: float) -> None:
        """See whether a deadline has passed."""
        session, deadlines = self.session, self._deadlines
        if session is None or deadlines is None:
            return
        if self._wire.closing is not None:
            self._wire.look(now, patiently=self._admitted)
            return
        asked = session.question is not None or self._held
        letter = session.letters if session.receiving else 0
        deadlines.look(now, self._turn if asked else 0, letter, self._octets, session.commands)
        if deadlines.unanswered():
            self._turn += 1
            if self._held:
                self.letter_failed(replies.NO_ANSWER)
            else:
                self.answered(replies.NO_ANSWER)
        elif not asked:
            late = deadlines.late(crowded=self.door.table.crowded)
            if late is not None:
                self._unread = False
                session.shut(late, late.text.lower())
                self._advance()

    def retire(self) -> None:
        """Say 421 as soon as no letter is under way."""
        if self.session is not None:
            self.session.retire(replies.SHUTTING_DOWN)
            self._advance()

    def stop(self) -> None:
        """Say 421 now."""
        if self.session is not None:
            self._turn += 1
            self._held = self._unread = False
            self.session.shut(replies.SHUTTING_DOWN, "shut down")
            self._advance()

    def abort(self) -> None:
        """Be gone."""
        self.transport.abortConnection()

    # The loop

    def _advance(self) -> None:
        session = self.session
        if session is None or self._advancing:
            return
        self._advancing = True
        try:
            told = session.told
            while not self._held and not self._unread and (told or session.go_on()):
                event = told.popleft()
                meet = LETTERS_MEETS.get(type(event))
                try:
                    if meet is None:
                        _MEETS[type(event)](self, event)
                    else:
                        meet(self._under_way, event)
                except Exception:
                    self._surprised(event)
        finally:
            self._advancing = False
        wire, output = self._wire, session.output
        if output and self.session is not None and wire.closing is None:
            wire.write(output[0] if len(output) == 1 else b"".join(output))
            output.clear()
        if wire.paused or self._ended:
            self._see_to_reading(session)

    def _see_to_reading(self, session: Session) -> None:
        """Read again where there is room; hang up where the peer will say no more."""
        if self._held or self._unread or self.session is None or self._wire.closing is not None:
            return
        if self._wire.paused and session.waiting < PAUSE_AT:
            self._wire.resume()
        if self._ended and session.question is None:
            self._why = "closed by the peer"
            self._wire.lose()

    def _surprised(self, event: events.Event) -> None:
        self.door.log.failure("The session could not go on")
        if isinstance(event, events.Chunk):
            self.letter_failed(replies.SURPRISE)
        else:
            self.answered(replies.SURPRISE)

    def _flush(self, session: Session) -> None:
        octets = session.take_output()
        if octets:
            self._wire.write(octets)

    # As twisted.mail has it

    def validateFrom(self, helo: tuple[bytes, bytes], origin: smtp.Address) -> Any:
        """Ask the delivery, or as twisted.mail does: its factory, the portal."""
        if self.delivery is not None and self.deliveryFactory is None:
            return self.delivery.validateFrom(helo, origin)
        return super().validateFrom(helo, origin)  # type: ignore[no-untyped-call]

    @property
    def envelope(self) -> Envelope:
        """The envelope of the letter under way, as far as it is known (IKnowsEnvelope)."""
        so_far: Envelope = self._under_way.envelope
        return so_far

    # Meeting events: of the session

    def _hello(self, event: events.Hello) -> None:
        session = self.session
        assert session is not None
        word = protocol_word(
            lmtp=self.door.lmtp,
            extended=session.esmtp,
            encrypted=self.startedTLS,
            authenticated=session.authenticated,
        )
        tls = tls_of(self.transport) if self.startedTLS else None
        self.peer = evolve(self.peer, helo=event.name, protocol=word, tls=tls)
        self.helo = event.name.encode("ascii"), self.peer.address.encode("utf-8", "replace")
        self._helo = self.helo

    def _start_tls(self, _event: events.StartTLS) -> None:
        session, door = self.session, self.door
        assert session is not None
        self._flush(session)
        self._wire.start_tls(door.tls)
        self.startedTLS = True
        self.authenticated = False
        self.peer = evolve(self.peer, helo="", user=None)
        session.encrypted(door.encrypted_offer)

    def _closed(self, event: events.Closed) -> None:
        session = self.session
        assert session is not None
        self._why = event.why
        self._flush(session)
        polite = self._admitted and event.why != "quit" and not self.startedTLS and not self._ended
        self._wire.hang_up(self.door.clock.seconds(), politely=polite)

    def _auths(self) -> Authentication:
        if self._auth is None:
            self._auth = Authentication(self)
        return self._auth

    def _sender(self, event: events.SenderGiven) -> None:
        if self._under_way is None:
            self._under_way = UnderWay(self)
        self._under_way.sender(event)


_MEETS: Mapping[type, Callable[[ESMTP, Any], None]] = {
    events.Hello: ESMTP._hello,  # noqa: SLF001 - a table of this module's own methods
    events.SenderGiven: ESMTP._sender,  # noqa: SLF001
    events.AuthBegins: lambda one, event: one._auths().begins(event),  # noqa: SLF001
    events.AuthResponse: lambda one, event: one._auths().responds(event),  # noqa: SLF001
    events.AuthCancelled: lambda one, event: one._auths().cancelled(event),  # noqa: SLF001
    events.StartTLS: ESMTP._start_tls,  # noqa: SLF001
    events.Closed: ESMTP._closed,  # noqa: SLF001
}
