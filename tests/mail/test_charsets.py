"""Octets in another charset than the one they are said to be in."""

from __future__ import annotations

import random

import pytest

from mailtickets.mail.charsets import declared_in, text_of
from mailtickets.mail.guessing import cyrillic
from mailtickets.mail.message import read

RUSSIAN = "Не работает принтер в комнате три. Пожалуйста, помогите нам."
CHINESE = "您好，打印机坏了，请尽快派人来修理，谢谢！"
JAPANESE = "お世話になっております。プリンターで印刷できません。"


@pytest.mark.parametrize(
    ("text", "label", "meant"),
    [
        (CHINESE, "utf-8", "gb18030"),
        (
            "您好，发票抬头需要修改为北京某某科技有限公司，税号如下，麻烦尽快处理，谢谢。",
            "utf-8",
            "gbk",
        ),
        (JAPANESE, "utf-8", "cp932"),
        ("안녕하세요. 프린터가 고장났습니다. 빠른 답변 부탁드립니다.", "utf-8", "cp949"),
        ("für Ärger", "utf-8", "cp1252"),
        (RUSSIAN, "utf-8", "cp1251"),
        (RUSSIAN, "iso-8859-1", "cp1251"),
        (RUSSIAN, "us-ascii", "cp1251"),
        ("Программа Outlook 2016 выдаёт ошибку 0x800CCC0E", "windows-1252", "cp1251"),
        ("Принтерът не работи, моля помогнете", "iso-8859-1", "cp1251"),
        ("Śruba źle działa, „część”", "iso-8859-2", "cp1250"),
        ("Příliš žluťoučký kůň", "iso-8859-2", "cp1250"),
        ("Śruba źle działa, część", "iso-8859-2", "iso-8859-2"),
        ("Ο εκτυπωτής “δεν” λειτουργεί", "iso-8859-7", "cp1253"),
        ("המדפסת – לא עובדת", "iso-8859-8", "cp1255"),
        ("Spausdintuvas „neveikia“", "iso-8859-13", "cp1257"),
    ],
)
def test_what_is_called_otherwise_is_read_as_what_it_is(text: str, label: str, meant: str) -> None:
    """Programs say UTF-8, Latin-1 or ISO 8859 of what Windows wrote; it is read all the same."""
    assert text_of(text.encode(meant), label) == text


@pytest.mark.parametrize(
    "octets",
    [
        "Grüße aus Köln, 你好，打印机坏了".encode() + "für".encode("latin-1"),
        "Привет".encode()[:-1],
        CHINESE.encode().replace(b"\x82", b" "),
        "\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd".encode() + b"\xe9",
        "é".encode() + b"\xe9\xe8 une lettre",
    ],
)
def test_damaged_utf8_stays_utf8(octets: bytes) -> None:
    """What is mostly UTF-8 is read as that, and only what is damaged is lost."""
    assert text_of(octets, "utf-8") == octets.decode("utf-8", "replace")


WESTERN = [
    "Für Ärger über Öl: äöüß ÄÖÜ",
    "Été à l'île, où ça? Noël, déjà vu: é, à, è, ù, ê, î, ô, û, ç, ë, ï, ü",
    "Það er ekkert mál að þýða þetta á íslensku",
    "éèêëàâäîïôöùûüç éèêëàâäîïôöùûüç",
    "àáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿ ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞ",
    "àèéìòù àèéìòù àèéìòù",
    "ãáàâçéêíõóôú ãáàâçéêíõóôú",
    "å ä ö å ä ö å ä ö å ä ö å ä ö å ä ö",
    "øæå ØÆÅ øæå æøå øæå ØÆÅ",
    "×××××××××××××××××××× ÷÷÷÷÷÷÷÷÷÷÷÷÷÷÷",
    "àààààààààà èèèèèèèèèè îîîîîîîîîî",
]


