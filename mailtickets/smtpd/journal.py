"""The log of the edge: one structured line per letter and one per connection.

Nothing of a letter's content and no password is ever in them; what a peer said is shown printable.
"""

from __future__ import annotations

from time import time
from typing import Any

from twisted.logger import Logger, LogLevel

from mailtickets.mail.envelope import Envelope, Peer
from mailtickets.mail.mailbox import Mailbox, printed
from mailtickets.routing.proofs import spoken
from mailtickets.smtp.replies import CUT_OFF, Reply

_INFO = LogLevel.info


def letter(
    log: Logger, envelope: Envelope, size: int, seconds: float, reply: Reply, id: str
) -> str:
    """A letter's line: what became of it, and what the peer was told. Answers the outcome."""
    peer = envelope.peer
    sender = _shown(printed(envelope.sender))
    recipients = _shown(spoken(",".join(map(str, envelope.recipients))))
    took = f"{seconds:.4f}"
    word = outcome(reply)
    _say(
        log,
        {
            "line": f"letter {id}: {reply.code} from=<{sender}> to={recipients} size={size}"
            f" seconds={took} peer={peer.address} helo={peer.helo}{_rest(peer)}",
            "id": id,
            "code": reply.code,
            "status": reply.enhanced,
            "outcome": word,
            "sender": sender,
            "recipients": recipients,
            "size": size,
            "seconds": round(seconds, 4),
            "peer": peer.address,
            "helo": peer.helo,
            "tls": peer.tls,
            "user": peer.user,
        },
    )
    return word


def _shown(text: str) -> str:
    """A peer's own text, with nothing in it that turns round what stands beside it."""
    if text.isascii():  # the grammar lets no control through
        return text
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def outcome(reply: Reply) -> str:
    """One word for the log and the counters."""
    if reply.code < 400:
        return "accepted"
    if reply is CUT_OFF:
        return "cut off"
    return "refused" if reply.code >= 500 else "postponed"


def _rest(peer: Peer) -> str:
    tls = f" tls={peer.tls}" if peer.tls else ""
    return f"{tls} user={peer.user}" if peer.user else tls


def connection(
    log: Logger, peer: Peer, *, letters: int, octets: int, seconds: float, why: str, door: str
) -> None:
    """A connection's line, at its end."""
    took = f"{seconds:.3f}"
    _say(
        log,
        {
            "line": f"{door} connection from {peer.address}: {why}; letters={letters}"
            f" octets={octets} seconds={took} helo={peer.helo}{_rest(peer)}",
            "door": door,
            "peer": peer.address,
            "port": peer.port,
            "why": why,
            "letters": letters,
            "octets": octets,
            "seconds": float(took),
            "helo": peer.helo,
            "tls": peer.tls,
            "user": peer.user,
        },
    )


def enough(log: Logger, sender: Mailbox | None, peer: Peer) -> None:
    """A sender has had as many letters accepted as it may for now: the next are postponed."""
    _say(
        log,
        {
            "line": f"no more letters from <{printed(sender)}> at {peer.address} for a while:"
            " letters_per_sender",
            "sender": printed(sender),
            "peer": peer.address,
        },
    )


def _say(log: Logger, event: dict[str, Any]) -> None:
    """What `log.info("{line}", **event)` does, without sorting the levels each time to do it."""
    event["log_logger"] = log
    event["log_level"] = _INFO
    event["log_namespace"] = log.namespace
    event["log_source"] = log.source
    event["log_format"] = "{line}"
    event["log_time"] = time()
    log.observer(event)
