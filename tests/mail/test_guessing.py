"""Text that says nothing of its charset, in the languages that mail is written in."""

from __future__ import annotations

import time
import unicodedata

import pytest

from mailtickets.mail.charsets import guessed, text_of
from mailtickets.mail.guessing import guess
from tests.mail.tongues import ALL, WESTERN, Tongue, written

# Of one odd letter alone nobody can say whose it is; and an even number of Thai letters is Chinese.
SHORT = {
    "Ne mogu se prijaviti na račun",
    "Ne morem se prijaviti v račun",
    "Nevaru pieslēgties savam kontam",
    "Klausimas dėl vėluojančios siuntos",
    "Neveikia spausdintuvas, prašome padėti",
    "Nedá sa prihlásiť do účtu",
    "Tiskalnik v pisarni še ne deluje",
    "Žiadosť o zmenu hesla",
    "สอบถามเรื่องสินค้าล่าช้า",
}


def _same(one: str, other: str) -> bool:
    return unicodedata.normalize("NFC", one) == unicodedata.normalize("NFC", other)


@pytest.mark.parametrize("language", WESTERN)
@pytest.mark.parametrize("capitals", [False, True])
def test_western_text_of_no_charset_is_always_right(language: str, *, capitals: bool) -> None:
    """Most undeclared mail is in Windows-1252: all of it is read as that, in capitals as well."""
    for _, text in WESTERN[language].texts(seed=7):
        octets = (text.upper() if capitals else text).encode("cp1252")
        assert text_of(octets) == text_of(octets, "us-ascii") == octets.decode("cp1252")


@pytest.mark.parametrize(
    ("tongue", "charset"),
    [
        pytest.param(tongue, charset, id=f"{language}-{charset}")
        for language, tongue in ALL.items()
        for charset in tongue.charsets
    ],
)
@pytest.mark.parametrize("label", ["", "us-ascii", "x-unknown"])
def test_text_of_no_charset_is_what_its_language_is_written_in(
    tongue: Tongue, charset: str, label: str
) -> None:
    """A subject of some words, two sentences or a page are enough in every one of 38 languages."""
    for kind, text in tongue.texts(seed=7):
        if text not in SHORT:
            octets = written(text, charset)
            assert _same(text_of(octets, label), octets.decode(charset)), kind


@pytest.mark.parametrize(
    ("text", "charset"),
    [
        ("НЕ РАБОТАЕТ ПРИНТЕР, ПОМОГИТЕ", "cp1251"),
        ("НЕ ПРАЦЮЄ ПРИНТЕР, ДОПОМОЖІТЬ", "koi8-u"),
        ("ΔΕΝ ΛΕΙΤΟΥΡΓΕΙ Ο ΕΚΤΥΠΩΤΗΣ", "cp1253"),
        ("PROSZĘ O PILNĄ POMOC, BŁĄD WYDRUKU", "cp1250"),
        ("PŘÍSTUP K ÚČTU NEFUNGUJE, PROSÍM O POMOC", "iso8859-2"),
    ],
)
def test_capitals_tell_the_charset_as_well(text: str, charset: str) -> None:
    """Who shouts is understood too."""
    assert text_of(text.encode(charset)) == text


@pytest.mark.parametrize(
    "text",
    ["Praha – Plzeň, Řím", "Kam přišel Dvořák?", "Zażółć gęślą jaźń"],
)
def test_names_tell_the_charset_where_there_is_little_else(text: str) -> None:
    """Two odd letters among ASCII are enough when no Western language has them so."""
    assert text_of(text.encode("cp1250")) == text


@pytest.mark.parametrize(
    "text",
    [
        "Definir para bloquear o ecrã quando o protetor de ecrã se ativar",
        "Amanhã de manhã, com a irmã",
        "Re: cœur",
        "Sýna gögn",
        "5 µs ± 1 µs, 10 m² und ½ m³, 25 °C, 1ª parte, nº 3 × 4",
        "… [OPTION] … [NAME] …",
        "àèéìòù àèéìòù",
    ],
)
def test_a_word_or_a_sign_that_is_written_twice_is_no_other_language(text: str) -> None:
    """What little there is of Western letters and measures stays what it is."""
    assert text_of(text.encode("cp1252")) == text


def test_what_begins_in_ascii_is_guessed_by_what_comes_after() -> None:
    """A long quotation in English on top does not hide which charset the rest is in."""
    text = "This is quoted.\n" * 1000 + "Добрый день, принтер в офисе не работает."
    assert guessed(text.encode("cp1251")) == text


@pytest.mark.parametrize(
    "octets",
    [
        b"\xe9" * 1_000_000,
        b"\x80" * 1_000_000,
        b"a\x80" * 500_000,
        "Добрый день ".encode("cp1251") * 80_000,
        "您好".encode("gbk") * 250_000,
        bytes(range(256)) * 4000,
        b"a" * 999_999 + b"\xff",
        b"\xed\xa0\xbd\xed\xb8\x80\xff" * 140_000,
    ],
)
@pytest.mark.parametrize("label", ["", "gbk", "utf-8", "koi8-r", "iso-2022-jp", "utf-16", "utf-7"])
def test_a_megabyte_costs_no_more_than_its_decoding(octets: bytes, label: str) -> None:
    """A guess looks at a few thousand octets, whatever follows."""
    before = time.process_time()
    text_of(octets, label)
    assert time.process_time() - before < 1


def test_nothing_is_guessed_of_nothing() -> None:
    """Octets that tell nothing are Windows-1252."""
    assert guess(b"") == guess(b"\xe9") == guess(b"plain") == ""


@pytest.mark.parametrize(
    "text",
    [
        *("Hämäläinen", "intérêt", "Spørsmål", "förstår", "Ødegård", "számlát", "§§ 5, 6"),
        *("Druckt keine äöüß mehr", "Question about àéèù", "Re: áéíóú", "Test ÄÖÜ"),
    ],
)
@pytest.mark.parametrize("label", ["", "us-ascii"])
def test_one_western_word_or_a_list_of_letters_is_western(text: str, label: str) -> None:
    """A word alone has no two octets that make a character of another script."""
    assert text_of(text.encode("cp1252"), label) == text
