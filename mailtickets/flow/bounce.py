"""A permanent failure becomes a letter: to a sender who may be told, or to a ticket's agents."""

from __future__ import annotations

from collections.abc import Callable

from mailtickets.errors import Permanent
from mailtickets.flow.pickup import NO_RELAY, RELAY
from mailtickets.flow.reception import desk_agent
from mailtickets.interfaces import Notice, Settlement, Submission
from mailtickets.mail.envelope import Envelope, Item, new_trace_id
from mailtickets.mail.identifiers import identifiers
from mailtickets.mail.mailbox import Mailbox
from mailtickets.mail.notice import failure_notice
from mailtickets.outcomes import State
from mailtickets.routing.addresses import AddressBook
from mailtickets.routing.inbound import key_of
from mailtickets.tickets.values import Existing

HEAD = 64 * 1024
"""How much of a letter's head goes back with a notice, in octets."""
_NOBODY = frozenset({"postmaster", "mailer-daemon", "noreply", "no-reply", "donotreply"})


class Bounces:
    """Decides who is told of a letter that failed for good, and writes the notice."""

    def __init__(
        self, *, book: AddressBook, hostname: str, now: Callable[[], float], hold: bool
    ) -> None:
        self._book = book
        self._hostname = hostname
        self._now = now
        self._hold = hold

    async def settlement(self, item: Item, recipient: Mailbox, trouble: Permanent) -> Settlement:
        """`bounced` with a notice, or `refused` when there is nobody who may be told.

        Nothing goes to a null sender (RFC 5321 section 6.1), to a machine (RFC 3834 section 2), or
        to an address that reads no mail.
        """
        reason = f"{trouble.enhanced} {trouble.text}"
        sender = item.letter.envelope.sender
        head = await _head(item)
        found = identifiers(head)
        if sender is None or sender.local.lower() in _NOBODY:
            return Settlement(State.REFUSED, f"{reason}; there is no sender to tell")
        if found.auto_submitted.lower() not in {"", "no"}:
            return Settlement(State.REFUSED, f"{reason}; a machine sent it and is not told")
        now = self._now()
        envelope = Envelope(
            sender=None, recipients=(sender,), arrived=now, id=new_trace_id(now), body="8BITMIME"
        )
        octets, subject = failure_notice(
            item, recipient, trouble, head, hostname=self._hostname, date=now, id=envelope.id
        )
        submission = self._submission(sender, item)
        if submission is None:
            return Settlement(State.REFUSED, f"{reason}; its sender is no mailbox here")
        return Settlement(
            State.BOUNCED, reason, notice=Notice(envelope, octets, (submission,), subject)
        )

    def _submission(self, sender: Mailbox, item: Item) -> Submission | None:
        """How the notice travels: to the agents of a ticket of ours, or out by the relay."""
        key = key_of(None, sender, f"notice of {item.key}", "")
        if not self._book.ours(sender):
            hold = NO_RELAY if self._hold else None
            return Submission(sender, key, RELAY, item.lane, hold=hold)
        try:
            destination = self._book.resolve(sender)
        except Permanent:
            return None
        if not isinstance(destination, Existing):
            return None
        desk = self._book.queue(destination.queue).desk
        return Submission(sender, key, desk_agent(desk), item.lane, destination)


async def _head(item: Item) -> bytes:
    async for chunk in item.letter.octets.chunks():
        return chunk[:HEAD]
    return b""
