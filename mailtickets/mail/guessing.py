"""Which charset octets are in that nobody named, by how their octets are spread.

Statistics over a whole language need a page of text; a subject has five words. What the large
charsets do not share is where their commonest characters lie.
"""

from __future__ import annotations

import re
from codecs import getincrementaldecoder
from contextvars import ContextVar
from itertools import pairwise

import charset_normalizer
from attrs import define

from mailtickets.mail.spelling import PLAUSIBLE, spelled

SAMPLE_OCTETS = 4 * 1024
"""How much of a text is enough to guess its charset by: the guess costs a lot per octet."""

_RUN = re.compile(rb"[\x80-\xff]+")
_LIKELY = [
    *("cp1252", "cp1250", "cp1251", "koi8_r", "cp1253", "cp1254", "cp1255", "cp1256"),
    *("gb18030", "big5", "cp949", "cp932", "euc_jp", "iso2022_jp"),
]
_ASIAN = frozenset({"gb18030", "big5", "cp949", "cp932", "euc_jp"})
_HALF = re.compile("[\uff61-\uff9f]")  # katakana of one octet, that hardly any mail has
_FEW = 6
_LEAST = 300  # microseconds, about, that a guess takes
_SURELY_LIKELY = -6.6
_KOI8_SMALL = bytes(range(0xC0, 0xE0))  # where others have capitals
_ENOUGH, _VARIED = 15, 9
# What stands within words in Polish, Czech or Hungarian, and within none as Windows-1252 has it.
_EASTERN = {
    "cp1250": re.compile(rb"[a-z](?:[\xb3\xb9\xbf\x9f][a-z]|\x9c[a-tv-z])"),
    "iso8859-2": re.compile(rb"[a-z][\xb1\xb6\xbc][a-z]"),
}
_WESTERN = re.compile(rb"[\xe0\xe4\xe5\xe7\xe8\xf6\xf8\xfc\xdf]")
_CHINESE = (b"\xa3\xac", b"\xa1\xa3", b"\xa3\xa1")  # its comma, full stop and exclamation mark
# What an eighth of any text is, and of no other text that lies in the same octets.
_COMMONEST = {
    "gb18030": frozenset(
        "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年"
        "过发后作里用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理"
        "心本前开但因只从想实日者意无力它与长把机第公此已工使情明性知全关点正业外将两高间由问很最重"
        "并物手应向头文体相见被什等产或新果加月话回内信表化给位次度请谢您吗帮码件账户订单票网电"
    ),
    "cp949": frozenset(
        "이다는을가에니하의고습로지은기를한어사서도나시요해리인있자주수안대부정그제일아라게만과세합"
        "전보오스트되여성들장할문상우면입터들비용경동연없드바마저까선무원화신거계방실파호"
    ),
}
_ASCII = bytes(range(0x80))
_WORD = re.compile(rb"[A-Za-z\x80-\xff]+")
_ASCII_LETTER = re.compile(rb"[A-Za-z]")
_LETTERS = bytes(range(0xC0, 0x100))
_SMALL = bytes(range(0xE0, 0x100))
_CAPITAL_WITHIN = re.compile(rb"[\xe0-\xff][\xc0-\xdf]")
_COMMON = "оеаинтср".encode("cp1251")
_HIGH = re.compile(rb"[\x80-\xff]")
_NO_ACCENT = re.compile(rb"[\x80-\xbf\xd7\xf7]")
_ALONE = re.compile(rb"[A-Za-z][\x80-\xff](?![\x80-\xff])|(?<![\x80-\xff])[\x80-\xff][A-Za-z]")
_ACCENTED = "àáâãäåæçèéêëìíîïñòóôõöøùúûüýÿßœÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝ".encode("cp1252")
_BEFORE = 64
# What stands most in Japanese as Shift_JIS has it: its hiragana and katakana, its comma and stop.
_KANA = re.compile(rb"\x82[\x9f-\xf1]|\x83[\x40-\x96]|\x81[\x41\x42\x5b]")
_BIG5 = re.compile(rb"[\xa1-\xc8][\x40-\x7e\xa1-\xfe]")  # the signs, and what is common of all


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


@define
class _Budget:
    """What may still be spent on guesses, in microseconds or so, and what was guessed last."""

    left: float = float("inf")
    found: str = ""

    def affords(self, cost: float) -> bool:
        """Whether that much may be spent; then it is."""
        if cost > self.left:
            return False
        self.left -= cost
        return True

    def again(self, sample: bytes) -> str:
        """What was guessed last, if this can be in it, too."""
        return self.found if self.found and _is_in(self.found, sample) else ""


_budget: ContextVar[_Budget] = ContextVar("guesses")

