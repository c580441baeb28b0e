"""Japanese in seven bits, and what is called so."""

from __future__ import annotations

import random

import pytest

from mailtickets.mail.charsets import text_of
from mailtickets.mail.japanese import iso2022jp

TEXT = "お世話になっております。印刷できません。"


@pytest.mark.parametrize("charset", ["cp932", "euc-jp", "utf-8", "iso2022_jp"])
@pytest.mark.parametrize("label", ["iso-2022-jp", "ISO-2022-JP-MS", "csISO2022JP"])
@pytest.mark.parametrize("text", [TEXT, "印刷", "至急です"])
def test_iso2022jp_in_eight_bits_is_read_as_what_it_is(text: str, charset: str, label: str) -> None:
    """A program that says ISO-2022-JP and sends Shift_JIS, EUC-JP or UTF-8 is understood."""
    assert text_of(text.encode(charset), label) == text


@pytest.mark.parametrize("charset", ["cp932", "euc-jp", "utf-8"])
def test_both_forms_in_one_letter_are_read(charset: str) -> None:
    """A footer that a server adds in eight bits does not spoil the letter above it."""
    octets = TEXT.encode("iso2022_jp") + b"\n-- \n" + TEXT.encode(charset)
    assert text_of(octets, "iso-2022-jp") == f"{TEXT}\n-- \n{TEXT}"


def test_any_octets_become_text() -> None:
    """Escapes that are cut, repeated or senseless raise nothing."""
    chance = random.Random(2022)
    bits = [b"\x1b", b"$", b"B", b"(", b"J", b"I", b"\n", b"\xa4", b"\x82\xa0", b"%", b"\x1b$B"]
    for _ in range(2000):
        octets = b"".join(chance.choices(bits, k=chance.randrange(20)))
        assert isinstance(iso2022jp(octets), str)
