"""Letters that are made to hurt whoever reads them, by name."""

from __future__ import annotations

import random
import struct
import time
from collections.abc import Callable

_HEAD = b"From: a@b.example\r\nTo: c@d.example\r\nSubject: x\r\n"
_HTML = _HEAD + b"Content-Type: text/html\r\n\r\n"
_CALENDAR = b"Content-Type: text/calendar; method=ADD\r\n\r\n"
_MIXED = b"Content-Type: multipart/mixed; boundary=x\r\n\r\n"
_RAW = b"\xe8\xf7\xfe\xe4\xe0\xfe\xf0\xee"
_ANSWER = b"From: J D <j@b.c>\r\nSubject: Re: x\r\nReferences: <a@b>\r\n\r\n"
_BOUNCE = b"From: mailer-daemon@x\r\nReturn-Path: <>\r\nSubject: undeliverable\r\n\r\n"


def _body(octets: bytes) -> bytes:
    return _HEAD + b"\r\n" + octets


def _nested(depth: int) -> bytes:
    return b"From: a@b\r\n" + _boundaries(depth) + b"--b%d\r\n\r\nhello\r\n" % (depth - 1)


def _boundaries(depth: int) -> bytes:
    """Multiparts in each other, the innermost still open."""
    out = [b"Content-Type: multipart/mixed; boundary=b0\r\n\r\n"]
    for level in range(1, depth):
        out.append(b"--b%d\r\nContent-Type: multipart/mixed;" % (level - 1))
        out.append(b" boundary=b%d\r\n\r\n" % level)
    return b"".join(out)


def _parts(count: int, one: bytes) -> bytes:
    return b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + one * count + b"--b--\r\n"


def _odd(count: int, seed: int) -> bytes:
    """Octets of which nobody can say in which charset they are."""
    return bytes(random.Random(seed).choices(range(0x80, 0x100), k=count))


def _odd_texts(count: int) -> bytes:
    parts = (b"--x\n\n" + _odd(9000, number) + b"\n" for number in range(count))
    return _MIXED + b"".join(parts) + b"--x--\n"


def _odd_names(count: int) -> bytes:
    head = (
        b'--x\nContent-Type: application/pdf\nContent-Disposition: attachment; filename="%b"\n\nx\n'
    )
    return _MIXED + b"".join(head % _odd(700, number) for number in range(count)) + b"--x--\n"


def _tnef(attributes: bytes) -> bytes:
    head = _HEAD + b"Content-Type: application/ms-tnef; name=winmail.dat\r\n\r\n"
    return head + struct.pack("<IH", 0x223E9F78, 1) + attributes


def _values(count: int) -> bytes:
    """Attributes of a winmail.dat that promise a thousand values each, and hold none."""
    promised = struct.pack("<IHHI", 1, 0x1003, 0x3001, 1000)
    one = struct.pack("<BII", 1, 0x00069003, len(promised)) + promised + b"\0\0"
    return _tnef(one * count)


_SECONDS = (
    b"BEGIN:VTIMEZO\n NE\nTZID:X\n"
    + b"".join(
        b"BEGIN:%b\nDTSTART:16010101T000000\nTZOFFSETFROM:%b\nTZOFFSETTO:%b\nTZNAME:X\n"
        b"RRULE:FREQ=SECONDLY\nEND:%b\n" % (kind, before, after, kind)
        for kind, before, after in (
            (b"STANDARD", b"+0100", b"+0500"),
            (b"DAYLIGHT", b"+0500", b"+0100"),
        )
    )
    + b"END:VTIMEZO\n NE\n"
)
_PEOPLE = b", ".join(b"user%d@example.com" % number for number in range(5000))

