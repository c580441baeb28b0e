"""Which part is the text, where programs name it or put something below it."""

from __future__ import annotations

import pytest

from mailtickets.mail.message import read
from tests.mail import hostile

NAMED = 'Content-Type: text/plain; name="message.txt"\nContent-Disposition: inline\n\n'
LIST = "_______________________________________________\nStaff mailing list\nStaff@acme.example\n"
SCANNER = "\n________________________________\nThis email was scanned by AV.\n"
QUESTION = "This is my question about the printer.\n"


def _letter(*parts: str) -> bytes:
    head = "From: anna@example.com\nSubject: x\nContent-Type: multipart/mixed; boundary=b\n\n"
    return (head + "".join(f"--b\n{part}" for part in parts) + "--b--\n").encode()


@pytest.mark.parametrize(
    "footer",
    [LIST, SCANNER, "-- \nSent through acme\n", "=" * 40 + "\nChecked\n"],
    ids=range(4),
)
def test_a_named_text_is_the_text_where_only_a_footer_is_below(footer: str) -> None:
    """A list's or a scanner's lines are not the letter; the named text is kept as a file, too."""
    message = read(_letter(NAMED + QUESTION, f"Content-Type: text/plain\n\n{footer}"))
    assert message.new_text.strip().startswith(QUESTION.strip())
    assert message.text.index("question") < message.text.index(footer.rstrip()[-3:])
    assert [part.name for part in message.attachments] == ["message.txt"]


@pytest.mark.parametrize(
    "parts",
    [
        (NAMED + "a log\n", f"Content-Type: text/plain\n\n{QUESTION}"),
        (NAMED.replace("inline", "attachment") + "a log\n", f"Content-Type: text/plain\n\n{LIST}"),
        (f"Content-Type: text/plain\n\n{QUESTION}", NAMED + "a log\n"),
        (NAMED + "a log\n", f"Content-Type: text/plain\n\n{LIST}{'x' * 5000}\n"),
        (NAMED + "a log\n", f"Content-Type: text/html\n\n<p>{QUESTION}</p>\n"),
    ],
    ids=range(5),
)
def test_a_text_that_is_attached_stays_a_file(parts: tuple[str, ...]) -> None:
    """A named text beside what somebody wrote is a file, and not shown among his words."""
    message = read(_letter(*parts))
    assert "a log" not in message.text
    assert [part.name for part in message.attachments] == ["message.txt"]


def _both(plain: str, html: str, kind: str = "alternative") -> bytes:
    head = f"From: anna@example.com\nContent-Type: multipart/{kind}; boundary=b\n\n"
    utf8 = "charset=utf-8\n\n"
    return (
        f"{head}--b\nContent-Type: text/plain; {utf8}{plain}\n"
        f"--b\nContent-Type: text/html; {utf8}{html}\n--b--\n"
    ).encode()


GATE = "<p>The gate does not open any more.</p>"
ENQUIRY = (
    "<p>New enquiry from your site</p><table><tr><td>Name</td><td>Max</td></tr>"
    "<tr><td>Message</td><td>The gate does not open any more.</td></tr></table>"
)


@pytest.mark.parametrize(
    ("plain", "html"),
    [
        ("New enquiry from your site", ENQUIRY),
        ("新しいお問い合わせ", "<p>新しいお問い合わせ</p>" + GATE),
        ("\u200b\n", GATE),
        ("&nbsp;\n", GATE),
        (".\n", GATE),
        ("[cid:image001.png@01DA.12345]", '<img src="cid:image001.png@01DA.12345">' + GATE),
        ("Sent from my Galaxy", GATE + "Sent from my Galaxy"),
        ("Get Outlook <https://aka.ms/x>", GATE + '<a href="https://aka.ms/x">Get Outlook</a>'),
        ("Alternativer Text", GATE),
        ("To view the message, please use an HTML compatible email viewer!", GATE),
        ("Diese Nachricht kann nur in einem HTML-fähigen Programm angezeigt werden.", GATE),
    ],
    ids=range(11),
)
def test_a_text_part_that_says_less_than_the_html_gives_way(plain: str, html: str) -> None:
    """What a form or a program left out of its text part is read from the HTML."""
    message = read(_both(plain, html))
    assert "The gate does not open any more." in message.new_text


