"""The log of the edge: one structured line per letter and one per connection.

Nothing of a letter's content and no password is ever in them; what a peer said is shown printable.
"""

from __future__ import annotations

from twisted.logger import Logger

from mailtickets.mail.envelope import Envelope, Peer
from mailtickets.mail.mailbox import printed
from mailtickets.smtp.replies import Reply


def letter(
    log: Logger, envelope: Envelope, size: int, seconds: float, reply: Reply, id: str
) -> None:
    """A letter's line: what became of it, and the words that the peer was told."""
    peer = envelope.peer
    sender = printed(envelope.sender)
    recipients = ",".join(map(str, envelope.recipients))
    log.info(
        "{line}",
        line=f"letter {id}: {reply.code} from=<{sender}> to={recipients} size={size}"
        f" seconds={seconds:.4f} peer={peer.address} helo={peer.helo}{_rest(peer)}",
        id=id,
        code=reply.code,
        status=reply.enhanced,
        outcome=outcome(reply),
        sender=sender,
        recipients=recipients,
        size=size,
        seconds=round(seconds, 4),
        peer=peer.address,
        helo=peer.helo,
        tls=peer.tls,
        user=peer.user,
    )


def outcome(reply: Reply) -> str:
    """One word for the log and the counters."""
    if reply.positive:
        return "accepted"
    return "refused" if reply.code >= 500 else "postponed"


def _rest(peer: Peer) -> str:
    tls = f" tls={peer.tls}" if peer.tls else ""
    return f"{tls} user={peer.user}" if peer.user else tls


def connection(
    log: Logger, peer: Peer, *, letters: int, octets: int, seconds: float, why: str, door: str
) -> None:
    """A connection's line, at its end."""
    log.info(
        "{line}",
        line=f"{door} connection from {peer.address}: {why}; letters={letters} octets={octets}"
        f" seconds={seconds:.3f} helo={peer.helo}{_rest(peer)}",
        door=door,
        peer=peer.address,
        port=peer.port,
        why=why,
        letters=letters,
        octets=octets,
        seconds=round(seconds, 3),
        helo=peer.helo,
        tls=peer.tls,
        user=peer.user,
    )
