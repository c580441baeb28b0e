"""People whom a program, an address or a subject makes look like machines, and the machines."""

from __future__ import annotations

import pytest

from mailtickets.mail.message import Nature, read
from tests.mail import hostile

PERSON = "From: Anna Berg <anna@acme.example>\nReturn-Path: <anna@acme.example>\n"
RULE = "X-MS-Exchange-Inbox-Rules-Loop: support@old.example\n"
AGENT = "X-MS-Exchange-Generated-Message-Source: Mailbox Rules Agent\n"


def _nature(head: str, body: str = "Hello,\n\nmy printer is broken.\n") -> Nature:
    return read(f"{head}\n{body}".encode()).nature


@pytest.mark.parametrize(
    ("nature", "head"),
    [
        (Nature.HUMAN, PERSON + RULE + "Resent-From: <support@old.example>\nSubject: Printer\n"),
        (Nature.HUMAN, PERSON + RULE + AGENT + "Subject: FW: Printer\n"),
        (Nature.HUMAN, PERSON + RULE + "Subject: Printer\n"),
        (Nature.HUMAN, "From: a@b\nReturn-Path: <>\n" + RULE + "Subject: WG: Rücksendung\n"),
        (
            Nature.HUMAN,
            "From: a@b\nReturn-Path: <>\nResent-From: c@d\n" + RULE + "Subject: quota\n",
        ),
        (Nature.AUTO_REPLY, PERSON + RULE + "Subject: Automatic reply: Printer\n"),
        (Nature.AUTO_REPLY, "From: a@b\nReturn-Path: <>\n" + RULE + "Subject: Thank you\n"),
        (Nature.AUTO_REPLY, PERSON + RULE + "Auto-Submitted: auto-generated\nSubject: Thanks\n"),
    ],
)
def test_a_letter_that_a_rule_passed_on_is_its_writers(nature: Nature, head: str) -> None:
    """Exchange marks what a rule forwards or redirects like its answers; only these are such."""
    assert _nature(head) is nature


ANSWER = "In-Reply-To: <t1@example.org>\n"
PEOPLE = [
    ("Maria <mail@firma.example>", "Drucker", "Guten Tag,\n\nich konnte nicht drucken."),
    ("Maria <mail@firma.example>", "Rücksendung Bestellung 4711", "Wie geht die Rücksendung?"),
    ("Maria <mail@maria.example>\n" + ANSWER, "Login", "The page says 550-Error."),
    ("Sato <mail@sato.example>", "x", "プリンターで印刷できません。よろしくお願いします。"),
    ("<mail@dupont.example>", "Colis", "Mon colis n'a pas pu être livré. Merci."),
    ("Bob <mail@bob.example>", "Mailbox full", "please raise my quota to 10 GB"),
    ("Bob <mail@bob.example>", "Undeliverable parcel", "It says it was not delivered."),
    ("<mta@bahn.example>", "Delivery failed", "The parcel could not be delivered, who pays?"),
    ("<mailer@shop.example>", "Paket unzustellbar", "Das Paket kam zurück."),
    (
        "Jan Novak <postmaster@firma.example>\n" + ANSWER,
        "Mail rejected: please help",
        'Hello,\n\nour customers get "550 5.7.1 rejected" when they write to you.',
    ),
    (
        "Jan Novak <postmaster@firma.example>",
        "Undelivered mail",
        "Hello,\n\nyou reject our letters:\n\nThis is the mail system at host mx.\n550 5.7.1 no",
    ),
    (
        "System Administrator <steve@school.example>",
        "VPN error: quota",
        'the client says "unable to deliver packets". The following users cannot log in.',
    ),
    ("NDR <ndr@ndr.example>", "Sendung", "Der Beitrag konnte nicht gezeigt werden."),
    ("<postmaster@acme.example>", "Undelivered mail", "Thank you, it was rejected again."),
    ("Anna Berg <postmaster@acme.example>", "Undeliverable parcel", "Who pays for it?"),
    ("Antivirus team <antivirus@acme.example>\n" + ANSWER, "Mail error", "the mail was rejected"),
]


@pytest.mark.parametrize(("sender", "subject", "text"), PEOPLE)
def test_whoever_writes_from_an_office_is_a_person(sender: str, subject: str, text: str) -> None:
    """Behind mail@, postmaster@ or "System Administrator" people write, about failures as well."""
    path = "Return-Path: <anna@example.com>\n"
    assert _nature(f"{path}From: {sender}\nSubject: {subject}\n", text) is Nature.HUMAN


