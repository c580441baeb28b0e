"""Any URL as a desk, or as the agent of a route: the letter is POSTed, signed, and that is all.

The call is signed as Standard Webhooks has it: `webhook-id` is the key, the same for every repeat,
`webhook-timestamp` the time, `webhook-signature` HMAC-SHA256 of both and of the body. What is
answered means what the failure table says (design section 10): 2xx is done, 4xx and 5xx are what
they are for any desk.
"""

from __future__ import annotations

import hmac
import re
import time
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from twisted.internet.interfaces import IConsumer
from twisted.internet.threads import deferToThreadPool
from zope.interface import implementer

from mailtickets.desks.answers import Answer, document, loud, trouble
from mailtickets.desks.bodies import Piece, Pieces, Plain, with_attachments
from mailtickets.desks.calls import TOTAL, Caller, checked_url
from mailtickets.errors import SettingsError
from mailtickets.interfaces import IAgent, IDesk
from mailtickets.mail import clean
from mailtickets.mail.envelope import Item
from mailtickets.mail.mailbox import Mailbox, printed
from mailtickets.mail.message import Message, read_stream
from mailtickets.outcomes import Delivered, Outcome
from mailtickets.plugin import Needs
from mailtickets.tickets.document import identity, intent_document, person_document
from mailtickets.tickets.hooks import standard_key
from mailtickets.tickets.intents import AddComment, OpenTicket
from mailtickets.tickets.values import Person, Receipt

FORMS = frozenset({"json", "octets"})
_TICKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,50}\Z")


def make_desk(settings: Mapping[str, Any], needs: Needs) -> WebhookDesk:
    """A desk of kind `webhook`. Settings: url, and secret or secret_file. Raises SettingsError."""
    return WebhookDesk(_poster(settings, needs))


def make_agent(settings: Mapping[str, Any], needs: Needs) -> WebhookAgent:
    """An agent of kind `webhook`. Settings: as the desk's, and form. Raises SettingsError."""
    form = str(settings.get("form", "json"))
    if form not in FORMS:
        raise SettingsError(f"form = {form}", "say json or octets")
    return WebhookAgent(_poster(settings, needs), needs.reactor, form)


def _poster(settings: Mapping[str, Any], needs: Needs) -> Poster:
    secret, file = settings.get("secret"), settings.get("secret_file")
    if (secret is None) == (file is None):
        raise SettingsError("secret", "give either secret or secret_file")
    if file is not None:
        try:
            secret = Path(str(file)).read_text("utf-8").strip()
        except (OSError, ValueError) as why:
            raise SettingsError(f"secret_file = {file}", "cannot be read") from why
    if len(str(secret)) < 16:
        raise SettingsError("secret", "a secret of 16 characters or more")
    url = checked_url(str(settings.get("url", "")))
    return Poster(needs.reactor, url, standard_key(str(secret)), user_agent=needs.user_agent)


