"""What came back: a bounce finds its ticket, and is told there; it never opens one.

A letter to a return path of ours is about the letter that the path names. Without one, the
Message-ID in the returned head says which letter it was, else the ticket that it was sent to. What
is about no letter of ours is discarded, and so is a notice that a letter arrived: the row says so.
"""

from __future__ import annotations

from collections.abc import Mapping

from attrs import evolve, frozen

from mailtickets.errors import Permanent
from mailtickets.flow.showing import Showing
from mailtickets.interfaces import IDesk, ILedger
from mailtickets.mail.envelope import Item, Peer
from mailtickets.mail.mailbox import Mailbox
from mailtickets.mail.message import Message, Nature
from mailtickets.outcomes import Delivered, Outcome, State
from mailtickets.registers import ISuppressions
from mailtickets.routing.addresses import AddressBook
from mailtickets.routing.fates import Fate, Report, comment, reports_of, sentence, told_by
from mailtickets.routing.inbound import requester_of
from mailtickets.tickets.intents import AddComment
from mailtickets.tickets.values import Existing, NewTicket, Outgoing, ReturnedMail

_DAEMONS = frozenset(
    {"mailer-daemon", "postmaster", "mailer_daemon", "mail-daemon", "mailerdaemon"}
)


@frozen
class _Letter:
    """The letter that came back: which comment it brought, and to whom if that is known.

    `ours` is true where it is proved that we sent it: by the return path, or by its Message-ID.
    """

    about: Outgoing
    recipient: str = ""
    ours: bool = False


class Returns:
    """Takes what comes back."""

    def __init__(
        self,
        *,
        book: AddressBook,
        ledger: ILedger,
        desks: Mapping[str, IDesk],
        showing: Showing,
        suppressions: ISuppressions | None = None,
    ) -> None:
        self._book = book
        self._ledger = ledger
        self._desks = desks
        self._showing = showing
        self._suppressions = suppressions

    def concerns(self, item: Item, message: Message) -> bool:
        """Whether this is something that came back, and not a letter for a desk.

        A bounce has the null sender (RFC 5321 section 4.5.5), or at least that of a daemon. A
        person who forwards one is a person, and wants an answer.
        """
        if isinstance(item.destination, ReturnedMail):
            return True
        sender = item.letter.envelope.sender
        machine = sender is None or sender.local.lower() in _DAEMONS
        return machine and message.nature is Nature.BOUNCE

    async def take(self, desk: str, item: Item, message: Message) -> Outcome | None:
        """Tell the ticket, the page and the suppression list. Raises what the desk raises.

        None for what is about no letter of ours, where its queue wants even that.
        """
        letter = await self._letter(desk, item, message)
        if letter is None:
            if not self._unkept(item, message, about=False):
                return None
            return Delivered(State.DISCARDED, note="what came back is no letter of ours")
        if message.nature is not Nature.BOUNCE:
            return await self._note(item, message, letter)
        known = letter.recipient
        reports = reports_of(message, known or "its recipient")
        if known:
            reports = told_by(reports, known)
        for report in reports:
            who = known or report.recipient
            told = sentence(evolve(report, recipient=who))
            await self._showing.show(letter.about, who, report.fate, told)
            if letter.ours and item.letter.envelope.peer != Peer():  # ours were counted when sent
                await self._suppress(item, report, who)
        if not any(report.fate in {Fate.FAILED, Fate.DELAYED} for report in reports):
            return Delivered(State.DISCARDED, note="a notice that the letter arrived, shown there")
        bad = [report for report in reports if report.fate in {Fate.FAILED, Fate.DELAYED}]
        return await self._tell(item, message, letter, comment(bad))

    def _unkept(self, item: Item, message: Message, *, about: bool) -> str:
        """Why the queue keeps nothing of it, if it does not."""
        destination = item.destination
        if isinstance(destination, ReturnedMail):
            destination, _ = self._book.came_back(destination)
        if not isinstance(destination, (Existing, NewTicket)):
            return ""
        return self._book.queue(destination.queue).machines.discards(message, about=about)

    async def _letter(self, desk: str, item: Item, message: Message) -> _Letter | None:
        destination = item.destination
        if isinstance(destination, ReturnedMail):
            existing, token = self._book.came_back(destination)
            sent = await self._ledger.sent(token)
            if sent is not None and sent.about is not None:
                return _Letter(sent.about, sent.recipient, ours=True)
            owner = self._book.queue(existing.queue).desk
            recipient = "" if sent is None else sent.recipient
            return _Letter(Outgoing(owner, existing.ticket, ""), recipient, ours=True)
        found = await self._mailed(desk, message.original_message_id)
        if found is not None:
            return _Letter(found, ours=True)
        if isinstance(destination, Existing):
            return _Letter(Outgoing(desk, destination.ticket, ""))
        return None

    async def _mailed(self, desk: str, message_id: str | None) -> Outgoing | None:
        """The comment that a Message-ID of ours brought, at this desk or at another."""
        if not message_id:
            return None
        for name in dict.fromkeys((desk, *self._desks)):
            found = await self._ledger.mailed(name, message_id)
            if found is not None:
                return found
        return None

    async def _note(self, item: Item, message: Message, letter: _Letter) -> Outcome:
        """A vacation notice, or whatever else was sent to where only bounces belong.

        A vacation program writes to the return path (RFC 3834 section 4): the queue says what
        becomes of it, as of one that came to the ticket's address.
        """
        unkept = self._unkept(item, message, about=True)
        if unkept:
            return Delivered(State.DISCARDED, note=unkept)
        return await self._tell(item, message, letter, message.new_text)

    async def _tell(self, item: Item, message: Message, letter: _Letter, text: str) -> Outcome:
        desk = self._desks.get(letter.about.desk)
        if desk is None:
            note = f"the settings have no desk {letter.about.desk} any more"
            return Delivered(State.DISCARDED, note=note)
        rest = message.text.strip()
        intent = AddComment(
            ticket=letter.about.ticket,
            author=requester_of(message, item.letter.envelope.sender),
            text=text,
            rest="" if rest == text else rest,
            public=False,
            message_id=message.message_id,
        )
        receipt = await desk.submit(intent, item.key)
        return Delivered(State.COMMENTED, receipt, "it tells what became of an answer")

    async def _suppress(self, item: Item, report: Report, recipient: str) -> None:
        if self._suppressions is None or report.fate is not Fate.FAILED:
            return
        try:
            mailbox = Mailbox.parse(recipient)
        except Permanent:
            return
        await self._suppressions.failed(mailbox, report.trouble, item.key)
