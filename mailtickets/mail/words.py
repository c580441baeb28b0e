"""Encoded words (RFC 2047) and raw octets in a header field become text."""

from __future__ import annotations

import binascii
import re
from codecs import getincrementaldecoder
from collections.abc import Callable

from mailtickets.mail.charsets import codec, guessed, quickly, text_of

# RFC 2047 section 2, and what is seen besides: blanks inside, a language (RFC 2231 section 5).
_WORD = re.compile(rb"=\?([^?\s*]{1,64})(?:\*[^?\s]{0,64})?\?([bBqQ])\?([^?]*(?:\?(?!=)[^?]*)*)\?=")
# One such word and nothing else, in the form that most have.
_ALONE = re.compile(rb"=\?([\w.:\-]{1,64})\?([bBqQ])\?([\w=+/.!*\-]*)\?=", re.ASCII)
_QP = re.compile(rb"=([0-9A-Fa-f]{2})")
_URLSAFE = bytes.maketrans(b"-_", b"+/")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")
_ESCAPE = b"\x1b"
_GUESSES = 20
"""How many pieces of one value are guessed at: each takes as long as a hundred that are not."""

_LONGEST = 2000
_FOLD = re.compile(rb"\r?\n[ \t]?|\r")


def decoded(value: bytes, hint: str = "", *, quick: bool = False) -> str:
    """A field's value as text, folding undone. Never raises.

    Raw octets are of the charset `hint` if they are not UTF-8; `quick` guesses at no cost.

    Adjacent words of one charset are joined as octets before they are decoded: a character may be
    cut in two (forbidden by RFC 2047 section 5, and common). NUL is left out, which no store takes.
    """
    text = _decoded(value, hint, quick=quick)
    return text.replace("\0", "") if "\0" in text else text


def _decoded(value: bytes, hint: str, *, quick: bool) -> str:
    if b"\n" in value or b"\r" in value:
        value = _FOLD.sub(b" ", value)
    if b"=?" not in value:
        if value.isascii() and _ESCAPE not in value:
            return value.decode("ascii")
        return quickly(value) if quick else guessed(value, hint)
    alone = _ALONE.fullmatch(value)
    if alone is not None:
        octets = _word_octets(alone[2], alone[3])
        charset = alone[1].decode("ascii").lower()
        if quick and codec(charset) == "ascii" and not octets.isascii():
            return quickly(octets)
        return text_of(octets, charset)

    guesses = 0

    def raw(octets: bytes) -> str:
        nonlocal guesses
        guesses += not octets.isascii()
        return quickly(octets) if quick or guesses > _GUESSES else guessed(octets, hint)

    # Each begun word then finds an end, and none is looked for beyond the last of them.
    last = value.rfind(b"?=") + 2
    out: list[str] = []
    pending: list[tuple[str, bytes]] = []
    cut = b""  # base64 that a program cut within four characters: the next word goes on with it
    end = 0
    for match in _WORD.finditer(value, 0, last):
        between = value[end : match.start()]
        end = match.end()
        if between.strip(b" \t") or not pending:
            _flush(pending, out, raw)
            out.append(raw(between))
        charset, payload = match[1].decode("ascii", "replace").lower(), match[3]
        goes_on = cut and pending and match[2] in b"bB" and pending[-1][0] == charset
        if goes_on and not _is_whole(pending[-1][1], cut, payload, charset):
            payload = cut + payload
            pending.pop()
        cut = payload if match[2] in b"bB" and _is_cut(payload) else b""
        pending.append((charset, _word_octets(match[2], payload)))
    _flush(pending, out, raw)
    out.append(raw(value[end:]))
    return "".join(out)


def _flush(pending: list[tuple[str, bytes]], out: list[str], raw: Callable[[bytes], str]) -> None:
    joined: list[tuple[str, list[bytes]]] = []
    for charset, octets in pending:
        if joined and joined[-1][0] == charset:
            joined[-1][1].append(octets)
        else:
            joined.append((charset, [octets]))
    for charset, pieces in joined:
        whole = b"".join(pieces)
        said = codec(charset)
        # Who says ASCII of what is none has said nothing.
        known = said is not None and (said != "ascii" or whole.isascii())
        out.append(text_of(whole, charset) if known else raw(whole))
    pending.clear()


def _is_cut(payload: bytes) -> bool:
    return len(payload) % 4 != 0 and payload[-1:] != b"=" and len(payload) < _LONGEST


def _is_whole(octets: bytes, cut: bytes, payload: bytes, charset: str) -> bool:
    """Whether a word's base64 `cut` only lacks its padding, and does not go on in `payload`.

    Then the bits that are left over are nought (RFC 4648 section 3.5), and its octets are text.
    """
    if binascii.b2a_base64(octets, newline=False).rstrip(b"=")[-1:] != cut[-1:]:
        return False
    return _may_be(octets + _word_octets(b"b", payload), charset) or not _may_be(
        _word_octets(b"b", cut + payload), charset
    )


def _may_be(octets: bytes, charset: str) -> bool:
    """Whether octets can be the beginning of a text in a charset."""
    try:
        getincrementaldecoder(codec(charset) or "utf-8")().decode(octets)
    except UnicodeDecodeError:
        return False
    return True


def _word_octets(encoding: bytes, payload: bytes) -> bytes:
    if encoding in b"qQ":
        payload = payload.replace(b"_", b" ")  # RFC 2047 section 4.2
        return _QP.sub(lambda hexes: bytes([int(hexes[1], 16)]), payload)
    if b"-" in payload or b"_" in payload:
        payload = payload.translate(_URLSAFE)
    kept = _NOT_BASE64.sub(b"", payload)
    if len(kept) % 4 == 1:
        kept = kept[:-1]
    return binascii.a2b_base64(kept + b"=" * (-len(kept) % 4))
