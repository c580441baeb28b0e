"""The keys that our own addresses are signed with: return paths, and tickets' addresses.

One ring serves all: each purpose has secrets of its own, derived from the ring's keys, so that what
was signed for one is worth nothing for another.
"""

from __future__ import annotations

import hmac
import re

from attrs import field, frozen

SHORTEST = 32
"""Characters a key has at least: 64 hexadecimal digits are 256 bits."""
MOST = 20
_KEY = re.compile(rf"[!-~]{{{SHORTEST},512}}")


@frozen
class KeyRing:
    """`keys`, today's first; what the older ones signed stays good."""

    keys: tuple[bytes, ...] = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> KeyRing:
        """The ring that `text` is: a key a line, today's first; a line with # says something else.

        Raises ValueError, with a sentence that holds nothing of any key.

        >>> len(KeyRing.parse("# made today" + chr(10) + "k" * 32).keys)
        1
        """
        lines = [one.strip() for one in text.splitlines()]
        found = [one for one in lines if one and not one.startswith("#")]
        if not found:
            raise ValueError("there is no key")
        if len(found) > MOST:
            raise ValueError(f"there are more than {MOST} keys")
        for number, one in enumerate(found, 1):
            if not _KEY.fullmatch(one):
                raise ValueError(
                    f"key {number} is not {SHORTEST} characters or more of ASCII without blanks"
                )
        return cls(tuple(one.encode("ascii") for one in found))

    def secrets(self, purpose: str) -> tuple[bytes, ...]:
        """The secrets for a purpose, today's first: 32 octets each."""
        told = f"mailtickets {purpose}".encode()
        return tuple(hmac.digest(key, told, "sha256") for key in self.keys)
