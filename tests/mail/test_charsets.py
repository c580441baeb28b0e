"""Octets in another charset than the one they are said to be in."""

from __future__ import annotations

import random

import pytest

from mailtickets.mail.charsets import codec, declared_in, text_of
from mailtickets.mail.guessing import cyrillic
from mailtickets.mail.message import read
from tests.mail.tongues import ALL, written

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


@pytest.mark.parametrize(
    "label",
    ["us-ascii", "ascii", "ANSI_X3.4-1968", "7bit", "unknown-8bit", "x-unknown", "default", ""],
)
@pytest.mark.parametrize(
    ("text", "charset"),
    [
        (RUSSIAN, "koi8-r"),
        (RUSSIAN, "utf-8"),
        ("é", "utf-8"),
        (CHINESE, "gb18030"),
        (JAPANESE, "cp932"),
        ("Für Ärger", "cp1252"),
        ("Příliš žluťoučký kůň", "cp1250"),
    ],
)
def test_who_says_ascii_of_what_is_none_has_said_nothing(
    text: str, charset: str, label: str
) -> None:
    """Octets beyond ASCII under such a label are read as those that have no label."""
    assert text_of(text.encode(charset), label) == text


@pytest.mark.parametrize(
    ("text", "label"),
    [
        (RUSSIAN, "koi8-r"),
        (RUSSIAN, "windows-1251"),
        ("Привет", "iso-8859-5"),
        ("Příliš žluťoučký kůň", "iso-8859-2"),
        ("Vyúčtování, Řím", "iso-8859-2"),
        (CHINESE, "gb2312"),
        ("您好", "gbk"),
        ("瑪麗的印表機壞了", "big5"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "euc-jp"),
        (JAPANESE, "iso-2022-jp"),
        ("안녕하세요", "ks_c_5601-1987"),
        ("สวัสดีครับ", "tis-620"),
        ("המדפסת לא עובדת", "windows-1255"),
        ("Ο εκτυπωτής δεν λειτουργεί", "iso-8859-7"),
        ("Fine 👍 → “yes”", "gb2312"),
        (RUSSIAN, "iso-2022-kr"),
        (RUSSIAN, "utf-7"),
    ],
)
def test_what_is_surely_utf8_is_that_whatever_it_is_called(text: str, label: str) -> None:
    """A program that sends UTF-8 under the charset of its country is understood."""
    assert text_of(text.encode(), label) == text


@pytest.mark.parametrize(
    ("text", "label", "charset"),
    [
        ("缺失 'sof:' 前缀", "gb2312", "gbk"),
        ("缺省为", "gbk", "gbk"),
        ("写 a, 写 b, 写 c, 写 d, 写 e", "gb2312", "gbk"),
        ("翻譯", "big5", "cp950"),
        ("動的", "euc-jp", "euc-jp"),
        ("百分率", "euc-jp", "euc-jp"),
        ("101/104키 호환", "euc-kr", "cp949"),
        ("ТОЧЕЧНЫЙ", "iso-8859-5", "iso8859-5"),
        ("её её её её", "koi8-r", "koi8-r"),
        ("кірікірі", "koi8-u", "koi8-u"),
        ("КІРІКІРІ", "windows-1251", "cp1251"),
        ("только", "cp866", "cp866"),
        ("DYSTRYKT PÓŁNOCNY, PROWINCJA PÓŁNOCNA, PÓŁNOC", "iso-8859-2", "iso8859-2"),
        (" MŮŽE BĚŽET", "windows-1250", "cp1250"),
        ("อนุญาต", "tis-620", "cp874"),
    ],
)
def test_what_can_be_utf8_by_chance_is_what_it_is_called(
    text: str, label: str, charset: str
) -> None:
    """Some words of other charsets are valid UTF-8; they keep the charset that they name."""
    octets = text.encode(charset)
    assert octets.decode("utf-8")
    assert text_of(octets, label) == text


@pytest.mark.parametrize("charset", sorted({c for one in ALL.values() for c in one.charsets}))
def test_no_right_label_loses(charset: str) -> None:
    """Whatever the language and however short the text, a charset that is named rightly is read."""
    for tongue in ALL.values():
        if charset not in tongue.charsets:
            continue
        for _, text in tongue.texts(seed=3):
            for some in (text, *text.split(), text.upper()):
                octets = written(some, charset)
                assert text_of(octets, charset) == octets.decode(charset)


@pytest.mark.parametrize(
    ("octets", "label", "text"),
    [
        (b"\x80 100", "gbk", "€ 100"),
        ("价格".encode("gbk") + b"\x80\x80 5", "gb2312", "价格€€ 5"),
        (b"100\x80", "x-gbk", "100€"),
        ("价€".encode("gb18030"), "gbk", "价€"),
        (b"\x81\x80" + b"\x80", "gbk", b"\x81\x80".decode("gbk") + "€"),
    ],
)
def test_the_euro_of_chinese_windows_is_one(octets: bytes, label: str, text: str) -> None:
    """Windows writes it as 0x80 where the standard has nothing; what is half a character stays."""
    assert text_of(octets, label) == text


