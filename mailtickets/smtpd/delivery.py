"""Our own delivery: twisted.mail's IMessageDelivery over `mailtickets.interfaces.IReception`.

Behind our protocol it takes letters in chunks (`ITakesChunks`); behind the stock
`twisted.mail.smtp.ESMTP` it takes lines, one IMessage for each recipient, and opens the same
tickets.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from time import time
from typing import Any

from attrs import evolve, frozen
from twisted.internet.defer import Deferred, ensureDeferred
from twisted.logger import Logger
from twisted.mail import smtp
from zope.interface import implementer

from mailtickets.errors import Permanent, Trouble
from mailtickets.interfaces import IIncoming, IReception
from mailtickets.mail.envelope import Envelope, Peer, new_trace_id
from mailtickets.mail.mailbox import Mailbox
from mailtickets.smtp.limits import Limits
from mailtickets.smtp.replies import TOO_BIG
from mailtickets.smtpd.addresses import mailbox_of
from mailtickets.smtpd.failures import reply_for
from mailtickets.smtpd.promises import IKnowsEnvelope, ITakesChunks
from mailtickets.tickets.values import Destination

_GATHERED = 65_536  # octets of lines that go to the reception in one piece


@frozen
class Place:
    """A recipient that was accepted: where its mail goes. Calling it makes an IMessage."""

    mailbox: Mailbox
    destination: Destination
    delivery: Delivery
    envelope: Envelope

    def __call__(self) -> LineLetter:
        """An IMessage for this recipient, for protocols that hand over lines."""
        return LineLetter(self.delivery, self)


@implementer(smtp.IMessageDelivery, ITakesChunks)
class Delivery:
    """Asks `reception` about every recipient and hands it every letter.

    `now` tells the time in seconds since 1970; `limits.message_size` bounds letters that come
    line by line, from a protocol that counts nothing itself.
    """

    def __init__(
        self,
        reception: IReception,
        hostname: str = "localhost",
        *,
        limits: Limits | None = None,
        now: Callable[[], float] = time,
        log: Logger | None = None,
    ) -> None:
        self.reception = reception
        self.hostname = hostname
        self.limits = limits or Limits()
        self.log = log or Logger(namespace="mailtickets.smtpd")
        self._now = now

    def receivedHeader(
        self,
        helo: tuple[bytes, bytes],  # noqa: ARG002 - twisted.mail's promise
        origin: smtp.Address,  # noqa: ARG002
        recipients: Sequence[smtp.User],  # noqa: ARG002
    ) -> bytes:
        """Nothing: the store keeps the octets as they came, and the envelope beside them."""
        return b""

    def validateFrom(
        self,
        helo: tuple[bytes, bytes],  # noqa: ARG002
        origin: smtp.Address,
    ) -> smtp.Address:
        """Every sender may write."""
        return origin

    def validateTo(self, user: smtp.User) -> Awaitable[Place]:
        """Where mail for this recipient goes. Fires with a callable that makes an IMessage.

        Behind a stock protocol it fails with SMTPBadRcpt or SMTPServerError, behind ours with
        what the reception raised.
        """
        if IKnowsEnvelope.providedBy(user.protocol):
            return self._place(_known(user), user.protocol.envelope)
        return ensureDeferred(self._place_stock(user))

    async def _place(self, mailbox: Mailbox, envelope: Envelope) -> Place:
        destination = await self.reception.recipient(mailbox, envelope)
        return Place(mailbox, destination, self, envelope)

    async def _place_stock(self, user: smtp.User) -> Place:
        try:
            mailbox = _known(user)
            envelope = self._envelope_of(user, mailbox)
            return await self._place(mailbox, envelope)
        except Trouble as trouble:
            raise _stock_error(trouble) from None

    def takeLetter(self, envelope: Envelope, places: Sequence[Place]) -> IIncoming:
        """A letter in chunks, for all of its recipients at once."""
        destinations = {place.mailbox: place.destination for place in places}
        return self.reception.begin(envelope, destinations)

    def _envelope_of(self, user: smtp.User, mailbox: Mailbox) -> Envelope:
        now = self._now()
        return Envelope(
            sender=mailbox_of(user.orig),
            recipients=(mailbox,),
            arrived=now,
            id=new_trace_id(now),
            peer=_stock_peer(user),
        )


def _known(user: smtp.User) -> Mailbox:
    mailbox = mailbox_of(user.dest)
    if mailbox is None:
        raise Permanent("1.3", "Bad recipient address syntax")
    return mailbox


def _stock_peer(user: smtp.User) -> Peer:
    name, address = user.helo
    there: Any = user.protocol.transport.getPeer()
    encrypted = bool(getattr(user.protocol, "startedTLS", False))
    return Peer(
        address=str(getattr(there, "host", None) or address.decode("ascii", "replace")),
        port=getattr(there, "port", None),
        helo=(name or b"").decode("ascii", "replace"),
        protocol="ESMTPS" if encrypted else "ESMTP",
        tls="TLS" if encrypted else None,
    )


def _stock_error(surprise: BaseException) -> smtp.SMTPServerError:
    reply = reply_for(surprise)
    status = f"{reply.enhanced} " if reply.enhanced else ""
    return _error(reply.code, f"{status}{reply.text}")


def _error(code: int, text: str | bytes) -> smtp.SMTPServerError:
    return smtp.SMTPServerError(code, text)  # type: ignore[no-untyped-call]


@implementer(smtp.IMessage)
class LineLetter:
    """A letter for one recipient that comes line by line."""

    def __init__(self, delivery: Delivery, place: Place) -> None:
        self._delivery = delivery
        # Each recipient's IMessage is a letter of its own here, with an id of its own.
        envelope = evolve(
            place.envelope, recipients=(place.mailbox,), id=new_trace_id(place.envelope.arrived)
        )
        self._id = envelope.id
        self._incoming = delivery.reception.begin(envelope, {place.mailbox: place.destination})
        self._lines: list[bytes] = []
        self._gathered = 0
        self._size = 0
        self._failure: BaseException | None = None
        self._taken: Awaitable[None] | None = None

    def lineReceived(self, line: bytes) -> None:
        """One line, without its end."""
        self._size += len(line) + 2
        if self._size > self._delivery.limits.message_size:
            # In the middle of a letter the stock protocol wants its words as octets.
            raise _error(TOO_BIG.code, f"{TOO_BIG.enhanced} {TOO_BIG.text}".encode("ascii"))
        self._lines.append(line)
        self._gathered += len(line) + 2
        if self._gathered >= _GATHERED:
            self._hand_on()

    def _hand_on(self) -> None:
        octets = b"\r\n".join([*self._lines, b""])
        self._lines = []
        self._gathered = 0
        if octets and self._failure is None:
            try:
                # A line protocol cannot be asked to pause; the message size bounds what piles up.
                self._taken = self._incoming.write(octets) or self._taken
            except Exception as why:
                self._failure = why

    def eomReceived(self) -> Deferred[str]:
        """The dot. Fires with the letter's id when it is durable."""
        return ensureDeferred(self._finish())

    async def _finish(self) -> str:
        self._hand_on()
        try:
            return await self._durable()
        except Exception as why:
            self._incoming.discard()
            if not isinstance(why, Trouble):
                self._delivery.log.failure("A letter could not be taken: {id}", id=self._id)
            raise _stock_error(why) from None

    async def _durable(self) -> str:
        if self._failure is not None:
            raise self._failure
        if self._taken is not None:
            await self._taken
        accepted = await self._incoming.finish()
        for fate in accepted.fates.values():
            raise fate
        return accepted.id

    def connectionLost(self) -> None:
        """No letter after all."""
        self._incoming.discard()


__all__ = ["Delivery", "LineLetter", "Place"]
