"""What it costs to read a letter of 12 KB, in the forms that letters have, beside other parsers.

    python -m bench.read [--rounds 300] [--turn 20]

Each parser is asked for the same: subject, sender, text and the octets of the attachments. Ours
says besides what the letter is, and makes a text of HTML; with its spans too it is the last column.
The parsers take turns; in a turn one reads letter after letter, as where mail comes in. With
`--turn 1` each letter finds the processor's caches full of what another parser does.
mail-parser is measured where it is installed (`pip install mail-parser`).
"""

from __future__ import annotations

import argparse
import base64
import email
import email.header
import email.policy
import quopri
import statistics
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec

from mailtickets.mail.message import Message, read

SIZE = 12 * 1024
HEAD = """\
Return-Path: <nic@ferrier.example>
Received: from mx.ferrier.example (mx.ferrier.example [192.0.2.7]) by mx.support-ticket.example
 with ESMTPS id 4VtQ1d; Mon, 3 Jun 2024 10:00:02 +0000 (UTC)
Received: from [198.51.100.4] by mx.ferrier.example with ESMTPSA id 77;
 Mon, 3 Jun 2024 12:00:01 +0200
DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=ferrier.example; s=k1;
 h=from:to:subject:date;
 bh=g3zLYH4xKxcPrHOD18z9YfpQcnk/GaJedfustWU5uGs=; b=VuA1nRoU1Yw7Eo5vJ9o2fq9mGsHc6bYvVtN0q
From: =?utf-8?q?Nic_Ferri=C3=A8re?= <nic@ferrier.example>
To: help@support-ticket.example
Subject: =?utf-8?q?I_can=E2=80=99t_login=21?=
Date: Mon, 3 Jun 2024 12:00:00 +0200
Message-ID: <CAF1@ferrier.example>
In-Reply-To: <SUPPORT-1@support-ticket.example>
References: <SUPPORT-1@support-ticket.example>
X-Mailer: Apple Mail (2.3774.600.62)
MIME-Version: 1.0
"""
SENTENCES = (
    "Hello, since this morning I cannot log in to the portal, though the password is right.",
    "The page only says “try again later” — my colleague Zoë sees the same thing on her machine.",
    "Could you please have a look at it? We need the reports for the meeting at ten o'clock.",
    "",
)


def _text(size: int) -> str:
    lines: list[str] = []
    while sum(map(len, lines)) < size:
        lines.append(SENTENCES[len(lines) % len(SENTENCES)])
    return "\r\n".join(lines) + "\r\n"


def _html(size: int) -> str:
    body: list[str] = []
    while sum(map(len, body)) < size:
        said = SENTENCES[len(body) % 3]
        body.append(
            f'<p class="MsoNormal"><span style="font-size:11.0pt;color:#1F497D">{said}</span>'
            "</p>\r\n"
            if len(body) % 2
            else f'<div dir="ltr">{said}<br></div>\r\n'
        )
    return (
        '<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"><style>'
        "p.MsoNormal {margin:0cm;}</style></head>\r\n<body>\r\n"
        + "".join(body)
        + "</body></html>\r\n"
    )


def _part(kind: str, body: str) -> bytes:
    octets = quopri.encodestring(body.encode("utf-8"))
    head = f"Content-Type: {kind}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n"
    return head.encode() + b"\r\n" + octets


def _several(kind: str, *parts: bytes) -> bytes:
    head = f'Content-Type: multipart/{kind}; boundary="=_{kind}"\r\n\r\n'.encode()
    begin = f"--=_{kind}\r\n".encode()
    return head + b"".join(begin + part + b"\r\n" for part in parts) + f"--=_{kind}--\r\n".encode()


