"""Which charset octets are in that nobody named, by how their octets are spread.

Statistics over a whole language need a page of text; a subject has five words. What the large
charsets do not share is where their commonest characters lie.
"""

from __future__ import annotations

import re

import charset_normalizer

SAMPLE_OCTETS = 4 * 1024
"""How much of a text is enough to guess its charset by: the guess costs a lot per octet."""

_RUN = re.compile(rb"[\x80-\xff]+")
_LIKELY = [
    *("cp1252", "cp1250", "cp1251", "koi8_r", "cp1253", "cp1254", "cp1255", "cp1256"),
    *("gb18030", "big5", "cp949", "cp932", "euc_jp", "iso2022_jp"),
]
_FEW = 6
_ENOUGH, _VARIED = 15, 9
# What stands within words in Polish, Czech or Hungarian, and within none as Windows-1252 has it.
_EASTERN = {
    "cp1250": re.compile(rb"[a-z][\xb3\xb9\xbf\x9c\x9f][a-z]"),
    "iso8859-2": re.compile(rb"[a-z][\xb1\xb6\xbc][a-z]"),
}
_CHINESE = (b"\xa3\xac", b"\xa1\xa3", b"\xa3\xa1")  # its comma, full stop and exclamation mark
_ASCII = bytes(range(0x80))
_WORD = re.compile(rb"[A-Za-z\x80-\xff]+")
_ASCII_LETTER = re.compile(rb"[A-Za-z]")
_LETTERS = bytes(range(0xC0, 0x100))
_SMALL = bytes(range(0xE0, 0x100))
_CAPITAL_WITHIN = re.compile(rb"[\xe0-\xff][\xc0-\xdf]")
_COMMON = "оеаинтср".encode("cp1251")
_WESTERN = re.compile(rb"[\xe0\xe4\xe5\xe7\xe8\xf6\xf8\xfc\xdf]")


def cyrillic(octets: bytes) -> bool:
    """Whether octets that are called Latin-1 are surely Russian, or its like, in Windows-1251.

    Western languages write accented letters among others, and at most one alone. Here whole words
    are written with nothing else, nearly all of it small letters of Windows-1251, and half of them
    its commonest, which those of no Western list of accents are, nor Greek's or Hebrew's.
    """
    sample = octets[:SAMPLE_OCTETS]
    high = sample.translate(None, _ASCII)
    if len(high) * 8 < len(sample) or len(high) < _ENOUGH:
        return False
    if _share(high, _SMALL) < 0.75 or _share(high, _LETTERS) < 0.9:
        return False
    if _share(high, _COMMON) < 0.42 or len(set(high)) < _VARIED:
        return False
    words = [word for word in _WORD.findall(sample) if not word.isascii()]
    whole = [word for word in words if not _ASCII_LETTER.search(word)]
    letters = sum(map(len, whole))
    if letters < _ENOUGH or letters < 0.95 * sum(map(len, words)) or letters < 2.5 * len(whole):
        return False
    return len(_CAPITAL_WITHIN.findall(sample)) <= 0.03 * letters


def _share(octets: bytes, some: bytes) -> float:
    """How much of these octets is among those."""
    return 1 - len(octets.translate(None, some)) / len(octets)


def guess(octets: bytes) -> str:
    """The charset that `octets`, which are not UTF-8, are likeliest in; empty for a Western one."""
    sample = octets[:SAMPLE_OCTETS]
    runs = _RUN.findall(sample)
    strange = sum(map(len, runs))
    found = _double(octets, runs, strange)
    if found:
        return found
    if strange * 4 < len(sample) or len(sample) < _FEW:
        return _latin(sample)
    high = b"".join(runs)
    if sum(0xC0 <= one <= 0xDF for one in high) >= 0.75 * strange:
        return "koi8-r"  # where it has its small letters, and others their capitals
    best = charset_normalizer.from_bytes(sample, cp_isolation=_LIKELY).best()
    return best.encoding if best else ""


def _double(octets: bytes, runs: list[bytes], strange: int) -> str:
    """The charset of two octets a character, when all that is beyond ASCII comes in pairs."""
    if strange < _FEW or strange < 4 * len(runs) or any(len(run) % 2 for run in runs[:-1]):
        return ""
    leads = b"".join(run[::2] for run in runs)
    letters = [lead for lead in leads if not 0xA1 <= lead <= 0xA3]  # there is punctuation
    if len(letters) < 3:
        return ""
    if sum(lead in {0xA4, 0xA5} for lead in letters) > 0.3 * len(letters):
        return _if_it_can("euc-jp", octets)
    chinese = any(mark in octets for mark in _CHINESE)
    korean = sum(0xB0 <= lead <= 0xC8 for lead in letters) >= 0.97 * len(letters)
    if korean and not chinese:
        return _if_it_can("cp949", octets)  # no syllable of Korean lies elsewhere
    if sum(0xB0 <= lead <= 0xF7 for lead in letters) >= 0.9 * len(letters):
        return _if_it_can("gb18030", octets)
    return ""


def _if_it_can(name: str, octets: bytes) -> str:
    text = octets.decode(name, "replace")
    return name if text.count("\ufffd") * 50 <= len(text) else ""


def _latin(sample: bytes) -> str:
    if _WESTERN.search(sample):
        return ""
    return next((name for name, words in _EASTERN.items() if words.search(sample)), "")
