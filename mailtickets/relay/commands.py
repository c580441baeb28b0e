"""Commands are written for the next hop, with the parameters it offers (RFC 5321 section 4.1)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from attrs import field, frozen

from mailtickets.errors import Permanent
from mailtickets.mail import clean
from mailtickets.mail.envelope import Envelope, Wishes
from mailtickets.mail.mailbox import Mailbox
from mailtickets.relay.replies import Answer

_XTEXT = re.compile(r"[^!-*,-<>-~]")  # RFC 3461 section 4
_ADDRESS_TYPE = re.compile(r"[A-Za-z0-9\-]{1,40};")


@frozen
class Features:
    """What the next hop offers: keywords in upper case with their arguments (RFC 5321 4.1.1.1)."""

    offered: Mapping[str, str] = field(factory=dict)
    extended: bool = True

    def __contains__(self, keyword: str) -> bool:
        return keyword in self.offered

    @property
    def size(self) -> int | None:
        """The largest letter it takes, in octets; None when it names no limit (RFC 1870)."""
        limit = self.offered.get("SIZE", "")
        return int(limit) or None if limit.isascii() and limit.isdecimal() else None

    @property
    def mechanisms(self) -> frozenset[str]:
        """The SASL mechanisms it takes (RFC 4954)."""
        return frozenset(self.offered.get("AUTH", "").upper().split())


def features(answer: Answer) -> Features:
    """What the answer to EHLO offers."""
    offered: dict[str, str] = {}
    for line in answer.lines[1:]:
        # "AUTH=LOGIN" is what some write before the standard
        words = line.decode("ascii", "replace").replace("AUTH=", "AUTH ", 1).split(None, 1)
        if words:
            argument = words[1] if len(words) > 1 else ""
            keyword = words[0].upper()
            offered[keyword] = f"{offered.get(keyword, '')} {argument}".strip()
    return Features(offered)


@frozen
class Load:
    """What is to be known of a letter before its commands are written.

    `size` counts all that is written, `before` included: fields of ours that go first. `eight_bit`
    is true when it holds an octet beyond ASCII.
    """

    size: int
    eight_bit: bool
    before: bytes = field(default=b"", repr=False)


def needs_utf8(envelope: Envelope, recipients: tuple[Mailbox, ...], load: Load) -> bool:
    """Whether the letter can only go with SMTPUTF8 (RFC 6531)."""
    mailboxes = (*recipients, envelope.sender) if envelope.sender else recipients
    return (envelope.utf8 and load.eight_bit) or not all(one.ascii for one in mailboxes)


def obstacle(
    envelope: Envelope,
    recipients: tuple[Mailbox, ...],
    load: Load,
    offered: Features,
    host: str,
    *,
    trusted_tls: bool,
) -> Permanent | None:
    """Why the letter cannot go to this next hop at all; None when it can."""
    if offered.size is not None and load.size > offered.size:
        return Permanent("3.4", f"{host} takes letters of {offered.size} octets at most")
    if "SMTPUTF8" not in offered and needs_utf8(envelope, recipients, load):
        text = f"{host} takes no addresses and header fields in UTF-8 (it lacks SMTPUTF8)"
        return Permanent("6.7", text)  # RFC 6531 section 3.2
    if envelope.require_tls and not (trusted_tls and "REQUIRETLS" in offered):
        text = f"{host} does not keep the letter under TLS as its sender requires"
        return Permanent("7.30", text)  # RFC 8689 section 4.2.1
    return None


def mail(envelope: Envelope, load: Load, offered: Features, *, utf8: bool) -> bytes:
    """MAIL FROM. Raises Permanent 1.3 for an address that is not clean."""
    words = [f"MAIL FROM:<{_path(envelope.sender, utf8=utf8) if envelope.sender else ''}>"]
    if "SIZE" in offered:
        words.append(f"SIZE={load.size}")
    if load.eight_bit and "8BITMIME" in offered:
        words.append("BODY=8BITMIME")
    if utf8:
        words.append("SMTPUTF8")
    if "DSN" in offered:
        words += [f"RET={envelope.ret}"] if envelope.ret in {"FULL", "HDRS"} else []
        words += [f"ENVID={xtext(envelope.envid)}"] if envelope.envid else []
    if envelope.require_tls and "REQUIRETLS" in offered:
        words.append("REQUIRETLS")
    return (" ".join(words) + "\r\n").encode("utf-8")


def rcpt(recipient: Mailbox, wishes: Wishes | None, offered: Features, *, utf8: bool) -> bytes:
    """RCPT TO. Raises Permanent 1.3 for an address that is not clean."""
    words = [f"RCPT TO:<{_path(recipient, utf8=utf8)}>"]
    if wishes is not None and "DSN" in offered:
        notify = sorted(wishes.notify & {"NEVER", "SUCCESS", "FAILURE", "DELAY"})
        words += [f"NOTIFY={','.join(notify)}"] if notify else []
        kind = _ADDRESS_TYPE.match(wishes.orcpt or "")
        if wishes.orcpt and kind:
            words.append(f"ORCPT={kind[0]}{xtext(wishes.orcpt[kind.end() :])}")
    return (" ".join(words) + "\r\n").encode("utf-8")


def _path(mailbox: Mailbox, *, utf8: bool) -> str:
    if not utf8 and not mailbox.domain.isascii():
        mailbox = Mailbox(mailbox.local, mailbox.folded_domain)
    return clean.address(mailbox)


def xtext(text: str) -> str:
    """`text` as a parameter's value (RFC 3461 section 4), 100 characters of it at most.

    >>> xtext("a+b=c")
    'a+2Bb+3Dc'
    """
    ascii_ = text[:100].encode("ascii", "replace").decode("ascii")
    return _XTEXT.sub(lambda found: f"+{ord(found[0]):02X}", ascii_)
