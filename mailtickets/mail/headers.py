"""Header fields are written: folding, encoded words, addresses, parameters (RFC 5322, 2047, 2231).

Every function takes text as it comes, cleans it, and answers one whole field, CRLF included. A line
has at most 78 characters where it can be cut (RFC 5322 section 2.1.1).
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import quote

from mailtickets.mail import clean
from mailtickets.mail.mailbox import Mailbox

LINE = 78
_WORD = 63
"""Octets of an encoded word: 75 is the most (RFC 2047 section 2), this fits after Subject: RE:"""
# Of what RFC 2045 section 5.1 lets stand without quotes, what no reader stumbles over: Python's
# does over an apostrophe.
_TOKEN = re.compile(r"[A-Za-z0-9_.+-]+\Z")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~ ]+\Z")  # RFC 5322 section 3.2.3
_PLAIN_IN_Q = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!*+-/")
_ATTRIBUTE_CHAR = "!#$&+-.^_`{|}~"  # RFC 2231 section 7, beside letters and digits
_SECTION = 60


def _q_cost(octets: bytes) -> int:
    return sum(1 if octet in _PLAIN_IN_Q or octet == 0x20 else 3 for octet in octets)


def _encoded_words(run: str) -> list[str]:
    """`run` as encoded words; a character is never cut in two (RFC 2047 section 5)."""
    octets = run.encode("utf-8")
    q = _q_cost(octets) <= len(octets) * 4 // 3 + 4
    room = _WORD - len("=?utf-8?q??=")
    if not q:
        room = room // 4 * 3
    words: list[str] = []
    piece, used = b"", 0
    for char in run:
        one = char.encode("utf-8")
        cost = _q_cost(one) if q else len(one)
        if used + cost > room:
            words.append(_encoded_word(piece, q=q))
            piece, used = b"", 0
        piece += one
        used += cost
    words.append(_encoded_word(piece, q=q))
    return words


def _encoded_word(octets: bytes, *, q: bool) -> str:
    if not q:
        return f"=?utf-8?b?{binascii.b2a_base64(octets, newline=False).decode('ascii')}?="
    body = "".join(
        chr(octet) if octet in _PLAIN_IN_Q else "_" if octet == 0x20 else f"={octet:02X}"
        for octet in octets
    )
    return f"=?utf-8?q?{body}?="


def _must_encode(word: str) -> bool:
    return not word.isascii() or "=?" in word or len(word) > LINE - 2


def _tokens(value: str) -> list[str]:
    """`value` as words that may be put on lines, one blank between two of them.

    From the first to the last word that needs it, everything is encoded: blanks between encoded
    words do not count (RFC 2047 section 6.2), so those that do stand inside.
    """
    words = value.split(" ")
    odd = [index for index, word in enumerate(words) if _must_encode(word)]
    if not odd:
        return words
    first, last = odd[0], odd[-1]
    run = " ".join(words[first : last + 1])
    return [*words[:first], *_encoded_words(run), *words[last + 1 :]]


def _folded(name: str, tokens: Iterable[str]) -> bytes:
    lines: list[str] = []
    line = f"{name}:"
    for token in tokens:
        if len(line) + 1 + len(token) > LINE and line.strip():
            lines.append(line)
            line = ""
        line += " " + token
    lines.append(line)
    return ("\r\n".join(lines) + "\r\n").encode("utf-8")


def unstructured(name: str, value: str) -> bytes:
    r"""A field of free text, for instance Subject.

    >>> unstructured("Subject", "RE: Grüße")
    b'Subject: RE: =?utf-8?b?R3LDvMOfZQ==?=\r\n'
    """
    return _folded(name, _tokens(clean.line(value)))


def exact(name: str, value: str) -> bytes:
    """A field with a grammar of its own: cleaned, in ASCII, cut at its blanks alone."""
    words = clean.line(value).encode("ascii", "replace").decode("ascii").split(" ")
    return _folded(name, words)


def _phrase(display: str) -> list[str]:
    display = clean.name(display)
    if not display:
        return []
    if not display.isascii() or "=?" in display or len(display) > LINE - 4:
        return _encoded_words(display)
    if _ATOMS.match(display):
        return [display]
    return ['"' + re.sub(r'(["\\])', r"\\\1", display) + '"']


def addr_spec(mailbox: Mailbox) -> str:
    """The address as a field has it: in ASCII if that can be (RFC 6532 otherwise)."""
    if mailbox.ascii and not mailbox.domain.isascii():
        mailbox = Mailbox(mailbox.local, mailbox.folded_domain)
    return clean.address(mailbox)


def addresses(name: str, people: Sequence[tuple[str, Mailbox]]) -> bytes:
    """A field of mailboxes with the names before them. Raises Permanent 1.3 for an unclean one."""
    tokens: list[str] = []
    for number, (display, mailbox) in enumerate(people, 1):
        comma = "," if number < len(people) else ""
        phrase = _phrase(display)
        spec = addr_spec(mailbox)
        tokens += [*phrase, f"<{spec}>{comma}"] if phrase else [f"{spec}{comma}"]
    return _folded(name, tokens)


def ids(name: str, message_ids: Iterable[str]) -> bytes:
    """A field of Message-IDs, or nothing when none of them may be written."""
    kept = [one for one in (clean.message_id(each) for each in message_ids) if one]
    return _folded(name, [f"<{one}>" for one in dict.fromkeys(kept)]) if kept else b""


def date(name: str, when: float) -> bytes:
    """A field with a moment, given in seconds since 1970."""
    return f"{name}: {format_datetime(datetime.fromtimestamp(when, UTC))}\r\n".encode("ascii")


def parameterized(name: str, value: str, parameters: Sequence[tuple[str, str]]) -> bytes:
    """A field with parameters, for instance Content-Disposition (RFC 2045, RFC 2231)."""
    tokens = [value]
    for key, content in parameters:
        tokens[-1] += ";"
        tokens += _parameter(key, clean.line(content))
    return _folded(name, tokens)


def _parameter(key: str, content: str) -> list[str]:
    if content.isascii() and len(content) <= _SECTION:
        if _TOKEN.match(content):
            return [f"{key}={content}"]
        quoted = re.sub(r'(["\\])', r"\\\1", content)
        return [f'{key}="{quoted}"']
    pieces, piece = [], ""
    for char in content:
        written = quote(char, safe=_ATTRIBUTE_CHAR)
        if len(piece) + len(written) > _SECTION:
            pieces.append(piece)
            piece = ""
        piece += written
    pieces.append(piece)
    if len(pieces) == 1:
        return [f"{key}*=utf-8''{pieces[0]}"]
    pieces[0] = f"utf-8''{pieces[0]}"
    sections = [f"{key}*{number}*={each}" for number, each in enumerate(pieces)]
    return [f"{section};" for section in sections[:-1]] + [sections[-1]]