@pytest.mark.parametrize(
    ("plain", "html"),
    [
        ("Not before Monday", "<p>Before Monday we have a sale of gates. Visit our shop!</p>"),
        ("Why?", "<p>You ask why. This letter was checked for viruses by our gateway.</p>"),
        ("\U0001f44d", '<img src="cid:smile"><p>This letter was checked for viruses.</p>'),
        ("Der Browser zeigt nichts an.", "<p>Version: 2.1</p>"),
        ("The gate does not open.", "<div></div>"),
        ("See <https://gate.example/photo> and 4711", "<p>See the photo of our gate here</p>"),
        ("my words " * 60, "<p>" + "my words and more " * 200 + "</p>"),
    ],
    ids=range(7),
)
def test_no_word_of_a_text_part_is_given_up_for_html(plain: str, html: str) -> None:
    """A short text stays what is shown as long as anything in it is missing from the HTML."""
    assert read(_both(plain, html)).text.strip() == plain.strip()


def test_a_text_beside_html_is_shown_with_it() -> None:
    """Where the parts are no alternatives of each other, both are shown."""
    text = read(_both("New enquiry", ENQUIRY, "mixed")).text
    assert text.startswith("New enquiry\n\nNew enquiry from your site")


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ("Content-Type: text/plain\nContent-Disposition: attachment\n", None),
        ('Content-Disposition: attachment; filename="msg.txt"\n', "msg.txt"),
    ],
    ids=range(2),
)
def test_the_only_text_is_shown_whatever_it_is_called(head: str, name: str | None) -> None:
    """Where nothing else is there to read, a text called an attachment is shown, and kept."""
    for letter in (
        f"From: a@b.example\n{head}\n{QUESTION}".encode(),
        _letter(f"{head}\n{QUESTION}"),
    ):
        message = read(letter)
        assert message.new_text == QUESTION.strip()
        assert len(message.attachments) == 1
        assert name is None or message.attachments[0].name == name


def test_of_several_attached_texts_none_is_the_letter() -> None:
    """Two files that somebody sends without a word are files."""
    log = 'Content-Type: text/plain\nContent-Disposition: attachment; filename="{}.log"\n\nx\n'
    message = read(_letter(log.format("a"), log.format("b")))
    assert message.text == ""
    assert [part.name for part in message.attachments] == ["a.log", "b.log"]


PICTURE = '<img src="data:image/png;base64,' + "iVBORw0KGgo" * 55_000 + '">'


def test_what_stands_behind_a_picture_in_the_html_is_read() -> None:
    """A screenshot in the HTML itself cuts nothing off; the HTML is attached whole with it."""
    html = f"<p>See the picture:</p>{PICTURE}<p>The left lamp does not light.</p>"
    message = read(f"From: a@b.example\nContent-Type: text/html\n\n{html}".encode())
    assert message.text == "See the picture:\n\nThe left lamp does not light."
    assert "The left lamp" in (message.html or "")
    assert [part.octets.size for part in message.attachments] == [len(html)]
    many = f"<p>Look:</p>{PICTURE * 8}<p>The left lamp does not light.</p>"
    message = read(f"From: a@b.example\nContent-Type: text/html\n\n{many}".encode())
    assert message.text == "Look:\n\nThe left lamp does not light."
    assert len(message.attachments) == 1


@pytest.mark.parametrize(
    "letter",
    [
        _both("[cid" * 100, GATE * 50),
        _both("<https:" * 57, GATE * 50),
        _both("html view " * 40, GATE * 50),
        b"Content-Type: text/html\n\n" + b"data:image/png;base64," * 200_000,
        b"Content-Type: text/html\n\n" + (b"data:;base64," + b"A" * 999 + b"!") * 4000,
        b"Content-Type: text/html\n\ndata:;base64," + b" " * 5_000_000,
    ],
    ids=range(6),
)
def test_no_choice_between_texts_takes_long(letter: bytes) -> None:
    """Whatever stands in the parts, to find the one to show takes no time."""
    assert hostile.spent(lambda: read(letter).new_text, 0.2) < 0.2
