"""What we write is read back by another's parser, nodemailer's mailparser."""

import base64
import json
import os
import subprocess
from email import message_from_bytes, message_from_string, policy
from email.header import decode_header, make_header
from email.utils import parseaddr
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailtickets.mail import clean
from mailtickets.mail.clean import filename
from mailtickets.mail.compose import Enclosure, Style, answer
from mailtickets.mail.mailbox import Mailbox
from mailtickets.mail.subjects import answering
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


def written(text, templates=None, *, html=None, more=(), recipient=NIC):
    """An answer full of this text."""
    made = answer(
        Event("7", "7", Kind.COMMENT_ADDED, "SUPPORT-1", Person("Ann", ""), "c1", text, html),
        Conversation("d", "SUPPORT-1", "q", str(NIC), text[:60], text, ("root@x", "b@x"), "b@x"),
        sender=TICKET,
        recipient=recipient,
        message_id=message_id_of("d", "7", TICKET),
        date=1_700_000_000.0,
        enclosures=[
            Enclosure(f"{text[:40]}.pdf", "application/pdf", b"\x00%PDF" * 50),
            *more,
        ],
        style=Style(templates, from_name=text[:60]),
    )
    return made.octets


def test_everything_comes_back(parser):
    """Subjects, names, texts, threads and file names, whatever the script they are written in."""
    read = parser([written(text) for text in TEXTS])
    assert len(read) == len(TEXTS)
    for sent, found in zip(TEXTS, read, strict=True):
        text = sent.strip()
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


WRITTEN = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Cn", "Co", "Zs", "Zl", "Zp"])
    | st.sampled_from(" ,;<>()@:.\"'=?_"),
    min_size=1,
    max_size=120,
).map(lambda text: clean.name(text) or "x")


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(WRITTEN, min_size=25, max_size=25))
def test_any_text_comes_back(parser, texts):
    """Any subject, name, file name and text: mailparser and Python's email read what was meant."""
    letters = [written(text, Templates()) for text in texts]
    for text, found, octets in zip(texts, parser(letters), letters, strict=True):
        read = message_from_bytes(octets, policy=policy.default)
        subject = clean.subject(answering(text))
        assert found["subject"] == str(read["subject"]) == subject
        display = clean.name(text[:60])
        assert found["from"] == [{"address": str(TICKET), "name": display}]
        assert name_of(octets) == display
        (file,) = found["attachments"]
        (part,) = read.iter_attachments()
        assert file["name"] == part.get_filename() == filename(f"{text[:40]}.pdf")
        assert found["text"].split("\n\n")[0].strip() == text.strip()


def name_of(octets):
    """The display name in From, as Python reads it: encoded words first, then what is quoted."""
    name, _ = parseaddr(message_from_bytes(octets)["from"])
    return str(make_header(decode_header(name)))


def test_an_address_that_is_not_ascii(parser):
    """A local part in another script makes the head UTF-8 (RFC 6532); a domain alone does not."""
    for recipient, expected in (
        (Mailbox("jörg", "bücher.example"), "jörg@bücher.example"),
        (Mailbox("nic", "bücher.example"), "nic@xn--bcher-kva.example"),
    ):
        octets = written("Grüße", recipient=recipient)
        (found,) = parser([octets])
        (address,) = found["to"]
        # mailparser tells a domain as people write it, however it stands in the letter.
        assert address["address"] == str(recipient)
        read = message_from_string(octets.decode("utf-8"), policy=policy.SMTPUTF8)
        assert read["to"].addresses[0].addr_spec == expected


def test_pictures_come_back(parser):
    """A picture that the HTML shows is found by its content id; a file is attached beside it."""
    html = '<p>Look: <img src="cid:logo@x"></p>'
    picture = Enclosure("logo ü.png", "image/png", b"\x89PNG", content_id="logo@x")
    octets = written("See", Templates(), html=html, more=[picture])
    (found,) = parser([octets])
    shown = {one.get("cid"): one for one in found["attachments"]}
    assert shown["logo@x"]["name"] == "logo ü.png"
    assert base64.b64decode(shown["logo@x"]["content"]) == b"\x89PNG"
    assert shown[None]["name"] == "See.pdf"
    assert "data:image/png;base64," in found["html"]  # mailparser puts it where it belongs
