"""What we write is read back by another's parser, nodemailer's mailparser."""

import base64
import json
import os
import subprocess
from pathlib import Path

import pytest

from mailtickets.mail.clean import filename
from mailtickets.mail.compose import Enclosure, Style, answer
from mailtickets.mail.mailbox import Mailbox
from mailtickets.mail.templates import Templates
from mailtickets.routing.outbound import marks_in, message_id_of
from mailtickets.tickets.events import Event, Kind
from mailtickets.tickets.values import Conversation, Person
from tests.needs import need, need_peers

TICKET, NIC = Mailbox("SUPPORT-1", "support-ticket.com"), Mailbox("nic", "ferrier")
TEXTS = [
    "I can't login!",
    "Grüße aus Köln, schöne Straße",
    "שלום עולם, זה נושא ארוך מאוד שצריך להתקפל על פני כמה שורות בכותרת",
    "مرحبا بالعالم",
    "日本語の長い件名" * 12,
    "emoji 👩‍👩‍👧‍👦 in a long English subject line that goes on, and on, and on",
    "one very long ASCII subject " * 12,
    'quotes " and \\ backslashes, commas; <angles> (comments)',
    "=?utf-8?q?not=20a=20word?=",
]


@pytest.fixture(scope="module")
def parser():
    """A function that has mailparser read letters."""
    node, modules = need("node"), need_peers() / "node_modules"

    def read(letters):
        done = subprocess.run(
            [node, str(Path(__file__).with_name("readback.cjs"))],
            input=b"\n".join(base64.b64encode(each) for each in letters),
            env=os.environ | {"NODE_PATH": str(modules)},
            capture_output=True,
            check=True,
            timeout=60,
        )
        return [json.loads(line) for line in done.stdout.splitlines()]

    return read


def written(text, templates=None):
    """An answer full of this text."""
    made = answer(
        Event("7", "7", Kind.COMMENT_ADDED, "SUPPORT-1", Person("Ann", ""), "c1", text),
        Conversation("d", "SUPPORT-1", "q", str(NIC), text[:60], text, ("root@x", "b@x"), "b@x"),
        sender=TICKET,
        recipient=NIC,
        message_id=message_id_of("d", "7", TICKET),
        date=1_700_000_000.0,
        enclosures=[Enclosure(f"{text[:40]}.pdf", "application/pdf", b"\x00%PDF" * 50)],
        style=Style(templates, from_name=text[:60]),
    )
    return made.octets


def test_everything_comes_back(parser):
    """Subjects, names, texts, threads and file names, whatever the script they are written in."""
    read = parser([written(text) for text in TEXTS])
    assert len(read) == len(TEXTS)
    for given, found in zip(TEXTS, read, strict=True):
        text = given.strip()
        assert found["subject"] == f"RE: {text[:400]}".strip()
        assert found["from"] == [{"address": str(TICKET), "name": text[:60].strip()}]
        assert found["to"] == [{"address": str(NIC), "name": text[:60].strip()}]
        assert found["text"].strip() == text
        assert found["messageId"] == f"<{message_id_of('d', '7', TICKET)}>"
        assert found["inReplyTo"] == "<b@x>"
        assert found["references"] == ["<root@x>", "<b@x>"]
        assert found["date"].startswith("2023-11-14T22:13:20")
        (file,) = found["attachments"]
        assert base64.b64decode(file["content"]) == b"\x00%PDF" * 50
        assert file["type"] == "application/pdf"
        assert file["name"] == filename(f"{text[:40]}.pdf")


def test_templates_come_back(parser):
    """Text and HTML of a template, and the mark in both of them."""
    for found in parser([written(text, Templates()) for text in TEXTS[:4]]):
        mark = found["messageId"].strip("<>")
        assert marks_in(found["text"]) == (mark,)
        assert marks_in(found["html"]) == (mark,)
        assert "SUPPORT-1" in found["text"]
