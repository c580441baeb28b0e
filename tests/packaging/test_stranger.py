"""A stranger's wheel beside ours: its agent takes mail, its desk opens tickets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.running import Running, until
from tests.packaging.conftest import Installed

SETTINGS = """
[[desk]]
name = "cards"
kind = "cards"
file = "cards.json"

[[queue]]
name = "support"
domain = "support-ticket.com"
desk = "cards"

[[route]]
to = "notes@support-ticket.com"
agent = "notebook"
file = "notes.jsonl"
"""


def _letter(to: str, message_id: str) -> EmailMessage:
    letter = EmailMessage()
    letter["From"] = "Nic <nic@ferrier.example>"
    letter["To"] = to
    letter["Subject"] = "I can't login!"
    letter["Message-ID"] = message_id
    letter.set_content("Hi... errr... I think I've forgotten my password. Can you help?")
    return letter


@pytest.fixture(scope="module")
def gateway(installed: Installed, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The installed mailtickets, told to use the stranger's agent and desk."""
    place = tmp_path_factory.mktemp("gateway")
    config = place / "settings.toml"
    config.write_text(SETTINGS, "utf-8")
    one = Running(
        place / "state",
        *("--config", str(config)),
        domain=None,
        twistd=[installed.program("twistd")],
        environment={"PYTHONPATH": ""},
    )
    with one:
        yield one


def _read(path: Path) -> Any:
    return json.loads(path.read_text("utf-8")) if path.exists() else None


def test_a_route_goes_to_the_strangers_agent(gateway: Running) -> None:
    """Mail for a `[[route]]` reaches an agent of another distribution, whole."""
    letter = _letter("notes@support-ticket.com", "<one@ferrier.example>")
    code, _ = gateway.send(letter, "nic@ferrier.example", "notes@support-ticket.com")
    assert code == 250
    notes = gateway.state / "notes.jsonl"
    line = until(lambda: notes.exists() and notes.read_text("utf-8"), what="a note")
    note = json.loads(line.splitlines()[0])
    assert note["from"] == "nic@ferrier.example"
    assert note["to"] == ["notes@support-ticket.com"]
    assert "forgotten my password" in note["letter"]


def test_a_queue_uses_the_strangers_desk(gateway: Running) -> None:
    """A letter opens a ticket at a desk of another distribution, an answer adds to it."""
    letter = _letter("new@support-ticket.com", "<two@ferrier.example>")
    code, _ = gateway.send(letter, "nic@ferrier.example", "new@support-ticket.com")
    assert code == 250
    file = gateway.state / "cards.json"
    cards = until(lambda: _read(file), what="a card")
    (card,) = cards["tickets"]
    assert card["subject"] == "I can't login!"
    assert card["requester"] == ["Nic", "nic@ferrier.example"]
    assert card["texts"] == ["Hi... errr... I think I've forgotten my password. Can you help?"]

    more = _letter("SUPPORT-1@support-ticket.com", "<three@ferrier.example>")
    code, _ = gateway.send(more, "nic@ferrier.example", "SUPPORT-1@support-ticket.com")
    assert code == 250
    until(lambda: len(_read(file)["tickets"][0]["texts"]) == 2, what="the second text")
    assert len(_read(file)["tickets"]) == 1