class Poster:
    """POSTs bodies to one URL, signed with `key`."""

    def __init__(
        self,
        reactor: Any,
        url: str,
        key: bytes,
        *,
        user_agent: str = "mailtickets",
        seconds: float = TOTAL,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._key = key
        self._now = now
        self._caller = Caller(reactor, url, lambda: {"User-Agent": user_agent}, seconds)

    async def post(self, body: Sequence[Piece], name: str, sort: str) -> Answer:
        """POST it as `name`. Raises Permanent or Temporary for whatever is not 2xx."""
        at = str(int(self._now()))
        signing = _Signing(self._key, f"{name}.{at}.".encode())
        await Pieces(body).startProducing(signing)
        headers = {
            "webhook-id": name,
            "webhook-timestamp": at,
            "webhook-signature": signing.signature,
        }
        answer = await self._caller.call("POST", body=body, headers=headers, type=sort)
        if not answer.good:
            raise trouble(answer, self._now(), named=True)
        if answer.is_page:
            raise loud("What answers at the webhook's address is a page for people")
        return answer

    async def close(self) -> None:
        """Close the connections that are kept."""
        await self._caller.close()


@implementer(IConsumer)
class _Signing:
    """Takes a body's octets for their signature: a large one is never in memory as a whole."""

    def __init__(self, key: bytes, start: bytes) -> None:
        self._mac = hmac.new(key, start, "sha256")

    def write(self, data: bytes) -> None:
        self._mac.update(data)

    def registerProducer(self, producer: Any, streaming: bool) -> None:
        """Twisted's: nobody comes to be paused."""

    def unregisterProducer(self) -> None:
        """Twisted's: and nobody goes."""

    @property
    def signature(self) -> str:
        return "v1," + b64encode(self._mac.digest()).decode()


@implementer(IDesk)
class WebhookDesk:
    """A desk that is no more than a URL: it is told of tickets and comments, and not asked.

    An answer may be JSON with the ticket's `key` (letters, digits, `-`) and `url`, and a comment's
    `id`; without them the ticket has a number of ours, made of the letter's key.
    """

    def __init__(self, poster: Poster) -> None:
        self._poster = poster

    async def submit(self, intent: OpenTicket | AddComment, key: str) -> Receipt:
        """POST the intent; the receiver knows a repeat by `webhook-id`."""
        told = dict(intent_document(intent))
        told["type"] = "ticket.open" if isinstance(intent, OpenTicket) else "ticket.comment"
        if isinstance(intent, AddComment):
            told["ticket"] = intent.ticket
        body = with_attachments(told, intent.attachments)
        answer = await self._poster.post(body, key, "application/json")
        found = document(answer) if answer.is_json and answer.body.strip() else {}
        if not isinstance(found, dict):
            raise loud("The webhook's answer is JSON, and not an object")
        url = found.get("url")
        page = url if isinstance(url, str) and url.startswith(("http://", "https://")) else None
        if isinstance(intent, AddComment):
            comment = found.get("id")
            return Receipt(
                intent.ticket, None if comment is None else identity(comment, "id"), page
            )
        ticket = str(found.get("key", "")) or number_of(key)
        if not _TICKET.match(ticket):
            raise loud("The webhook's answer names a ticket by what cannot be in an address")
        return Receipt(ticket, url=page)

    async def close(self) -> None:
        """Close the connections that are kept."""
        await self._poster.close()


def number_of(key: str) -> str:
    """A ticket's number, made of a key: twelve digits, the first not zero.

    >>> number_of("a"), number_of("a") == number_of("b")
    ('634844962250', False)
    """
    found = int.from_bytes(sha256(key.encode("utf-8", "surrogatepass")).digest()[:8], "big")
    return str(100_000_000_000 + found % 900_000_000_000)


@implementer(IAgent)
class WebhookAgent:
    """Brings letters to a URL, as JSON or as they came."""

    def __init__(self, poster: Poster, reactor: Any, form: str = "json") -> None:
        self._poster = poster
        self._reactor = reactor
        self._form = form

    async def deliver(self, item: Item) -> Mapping[Mailbox, Outcome]:
        """POST the letter, once for all its recipients. Raises Permanent or Temporary."""
        if self._form == "octets":
            body: list[Piece] = [Plain(item.letter.octets)]
            await self._poster.post(body, item.key, "message/rfc822")
        else:
            path = printed(item.letter.envelope.sender)
            message = await read_stream(item.letter.octets, self._aside, path)
            body = with_attachments(letter_document(item, message), message.attachments)
            await self._poster.post(body, item.key, "application/json")
        return dict.fromkeys(item.recipients, Delivered())

    def _aside(self, call: Callable[..., Any], *arguments: Any) -> Any:
        return deferToThreadPool(self._reactor, self._reactor.getThreadPool(), call, *arguments)

    async def close(self) -> None:
        """Close the connections that are kept."""
        await self._poster.close()


def letter_document(item: Item, message: Message) -> dict[str, Any]:
    """A letter as a webhook tells it, but for its attachments."""
    envelope = item.letter.envelope
    told: dict[str, Any] = {
        "type": "letter",
        "id": envelope.id,
        "sender": None if envelope.sender is None else str(envelope.sender),
        "recipients": [str(one) for one in item.recipients],
        "arrived": envelope.arrived,
        "message_id": message.message_id,
        "references": list(message.references),
        "from": _person(message.author),
        "to": [_person(one) for one in message.to],
        "cc": [_person(one) for one in message.cc],
        "subject": message.subject,
        "text": message.new_text,
        "nature": message.nature.value,
    }
    if message.written_by is not None:
        told["written_by"] = _person(message.written_by)
    if message.text.strip() != message.new_text:
        told["whole_text"] = message.text
    if message.html is not None:
        told["html"] = message.html
    if envelope.authentication is not None:
        told["authenticated"] = envelope.authentication.aligned
    return {name: _safe(value) for name, value in told.items()}


def _person(person: Person) -> dict[str, Any]:
    return {name: _safe(value) for name, value in person_document(person).items()}


def _safe(value: Any) -> Any:
    return clean.text(value) if isinstance(value, str) else value
