"""Ordinary letters of ordinary people, made by the thousand from a seed."""

from __future__ import annotations

import base64
import random
from email.header import Header

from tests.mail import forms

SUBJECTS = [
    "I can't login!",
    "Re: SUPPORT-7102 printer",
    "AW: Rechnung 4711",
    "Undeliverable parcel, who pays?",
    "Delivery failed twice last week",
    "Mail delivery failed for my customers - please help",
    "Returned mail: we get many of these",
    "Question about my out of office message",
    "Out of office next week",
    "Automatic reply is not working",
    "Automatische Antwort einrichten",
    "Réponse automatique : comment la couper ?",
    "Fwd: Undelivered Mail Returned to Sender",
    "RE: Automatic reply: your order",
    "failure notice in the log",
    "User unknown after the upgrade",
    "quota exceeded? my mailbox is full",
    "Please confirm your message was received",
    "Unsubscribe me from the list",
    "List of users attached",
    "Wichtig: Bestellung",
    "Undelivered mail",
    "退信问题",
    "Недоставлено: что делать?",
    "",
    "test",
    "Bounce rate report",
    "Warning: message 17 on the display",
]
NAMES = [
    "Nic Ferrier",
    "Anna Berg",
    "Jörg Müller",
    "Zoë d'Arc",
    "李雷",
    "Иван Петров",
    "B. Mail",
    "",
]
LOCALS = ["nic", "anna.berg", "mailbox.owner", "info", "office", "help", "noreply.fan", "post", "m"]
CLIENTS = [
    "X-Mailer: Apple Mail (2.3774.600.62)",
    "User-Agent: Mozilla Thunderbird",
    "X-Mailer: Microsoft Outlook 16.0\nThread-Index: AQHatY0Zx\nX-MS-Has-Attach: ",
    "X-Google-Smtp-Source: AGHT+IF\nX-Gm-Message-State: AOJu0Yy",
    "X-Mailer: iPhone Mail (21F90)\nMime-Version: 1.0 (1.0)",
    "User-Agent: K-9 Mail for Android\nX-Priority: 3\nImportance: Normal",
    "X-MS-Exchange-Organization-SCL: 1\nAuto-Submitted: no",
    "X-Spam-Status: No, score=-0.9\nX-Virus-Scanned: amavisd-new",
    "Disposition-Notification-To: <nic@ferrier.example>\nReturn-Receipt-To: <nic@ferrier.example>",
    "Errors-To: <nic@ferrier.example>\nSender: <nic@ferrier.example>",
]


def _header(text: str) -> str:
    return text if text.isascii() else Header(text, "utf-8").encode(linesep="\n")


def letter(chance: random.Random) -> tuple[bytes, str]:
    """One letter, and the words that its writer wrote in it."""
    language = chance.choice(list(forms.WORDS))
    words = forms.WORDS[language]
    if chance.random() < 0.3:
        words += (
            f"\n\n{chance.choice(['- one', '1) first', '* point', '> 5 pieces?'])} thing\nand 550"
        )
    text = words
    if chance.random() < 0.5:
        text += "\n\n" + chance.choice(["Best regards\nNic", "Grüße\nAnna", "Merci\nZoë", "BR"])
    if chance.random() < 0.5:
        known = [one for one in (forms.GMAIL, forms.APPLE, forms.THUNDERBIRD) if language in one]
        quoted = "\n".join(f"> {line}" for line in forms.OLDER.split("\n"))
        text += f"\n\n{chance.choice(known)[language]}\n{quoted}"
    elif chance.random() < 0.3:
        text += f"\n\n{forms.outlook(language)}\n\n{forms.OLDER}"
    address = f"{chance.choice(LOCALS)}@example.{chance.choice(['com', 'net', 'org'])}"
    name = _header(chance.choice(NAMES))
    head = [
        f"Return-Path: <{address}>" if chance.random() < 0.6 else "X-Nothing: here",
        f"From: {name} <{address}>" if name else f"From: {address}",
        "To: <new@support-ticket.example>",
        f"Subject: {_header(chance.choice(SUBJECTS))}",
        "Date: Mon, 03 Jun 2024 10:00:00 +0000",
        f"Message-ID: <{chance.getrandbits(64):x}@example.com>",
        chance.choice(CLIENTS),
        "MIME-Version: 1.0",
    ]
    encoded = base64.encodebytes(text.encode()).decode()
    part = (
        f"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n{encoded}"
    )
    if chance.random() < 0.3:
        attached = "Content-Type: application/pdf; name=a.pdf\n\n%PDF-1.4\n"
        if chance.random() < 0.3:  # somebody sends us the bounce that he got
            attached = (
                "Content-Type: message/rfc822\n\nFrom: MAILER-DAEMON@example.com\nReturn-Path: <>\n"
                "Subject: Undelivered Mail Returned to Sender\nContent-Type: text/plain"
                "\n\nFinal-Recipient: rfc822; a@b.example\nAction: failed\n"
            )
        mixed = "Content-Type: multipart/mixed; boundary=b0\n\n"
        body = f"{mixed}--b0\n{part}--b0\n{attached}--b0--\n"
    else:
        body = part
    return ("\n".join(head) + "\n" + body).replace("\n", "\r\n").encode(), words
