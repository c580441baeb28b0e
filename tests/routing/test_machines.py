"""What becomes of machines' letters, kind by kind."""

import pytest

from mailtickets.mail.mailbox import Mailbox
from mailtickets.mail.message import read
from mailtickets.routing.addresses import Queue
from mailtickets.routing.inbound import Case, Found, decide
from mailtickets.routing.machines import NEVER_OPEN, Machines, Means, kind_of
from mailtickets.tickets.intents import Discard
from mailtickets.tickets.values import Conversation

NIC = Mailbox("nic", "ferrier")
LETTERS = {
    "auto_reply": b"Auto-Submitted: auto-replied\r\nIn-Reply-To: <1@x>\r\n\r\nI am away.\r\n",
    "notification": b"Auto-Submitted: auto-generated\r\nSubject: disk\r\n\r\nThe disk is full.\r\n",
    "challenge": b"X-Boxbe-Challenge: 1\r\nSubject: prove it\r\n\r\nWho are you?\r\n",
    "read_receipt": b"Content-Type: multipart/report; boundary=b;\r\n"
    b" report-type=disposition-notification\r\n\r\n--b\r\n\r\nRead.\r\n--b--\r\n",
    "complaint": b"Content-Type: multipart/report; boundary=b; report-type=feedback-report\r\n"
    b"\r\n--b\r\n\r\nSpam!\r\n--b--\r\n",
    "list": b"List-Id: <all.example>\r\n\r\nHello all.\r\n",
    "bounce": b"From: MAILER-DAEMON@x\r\nSubject: Undelivered Mail Returned\r\n\r\nNo.\r\n",
    "": b"From: nic@ferrier\r\nSubject: Hi\r\n\r\nHelp.\r\n",
}


def message(kind):
    """A letter of a kind."""
    return read(b"Message-ID: <m@x>\r\n" + LETTERS[kind])


@pytest.mark.parametrize("kind", LETTERS)
def test_kinds_are_told_apart(kind):
    """Each kind has the name of its setting; a person's letter has none."""
    assert kind_of(message(kind)) == kind


def test_what_answers_is_no_notification():
    """A program's letter that answers something is a reply, whatever it calls itself."""
    assert kind_of(read(b"References: <1@x>\r\n" + LETTERS["notification"])) == "auto_reply"
    assert kind_of(read(b"Auto-Submitted: auto-replied\r\n\r\nAway.\r\n")) == "auto_reply"


NOTE, DISCARD, PERSON = "note", "discard", "as a person's"


def fate(machines, kind, *, about):
    """What becomes of a letter of a kind."""
    if machines.discards(message(kind), about=about):
        return DISCARD
    return NOTE if about and machines.noted(message(kind)) else PERSON


@pytest.mark.parametrize(
    ("kind", "about_one", "about_none"),
    [
        ("auto_reply", NOTE, DISCARD),
        ("notification", NOTE, PERSON),
        ("challenge", NOTE, DISCARD),
        ("read_receipt", DISCARD, DISCARD),
        ("complaint", NOTE, PERSON),
        ("list", PERSON, PERSON),
        ("bounce", NOTE, DISCARD),
        ("", PERSON, PERSON),
    ],
)
def test_the_standard(kind, about_one, about_none):
    """What the docs' table says, with no settings."""
    assert fate(Machines(), kind, about=True) == about_one
    assert fate(Machines(), kind, about=False) == about_none


@pytest.mark.parametrize("kind", [one for one in LETTERS if one])
def test_settings_are_kept_to(kind):
    """Each kind can be discarded, be a comment and no more, and most can open a ticket."""
    discard, comment, opening = [
        Machines(**{kind: one}) for one in (Means.DISCARD, Means.COMMENT, Means.OPEN)
    ]
    assert fate(discard, kind, about=True) == fate(discard, kind, about=False) == DISCARD
    assert fate(comment, kind, about=True) == NOTE
    assert fate(comment, kind, about=False) == DISCARD
    assert fate(opening, kind, about=False) == (DISCARD if kind in NEVER_OPEN else PERSON)
    assert fate(opening, kind, about=True) == (PERSON if kind == "list" else NOTE)


@pytest.mark.parametrize("kind", LETTERS)
@pytest.mark.parametrize("about", [True, False])
def test_the_decision_keeps_to_it(kind, about):
    """The desk is asked for what the setting says: never a public comment of a machine's."""
    conversation = Conversation(
        "desk", "SUPPORT-1", "support", "nic@ferrier", "Nic", "Hi", ("1@x",)
    )
    found = Found(conversation, signed=True, holder=True) if about else None
    decision = decide(Case(message(kind), NIC, Queue("support", "x.example"), found))
    wanted = fate(Machines(), kind, about=about)
    actions = {NOTE: "note", DISCARD: "discard", PERSON: "comment" if about else "open"}
    assert decision.action == actions[wanted]
    if wanted == DISCARD:
        assert isinstance(decision.intent, Discard)
    if wanted == NOTE:
        assert not decision.intent.public
