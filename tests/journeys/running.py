"""A real mailtickets in a process of its own, to be talked to over its sockets and killed."""

from __future__ import annotations

import http.client
import json
import os
import signal
import smtplib
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Self, TypeVar

from tests.ports import free_port

T = TypeVar("T")

HERE = "127.0.0.1"
DOMAIN = "support-ticket.com"
PATIENCE = 30.0  # seconds for anything that should come at once, on a busy machine


def until(probe: Callable[[], T], seconds: float = PATIENCE, what: str = "") -> T:
    """The first truthy answer of `probe`, asked again and again. AssertionError when none comes.

    For what can only be seen from outside, where there is no event to wait for.
    """
    end = time.monotonic() + seconds
    while True:
        answer = probe()
        if answer:
            return answer
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds:.0f} s: {what or probe}; last {answer!r}")
        threading.Event().wait(0.05)


def wire(message: EmailMessage) -> bytes:
    """A letter's octets as they go over the wire: lines end with CRLF."""
    return message.as_bytes(policy=policy.SMTP)


class Process:
    """A child whose output is read as it comes, and which is ended by its pid."""

    def __init__(self, command: Sequence[str], **options: Any) -> None:
        self.command = list(command)
        self._lines: list[str] = []
        self._news = threading.Condition()
        self._child: Any = self._spawn(**options)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _spawn(self, **options: Any) -> Any:
        """Start it. What this gives has `pid`, `stdout`, `poll` and `wait`, as a Popen has."""
        return subprocess.Popen(
            self.command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
            **options,
        )

    def _read(self) -> None:
        assert self._child.stdout is not None
        for line in self._child.stdout:
            with self._news:
                self._lines.append(line)
                self._news.notify_all()

    @property
    def pid(self) -> int:
        """The child's."""
        number: int = self._child.pid
        return number

    @property
    def text(self) -> str:
        """Everything it has written so far."""
        with self._news:
            return "".join(self._lines)

    @property
    def lines(self) -> list[str]:
        """Each line that it has written so far."""
        with self._news:
            return list(self._lines)

    @property
    def ended(self) -> int | None:
        """Its exit status, negative for a signal; None while it runs."""
        status: int | None = self._child.poll()
        return status

    def said(self, words: str, seconds: float = PATIENCE) -> str:
        """The first line that holds `words`, waited for."""
        end = time.monotonic() + seconds
        with self._news:
            while True:
                for line in self._lines:
                    if words in line:
                        return line
                if self._child.poll() is not None or not self._news.wait(
                    min(0.2, max(0.0, end - time.monotonic()))
                ):
                    assert time.monotonic() < end, f"never said {words!r}:\n{''.join(self._lines)}"
                    assert self._child.poll() is None, f"ended:\n{''.join(self._lines)}"

    def wait(self, seconds: float = PATIENCE) -> int:
        """Its exit status, once it has ended by itself and its output has been read."""
        status: int = self._child.wait(seconds)
        self._reader.join(seconds)
        return status

    def signal(self, number: int) -> None:
        """Send it a signal, if it still runs."""
        if self._child.poll() is None:
            os.kill(self._child.pid, number)

    def end(self) -> None:
        """Make sure that it has ended, and whatever it started."""
        if self._child.poll() is None:
            os.killpg(self._child.pid, signal.SIGKILL)
        self.wait()


