"""Octets of a named charset, or of one that nobody named, become text."""

from __future__ import annotations

import codecs
import re
from collections import Counter
from functools import lru_cache

from mailtickets.mail.guessing import cyrillic, guess
from mailtickets.mail.japanese import iso2022jp
from mailtickets.mail.unicodes import script, whole, wide, without_halves

# What mail calls a charset and Python does not, with the names of WHATWG Encoding, 4.2.
_ALIASES = {
    "ansi": "cp1252",
    "iso-8859-1-windows-3-1-latin-1": "cp1252",
    "iso-8859-1-windows-3-0-latin-1": "cp1252",
    "latin-1": "cp1252",
    "x-ansi": "cp1252",
    "x-user-defined": "cp1252",
    "usascii": "ascii",
    "latin-5": "cp1254",
    "sun-eu-greek": "iso8859-7",
    "csiso88596e": "iso8859-6",
    "csiso88596i": "iso8859-6",
    "iso-8859-6-i": "iso8859-6",
    "iso-8859-6-e": "iso8859-6",
    "csiso88598e": "iso8859-8",
    "csiso88598i": "iso8859-8",
    "iso-8859-8-i": "iso8859-8",
    "iso-8859-8-e": "iso8859-8",
    "logical": "iso8859-8",
    "visual": "iso8859-8",
    "csisolatin9": "iso8859-15",
    "latin-9": "iso8859-15",
    "dos-874": "cp874",
    "x-gbk": "gb18030",
    "gb-2312": "gb18030",
    "gb-18030": "gb18030",
    "csgb2312": "gb18030",
    "936": "gb18030",
    "gb-2312-80": "gb18030",
    "gb2312-80": "gb18030",
    "euc-cn": "gb18030",
    "chinese": "gb18030",
    "hz-gb-2312": "hz",
    "big5-eten": "big5hkscs",
    "x-x-big5": "big5hkscs",
    "cn-big5": "big5hkscs",
    "x-sjis": "cp932",
    "shiftjis": "cp932",
    "s-jis": "cp932",
    "windows-31j": "cp932",
    "cswindows31j": "cp932",
    "iso-2022-jp-ms": "iso2022-jp",
    "cp50220": "iso2022-jp",
    "cp50221": "iso2022-jp",
    "cp50222": "iso2022-jp",
    "x-euc-jp": "euc-jp",
    "cseucpkdfmtjapanese": "euc-jp",
    "cp51932": "euc-jp",
    "eucjp-ms": "euc-jp",
    "ks-c-5601": "cp949",
    "ks-c-5601-1989": "cp949",
    "csksc56011987": "cp949",
    "cseuckr": "cp949",
    "iso-ir-149": "cp949",
    "ksc-5601": "cp949",
    "x-windows-949": "cp949",
    "mac": "mac-roman",
    "csmacintosh": "mac-roman",
    "x-mac-roman": "mac-roman",
    "x-mac-cyrillic": "mac-cyrillic",
    "x-mac-ukrainian": "mac-cyrillic",
    "x-mac-ce": "mac-latin2",
    "x-mac-centraleuroman": "mac-latin2",
    "x-mac-greek": "mac-greek",
    "x-mac-turkish": "mac-turkish",
    "koi": "koi8-r",
    "koi8": "koi8-r",
    "koi8-ru": "koi8-u",
    "unicode-1-1-utf-7": "utf-7",
    "x-unicode-2-0-utf-7": "utf-7",
    "unicode-1-1-utf-8": "utf-8",
    "unicode-2-0-utf-8": "utf-8",
    "unicode11utf8": "utf-8",
    "unicode20utf8": "utf-8",
    "x-unicode20utf8": "utf-8",
    "utf8mb4": "utf-8",
    "x-utf-8": "utf-8",
    "65001": "utf-8",
    "unicode": "utf-16",
    "unicodefeff": "utf-16",
    "csunicode": "utf-16",
    "iso-10646-ucs-2": "utf-16",
    "ucs-2": "utf-16",
    "unicodefffe": "utf-16-be",
}
# A charset that another one extends is read as the larger one: real mail labels the smaller and
# uses the larger (WHATWG Encoding, 4.2).
_LARGER = {
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "shift-jis": "cp932",
    "euc-kr": "cp949",
}