LETTERS = {
    "newlines": _body(b"\n" * 100_000),
    "On On On": _body(b"On " * 33_000),
    "lines of On": _body(b"On \n" * 33_000),
    "lines that end with wrote": _body(b"On 5 Mar 2020 wrote\n" * 33_000),
    "lines of somebody wrote": _body(b"a@b wrote <:\n" * 40_000),
    "quote marks": _body(b">" * 1_000_000),
    "quotes and answers": _body(b"> a\nb\n" * 100_000),
    "heads in the text": _body(b"From: a@b\nTo: b\nSubject: c\n\n" * 20_000),
    "heads announced": _body(b"x:\n\nFrom: a@b\nTo: b\nSubject: c\n\n" * 20_000),
    "quotes announced": _body(
        b"see below:\n> a\nOn 5 Mar 2020 at 10:00 a@b.c wrote:\n> a\n" * 16_000
    ),
    "signature dashes": _body(b"hi\n" + b"-- \n" * 100_000),
    "sentences between dashes": _body(
        (b"--\nI said that this is a sentence.\n" * 59 + b"> q\n") * 67
    ),
    "dashes apart": _body(b"hi\n" + (b"- " * 59 + b"\n") * 5000),
    "labels": _body(b"hi\n" + b"From: x\n" * 5000),
    "telephones": _body(b"Sent from my iPhone\n> q\n" * 2500),
    "letters named": _body(
        (b"hi\n--\nhi\n--\n" + (b"list this message " + b"e x " * 115 + b"\n") * 3 + b"> q\n") * 300
    ),
    "dashes and colons": _body(b"hi\n" + (b"-- " * 39 + b"x:\n") * 5000),
    "times and names": _body(
        b"hi\n" + (b"2020-03-03 10:00 UTC+02:00 " + b"A" * 90 + b"!\n") * 5000
    ),
    "rulings": _body(b"hi\n" + b"_____\n" * 100_000),
    "blanks in lines": _body((b" " * 400 + b"x\n") * 2500),
    "5,000 addresses": b"From: a@b\r\nTo: " + _PEOPLE + b"\r\n\r\nx",
    "5,000 senders": b"From: " + _PEOPLE + b"\r\n\r\nx",
    "1,000 nested parts": _nested(1000),
    "20,000 parts": _parts(20_000, b"--b\r\nContent-Type: text/plain\r\n\r\nhi\r\n"),
    "200,000 empty parts": _parts(200_000, b"--b\r\n"),
    "heads without an end": _MIXED + b"--x\nA: b\n" * 1000 + b"a\n" * 400_000,
    "almost boundaries": b"Content-Type: multipart/mixed; boundary=x\r\n\r\n"
    + b"--xy\r\n" * 160_000,
    "a subject of 1 MB": b"From: a@b\r\nSubject: " + b"x" * 1_000_000 + b"\r\n\r\nx",
    "encoded words": b"Subject: " + b"=?utf-8?q?=C3=A4?= " * 50_000 + b"\r\n\r\nx",
    "unfinished words": b"Subject: " + b"=?a?q?" * 160_000 + b"\r\n\r\nx",
    "a raw subject": b"Subject: " + bytes(range(128, 256)) * 8000 + b"\r\n\r\nx",
    "a line of <": _body(b"<" * 1_000_000),
    "html: a line of <": _HTML + b"<" * 1_000_000,
    "html: nested": _HTML + b"<div>" * 200_000,
    "html: quotations": _HTML + b"<blockquote>x" * 70_000,
    "html: tables": _HTML + b"<table><tr><td>" * 60_000,
    "html: ampersands": _HTML + b"&" * 1_000_000,
    "html: references": _HTML + b"&nbsp;" * 170_000,
    "html: hard blanks": _HTML + b"\xc2\xa0" * 500_000,
    "html: options": _HTML + b"<select>" + b"<option>x</option>" * 60_000,
    "html: soft hyphens": _HTML + b"\xc2\xad" * 500_000,
    "html: nested blanks": _HTML + b"<div>" * 500 + b"&nbsp;" * 80_000,
    "html: misnested": _HTML + b"<font size=1><i><b></font>x" * 30_000,
    "html: older letters": _HTML
    + b'<div class="gmail_quote">On Mon, Jun 3, 2024 at 10:00 A &lt;a@b.c&gt; wrote:<p>x</div><p>y'
    * 5000,
    "html: answers pointed to": _HTML
    + (
        b'<div class="gmail_quote">On Mon, Jun 3, 2024 at 10:00 A &lt;a@b.c&gt; wrote:<p>x</div>'
        b"<p>rot x " + b"antwort" * 70
    )
    * 500,
    "html: comments": _HTML + b"<!--" * 250_000,
    "html: ever new tags": _HTML + b"".join(b"<i id=%d>x</i>" % each for each in range(9_900)),
    "html: ever new tags, far within": _HTML
    + b"<div>" * 390
    + b"".join(b"x<p id=%d>y</p>" % each for each in range(9_500))
    + b"</div>" * 390,
    "html: ever deeper": _HTML + b"<div>x" * 390 + b"</div>y" * 390 + b"<p>x</p>y" * 25_000,
    "html: closed within a value": _HTML + b'<div title="</div>">' * 40_000,
    "html: closed within a comment": _HTML + b"<div><!--</div>-->" * 40_000,
    "html: closed within a style": _HTML + b"<div><style></div></style>" * 20_000,
    "html: a style that a comment seems to hold": _HTML
    + b"<style><!--</style>"
    + b"<div>" * 50_000,
    "html: a value that is none": _HTML + b'<p a=="><div>' + b"<div>" * 50_000 + b'">',
    "html: drawings": _HTML + b"<svg><style>" + b"<g>" * 60_000,
    "html: closed around a block": _HTML + b"<span><div></span>" * 30_000,
    "html: closed around a list": _HTML + b"<li><ul></li>" * 30_000,
    "html: bold around a block": _HTML + b"<b><div></b>" * 30_000,
    "html: a number of 5,000 digits": _HTML + b"<p>&#" + b"1" * 5000 + b";</p>",
    "html: closed without being open": _HTML + b"<div></x>" * 50_000,
    "html: closed paragraphs": _HTML + b"<div></p>" * 50_000,
    "html: tags that never end": _HTML + b"<p " * 19_000,
    "html: one end for many tags": _HTML + b"<p " * 19_000 + b">x",
    "html: an end behind each third tag": _HTML + b"<p <p <p>" * 6_000,
    "html: unclosed items": _HTML + b"<dd><li>" * 50_000,
    "html: unclosed lists": _HTML + b"<ul><li>x</div>" * 30_000,
    "html: bold for ever": _HTML
    + b"".join(b"<p><b id=%d>" % each for each in range(390))
    + b"<p>x" * 25_000,
    "html: bold items": _HTML
    + b"".join(b"<li><b id=%d>" % each for each in range(390))
    + b"<li>x" * 40_000,
    "html: a table without cells": _HTML + b"<table>" + b"x<br>" * 80_000,
    "html: attributes": _HTML + b"<p " + b"".join(b"a%x=b " % i for i in range(50_000)) + b">x",
    "html: attributes parted by strokes": _HTML + b"<p/" + b"a/" * 25_000 + b">x",
    "html: borders": _HTML
    + b"".join(
        b"<blockquote style='%d" % each + b"border-left:" * 165 + b"'>x</blockquote>"
        for each in range(100)
    ),
    "html: a hundred parts": _MIXED
    + (b"--x\nContent-Type: text/html\n\n" + b"<p>x" * 1500 + b"\n") * 100,
    "raw words among encoded ones": b"Subject: "
    + (b"=?z?q?a?= " + _RAW + b" ") * 3400
    + b"\r\n\r\nx",
    "raw names": b"".join(
        name + b": " + (_RAW + b" <a@b>, ") * 16_000 + b"\r\n"
        for name in (b"To", b"Cc", b"Bcc", b"Reply-To", b"From", b"Sender")
    )
    + b"\r\nx",
    "rich text of an unknown code page": b"Content-Type: text/rtf\r\n\r\n{\\rtf1\\ansicpg99999 "
    + (_RAW + b"\\~") * 40_000,
    "left of fields": (b"X-A: b\n" + b"a=\n" * 20_000 + b"\n") + b"x",
    "left of fields in parts": _MIXED + (b"--x\nX-A: b\n" + b"a=\n" * 20_000 + b"\n") * 16,
    "raw words around parts": _MIXED
    + (b"--x\nContent-Type: multipart/mixed; boundary=y\n\n" + _RAW * 9 + b"\n--y\n--y--\n") * 900,
    "raw file names": _MIXED
    + b"".join(
        b"--x\nContent-Disposition: attachment; filename=%d" % each + _RAW * 9 + b"\n\nx\n"
        for each in range(900)
    ),
    "semicolons": b"Content-Disposition: x" + b";" * 64_000 + b"\r\n\r\nx",
    "commas": b"Content-Type: =x" + b"," * 64_000 + b"z\r\n\r\nx",
    "blanks in a field": b"Content-Type: =x" + b" " * 64_000 + b"z\r\n\r\nx",
    "colons": b"From: " + b"x " * 16_000 + b"a@b" + b":" * 32_000 + b"\r\n\r\n",
    "closing delimiters": _MIXED + b"--x\n\nhi\n" + b"--x--\n" * 160_000,
    "almost closing delimiters": _boundaries(58) + b"--b--x\n" * 140_000,
    "alternatives far within": _boundaries(57)
    + b"--b56\r\n\r\nhi\r\n" * 800
    + b"--b56\r\nContent-Type: text/html\r\n\r\n<p>x\r\n" * 100,
    "blanks before a name": b"Content-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644"
    + b" " * 400_000
    + b"x" * 400
    + b"\n",
    "long words that wrote": _ANSWER + (b"On " + b"e" * 390 + b" wrote:\n\n") * 2500,
    "blanks that go on": _ANSWER
    + (b"do " + b" " * 330 + b"!\n(5 Mar 2020 10:00) A <a@b.c> wrote:\n\n") * 2600,
    "pages of lists": _ANSWER
    + (b"____________\nfoo mailing list\n" + (b"@" * 480 + b" a x\n") * 3 + b"> q\n") * 600,
    "hours": _ANSWER
    + b"hi\n"
    + (b"-- \nJohn\n\n" + (b"open-" * 50 + b"1" * 245 + b".\n\n") * 3) * 16,
    "a bounce without statuses": _BOUNCE[:-2]
    + b"Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\n\r\n--x\n\n"
    + b"a 1 " * 4000
    + b"\n--x\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\n"
    + b"".join(b"Final-Recipient: rfc822; a%d@b\nAction: failed\n\n" % i for i in range(1000)),
    "marks over names": _MIXED
    + (
        b'--x\nContent-Disposition: attachment; filename="a'
        + "\u0316\u0301".encode() * 1000
        + b'"\n\nx\n'
    )
    * 250,
    "parentheses": b"From: " + b"(" * 100_000 + b"\r\n\r\nx",
    "quotation marks": b"From: " + b'"' * 100_001 + b"\r\n\r\nx",
    "dots": b"From: " + b"." * 50_000 + b"@x\r\n\r\nx",
    "parameters": b"Content-Type: text/plain" + b'; a="' * 50_001 + b"\r\n\r\nx",
    "100,000 fields": b"X-A: b\r\n" * 100_000 + b"\r\nx",
    "folds": b"Subject: x\r\n" + b" y\r\n" * 100_000 + b"\r\nx",
    "references": b"References: " + b"<a@b> " * 100_000 + b"\r\n\r\nx",
    "angle brackets": b"References: " + b"<" * 500_000 + b"\r\n\r\nx",
    "padding": b"Content-Transfer-Encoding: base64\r\n\r\n" + b"QQ==" * 250_000,
    "blanks encoded": b"Content-Transfer-Encoding: quoted-printable\r\n\r\n="
    + b" \t" * 500_000
    + b"x",
    "flowed": b"Content-Type: text/plain; format=flowed\r\n\r\n" + b"x \r\n" * 250_000,
    "utf-7": b"Content-Type: text/plain; charset=utf-7\r\n\r\n" + b"+" * 1_000_000,
    "uuencoded": _body(b"begin 644 x\r\n" * 50_000),
    "yenc": _body(b"=ybegin line=128 size=1 name=x\r\n" * 30_000),
    "a bounce of addresses": _BOUNCE + b"<a@b>: \n" * 100_000,
    "a bounce of dashes": _BOUNCE + b"-" * 1_000_000,
    "a calendar of seconds": _CALENDAR
    + b"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n"
    + _SECONDS
    + b"BEGIN:VEVENT\nSUMMARY:a\nDTSTART;TZID=X:20200101T000000\nEND:VEVENT\nEND:VCALENDAR\n",
    "a hundred texts of no charset": _odd_texts(100),
    "a thousand names of no charset": _odd_names(1000),
    "words of no charset": b"From: a@b\r\nSubject: "
    + b"=?us-ascii?b?6Pf+5OD+8O4=?= x " * 2400
    + b"\r\n\r\nx",
    "names of no charset": b"To: "
    + b",\r\n ".join(b"%b <a@b>" % _odd(90, number) for number in range(1000))
    + b"\r\n\r\nx",
    "rich text of no charset": b"Content-Type: text/rtf\r\n\r\n{\\rtf1\\ansicpg65001 "
    + b"\xe8\xf7\xfe\xe4\xe0\xfe\xf0\xee\\~" * 40_000,
    "marks within marks": b"Subject: Re: x\n"
    b"Content-Type: multipart/alternative; boundary=b\n\n--b\n\nok\n\n"
    + (b"> why? " + b"a" * 50 + b"b\nfoo\n") * 3000
    + b"\n--b\nContent-Type: text/html\n\n"
    + b"<mark>" * 490
    + b"a" * 3980
    + b"\n--b--\n",
    "parts of many fields": _parts(330, b"--b\n" + b"a:\n" * 980 + b"\nx\n"),
    "a winmail.dat of values": _values(13_000),
    "quotations said again": _ANSWER + b">>>  :..7:77.a >>> \n" * 6000,
    "quotations announced again": _ANSWER + b"> Message du 77/77/7\n\n" * 3000,
    "calendar": _CALENDAR + b"BEGIN:VEVENT\n" * 70_000,
}

