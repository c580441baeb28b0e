"""twisted.mail's Address and User, made of mailboxes that have been parsed already."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from twisted.mail import smtp

from mailtickets.mail.mailbox import Mailbox


class EnvelopeAddress(smtp.Address):
    """An Address that knows its Mailbox, None for the null reverse-path.

    twisted.mail's own parser refuses quoted local parts and knows no UTF-8 (RFC 5321 section
    4.1.2, RFC 6531), so it is not asked.
    """

    def __init__(self, mailbox: Mailbox | None) -> None:
        self.mailbox = mailbox

    # What our own delivery never asks for is made when somebody does.

    @cached_property
    def local(self) -> bytes:  # type: ignore[override]
        """The local part, quoted where it must be."""
        if self.mailbox is None:
            return b""
        return str(self.mailbox).removesuffix(f"@{self.mailbox.domain}").encode("utf-8")

    @cached_property
    def domain(self) -> bytes:  # type: ignore[override]
        """The domain as it was written."""
        return b"" if self.mailbox is None else self.mailbox.domain.encode("utf-8")

    @cached_property
    def addrstr(self) -> bytes:
        """All of it."""
        return bytes(self)

    def __str__(self) -> str:
        return bytes(self).decode("utf-8", "replace")

    def __bytes__(self) -> bytes:
        if self.domain:
            return self.local + b"@" + self.domain
        return self.local


class EnvelopeUser(smtp.User):
    """A User whose `dest` is an EnvelopeAddress."""

    def __init__(
        self, dest: EnvelopeAddress, helo: tuple[bytes, bytes], protocol: Any, orig: smtp.Address
    ) -> None:
        self.dest = dest
        self.helo = helo
        self.protocol = protocol
        self.orig = orig

    def __str__(self) -> str:
        return str(self.dest)


def mailbox_of(address: smtp.Address) -> Mailbox | None:
    """The mailbox that an Address of either sort is. Raises Permanent 1.3."""
    if isinstance(address, EnvelopeAddress):
        return address.mailbox
    text = bytes(address).decode("utf-8", "replace")
    if not text:
        return None
    if address.local.lower() == b"postmaster" and not address.domain:
        return Mailbox(address.local.decode("ascii"))
    return Mailbox.parse(text)
