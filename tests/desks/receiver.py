"""A service that takes our webhook, as anybody might write it: fifty lines, in memory."""

from __future__ import annotations

import json
import time
from base64 import b64decode
from typing import Any

from twisted.web.resource import Resource
from twisted.web.server import Site

from mailtickets.tickets.hooks import Call, verifier

SECRET = "correct horse battery"


class Receiver(Resource):
    """Keeps what is signed right, once for each id."""

    isLeaf = True  # noqa: N815 - Twisted's name

    def __init__(self) -> None:
        super().__init__()
        self.verify = verifier("standard", SECRET)
        self.tickets: dict[str, list[Any]] = {}
        self.letters: list[Any] = []
        self.answers: dict[str, Any] = {}

    def render_POST(self, request: Any) -> bytes:
        """Take one."""
        headers = {
            name.decode().lower(): values[0].decode()
            for name, values in request.requestHeaders.getAllRawHeaders()
        }
        body = request.content.read()
        name = self.verify(Call(headers, body, time.time()))
        request.setHeader(b"content-type", b"application/json")
        if name is None:
            return self._no(request, 401)
        if headers["content-type"] == "message/rfc822":
            self.letters.append(body)
            return b"{}"
        if name not in self.answers:
            told = json.loads(body)
            if told["type"] == "letter":
                self.letters.append(told)
            elif told["type"] == "ticket.comment" and told["ticket"] not in self.tickets:
                return self._no(request, 404)
            self.answers[name] = self._taken(told)
        return json.dumps(self.answers[name]).encode()

    def _taken(self, told: Any) -> Any:
        for one in told.get("attachments", ()):
            one["octets"] = b64decode(one["octets"], validate=True)
        if told["type"] == "ticket.open":
            key = f"T{len(self.tickets) + 1}"
            self.tickets[key] = [told]
            return {"key": key, "url": f"https://desk.example/{key}"}
        if told["type"] == "ticket.comment":
            self.tickets[told["ticket"]].append(told)
            return {"id": f"{told['ticket']}.{len(self.tickets[told['ticket']])}"}
        return {}

    def _no(self, request: Any, status: int) -> bytes:
        request.setResponseCode(status)
        return b"{}"


def listening(reactor: Any, receiver: Receiver) -> Any:
    """It, on a free port."""
    site: Any = Site(receiver)
    site.noisy = False
    return reactor.listenTCP(0, site, interface="127.0.0.1")