SMALL = {
    "a quotation mark": b'From: "\r\n\r\n',
    "an angle bracket": b"From: <\r\nMessage-ID: <>\r\nReferences: <[ <@\r\n\r\n",
    "an unknown charset": b"Content-Type: text/plain; charset=nonsense\r\n\r\n\xff\xfe",
    "charset idna": b"Content-Type: text/plain; charset=idna\r\n\r\n\xff..xn--\xe4",
    "charset of a codec that is none": b"Content-Type: text/plain; charset=zip\r\n\r\nx\x9c",
    "charset rot13": b"Content-Type: text/plain; charset=rot13\r\n\r\nuryyb",
    "a line end in a word": b"From: =?utf-8?q?a=0D=0ABcc:_x?= <a@b>\r\n\r\n",
    "nothing": b"",
    "NUL": b"\x00" * 100,
    "a line end": b"\r\n",
    "octets": bytes(range(256)),
    "a date": b"Date: Mon, 99 Foo 99999 99:99:99 +9999\r\n\r\n",
    "a year": b"Date: 1 Jan 99999999999999999999 00:00:00 -0000\r\n\r\n",
    "no boundary": b"Content-Type: multipart/mixed\r\n\r\nhello",
    "surrogates": b"Content-Type: text/plain; charset=utf-16\r\n\r\n\xd8\x00\xd8",
    "a broken winmail.dat": b"Content-Type: application/ms-tnef\r\n\r\n\x78\x9f\x3e\x22\x01",
    "base64 of one": b"Content-Transfer-Encoding: base64\r\n\r\nQ",
    "a name": b"Content-Disposition: attachment; filename*=utf-8''%00%2F..%2F..%2Fetc%2Fpasswd"
    b"\r\n\r\nx",
}


def spent(work: Callable[[], object], enough: float, tries: int = 5) -> float:
    """The least CPU seconds that `work` took: the machine may be busy with something else.

    It is tried again only where it took `enough` or more.
    """
    least = float("inf")
    for _ in range(tries):
        began = time.process_time()
        work()
        least = min(least, time.process_time() - began)
        if least < enough:
            break
    return least
