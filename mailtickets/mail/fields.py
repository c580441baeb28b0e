"""The head of a letter, or of one of its parts, taken apart into fields, whatever its state."""

from __future__ import annotations

import re
from functools import lru_cache

from attrs import field, frozen

from mailtickets.mail.words import decoded

MAX_FIELDS = 1000
CONTROLS = bytes({*range(32), 127})
"""Octets that are in no Message-ID and in no type, and are left out of what has them."""

MAX_VALUE = 64 * 1024
"""How much of one field's value is looked at, in octets."""

# A name of visible octets without a colon, and its value with every folded line (RFC 5322 section
# 2.2). A line that is no field is skipped: a parser that stops there loses the rest of the head.
_FIELD = re.compile(
    rb"^([!-9;-~]{1,200})[ \t]*:[ \t]*([^\n]*(?:\n[ \t]+[^\s][^\n]*|\n[ \t]+\r?(?=\n[ \t]))*)",
    re.MULTILINE,
)
# Names that letters' fields have, beside all with a dash or the like in them: what stands before
# another colon may be anybody's word.
_NAMES = frozenset(
    [
        *(b"from", b"to", b"cc", b"bcc", b"subject", b"date", b"sender", b"received", b"comments"),
        *(b"keywords", b"references", b"organization", b"organisation", b"precedence", b"priority"),
        *(b"importance", b"sensitivity", b"approved", b"lines", b"path", b"newsgroups", b"xref"),
        *(b"status", b"encrypted", b"expires", b"supersedes"),
    ]
)
_A_NAME = (
    rb"(?:" + b"|".join(sorted(_NAMES)) + rb"|[a-z][a-z0-9]{0,40}+(?:[-_.][a-z0-9]{1,40}){1,9}+)"
)
_KNOWN = re.compile(
    rb"^(" + _A_NAME + rb")[ \t]*:[^\n]*(?:\n[ \t]+[^\s][^\n]*)*", re.MULTILINE | re.IGNORECASE
)
# A line of blanks that no such field and no folded line follows: an empty one to whoever wrote it.
_BLANK_LINE = re.compile(
    rb"^[ \t]+\r?\n(?=[^ \t\r\n])(?!" + _A_NAME + rb"[ \t]*:)", re.MULTILINE | re.IGNORECASE
)
# What is left of a field that was folded without a blank, and the line that mailboxes begin with.
_LEFT_OVER = re.compile(
    rb"(?:(?:[ \t]*+;?[ \t]*+(?:charset|boundary|format|delsp|name|filename|type|micalg|protocol"
    rb"|report-type|[a-z])[ \t]*=|>?From \S+ |\S{0,2}\"\r?(?=\n|\Z))[^\n]*+(?:\n|\Z))*+",
    re.IGNORECASE,
)
_LONGEST_HEAD = 64 * 1024  # in which text is looked for
_BLANKS = re.compile(rb"\A(?:[ \t]*\r?\n)*+(?:[ \t\r]*\Z)?")
_REPEATED = (b"received", b"x-", b"resent-", b"arc-", b"dkim-")
_LOOKED_AT = 64 * 1024  # octets for an end of a line
_SPACE = re.compile(r"\s+")
BEFORE = b" \t\n\r\x0b\x0c\xef\xbb\xbf"
"""What is skipped before the first field: blanks, and the mark of UTF-8 that editors leave."""


def has_old_ends(octets: bytes) -> bool:
    """Whether lines end by CR alone, as they did on old machines: as far as is looked at."""
    return octets.find(b"\r", 0, _LOOKED_AT) >= 0 and octets.find(b"\n", 0, _LOOKED_AT) < 0