ENOUGH_TIME = 150_000
"""Microseconds: a page of text is guessed at in less, and so are its letter's subject and names."""


class guesses:  # noqa: N801 - as a context manager is called
    """All guesses made within take about so much time; what is left is as what was guessed last.

    Whoever guesses again within has a budget of his own. `microseconds` are of a processor.
    """

    __slots__ = ("_microseconds", "_token")

    def __init__(self, microseconds: float = ENOUGH_TIME) -> None:
        self._microseconds = microseconds

    def __enter__(self) -> None:
        self._token = _budget.set(_Budget(self._microseconds))

    def __exit__(self, *_: object) -> None:
        _budget.reset(self._token)


def guess(octets: bytes) -> str:
    """The charset that `octets`, which are not UTF-8, are likeliest in; empty for a Western one."""
    budget = _budget.get(None) or _Budget()
    if budget.left < _LEAST:
        return budget.again(octets[:SAMPLE_OCTETS])
    first = _HIGH.search(octets)
    begin = max(first.start() - _BEFORE, 0) if first else 0
    sample = octets[begin : begin + SAMPLE_OCTETS]
    if not budget.affords(_LEAST + 17 * len(set(pairwise(sample)))):
        return budget.again(sample)
    budget.found = _guess(octets, sample, budget)
    return budget.found


def _guess(octets: bytes, sample: bytes, budget: _Budget) -> str:
    runs = _RUN.findall(sample)
    high = b"".join(runs)
    strange = len(high)
    if _listed(runs):
        return ""
    double = _double(octets, runs, strange) or _mixed(sample, strange)
    if double and not _may_be_chance(double, sample):
        return double
    found, likely = spelled(sample)
    if not double and (strange * 4 < len(sample) or len(sample) < _FEW):
        return found or _latin(sample)
    surely = likely > _SURELY_LIKELY + 8 / max(strange, 1)
    if double:
        return found if found and surely else double
    if surely and (found or strange >= _FEW):
        return found
    if found.startswith("koi8") and _share(high, _KOI8_SMALL) >= 0.75:
        return found
    if not budget.affords(1500 + 28 * len(sample)):
        return found
    best = charset_normalizer.from_bytes(sample, cp_isolation=_LIKELY).best()
    other = best.encoding if best else ""
    if other in _ASIAN and (strange < _FEW or _within_words(sample, runs)):
        return found
    if likely < PLAUSIBLE or (
        other in _ASIAN and not _HALF.search(sample.decode(other, "replace"))
    ):
        return other
    return found


def _within_words(sample: bytes, runs: list[bytes]) -> bool:
    """Whether each odd octet stands alone among letters of ASCII, as accented letters do."""
    return all(len(run) == 1 for run in runs) and _ALONE.search(sample) is not None


def _listed(runs: list[bytes]) -> bool:
    """Whether these are accented letters as somebody lists them: one of each, or many of each."""
    high = b"".join(runs)
    if not runs or _NO_ACCENT.search(high):
        return False
    if len(runs) == 1:  # "no äöüß", and no word of any language
        return 3 <= len(high) == len(set(high)) and not high.translate(None, _ACCENTED)
    if all(len(set(run)) == 1 for run in runs):
        return max(map(len, runs)) > 2
    return len(set(runs)) == 1 and len(set(runs[0])) == len(runs[0]) >= _FEW


def _may_be_chance(double: str, sample: bytes) -> bool:
    """Whether an even number of letters in each word may only look like two octets a character."""
    common = _COMMONEST.get(double)
    if common is None or any(mark in sample for mark in _CHINESE):
        return False
    text = [one for one in sample.decode(double, "replace") if one > "\u2fff"]
    return sum(one in common for one in text) * 8 < len(text)


def _mixed(sample: bytes, strange: int) -> str:
    """Shift_JIS or Big5, that have octets of ASCII for the second half of a character."""
    if strange < _FEW:
        return ""
    kana = len(_KANA.findall(sample))
    if kana >= 3 and kana * 4 >= strange and _is_in("cp932", sample):
        return "cp932"
    pairs = _BIG5.findall(sample)
    if len(pairs) >= 4 and len(pairs) * 4 >= len(sample) and len({pair[0] for pair in pairs}) >= 3:
        rest = _BIG5.sub(b"", sample)
        if rest.isascii() and sum(pair[1] < 0x80 for pair in pairs) * 6 >= len(pairs):
            return "big5" if _is_in("cp950", sample) else ""
    return ""


def _is_in(name: str, sample: bytes) -> bool:
    """Whether a text that may be cut within a character can be in a charset."""
    try:
        getincrementaldecoder(name)().decode(sample)
    except UnicodeDecodeError:
        return False
    return True


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
