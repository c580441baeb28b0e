"""What a letter is, with the evidence, and what a bounce tells."""

from __future__ import annotations

import pytest

from mailtickets.mail.message import Failure, Nature, read
from mailtickets.mail.structure import scanned
from mailtickets.mail.told import addresses
from tests.mail import hostile

NATURES = [
    (Nature.AUTO_REPLY, "From: a@b\nAuto-Submitted: auto-replied (vacation)\nSubject: Re: x"),
    (Nature.AUTO_REPLY, "From: a@b\nAuto-Submitted: auto-generated\nSubject: backup done"),
    (Nature.AUTO_REPLY, "From: a@b\nSubject: Automatic reply: x\nX-Auto-Response-Suppress: All"),
    (Nature.AUTO_REPLY, "From: a@b\nReturn-Path: <>\nSubject: Abwesenheitsnotiz: bis Montag"),
    (Nature.AUTO_REPLY, "From: a@b\nReturn-Path: <>\nSubject: Réponse automatique : x"),
    (Nature.AUTO_REPLY, "From: a@b\nPrecedence: bulk\nSubject: 自动回复: x"),
    (Nature.AUTO_REPLY, "From: a@b\nPrecedence: bulk\nX-Autoreply: yes\nSubject: x"),
    (Nature.AUTO_REPLY, "From: a@b\nReturn-Path: <>\nSubject: Poza biurem: x"),
    (Nature.AUTO_REPLY, "From: a@b\nReturn-Path: <>\nSubject: Abwesenheit Re: x"),
    (Nature.AUTO_REPLY, "From: a@b\nX-Auto-Response-Suppress: All\nSubject: 부재 중: x"),
    (Nature.AUTO_REPLY, "From: a@b\nX-POST-MessageClass: 9; Autoresponder\nSubject: x"),
    (Nature.AUTO_REPLY, "From: a@b\nDelivered-To: Autoresponder\nSubject: x"),
    (Nature.HUMAN, "From: a@b\nDelivered-To: autoresponder@b\nSubject: x"),
    (Nature.HUMAN, "From: a@b\nSubject: Abwesenheit Re: x"),
    (Nature.BOUNCE, "From: postmaster@b\nSubject: Доставка не удалась"),
    (Nature.LIST, "From: a@b\nX-BeenThere: printers@example.org\nSubject: x"),
    (Nature.LIST, "From: a@b\nList-Id: <printers.example.org>\nSubject: x"),
    (Nature.LIST, "From: a@b\nPrecedence: list\nSubject: x"),
    (Nature.BOUNCE, "From: MAILER-DAEMON@b\nSubject: Undelivered Mail Returned to Sender"),
    (Nature.BOUNCE, "From: Mail Delivery System <x@b>\nSubject: Unzustellbar: Drucker"),
    (Nature.BOUNCE, "From: a@b\nReturn-Path: <>\nSubject: 配信不能"),
    (Nature.BOUNCE, "From: a@b\nX-Failed-Recipients: c@d.example\nSubject: x"),
    (Nature.CHALLENGE, "From: a@b\nReturn-Path: <>\nSubject: Please confirm your message"),
    (
        Nature.AUTO_REPLY,
        "From: a@b\nList-Id: <s.b>\nReferences: <1@b>\nAuto-Submitted: auto-x\nSubject: OOO:",
    ),
    (Nature.LIST, "From: a@b\nList-Id: <s.example>\nIn-Reply-To: <1@b>\nSubject: Vacation: x"),
    (
        Nature.LIST,
        "From: a@b\nList-Id: <s.b>\nPrecedence: list\nIn-Reply-To: <1@b>\nSubject: Vacation: x",
    ),
    (Nature.HUMAN, "From: a@b\nSubject: Automatic reply: is broken"),
    (Nature.HUMAN, "From: a@b\nSubject: Undelivered Mail Returned to Sender"),
    (Nature.HUMAN, "From: a@b\nAuto-Submitted: no\nSubject: x"),
    (Nature.HUMAN, "From: a@b\nReturn-Path: <a@b>\nSubject: Please confirm your message"),
    (Nature.HUMAN, "From: a@b\nList-Unsubscribe: <https://b/u>\nSubject: x"),
]


@pytest.mark.parametrize(("nature", "head"), NATURES, ids=range(len(NATURES)))
def test_a_letter_is_what_more_than_words_say(nature: Nature, head: str) -> None:
    """A machine is known by its fields and its sender; a subject alone decides nothing."""
    message = read(f"{head}\n\nHello\n".encode())
    assert message.nature is nature
    assert bool(message.evidence) is (nature is not Nature.HUMAN)


CALENDAR = "BEGIN:VCALENDAR\nMETHOD:{}\nBEGIN:VEVENT\nSUMMARY:Visit\nEND:VEVENT\nEND:VCALENDAR\n"


