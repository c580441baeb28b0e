"""What goes out: from which address, under which key and Message-ID, and in which lane."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import Any

from mailtickets.mail.envelope import Wishes
from mailtickets.mail.mailbox import Mailbox
from mailtickets.routing.threads import lane, root
from mailtickets.tickets.values import Conversation

_NOT_IN_ATOM = re.compile(r"[^A-Za-z0-9\-_]+")


def _digest(*parts: str) -> str:
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def outbound_key(desk: str, event: str, recipient: Mailbox) -> str:
    """The key of the item that brings a desk's event to a recipient: 64 hexadecimal digits.

    The same event to the same recipient has the same key, however often it is heard of.
    """
    return _digest("outbound", desk, event, str(recipient).lower())


def note_key(desk: str, event: str) -> str:
    """The key of the comment that says what an event's letters lack: 64 hexadecimal digits."""
    return _digest("note", desk, event)


def message_id_of(desk: str, event: str, address: Mailbox) -> str:
    """The Message-ID of the letter that an event makes, without angle brackets.

    It is the same each time, so that a repeat is recognisable on the other side; it begins with
    the ticket, whose `address` the letter comes from. It proves nothing: with keys there are better
    ones (`mailtickets.routing.addresses.AddressBook.message_id`).

    >>> message_id_of("embedded", "7", Mailbox("SUPPORT-1", "support-ticket.com"))
    'SUPPORT-1.be53bea4797bfaf9e69dcff9@support-ticket.com'
    """
    digest = _digest("message-id", desk, event, str(address).lower())[:24]
    return f"{name_of(address)}.{digest}@{address.folded_domain}"


def name_of(address: Mailbox) -> str:
    """What a Message-ID begins with: a ticket's local part, as an atom (RFC 5322 section 3.2.3)."""
    return _NOT_IN_ATOM.sub("-", address.local)[:60].strip("-") or "ticket"


def lane_of(conversation: Conversation) -> str:
    """The lane of letters to a conversation: its root, else what names the ticket."""
    otherwise = f"{conversation.desk}/{conversation.ticket}"
    return lane(root(None, conversation.references, otherwise))


def asked(recipient: Mailbox, key: str, *, receipts: bool) -> dict[str, Any]:
    """What an envelope of ours asks of the servers on its way (RFC 3461), as its fields.

    To be told of failures and delays, and with `receipts` of the arrival, of this very letter. Who
    does not know DSN is not asked.
    """
    notify = {"FAILURE", "DELAY"} | ({"SUCCESS"} if receipts else set())
    orcpt = f"rfc822;{recipient}" if recipient.ascii else None
    wishes = {recipient: Wishes(frozenset(notify), orcpt)}
    return {"ret": "HDRS", "envid": key[:32], "wishes": wishes}


_MARK = re.compile(
    r"\[([A-Za-z0-9_-]{1,60}\.(?:[0-9a-f]{24}|[a-z2-7]{13}\.[a-z2-7]{18})@[A-Za-z0-9.-]{1,255})\]"
)


def marks_in(text: str) -> tuple[str, ...]:
    """The Message-IDs of ours that a text carries as marks, first ones first, 10 at most.

    They are a hint, as References are: the ledger knows which of them there are.
    """
    found = (match[1] for match in _MARK.finditer(text))
    return tuple(dict.fromkeys(one for one, _ in zip(found, range(10), strict=False)))
