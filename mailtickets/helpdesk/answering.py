"""Answers requests: JSON, octets that stream, and addresses that a client can use."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IPushProducer
from twisted.logger import Logger
from zope.interface import implementer

from mailtickets.helpdesk.asked import Request
from mailtickets.mail import clean
from mailtickets.mail.octets import Octets

_log = Logger(namespace="mailtickets.helpdesk")
_HOST = re.compile(rb"(?:[A-Za-z0-9._-]{1,255}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?\Z")
# What a browser may be told about an attachment: none of these runs anything.
_HARMLESS = frozenset(
    {"text/plain", "image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf"}
)


def send_json(
    request: Request,
    document: Mapping[str, Any],
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> bytes:
    """Set the head of the answer; the document to be its body."""
    octets = json.dumps(document, separators=(",", ":")).encode()
    request.setResponseCode(status)
    request.setHeader(b"content-type", b"application/json")
    request.setHeader(b"content-length", str(len(octets)).encode())
    for name, value in (headers or {}).items():
        request.setHeader(name.encode(), value.encode())
    return octets


def origin(request: Request) -> str:
    """The scheme and host by which the client reached us, for instance http://127.0.0.1:8025."""
    host = request.getHeader(b"host") or b""
    if not _HOST.match(host):
        here = request.getHost()
        name = getattr(here, "host", "localhost")
        literal = f"[{name}]" if ":" in name else name
        host = f"{literal}:{getattr(here, 'port', 80)}".encode()
    return f"{'https' if request.isSecure() else 'http'}://{host.decode('ascii')}"


def parameter(request: Request, name: str) -> str | None:
    """A parameter of the URL's query; the first one, if it is there more than once."""
    values = request.args.get(name.encode())
    return None if not values else values[0].decode("utf-8", "replace")


@implementer(IPushProducer)
class Stream:
    """Writes a body bit by bit, as fast as the client reads it."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._pause: Deferred[None] | None = None
        request.registerProducer(self, True)

    async def write(self, octets: bytes) -> None:
        """Write, then wait while the client has enough to read."""
        self._request.write(octets)
        while self._pause is not None:
            await self._pause

    def close(self) -> None:
        """There is no more. A request whose client is gone has no channel to be told of it."""
        if getattr(self._request, "channel", None) is not None:
            self._request.unregisterProducer()

    def pauseProducing(self) -> None:
        """Twisted's: the client reads slowly."""
        if self._pause is None:
            self._pause = Deferred()

    def resumeProducing(self) -> None:
        """Twisted's: it has caught up."""
        pause, self._pause = self._pause, None
        if pause is not None and not pause.called:
            pause.callback(None)

    def stopProducing(self) -> None:
        """Twisted's: it is gone. The request's own end cancels whoever writes."""
        self.resumeProducing()


async def send_octets(request: Request, octets: Octets, *, name: str, type: str) -> None:
    """Answer with a file that is saved, not shown, and that no browser takes for something else."""
    shown = type if type in _HARMLESS else "application/octet-stream"
    if shown == "text/plain":
        shown = "text/plain; charset=utf-8"
    name = clean.filename(name)
    plain = re.sub(r"[^A-Za-z0-9._ -]", "_", name)
    request.setHeader(b"content-type", shown.encode())
    request.setHeader(b"content-length", str(octets.size).encode())
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    request.setHeader(b"content-disposition", disposition.encode())  # RFC 6266 section 4
    request.setHeader(b"content-security-policy", b"default-src 'none'; sandbox")
    stream = Stream(request)
    try:
        async for chunk in octets.chunks():
            await stream.write(chunk)
    except Exception:
        # Half of it is written: only a broken connection tells the client so.
        _log.failure("sending an attachment")
        request.transport.abortConnection()
    finally:
        stream.close()
