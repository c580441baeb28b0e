"""What is ours and comes back: a letter that we wrote, and one that says it is from our addresses.

Each of our letters carries a mark that nobody else can make:

    X-Mailtickets-Loop: 01k2v3w4x5y6z7a8b9.k3jx0v7m2q9s5t1w

Whoever takes the mark off one of our letters and puts it on a letter of theirs has that letter
discarded, and nobody else's: it does not say what is to be done with any other.
"""

from __future__ import annotations

import hmac
import re
from base64 import b32encode
from collections.abc import Callable, Sequence
from enum import StrEnum

from attrs import field, frozen

from mailtickets.errors import Permanent
from mailtickets.mail.identifiers import Identifiers
from mailtickets.mail.mailbox import Mailbox
from mailtickets.routing.addresses import AddressBook

FIELD = "X-Mailtickets-Loop"
_MAC = 16  # 80 bits in base 32
_WORD = re.compile(r"[0-9A-Za-z]{1,64}\Z")


class Refused(StrEnum):
    """Whose letters are refused since they say that they are from us."""

    ADDRESSES = "addresses"
    """Those from a queue's or a ticket's address."""
    DOMAINS = "domains"
    """Those from any address in a domain that is served here, unless the peer authenticated."""
    NOBODY = "nobody"


def _nothing(message_id: str) -> bool:  # noqa: ARG001
    return False


@frozen
class OwnMail:
    """Knows what is ours. `secrets`, today's first, make the marks; without any there are none.

    `wrote` tells of a Message-ID whether we surely made it.
    """

    book: AddressBook
    secrets: Sequence[bytes] = field(default=(), repr=False)
    refused: Refused = Refused.ADDRESSES
    wrote: Callable[[str], bool] = _nothing

    def mark(self, word: str) -> bytes:
        """The field that marks a letter as ours, CRLF included. `word` is one of letters, digits.

        To be put before the letter's other fields; nothing where there are no secrets.
        """
        if not self.secrets or not _WORD.match(word):
            return b""
        return f"{FIELD}: {word}.{_mac(self.secrets[0], word)}\r\n".encode("ascii")

    def marked(self, value: str) -> bool:
        """Whether the value of such a field is one that we made."""
        word, _, mac = value.strip().partition(".")
        if not _WORD.match(word) or not mac.isascii():
            return False
        made = [_mac(secret, word) for secret in self.secrets]
        return any(hmac.compare_digest(one, mac.lower()) for one in made)

    def came_back(self, found: Identifiers) -> str:
        """Why a letter is one that we wrote ourselves; empty when it is not."""
        if found.loop_mark and self.marked(found.loop_mark):
            return "it is a letter of our own that came back (its loop mark is ours)"
        if found.message_id and self.wrote(found.message_id):
            return "it is a letter of our own that came back (its Message-ID is ours)"
        return ""

    def poses(self, sender: Mailbox | None, user: str | None) -> bool:
        """Whether a letter says that it is from one of our own addresses, and is refused for it.

        `user` is who authenticated, if anybody did. Postmaster is not meant: bounces come from it.
        """
        if sender is None or self.refused is Refused.NOBODY or not self.book.ours(sender):
            return False
        if sender.local.lower() == "postmaster":
            return False
        if self.refused is Refused.DOMAINS and user is None:
            return True
        local, domain = sender.local.lower(), sender.folded_domain
        return any(
            queue.domain == domain
            and (local in map(str.lower, queue.open) or queue.read(local) is not None)
            for queue in self.book.queues
        )

    def posed_by(self, author: str, user: str | None) -> bool:
        """The same of the bare address in a letter's From, which may be anything."""
        if author.isascii() and "[" not in author and not self.book.serves(author):
            return False  # nearly all letters: not worth more looking
        try:
            return self.poses(Mailbox.parse(author), user)
        except Permanent:
            return False


def _mac(secret: bytes, word: str) -> str:
    digest = hmac.digest(secret, f"loop\0{word}".encode("ascii"), "sha256")
    return b32encode(digest)[:_MAC].decode("ascii").lower()