class Running:
    """`twistd -n mailtickets` on free ports, with a state directory that outlives it.

    `arguments` go after those for the ports and the state. Use it as a context manager; it may be
    stopped, killed and started again any number of times meanwhile.
    """

    made_by: type[Process] = Process

    def __init__(
        self,
        state: Path,
        *arguments: str,
        domain: str | None = DOMAIN,
        twistd: Sequence[str] = (),
        environment: dict[str, str] | None = None,
    ) -> None:
        self.state = state
        self.arguments = list(arguments)
        self.port = free_port()
        self.web_port = free_port()
        self.domain = domain
        self.twistd = list(twistd) or [str(Path(sys.executable).with_name("twistd"))]
        self.environment = environment or {}
        self.process: Process | None = None
        self.earlier = ""

    # its life

    @property
    def command(self) -> list[str]:
        """What is run."""
        given = ["--domain", self.domain] if self.domain else []
        return [
            *self.twistd,
            *("-n", "--pidfile=", "mailtickets"),
            *("--port", str(self.port), *given, "--state", str(self.state)),
            *("--web", f"tcp:{self.web_port}:interface={HERE}"),
            *self.arguments,
        ]

    def launch(self) -> Self:
        """Start it, without waiting."""
        assert self.process is None or self.process.ended is not None
        if self.process is not None:
            self.earlier += self.process.text
        self.process = self.made_by(
            self.command,
            cwd=next(place for place in self.state.parents if place.is_dir()),
            env={**os.environ, "PYTHONUNBUFFERED": "1", **self.environment},
        )
        return self

    def start(self) -> Self:
        """Start it and wait until its API answers and its SMTP port greets."""
        self.launch()
        try:
            until(self._ready, what="ready")
        except AssertionError as why:
            raise AssertionError(f"{' '.join(self.command)}\n{self.log}") from why
        return self

    def _ready(self) -> bool:
        assert self.process is not None
        if self.process.ended is not None:
            self.process.wait()
            raise AssertionError(f"it ended with {self.process.ended}:\n{self.log}")
        try:
            if self.request("GET", "/v1/health")[0] != 200:
                return False
            with socket.create_connection((HERE, self.port), timeout=5) as greeted:
                return greeted.recv(3) == b"220"
        except OSError:
            return False

    def stop(self) -> int:
        """SIGTERM; its exit status."""
        assert self.process is not None
        self.process.signal(signal.SIGTERM)
        return self.process.wait()

    def kill(self) -> None:
        """SIGKILL."""
        assert self.process is not None
        self.process.end()

    def restart(self) -> Self:
        """Stop, if need be, and start with the same state and ports."""
        if self.process is not None and self.process.ended is None:
            self.stop()
        return self.start()

    def __enter__(self) -> Self:
        return self if self.process is not None else self.start()

    def __exit__(self, *_: object) -> None:
        if self.process is not None:
            self.process.end()

    @property
    def log(self) -> str:
        """What it has written since its first start."""
        return self.earlier + (self.process.text if self.process else "")

    # its web endpoint

    @property
    def url(self) -> str:
        """Of its web endpoint, without a slash at the end."""
        return f"http://{HERE}:{self.web_port}"

    @property
    def token(self) -> str:
        """What its API wants to see."""
        return (self.state / "desk.token").read_text("ascii").strip()

    def request(
        self, method: str, path: str, body: Any = None, *, token: str | None = None, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        """Status, headers (names in lower case) and body. `body` goes as JSON unless it is bytes.

        The token is sent where there is one. Header names are given with `_` for `-`.
        """
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if token is None and (self.state / "desk.token").exists():
            token = self.token
        if token:
            sent["Authorization"] = f"Bearer {token}"
        if body is not None and not isinstance(body, bytes):
            sent["Content-Type"] = "application/json"
            body = json.dumps(body).encode()
        connection = http.client.HTTPConnection(HERE, self.web_port, timeout=PATIENCE)
        try:
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            names = {name.lower(): value for name, value in answer.getheaders()}
            return answer.status, names, answer.read()
        finally:
            connection.close()

    def api(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """The answer's JSON; AssertionError unless the status is a good one."""
        status, _, octets = self.request(method, path, body, **headers)
        assert 200 <= status < 300, f"{method} {path}: {status} {octets!r}"
        return json.loads(octets) if octets else None

    def page(self, path: str) -> str:
        """A page for people, redirections followed; AssertionError unless it is there."""
        for _ in range(4):
            status, headers, octets = self.request("GET", path)
            if status not in {301, 302, 303, 307}:
                break
            path = headers["location"].removeprefix(self.url)
        assert status == 200, f"{path}: {status} {octets!r}"
        return octets.decode()

    def tickets(self) -> list[dict[str, Any]]:
        """Every ticket of the embedded desk, in the order of creation."""
        found, after = [], ""
        while True:
            page = self.api("GET", f"/v1/tickets?after={after}" if after else "/v1/tickets")
            found += page["tickets"]
            after = page["next"]
            if not after:
                return found

    def ticket(self, key: str) -> dict[str, Any]:
        """One ticket with its comments."""
        return self.api("GET", f"/v1/tickets/{key}")

    def say(self, key: str, text: str, *, public: bool = True, **headers: str) -> dict[str, Any]:
        """Have an agent comment on a ticket."""
        entry = {
            "author": {"name": "Ann Agent", "address": "ann@support.example"},
            "text": text,
            "visibility": "public" if public else "internal",
        }
        return self.api("POST", f"/v1/tickets/{key}/comments", entry, **headers)

    # its SMTP port

    def send(self, message: EmailMessage | bytes, sender: str, *recipients: str) -> tuple[int, str]:
        """Hand a letter in by smtplib; the answer to the dot."""
        with smtplib.SMTP(HERE, self.port, timeout=PATIENCE) as client:
            client.ehlo("vm")
            client.mail(sender)
            for recipient in recipients:
                code, text = client.rcpt(recipient)
                assert code == 250, (recipient, code, text)
            octets = message if isinstance(message, bytes) else wire(message)
            code, text = client.data(octets)
            return code, text.decode()

    # its command line

    def mailtickets(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The console command, with the same state directory."""
        program = Path(self.twistd[0]).with_name("mailtickets")
        return subprocess.run(
            [str(program), *arguments],
            env={**os.environ, "MAILTICKETS_STATE": str(self.state)},
            cwd=self.state.parent,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
