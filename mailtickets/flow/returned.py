"""What came back: a bounce finds its ticket, and is told there; it never opens one.

A letter to a return path of ours is about the letter that the path names. Without one, the
Message-ID in the returned head says which letter it was, else the ticket that it was sent to. What
is about no letter of ours is discarded, and so is a notice of what nobody wants to hear, such as
that a next hop took a letter: the row says so.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence

from attrs import evolve, frozen

from mailtickets.errors import Permanent
from mailtickets.flow.directory import taking_part
from mailtickets.flow.showing import Showing
from mailtickets.interfaces import IDesk, ILedger, IShowsStanding
from mailtickets.mail.envelope import Item, Peer
from mailtickets.mail.mailbox import Mailbox
from mailtickets.mail.message import Message, Nature
from mailtickets.outcomes import Delivered, Outcome, State
from mailtickets.registers import ISuppressions
from mailtickets.routing.addresses import AddressBook
from mailtickets.routing.fates import (
    GOOD,
    NEWS,
    Fate,
    Report,
    comment,
    reports_of,
    sentence,
    told_by,
)
from mailtickets.routing.inbound import in_words, requester_of, with_findings
from mailtickets.routing.proofs import folded, spoken
from mailtickets.routing.record import Record, Rule, write_record
from mailtickets.tickets.intents import AddComment
from mailtickets.tickets.values import Existing, NewTicket, Outgoing, Person, ReturnedMail

Participants = Callable[[str, str], Awaitable[Sequence[Person]]]
"""Who takes part in a desk's ticket beside its requester."""

_DAEMONS = frozenset(
    {"mailer-daemon", "postmaster", "mailer_daemon", "mail-daemon", "mailerdaemon"}
)


TOLD = "it tells what became of an answer"


