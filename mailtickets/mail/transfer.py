"""Content-Transfer-Encodings undone, at once or piece by piece, however badly they were done."""

from __future__ import annotations

import binascii
import re

_NOT_BASE64 = bytes(
    set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=")
)
_BASE64 = bytes(set(range(256)) - set(_NOT_BASE64)) + b" \t\r\n"
# A line of words, or a ruling between them: no damage makes one of base64.
_PLAIN_LINE = re.compile(
    rb"[>\s]*+(?![A-Za-z0-9+/]{14,}={1,2}\s)"
    rb"(?:[_=*-]{5,}\s*\Z|[^\s]++[ \t]+[^\s]|[^\s\x80-\xff]*+[\x80-\xff])"
)
_NO_CONTROLS = bytes(set(range(32, 256)) | set(b"\0\t\n\v\f\r\x0e\x0f\x1b"))
_ONE_WORD = 64
_FEW_LINES = 3
_HELD = 64 * 1024  # octets of a line whose end has not come
_WIDE = ("utf-16", "utf16", "utf-32", "utf32", "ucs", "unicode")
_BLANK_AND_END = bytes.maketrans(b"\t\r", b" \n")
_LONE_CR = re.compile(rb"=\r(?!\n)")
_QP_LINE_END = re.compile(rb"(?<![ \t])[ \t]++(?=\r?\n|\Z)")


def base64_octets(body: bytes) -> bytes:
    """Base64 with whatever stands between it left out (RFC 2045 section 6.8).

    Padding in the middle ends one run and begins another; what lacks its padding is padded; one
    character too many is dropped.
    """
    clean = body.translate(None, _NOT_BASE64)
    return b"".join(_run(run) for run in clean.split(b"=") if run)


def _run(run: bytes) -> bytes:
    if len(run) % 4 == 1:
        run = run[:-1]
    return binascii.a2b_base64(run + b"=" * (-len(run) % 4))


def quoted_printable_octets(body: bytes) -> bytes:
    """Quoted-printable; blanks before a line's end were added on the way (RFC 2045 section 6.7)."""
    plain = body if b"\r" not in body and b"\t" not in body else body.translate(_BLANK_AND_END)
    # From behind, since most blanks have no line end behind them: half the time.
    if plain.rfind(b" \n") >= 0 or body[-1:] in (b" ", b"\t"):
        body = _QP_LINE_END.sub(b"", body)
    if b"=" not in body:
        return body
    if b"\r" in body:
        body = _LONE_CR.sub(b"=\r\n", body)  # else all is skipped up to the next line feed
    return binascii.a2b_qp(body)


_UU_BEGIN = re.compile(
    rb"^begin(?:-base64)? +[0-7]{3,4} ++([^ \r\n][^\r\n]{0,299})\r?\n", re.MULTILINE
)


def uuencoded(body: bytes) -> bytes:
    """The octets of uuencoded lines, `begin` to `end`, damaged lines as far as they go."""
    out = []
    for line in body.splitlines():
        if line.strip() == b"end":
            break
        if not line or line.startswith(b"begin "):
            continue
        out.append(_uu_line(line))
    return b"".join(out)


def _uu_line(line: bytes) -> bytes:
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        octets = ((line[0] - 32) & 63) * 4 // 3 + 5  # blanks at the end were lost, or rubbish added
        try:
            return binascii.a2b_uu(line[: octets - 3])
        except binascii.Error:
            return b""


def transferred(body: bytes, encoding: str) -> bytes:
    """A part's octets, its Content-Transfer-Encoding `encoding` undone. Never raises."""
    if encoding == "base64":
        return base64_octets(body)
    if encoding == "quoted-printable":
        return quoted_printable_octets(body)
    if encoding in {"x-uuencode", "uuencode", "x-uue", "uue"}:
        begin = _UU_BEGIN.search(body)
        return uuencoded(body[begin.end() :] if begin else body)
    return body


def text_octets(body: bytes, encoding: str, charset: str = "") -> bytes:
    """As `transferred`, of a text: what says that it is base64 and is not stays as it stands.

    A gateway that adds a footer to a letter adds it as it is, below the base64.
    """
    if encoding != "base64" or (not body.translate(None, _BASE64) and b" " not in body.strip()):
        octets = transferred(body, encoding)
        if encoding == "base64" and len(body) < _ONE_WORD and not charset.startswith(_WIDE):
            return body if _is_word(body, octets) else octets
        return octets
    if not body.translate(None, _BASE64) and _is_text(octets := transferred(body, encoding)):
        return octets  # base64 in groups
    lines = body.splitlines(keepends=True)
    plain = [_PLAIN_LINE.match(line) is not None for line in lines]
    first = plain.index(True) if True in plain else len(lines)
    below = [(len(line), at) for line, at in zip(lines[first:], plain[first:], strict=True)]
    if 2 * sum(length for length, at in below if at) <= sum(length for length, _ in below):
        return transferred(body, encoding)
    before, rest = b"".join(lines[:first]), b"".join(lines[first:])
    if not before.strip():
        return body
    octets = transferred(before, encoding)
    if first < _FEW_LINES and not charset.startswith(_WIDE) and _is_word(before, octets):
        return body
    return octets + b"\n" + rest


def _is_text(octets: bytes) -> bool:
    try:
        octets.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return not octets.translate(None, _NO_CONTROLS)


def _is_word(body: bytes, octets: bytes) -> bool:
    """Whether base64 is no such thing, but somebody's word: it would have control characters."""
    return b"=" not in body and bool(octets.translate(None, _NO_CONTROLS))


class Stream:
    """A part's octets decoded piece by piece: `feed` what arrives, then `close`.

    The result is that of `transferred`, but for uuencoded parts, which pass as they are, and for
    lines that end in more than 64 KiB of blanks.
    """

    def __init__(self, encoding: str) -> None:
        self._encoding = encoding
        self._rest = b""

    def feed(self, piece: bytes) -> bytes:
        """The octets that `piece` completes."""
        if self._encoding == "base64":
            return self._base64(piece)
        if self._encoding == "quoted-printable":
            return self._quoted(piece)
        return piece

    def close(self) -> bytes:
        """The octets that were still waiting for more."""
        rest, self._rest = self._rest, b""
        return transferred(rest, self._encoding) if rest else b""

    def _base64(self, piece: bytes) -> bytes:
        clean = self._rest + piece.translate(None, _NOT_BASE64)
        if b"=" in clean:  # a run ends: what follows its padding begins anew
            cut = clean.rindex(b"=") + 1
            done, self._rest = clean[:cut], clean[cut:]
            return base64_octets(done) + self._base64(b"")
        cut = len(clean) // 4 * 4
        self._rest = clean[cut:]
        return binascii.a2b_base64(clean[:cut])

    def _quoted(self, piece: bytes) -> bytes:
        clean = self._rest + piece
        cut = clean.rfind(b"\n") + 1
        if not cut and len(clean) > _HELD:  # no line is so long: nothing hangs on its end
            kept = len(clean.rstrip(b" \t\r"))
            sign = clean.rfind(b"=", max(kept - 2, 0), kept)
            cut = max(sign if sign >= 0 else kept, len(clean) - _HELD)
        done, self._rest = clean[:cut], clean[cut:]
        return quoted_printable_octets(done)
