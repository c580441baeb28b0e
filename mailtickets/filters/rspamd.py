"""Asks rspamd about a letter, over HTTP, and does what it says.

The protocol is that of rspamd's normal worker: the letter goes to /checkv2, its circumstances in
headers, and an action comes back as JSON.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import treq
from attrs import field, frozen
from treq.client import HTTPClient
from twisted.internet.defer import Deferred, DeferredSemaphore, ensureDeferred
from twisted.logger import Logger
from twisted.web.client import Agent, HTTPConnectionPool
from twisted.web.http_headers import Headers
from zope.interface import implementer

from mailtickets.errors import Temporary
from mailtickets.filters.asked import Asked
from mailtickets.interfaces import IFilter
from mailtickets.mail.envelope import Envelope, Letter
from mailtickets.mail.mailbox import printed
from mailtickets.mail.message import Message
from mailtickets.mail.octets import whole
from mailtickets.outcomes import Accept, Postpone, Refuse, Swallow, Verdict
from mailtickets.plugin import Needs

AT_ONCE = 8
"""Letters that are with rspamd at a time; each is in memory as a whole."""
LONGEST_ANSWER = 1024 * 1024
UNCHECKED = "unchecked"
"""The label of a letter that was accepted though rspamd did not see it."""


class Unusable(Exception):
    """rspamd did not answer, or not as it should."""


@implementer(IFilter)
@frozen
class Rspamd:
    """`url` is its worker's, for instance http://127.0.0.1:11333; `seconds` how long it may take.

    Letters of more than `largest` octets are not asked about. `accepts` is true where a letter
    passes, with the label `unchecked`, when rspamd cannot be asked.
    """

    url: str
    password: str = field(repr=False)
    label: str
    seconds: float
    largest: int
    accepts: bool
    http: HTTPClient
    needs: Needs
    log: Logger
    _places: DeferredSemaphore = field(factory=lambda: DeferredSemaphore(AT_ONCE))

    async def judge(self, letter: Letter, message: Message) -> Verdict:  # noqa: ARG002
        """What rspamd's action asks for. Raises Temporary when the letter cannot be read."""
        if letter.octets.size > self.largest:
            return Accept(frozenset({UNCHECKED}))
        waiting = ensureDeferred(self._asked(letter))
        waiting.addTimeout(self.seconds, self.needs.reactor)
        try:
            found = await waiting
        except Temporary:
            raise
        except Exception as why:  # refused, silent, or no answer of rspamd's
            self.log.error("rspamd cannot be asked: {why}", why=type(why).__name__)
            self.needs.meter.count("rspamd_unanswered")
            if self.accepts:
                return Accept(frozenset({UNCHECKED}))
            return Postpone("The letter could not be checked now")
        return self._verdict(found)

    async def _asked(self, letter: Letter) -> Mapping[str, Any]:
        await self._places.acquire()
        try:
            octets = await whole(letter.octets, self.largest)
            response = await self.http.post(
                f"{self.url}/checkv2",
                data=octets,
                headers=circumstances(letter.envelope, self.password, self.needs.hostname),
            )
            body = await _body(response)
        finally:
            self._places.release()
        if response.code != 200:
            raise Unusable(f"status {response.code}")
        found = json.loads(body)
        if not isinstance(found, dict) or not isinstance(found.get("action"), str):
            raise Unusable("an answer without an action")
        return found

    def _verdict(self, found: Mapping[str, Any]) -> Verdict:
        action = found["action"]
        self.needs.meter.count("rspamd", action=action if action in ACTIONS else "other")
        if action == "reject":
            return Refuse("The letter looks like spam")
        if action in {"greylist", "soft reject"}:
            return Postpone("Please come back later")
        if action == "discard":
            return Swallow("rspamd had it discarded")
        if action in {"add header", "rewrite subject", "quarantine"}:
            return Accept(frozenset({self.label}))
        return Accept()


ACTIONS = (
    "no action",
    "greylist",
    "soft reject",
    "add header",
    "rewrite subject",
    "quarantine",
    "discard",
    "reject",
)


def circumstances(envelope: Envelope, password: str, hostname: str) -> Headers:
    """What rspamd is told beside the letter. Nothing from outside begins another header."""
    peer = envelope.peer
    headers = Headers({"content-type": ["message/rfc822"], "mta-name": [_line(hostname)]})
    said = {
        "ip": peer.address if "/" not in peer.address else "",
        "helo": peer.helo,
        "from": printed(envelope.sender),
        "user": peer.user or "",
        "queue-id": envelope.id,
        "password": password,
    }
    for name, value in said.items():
        if value:
            headers.addRawHeader(name, _line(value))
    for recipient in envelope.recipients[:100]:
        headers.addRawHeader("rcpt", _line(str(recipient)))
    return headers


def _line(text: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in text)[:1000]


async def _body(response: Any) -> bytes:
    """The answer's body, bounded."""
    gathered = bytearray()

    def more(octets: bytes) -> None:
        gathered.extend(octets)
        if len(gathered) > LONGEST_ANSWER:
            raise Unusable("an answer without end")

    collected: Deferred[Any] = treq.collect(response, more)
    await collected
    return bytes(gathered)


def _password(asked: Asked, settings: Mapping[str, Any]) -> str:
    if "password_file" not in settings:
        return asked.word("password", "-").removeprefix("-") if "password" in settings else ""
    path = Path(asked.word("password_file", ""))
    try:
        return path.read_text("utf-8").strip()
    except (OSError, UnicodeError):
        raise asked.wrong("password_file", "a file that can be read") from None


def make(settings: Mapping[str, Any], needs: Needs) -> Rspamd:
    """The filter of `[[filter]] kind = "rspamd"`. Raises SettingsError."""
    asked = Asked("rspamd", settings)
    url = asked.word("url", "http://127.0.0.1:11333").rstrip("/")
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        usable = False
    if not usable:
        raise asked.wrong("url", "a URL, as http://127.0.0.1:11333")
    pool = HTTPConnectionPool(needs.reactor, persistent=False)  # type: ignore[no-untyped-call]
    seconds = asked.number("timeout", 10, 0.5, 25)
    agent = Agent(needs.reactor, connectTimeout=seconds, pool=pool)  # type: ignore[no-untyped-call]
    return Rspamd(
        url=url,
        password=_password(asked, settings),
        label=asked.word("label", "spam"),
        seconds=seconds,
        largest=int(asked.number("max_size", 4 * 1024 * 1024, 1024, 64 * 1024 * 1024)),
        accepts=asked.word("on_failure", "temporary", ("temporary", "accept")) == "accept",
        http=HTTPClient(agent),
        needs=needs,
        log=Logger(namespace="mailtickets.rspamd"),
    )
