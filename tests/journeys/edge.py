"""A real front door on a free port of the loopback, and people who come to it."""

from __future__ import annotations

import socket
import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from attrs import define
from twisted.internet import reactor
from twisted.internet.endpoints import serverFromString
from twisted.internet.threads import deferToThread
from twisted.logger import Logger

from mailtickets.smtpd import Certificates, Delivery, Limits, SMTPFactory
from tests.smtpd.fakes import MemoryReception
from tests.smtpd.pems import write_pems


@define
class Front:
    """A door that is open."""

    factory: SMTPFactory
    reception: MemoryReception
    port: int
    certificate: Path
    certificates: Certificates
    events: list[dict[str, Any]]
    listening: Any

    @property
    def letter(self) -> bytes:
        """The octets of the only letter there is."""
        (kept,) = self.reception.letters
        return kept.octets


@asynccontextmanager
async def front(
    directory: Path,
    endpoint: str = "tcp:0:interface=127.0.0.1",
    *,
    tls: bool = True,
    wrap: Any = None,
    **settings: Any,
) -> AsyncIterator[Front]:
    """Open a front door; `wrap(endpoint, certificates)` may put something before it."""
    reception = MemoryReception()
    events: list[dict[str, Any]] = []
    pems = write_pems(directory)
    certificates = Certificates(*pems)
    delivery = settings.pop("delivery", None) or Delivery(reception)
    factory = SMTPFactory(
        delivery,
        clock=reactor,
        limits=settings.pop("limits", Limits()),
        hostname="mx.example",
        tls=certificates if tls else None,
        log=Logger(namespace="edge", observer=events.append),
        **settings,
    )
    opened = serverFromString(reactor, endpoint)
    if wrap is not None:
        opened = wrap(opened, certificates)
    listening = await opened.listen(factory)
    port = getattr(listening.getHost(), "port", 0)
    try:
        yield Front(factory, reception, port, pems[0], certificates, events, listening)
    finally:
        await listening.stopListening()
        await factory.drain(0.2)


async def run(*command: Any, stdin: str = "", expect: int | None = 0) -> str:
    """Run a program to its end, in a thread; what it printed. `expect` is its exit status."""
    done = await deferToThread(
        subprocess.run,
        [str(word) for word in command],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert expect is None or done.returncode == expect, done.stdout + done.stderr
    return done.stdout + done.stderr


async def in_thread(call: Any, *args: Any) -> Any:
    """Call something that blocks."""
    return await deferToThread(call, *args)


class Raw:
    """A socket of the old sort, for a thread: octets out, lines in."""

    def __init__(self, port: int, context: ssl.SSLContext | None = None) -> None:
        self.socket: Any = socket.create_connection(("127.0.0.1", port), timeout=20)
        if context is not None:
            self.socket = context.wrap_socket(self.socket)
        self._rest = b""

    def send(self, octets: bytes) -> None:
        """Send octets."""
        self.socket.sendall(octets)

    def reply(self) -> str:
        """The next reply, its last line; empty at the end."""
        while True:
            line, end, rest = self._rest.partition(b"\r\n")
            if end:
                self._rest = rest
                if line[3:4] != b"-":
                    return line.decode("ascii")
                continue
            more = self.socket.recv(65536)
            if not more:
                return ""
            self._rest += more

    def start_tls(self, context: ssl.SSLContext) -> None:
        """Begin TLS on this socket."""
        self.socket = context.wrap_socket(self.socket)

    def close(self) -> None:
        """Close it."""
        self.socket.close()


def trusting_nobody() -> ssl.SSLContext:
    """A client's context that checks no certificate."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


__all__ = ["Front", "Raw", "front", "in_thread", "run", "trusting_nobody"]