@frozen
class Fields:
    """The fields of a head, by name in lower case, in the order they stand."""

    pairs: tuple[tuple[bytes, bytes], ...] = ()
    _first: dict[bytes, bytes] = field(init=False, repr=False, eq=False)

    @_first.default
    def _the_first(self) -> dict[bytes, bytes]:
        first = dict(reversed(self.pairs))
        if b"" in first.values():  # an empty one says nothing, if there is another
            first |= dict(reversed([pair for pair in self.pairs if pair[1]]))
        return first

    def under(self, name: bytes, value: bytes) -> Fields:
        """These fields below another one, which is the first of its name then."""
        return Fields(((name, value), *self.pairs))

    def raw(self, name: bytes) -> bytes:
        """The octets of the first field of that name that is not empty; none when there is none."""
        return self._first.get(name, b"")

    def every(self, name: bytes) -> list[bytes]:
        """The octets of every field of that name."""
        if name not in self._first:
            return []
        return [value for key, value in self.pairs if key == name]

    def text(self, name: bytes, hint: str = "") -> str:
        """The first field of that name, decoded, its white space made single blanks.

        `hint` is the charset of raw octets, if they are not UTF-8.
        """
        value = self.raw(name)
        if not value:
            return ""
        return _SPACE.sub(" ", decoded(value[:MAX_VALUE], hint)).strip()

    def word(self, name: bytes) -> str:
        """The first field of that name in lower case ASCII, without folding: for comparing."""
        return b" ".join(self.raw(name)[:1000].split()).decode("ascii", "replace").lower()

    def __contains__(self, name: bytes) -> bool:
        return name in self._first

    def has_any(self, names: frozenset[bytes]) -> bool:
        """Whether a field of one of these names is there."""
        return not names.isdisjoint(self._first)


def fields_of(block: bytes) -> Fields:
    """The fields in a head's octets. At most MAX_FIELDS of them; never raises.

    NUL is left out (RFC 5322 section 2.2).
    """
    if b"\0" in block:
        block = block.replace(b"\0", b"")
    found = _FIELD.findall(block.lstrip(BEFORE))[:MAX_FIELDS]
    return Fields(tuple([(name.lower(), value.rstrip()) for name, value in found]))


def all_fields(block: bytes, fields: Fields) -> bool:
    """Whether a head's octets, of which these are the fields, seem to be nothing else: a glance.

    What is no field and no folded line stands at the end, or it is rubbish that is skipped.
    """
    if b"content-type" not in fields and b"from" not in fields and block:
        return False
    last = block[block.rfind(b"\n", 0, -1) + 1 :]
    if last[:1] in b" \t":
        return bool(last.strip())
    name, colon, _ = last.partition(b":")
    if not colon or b" " in name.rstrip():
        return False
    key, value = fields.pairs[-1]  # a word and a colon may be a text's, where there is the field
    if key not in _NAMES and b"-" not in key:
        return False
    return fields.raw(key) is value or key.startswith(_REPEATED)


def text_in(block: bytes) -> int:
    """Where text begins in a head's octets that no empty line ended; their number when nowhere.

    Everybody ends a head by an empty line (RFC 5322 section 2.1), but for scripts that forget it
    or write a blank into it. A line that is no field begins the text, unless fields follow that
    letters have: then it is rubbish, and is skipped.
    """
    head = block.lstrip(BEFORE)
    if len(head) > _LONGEST_HEAD:
        return len(block)
    at = 0
    seen: set[bytes] = set()
    while (found := _FIELD.match(head, at)) is not None:
        seen.add(found[1].lower())
        at = found.end() + 1
    blank = _BLANK_LINE.search(head)
    last = 0
    for one in _KNOWN.finditer(head, 0, blank.start() if blank is not None else len(head)):
        if one.start() < at or _goes_on(one[1].lower(), seen):
            last = one.end() + 1
    if not last:
        return 0  # no field that letters have
    while last < len(head) and (more := _FIELD.match(head, last)) is not None:
        last = more.end() + 1
    text = _LEFT_OVER.sub(b"", _BLANKS.sub(b"", head[last:], 1), 1)
    return len(block) - len(text)


def _goes_on(name: bytes, seen: set[bytes]) -> bool:
    """Whether a head goes on with such a field below a line that is none."""
    if b"-" in name or name == b"received":
        return name not in seen or name.startswith(_REPEATED)
    return name not in seen and not seen.issuperset((b"from", b"subject"))


_PARAMETER = re.compile(rb";\s*+([^\s=;\"]{1,100})\s*+=\s*+(\"(?:[^\"\\]|\\.)*\"|[^;]*)", re.DOTALL)
_ESCAPE = re.compile(rb"\\(.)", re.DOTALL)
_PATH = re.compile(rb"(?:[A-Za-z]:|\\)\\[^\\]")  # of Windows, in which nothing is escaped
# A parameter that only blanks or a comma part from what stands before it, or that nothing does.
_UNPARTED = re.compile(
    rb"(?:\A\s*+|(?<![\s,])[\s,]++)(?=(?:file)?name\*?=|charset=|boundary=)", re.IGNORECASE
)
_PERCENT = re.compile(rb"%([0-9A-Fa-f]{2})")
_COMMENT = re.compile(rb"\([^()\"]*\)")
_NUMBERED = re.compile(r"([^*]+)\*(\d{1,3})(\*?)$")
_TOKEN = re.compile(rb"[^\s;,()\"]+")
MAX_PARAMETERS = 100
_SHORT = 500  # octets of a field that is kept in mind


