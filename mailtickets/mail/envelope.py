"""What is written on the outside of a letter (RFC 5321 section 2.3.1), and the letter itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from secrets import token_bytes

from attrs import define, field, frozen

from mailtickets.mail.authentication import Authentication
from mailtickets.mail.mailbox import Mailbox
from mailtickets.mail.octets import Octets
from mailtickets.tickets.values import Destination

_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: nothing that reads as another
_OF_OCTETS = (_DIGITS * 8).encode("ascii")  # a digit for each of 256: all as likely
_PAIRS = tuple(first + second for first in _DIGITS for second in _DIGITS)


def new_trace_id(now: float) -> str:
    """A name for a letter that arrived at `now` (seconds since 1970): 18 characters, sortable.

    It stands in the answer to the letter, in the log, in the comment and on the page.
    """
    return TraceIds(1).new(now)


class TraceIds:
    """Makes such names; what is random about them it makes for `many` at a time."""

    __slots__ = ("_begin", "_many", "_minutes", "_stock")

    def __init__(self, many: int = 256) -> None:
        self._many = many
        self._stock: list[str] = []
        self._minutes = -1  # what changes every four minutes
        self._begin = ""  # and how it is written

    def new(self, now: float) -> str:
        """The next one."""
        if not self._stock:
            self._fill()
        quarters = int(now * 4000) & 0x3FFFFFFFFFFFF  # of milliseconds: 50 bits
        two, minutes = _PAIRS, quarters >> 20
        if minutes != self._minutes:
            self._minutes = minutes
            self._begin = f"{two[minutes >> 20]}{two[minutes >> 10 & 1023]}{two[minutes & 1023]}"
        return f"{self._begin}{two[quarters >> 10 & 1023]}{two[quarters & 1023]}{self._stock.pop()}"

    def _fill(self) -> None:
        letters = token_bytes(8 * self._many).translate(_OF_OCTETS).decode("ascii")
        self._stock = [letters[start : start + 8] for start in range(0, len(letters), 8)]


@frozen
class Peer:
    """Who handed the letter in.

    `address` is an IP address, or the path of a socket. `helo` is what the peer called itself,
    `protocol` the word for a Received field (RFC 3848), `tls` the version and cipher, `user` who
    authenticated.
    """

    address: str = ""
    port: int | None = None
    helo: str = ""
    protocol: str = "ESMTP"
    tls: str | None = None
    user: str | None = None


@frozen
class Wishes:
    """What the sender asked about notices for one recipient (RFC 3461 sections 4.1 and 4.2).

    `notify` holds NEVER, or any of SUCCESS, FAILURE and DELAY; it is empty when nothing was said.
    """

    notify: frozenset[str] = frozenset()
    orcpt: str | None = None


@define(frozen=True, slots=False)  # made twice for each letter: so it costs half
class Envelope:
    """Sender, recipients and circumstances of a letter.

    `sender` is None for the null reverse-path (RFC 5321 section 4.5.5). `arrived` counts seconds
    since 1970. `id` is the trace id. `declared` is the SIZE the sender named, in octets (RFC 1870).
    `body` is 7BIT, 8BITMIME or BINARYMIME (RFC 6152, 3030). `ret` and `envid` are those of RFC
    3461, `require_tls` that of RFC 8689. `labels` are what filters said, `authentication` what was
    found out about the sender at the dot; it is None where nobody looked.
    """

    sender: Mailbox | None
    recipients: tuple[Mailbox, ...]
    arrived: float
    id: str
    peer: Peer = Peer()
    declared: int | None = None
    body: str = "7BIT"
    utf8: bool = False
    ret: str | None = None
    envid: str | None = None
    require_tls: bool = False
    wishes: Mapping[Mailbox, Wishes] = field(factory=dict, eq=False)
    labels: frozenset[str] = frozenset()
    authentication: Authentication | None = None

    def to(
        self, recipients: tuple[Mailbox, ...], wishes: Mapping[Mailbox, Wishes] | None = None
    ) -> Envelope:
        """This envelope with other recipients: `attrs.evolve`, for where it is done per letter."""
        made = object.__new__(Envelope)
        made.__dict__.update(self.__dict__)
        made.__dict__["recipients"] = recipients
        if wishes is not None:
            made.__dict__["wishes"] = wishes
        return made


@frozen
class Letter:
    """An envelope and its octets, as they arrived: nothing rewrites them."""

    envelope: Envelope
    octets: Octets = field(eq=False)


@frozen
class Item:
    """A letter in the spool, on its way to recipients by way of an agent.

    `id` is the row's number, `key` the digest that makes a repeat recognisable and that an agent
    hands on as its idempotency key. One `lane` is one conversation, carried in order. `attempts`
    counts those begun before this one. `owner` and `fence` are the lease's: settling with an old
    fence does nothing. `holds_lane` is true of an opening: those behind it wait for it even while
    it is held.
    """

    id: int
    key: str
    letter: Letter
    recipients: tuple[Mailbox, ...]
    agent: str
    lane: str
    destination: Destination | None = None
    attempts: int = 0
    accepted: float = 0.0
    owner: str = ""
    fence: int = 0
    holds_lane: bool = False


def trace_header(envelope: Envelope, recipient: Mailbox | None, hostname: str) -> bytes:
    """The Received field of this hop, CRLF included (RFC 5321 section 4.4, RFC 3848, 6531)."""
    peer = envelope.peer
    literal = f"IPv6:{peer.address}" if ":" in peer.address else peer.address
    when = format_datetime(datetime.fromtimestamp(envelope.arrived, UTC))
    word = peer.protocol
    if envelope.utf8:  # RFC 6531 section 3.7.3
        word = word.replace("ESMTP", "UTF8SMTP").replace("LMTP", "UTF8LMTP")
    lines = [
        f"Received: from {peer.helo or 'unknown'} ([{literal or 'local'}])",
        f"\tby {hostname} with {word} id {envelope.id}",
        (f"\tfor <{recipient}>; " if recipient else "\t; ") + when,
    ]
    return "".join(line + "\r\n" for line in lines).encode("utf-8", "replace")
