"""What parts hold, and what becomes of each."""

from __future__ import annotations

import pytest

from mailtickets.mail.identifiers import identifiers
from mailtickets.mail.message import read
from mailtickets.mail.octets import InMemory
from mailtickets.tickets.values import Person


def _mixed(*parts: bytes, kind: bytes = b"mixed") -> bytes:
    head = b"From: a@b\nContent-Type: multipart/" + kind + b"; boundary=b\n\n"
    return head + b"".join(b"--b\n" + part + b"\n" for part in parts) + b"--b--\n"


@pytest.mark.parametrize(
    ("kind", "body", "text"),
    [
        ("format=flowed", "one \ntwo\n> a \n> b\n-- \nNic", "one two\n> a b\n-- \nNic"),
        ("format=flowed", " From here\n", "From here"),
        ("format=flowed; delsp=yes", "日 \n本", "日本"),
        ("charset=utf-8", "one \ntwo", "one \ntwo"),
    ],
)
def test_flowed_lines_are_joined(kind: str, body: str, text: str) -> None:
    """A paragraph that a program wrapped is one line again; quotes and signature stay."""
    octets = f"Content-Type: text/plain; {kind}\n\n{body}".encode()
    assert read(octets).text == text


def test_a_picture_in_the_html_is_kept_by_its_name_there() -> None:
    """The HTML shows the picture that came with it, and the attachment has its Content-ID."""
    message = read(
        _mixed(
            b'Content-Type: text/html\n\n<p>See <img src="cid:p1@x"></p>',
            b"Content-Type: image/png\nContent-ID: <p1@x>\n"
            b"Content-Disposition: inline\nContent-Transfer-Encoding: base64\n\naGVsbG8",
            kind=b"related",
        )
    )
    assert message.html is not None
    assert "cid:p1@x" in message.html
    (picture,) = message.attachments
    assert (picture.content_id, picture.inline, picture.octets) == (
        "p1@x",
        True,
        InMemory(b"hello"),
    )


@pytest.mark.parametrize(
    ("kind", "name", "remark"),
    [
        ("application/pgp-encrypted", "encrypted-1.pgp", "encrypted (OpenPGP)"),
        ("application/pgp-signature", "signature-1.asc", "signed (OpenPGP)"),
        ("application/pkcs7-signature", "smime-1.p7s", "signed (S/MIME)"),
        ("application/x-pkcs7-mime", "smime-1.p7m", "encrypted or signed (S/MIME)"),
    ],
)
def test_a_sealed_part_is_named_and_kept(kind: str, name: str, remark: str) -> None:
    """Nobody is told that a seal is good: the part is kept, and a remark says what it is."""
    text = b"Content-Type: text/plain\n\nHello"
    message = read(_mixed(text, f"Content-Type: {kind}\n\nsealed".encode()))
    assert message.text == "Hello"
    assert [(one.name, one.octets) for one in message.attachments] == [(name, InMemory(b"sealed"))]
    assert any(remark in one for one in message.remarks)


@pytest.mark.parametrize(
    ("octets", "subject", "text"),
    [
        (b"From nobody Mon Jun  3 10:00:00 2024\nSubject: x\n\nHello", "x", "Hello"),
        (b"Subject: x\nContent-Type: multipart/mixed\n\nHello", "x", "Hello"),
        (b"Subject: =?utf-8?b?w?= =?utf-8?b?6Q==?=\n\nHello", None, "Hello"),
        (b"Subject: =?utf-8?q?=C3?= =?utf-8?q?=A9?=\n\nHello", "é", "Hello"),
        (b"Subject: =?utf-8?b?w6k?=\n\nHello", "é", "Hello"),
        (b"Subject: =?utf-8?b?4p?= =?utf-8?b?yT?=\n\nHello", "✓", "Hello"),
        (b"Subject: =?utf-8?b?8J-YgA?=\n\nHello", "😀", "Hello"),
        (b"Subject: \x1b$BF|K\\\x1b(B\n\nHello", "日本", "Hello"),
        (b"\xef\xbb\xbfSubject: x\n\nHello", "x", "Hello"),
        (b"Subject: x\rFrom: a@b.example\r\rHello", "x", "Hello"),
        (b"Subject: gr\xfcn\n\nHello", "grün", "Hello"),
        (b"no field\nSubject: x\n\nHello", "x", "Hello"),
        (b"Subject: x\nContent-Transfer-Encoding: base64\n\nSGVs\n!!bG8", "x", "Hello"),
        (
            b"Subject: x\nContent-Transfer-Encoding: quoted-printable\n\nHel=\nlo=ZZ",
            "x",
            "Hello=ZZ",
        ),
    ],
)
def test_what_is_broken_is_read_as_it_was_meant(
    octets: bytes, subject: str | None, text: str
) -> None:
    """A head or a body that breaks the rules loses nothing that can be read."""
    message = read(octets)
    assert message.text == text
    assert subject is None or message.subject == subject


