"""Lists of tags, `v=1; a=rsa-sha256`: signatures, keys and policies are written in them.

RFC 6376 section 3.2; RFC 7489 section 6.3 and RFC 8617 section 4 use the same form.
"""

from __future__ import annotations

import base64
import binascii
import re

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z")
_SPACE = re.compile(r"\s+")
MOST = 100


class BadTags(ValueError):
    """This is no list of tags; the message is ours and quotes nothing."""


def tags(text: str) -> dict[str, str]:
    """The tags by name, their values without the blanks around them. Raises BadTags.

    >>> tags("v=1; d=example.org;")
    {'v': '1', 'd': 'example.org'}
    """
    found: dict[str, str] = {}
    parts = text.split(";")
    if len(parts) > MOST:
        raise BadTags("it has too many tags")
    for number, each in enumerate(parts, 1):
        if not each.strip() and number == len(parts):
            break
        name, equals, value = each.partition("=")
        name = name.strip()
        if not equals or not _NAME.match(name):
            raise BadTags("it is no list of tags")
        if name in found:
            raise BadTags(f"it has the tag {name} twice")
        found[name] = value.strip()
    return found


def octets_of(value: str) -> bytes:
    """The octets of a value in base64, blanks in it left out. Raises BadTags."""
    try:
        return base64.b64decode(_SPACE.sub("", value), validate=True)
    except (binascii.Error, ValueError):
        raise BadTags("it has base64 that cannot be read") from None


def words_of(value: str) -> list[str]:
    """The words of a value with colons between them, in lower case."""
    return [each.strip().lower() for each in value.split(":")]
