"""One connection to a next hop: octets out, answers in, and a time limit on each wait."""

from __future__ import annotations

from collections import deque
from typing import Any, cast

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import (
    IDelayedCall,
    IHandshakeListener,
    IPushProducer,
    IReactorTime,
)
from twisted.internet.protocol import Protocol, connectionDone
from twisted.python.failure import Failure
from zope.interface import implementer

from mailtickets.relay.commands import Features
from mailtickets.relay.replies import Answer, AnswerReader, Nonsense

MAX_ANSWERS = 200
"""Answers nobody waits for: a next hop that sends more is cut off."""


class Lost(Exception):
    """The connection is gone: `why` is a sentence's end, for a person."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@implementer(IPushProducer, IHandshakeListener)
class Wire(Protocol):
    """A connection. `features` are what the next hop offered last; `letters` counts those sent.

    `trusted` is true once TLS is on and the certificate was checked. `needs_reset` is true when
    the last letter was begun and not sent.
    """

    def __init__(self, clock: IReactorTime) -> None:
        self.features = Features()
        self.letters = 0
        self.secure = False
        self.trusted = False
        self.needs_reset = False
        self.lost: Lost | None = None
        self.opened = clock.seconds()
        self._clock = clock
        self._reader = AnswerReader()
        self._answers: deque[Answer] = deque()
        self._asked: Deferred[Answer] | None = None
        self._shaken: Deferred[None] | None = None
        self._paused: Deferred[None] | None = None
        self._flowing = True
        self._deadline = 0.0
        self._timer: IDelayedCall | None = None

    # What the transport tells.

    def dataReceived(self, data: bytes) -> None:
        """Octets of the next hop."""
        try:
            answers = self._reader.feed(data)
        except Nonsense:
            self.abort("it gave an answer that is not SMTP")
            return
        self._answers.extend(answers)
        if len(self._answers) > MAX_ANSWERS:
            self.abort("it talks without being asked")
        elif self._asked is not None and self._answers:
            asked, self._asked = self._asked, None
            asked.callback(self._answers.popleft())

    def handshakeCompleted(self) -> None:
        """TLS is on."""
        self.secure = True
        if self._shaken is not None:
            shaken, self._shaken = self._shaken, None
            shaken.callback(None)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """The end, for whatever reason."""
        del reason  # its text is a library's and is told to nobody
        self._end("the connection was lost")

    def pauseProducing(self) -> None:
        """The transport has enough for now."""
        self._flowing = False

    def resumeProducing(self) -> None:
        """The transport takes more."""
        self._flowing = True
        if self._paused is not None:
            paused, self._paused = self._paused, None
            paused.callback(None)

    def stopProducing(self) -> None:
        """The transport is gone; `connectionLost` tells who waits."""

    # What those who send ask for.

    @property
    def idle(self) -> bool:
        """Whether the next hop said nothing that was not asked for."""
        return self.lost is None and not self._answers and not self._reader.pending

    @property
    def early(self) -> bool:
        """Whether an answer is here already."""
        return bool(self._answers)

    def write(self, octets: bytes) -> None:
        """Send octets. Raises Lost."""
        if self.lost is not None:
            raise self.lost
        cast("Any", self.transport).write(octets)

    async def answer(self, seconds: float) -> Answer:
        """The next answer. Raises Lost when there is none within `seconds`."""
        if self._answers:
            return self._answers.popleft()
        if self.lost is not None:
            raise self.lost
        self._asked = Deferred()
        self._watch(seconds)
        try:
            return await self._asked
        finally:
            self._asked = None
            self._deadline = 0.0

    async def drained(self, seconds: float) -> None:
        """Wait until the transport takes more. Raises Lost when that takes over `seconds`."""
        if self.lost is not None:
            raise self.lost
        if self._flowing:
            return
        self._paused = Deferred()
        self._watch(seconds)
        try:
            await self._paused
        finally:
            self._paused = None
            self._deadline = 0.0

    def produce(self) -> None:
        """Ask the transport to say when it has enough."""
        cast("Any", self.transport).registerProducer(self, streaming=True)

    def unproduce(self) -> None:
        """Ask it no more."""
        self._flowing = True
        if self.lost is None:
            cast("Any", self.transport).unregisterProducer()

    async def start_tls(self, context: object, seconds: float) -> None:
        """Turn TLS on, and forget what was said before (RFC 3207 section 4.2). Raises Lost.

        Anything that came after the answer to STARTTLS came from somebody in the middle.
        """
        if not self.idle:
            self.abort("it said more than the answer to STARTTLS")
            raise self.lost or Lost("it is gone")
        cast("Any", self.transport).startTLS(context)
        await self.shaken(seconds)

    async def shaken(self, seconds: float) -> None:
        """Wait for the handshake of TLS. Raises Lost."""
        if self.secure:
            return
        if self.lost is not None:
            raise self.lost
        self._shaken = Deferred()
        self._watch(seconds)
        try:
            await self._shaken
        finally:
            self._shaken = None
            self._deadline = 0.0

    def abort(self, why: str) -> None:
        """Cut the connection, with a reason for those who wait."""
        self._end(why)
        if self.transport is not None:
            cast("Any", self.transport).abortConnection()

    def quit(self) -> None:
        """Take leave, and close without waiting for the answer."""
        if self.lost is None and self.transport is not None:
            cast("Any", self.transport).write(b"QUIT\r\n")
            cast("Any", self.transport).loseConnection()
            self._end("it was closed")

    # One timer a connection, moved only when it rings: most waits are far shorter.

    def _watch(self, seconds: float) -> None:
        self._deadline = self._clock.seconds() + seconds
        if self._timer is None:
            self._timer = self._clock.callLater(seconds, self._ring)
        elif self._timer.getTime() > self._deadline:
            self._timer.reset(seconds)

    def _ring(self) -> None:
        self._timer = None
        if not self._deadline:
            return
        left = self._deadline - self._clock.seconds()
        if left > 0:
            self._timer = self._clock.callLater(left, self._ring)
        else:
            self.abort("it did not answer in time")

    def _end(self, why: str) -> None:
        if self.lost is None:
            self.lost = Lost(why)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        waiting = (self._asked, self._shaken, self._paused)
        self._asked = self._shaken = self._paused = None
        for one in waiting:
            if one is not None:
                cast("Deferred[Any]", one).errback(self.lost)