def test_an_attached_letter_is_kept_and_not_read_into() -> None:
    """The letters in a digest are files; none of their words are the writer's."""
    inner = b"Subject: inner\n\ninner words"
    message = read(_mixed(b"\n" + inner, kind=b"digest"))
    assert "inner words" not in message.text
    (attached,) = message.attachments
    assert (attached.type, attached.octets) == ("message/rfc822", InMemory(inner))
    assert attached.name.endswith(".eml")


@pytest.mark.parametrize(
    ("value", "name", "address"),
    [
        ("Ferrier, Nic <nic@ferrier.example>", "Ferrier, Nic", "nic@ferrier.example"),
        ("Nic [nic@ferrier.example]", "Nic", "nic@ferrier.example"),
        ("=?utf-8?q?Nic_=3Cnic=40ferrier.example=3E?=", "Nic", "nic@ferrier.example"),
        ("nic@ferrier.example (Nic Ferrier)", "Nic Ferrier", "nic@ferrier.example"),
        ("Nic <nic@ferrier.example", "Nic", "nic@ferrier.example"),
        ("nic", "", "nic"),
        ("<Nic Ferrier> <nic@ferrier.example>", "Nic Ferrier", "nic@ferrier.example"),
        ("Nic &lt;nic@ferrier.example&gt;", "Nic", "nic@ferrier.example"),
        ("Nic＜nic@ferrier.example＞", "Nic", "nic@ferrier.example"),
        ("Nic [mailto:nic@ferrier.example]", "Nic", "nic@ferrier.example"),
        ("<<nic@ferrier.example>>", "", "nic@ferrier.example"),
        ("nic@ferrier.example>", "", "nic@ferrier.example"),
        ("Nic <nic@ferrier.example\x07>", "Nic", "nic@ferrier.example"),
        ("\nFrom: Nic <nic@ferrier.example>", "Nic", "nic@ferrier.example"),
        ("\nSender: Nic <nic@ferrier.example>", "Nic", "nic@ferrier.example"),
        ("Ann\nSender: Nic <nic@ferrier.example>", "", "Ann"),
        ("<Nic Ferrier> nic@ferrier.example", "Nic Ferrier", "nic@ferrier.example"),
    ],
)
def test_a_sender_is_found_whatever_hides_the_address(value: str, name: str, address: str) -> None:
    """A comma that should have been quoted, brackets, encoded words and comments are no harm."""
    assert read(f"From: {value}\nSubject: x\n\nHello".encode()).author == Person(name, address)


def test_a_name_in_another_charset_leaves_the_others_alone() -> None:
    """Of a field with names in UTF-8 and one that is none, each is read as what it is."""
    to = b"To: J\xc3\xb6rg <j@x.example>, M\xfcller <m@x.example>\n\nHello"
    assert [one.name for one in read(to).to] == ["Jörg", "Müller"]


@pytest.mark.parametrize(
    "head",
    [
        "From: Nic <nic@ferrier.example>",
        'From: "Ferrier, Nic" <nic@ferrier.example>',
        "From: Ferrier, Nic <nic@ferrier.example>",
        "From: Boss\nSender: support@ours.example",
        "From:\nSender: support@ours.example",
        "Sender: support@ours.example",
        "From: Ann &lt;support@ours.example&gt;",
        "From: a@evil.example [mailto:support@ours.example]",
        "From: a@evil.example &lt;support@ours.example&gt;",
        "From: ＜support@ours.example＞",
        "From: sup\x00port@ours.example",
        "From: <a@evil.example> <support@ours.example>",
        "From: <Boss> <support@ours.example>",
        'From: "support@ours.example" <root>',
        "From: support@ours.example\nFrom: a@evil.example",
        "From: =?utf-8?q?support=40ours.example?= <a@evil.example>",
        "From: a@evil.example (support@ours.example)",
        "From: undisclosed: support@ours.example;",
    ],
)
def test_reception_and_the_desk_see_the_same_writer(head: str) -> None:
    """Whom reception suspects of posing as us is whom the agents see as the letter's writer."""
    octets = f"{head}\nSubject: x\n\nHello".encode()
    assert identifiers(octets).from_address == read(octets).author.address


@pytest.mark.parametrize("kind", ["text/enriched", "text/x-amp-html", "text/rfc822-headers"])
def test_another_form_of_a_text_is_left_out_only_beside_it(kind: str) -> None:
    """Among alternatives it says the same again; anywhere else it is a file."""
    part = "--b\nContent-Type: {}\n\n{}\n"
    for within, files in (("alternative", []), ("mixed", [kind])):
        letter = f"Content-Type: multipart/{within}; boundary=b\n\n"
        letter += part.format("text/plain", "Hello") + part.format(kind, "Other") + "--b--\n"
        message = read(letter.encode())
        assert message.text == "Hello"
        assert [one.type for one in message.attachments] == files


