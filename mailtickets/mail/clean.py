"""What goes into a header field or a command is cleaned: nothing in it may begin a line of its own.

Python's generators do not see to it before 3.11.10, and nothing here relies on them.
"""

from __future__ import annotations

import re

from mailtickets.errors import Permanent
from mailtickets.mail.mailbox import Mailbox

# C0, DEL, C1 (U+0085 among them), the two separators that str.splitlines breaks at, and halves of
# characters, which no charset can write.
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_UNSAFE_IN_DOMAIN = re.compile(r"[ <>@\"\\,;]")
_HALVES = re.compile(r"[\ud800-\udfff]")
_UNSAFE_IN_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
# Embeddings, overrides and isolates turn what follows round: a name may not. A subject may, where
# each is ended again; overrides, which turn letters round that have a direction, may nowhere.
_TURNING = re.compile(r"[\u202a-\u202e\u2066-\u2069]+")
_OVERRIDES = re.compile(r"[\u202d\u202e]+")
_ENDS = {"\u202a": "\u202c", "\u202b": "\u202c"} | dict.fromkeys("\u2066\u2067\u2068", "\u2069")
_PATH = re.compile(r'[\\/:*?"<>|]+')
_BLANKS = re.compile(r" {2,}")
_NOT_IN_ID = re.compile(r"[^!-;=?-~]")  # printable ASCII, no angle bracket, no blank

ID_OCTETS = 900
"""A longer Message-ID fits no line (RFC 5322 section 2.1.1) and is not written."""


def line(text: str, limit: int = 2000) -> str:
    """`text` on one line: what would break it becomes a blank. At most `limit` characters.

    >>> line("I can't login!" + chr(13) + chr(10) + "Bcc: all@example.org")
    "I can't login! Bcc: all@example.org"
    """
    if text.isascii() and text.isprintable() and "  " not in text:
        return text[:limit].strip()
    return _BLANKS.sub(" ", _UNSAFE.sub(" ", text)).strip()[:limit].rstrip()


def name(text: str) -> str:
    """A person's name, to stand before an address."""
    return line(_TURNING.sub("", text), 200)


def subject(text: str) -> str:
    """A subject: on one line, and whatever turns its text round ends within it."""
    text = line(_OVERRIDES.sub("", text))
    open_: list[str] = []
    for char in _TURNING.findall(text):
        for one in char:
            if one in _ENDS:
                open_.append(_ENDS[one])
            elif not open_ or open_.pop() != one:
                return line(_TURNING.sub("", text))
    return line(_TURNING.sub("", text)) if open_ else text


def filename(text: str) -> str:
    """A file's name without a path, and without what a file system or a reader minds."""
    return _PATH.sub("_", name(text)).strip(". ")[:150] or "attachment"


def text(content: str) -> str:
    r"""A letter's text with \n between its lines and no control characters but tabs."""
    content = content.replace("\r\n", "\n").replace("\r", "\n")
    return _UNSAFE_IN_TEXT.sub("", content)


def writable(content: str) -> str:
    r"""`content` with U+FFFD for each half of a surrogate pair, which no charset can write.

    JSON's escapes and UTF-7 can bring one.

    >>> writable("a" + chr(0xD800))
    'a\ufffd'
    """
    return content if content.isascii() else _HALVES.sub("\ufffd", content)


def message_id(value: str) -> str | None:
    """A Message-ID without angle brackets, as it may be written; None when it may not.

    >>> message_id("<one@example.org>"), message_id("two words@example.org")
    ('one@example.org', None)
    """
    value = value.strip().removeprefix("<").removesuffix(">")
    if not value or len(value) > ID_OCTETS or _NOT_IN_ID.search(value):
        return None
    return value


def address(mailbox: Mailbox) -> str:
    """A mailbox as a field or a command may hold it. Raises Permanent 1.3 when it is not clean.

    It is refused and not mended: a mended address is somebody else's.
    """
    spec = str(mailbox)
    if _UNSAFE.search(spec) or _UNSAFE_IN_DOMAIN.search(mailbox.domain):
        raise Permanent("1.3", "An address with characters that no letter may hold")
    return spec


def words(octets: bytes, limit: int = 400) -> str:
    """What another server said, printable and short, as a person may read it."""
    return line(octets.decode("utf-8", "replace"), limit)
