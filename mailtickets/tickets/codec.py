"""Values as JSON, as the store keeps them: destinations, receipts and envelopes.

Reading is forgiving where an older or newer program wrote: a name that is not known is left out, a
name that is missing gets the value's default.
"""

from __future__ import annotations

import json
from functools import lru_cache
from json.encoder import encode_basestring_ascii as _quoted
from typing import Any

from mailtickets.mail.authentication import read_authentication, write_authentication
from mailtickets.mail.envelope import Envelope, Peer, Wishes
from mailtickets.mail.mailbox import Mailbox
from mailtickets.tickets.values import (
    Destination,
    Existing,
    NewTicket,
    Outgoing,
    Receipt,
    ReturnedMail,
    ToAgent,
)

_encode = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode
_PEER = ("address", "port", "helo", "protocol", "tls", "user")


@lru_cache(maxsize=256)  # a few queues and agents, again and again
def write_destination(destination: Destination | None) -> str | None:
    """A destination as JSON; None stays None."""
    match destination:
        case None:
            return None
        case NewTicket(queue):
            return _encode({"new": queue})
        case Existing(queue, ticket, proof):
            return _encode({"existing": ticket, "queue": queue, "proof": proof})
        case ReturnedMail(token):
            return _encode({"returned": token})
        case ToAgent(name):
            return _encode({"agent": name})
        case Outgoing(desk, ticket, comment):
            return _encode({"comment": comment, "ticket": ticket, "desk": desk})


def read_destination(text: str | None) -> Destination | None:
    """What `write_destination` wrote. Raises ValueError for anything else."""
    if text is None:
        return None
    match json.loads(text):
        case {"new": queue}:
            return NewTicket(queue)
        case {"existing": ticket, "queue": queue, "proof": proof}:
            return Existing(queue, ticket, proof)
        case {"returned": token}:
            return ReturnedMail(token)
        case {"agent": name}:
            return ToAgent(name)
        case {"comment": comment, "ticket": ticket, "desk": desk}:
            return Outgoing(desk, ticket, comment)
        case _:
            raise ValueError("not a destination")


def write_receipt(receipt: Receipt | None) -> str | None:
    """A receipt as JSON; None stays None."""
    if receipt is None:
        return None
    return _encode([receipt.ticket, receipt.comment, receipt.url])


def read_receipt(text: str | None) -> Receipt | None:
    """What `write_receipt` wrote."""
    if text is None:
        return None
    ticket, comment, url = json.loads(text)
    return Receipt(ticket, comment, url)


def write_envelope(envelope: Envelope) -> str:
    """An envelope as JSON. What has its default value is left out."""
    to = ",".join([_mailbox(each) for each in envelope.recipients])
    always = (
        f'{{"id":{_quoted(envelope.id)},"from":{_mailbox(envelope.sender)},"to":[{to}],'
        f'"arrived":{_number(envelope.arrived)},"peer":{_peer(envelope.peer)}'
    )
    more = _more(envelope)
    return f"{always},{_encode(more)[1:]}" if more else f"{always}}}"


def _number(seconds: float) -> str:
    # As JSON writes it, at a fifth of the cost; what is no plain, finite number is JSON's to write.
    plain = type(seconds) is float and -1e300 < seconds < 1e300
    return repr(seconds) if plain else _encode(seconds)


def _mailbox(mailbox: Mailbox | None) -> str:
    if mailbox is None:
        return "null"
    return f"[{_quoted(mailbox.local)},{_quoted(mailbox.domain)}]"


@lru_cache(maxsize=256)  # a connection's letters come from one peer
def _peer(peer: Peer) -> str:
    return _encode((peer.address, peer.port, peer.helo, peer.protocol, peer.tls, peer.user))


def _more(envelope: Envelope) -> dict[str, Any]:
    document: dict[str, Any] = {}
    if envelope.declared is not None:
        document["declared"] = envelope.declared
    if envelope.body != "7BIT":
        document["body"] = envelope.body
    if envelope.utf8:
        document["utf8"] = True
    if envelope.ret is not None:
        document["ret"] = envelope.ret
    if envelope.envid is not None:
        document["envid"] = envelope.envid
    if envelope.require_tls:
        document["require_tls"] = True
    wished = [
        (each.local, each.domain, sorted(wishes.notify), wishes.orcpt)
        for each, wishes in envelope.wishes.items()
        if wishes.notify or wishes.orcpt is not None
    ]
    if wished:
        document["wishes"] = wished
    if envelope.labels:
        document["labels"] = sorted(envelope.labels)
    if envelope.authentication is not None:
        document["authentication"] = write_authentication(envelope.authentication)
    return document


def read_envelope(text: str) -> Envelope:
    """What `write_envelope` wrote. Raises ValueError or KeyError for anything else."""
    document = json.loads(text)
    return Envelope(
        sender=_read_mailbox(document["from"]),
        recipients=tuple(Mailbox(local, domain) for local, domain in document["to"]),
        arrived=document["arrived"],
        id=document["id"],
        peer=Peer(**dict(zip(_PEER, document["peer"], strict=False))),
        declared=document.get("declared"),
        body=document.get("body", "7BIT"),
        utf8=document.get("utf8", False),
        ret=document.get("ret"),
        envid=document.get("envid"),
        require_tls=document.get("require_tls", False),
        wishes={
            Mailbox(local, domain): Wishes(frozenset(notify), orcpt)
            for local, domain, notify, orcpt in document.get("wishes", ())
        },
        labels=frozenset(document.get("labels", ())),
        authentication=read_authentication(document.get("authentication")),
    )


def _read_mailbox(pair: tuple[str, str] | None) -> Mailbox | None:
    return None if pair is None else Mailbox(*pair)