FAILED = "I could not deliver your letter to bob@example.net: user unknown"
DAEMONS = [
    ("From: MAILER-DAEMON@mx.example\nSubject: x\n", FAILED),
    (
        "From: MAILER-DAEMON@mx\nReturn-Path: <>\nSubject: Delayed Mail (still being retried)\n",
        "Ce message est temporisé",
    ),
    ("From: Mail Delivery System <x@mx.example>\nSubject: failure notice\n", FAILED),
    ("From: postmaster@mx.example\nReturn-Path: <>\nSubject: x\n", FAILED),
    ("From: postmaster@mx.example\nReturn-Path: <MAILER-DAEMON@mx>\nSubject: x\n", FAILED),
    ("From: postmaster@mx.example\nAuto-Submitted: auto-replied\nSubject: x\n", FAILED),
    ("From: System Administrator <postmaster@mx>\nSubject: Undeliverable: Printer\n", "Nobody."),
    ("From: Postmaster <postmaster@mx.example>\nSubject: Message status\n", FAILED),
    ("From: InterScan <postmaster@mx>\nSubject: Mail could not be delivered\n", FAILED),
    ("From: postmaster@mx.example\nSubject: [Postmaster] Email Delivery Failure\n", FAILED),
    ("From: postmaster@mx.example\nSubject: Unzustellbar: Drucker\n", "Niemand da."),
    ("From: Microsoft Outlook <postmaster@mx>\nIn-Reply-To: <a@b>\nSubject: Non remis : x\n", "x"),
    ("From: mail@mx.example\nReturn-Path: <>\nSubject: Mail\n", FAILED),
    (
        "From: mail@mx.example\nSubject: Mail\n",
        "This is the mail system at host mx.example.\n\n<bob@example.net>: user unknown",
    ),
    (
        "From: post_master@mx.example\nIn-Reply-To: <a@b>\nSubject: Re:Test\n",
        "Error: Invalid user address\n\n550 - Requested action not taken",
    ),
]


@pytest.mark.parametrize(("head", "text"), DAEMONS)
def test_a_daemon_stays_one(head: str, text: str) -> None:
    """What comes back is known by a daemon's name, an empty path, or a notice's own words."""
    assert _nature(head, text) is Nature.BOUNCE


def _parts(kind: str, *heads: str, first: str = "") -> str:
    head = "".join(f"{one}\n" for one in heads)
    first = first or "\nWhat does this mean?\n"
    return (
        f"{head}Content-Type: multipart/mixed; boundary=b\n\n--b\n{first}\n"
        f"--b\nContent-Type: {kind}\n\nAction: failed\n\n--b\n\n> \n--b--\n"
    )


STATUS, RECEIPT = "message/delivery-status", "message/disposition-notification"
ANNA = "From: Anna Berg <anna@example.com>"
WITHIN = (
    f"Content-Type: multipart/report; boundary=c\n\n--c\n\nFailed.\n--c\nContent-Type: {STATUS}\n"
    "\nAction: failed\n--c--\n"
)
NOTICES = [
    (Nature.HUMAN, _parts(STATUS, ANNA, "Subject: Fwd: Undelivered Mail Returned to Sender")),
    (Nature.HUMAN, _parts(RECEIPT, ANNA, "Subject: Fwd: Read: Contract")),
    (Nature.HUMAN, _parts("message/feedback-report", ANNA, "Subject: Fwd: complaint")),
    (Nature.HUMAN, _parts(STATUS, "From: Jan <postmaster@firma.example>", "Subject: Fwd: x")),
    (Nature.BOUNCE, _parts(STATUS, "From: MAILER-DAEMON@mx.example", "Subject: Fwd: x")),
    (Nature.BOUNCE, _parts(STATUS, "From: postmaster@mx.example", "Subject: x")),
    (Nature.BOUNCE, _parts(STATUS, ANNA, "Return-Path: <>", "Subject: x")),
    (Nature.BOUNCE, _parts(STATUS, "Subject: x")),
    (Nature.READ_RECEIPT, _parts(RECEIPT, ANNA, "Auto-Submitted: auto-replied")),
    (Nature.READ_RECEIPT, f"{ANNA}\nContent-Type: {RECEIPT}\n\nDisposition: displayed\n"),
    (
        Nature.BOUNCE,
        _parts("text/plain", ANNA, "Subject: x", first=WITHIN + "\n"),
    ),
]


@pytest.mark.parametrize(("nature", "letter"), NOTICES, ids=range(len(NOTICES)))
def test_a_notice_that_a_person_forwards_is_the_persons_letter(nature: Nature, letter: str) -> None:
    """Apple Mail puts the parts of a forwarded notice beside the question: that is no notice."""
    assert read(letter.encode()).nature is nature