# Codecs of Python that turn octets into text and do nothing else: no rot13, zip, idna, punycode,
# unicode_escape or undefined.
_CODECS = frozenset(
    "ascii big5 big5hkscs cp037 cp1006 cp1026 cp1125 cp1140 cp1250 cp1251 cp1252 cp1253 cp1254 "
    "cp1255 cp1256 cp1257 cp1258 cp273 cp424 cp437 cp500 cp720 cp737 cp775 cp850 cp852 cp855 "
    "cp856 cp857 cp858 cp860 cp861 cp862 cp863 cp864 cp865 cp866 cp869 cp874 cp875 cp932 cp949 "
    "cp950 euc_jis_2004 euc_jisx0213 euc_jp euc_kr gb18030 gb2312 gbk hp-roman8 hz iso2022_jp "
    "iso2022_jp_1 iso2022_jp_2 iso2022_jp_2004 iso2022_jp_3 iso2022_jp_ext iso2022_kr iso8859-1 "
    "iso8859-10 iso8859-11 iso8859-13 iso8859-14 iso8859-15 iso8859-16 iso8859-2 iso8859-3 "
    "iso8859-4 iso8859-5 iso8859-6 iso8859-7 iso8859-8 iso8859-9 johab koi8-r koi8-t koi8-u "
    "kz1048 latin_1 mac-cyrillic mac-greek mac-iceland mac-latin2 mac-roman mac-turkish ptcp154 "
    "shift_jis shift_jis_2004 shift_jisx0213 tis-620 utf-16 utf-16-be utf-16-le utf-32 utf-32-be "
    "utf-32-le utf-7 utf-8".replace("_", "-").split()
)

# Codecs by which octets below 0x80 are not all ASCII.
_NOT_ASCII = frozenset(
    [
        *("utf-7", "utf-16", "utf-16-be", "utf-16-le", "utf-32", "utf-32-be", "utf-32-le", "hz"),
        *("cp037", "cp273", "cp424", "cp500", "cp875", "cp1026", "cp1140"),
    ]
)
_WIDE = frozenset({"utf-16", "utf-16-be", "utf-16-le", "utf-32", "utf-32-be", "utf-32-le"})
_MAYBE_JAPANESE = frozenset({"ascii", "cp1252", "utf-8", "iso2022-jp", "iso2022-jp-ext"})
_JAPANESE = frozenset(f"iso2022-jp{which}" for which in ("", "-1", "-2", "-3", "-2004", "-ext"))
_SEVEN_BITS = _JAPANESE | {"iso2022-kr", "hz", "utf-7"}  # in which no octet beyond ASCII is
_ASCII = bytes(range(0x80))
_SAMPLE = 4 * 1024
_MANY = 10_000
_MARKS = (b"\xff\xfe", b"\xfe\xff")
# GBK as Windows writes it, with 0x80 for the euro sign (WHATWG Encoding, 10.2.1).
_GB_EURO = re.compile(
    rb"((?:[\x00-\x7f\xff]|[\x81-\xfe](?:[\x40-\x7e\x80-\xfe]|[0-9][\x81-\xfe][0-9])?)+)|\x80+"
)
# Windows-1252 with its five holes filled as the WHATWG's standard fills them.
_CP1252 = "".join(
    chr(code) if code in {0x81, 0x8D, 0x8F, 0x90, 0x9D} else bytes([code]).decode("cp1252")
    for code in range(256)
)
_C1 = bytes(range(0x80, 0xA0))
# DOS has letters where three octets of UTF-8 lie; a word of Russian in it can be such.
_DOS = ("cp4", "cp7", "cp85", "cp86")
# What Windows has for a part of ISO 8859: its letters and quotes where the standard has controls,
# that mail never uses. So one of these says what the whole is in.
_TWINS = {
    "iso8859-2": "cp1250",
    "iso8859-7": "cp1253",
    "iso8859-8": "cp1255",
    "iso8859-13": "cp1257",
}
_FEW = 4  # so many pairs may lie so by chance
_ONLY_LATIN2 = re.compile(rb"[a-z][\xb1\xb6\xbc]")
_PAIRED = frozenset(
    {"gb18030", "cp950", "big5", "big5hkscs", "cp932", "shift-jis", "cp949", "euc-jp"}
)
# Where Python's cp950 has other characters than those that all write there (WHATWG Encoding, Big5).
_NOT_BIG5 = re.compile(r"[\u0400-\u045f\u3041-\u30fe\u2460-\u247d]")
_META_CHARSET = re.compile(
    rb"<meta[^>]{0,200}charset\s{0,20}=\s{0,20}[\"']?\s{0,20}([\w.:-]{1,40})", re.IGNORECASE
)
_NUMBERED = re.compile(r"(?:x-)?(?:windows|win|ibm|cp|ms)-?(\d{3,5})|iso-?8859-?(\d{1,2})")
_ODD = re.compile(r"[^a-z0-9]+")


