"""May a letter be answered by a machine? RFC 3834 section 2, and what the field learned since."""

from __future__ import annotations

from enum import StrEnum
from hashlib import sha256
from ipaddress import ip_address

from mailtickets.mail.authentication import Authentication, Result
from mailtickets.mail.envelope import Peer, Wishes
from mailtickets.mail.fields import Fields
from mailtickets.mail.mailbox import Mailbox
from mailtickets.mail.message import Nature
from mailtickets.mail.nobody import nobody_reads


class Kind(StrEnum):
    """What letters we write by ourselves."""

    ACKNOWLEDGEMENT = "acknowledgement"
    """Says that a ticket was opened."""
    FAILURE = "failure"
    """Says that a letter failed for good (RFC 3464)."""


_LISTS = (b"list-id", b"list-post", b"list-unsubscribe", b"mailing-list", b"x-mailing-list")
_SUPPRESSED = {
    Kind.ACKNOWLEDGEMENT: frozenset({"all", "autoreply", "oof"}),
    Kind.FAILURE: frozenset({"all", "ndr", "dr"}),
}
"""Words of X-Auto-Response-Suppress that are about each kind ([MS-OXCMAIL] section 2.1.3.2.20)."""


def silence(
    kind: Kind,
    sender: Mailbox | None,
    fields: Fields,
    found: Authentication | None,
    nature: Nature = Nature.HUMAN,
) -> str:
    """Why nothing automatic answers a letter; empty when something may.

    `sender` is that of the envelope, `fields` are those of the letter's head, `found` is what is
    known of its sender, None where nobody looked.
    """
    if sender is None:
        return "it has the null sender"  # RFC 5321 section 4.5.5
    if nobody_reads(sender.local):
        return f"nobody reads the mail of {sender}"
    automatic = fields.word(b"auto-submitted").partition(";")[0].strip()
    if automatic not in {"", "no"}:
        return f"a machine wrote it (Auto-Submitted: {automatic[:40]})"  # RFC 3834 section 2
    for field in _LISTS:
        if fields.raw(field).strip():
            return f"it came by a list ({field.decode().title()})"
    if fields.word(b"precedence") in {"bulk", "list", "junk", "auto_reply"}:
        return f"a machine wrote it (Precedence: {fields.word(b'precedence')})"
    asked = fields.word(b"x-auto-response-suppress").replace(";", ",").split(",")
    if _SUPPRESSED[kind].intersection(word.strip() for word in asked):
        return "its sender asks for no such letter (X-Auto-Response-Suppress)"
    if nature is not Nature.HUMAN:
        return f"it is no person's letter ({nature.value})"
    return _forged(found)


def _forged(found: Authentication | None) -> str:
    """Who answers a forged letter writes to somebody who never wrote: backscatter."""
    if found is None:
        return ""
    if found.dmarc is not None and found.dmarc.result is Result.FAIL:
        return "its author is not who it says (DMARC)"
    aligned = found.dmarc is not None and found.dmarc.aligned
    if found.spf is not None and not found.spf.helo and found.spf.result is Result.FAIL:
        return "" if aligned else "its sender is not who it says (SPF)"
    return ""


def vouched(peer: Peer, found: Authentication | None) -> bool:
    """Whether a letter's sender is sure enough that words of the letter may be sent there.

    Else whoever forges a sender has us carry their words to somebody. Who gave a password is sure,
    and so is this machine, where nobody else looked.
    """
    if peer.user is not None:
        return True
    if found is None:
        return not _from_outside(peer.address)
    spf = found.spf
    by_spf = spf is not None and spf.result is Result.PASS and not spf.helo
    return by_spf or (found.dmarc is not None and found.dmarc.aligned)


def _from_outside(address: str) -> bool:
    try:
        return not ip_address(address.partition("%")[0]).is_loopback
    except ValueError:
        return False  # a socket's path, or our own


def addressee(
    sender: Mailbox, author: str, found: Authentication | None, separators: str = "+"
) -> Mailbox | None:
    """To whom an acknowledgement goes: the sender, if the letter says that the author is the same.

    It goes to where a bounce would (RFC 3834 section 4), and not to a From that somebody else may
    have written: only one that DMARC proved is good without that. None when neither is so.
    """
    if found is not None and found.aligned:
        try:
            return Mailbox.parse(author)
        except Exception:
            return None
    return sender if _same(str(sender), author, separators) else None


def _same(one: str, other: str, separators: str) -> bool:
    def folded(address: str) -> str:
        local, _, domain = address.lower().rpartition("@")
        for sign in separators:
            local = local[:1] + local[1:].partition(sign)[0]
        return f"{local}@{domain}"

    return folded(one) == folded(other)


def wants(wishes: Wishes) -> bool:
    """Whether the sender wants to hear of a failure (RFC 3461 section 4.1)."""
    return not wishes.notify or "FAILURE" in wishes.notify


def acknowledgement_key(desk: str, ticket: str) -> str:
    """The key of the item that brings a ticket's acknowledgement: a ticket has one."""
    told = f"acknowledgement\0{desk}\0{ticket}"
    return sha256(told.encode("utf-8", "surrogatepass")).hexdigest()
