"""Unicode in other forms than UTF-8, and in UTF-8 that is none."""

from __future__ import annotations

import random

import pytest

from mailtickets.mail.charsets import _CODECS, text_of
from mailtickets.mail.message import read

TEXTS = [
    "Hello,\r\nthe printer is broken.",
    "Grüße aus Köln 😀",
    "Не работает принтер. Пожалуйста, помогите!",
    "您好，打印机坏了，请尽快派人来修理，谢谢！",
    "Δεν λειτουργεί",
    "ok",
]


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("label", ["utf-16", "unicode", "ucs-2", "utf-16le", "utf-16be", "utf-32"])
@pytest.mark.parametrize("form", ["utf-16", "utf-16-be", "utf-16-le", "utf-32"])
def test_the_mark_tells_the_order_of_octets(text: str, label: str, form: str) -> None:
    """A byte order mark says more than the label, and is no part of the text."""
    octets = ("\ufeff" + text).encode(form) if form[-2:] in {"be", "le"} else text.encode(form)
    assert text_of(octets, label) == text


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("form", ["utf-16-be", "utf-16-le"])
@pytest.mark.parametrize("label", ["utf-16", "unicode"])
def test_without_a_mark_the_order_is_the_one_that_gives_text(
    text: str, form: str, label: str
) -> None:
    """RFC 2781 wants big endian then; Windows writes little, and both are read."""
    assert text_of(text.encode(form), label) == text


@pytest.mark.parametrize("form", ["utf-32-be", "utf-32-le"])
def test_utf32_without_a_mark_is_read_in_either_order(form: str) -> None:
    """Of four octets the highest is nought always."""
    assert text_of(TEXTS[1].encode(form), "utf-32") == TEXTS[1]


def test_what_tells_nothing_is_big_endian() -> None:
    """Two characters of Chinese are by RFC 2781 section 4.3 what they are."""
    assert text_of("你好".encode("utf-16-be"), "utf-16") == "你好"


@pytest.mark.parametrize("label", ["utf-16", "unicode", "utf-16le", "utf-32"])
@pytest.mark.parametrize("text", [*TEXTS[:4], "<html><body>Hello</body></html>"])
def test_what_is_called_utf16_and_is_utf8_is_read_as_that(text: str, label: str) -> None:
    """Word's pages say "unicode" of whatever the program made of them afterwards."""
    assert text_of(text.encode(), label) == text


@pytest.mark.parametrize("label", ["", "us-ascii", "utf-8", "windows-1252"])
@pytest.mark.parametrize("form", ["utf-16-be", "utf-16-le"])
def test_a_mark_tells_utf16_whatever_it_is_called(form: str, label: str) -> None:
    """A file of Windows' notepad that was mailed as it stands is read."""
    assert text_of(("\ufeff" + TEXTS[0]).encode(form), label) == TEXTS[0]


@pytest.mark.parametrize(
    ("octets", "label", "text"),
    [
        (b"+2AA-", "utf-7", "\ufffd"),
        (b"a+3AA-b", "utf-7", "a\ufffdb"),
        (b"+2D3eAA-", "utf-7", "😀"),
        (b"+2D0-+3gA-", "utf-7", "😀"),
        (b"\xed\xa0\xbd\xed\xb8\x80", "utf-8", "😀"),
        ("Grüße ".encode() + b"\xed\xa0\xbd\xed\xb8\x80!", "utf-8", "Grüße 😀!"),
        ("Grüße ".encode() + b"\xed\xa0\xbd!", "utf-8", "Grüße \ufffd\ufffd\ufffd!"),
        ("Grüße ".encode() + b"\xc0\xaf", "utf-8", "Grüße \ufffd\ufffd"),
        ("Grüße ".encode() + b"\xf5\x80\x80\x80!", "utf-8", "Grüße \ufffd\ufffd\ufffd\ufffd!"),
        (b"\x00\xd8\x00a", "utf-16le", "\ufffd\u6100"),
    ],
)
def test_halves_of_a_character_are_joined_or_replaced(octets: bytes, label: str, text: str) -> None:
    """No text has a lone surrogate: no ticketing system would take it."""
    assert text_of(octets, label) == text


@pytest.mark.parametrize("name", ["", *sorted(_CODECS)])
def test_no_charset_raises_or_brings_half_a_character(name: str) -> None:
    """Whatever octets are called what, there is a text that can be written as UTF-8."""
    chance = random.Random(name)
    bits = [
        b"+2AA-",
        b"+3AA-",
        b"\x1b$B",
        b"~{",
        b"\xed\xa0\xbd",
        b"\xff\xfe",
        b"\0",
        b"\xd8",
        b"a",
    ]
    for size in (1, 2, 3, 7, 40, 300):
        for _ in range(15):
            octets = b"".join(
                chance.choice(bits) if chance.random() < 0.5 else chance.randbytes(3)
                for _ in range(size)
            )
            for some in (octets, bytes(one & 0x7F for one in octets), b"\xfe\xff" + octets):
                assert isinstance(text_of(some, name).encode(), bytes)


def test_a_letter_in_utf16_is_read() -> None:
    """What Outlook calls unicode comes as base64, without a mark."""
    head = b"Content-Type: text/plain; charset=unicode\nContent-Transfer-Encoding: base64\n\n"
    assert read(head + b"SABlAGwAbABvACEA").text == "Hello!"
