"""Which part is the text, where programs name it or put something below it."""

from __future__ import annotations

import pytest

from mailtickets.mail.message import read

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