@lru_cache(maxsize=256)
def codec(label: str) -> str | None:
    """The Python codec that a charset's label means, None when there is none on the list."""
    name = _ODD.sub("-", label[:64].strip().lower()).strip("-")
    name = _ALIASES.get(name, name)
    numbered = _NUMBERED.fullmatch(name)
    if numbered:
        name = f"cp{numbered[1]}" if numbered[1] else f"iso8859-{numbered[2]}"
        name = _ALIASES.get(name, name)
    try:
        found = codecs.lookup(name).name
    except (LookupError, ValueError):
        return None
    found = found.replace("_", "-")
    return _LARGER.get(found, found) if found in _CODECS else None


def declared_in(html: bytes) -> str:
    """The charset that a page of HTML says it is in; empty when it says none it can be in.

    What can be read as ASCII is in no UTF-16 (HTML, 13.2.3.2), that Word calls "unicode".
    """
    found = _META_CHARSET.search(html[:4096])
    label = found[1].decode("ascii", "replace") if found else ""
    return "" if (codec(label) or "").startswith(("utf-16", "utf-32")) else label


def text_of(octets: bytes, label: str = "", *, html: bool = False) -> str:
    """`octets` as text by the charset `label`, or by the likeliest when there is none.

    Valid UTF-8 with several characters beyond ASCII is UTF-8 whatever a Latin label says: the
    other reading is nonsense almost surely.
    """
    name = codec(label) if label else None
    if octets.isascii() and name not in _NOT_ASCII:
        if b"\x1b" in octets and (b"\x1b$" in octets or b"\x1b(" in octets):
            japanese = name is None or name in _MAYBE_JAPANESE
            return iso2022jp(octets) if japanese else octets.decode(name or "ascii", "replace")
        return octets.decode("ascii")
    if octets[:2] in _MARKS and b"\0" in octets[:_SAMPLE]:
        return wide(octets, "utf-16")
    if name is None or name == "ascii":  # who says ASCII of what is none has said nothing
        return guessed(octets)
    if name in {"cp1252", "utf-8"}:
        return _western(octets, name, html=html)
    if name in _WIDE:
        return wide(octets, name)
    if name in _SEVEN_BITS and not octets.isascii():
        return iso2022jp(octets) if name in _JAPANESE else guessed(octets)
    if name in _TWINS and _of_windows(octets):
        name = _TWINS[name]
    return _rather_utf8(octets, name) or _by(octets, name)


