"""Return paths: each letter of ours has one of its own, so that what comes back finds its ticket.

    SUPPORT-1+return.4f1d9c0a7be25d31.k3jx0v7m2q9s5t1w@support-ticket.com
    the ticket's local part, the item's key (its beginning), a signature

Nothing is stored for it: the signature proves that the address is ours, and for which letter. It
does not run out, since a bounce may come days later; `old` secrets stay good after a new one.
"""

from __future__ import annotations

import hmac
import re
from base64 import b32encode
from collections.abc import Sequence

from attrs import frozen

from mailtickets.mail.mailbox import LOCAL_PART_OCTETS, Mailbox

_KEY = 12
_SIGNATURE = 16  # 80 bits in base 32: nobody guesses one
_WORD = "+return."
_RETURN = re.compile(
    rf"(?P<local>.+){re.escape(_WORD)}(?P<key>[0-9a-f]{{{_KEY}}})\.(?P<proof>[a-z2-7]{{{_SIGNATURE}}})",
    re.IGNORECASE,
)


@frozen
class Returned:
    """What a return path says: the ticket's address, and the beginning of the item's key.

    That are so many hexadecimal digits as nobody meets by chance among the letters of one ticket.
    """

    address: Mailbox
    key: str

    @property
    def token(self) -> str:
        """For `ReturnedMail`: the ticket's address and the key."""
        return f"{self.address}/{self.key}"

    @classmethod
    def of(cls, token: str) -> Returned:
        """What a token says. Raises Permanent for what is none."""
        address, _, key = token.rpartition("/")
        return cls(Mailbox.parse(address), key)


def _proof(secret: bytes, address: Mailbox, key: str) -> str:
    told = f"return\0{address.local.lower()}\0{address.folded_domain}\0{key}"
    digest = hmac.digest(secret, told.encode("utf-8", "surrogatepass"), "sha256")
    return b32encode(digest)[:_SIGNATURE].decode("ascii").lower()


def return_path(secret: bytes, address: Mailbox, key: str) -> Mailbox:
    """The return path of the item `key` (64 hexadecimal digits), from the ticket's `address`.

    It is the address itself where there is no room for more (RFC 5321 section 4.5.3.1.1): what
    comes back from nobody to a ticket's address is filed there, too.
    """
    short = key[:_KEY]
    local = f"{address.local}{_WORD}{short}.{_proof(secret, address, short)}"
    if len(local.encode("utf-8", "replace")) > LOCAL_PART_OCTETS:
        return address
    return Mailbox(local, address.domain)


def returned(secrets: Sequence[bytes], mailbox: Mailbox) -> Returned | None:
    """What a mailbox says if it is a return path of ours; None when it is none, or is forged.

    Case makes no difference: some write what they return to in lower case. The first of `secrets`
    is today's.
    """
    found = _RETURN.fullmatch(mailbox.local)
    if found is None:
        return None
    address, key = Mailbox(found["local"], mailbox.domain), found["key"].lower()
    for secret in secrets:
        if hmac.compare_digest(_proof(secret, address, key), found["proof"].lower()):
            return Returned(address, key)
    return None


def belongs(path: Returned, key: str) -> bool:
    """Whether a return path is that of the item `key`."""
    return key.startswith(path.key)
