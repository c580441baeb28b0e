"""The letter under way on a connection: from MAIL to the answer at the dot.

It stands between the session's events and the delivery: twisted.mail's `validateFrom` and
`validateTo`, then chunks (`ITakesChunks`) or lines.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from mailtickets.interfaces import IIncoming
from mailtickets.mail.envelope import Envelope, Wishes
from mailtickets.mail.mailbox import Mailbox
from mailtickets.slips import Accepted
from mailtickets.smtp import events, replies
from mailtickets.smtp.parameters import NO_PARAMETERS
from mailtickets.smtp.replies import Reply, accepted
from mailtickets.smtpd import journal
from mailtickets.smtpd.addresses import EnvelopeAddress, EnvelopeUser
from mailtickets.smtpd.failures import worst
from mailtickets.smtpd.letters import LineByLine
from mailtickets.smtpd.promises import ITakesChunks

if TYPE_CHECKING:
    from mailtickets.smtpd.protocol import ESMTP

NO_WISHES: Mapping[Mailbox, Wishes] = MappingProxyType({})


class UnderWay:
    """What is known of the letter, and who takes it. One for all letters of a connection."""

    def __init__(self, protocol: ESMTP) -> None:
        self._protocol = protocol
        self._door = protocol.door
        self._origin: Any = None
        self._asked_of: Any = None  # the delivery that was asked whether it takes chunks
        self._chunks = False
        self._user: Any = None  # the recipient that is asked about
        self._places: dict[Mailbox, tuple[EnvelopeUser, Any]] = {}
        self._incoming: IIncoming | None = None
        self._finishing = False
        self._began = 0.0
        self._size = 0
        self._unnoted = False  # a letter has begun and has no line in the log yet
        self._said = events.SenderGiven(None, NO_PARAMETERS)
        self._arrived = 0.0
        self._id = ""
        self._whole: Envelope | None = None

    def sender(self, event: events.SenderGiven) -> None:
        """MAIL: the delivery says whether this sender may write."""
        protocol = self._protocol
        if self._unnoted:
            self._note_cut_off()
        if not self._may_write(event.sender):
            protocol.answered(replies.TOO_MANY_FROM_SENDER)
            return
        self._places = {}
        self._whole = None
        self._said = event
        self._arrived = now = self._door.now()
        self._id = self._door.ids.new(now)
        self._origin = origin = EnvelopeAddress(event.sender)
        protocol.ask(self._sender_heard, protocol.validateFrom, protocol.helo, origin)

    def _may_write(self, sender: Mailbox | None) -> bool:
        """Whether this sender has had fewer letters accepted than it may; local ones always."""
        session, address = self._protocol.session, self._protocol.peer.address
        if session is None or session.unmetered:
            return True
        may: bool = self._door.senders.may(sender, address, self._door.clock.seconds())
        return may

    def _wrote(self, letters: int) -> None:
        """So many letters more of this sender: one, or one less where it was not accepted.

        It counts before it is: who hangs up between the dot and the answer has sent it, too.
        """
        session, peer = self._protocol.session, self._protocol.peer
        if session is None or session.unmetered:
            return
        door, sender = self._door, self._said.sender
        if door.senders.wrote(sender, peer.address, door.clock.seconds(), letters):
            journal.enough(door.log, sender, peer)

    def _sender_heard(self, value: Any, why: BaseException | None) -> None:
        if value is not None:
            self._origin = value
        protocol = self._protocol
        protocol.answered(replies.SENDER_OK if why is None else protocol.failed(why))

    def recipient(self, event: events.RecipientGiven) -> None:
        """RCPT: the delivery says where mail for this mailbox goes."""
        protocol = self._protocol
        address = EnvelopeAddress(event.recipient)
        self._user = user = EnvelopeUser(address, protocol.helo, protocol, self._origin)
        protocol.ask(self._recipient_heard, protocol.validateTo, user)

    def _recipient_heard(self, value: Any, why: BaseException | None) -> None:
        if why is None:
            user = self._user
            self._places[user.dest.mailbox] = (user, value)
            self._protocol.answered(replies.RECIPIENT_OK)
        else:
            self._refuse(self._protocol.failed(why))

    def _refuse(self, reply: Reply) -> None:
        """Say so; to one who seems to be guessing, say it slowly."""
        protocol, limits = self._protocol, self._door.limits
        session = protocol.session
        if session is None:
            return
        if reply.code < 500 or session.unknown_recipients < limits.unknown_recipients_fast:
            protocol.answered(reply)
        else:
            protocol.answer_later(reply, limits.unknown_recipient_delay)

    @property
    def envelope(self) -> Envelope:
        """The envelope as far as it is known."""
        known = self._whole
        if known is None:
            known = self._whole = self._envelope()
        elif len(known.recipients) != len(self._places):
            known = self._whole = known.to(tuple(self._places))
        return known

    def _envelope(self) -> Envelope:
        said = self._said.parameters
        return Envelope(
            self._said.sender,
            tuple(self._places),
            self._arrived,
            self._id,
            self._protocol.peer,
            said.declared,
            said.body,
            said.utf8,
            said.ret,
            said.envid,
            said.require_tls,
            NO_WISHES,
        )

    def begins(self, _event: events.LetterBegins) -> None:
        """DATA, or the first BDAT: somebody must take the letter."""
        protocol = self._protocol
        session = protocol.session
        if session is None or session.transaction is None:
            return
        self._finishing = False
        self._began = self._door.clock.seconds()
        known = self._whole or self._envelope()
        self._whole = envelope = known.to(tuple(self._places), session.transaction.wishes)
        try:
            if self._takes_chunks(protocol.delivery):
                places = [place for _, place in self._places.values()]
                self._incoming = protocol.delivery.takeLetter(envelope, places)
            else:
                self._incoming = self._by_lines(envelope)
        except Exception as why:
            protocol.answered(protocol.failed(why))
            return
        self._unnoted = True
        self._size = 0
        session.go_ahead()

    def _takes_chunks(self, delivery: Any) -> bool:
        """Whether it does. As a rule it is the one that took the last letter."""
        if delivery is not self._asked_of:
            self._asked_of = delivery
            self._chunks = ITakesChunks.providedBy(delivery)
        return self._chunks

    def _by_lines(self, envelope: Envelope) -> LineByLine:
        protocol = self._protocol
        made: list[tuple[Mailbox, Any, bytes]] = []
        heard = protocol.helo, self._origin
        try:
            for mailbox, (user, place) in self._places.items():
                made.append((mailbox, place(), b""))
                header = protocol.receivedHeader(*heard, [user])
                made[-1] = (*made[-1][:2], header)
            return LineByLine(envelope.id, made, each=self._door.lmtp)
        except Exception:
            for _, message, _ in made:
                message.connectionLost()
            raise

    def chunk(self, event: events.Chunk) -> None:
        """More of it. While nobody has room for more, the peer is not read."""
        incoming, protocol = self._incoming, self._protocol
        if incoming is None:
            return
        self._size += len(event.octets)
        try:
            room = incoming.write(event.octets)
        except Exception as why:
            protocol.letter_failed(protocol.failed(why))
            return
        if room is None:
            return
        protocol.hold()

        def heard(_value: Any, why: BaseException | None) -> None:
            if why is None:
                protocol.go_on()
            else:
                protocol.letter_failed(protocol.failed(why))

        protocol.ask(heard, lambda: room)

    def ends(self, event: events.LetterEnds) -> None:
        """All of it: it is durable, or it is not."""
        protocol, incoming = self._protocol, self._incoming
        if incoming is None:
            protocol.answered(replies.SURPRISE)
            return
        self._finishing = True
        self._size = event.size
        self._wrote(1)
        protocol.ask(self._end_heard, incoming.finish, anyway=incoming.discard)

    def _end_heard(self, value: Any, why: BaseException | None) -> None:
        self._finishing = False
        self._incoming = None
        if why is None:
            self._taken(value)
            return
        reply = self._protocol.failed(why)
        self._wrote(-1)
        self._note(self._size, reply, self._id)
        self._answer(reply, {})

    def _taken(self, taken: Accepted) -> None:
        protocol, fates = self._protocol, taken.fates
        reply = accepted(taken.id)
        if fates and not self._door.lmtp and len(fates) == len(self._places):
            failed = worst(fates.values())
            if failed is not None:
                reply = protocol.failed(failed)
        if reply.code < 400:
            protocol.letters += 1
        else:
            self._wrote(-1)
        self._note(self._size, reply, taken.id)
        each = {mailbox: protocol.failed(fate) for mailbox, fate in fates.items()} if fates else {}
        self._answer(reply, each)

    def _answer(self, reply: Reply, each: dict[Mailbox, Reply]) -> None:
        protocol = self._protocol
        session = protocol.session
        if session is None or session.transaction is None:
            return
        if self._door.lmtp:  # RFC 2033 section 4.2
            asked = session.transaction.recipients
            protocol.answered_each([each.get(mailbox, reply) for mailbox in asked])
        else:
            protocol.answered(reply)

    def dropped(self, _event: events.LetterDropped) -> None:
        """The edge found a fault in it, or the peer thought better of it."""
        self.drop()

    def refused(self, event: events.LetterRefused) -> None:
        """The peer is told that the edge found a fault in it."""
        self._note(event.size, event.reply, self._id)

    def failed(self, reply: Reply) -> None:
        """Whoever took it takes it no more."""
        self.drop()
        self._note(self._size, reply, self._id)

    def drop(self) -> None:
        """Whoever takes the letter forgets it, unless it was handed over already."""
        incoming, self._incoming = self._incoming, None
        if incoming is not None and not self._finishing:
            incoming.discard()

    def lost(self) -> None:
        """The connection is gone."""
        self.drop()
        if self._unnoted:
            self._note_cut_off()
        self._places = {}
        self._origin = None

    def _note_cut_off(self) -> None:
        """Its peer never heard what became of it; one that was handed over may yet be kept."""
        self._note(self._size, replies.CUT_OFF, self._id)

    def _note(self, size: int, reply: Reply, identity: str) -> None:
        self._unnoted = False
        door = self._door
        seconds = door.clock.seconds() - self._began
        outcome = journal.letter(
            door.log, self._whole or self.envelope, size, seconds, reply, identity
        )
        door.meter.count("letters", door=door.name, outcome=outcome)


MEETS: Mapping[type, Callable[[UnderWay, Any], None]] = {
    events.RecipientGiven: UnderWay.recipient,
    events.LetterBegins: UnderWay.begins,
    events.Chunk: UnderWay.chunk,
    events.LetterEnds: UnderWay.ends,
    events.LetterDropped: UnderWay.dropped,
    events.LetterRefused: UnderWay.refused,
}
"""Who meets which event of a letter under way; it begins with MAIL, which the protocol meets."""