@pytest.mark.parametrize("text", WESTERN)
@pytest.mark.parametrize("label", ["iso-8859-1", "windows-1252", "us-ascii"])
def test_western_text_is_never_taken_for_russian(text: str, label: str) -> None:
    """Not even a list of nothing but accented letters, as somebody with a broken key sends it."""
    assert text_of(text.encode("cp1252"), label) == text


def test_western_words_are_never_taken_for_russian() -> None:
    """Of 5,000 texts with an accent on half of their letters none is."""
    chance = random.Random(20241)
    accented = "éèàüäößøåæçñáíóúêîôõã"
    for _ in range(5000):
        words = [
            "".join(
                chance.choice(accented) if chance.random() < 0.5 else chance.choice("aeionrst")
                for _ in range(chance.randrange(1, 9))
            )
            for _ in range(chance.randrange(4, 20))
        ]
        assert not cyrillic(" ".join(words).encode("cp1252")), words


@pytest.mark.parametrize(
    ("text", "charset"),
    [
        ("Δεν μπορώ να συνδεθώ στον λογαριασμό μου", "cp1253"),
        ("אני לא מצליח להתחבר לחשבון שלי, מה עושים", "cp1255"),
        ("السلام عليكم، الطابعة لا تعمل. أرجو المساعدة", "cp1256"),
        (CHINESE, "gb18030"),
        (JAPANESE, "cp932"),
        (RUSSIAN, "koi8-r"),
        ("┌────────┐\n│ ok     │\n└────────┘", "cp437"),
    ],
)
def test_what_is_neither_is_not_made_worse(text: str, charset: str) -> None:
    """Other alphabets that are called Latin-1 are not read as Russian: that would hide it."""
    assert not cyrillic(text.encode(charset))


@pytest.mark.parametrize(
    ("declared", "meta", "charset"),
    [
        ("text/html; charset=utf-8", "windows-1251", "cp1251"),
        ("text/html; charset=utf-8", "windows-1251", "utf-8"),
        ("text/html", "windows-1251", "cp1251"),
        ("text/html; charset=utf-8", "unicode", "utf-8"),
        ("text/html", "unicode", "utf-8"),
    ],
)
def test_a_page_that_is_not_what_the_letter_says_is_what_it_says_itself(
    declared: str, meta: str, charset: str
) -> None:
    """The HTML's own charset counts where the letter's cannot be; never where the letter's can."""
    page = f'<html><head><meta charset="{meta}"></head><body>{RUSSIAN}</body></html>'
    head = f"From: a@b\nContent-Type: {declared}\nContent-Transfer-Encoding: 8bit\n\n"
    assert read(head.encode() + page.encode(charset)).text.strip() == RUSSIAN


@pytest.mark.parametrize("label", ["utf-8", "iso-8859-1", "iso-8859-2", "iso-8859-7", "gbk", "x"])
def test_any_octets_become_text(label: str) -> None:
    """Nothing raises, whatever the octets and whatever they are called."""
    chance = random.Random(7102)
    for size in (0, 1, 2, 15, 64, 400):
        for _ in range(20):
            octets = chance.randbytes(size)
            assert isinstance(text_of(octets, label), str)
            assert isinstance(text_of(b"<meta charset=x" + octets, label, html=True), str)
            assert isinstance(declared_in(b"<meta charset=" + octets), str)


@pytest.mark.parametrize("label", ["big5", "Big5-HKSCS", "x-x-big5"])
@pytest.mark.parametrize(
    ("text", "charset"),
    [
        ("你好，我喺深水埗分店，部機壞咗，可唔可以派人嚟睇？", "big5hkscs"),
        ("ひらがなとカタカナ", "big5hkscs"),
        ("瑪麗‧安：印表機壞了，維修費 50€，請幫忙", "cp950"),
    ],
)
def test_big5_is_what_taiwan_and_hong_kong_write(text: str, charset: str, label: str) -> None:
    """WHATWG's Encoding Standard has one Big5: with Hong Kong's characters, and with the euro."""
    assert text_of(text.encode(charset), label) == text
