"""Peers for tests, started as processes of their own and listened to: a next hop."""

from __future__ import annotations

import base64
import json
import os
import sys
from typing import Any

from attrs import field, frozen
from twisted.internet.defer import Deferred
from twisted.internet.defer import TimeoutError as DeferredTimeoutError
from twisted.internet.error import ProcessExitedAlready
from twisted.internet.protocol import ProcessProtocol
from twisted.python.failure import Failure

from mailtickets.errors import Temporary

START = 20.0
"""Seconds a peer has to start."""


@frozen
class Taken:
    """A letter that a next hop took."""

    sender: str
    recipients: tuple[str, ...]
    octets: bytes = field(repr=False)
    mail_options: tuple[str, ...] = ()
    rcpt_options: tuple[str, ...] = ()
    connection: int = 0
    tls: bool = False
    user: str | None = None
    asked: tuple[str, ...] = ()


class _Listener(ProcessProtocol):
    """Hears what the process says, line by line."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.complaints = b""
        self.ended = False
        self._rest = b""
        self._waiting: list[tuple[Deferred[None], Any]] = []

    def outReceived(self, data: bytes) -> None:
        """It says something."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        self.lines += [line.decode("utf-8", "replace") for line in lines]
        self._look()

    def errReceived(self, data: bytes) -> None:
        """It complains."""
        self.complaints = (self.complaints + data)[-10_000:]

    def processEnded(self, reason: Failure) -> None:
        """It is gone."""
        del reason
        self.ended = True
        self._look()

    def until(self, met: Any) -> Deferred[None]:
        """Fires once `met()` is true; fails when the process ends before."""
        waiting: Deferred[None] = Deferred()
        self._waiting.append((waiting, met))
        self._look()
        return waiting

    def _look(self) -> None:
        for one in list(self._waiting):
            waiting, met = one
            if met():
                self._waiting.remove(one)
                waiting.callback(None)
            elif self.ended:
                self._waiting.remove(one)
                text = self.complaints.decode("utf-8", "replace")
                waiting.errback(RuntimeError(f"the peer ended: {text}"))


class NextHop:
    """`mailtickets.testing.sink` in a process of its own.

    hop = await NextHop.start(reactor, "--fault", "DOT=drop*1")
    ...
    (letter,) = await hop.letters(1)
    await hop.stop()
    """

    def __init__(self, reactor: Any, listener: _Listener, process: Any) -> None:
        self._reactor = reactor
        self._listener = listener
        self._process = process
        self.port = 0

    @classmethod
    async def start(cls, reactor: Any, *options: str) -> NextHop:
        """Start it, and wait until it listens. Raises RuntimeError with its complaint."""
        listener = _Listener()
        command = [sys.executable, "-m", "mailtickets.testing.sink", *options]
        process = reactor.spawnProcess(listener, sys.executable, command, env=dict(os.environ))
        hop = cls(reactor, listener, process)
        await listener.until(lambda: listener.lines).addTimeout(START, reactor)
        hop.port = int(listener.lines[0].split()[1])
        return hop

    @property
    def url(self) -> str:
        """For the relay's setting."""
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def taken(self) -> list[Taken]:
        """The letters so far."""
        told = [json.loads(line) for line in self._listener.lines if line.startswith("{")]
        return [
            Taken(
                sender=one["sender"],
                recipients=tuple(one["recipients"]),
                octets=base64.b64decode(one["octets"]),
                mail_options=tuple(one["mail_options"]),
                rcpt_options=tuple(one["rcpt_options"]),
                connection=one["connection"],
                tls=one["tls"],
                user=one["user"],
                asked=tuple(one["asked"]),
            )
            for one in told
        ]

    async def letters(self, count: int, seconds: float = 20.0) -> list[Taken]:
        """The letters, once there are `count` of them. Raises Temporary after `seconds`."""
        met = self._listener.until(lambda: len(self._listener.lines) > count)
        try:
            await met.addTimeout(seconds, self._reactor)
        except DeferredTimeoutError as why:
            raise Temporary("4.7", f"only {len(self.taken)} letters came") from why
        return self.taken

    async def stop(self) -> None:
        """End it."""
        try:
            self._process.signalProcess("KILL")
        except ProcessExitedAlready:
            return
        await self._listener.until(lambda: self._listener.ended)
