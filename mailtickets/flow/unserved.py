"""An answer that no letter can be made of: the agents who wait for one are told, on its ticket."""

from __future__ import annotations

from collections.abc import Callable

from twisted.logger import Logger

from mailtickets.errors import Permanent, from_surprise
from mailtickets.interfaces import IDesk, IMeter
from mailtickets.mail import clean
from mailtickets.routing.outbound import note_key
from mailtickets.tickets.events import Event
from mailtickets.tickets.intents import AddComment
from mailtickets.tickets.values import Conversation, Person

PATIENCE = 300.0
"""Seconds for which a desk that cannot be told holds its feed; then it is logged, and goes on."""

NO_QUEUE = (
    "Answers on this ticket are not mailed: no queue of the mail gateway serves it. "
    "Somebody has to see to it that the requester hears of them."
)


class Unserved:
    """Tells one desk, in the name of a daemon of `domain`.

    `notes` is false where the settings want a line in the log and no more.
    """

    def __init__(
        self,
        *,
        name: str,
        desk: IDesk,
        domain: str,
        notes: bool,
        passing: Callable[[], float],
        meter: IMeter,
        log: Logger,
    ) -> None:
        self._name = name
        self._desk = desk
        self._author = Person("Mail delivery", f"mailer-daemon@{domain}")
        self._notes = notes
        self._passing = passing
        self._meter = meter
        self._log = log
        self._failing: tuple[str, float] | None = None

    async def no_queue(self, event: Event) -> None:
        """No queue serves the ticket: it says so once, whatever is answered there later.

        Raises as the desk does, for a while.
        """
        await self._told(event, NO_QUEUE, note_key(self._name, f"no queue/{event.ticket}"))

    async def no_mailbox(self, event: Event, conversation: Conversation) -> None:
        """The requester has no address that can be written to: each answer says so after it.

        Raises as the desk does, for a while.
        """
        address = clean.line(conversation.requester, 200)
        named = f'"{address}" is no address' if address else "there is no address"
        text = f"The answer was not mailed to the requester: {named} that a letter can be sent to."
        await self._told(event, text, note_key(self._name, f"no mailbox/{event.id}"))

    async def _told(self, event: Event, text: str, key: str) -> None:
        self._meter.count("unserved", desk=self._name)
        self._log.warn(
            "{desk}: {ticket}, comment {id}: {text}",
            desk=self._name,
            ticket=event.ticket,
            id=event.comment_id,
            text=text,
        )
        if not self._notes:
            return
        comment = AddComment(event.ticket, self._author, text, public=False)
        try:
            await self._desk.submit(comment, key)
        except Exception as why:
            if not isinstance(why, Permanent) and self._patient(key):
                raise
            said = from_surprise(why).text
            self._log.error("{ticket}: not told: {said}", ticket=event.ticket, said=said)
        self._failing = None

    def _patient(self, key: str) -> bool:
        now = self._passing()
        if self._failing is None or self._failing[0] != key:
            self._failing = (key, now)
        return now - self._failing[1] < PATIENCE