@frozen
class Found:
    """What something that came back is about, and what is to be done with it.

    `about` is the comment that the letter brought, `recipient` whom it went to if that is known,
    and `readers` whom it may have gone to if it is not. `proved` is true where whoever sent this
    had the letter: by the return path, or by its Message-ID. `intent` is the comment; without one
    it is discarded, and `discard` says why.
    """

    about: Outgoing | None = None
    recipient: str = ""
    readers: frozenset[str] = frozenset()
    proved: bool = False
    reports: tuple[Report, ...] = ()
    intent: AddComment | None = None
    discard: str = ""


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
        participants: Participants | None = None,
        told: frozenset[Fate] = NEWS,
    ) -> None:
        """`participants` tells who reads a ticket beside its requester, by the desk's word.

        `told` are the fates to tell in words; failures are always.
        """
        self._book = book
        self._ledger = ledger
        self._desks = desks
        self._showing = showing
        self._suppressions = suppressions
        self._participants = participants
        self._told_fates = {Fate.FAILED, Fate.DELAYED} | told

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
        found = await self.found(desk, item, message)
        if found is None:
            return None
        record = write_record(record_of(item, message, found))
        for report in found.reports:
            await self._shown(item, found, report)
        if found.intent is None or found.about is None:
            return Delivered(State.DISCARDED, note=found.discard, record=record)
        there, intent = self._desks[found.about.desk], found.intent
        if not IShowsStanding.providedBy(there):
            intent = in_words(intent)
        receipt = await there.submit(intent, item.key)
        return Delivered(State.COMMENTED, receipt, TOLD, record=record)

    async def _shown(self, item: Item, found: Found, report: Report) -> None:
        """Show what became of the answer at one recipient, and hold it against the address."""
        who = found.recipient or report.recipient
        if found.about is None or not (found.recipient or folded(who) in found.readers):
            return  # anybody can write down an address that the answer never went to
        await self._showing.show(
            found.about, who, report.fate, sentence(evolve(report, recipient=who))
        )
        # What we wrote ourselves was counted when it was sent.
        if found.proved and found.recipient and item.letter.envelope.peer != Peer():
            await self._suppress(item, report, who)

    async def found(self, desk: str, item: Item, message: Message) -> Found | None:
        """What is to be done with it; nothing is done yet. None as for `take`."""
        letter = await self._letter(desk, item, message)
        if letter is None:
            if not self._unkept(item, message, about=False):
                return None
            return Found(discard="what came back is no letter of ours")
        if message.nature is not Nature.BOUNCE:
            return self._note(item, message, letter)
        reports = reports_of(message, letter.recipient or "its recipient")
        if letter.recipient:
            reports = told_by(reports, letter.recipient)
        letter = evolve(letter, reports=reports)
        # Anybody can say that a letter arrived: a comment is made of what proves that it is ours.
        news = [
            report
            for report in reports
            if report.fate in self._told_fates and (letter.proved or report.fate not in GOOD)
        ]
        if not news:
            return evolve(letter, discard="a notice that the letter arrived, shown there")
        return self._told(item, message, letter, comment(news))

    def _unkept(self, item: Item, message: Message, *, about: bool) -> str:
        """Why the queue keeps nothing of it, if it does not."""
        destination = item.destination
        if isinstance(destination, ReturnedMail):
            destination, _ = self._book.came_back(destination)
        if not isinstance(destination, (Existing, NewTicket)):
            return ""
        return self._book.queue(destination.queue).machines.discards(message, about=about)

    async def _letter(self, desk: str, item: Item, message: Message) -> Found | None:
        destination = item.destination
        if isinstance(destination, ReturnedMail):
            existing, token = self._book.came_back(destination)
            sent = await self._ledger.sent(token)
            if sent is not None and sent.about is not None:
                return Found(sent.about, sent.recipient, proved=True)
            owner = self._book.queue(existing.queue).desk
            recipient = "" if sent is None else sent.recipient
            return Found(Outgoing(owner, existing.ticket, ""), recipient, proved=True)
        found = await self._mailed(desk, message.original_message_id)
        if found is not None:
            return await self._read_by(found)
        if isinstance(destination, Existing):
            return Found(Outgoing(desk, destination.ticket, ""))
        return None

    async def _read_by(self, about: Outgoing) -> Found:
        """What a Message-ID of ours proves: all who read the answer know it.

        Where one alone does, it went to them. Else each of them could say so of the others.
        """
        known = await self._ledger.conversation(about.desk, about.ticket)
        others = taking_part(None, known)
        if self._participants is not None:
            others = (*others, *await self._participants(about.desk, about.ticket))
        requester = "" if known is None else known.requester
        if requester and not others:
            return Found(about, requester, proved=True)
        readers = {folded(one) for one in (requester, *(one.address for one in others)) if one}
        return Found(about, readers=frozenset(readers), proved=True)

    async def _mailed(self, desk: str, message_id: str | None) -> Outgoing | None:
        """The comment that a Message-ID of ours brought, at this desk or at another."""
        if not message_id:
            return None
        for name in dict.fromkeys((desk, *self._desks)):
            found = await self._ledger.mailed(name, message_id)
            if found is not None:
                return found
        return None

    def _note(self, item: Item, message: Message, letter: Found) -> Found:
        """A vacation notice, or whatever else was sent to where only bounces belong.

        A vacation program writes to the return path (RFC 3834 section 4): the queue says what
        becomes of it, as of one that came to the ticket's address.
        """
        unkept = self._unkept(item, message, about=True)
        if unkept:
            return evolve(letter, discard=unkept)
        return self._told(item, message, letter, message.new_text)

    def _told(self, item: Item, message: Message, letter: Found, text: str) -> Found:
        about = letter.about
        assert about is not None
        if about.desk not in self._desks:
            return evolve(letter, discard=f"the settings have no desk {about.desk} any more")
        rest = message.text.strip()
        intent = AddComment(
            ticket=about.ticket,
            author=requester_of(message, item.letter.envelope.sender),
            text=text,
            rest="" if rest == text else rest,
            public=False,
            message_id=message.message_id,
            unverified=not letter.proved,
        )
        return evolve(letter, intent=with_findings(intent, item.letter.envelope))

    async def _suppress(self, item: Item, report: Report, recipient: str) -> None:
        if self._suppressions is None or report.fate is not Fate.FAILED:
            return
        try:
            mailbox = Mailbox.parse(recipient)
        except Permanent:
            return
        await self._suppressions.failed(mailbox, report.trouble, item.key)


def record_of(item: Item, message: Message, found: Found) -> Record:
    """Why something that came back is told on its ticket, or is discarded."""
    ticket = found.about.ticket if found.about is not None and found.intent is not None else ""
    returned = isinstance(item.destination, ReturnedMail)
    cited = not returned and found.proved
    addressed = not returned and not cited and found.about is not None
    rules = (
        _rule("return path", returned, "a signed one of ours" if returned else "none", ticket),
        _rule("the letter it returns", cited, "one of ours" if cited else "none of ours", ticket),
        _rule("plain address", addressed, "the ticket it was sent to", ticket),
    )
    return Record(
        recipient=spoken(str(item.recipients[0])),
        author=str(message.author),
        nature=message.nature.value,
        evidence=message.evidence,
        authentication=str(item.letter.envelope.authentication or ""),
        rules=rules,
        ticket=ticket,
        signature="valid" if found.proved else "none",
        action="note" if found.intent is not None else "discard",
        why=TOLD if found.intent is not None else found.discard,
    )


def _rule(name: str, fired: bool, why: str, ticket: str) -> Rule:
    return Rule(name, fired=fired, why=why, ticket=ticket if fired else "")