@pytest.mark.parametrize(
    ("sender", "subject", "text"),
    [
        ("x" * 300 + "@a.example", "x", "y"),
        ("antivirus" * 7 + "@a.example", "mail " * 9000, "the following message " * 9000),
        ("postmaster@a.example", "delivery " * 9000, "\n-" * 90_000),
        ("mail@a.example", "\t" * 90_000, "hi " * 90_000),
        ("postmaster" + "!" * 60 + "@a.example", "x", "> " * 90_000),
    ],
)
def test_no_letter_of_an_office_takes_long(sender: str, subject: str, text: str) -> None:
    """Whatever an office or a daemon writes, a glance at its beginning decides."""
    octets = f"From: {sender}\nSubject: {subject}\n\n{text}\n".encode()
    assert hostile.spent(lambda: read(octets), 0.5) < 0.5


BOB = "From: Bob <bob@example.net>\nReturn-Path: <bob@example.net>\n"
OWN_RULE = "X-MS-Exchange-Inbox-Rules-Loop: bob@example.net\n"
FAILED = "Delivery has failed to these recipients or groups:\n\nanna@acme.example\n"


@pytest.mark.parametrize(
    ("nature", "head", "text"),
    [
        (Nature.AUTO_REPLY, BOB + OWN_RULE + "Subject: RE: [T-17] Printer\n", "Thank you."),
        (Nature.AUTO_REPLY, BOB + AGENT + "Subject: Thank you\n", "We are on holiday."),
        (Nature.AUTO_REPLY, PERSON + RULE + "Subject: WG: Automatische Antwort: x\n", "Weg."),
        (Nature.HUMAN, BOB + OWN_RULE + "Subject: FW: Printer\n", "It does not print."),
        (Nature.HUMAN, PERSON + RULE + "Subject: VS: Printer\n", "It does not print."),
        (Nature.BOUNCE, PERSON + RULE + "Subject: FW: Undeliverable: Printer\n", FAILED),
        (
            Nature.HUMAN,
            PERSON + RULE + "Resent-From: c@d\nSubject: Delivery problem with my order\n",
            "My parcel could not be delivered.",
        ),
        (
            Nature.BOUNCE,
            "From: <mail@mx.example>\nSubject: Undelivered Mail Returned to Sender\n",
            "The letter to anna@acme.example could not be delivered: 550 5.1.1",
        ),
        (
            Nature.BOUNCE,
            "From: Mail Router <Mail_Router@mx.example>\nSubject: DELIVERY FAILURE: User unknown\n",
            "Your message was not delivered to anna@acme.example because the user is unknown.",
        ),
        (
            Nature.BOUNCE,
            "From: postmaster@mx.example\nSubject: Unzustellbar: Drucker\n",
            "Guten Tag,\n\nIhre Nachricht an a@b.example konnte nicht zugestellt werden.",
        ),
    ],
)
def test_machines_that_sign_as_people_do(nature: Nature, head: str, text: str) -> None:
    """A rule that answers for its owner, and notices from addresses of a firm, are no letters."""
    assert _nature(head, text) is nature


def _with_part(sender: str, subject: str, kind: str, part: str) -> Nature:
    head = (
        f"From: {sender}\nReturn-Path: <{sender}>\nSubject: {subject}\nMIME-Version: 1.0\n"
        "Content-Type: multipart/mixed; boundary=b\n"
    )
    return _nature(head, f"--b\n\nSee below.\n--b\nContent-Type: message/{kind}\n\n{part}\n--b--\n")


def test_whose_receipt_it_is() -> None:
    """One's own is a receipt, also in an odd form; somebody else's was forwarded."""
    receipt = "Final-Recipient: rfc822; bob@example.net\nDisposition: manual-action; displayed\n"
    kind = "disposition-notification"
    assert _with_part("bob@example.net", "Read: Printer", kind, receipt) is Nature.READ_RECEIPT
    assert _with_part("anna@acme.example", "Read: Printer", kind, receipt) is Nature.HUMAN


def test_whose_complaint_it_is() -> None:
    """A provider's is a report, in an odd form, too; one that was forwarded is a person's."""
    report, kind = "Feedback-Type: abuse\nUser-Agent: x/1\nVersion: 1\n", "feedback-report"
    sender = "staff@isp.example"
    assert _with_part(sender, "complaint", kind, report) is Nature.FEEDBACK_REPORT
    assert _with_part(sender, "FW: complaint", kind, report) is Nature.HUMAN


def test_a_gateways_notice_in_an_odd_form() -> None:
    """It is told by its subject where it is no report as RFC 6522 has it."""
    part = "Final-Recipient: rfc822; anna@acme.example\nAction: failed\nStatus: 5.1.1\n"
    kind, sender = "delivery-status", "gateway@mx.example"
    assert _with_part(sender, "Undeliverable: Printer", kind, part) is Nature.BOUNCE
    assert _with_part(sender, "Fwd: Undeliverable: Printer", kind, part) is Nature.HUMAN


