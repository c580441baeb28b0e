"""Encoded words (RFC 2047) as programs write them."""

from __future__ import annotations

import base64
import random
import time

import pytest

from mailtickets.mail.words import decoded


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("=?utf-8?B?w6k?= =?utf-8?B?w6k?=", "éé"),
        ("=?utf-8?B?w6k?=\r\n =?utf-8?B?w6k?=\r\n =?utf-8?B?w6k?=", "ééé"),
        ("=?utf-8?B?w6kh?= =?utf-8?B?w6k?= =?utf-8?B?YQ?=", "é!éa"),
        ("=?iso-8859-1?B?6Q?= =?iso-8859-1?B?6Q?=", "éé"),
        ("=?utf-8?B?ww?= =?utf-8?B?qQ?=", "é"),  # a character in two words
        ("=?utf-8?B?ww==?= =?utf-8?B?qQ==?=", "é"),
        ("=?utf-8?Q?=C3?= =?utf-8?Q?=A9?=", "é"),
        ("=?utf-8?Q?=C3?= =?utf-8?B?qQ==?=", "é"),
        ("=?utf-8?B?RHJ1Y2tlciDDp?= =?utf-8?B?3R0?=", "Drucker çtt"),  # base64 that was cut
        ("=?utf-8*en?B?w6k?= =?iso-8859-1*fr-CH?Q?=E9?=", "éé"),
        ("=?iso-2022-jp?B?GyRCIUobKEI?= =?koi8-r?B?8NLJ18XU?=", "（Привет"),
        ("=?gb2312?B?xOO6ww==?= =?big5?B?p0Gmbg==?=", "你好你好"),
        ("=?us-ascii?Q?=C3=A9?= =?unknown-8bit?Q?=E9?=", "éé"),
    ],
)
def test_adjacent_words_are_read_each_on_its_own_and_then_joined(value: str, text: str) -> None:
    """A lost padding damages nothing, and a character cut between two words is whole again."""
    assert decoded(value.encode()) == text


@pytest.mark.parametrize("charset", ["utf-8", "gb18030", "cp932", "koi8-r", "cp1252"])
def test_words_without_padding_are_right_however_they_were_cut(charset: str) -> None:
    """Whether a program cuts the text, its octets or its base64, what comes out is the text."""
    text = {
        "utf-8": "Où est l’été ?",
        "gb18030": "您好打印机坏了",
        "cp932": "印刷できません",
        "koi8-r": "Не работает",
        "cp1252": "für Ärger über Öl",
    }[charset]
    octets = text.encode(charset)
    for size in range(1, len(octets)):
        pieces = [octets[at : at + size] for at in range(0, len(octets), size)]
        words = [base64.b64encode(piece).rstrip(b"=").decode() for piece in pieces]
        value = " ".join(f"=?{charset}?B?{word}?=" for word in words)
        assert decoded(value.encode()) == text, size


def test_no_words_raise_or_take_long() -> None:
    """Words that are cut, empty or without end cost what reading them once costs."""
    chance = random.Random(2047)
    bits = [b"=?utf-8?B?", b"w6k", b"?=", b" ", b"=?", b"?Q?", b"=E9", b"*en", b"+2AA-", b"=?utf-7"]
    for _ in range(2000):
        assert isinstance(decoded(b"".join(chance.choices(bits, k=chance.randrange(30)))), str)
    before = time.process_time()
    decoded(b"=?utf-8?B?w6k?= " * 60_000)
    assert time.process_time() - before < 2
