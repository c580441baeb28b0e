"""The one way out for letters that we write by ourselves: asked whether they may go, and marked.

Whatever answers a letter without a person comes through here: acknowledgements, and notices that a
letter failed. None goes to a machine, each draws from the buckets, all have the null return path
(RFC 5321 section 4.5.5, RFC 3834 section 3.3) and our loop mark.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from attrs import frozen
from twisted.logger import Logger

from mailtickets.flow.pickup import NO_RELAY, RELAY
from mailtickets.interfaces import IAllowance, IMeter
from mailtickets.mail.envelope import Envelope, Item, new_trace_id
from mailtickets.mail.fields import Fields, fields_of
from mailtickets.mail.mailbox import Mailbox
from mailtickets.routing.answering import Kind
from mailtickets.routing.loops import OwnMail
from mailtickets.slips import Notice, Submission

HEAD = 64 * 1024
"""How much of a letter's head is looked at, in octets."""
QUIET = 3600.0
"""Seconds for which one empty bucket is not logged again."""
SPOKEN = 1000


@frozen
class Outgoing:
    """A letter of our own, written: its octets, its subject, and where it belongs."""

    octets: bytes
    subject: str
    key: str
    lane: str


class Automatic:
    """Lets automatic letters out. `now` tells seconds since 1970."""

    def __init__(
        self,
        *,
        allowance: IAllowance,
        own: OwnMail,
        meter: IMeter,
        log: Logger,
        now: Callable[[], float],
        hold: bool,
    ) -> None:
        self._allowance = allowance
        self._own = own
        self._meter = meter
        self._log = log
        self.now = now
        self._hold = hold
        self._logged: OrderedDict[str, float] = OrderedDict()

    def unwanted(self, kind: Kind) -> None:
        """Count a letter that is not written, since nobody or a machine would get it."""
        self._meter.count("automatic", kind=kind.value, fate="unwanted")

    async def allowed(self, kind: Kind, to: Mailbox, ticket: str | None) -> bool:
        """Whether there is enough left for one more letter; then it is taken.

        When there is not, it is counted, and logged once an hour for each bucket. Raises Temporary.
        """
        empty = await self._allowance.draw(to, ticket)
        fate = "sent" if empty is None else "withheld"
        self._meter.count("automatic", kind=kind.value, fate=fate)
        if empty is not None:
            self._complain(kind, to, empty)
        return empty is None

    def _complain(self, kind: Kind, to: Mailbox, empty: str) -> None:
        now = self.now()
        if now - self._logged.get(empty, -QUIET) < QUIET:
            return
        self._logged[empty] = now
        self._logged.move_to_end(empty)
        while len(self._logged) > SPOKEN:
            self._logged.popitem(last=False)
        self._log.warn(
            "no {kind} goes to {to}: the bucket '{empty}' is empty",
            kind=kind.value,
            to=str(to),
            empty=empty,
        )

    def envelope(self, to: Mailbox) -> Envelope:
        """That of a letter to somebody: from nobody (RFC 3834 section 3.3)."""
        now = self.now()
        return Envelope(
            sender=None,
            recipients=(to,),
            arrived=now,
            id=new_trace_id(now),
            body="8BITMIME",
            utf8=not to.ascii,
        )

    def notice(self, envelope: Envelope, written: Outgoing) -> Notice:
        """The letter, marked as ours, on its way to the relay."""
        (to,) = envelope.recipients
        submission = Submission(
            to, written.key, RELAY, written.lane, hold=NO_RELAY if self._hold else None
        )
        octets = self._own.mark(envelope.id) + written.octets
        return Notice(envelope, octets, (submission,), written.subject)


async def head_of(item: Item) -> bytes:
    """The beginning of an item's letter, HEAD octets at most."""
    async for chunk in item.letter.octets.chunks():
        return chunk[:HEAD]
    return b""


def fields_in(head: bytes) -> Fields:
    """The fields of the letter that begins with `head`."""
    ends = [at for at in (head.find(b"\r\n\r\n"), head.find(b"\n\n")) if at >= 0]
    return fields_of(head[: min(ends)] if ends else head)
