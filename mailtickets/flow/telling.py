"""The desk is told what became of an answer: an internal comment on the ticket it belongs to.

A failure is told by the notice that comes back to the ticket's address (see `flow.bounce` and
`routing.inbound`); here it is told that an answer still waits after hours, and, where the settings
want it, that it arrived.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from twisted.logger import Logger
from zope.interface import implementer

from mailtickets.errors import Permanent
from mailtickets.interfaces import IAgent, IDesk
from mailtickets.mail.envelope import Item, Peer
from mailtickets.mail.mailbox import Mailbox
from mailtickets.outcomes import Deferred, Delivered, Outcome
from mailtickets.routing.addresses import AddressBook
from mailtickets.routing.fates import DELAY, Fate, Report, sentence
from mailtickets.tickets.intents import AddComment
from mailtickets.tickets.values import Existing, Person

DEFAULT = frozenset({Fate.DELAYED})
"""What is told unless the settings say otherwise. A note for every letter that arrives is noise."""


@implementer(IAgent)
class Telling:
    """The relay, with somebody beside it who tells the desk. The outcomes are the relay's own.

    `now` tells seconds since 1970, `hostname` signs the comment, `told` are the fates to tell.
    """

    def __init__(
        self,
        agent: IAgent,
        *,
        desks: Mapping[str, IDesk],
        book: AddressBook,
        now: Callable[[], float],
        hostname: str,
        log: Logger,
        told: frozenset[Fate] = DEFAULT,
    ) -> None:
        self._agent = agent
        self._desks = desks
        self._book = book
        self._now = now
        self._author = Person("Mail delivery", f"mailer-daemon@{hostname}")
        self._log = log
        self._told = told
        self._said: dict[str, None] = {}

    async def deliver(self, item: Item) -> Mapping[Mailbox, Outcome]:
        """The relay's outcomes; a desk that cannot be told changes none of them."""
        outcomes = await self._agent.deliver(item)
        for recipient, outcome in outcomes.items():
            report = self._report(item, recipient, outcome)
            if report is not None and report.fate in self._told:
                await self._tell(item, report)
        return outcomes

    def _report(self, item: Item, recipient: Mailbox, outcome: Outcome) -> Report | None:
        if isinstance(outcome, Delivered):
            return Report(str(recipient), Fate.DELIVERED, words=outcome.note)
        if isinstance(outcome, Deferred) and self._now() - item.accepted > DELAY:
            trouble = outcome.trouble
            return Report(str(recipient), Fate.DELAYED, trouble.enhanced, trouble.text)
        return None

    async def _tell(self, item: Item, report: Report) -> None:
        """Tell it once: the desk knows the key again, and so do we while we run."""
        key = f"{item.key}:{report.fate.value}"
        envelope = item.letter.envelope
        if key in self._said or envelope.peer != Peer() or envelope.sender is None:
            return
        try:
            destination = self._book.resolve(envelope.sender)
            if not isinstance(destination, Existing):
                return
            desk = self._desks[self._book.queue(destination.queue).desk]
            comment = AddComment(
                ticket=destination.ticket, author=self._author, text=sentence(report), public=False
            )
            await desk.submit(comment, key)
        except Permanent as why:
            self._log.warn("{id}: its desk is not told: {text}", id=envelope.id, text=why.text)
        except Exception:
            self._log.failure("{id}: its desk cannot be told", id=envelope.id)
            return
        self._said[key] = None
        while len(self._said) > 10_000:
            del self._said[next(iter(self._said))]
