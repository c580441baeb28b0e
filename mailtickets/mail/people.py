"""Address fields, in the forms RFC 5322 section 3.4 has and in those it has not, become people."""

from __future__ import annotations

import re

from mailtickets.mail.charsets import guessed
from mailtickets.mail.words import decoded
from mailtickets.tickets.values import Person

MAX_PEOPLE = 1000
MAX_OCTETS = 128 * 1024
_MOST_NAMES = 10

# One run of each kind; every branch begins with another octet, so this is linear.
_TOKEN = re.compile(
    rb'"(?:[^"\\]|\\.)*"?|<[^<>]*>?|\((?:[^()\\]|\\.)*\)?|[,;:]|[^\s"<(,;:]+|\s+|.', re.DOTALL
)
# One mailbox in the forms that nearly all have: nothing in it is quoted, listed or a comment.
_USUAL = re.compile(
    rb"([A-Za-z=][\w.+\-=?/ ]{0,200}+)<([\w.+\-=]{1,64}+@[\w.\-]{1,255}+)>"
    rb"|([\w.+\-=]{1,64}+@[\w.\-]{1,255}+)"
)
_BARE = re.compile(  # O'Brien's has an apostrophe (RFC 5322 section 3.2.3)
    rb"(?<![^\s<>()\"',;:@\[])[^\s<>()\"',;:@\[][^\s<>()\",;:@]{0,319}+"
    rb"@(?:\[[^\s<>()\"',;@\[\]]{1,255}\]|[^\s<>()\"',;:@\[\]]{1,255})"
)
_QUOTED_LOCAL = re.compile(rb'^"(?:[^"\\]|\\.)*"@')
_IN_WORDS = re.compile(
    r"<?([^\s<>()\"',;:@\[\]][^\s<>()\",;:@\[\]]{0,63}@[^\s<>()\"',;:@\[\]]{1,255})>?\s*$"
)
_COMMENT = re.compile(rb"\([^()]*\)")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_SPACE = re.compile(r"\s+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
# What a page's form, a Chinese keyboard, or Outlook make of angle brackets.
_OTHER_ANGLES = re.compile(
    rb"(?:&lt;|\xef\xbc\x9c|\[mailto:)\s{0,9}([^\s<>&;\[\]]{1,255}@[^\s<>&;\[\]]{1,255}?)\s{0,9}"
    rb"(?:&gt;|\xef\xbc\x9e|\])",
    re.IGNORECASE,
)
_ROUTE = re.compile(rb"^@[^:]*:")  # RFC 5322 section 4.4: a source route means nothing any more


def people(value: bytes) -> tuple[Person, ...]:
    """The people an address field names, at most MAX_PEOPLE. Never raises."""
    value = value[:MAX_OCTETS].strip(b" \t")
    if not value:
        return ()
    usual = _USUAL.fullmatch(value)
    if usual is not None:
        return (_usual(*usual.groups()),)
    if not value.isascii() and not _is_utf8(value):
        value = _readable(value)
    if b"<" not in value and b'"' not in value:
        value = _OTHER_ANGLES.sub(rb"<\1>", value)
    return _listed(value)


def _listed(value: bytes) -> tuple[Person, ...]:
    found: list[Person] = []
    words: list[bytes] = []
    angle: bytes | None = None
    addressed = False  # whether a word may be an address
    for match in _TOKEN.finditer(value):
        token = match[0]
        sign = token[:1]
        if sign in b",;":
            _add(found, words, angle)
            words, angle, addressed = [], None, False
            if len(found) >= MAX_PEOPLE:
                return tuple(found)
        elif sign == b":" and angle is None and not addressed:
            words = []  # a group's name (RFC 5322 section 3.4)
        elif sign == b"<" and len(token) > 1:
            if angle is None:
                angle = token
            elif b"@" not in angle:  # <Ann Lee> <ann@x>: a name in brackets
                words.append(angle[1:-1])
                angle = token
        elif token.strip(b"<>"):
            words.append(token)
            addressed = addressed or b"@" in token
    _add(found, words, angle)
    return tuple(found)


def _readable(value: bytes) -> bytes:
    """A field in UTF-8: what is none is guessed at as a whole, which says more, and costs less."""
    pieces = value.split(b",")
    odd = [at for at, piece in enumerate(pieces) if not _is_utf8(piece)]
    read = guessed(b"\n".join(pieces[at].replace(b"\n", b" ") for at in odd)).split("\n")
    if len(read) != len(odd):
        return guessed(value).encode("utf-8", "replace")
    for at, piece in zip(odd, read, strict=True):
        pieces[at] = piece.encode("utf-8", "replace")
    return b",".join(pieces)


def _is_utf8(octets: bytes) -> bool:
    try:
        octets.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def writer(value: bytes) -> Person | None:
    """Who wrote, of those a From field names: the first with an address. Never raises.

    A comma in a name that should have been quoted makes two people of one: "Ferrier, Nic <nic@x>".
    """
    found = people(value)
    if not found or "@" in found[0].address:
        return found[0] if found else None
    for index, one in enumerate(found[:_MOST_NAMES]):
        if "@" in one.address:
            names = [each.name or each.address for each in found[:index]] + [one.name]
            return Person(", ".join(filter(None, names)), one.address)
    return found[0]


def _usual(name: bytes | None, address: bytes, bare: bytes | None) -> Person:
    if bare is not None:
        return Person("", bare.decode("ascii"))
    assert name is not None
    shown = _name(name) if b"=?" in name else " ".join(name.decode("ascii").split())
    return Person(shown, address.decode("ascii"))


def _add(found: list[Person], words: list[bytes], angle: bytes | None) -> None:
    if angle is not None and b"@" not in angle and _are_addressed(words):
        words, angle = [angle.strip(b"<>"), b" ", *words], None  # <Ann Lee> ann@x
    if angle is not None:
        address = _address(_COMMENT.sub(b"", angle).strip(b"<> \t\r\n"))
        name = _name(b"".join(word for word in words if not word.startswith(b"(")))
        if address or name:
            found.append(Person(name, address))
        return
    phrase = b"".join(word for word in words if not word.startswith(b"(")).strip()
    if not phrase:
        return
    bare = phrase if _QUOTED_LOCAL.match(phrase) else None
    if bare is None:
        one = _BARE.search(phrase)
        bare = one[0] if one else None
    if bare is None:
        found.append(_unaddressed(phrase))
        return
    comments = [word for word in words if word.startswith(b"(")]
    rest = phrase.replace(b"[" + bare + b"]", b"").replace(bare, b"").strip(b"<>[] \t\r\n")
    name = _name(rest) or (_name(comments[-1].strip(b"()")) if comments else "")
    found.append(Person(name, _address(bare)))


def _are_addressed(words: list[bytes]) -> bool:
    return any(b"@" in word and word[:1] not in b'"(' for word in words)


def _unaddressed(phrase: bytes) -> Person:
    """Words without an at sign: a bare local part, or somebody's name and no address.

    Some programs encode the address with the name: then it is in the words.
    """
    text = _name(phrase)
    found = _IN_WORDS.search(text)
    if found is not None:
        return Person(text[: found.start()].strip(' "'), found[1])
    if " " in text or not text:
        return Person(text, "")
    return Person("", text)


def _address(octets: bytes) -> str:
    octets = _ROUTE.sub(b"", octets)
    if octets[:1] == b"[" and octets[-1:] == b"]":
        octets = octets[1:-1]
    if octets.lower().startswith(b"mailto:"):
        octets = octets[7:]
    text = _CONTROL.sub("", decoded(octets))
    return "".join(text.split()) if '"' not in text else text.strip()


def _name(octets: bytes) -> str:
    """A display name: quotes and escapes undone, words decoded, on one line."""
    octets = octets.strip()
    text = decoded(octets).strip()
    if len(text) > 1 and text[0] == text[-1] == '"':
        text = text[1:-1]
        inner = text.encode("utf-8", "surrogateescape")
        text = decoded(inner) if b"=?" in inner else text
    elif '"' in text:
        text = text.replace('"', "")
    if "\\" in text:
        text = _ESCAPE.sub(r"\1", text)
    text = _SPACE.sub(" ", text).strip()
    if len(text) > 1 and text[0] == text[-1] == "'":
        text = text[1:-1].strip()
    return text