@pytest.mark.parametrize("kind", ["text/enriched", "text/richtext"])
def test_another_form_of_a_text_is_the_text_where_there_is_no_other(kind: str) -> None:
    """Beside a file it holds what was written."""
    letter = (
        f"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: {kind}\n\nHello words\n"
        "--b\nContent-Type: application/pdf; name=a.pdf\n\nx\n--b--\n"
    )
    message = read(letter.encode())
    assert message.text == "Hello words"
    assert [one.name for one in message.attachments] == ["a.pdf"]


def test_html_that_is_too_much_to_be_shown_is_attached() -> None:
    """Of many HTML parts those that are not in the text are kept, and a remark says so."""
    part = "--b\nContent-Type: text/html\n\n" + "<p>x</p>" * 20_000 + "last{}\n"
    letter = "Content-Type: multipart/mixed; boundary=b\n\n" + "".join(map(part.format, range(4)))
    message = read((letter + "--b--\n").encode())
    assert "last0" in message.text
    assert "last3" not in message.text
    assert len(message.attachments) == 4
    assert message.remarks == ("The text is longer than is shown; it is attached whole.",)


def test_nothing_that_no_store_takes_is_in_what_a_head_says() -> None:
    """NUL is in nothing, raw or encoded; Message-IDs and types have no control characters."""
    letter = (
        b"From: =?utf-8?q?Ann=00?= \0<a@b>\nSubject: a\0b =?utf-8?q?x=00y?=\n"
        b"Message-ID: <a\0\x1bb@c>\nReferences: <x \x1b@y>\nContent-Type: text/x-\x1by\0\n\nHi\n"
    )
    message = read(letter)
    assert (message.subject, message.author.name) == ("ab xy", "Ann")
    assert (message.message_id, message.references) == ("ab@c", ("x@y",))
    assert identifiers(letter).message_id == "ab@c"
    assert identifiers(letter).subject == "ab xy"
    assert identifiers(b"X-Mailtickets-Loop: a\rb\0\n\n").loop_mark == "ab"
    assert read("Subject: 件名\n\n".encode("iso2022-jp")).subject == "件名"


@pytest.mark.parametrize(
    ("disposition", "html", "inline"),
    [
        (b"Content-Disposition: attachment\n", b"<p>x</p>", False),
        (b"Content-Disposition: attachment\n", b"<img src='cid:f_1'>", True),
        (b"Content-Disposition: attachment\n", b"<img src='CID:F%5f1'>", True),
        (b"Content-Disposition: attachment\n", b"<img src='cid:f_10'>", False),
        (b"Content-Disposition: inline\n", b"<p>x</p>", True),
        (b"", b"<p>x</p>", True),
    ],
)
def test_a_file_is_a_picture_of_the_text_only_if_it_is_shown(
    disposition: bytes, html: bytes, inline: bool
) -> None:
    """Gmail and Exchange give a Content-ID to each file; one that is attached is a file still."""
    message = read(
        _mixed(
            b"Content-Type: text/html\n\n" + html,
            b"Content-Type: image/png; name=a.png\nContent-ID: <f_1>\n" + disposition + b"\nx",
        )
    )
    assert [one.inline for one in message.attachments] == [inline]


@pytest.mark.parametrize(
    "head",
    [
        b"Subject: x\r\n\0\r\nFrom: support@ours.example\r\nMessage-ID: <1@x>\r\n\r\nHi",
        b"\tFrom: support@ours.example\nMessage-ID: <1@x>\nSubject: x\n\nHi",
        b"From: support@ours.example\rMessage-ID: <1@x>\rSubject: x\r\rHi",
        b"\rFrom: support@ours.example\rMessage-ID: <1@x>\rSubject: x\r\rHi",
        b"\0\xef\xbb\xbfFrom: support@ours.example\nMessage-ID: <1@x>\nSubject: x\n\nHi",
        b"\0Message-ID: <1@x>\nSubj\0ect: x\nFrom: support@ours.example\n\nHi",
        b"From\r: a@x\r\nFrom: support@ours.example\r\nMessage-ID: <1@x>\r\nSubject: x\r\n\r\n",
        b"From: support@ours.example\r\n \rX <b@x>\r\nMessage-ID: <1@x>\r\nSubject: x\r\n\r\n",
        b"From: <\nSender: support@ours.example\nMessage-ID: <1@x>\nSubject: x\n\nHi",
    ],
)
def test_reception_reads_the_head_that_is_read(head: bytes) -> None:
    """Blanks above it, a NUL in it, the line ends of old machines: both see the same fields."""
    message, found = read(head), identifiers(head)
    assert (found.from_address, found.message_id, found.subject) == (
        message.author.address,
        message.message_id,
        message.subject,
    )
    assert found.from_address == "support@ours.example"
