"""What old and careless programs send is read: nothing of a letter is lost without a trace."""

from __future__ import annotations

import pytest

from mailtickets.mail.identifiers import identifiers
from mailtickets.mail.message import read
from mailtickets.mail.people import people
from tests.mail.hostile import spent

HEAD = b"From: a@b.example\nSubject: x\n"


@pytest.mark.parametrize(
    "letter",
    [
        b"Content-Type: text/html\n\n" + b" " * 500_000,
        b"Content-Type: text/html\n\n" + b"\n" * 250_000 + b"<html><body>x",
        b"Content-Type: text/html\n\n<!doctype html>" + b" " * 500_000,
        b"Subject: " + b"=?a?b?a" * 9_300 + b"\n\nx",
        b"From: " + b"=?a?b?a" * 18_000 + b"\n\nx",
        b"References: " + b"a:" * 125_000 + b"\n\nx",
    ],
    ids=["blanks", "line ends", "doctype", "words", "words in From", "no at sign"],
)
def test_what_never_ends_is_read_at_once(letter: bytes) -> None:
    """Blanks before a page, words that do not end, and names without an address take no time."""
    assert spent(lambda: (read(letter).subject, identifiers(letter)), 0.5) < 0.5


@pytest.mark.parametrize(
    ("value", "address"),
    [
        (b"o'brien@ex.example", "o'brien@ex.example"),
        (b"o'brien@ex.example (Pat)", "o'brien@ex.example"),
        (b"'nic@ex.example'", "nic@ex.example"),
        (b"Pat 'The Man' pat@ex.example", "pat@ex.example"),
    ],
)
def test_an_apostrophe_belongs_to_the_address(value: bytes, address: str) -> None:
    """O'Brien is answered, and no stranger; quotation marks around an address are none of it."""
    assert people(value)[0].address == address
    assert identifiers(b"From: " + value + b"\n\n").from_address == address


@pytest.mark.parametrize("kind", ["text/plain", "text/html"])
def test_the_mark_of_utf_8_is_no_text(kind: str) -> None:
    """What Windows and PHP put before a text in UTF-8 is not shown."""
    head = HEAD + f"Content-Type: {kind}; charset=utf-8\n\n".encode()
    assert read(head + b"\xef\xbb\xbfHello").text == "Hello"


@pytest.mark.parametrize("kind", ["text/enriched", "text/markdown", "application/xhtml+xml"])
def test_a_text_of_any_kind_is_shown_where_there_is_no_other(kind: str) -> None:
    """RFC 2046 section 4.1.4: what nobody knows is text all the same."""
    assert read(HEAD + f"Content-Type: {kind}\n\nmy printer is broken".encode()).text


def test_lines_that_end_twice_end_the_head() -> None:
    """Scripts on Windows write CR CR LF."""
    letter = (HEAD + b"\nmy printer\nis broken\n").replace(b"\n", b"\r\r\n")
    assert "my printer" in read(letter).text