WHATWG = {
    "utf-8": "unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf-8 utf8 x-unicode20utf8",
    "cp866": "866 cp866 csibm866 ibm866",
    "iso8859-2": "csisolatin2 iso-8859-2 iso-ir-101 iso8859-2 iso88592 iso_8859-2 "
    "iso_8859-2:1987 l2 latin2",
    "iso8859-3": "csisolatin3 iso-8859-3 iso-ir-109 iso8859-3 iso88593 iso_8859-3 "
    "iso_8859-3:1988 l3 latin3",
    "iso8859-4": "csisolatin4 iso-8859-4 iso-ir-110 iso8859-4 iso88594 iso_8859-4 "
    "iso_8859-4:1988 l4 latin4",
    "iso8859-5": "csisolatincyrillic cyrillic iso-8859-5 iso-ir-144 iso8859-5 iso88595 "
    "iso_8859-5 iso_8859-5:1988",
    "iso8859-6": "arabic asmo-708 csiso88596e csiso88596i csisolatinarabic ecma-114 iso-8859-6 "
    "iso-8859-6-e iso-8859-6-i iso-ir-127 iso8859-6 iso88596 iso_8859-6 iso_8859-6:1987",
    "iso8859-7": "csisolatingreek ecma-118 elot_928 greek greek8 iso-8859-7 iso-ir-126 iso8859-7 "
    "iso88597 iso_8859-7 iso_8859-7:1987 sun_eu_greek",
    "iso8859-8": "csiso88598e csisolatinhebrew hebrew iso-8859-8 iso-8859-8-e iso-ir-138 "
    "iso8859-8 iso88598 iso_8859-8 iso_8859-8:1988 visual csiso88598i iso-8859-8-i logical",
    "iso8859-10": "csisolatin6 iso-8859-10 iso-ir-157 iso8859-10 iso885910 l6 latin6",
    "iso8859-13": "iso-8859-13 iso8859-13 iso885913",
    "iso8859-14": "iso-8859-14 iso8859-14 iso885914",
    "iso8859-15": "csisolatin9 iso-8859-15 iso8859-15 iso885915 iso_8859-15 l9",
    "iso8859-16": "iso-8859-16",
    "koi8-r": "cskoi8r koi koi8 koi8-r koi8_r",
    "koi8-u": "koi8-ru koi8-u",
    "mac-roman": "csmacintosh mac macintosh x-mac-roman",
    "cp874": "dos-874 iso-8859-11 iso8859-11 iso885911 tis-620 windows-874",
    "cp1250": "cp1250 windows-1250 x-cp1250",
    "cp1251": "cp1251 windows-1251 x-cp1251",
    "cp1252": "cp1252 cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 iso8859-1 iso88591 "
    "iso_8859-1 iso_8859-1:1987 l1 latin1 windows-1252 x-cp1252",
    "ascii": "ansi_x3.4-1968 ascii us-ascii",  # which has more to it here
    "cp1253": "cp1253 windows-1253 x-cp1253",
    "cp1254": "cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 iso_8859-9 "
    "iso_8859-9:1989 l5 latin5 windows-1254 x-cp1254",
    "cp1255": "cp1255 windows-1255 x-cp1255",
    "cp1256": "cp1256 windows-1256 x-cp1256",
    "cp1257": "cp1257 windows-1257 x-cp1257",
    "cp1258": "cp1258 windows-1258 x-cp1258",
    "mac-cyrillic": "x-mac-cyrillic x-mac-ukrainian",
    "gb18030": "chinese csgb2312 csiso58gb231280 gb2312 gb_2312 gb_2312-80 gbk iso-ir-58 x-gbk "
    "gb18030",
    "big5hkscs": "big5 big5-hkscs cn-big5 csbig5 x-x-big5",
    "euc-jp": "cseucpkdfmtjapanese euc-jp x-euc-jp",
    "iso2022-jp": "csiso2022jp iso-2022-jp",
    "cp932": "csshiftjis ms932 ms_kanji shift-jis shift_jis sjis windows-31j x-sjis",
    "cp949": "cseuckr csksc56011987 euc-kr iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 "
    "ksc5601 ksc_5601 windows-949",
    "utf-16-be": "unicodefffe utf-16be",
    "utf-16-le": "utf-16le",
    "utf-16": "csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16",
}


@pytest.mark.parametrize(
    ("label", "meant"),
    [(label, meant) for meant, labels in WHATWG.items() for label in labels.split()],
)
def test_every_label_of_the_encoding_standard_is_known(label: str, meant: str) -> None:
    """Whatever browsers take as a charset's name (WHATWG Encoding, 4.2) is one here as well."""
    assert codec(label) == codec(label.upper()) == meant