def _file(size: int) -> bytes:
    octets = base64.encodebytes(bytes(range(256)) * (size // 256)).replace(b"\n", b"\r\n")
    return (
        b'Content-Type: application/pdf; name="report.pdf"\r\nContent-Transfer-Encoding: base64\r\n'
        b'Content-Disposition: attachment; filename="report.pdf"\r\n\r\n' + octets
    )


def _quoted(size: int) -> str:
    lines = [
        SENTENCES[0],
        "",
        "On Mon, Jun 3, 2024 at 10:00 AM Anna Berg <anna@example.com> wrote:",
    ]
    while sum(map(len, lines)) < size:
        lines += [f"> {line}".rstrip() for line in SENTENCES]
    return "\r\n".join(lines) + "\r\n"


def _both(text: int, html: int) -> bytes:
    parts = _part("text/plain", _text(text)), _part("text/html", _html(html))
    return _several("alternative", *parts)


def letters() -> dict[str, bytes]:
    """Letters of 12 KB, by what they are."""
    both = _several(
        "alternative", _part("text/plain", _text(2400)), _part("text/html", _html(6400))
    )
    bodies = {
        "plain": _part("text/plain", _text(10_200)),
        "HTML alone": _part("text/html", _html(9300)),
        "plain and HTML": both,
        "with a file": _several("mixed", _both(1800, 4600), _file(2048)),
        "long quote": _part("text/plain", _quoted(10_200)),
    }
    return {name: HEAD.replace("\n", "\r\n").encode() + body for name, body in bodies.items()}


def _field(value: str | None) -> str:
    pieces = email.header.decode_header(value or "")
    return "".join(
        one.decode(charset or "ascii", "replace") if isinstance(one, bytes) else one
        for one, charset in pieces
    )


def compat32(octets: bytes) -> object:
    """The standard library's older interface, with what everybody writes around it."""
    letter = email.message_from_bytes(octets, policy=email.policy.compat32)
    found = [_field(letter["Subject"]), _field(letter["From"])]
    for part in letter.walk():
        if not part.is_multipart():
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes) and part.get_content_maintype() == "text":
                found.append(payload.decode(part.get_content_charset() or "utf-8", "replace"))
    return found


def default(octets: bytes) -> object:
    """The standard library's newer interface."""
    letter = email.message_from_bytes(octets, policy=email.policy.default)
    body = letter.get_body(("plain", "html"))
    files = (
        [one.get_content() for one in letter.iter_attachments()] if letter.is_multipart() else []
    )
    return str(letter["Subject"]), str(letter["From"]), body and body.get_content(), files


def mail_parser(octets: bytes) -> object:
    """mail-parser."""
    import mailparser

    letter = mailparser.parse_from_bytes(octets)
    return letter.subject, letter.from_, letter.text_plain, letter.text_html, letter.attachments


def with_spans(octets: bytes) -> Message:
    """Ours, asked for what the desk is given first as well."""
    message = read(octets)
    assert message.new_text
    return message


def milliseconds(
    parsers: Sequence[Callable[[bytes], object]], octets: bytes, rounds: int, turn: int
) -> list[float]:
    """The median time that each parser takes of the processor, of `rounds` letters at least.

    They take turns, of `turn` letters: a machine is now quick and now slow.
    """
    spent: list[list[int]] = [[] for _ in parsers]
    for _ in range(-(-rounds // turn)):
        for parser, times in zip(parsers, spent, strict=True):
            for _ in range(turn):
                began = time.process_time_ns()
                parser(octets)
                times.append(time.process_time_ns() - began)
    return [statistics.median(times) / 1e6 for times in spent]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument(
        "--turn", type=int, default=20, help="letters that one parser reads in a row"
    )
    given = parser.parse_args()
    parsers = {"email, compat32": compat32, "email, default": default}
    if find_spec("mailparser"):
        parsers["mail-parser"] = mail_parser
    parsers |= {"ours": read, "ours, spans": with_spans}
    print(f"{'ms':<16}{'octets':>8}" + "".join(f"{name:>18}" for name in parsers))
    for name, octets in letters().items():
        spent = milliseconds(list(parsers.values()), octets, given.rounds, given.turn)
        print(f"{name:<16}{len(octets):>8}" + "".join(f"{one:>18.3f}" for one in spent))


if __name__ == "__main__":
    main()