def _rather_utf8(octets: bytes, name: str) -> str:
    """Text that can be UTF-8 from end to end and surely is, whatever it is called; else empty.

    By chance a few characters of a real text can be. Then they are rare ones, of several scripts.
    """
    if octets.isascii() or name in _NOT_ASCII:
        return ""
    try:
        text = octets.decode("utf-8")
    except UnicodeDecodeError:
        return ""
    first = len(octets) - len(octets.lstrip(_ASCII))
    some = [one for one in text[first : first + _SAMPLE] if one > "\x7f"]
    more = sum(1 if one < "\u0800" else 2 for one in some)  # octets that go on with a character
    scripts = Counter(map(script, some))
    if "odd" in scripts or len(scripts.keys() - {"latin", "wide"}) > 1:
        return ""
    if name.startswith("iso8859") and len(octets.translate(None, _C1)) < len(octets):
        few = 2  # the controls of ISO 8859 are in no mail
    else:
        few = 24 if name.startswith(_DOS) else _FEW
    enough = 2 if "wide" in scripts or name not in _PAIRED else 3
    return text if more >= few and len(set(some)) >= enough else ""


def _of_windows(octets: bytes) -> bool:
    return len(octets.translate(None, _C1)) < len(octets) and not _ONLY_LATIN2.search(octets)


def _by(octets: bytes, name: str, errors: str = "replace") -> str:
    """Octets by a codec. Big5 is what Taiwan and Hong Kong write, as WHATWG's Encoding has it.

    Python has either: cp950 for the signs and the euro, and big5hkscs for what is beyond it.
    """
    if name == "big5hkscs":
        try:
            text = octets.decode("cp950")
        except UnicodeDecodeError:
            text = ""
        if text and not _NOT_BIG5.search(text):
            return text
    if name == "gb18030" and 0 < octets.count(b"\x80") < _MANY:
        octets = _GB_EURO.sub(lambda run: run[1] or b"\xa2\xe3" * len(run[0]), octets)
    text = octets.decode(name, errors)
    return whole(text) if name == "utf-7" else text


def _western(octets: bytes, name: str, *, html: bool) -> str:
    try:
        text = octets.decode("utf-8")
    except UnicodeDecodeError:
        text = ""
    if name == "utf-8":
        return text or _almost_utf8(octets, html=html)
    if text and len(octets) - len(text) > 1:
        return text
    return octets.decode("cp1251", "replace") if cyrillic(octets) else _cp1252(octets)


def _almost_utf8(octets: bytes, *, html: bool) -> str:
    """What is called UTF-8 and is not: damaged, or in another charset when most of it is none."""
    octets = without_halves(octets)
    text = octets.decode("utf-8", "replace")
    # What another program gave up on is damaged no more, and 锟斤拷 to whoever guesses at it.
    damaged = text.count("\ufffd") - octets.count(b"\xef\xbf\xbd")
    valid = len(text) - len(text.encode("ascii", "ignore")) - damaged
    if valid >= damaged:
        return text
    meant = codec(declared_in(octets)) if html else None
    if meant and meant != "utf-8" and meant not in _NOT_ASCII:
        return _by(octets, meant)
    if not valid:
        return guessed(octets)
    # Of pairs of octets a third look like UTF-8 by chance; of one octet a letter hardly any do.
    meant = codec(guess(octets)) if damaged >= _FEW else None
    if meant in _PAIRED:
        try:
            return _by(octets, meant, "strict")
        except UnicodeDecodeError:
            pass
    return text


def _cp1252(octets: bytes) -> str:
    return codecs.charmap_decode(octets, "strict", _CP1252)[0]


def guessed(octets: bytes, hint: str = "") -> str:
    """Octets of which nobody said what they are: UTF-8 if they can be, else the likeliest.

    `hint` is a charset that stands elsewhere in the letter. A few octets beyond ASCII among many
    letters are those of a Western language; a guess by statistics would be worse.
    """
    if octets.isascii():
        return iso2022jp(octets) if b"\x1b$" in octets else octets.decode("ascii")
    for name in ("utf-8", codec(hint) if hint else None):
        try:
            return _by(octets, name or "utf-8", "strict")
        except UnicodeDecodeError:
            continue
    name = codec(guess(octets))
    return _by(octets, name) if name else _cp1252(octets)


def quickly(octets: bytes) -> str:
    """Octets of an unnamed charset at little cost: UTF-8, or else Windows-1252."""
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        return _cp1252(octets)