@pytest.mark.parametrize(
    ("nature", "method", "head", "disposition"),
    [
        (Nature.CALENDAR, "REQUEST", "Auto-Submitted: auto-generated\n", ""),
        (Nature.CALENDAR, "CANCEL", "Auto-Submitted: auto-generated\nIn-Reply-To: <1@b>\n", ""),
        (Nature.AUTO_REPLY, "REPLY", "Auto-Submitted: auto-replied\n", ""),
        (Nature.CALENDAR, "REPLY", "", ""),
        (Nature.CALENDAR, "COUNTER", "Auto-Submitted: auto-generated\nIn-Reply-To: <1@b>\n", ""),
        (Nature.AUTO_REPLY, "PUBLISH", "Auto-Submitted: auto-generated\nIn-Reply-To: <1@b>\n", ""),
        (Nature.AUTO_REPLY, "REQUEST", "Auto-Submitted: auto-generated\nX-Autoreply: yes\n", ""),
        (
            Nature.AUTO_REPLY,
            "REQUEST",
            "Auto-Submitted: auto-x\nIn-Reply-To: <1@b>\nSubject: Automatic reply: Hi\n",
            "",
        ),
        (Nature.HUMAN, "REQUEST", "", "Content-Disposition: attachment\n"),
    ],
)
def test_an_invitation_is_a_persons(
    nature: Nature, method: str, head: str, disposition: str
) -> None:
    """A calendar's program sends it, for a person; a file beside his words is no invitation."""
    letter = (
        f"From: a@b\n{head}Content-Type: multipart/mixed; boundary=b\n\n--b\n\nAs we said.\n"
        f"--b\nContent-Type: text/calendar; method={method}\n{disposition}\n"
        f"{CALENDAR.format(method)}--b--\n"
    )
    assert read(letter.encode()).nature is nature


def test_an_answer_that_calls_itself_automatic_is() -> None:
    """Some programs set no field: the subject and the text's first words say so, in answer."""
    head = "From: a@b\nReturn-Path: <a@b>\nIn-Reply-To: <1@b>\nSubject: 自动回复:printer\n\n"
    said = "这是来自QQ邮箱的假期自动回复邮件。您好，我最近正在休假中。\n"
    assert read((head + said).encode()).nature is Nature.AUTO_REPLY
    assert read((head + "它坏了。\n").encode()).nature is Nature.HUMAN
    assert read((head.replace("In-Reply-To", "X-To") + said).encode()).nature is Nature.HUMAN


@pytest.mark.parametrize(
    ("kind", "nature"),
    [
        ("message/feedback-report", Nature.FEEDBACK_REPORT),
        ("message/disposition-notification", Nature.READ_RECEIPT),
        ("message/delivery-status", Nature.BOUNCE),
    ],
)
def test_a_report_is_known_by_its_part(kind: str, nature: Nature) -> None:
    """RFC 5965, RFC 8098 and RFC 3464 reports are known by their machine-readable part."""
    octets = (
        "From: x@y.example\nContent-Type: multipart/report; boundary=b\n\n--b\n\nHello\n"
        f"--b\nContent-Type: {kind}\n\nA: b\n--b--\n"
    )
    assert read(octets.encode()).nature is nature


DSN = """\
From: MAILER-DAEMON@mx.example
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

I'm sorry.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Original-Recipient: rfc822;nic@ferrier.example
Final-Recipient: rfc822; NIC@ferrier.example
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <nic@ferrier.example>:
    unknown

Final-Recipient: rfc822; anna@example.com
Action: delayed
Status: 4.4.1 (no answer)

Final-Recipient: rfc822; bert@example.com
Action: delivered
Status: 2.0.0
--b
Content-Type: text/rfc822-headers

Message-ID: <sent@support-ticket.example>
Subject: RE: x
--b--
"""


def test_a_notice_names_who_was_not_reached() -> None:
    """Each recipient with status and reason, and the letter that came back (RFC 3464)."""
    message = read(DSN.encode())
    assert message.failures == (
        Failure(
            "NIC@ferrier.example", "5.1.1", "550 5.1.1 <nic@ferrier.example>: unknown", "failed"
        ),
        Failure("anna@example.com", "4.4.1", "", "delayed"),
    )
    assert message.original_message_id == "sent@support-ticket.example"


def test_a_notice_in_words_names_them_too() -> None:
    """The words of qmail and Exim are read where there is nothing for machines."""
    octets = (
        "From: MAILER-DAEMON@mx.example\nSubject: failure notice\n\nHi. This is the qmail-send.\n\n"
        "<nic@ferrier.example>:\n192.0.2.1 does not like it.\nRemote host said: 550 5.7.1 no\n"
        "\n--- Below this line is a copy of the message.\n\nReturn-Path: <x@y.example>\n"
        "Message-ID: <sent@support-ticket.example>\nTo: nic@ferrier.example\n\nHello\n"
    )
    message = read(octets.encode())
    assert [(one.recipient, one.status) for one in message.failures] == [
        ("nic@ferrier.example", "5.7.1")
    ]
    assert message.original_message_id == "sent@support-ticket.example"


def test_a_notice_in_a_programs_own_form_is_read_by_flufl_bounce() -> None:
    """What names nobody at a line's beginning is shown to flufl.bounce, which knows many forms."""
    octets = (
        "From: Mail Delivery System <mailer-daemon@mx.example>\nSubject: failure notice\n\n"
        "Your message to:\n* nic@ferrier.example: Mailbox full.\nSee help@mx.example or ask us.\n"
    )
    message = read(octets.encode())
    assert message.nature is Nature.BOUNCE
    assert addresses(scanned(NO_QUOTA)) == ["quota@ferrier.example"]
    assert message.failures


NO_QUOTA = (
    b"From: postmaster@mx.example\nSubject: failure notice\n\n"
    b"----- The following addresses had permanent fatal errors -----\n<quota@ferrier.example>\n\n"
    b"----- Transcript of session follows -----\n"
)


@pytest.mark.parametrize("name", hostile.LETTERS)
def test_a_library_that_is_not_linear_is_shown_little(name: str) -> None:
    """flufl.bounce hangs on some letters; within our bounds it does not, and it never raises."""
    body = hostile.LETTERS[name].partition(b"\r\n\r\n")[2]
    lead = b"From: mailer-daemon@x\nSubject: undeliverable\n\nfailed addresses follow:\n<"
    root = scanned(lead + body)
    assert hostile.spent(lambda: addresses(root), 0.5) < 0.5
