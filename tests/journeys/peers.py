"""The others in a journey: a smart host to send to, a ticketing system that misbehaves."""

from __future__ import annotations

import base64
import json
import re
import sys
import threading
import time
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from attrs import field, frozen

from tests.journeys.running import HERE, Process, until
from tests.ports import free_port

_FOOT = re.compile(r"\r?\n\r?\n[^\r\n]*[A-Z]+-\d+[^\r\n]*\r?\n\[\S+@\S+\]\r?\n\Z")


@frozen
class Sent:
    """A letter that arrived at the smart host."""

    sender: str
    recipients: tuple[str, ...]
    octets: bytes = field(repr=False)

    @property
    def message(self) -> EmailMessage:
        """As Python's email reads it."""
        return message_from_bytes(self.octets, policy=policy.default)  # type: ignore[return-value]

    @property
    def text(self) -> str:
        """Its plain text, without what surrounds it: the line with the ticket, and the mark."""
        part = self.message.get_body(("plain",))
        assert part is not None
        return _FOOT.sub("", part.get_content()).strip()


class Sink:
    """The smart host. It may be stopped, and started again on the same port.

    `options` are those of `mailtickets.testing.sink`.
    """

    def __init__(self, *options: str) -> None:
        self.port = free_port()
        self._options = options
        self._processes: list[Process] = []

    @property
    def url(self) -> str:
        """For `--relay`."""
        return f"smtp://{HERE}:{self.port}"

    def start(self) -> Self:
        """Start it, and wait until it listens."""
        module = "mailtickets.testing.sink"
        process = Process([sys.executable, "-m", module, "--port", str(self.port), *self._options])
        self._processes.append(process)
        process.said("port ")
        return self

    def stop(self) -> None:
        """End it."""
        for process in self._processes:
            process.end()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def letters(self) -> list[Sent]:
        """Everything that arrived so far."""
        told = [json.loads(line) for line in self._told()]
        return [
            Sent(one["sender"], tuple(one["recipients"]), base64.b64decode(one["octets"]))
            for one in told
        ]

    def wait_for(self, count: int) -> list[Sent]:
        """The letters, once there are so many."""
        until(lambda: len(self._told()) >= count, what=f"{count} letters at the smart host")
        return self.letters()

    def _told(self) -> list[str]:
        """A line for each letter, not yet taken apart: they may be large."""
        return [line for one in self._processes for line in one.lines if line.startswith("{")]


@frozen
class Asked:
    """A request that a desk got."""

    at: float
    method: str
    path: str
    headers: dict[str, str]
    body: Any


class Desk:
    """A ticketing system that answers POSTs from a list, and otherwise opens tickets.

    An answer is (status, headers, body); a body that is not bytes goes as JSON. A number in its
    place is how many seconds the desk thinks before it opens the ticket.
    """

    def __init__(self, *answers: tuple[int, dict[str, str], Any] | float) -> None:
        self.answers = list(answers)
        self.asked: list[Asked] = []
        self.tickets: dict[str, str] = {}
        self._server = ThreadingHTTPServer((HERE, 0), self._request_class())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://{HERE}:{self._server.server_port}/"

    @property
    def posts(self) -> list[Asked]:
        """The POSTs it got."""
        return [one for one in self.asked if one.method == "POST"]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _answer(self, asked: Asked) -> tuple[int, dict[str, str], Any]:
        parts = urlsplit(asked.path)
        if asked.method == "GET" and parts.path == "/v1/events":
            wait = float(parse_qs(parts.query).get("wait", ["0"])[0])
            time.sleep(min(wait, 0.5))
            return 200, {}, {"events": [], "cursor": "0"}
        if asked.method == "GET":
            return 404, {}, {"title": "There is nothing"}
        if self.answers:
            answer = self.answers.pop(0)
            if not isinstance(answer, (int, float)):
                return answer
            time.sleep(answer)
        key = asked.headers.get("idempotency-key", "")
        ticket = self.tickets.setdefault(key, f"SUPPORT-{len(self.tickets) + 1}")
        return 201, {}, {"key": ticket, "url": f"{self.url}{ticket}"}

    def _request_class(self) -> type[BaseHTTPRequestHandler]:
        desk = self

        class Request(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _serve(self) -> None:
                octets = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                body = json.loads(octets) if octets else None
                asked = Asked(time.monotonic(), self.command, self.path, headers, body)
                desk.asked.append(asked)
                status, sent, answer = desk._answer(asked)
                if not isinstance(answer, bytes):
                    sent = {"Content-Type": "application/json", **sent}
                    answer = json.dumps(answer).encode()
                self.send_response(status)
                for name, value in sent.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            do_GET = do_POST = do_PATCH = _serve  # noqa: N815 - http.server asks for these names

            def log_message(self, format: str, *args: Any) -> None:
                """Be quiet."""

        return Request
