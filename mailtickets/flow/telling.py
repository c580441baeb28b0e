"""The desk is told what became of an answer: beside its comment, and in words where it is news.

A failure is told in words by the notice that comes back to the letter's return path (see
`flow.bounce` and `flow.returned`); here it is told that an answer still waits after hours, that it
reached the recipient's own server, and, where it had waited so long or the settings want it, that
a next hop took it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from attrs import frozen
from twisted.logger import Logger
from zope.interface import implementer

from mailtickets.errors import Permanent, Temporary
from mailtickets.flow.showing import Showing
from mailtickets.interfaces import IAgent, IDesk
from mailtickets.mail.envelope import Item, Peer
from mailtickets.mail.mailbox import Mailbox
from mailtickets.outcomes import Bounced, Delivered, Outcome, Withheld
from mailtickets.retry import Policy
from mailtickets.routing.addresses import AddressBook
from mailtickets.routing.fates import DELAY, GOOD, NEWS, Fate, Report, sentence
from mailtickets.tickets.intents import AddComment
from mailtickets.tickets.values import Existing, Outgoing, Person, ReturnedMail


@frozen
class News:
    """What became of the letter that brought a comment: `about` has no comment if none is known."""

    about: Outgoing
    report: Report


@implementer(IAgent)
class Telling:
    """The relay, with somebody beside it who tells the desk. The outcomes are the relay's own.

    `now` tells seconds since 1970, `hostname` signs the comment, `told` are the fates to tell in
    words. With `direct`, who takes a letter is the recipient's own server. What has waited for
    `give_up` seconds is held by the courier.
    """

    def __init__(
        self,
        agent: IAgent,
        *,
        desks: Mapping[str, IDesk],
        showing: Showing,
        book: AddressBook,
        now: Callable[[], float],
        hostname: str,
        log: Logger,
        told: frozenset[Fate] = NEWS,
        direct: bool = False,
        give_up: float = Policy().give_up,
    ) -> None:
        self._agent = agent
        self._desks = desks
        self._showing = showing
        self._book = book
        self._now = now
        self._author = Person("Mail delivery", f"mailer-daemon@{hostname}")
        self._log = log
        self._told = told
        self._went = Fate.DELIVERED if direct else Fate.SENT
        self._give_up = give_up
        self._said: dict[str, None] = {}

    async def deliver(self, item: Item) -> Mapping[Mailbox, Outcome]:
        """The relay's outcomes; a desk that cannot be told changes none of them."""
        outcomes = await self._agent.deliver(item)
        about = self._about(item)
        if about is not None:
            for recipient, outcome in outcomes.items():
                news = News(about, self._report(item, recipient, outcome))
                report = news.report
                await self._showing.show(about, str(recipient), report.fate, sentence(report))
                if self._worth_words(item, news.report.fate):
                    await self._tell(item, news)
        return outcomes

    def _about(self, item: Item) -> Outgoing | None:
        """The ticket that a letter of ours belongs to; None for one that only passes through."""
        if isinstance(item.destination, Outgoing):
            return item.destination
        envelope = item.letter.envelope
        if envelope.peer != Peer() or envelope.sender is None:
            return None
        try:
            destination = self._book.resolve(envelope.sender)
            if isinstance(destination, ReturnedMail):
                destination, _ = self._book.came_back(destination)
        except Permanent:
            return None
        if not isinstance(destination, Existing):
            return None
        return Outgoing(self._book.queue(destination.queue).desk, destination.ticket, "")

    def _report(self, item: Item, recipient: Mailbox, outcome: Outcome) -> Report:
        who = str(recipient)
        if isinstance(outcome, Delivered):
            return Report(who, self._went, words=outcome.note)
        if isinstance(outcome, Withheld):
            return Report(who, Fate.WAITING, words=outcome.reason)
        trouble = outcome.trouble
        if isinstance(outcome, Bounced):
            return Report(who, Fate.FAILED, trouble.enhanced, trouble.text)
        fate = Fate.DELAYED if self._late(item) else Fate.WAITING
        held = self._now() - item.accepted >= self._give_up
        return Report(who, fate, trouble.enhanced, trouble.text, held)

    def _late(self, item: Item) -> bool:
        return self._now() - item.accepted > DELAY

    def _worth_words(self, item: Item, fate: Fate) -> bool:
        """Whether this goes into a comment: what is wanted, and the end of what was told before."""
        return fate in self._told or (
            fate in GOOD and Fate.DELAYED in self._told and self._late(item)
        )

    async def _tell(self, item: Item, news: News) -> None:
        """Tell it once: the desk knows the key again, and so do we while we run."""
        key = f"{item.key}:{'held' if news.report.held else news.report.fate.value}"
        desk = self._desks.get(news.about.desk)
        if key in self._said or desk is None:
            return
        comment = AddComment(
            ticket=news.about.ticket,
            author=self._author,
            text=sentence(news.report),
            public=False,
        )
        try:
            await desk.submit(comment, key)
        except Permanent as why:
            text = "{id}: its desk is not told: {text}"
            self._log.warn(text, id=item.letter.envelope.id, text=why.text)
        except Temporary as why:  # a desk that is away is no fault of ours to trace
            text = "{id}: its desk cannot be told: {text}"
            self._log.warn(text, id=item.letter.envelope.id, text=why.text)
            return
        except Exception:
            self._log.failure("{id}: its desk cannot be told", id=item.letter.envelope.id)
            return
        self._said[key] = None
        while len(self._said) > 10_000:
            del self._said[next(iter(self._said))]
