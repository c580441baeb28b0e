"""How likely octets are words of a language, in a charset that it is written in.

A letter beyond ASCII and what stands beside it tell one language from another; read in another
charset they are other letters, of which no language has many such pairs.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from itertools import pairwise
from math import log

from mailtickets.mail.letterpairs import ALPHABETS, LATIN, WESTERN, WITHIN

_CENTRAL = ("Czech", "Slovak", "Polish", "Hungarian", "Romanian", "Croatian", "Slovene")
_WRITTEN = {
    "cp1251": ("Russian", "Ukrainian", "Belarusian", "Bulgarian", "Serbian", "Macedonian"),
    "cp1250": _CENTRAL,
    "iso8859-2": _CENTRAL,
    "cp1253": ("Greek",),
    "cp1254": ("Turkish",),
    "cp1255": ("Hebrew",),
    "cp1256": ("Arabic", "Persian"),
    "cp1257": ("Lithuanian", "Latvian"),
    "cp1258": ("Vietnamese",),
    "cp874": ("Thai",),
    "koi8-r": ("Russian",),
    "koi8-u": ("Ukrainian",),
    "iso8859-5": ("Russian", "Bulgarian", "Serbian"),
    "iso8859-6": ("Arabic",),
    "iso8859-7": ("Greek",),
    "cp866": ("Russian",),
}
"""The charsets that languages are written in; of two that read the same, the first."""

# Natural logarithms of how likely things are: a pair that a language has not, that only another
# Western one has, that is made of a language's letters, but seldom; a sign; a word's end.
_STRANGER = -9.5
_NEVER = -12.0  # a control, or a line of a table
_BORROWED, _SELDOM = -3.0, -1.5
_SIGN, _RARE_SIGN = -4.5, -6.0
_BLANK = -1.8
_CAPITALS = -0.5  # two side by side
_RARE = -1.5  # ISO 8859 where Windows has a charset of its own for the language
PLAUSIBLE = -7.5
"""A pair of real words is likelier than this on the average; of words in another charset none."""

_SURELY, _SHORT = 5.0, 6.0  # so much likelier than Windows-1252, and of few pairs more
_LETTERS = 3  # so many of an alphabet make words

_SIGNS = frozenset("“”„‘’‚–—…€«»\xa0§°©®£´·¿¡ºª•™‹›½¼²³×،؛؟±¬¦¤¨¯¶¸¹¾÷†‡‰µ")
_APART = frozenset("§°©®£´·•½¼²³×±¬¦¤¨¯¶¸¹¾÷†‡‰")  # those of them that stand beside no letter
_SELDOM_SEEN = frozenset("±¬¦¤¨¯¶¸¹¾÷†‡‰½¼²³×")
_AREAS = frozenset({"m²", "m³"})  # but these


def _flat(one: int) -> int:
    """A small letter, a digit as nought, what is neither as a blank."""
    if 0x41 <= one <= 0x5A:
        return one | 0x20
    if 0x30 <= one <= 0x39:
        return 0x30
    return one if one >= 0x80 or 0x61 <= one <= 0x7A else 0x20


_FLAT = bytes(map(_flat, range(256)))


def spelled(sample: bytes) -> tuple[str, float]:
    """The charset in which the words of `sample` are some language's, and how likely a pair is.

    Empty for Windows-1252, and where no other is clearly likelier.
    """
    flat = b" " + sample.translate(_FLAT) + b" "
    counted = Counter(pair for pair in pairwise(flat) if max(pair) >= 0x80)
    # A word that is written again is no new evidence, or hardly any.
    pairs = {pair: 1 + log(many) for pair, many in counted.items()}
    count = sum(pairs.values())
    used = {octet for pair in pairs for octet in pair if octet >= 0x80}
    ours = _octets("cp1252")
    western = _likely(pairs, "cp1252", tuple(WESTERN))
    best, found = float("-inf"), ""
    for name, languages in _WRITTEN.items():
        letters = _octets(name)
        if languages[0] in ALPHABETS and sum(letters[one].isalpha() for one in used) < _LETTERS:
            continue
        likely = _likely(pairs, name, languages) + (_RARE if name.startswith("iso") else 0)
        if all(letters[octet] == ours[octet] for octet in used):
            western = max(western, likely)  # it makes no difference
        elif likely > best:
            best, found = likely, name
    if best > western + _SURELY + _SHORT / max(count, 1) and best > PLAUSIBLE * count:
        return found, best / count
    return "", western / max(count, 1)


def _likely(pairs: dict[tuple[int, int], float], name: str, languages: tuple[str, ...]) -> float:
    """How likely these pairs of octets are in that one of the languages that has most of them."""
    letters, small = _octets(name), _small(name)
    read = []
    likely = 0.0
    for (first, second), many in pairs.items():
        if first >= 0x80 and second >= 0x80 and letters[second].isupper():
            if letters[first].islower():
                likely += many * _STRANGER
                continue
            likely += many * _CAPITALS
        read.append((small[first] + small[second], many))
    return likely + max(_sum(read, _spelling(language)) for language in languages)


def _sum(read: list[tuple[str, float]], spelling: dict[str, float]) -> float:
    return sum(many * (spelling.get(pair) or _strange(pair)) for pair, many in read)


@lru_cache(maxsize=32)
def _octets(name: str) -> str:
    """What each octet is in a charset."""
    text = bytes(range(256)).decode(name, "replace")
    # Two quotes lie where Windows has a letter, and hardly anybody wrote them.
    return text.translate({0x2018: 0xFFFD, 0x2019: 0xFFFD}) if name == "iso8859-7" else text


@lru_cache(maxsize=32)
def _small(name: str) -> str:
    """The same, capitals as their small letters."""
    return "".join(one.lower()[0] for one in _octets(name))


@lru_cache(maxsize=64)
def _spelling(language: str) -> dict[str, float]:
    """How likely the pairs of a language are, by Zipf's law: from their place in its row."""
    if language in ALPHABETS:
        single = {
            letter: log(0.35 / (place + 2.5)) for place, letter in enumerate(ALPHABETS[language])
        }
        single[" "] = _BLANK
        seldom = {
            one + other: single[one] + single[other] + _SELDOM for one in single for other in single
        }
        return seldom | _ranked(WITHIN[language])
    if language in LATIN:
        return _ranked(LATIN[language])
    return _borrowed() | _ranked(WESTERN[language])


@lru_cache(maxsize=1)
def _borrowed() -> dict[str, float]:
    """Every pair of a Western language, as another has it in a name or a foreign word."""
    found: dict[str, float] = {}
    for row in WESTERN.values():
        for pair, likely in _ranked(row).items():
            found[pair] = max(found.get(pair, _STRANGER), likely + _BORROWED)
    return found


def _ranked(row: str) -> dict[str, float]:
    return {row[at : at + 2]: log(0.2 / (at // 2 + 6)) for at in range(0, len(row), 2)}


@lru_cache(maxsize=4096)
def _strange(pair: str) -> float:
    """How likely a pair is that is none of the language's."""
    signs = [one for one in pair if one >= "\x80" and (one in _SIGNS or not one.isalpha())]
    if not signs:
        return _STRANGER
    if not _SIGNS.issuperset(signs):
        return _NEVER
    if len(signs) < 2 and any(one.isalpha() for one in pair if one not in signs):
        letter_beside = min(pair) >= "\x80" or not _APART.isdisjoint(signs)
        return _STRANGER if letter_beside and pair not in _AREAS else _SIGN
    if _SELDOM_SEEN.isdisjoint(signs):
        return _SIGN
    return _RARE_SIGN if len(signs) < 2 else _STRANGER