@frozen
class Declared:
    """A field of the form `value; name=value`, as Content-Type is (RFC 2045 section 5.1).

    `value` is in lower case. `parameters` are octets, quotes undone, those that RFC 2231 section 3
    cut in pieces joined; `text` decodes one.
    """

    value: str
    parameters: dict[str, bytes]
    charsets: dict[str, str]

    def text(self, name: str, hint: str = "") -> str:
        """A parameter as text, by RFC 2231 or RFC 2047, or as it stands; empty when missing.

        `hint` is the charset of raw octets, if they are not UTF-8 and can be in it.
        """
        octets = self.parameters.get(name, b"")
        if not octets:
            return ""
        if name in self.charsets:
            from mailtickets.mail.charsets import text_of  # noqa: PLC0415

            return text_of(octets, self.charsets[name])
        return decoded(octets, hint)

    def word(self, name: str) -> str:
        """A parameter that is a token, in lower case."""
        return self.parameters.get(name, b"")[:100].decode("ascii", "replace").strip().lower()


def declared(value: bytes) -> Declared:
    """What a Content-Type or Content-Disposition field declares. Never raises."""
    return _short(value) if len(value) <= _SHORT else _declared(value[:MAX_VALUE])


def _declared(value: bytes) -> Declared:
    if b"=" in value.partition(b";")[0]:
        value = _UNPARTED.sub(b";", value, 1)
    head = _TOKEN.search(_COMMENT.sub(b"", value) if b"(" in value[:200] else value)
    word = head[0].translate(None, CONTROLS).lower().decode("ascii", "replace") if head else ""
    whole: dict[str, bytes] = {}
    pieces: dict[str, dict[int, tuple[bytes, bool]]] = {}
    extended: dict[str, bytes] = {}
    for count, match in enumerate(_PARAMETER.finditer(value)):
        if count == MAX_PARAMETERS:
            break
        name = match[1].decode("ascii", "replace").lower()
        octets = _unquoted(match[2])
        numbered = _NUMBERED.match(name)
        if numbered:
            piece = octets, bool(numbered[3])
            pieces.setdefault(numbered[1], {}).setdefault(int(numbered[2]), piece)
        elif name.endswith("*"):
            extended.setdefault(name[:-1], octets)
        else:
            whole.setdefault(name, octets)
    charsets: dict[str, str] = {}
    for name, octets in extended.items():
        charsets[name], whole[name] = _extended(octets)
    for name, numbers in pieces.items():
        charset, octets = _joined(numbers)
        if charset is not None:
            charsets[name] = charset
        whole[name] = octets
    return Declared(word, whole, charsets)


# A program writes the same few in all its letters.
_short = lru_cache(maxsize=512)(_declared)


def _unquoted(octets: bytes) -> bytes:
    octets = octets.strip()
    if octets.startswith(b'"'):
        octets = octets[1:].removesuffix(b'"')
        if b"\\" in octets and not _PATH.match(octets):
            octets = _ESCAPE.sub(rb"\1", octets)
    return octets


def _percent(octets: bytes) -> bytes:
    return _PERCENT.sub(lambda hexes: bytes([int(hexes[1], 16)]), octets)


def _extended(octets: bytes) -> tuple[str, bytes]:
    """Charset and octets of charset'language'percent-encoded (RFC 2231 section 4)."""
    charset, quote, rest = octets.partition(b"'")
    if not quote:
        return "", _percent(octets)
    _, quote, encoded = rest.partition(b"'")
    return charset.decode("ascii", "replace"), _percent(encoded if quote else rest)


def _joined(numbers: dict[int, tuple[bytes, bool]]) -> tuple[str | None, bytes]:
    charset: str | None = None
    out = []
    for index, number in enumerate(sorted(numbers)):
        octets, encoded = numbers[number]
        if index == 0 and encoded:
            charset, octets = _extended(octets)
        elif encoded:
            octets = _percent(octets)
        out.append(octets)
    return charset, b"".join(out)