KLAUS = "Klaus Maier <mail@maier.example>"
NOTICE = "Ihre Nachricht konnte nicht zugestellt werden"
REJECTED = "our users could not reach you since Monday: 550 5.7.1."
ASKING = [
    (KLAUS, "Mail kommt zurück", f"Seit Montag kommt das:\n\n{NOTICE}\n\nWas ist zu tun?"),
    (KLAUS, "E-Mail", f"{NOTICE}. Das steht seit gestern da, wenn ich Ihnen antworte."),
    ("<mail@maier.example>", "Mail", f"{NOTICE} steht immer da, wenn ich schreibe. Was tun?"),
    ("<mail@maier.example>", "Mail", f"Seit Montag kommt das zurück:\n\n{NOTICE}"),
    ("<mail@maier.example>\n" + ANSWER, "Re: Ticket", f"{NOTICE}\n\nDas steht da."),
    ("Mike Tan <mta@tan.example>", "Undelivered Mail Returned to Sender", "user unknown, again."),
    ("<mail@m.example>", "failure notice", "host unknown. Please send a technician."),
    ("<postmaster@m.example>", "Delivery problems", f"{REJECTED} Could you look at it?"),
    (
        "Postmaster Kunde <postmaster@m.example>",
        "Mail delivery problem with your server",
        f"To whom it may concern,\n\n{REJECTED} Please whitelist 192.0.2.1.",
    ),
    ("<postmaster@m.example>", "Zustellung fehlgeschlagen", "Grüß Gott,\n\nnicht zugestellt."),
    ("<postmaster@m.example>", "Mail delivery", "Доброго дня!\n\nне доставлено, 550 5.7.1"),
    ("<postmaster@m.example>", "Mail delivery", "Tisztelt Cím!\n\n550 5.7.1 rejected"),
    ("<postmaster@m.example>", "Mail delivery", "Καλημέρα σας,\n\n550 5.7.1 rejected"),
    ("<postmaster@m.example>", "Mail delivery", "שלום רב,\n\n550 5.7.1 rejected"),
    ("<postmaster@m.example>", "Mail delivery", "السلام عليكم\n\n550 5.7.1 rejected"),
    (
        "System Administrator <sysadmin@m.example>",
        "Mail delivery problem since Monday",
        "Mails to your domain are rejected with 550 5.7.1 since Monday. Please look into it.",
    ),
    (
        "Microsoft Outlook <anna@m.example>",
        "Mail delivery failed today",
        "all letters to you failed with 550 5.7.1. Please check. Anna",
    ),
]


@pytest.mark.parametrize(("sender", "subject", "text"), ASKING, ids=range(len(ASKING)))
def test_who_shows_a_notice_and_asks_is_a_person(sender: str, subject: str, text: str) -> None:
    """A name, a greeting, a question, or words above the notice: somebody waits for an answer."""
    assert _nature(f"From: {sender}\nSubject: {subject}\n", text) is Nature.HUMAN


@pytest.mark.parametrize(
    ("subject", "field"),
    [
        ("Automatic reply to customers does not work", "X-Auto-Response-Suppress: DR, AutoReply"),
        ("Automatic response from your shop is wrong", "X-Auto-Response-Suppress: All"),
        ("Out of office: how to set it", "X-Auto-Response-Suppress: All"),
        ("Abwesenheit: Wie melde ich meinen Urlaub", "X-Auto-Response-Suppress: All"),
        ("Vacation: booking is not working", "X-Auto-Response-Suppress: All"),
        ("Auto: Motor springt nicht an", "X-Auto-Response-Suppress: OOF"),
        ("Auto: motore", "Precedence: bulk"),
        ("Auto: coche averiado", "X-MS-Exchange-Inbox-Rules-Loop: sales@example.org"),
    ],
)
def test_who_writes_about_his_absence_or_his_car_is_a_person(subject: str, field: str) -> None:
    """A field that programs set, and a subject that people write as well, make no machine."""
    assert _nature(f"{PERSON}{field}\nSubject: {subject}\n") is Nature.HUMAN


@pytest.mark.parametrize(
    "head",
    [
        "Return-Path: <>\nSubject: Auto: Printer\n",
        ANSWER + "X-Auto-Response-Suppress: All\nSubject: Auto: Printer does not work\n",
        ANSWER + "X-Auto-Response-Suppress: All\nSubject: Out of office: How do I print?\n",
        "X-Auto-Response-Suppress: All\nSubject: Out of office: Printer\n",
        "X-Auto-Response-Suppress: All\nSubject: Automatic reply: How do I print?\n",
        "Precedence: bulk\nSubject: Automatic reply to your letter\n",
        "Precedence: junk\nSubject: Abwesenheitsnotiz\n",
    ],
)
def test_a_program_that_answers_is_known(head: str) -> None:
    """It answers a letter, has no return path, or says that it replies."""
    assert _nature("From: bob@example.net\n" + head, "Away until Monday.") is Nature.AUTO_REPLY
