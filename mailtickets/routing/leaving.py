"""Where a follower of a ticket goes to have no more letters about it: an address nobody can guess.

    https://help.example.org/unsubscribe/WyJlbWJlZGRlZCIsIlNVUFBPUlQtMSIsImFubkB4Lm9yZyJd.k4x9...
    the desk, the ticket and the follower, and a signature over them

Nothing is stored for it, and it does not run out: whoever has the letter may leave.
"""

from __future__ import annotations

import binascii
import hmac
import json
from base64 import b32encode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence

from attrs import field, frozen

PATH = "unsubscribe"
_SIGNATURE = 26  # 130 bits in base 32
_LONGEST = 2000


@frozen
class Leave:
    """Who wants no more letters, about which ticket of which desk."""

    desk: str
    ticket: str
    address: str


@frozen
class Leaving:
    """Makes the addresses, and reads what comes back.

    `secrets`, today's first, sign; `web` is the web endpoint's address, empty where others cannot
    reach it.
    """

    secrets: Sequence[bytes] = field(default=(), repr=False)
    web: str = ""

    def url(self, desk: str, ticket: str, address: str) -> str:
        """Where `address` can leave a ticket; empty where there is no such place."""
        if not self.web or not self.secrets:
            return ""
        told = json.dumps([desk, ticket, address.lower()], separators=(",", ":"))
        word = urlsafe_b64encode(told.encode("utf-8", "replace")).rstrip(b"=").decode("ascii")
        return f"{self.web}/{PATH}/{word}.{_proof(self.secrets[0], word)}"

    def read(self, token: str) -> Leave | None:
        """What the end of such an address says; None when none of our keys made it."""
        word, _, proof = token.partition(".")
        if len(token) > _LONGEST or not token.isascii() or not _signed(self.secrets, word, proof):
            return None
        try:
            told = json.loads(urlsafe_b64decode(word + "=" * (-len(word) % 4)))
            return Leave(*map(str, told))
        except (binascii.Error, ValueError, TypeError):
            return None


def _signed(secrets: Sequence[bytes], word: str, proof: str) -> bool:
    same = [hmac.compare_digest(_proof(secret, word), proof.lower()) for secret in secrets]
    return any(same)


def _proof(secret: bytes, word: str) -> str:
    digest = hmac.digest(secret, f"{PATH}\0{word}".encode(), "sha256")
    return b32encode(digest)[:_SIGNATURE].decode("ascii").lower()
