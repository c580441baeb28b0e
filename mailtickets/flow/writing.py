"""What an agent's public comment becomes: a letter to each who reads it, in the spool.

Its files are fetched from the desk, encoded and stored piece by piece: a letter is never in memory
as a whole. A file that cannot be had holds the feed for a bounded time, and not for ever: then the
letter goes without it, says so, and so does an internal comment on the ticket.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, datetime
from functools import partial

from attrs import define, evolve, field, frozen
from twisted.logger import Logger

from mailtickets.errors import Permanent, Temporary, from_surprise
from mailtickets.interfaces import IDesk, IDraft, ISpool, ITakesAttachments, ITellsHistory
from mailtickets.mail.compose import PLAIN, Composed, Enclosure, Entry, Missing, Style, answer
from mailtickets.mail.envelope import Envelope
from mailtickets.mail.mailbox import Mailbox
from mailtickets.mail.octets import Octets
from mailtickets.mail.templates import Templates
from mailtickets.outcomes import State
from mailtickets.routing.outbound import note_key
from mailtickets.slips import Advance, Submission
from mailtickets.tickets.events import Event
from mailtickets.tickets.intents import AddComment
from mailtickets.tickets.values import Conversation, Person, Remote

LARGEST_ENCLOSURES = 32 * 1024 * 1024
"""Octets of all the files of one letter, before they are encoded."""
MOST_ENCLOSURES = 100
PATIENCE = 300.0
"""Seconds for which the files of a comment that cannot be had are asked for again."""
TRIES = 4
"""How often each of them at least, however long the feed itself could not be read meanwhile."""


@frozen
class Reader:
    """One who reads a public comment, in a letter from `sender`; `ticket` is the plain address.

    `more` are fields that the letter has, `unsubscribe` is where one goes to have no more of them.
    """

    name: str
    mailbox: Mailbox
    sender: Mailbox
    ticket: Mailbox
    more: tuple[tuple[str, str], ...] = ()
    unsubscribe: str = ""


@define
class _Trials:
    """What failed for one event since `began`, how often each; and what was given up."""

    event: str
    began: float
    tries: dict[str, int] = field(factory=dict)
    given_up: set[str] = field(factory=set)

    def failed(self, what: str, passing: float) -> bool:
        """Count a failure; whether it was one too many."""
        self.tries[what] = self.tries.get(what, 0) + 1
        waited = passing - self.began
        if waited >= 2 * PATIENCE or (waited >= PATIENCE and self.tries[what] >= TRIES):
            self.given_up.add(what)
        return what in self.given_up


_NOTE = "note"


class _Unfetched(Exception):
    """Reading this file failed."""

    def __init__(self, remote: Remote, why: Exception) -> None:
        super().__init__(remote.id)
        self.remote = remote
        self.why = why


@frozen
class _Lying:
    """A file that lies at the desk. It is asked for when it is read."""

    desk: ITakesAttachments = field(repr=False)
    ticket: str
    remote: Remote

    @property
    def size(self) -> int:
        """How many octets it has, by what the desk's feed says."""
        return self.remote.size

    async def chunks(self) -> AsyncIterator[bytes]:
        """Its octets. Raises _Unfetched, whatever went wrong."""
        left = self.remote.size
        try:
            octets: Octets = await self.desk.fetch(self.ticket, self.remote)
            async for chunk in octets.chunks():
                left -= len(chunk)
                if left >= 0:
                    yield chunk
        except Exception as why:
            raise _Unfetched(self.remote, why) from why
        if left:
            raise _Unfetched(self.remote, Permanent("6.0", "It has not the size that it should"))


