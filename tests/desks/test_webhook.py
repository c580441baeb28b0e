"""Any URL as a desk, and as a route's agent."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_twisted

from mailtickets.desks.webhook import Poster, WebhookAgent, WebhookDesk, make_agent, make_desk
from mailtickets.errors import Permanent, SettingsError, Temporary
from mailtickets.mail.envelope import Envelope, Item, Letter
from mailtickets.mail.mailbox import Mailbox
from mailtickets.mail.octets import InMemory
from mailtickets.outcomes import Delivered
from mailtickets.plugin import Needs
from mailtickets.testing.desk import Bench, desk_contract
from mailtickets.testing.deskcase import comment, new_key
from mailtickets.testing.meter import MemoryMeter
from mailtickets.testing.steps import RecordingSteps
from tests.desks.receiver import SECRET, Receiver, listening

LETTER = (
    b"From: Nic <nic@ferrier>\r\nTo: info@example.org\r\nMessage-ID: <1@ferrier>\r\n"
    b"Subject: Hello\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    b"--b\r\n\r\nHow are you?\r\n--b\r\nContent-Disposition: attachment; filename=a.bin\r\n"
    b"Content-Transfer-Encoding: base64\r\n\r\nAAEC\r\n--b--\r\n"
)


async def make_webhook(reactor: Any) -> Bench:
    """A webhook on the bench, and the service behind it."""
    receiver = Receiver()
    port = listening(reactor, receiver)
    number = port.getHost().port
    desks: list[WebhookDesk] = []

    def through(port: int, seconds: float) -> WebhookDesk:
        url = f"http://127.0.0.1:{port}/hook"
        desks.append(WebhookDesk(Poster(reactor, url, SECRET.encode(), seconds=seconds)))
        return desks[-1]

    async def tickets() -> int:
        return len(receiver.tickets)

    async def comments(ticket: str) -> int:
        return len(receiver.tickets[ticket])

    async def answer(ticket: str, text: str, public: bool) -> str:
        raise NotImplementedError("a webhook has no feed")

    async def close() -> None:
        for desk in desks:
            await desk.close()
        await port.stopListening()

    return Bench(
        through(number, 30.0),
        "support",
        "SUPPORT",
        tickets,
        comments,
        answer,
        close,
        through,
        ("127.0.0.1", number),
        silent_receipts=True,
    )


class TestWebhook(desk_contract(make_webhook)):  # type: ignore[misc]
    """A URL keeps what a desk promises, if the service behind it knows a repeat by its id."""


@asynccontextmanager
async def service(form: str = "json", key: str = SECRET) -> AsyncIterator[tuple[Any, Receiver]]:
    """An agent, and the service it brings letters to."""
    from twisted.internet import reactor  # noqa: PLC0415 - pytest-twisted installs it first

    receiver = Receiver()
    port = listening(reactor, receiver)
    poster = Poster(reactor, f"http://127.0.0.1:{port.getHost().port}", key.encode())
    agent = WebhookAgent(poster, reactor, form)
    try:
        yield agent, receiver
    finally:
        await agent.close()
        await port.stopListening()


def item(octets: bytes = LETTER, key: str = "") -> Item:
    """A letter in the spool."""
    to = Mailbox.parse("info@example.org")
    envelope = Envelope(Mailbox.parse("nic@ferrier"), (to,), time.time(), "trace-1")
    return Item(
        1, key or new_key(), Letter(envelope, InMemory(octets)), (to,), "route:info", "lane"
    )


@pytest_twisted.ensureDeferred
async def test_a_letter_arrives_as_json() -> None:
    """Who wrote what to whom, attachments in base64, once however often it is brought."""
    async with service() as (agent, receiver):
        one = item()
        for _ in range(2):
            outcome = await agent.deliver(one)
            assert outcome == dict.fromkeys(one.recipients, Delivered())
        (told,) = receiver.letters
        assert (told["sender"], told["recipients"]) == ("nic@ferrier", ["info@example.org"])
        assert told["from"] == {"name": "Nic", "address": "nic@ferrier"}
        assert (told["subject"], told["text"]) == ("Hello", "How are you?")
        assert (told["message_id"], told["id"]) == ("1@ferrier", "trace-1")
        assert [(one["name"], one["octets"]) for one in told["attachments"]] == [
            ("a.bin", b"\0\1\2")
        ]


@pytest_twisted.ensureDeferred
async def test_a_letter_arrives_as_it_came() -> None:
    """Octet by octet, signed as well, when that is asked for; a large one is streamed."""
    large = LETTER + b"\xff\x00" * 2_000_000
    async with service("octets") as (agent, receiver):
        await agent.deliver(item(large))
        assert receiver.letters == [large]


@pytest_twisted.ensureDeferred
async def test_a_wrong_secret_is_a_persons_to_mend() -> None:
    """The letter waits, loudly; nothing is lost."""
    async with service(key="another horse battery") as (agent, receiver):
        with pytest.raises(Temporary) as told:
            await agent.deliver(item())
        assert told.value.loud
        assert receiver.letters == []


@pytest_twisted.ensureDeferred
async def test_a_comment_to_nothing_is_refused() -> None:
    """404 about a ticket is an answer about the letter."""
    async with service() as (agent, _):
        desk = WebhookDesk(agent._poster)
        with pytest.raises(Permanent):
            await desk.submit(comment("T99"), new_key())


@pytest.mark.parametrize(
    ("settings", "culprit"),
    [
        ({"url": "http://x"}, "secret"),
        ({"url": "http://x", "secret": SECRET, "secret_file": "f"}, "secret"),
        ({"url": "http://x", "secret": "short"}, "secret"),
        ({"url": "http://x", "secret_file": "/nowhere"}, "secret_file"),
        ({"url": "ftp://x", "secret": SECRET}, "url"),
        ({"url": "http://x", "secret": "whsec_!!!!!!!!!!!!!!!!"}, "hook_secret"),
        ({"url": "http://x", "secret": SECRET, "form": "xml"}, "form"),
    ],
)
def test_settings_that_cannot_be_used(settings: Any, culprit: str, tmp_path: Path) -> None:
    """Are named at start."""
    needs = Needs(None, MemoryMeter(), RecordingSteps(), "mx.example.org", tmp_path)
    with pytest.raises(SettingsError, match=culprit):
        make_agent(settings, needs)
    if "form" not in settings:
        with pytest.raises(SettingsError, match=culprit):
            make_desk(settings, needs)
