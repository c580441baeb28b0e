"""The name under which a part of a letter is shown and saved: what was sent, made safe."""

from __future__ import annotations

import mimetypes
import re
import unicodedata
from functools import lru_cache

from mailtickets.mail.fields import Declared
from mailtickets.mail.structure import Node

MAX_NAME = 200

_BIDI = "\u200e\u200f\u202a-\u202e\u2066-\u2069\u061c"
_UNSAFE = re.compile(rf"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\u200b{_BIDI}\ud800-\udfff]")
_SEPARATOR = re.compile(r"[\\/]")
_DRIVE = re.compile(r"(?:[A-Za-z]:)++")
_RESERVED = re.compile(r"^(?:con|prn|aux|nul|(?:com|lpt)[\d¹²³])(?:\..*)?$", re.IGNORECASE)
_MAX_OCTETS = 240  # file systems take 255 (in UTF-8), and a number may be put before it

_ENDINGS = {
    "message/rfc822": ".eml",
    "message/global": ".eml",
    "message/delivery-status": ".txt",
    "message/disposition-notification": ".txt",
    "message/feedback-report": ".txt",
    "text/calendar": ".ics",
    "text/rfc822-headers": ".txt",
    "application/ms-tnef": ".dat",
    "application/pgp-encrypted": ".pgp",
    "application/pgp-signature": ".asc",
    "application/pgp-keys": ".asc",
    "application/pkcs7-signature": ".p7s",
    "application/x-pkcs7-signature": ".p7s",
    "application/pkcs7-mime": ".p7m",
    "application/x-pkcs7-mime": ".p7m",
    "image/jpeg": ".jpg",
    "text/plain": ".txt",
    "text/html": ".html",
}
_LETTERS = ("message/rfc822", "message/global")
_LETTER_ENDINGS = (".eml", ".msg", ".mht", ".txt", ".mbox")
_STEMS = {
    "message/rfc822": "letter",
    "message/global": "letter",
    "text/calendar": "invitation",
    "application/ms-tnef": "winmail",
    "application/pkcs7-mime": "smime",
    "application/x-pkcs7-mime": "smime",
    "application/pkcs7-signature": "smime",
    "application/x-pkcs7-signature": "smime",
    "application/pgp-encrypted": "encrypted",
    "application/pgp-signature": "signature",
    "message/delivery-status": "delivery-status",
}


def safe(name: str) -> str:
    """A name that holds no path, no control or direction character, and is not too long.

    >>> safe("../../etc/passwd")
    'passwd'
    """
    if len(name) > 2 * MAX_NAME:  # what is normalised is bounded: a run of marks is sorted by pairs
        name = name[:MAX_NAME] + name[-MAX_NAME:]
    return _safe(name)


@lru_cache(maxsize=256)  # a name is asked for again
def _safe(name: str) -> str:
    name = unicodedata.normalize("NFC", name)
    name = _SEPARATOR.split(_UNSAFE.sub("", name))[-1].strip()
    if len(name) > 2 and name[0] == name[-1] == "'":
        name = name[1:-1]
    name = _DRIVE.sub("", name, 1) if _DRIVE.match(name) else name
    name = name.lstrip(". ").rstrip(". ")  # Windows drops those at the end
    if _RESERVED.match(name):
        name = "_" + name
    if len(name) > MAX_NAME:
        stem, dot, ending = name.rpartition(".")
        kept = MAX_NAME - len(ending) - 1
        name = stem[:kept] + dot + ending if dot and len(ending) < 20 else name[:MAX_NAME]
    if len(name) > _MAX_OCTETS // 4 and len(octets := name.encode()) > _MAX_OCTETS:
        stem, dot, ending = name.rpartition(".")
        ending = dot + ending if dot and len(ending) < 20 else ""
        octets = octets[: _MAX_OCTETS - len(ending.encode())]
        name = octets.decode("utf-8", "ignore") + ending
    return name.rstrip(". ")


def sent_name(node: Node, disposition: Declared, hint: str = "") -> str:
    """The name that the letter gives a part, made safe; empty when it gives none.

    `hint` is the charset of raw octets, of which RFC 2231 section 4 wants that they name theirs.
    """
    name = disposition.text("filename", hint) or node.type.text("name", hint)
    if not name:
        return ""
    if node.type.value in _LETTERS and not name.lower().endswith(_LETTER_ENDINGS):
        name += ".eml"  # many name it by its subject, and no program opens that
    return safe(name)


def made_name(kind: str, number: int) -> str:
    """A name for the `number`th part, of type `kind`, that came without one."""
    ending = _ENDINGS.get(kind) or mimetypes.guess_extension(kind) or ""
    return f"{_STEMS.get(kind, 'part')}-{number}{ending}"