class Writing:
    """Writes the letters that one desk's comments become, and puts them into the spool.

    `name` is the desk's, `styles` are the queues' by name. `passing` counts seconds.
    """

    def __init__(
        self,
        *,
        name: str,
        desk: IDesk,
        spool: ISpool,
        styles: Mapping[str, Style],
        passing: Callable[[], float],
        log: Logger,
    ) -> None:
        self._name = name
        self._desk = desk
        self._spool = spool
        self._styles = styles
        self._passing = passing
        self._log = log
        self._trials: _Trials | None = None  # of the event that is being written

    async def put(
        self,
        event: Event,
        conversation: Conversation,
        queue: str,
        reader: Reader,
        envelope: Envelope,
        submission: Submission,
        message_id: str,
        advance: Advance | None,
    ) -> State:
        """One reader's letter into the spool; how its row began.

        Raises Temporary when that is not possible now, also for a file that cannot be had yet.
        """
        files, missing = self._files(event)
        style = self._styles.get(queue, PLAIN)
        dressed = partial(
            answer,
            event,
            conversation,
            sender=reader.sender,
            ticket=reader.ticket.local,
            recipient=reader.mailbox,
            name=reader.name,
            message_id=message_id,
            date=envelope.arrived,
            enclosures=files,
            missing=missing,
            history=await self._history(event, style),
            more=reader.more,
            unsubscribe=reader.unsubscribe,
        )
        try:
            composed = dressed(style=style)
        except Temporary as why:  # the operator's template: ours do as well, and nobody waits
            self._log.error("{ticket}: {text}; ours is taken", ticket=event.ticket, text=why.text)
            composed = dressed(style=evolve(style, templates=Templates()))
        await self._tell(event, reader.sender)
        draft = self._spool.begin()
        try:
            await self._pour(composed, draft)
        except _Unfetched as why:
            draft.discard()
            raise self._unfetched(event, why) from why
        except BaseException:
            draft.discard()
            raise
        states = await draft.commit(envelope, (submission,), composed.subject, advance)
        return states[0]

    async def _pour(self, composed: Composed, draft: IDraft) -> None:
        async for chunk in composed.chunks():
            pause = draft.write(chunk)
            if pause is not None:
                await pause

    async def _history(self, event: Event, style: Style) -> list[Entry]:
        """What was said before, to be quoted. Without it the letter goes as well."""
        if not style.quoted or not ITellsHistory.providedBy(self._desk):
            return []
        try:
            past = await self._desk.history(event.ticket, event.comment_id, style.quoted)
        except Exception as why:
            text = from_surprise(why).text
            self._log.warn("{ticket}: nothing is quoted: {text}", ticket=event.ticket, text=text)
            return []
        return [Entry(_called(one.author), _day(one.created), one.text) for one in past]

    # -- its files

    def _files(self, event: Event) -> tuple[list[Enclosure], list[Missing]]:
        """The files of a comment, and those that do not go with the letter."""
        files: list[Enclosure] = []
        missing: list[Missing] = []
        left = LARGEST_ENCLOSURES
        for remote in event.attachments:
            desk = self._desk
            if not ITakesAttachments.providedBy(desk) or self._given_up(event, remote.id):
                missing.append(Missing(remote.name, remote.size))
            elif remote.size > left or len(files) >= MOST_ENCLOSURES:
                missing.append(Missing(remote.name, remote.size, too_large=True))
            else:
                left -= remote.size
                lying = _Lying(desk, event.ticket, remote)
                files.append(Enclosure(remote.name, remote.type, lying, remote.content_id))
        return files, missing[:MOST_ENCLOSURES]

    def _given_up(self, event: Event, what: str) -> bool:
        trials = self._trials
        return trials is not None and trials.event == event.id and what in trials.given_up

    def _failed(self, event: Event, what: str) -> bool:
        """Count what failed; whether to go on without it."""
        if self._trials is None or self._trials.event != event.id:
            self._trials = _Trials(event.id, self._passing())
        return self._trials.failed(what, self._passing())

    def _unfetched(self, event: Event, failed: _Unfetched) -> Temporary:
        """What is to be raised: the next time it is either there, or it is gone without."""
        if self._failed(event, failed.remote.id):
            self._log.warn(
                "{ticket}: {name} is not to be had; its answer goes without",
                ticket=event.ticket,
                name=failed.remote.name,
            )
        why = from_surprise(failed.why)
        text = f"A file of ticket {event.ticket} cannot be had from its desk: {why.text}"
        return Temporary("3.5", text, loud=True)

    async def _tell(self, event: Event, sender: Mailbox) -> None:
        """Tell the agents of files that were given up, once: the desk knows the key again.

        Raises Temporary when that is not possible now; not for ever.
        """
        names = [one.name for one in event.attachments if self._given_up(event, one.id)]
        if not names or self._given_up(event, _NOTE):
            return
        comment = AddComment(
            ticket=event.ticket,
            author=Person("Mail delivery", f"mailer-daemon@{sender.folded_domain}"),
            text=(
                f"The answer was mailed without: {', '.join(names)}. "
                "This desk did not give it out, though it was asked again and again."
            ),
            public=False,
        )
        try:
            await self._desk.submit(comment, note_key(self._name, event.id))
        except Exception as why:
            if not self._failed(event, _NOTE):
                raise
            text = from_surprise(why).text
            self._log.warn("{ticket}: not told: {text}", ticket=event.ticket, text=text)


def _called(person: Person) -> str:
    return person.name or person.address


def _day(created: str) -> str:
    """A time of RFC 3339 as people of any language read it; a question mark for anything else."""
    try:
        then = datetime.fromisoformat(created)
    except ValueError:
        return "?"
    return f"{then.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
