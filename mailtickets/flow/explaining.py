"""A letter goes through the whole house dry: nothing is stored, and no desk is written to.

Each step says what it found; what would be sent to the desk stands at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from attrs import evolve

from mailtickets.errors import Permanent, Temporary, Trouble, from_surprise
from mailtickets.flow.directory import Directory
from mailtickets.flow.explained import (
    TURNED_AWAY,
    answered,
    destination_told,
    fate_of,
    intent_told,
    letter_told,
    sent,
    word_of,
)
from mailtickets.flow.reader import Reader
from mailtickets.flow.reception import OURS, Judge
from mailtickets.flow.recipients import Recipients, arranged
from mailtickets.flow.returned import Found, Returns, record_of
from mailtickets.flow.sorting import Sorter
from mailtickets.interfaces import IAuthenticates, IDesk, IShowsStanding
from mailtickets.mail.authentication import write_authentication
from mailtickets.mail.envelope import Envelope, Item, Letter, Peer, new_trace_id
from mailtickets.mail.identifiers import identifiers
from mailtickets.mail.mailbox import Mailbox
from mailtickets.mail.message import Message
from mailtickets.mail.octets import InMemory
from mailtickets.outcomes import Accept, Swallow, Verdict
from mailtickets.routing.addresses import AddressBook
from mailtickets.routing.inbound import in_words, requester_of, with_findings
from mailtickets.routing.loops import OwnMail
from mailtickets.routing.record import again, record_document
from mailtickets.smtp.intake import Intake
from mailtickets.smtp.limits import Limits
from mailtickets.tickets.intents import AddComment, Discard, OpenTicket
from mailtickets.tickets.values import Destination, Existing, NewTicket, ReturnedMail, ToAgent

LOOPBACK = "127.0.0.1"
Rows = dict[Mailbox, dict[str, Any]]
"""What is told of each recipient."""


class Explaining:
    """Tells what would become of a letter, and why. `now` gives seconds since 1970."""

    def __init__(
        self,
        *,
        book: AddressBook,
        directory: Directory,
        reader: Reader,
        judges: Sequence[Judge],
        authenticator: IAuthenticates | None,
        own: OwnMail,
        returns: Returns,
        desks: Mapping[str, IDesk],
        limits: Limits,
        now: Callable[[], float],
    ) -> None:
        self._book = book
        self._returns = returns
        self._desks = desks
        self._limits = limits
        self._recipients = Recipients(book, directory, now)
        self._sorter = Sorter(book=book, directory=directory, now=now)
        self._reader = reader
        self._judges = tuple(judges)
        self._authenticator = authenticator
        self._own = own
        self._now = now

    async def explain(
        self,
        octets: bytes,
        *,
        sender: str | None = None,
        recipients: Sequence[str] = (),
        peer: Peer = Peer(),  # noqa: B008 - a frozen value
    ) -> dict[str, Any]:
        """Everything that would happen, as JSON takes it.

        `sender` is the envelope's; empty is the null reverse-path, and None asks the letter, as no
        `recipients` do. `peer` is who brings it: without an address it is this machine, and nobody
        is asked about the sender then. Raises Permanent 1.3 for an address that is none.
        """
        now = self._now()
        path = None if sender is None else sender.strip("<> ")
        message = await self._reader.read(InMemory(octets), path)
        named = [Mailbox.parse(one) for one in recipients] or self._named(message)
        envelope = Envelope(
            sender=_sender(sender, message),
            recipients=tuple(named),
            arrived=now,
            id=new_trace_id(now),
            peer=peer if peer.address else evolve(peer, address=LOOPBACK),
        )
        told: dict[str, Any] = {"letter": letter_told(message, envelope, len(octets))}
        rows, there = await self._asked(envelope)
        refusal = self._of_the_edge(octets) if there else ""
        if not refusal:
            refusal = self._without_ours(rows, there, octets, envelope)
        left = bool(there) and not all("fate" in rows[one] for one in there)
        told["authentication"], unproved, envelope = await self._authenticated(
            Letter(envelope, InMemory(octets)), asked=left
        )
        refusal = refusal or unproved
        letter = Letter(envelope, InMemory(octets))
        told["filters"], verdict, labels = await self._judged(letter, message, asked=left)
        envelope = evolve(envelope, labels=envelope.labels | labels)
        if refusal:
            _all(rows, there, refusal)
        else:
            await self._each(rows, there, message, envelope, verdict)
        told["recipients"] = list(rows.values())
        return told

    def _named(self, message: Message) -> list[Mailbox]:
        """Those of our addresses that the letter's head names; else the first that opens."""
        found: list[Mailbox] = []
        for person in (*message.delivered_to, *message.to, *message.cc)[:100]:
            try:
                mailbox = Mailbox.parse(person.address)
            except Permanent:
                continue
            if self._book.ours(mailbox) and mailbox not in found:
                found.append(mailbox)
        if found:
            return found
        opening = [one for one in self._book.queues if one.open][:1]
        return [Mailbox(one.open[0], one.domain) for one in opening]

    async def _asked(self, envelope: Envelope) -> tuple[Rows, dict[Mailbox, Destination]]:
        """What each RCPT is answered, and where the mail of those that are taken goes."""
        rows: Rows = {}
        taken: dict[Mailbox, Destination] = {}
        poses = self._own.poses(envelope.sender, envelope.peer.user)
        for recipient in envelope.recipients:
            said = ""
            try:
                destination = await self._recipients.destination(recipient)
            except (Permanent, Temporary) as why:
                said = f"{'550' if isinstance(why, Permanent) else '451'} {why.enhanced} {why.text}"
            else:
                taken[recipient] = destination
                if poses and not isinstance(destination, ToAgent):
                    said = f"550 5.7.1 {OURS}"
            if said:
                taken.pop(recipient, None)
                rows[recipient] = {"recipient": str(recipient), "rcpt": said, "fate": said}
        there: dict[Mailbox, Destination] = {}
        for recipient, destination, first in arranged(taken):
            there[recipient] = destination
            rows[recipient] = {
                "recipient": str(recipient),
                "rcpt": "250 2.1.5",
                "destination": destination_told(destination),
            }
            if first is not None:
                rows[recipient]["fate"] = f"duplicate: the same letter is for {first}"
        return rows, there

    def _of_the_edge(self, octets: bytes) -> str:
        """Why the edge takes no such letter: too large, or in circles (RFC 5321 section 6.3)."""
        intake = Intake(self._limits, mend=True)
        intake.take(octets, final=True)
        failure = intake.failure
        return "" if failure is None else f"{failure.code} {failure.enhanced} {failure.text}"

    def _without_ours(
        self, rows: Rows, there: Mapping[Mailbox, Destination], octets: bytes, envelope: Envelope
    ) -> str:
        """End what is a letter of our own, or says so; the refusal, where nobody else has it."""
        found = identifiers(octets)
        why = self._own.came_back(found)
        if not why and self._own.posed_by(found.from_address, envelope.peer.user):
            if not any(isinstance(one, ToAgent) for one in there.values()):
                return f"550 5.7.1 {OURS}"
            why = "its From is an address of ours"
        if why:
            for recipient, destination in there.items():
                if not isinstance(destination, ToAgent):
                    rows[recipient]["fate"] = f"discarded: {why}"
        return ""

    async def _authenticated(
        self, letter: Letter, *, asked: bool
    ) -> tuple[dict[str, Any] | None, str, Envelope]:
        """What is found about the sender, the refusal that follows, and the envelope with it."""
        envelope = letter.envelope
        if self._authenticator is None or not asked:
            return None, "", envelope
        found = await self._authenticator.authenticate(letter)
        if found is None:
            return None, "", envelope
        refusal = answered(self._authenticator.judge(found))
        return write_authentication(found), refusal, evolve(envelope, authentication=found)

    async def _judged(
        self, letter: Letter, message: Message, *, asked: bool
    ) -> tuple[list[dict[str, str]], Verdict, frozenset[str]]:
        """What each filter says. One that keeps a memory cannot be asked dry, and says so."""
        told: list[dict[str, str]] = []
        labels: frozenset[str] = frozenset()
        for judge in self._judges if asked else ():
            try:
                verdict = await judge.filter.judge(letter, message)
            except Exception as why:
                text = why.text if isinstance(why, Trouble) else "it cannot be asked dry"
                told.append({"name": judge.name, "verdict": "unknown", "text": text})
                continue
            entry = {"name": judge.name, "verdict": word_of(verdict), "text": answered(verdict)}
            told.append(entry)
            if not isinstance(verdict, Accept):
                return told, verdict, labels
            labels |= verdict.labels
        return told, Accept(), labels

    async def _each(
        self,
        rows: Rows,
        there: Mapping[Mailbox, Destination],
        message: Message,
        envelope: Envelope,
        verdict: Verdict,
    ) -> None:
        """What becomes of the letter at each of them, if filters let it pass."""
        early = [one for one in there if "fate" in rows[one]]
        for recipient, destination in there.items():
            row = rows[recipient]
            if recipient in early:
                continue
            if isinstance(destination, ToAgent):
                row["fate"] = row["destination"]
            else:
                row |= await self._sorted(message, envelope, recipient, destination)
        turned = [one for one in there if rows[one]["fate"] == TURNED_AWAY]
        said = answered(verdict)
        if not said or len(turned) == len(there):
            return  # a queue's policy refuses before any filter is asked
        beyond = {*early, *turned} if isinstance(verdict, Swallow) else ()
        _all(rows, [one for one in there if one not in beyond], said)

    async def _sorted(
        self, message: Message, envelope: Envelope, recipient: Mailbox, destination: Destination
    ) -> dict[str, Any]:
        item = Item(0, "dry", Letter(envelope, InMemory(b"")), (recipient,), "", "", destination)
        try:
            desk = self._desk_of(destination)
            if self._returns.concerns(item, message):
                found = await self._returns.found(desk, item, message)
                if found is not None:
                    return self._came_back(desk, item, message, found)
                if isinstance(destination, ReturnedMail):
                    return {"fate": "discarded: it is about no letter of ours"}
            assert isinstance(destination, (NewTicket, Existing))
            sort = await self._sorter.sort(message, envelope, recipient, destination)
            queue = self._book.queue(destination.queue)
            before = await self._sorter.copy_of(desk, queue, message)
        except Exception as why:
            trouble = from_surprise(why)
            return {"fate": f"deferred: {trouble.text}"}
        told: dict[str, Any] = {"decision": record_document(sort.record)}
        intent = sort.decision.intent
        here = sort.conversation is not None and sort.conversation.ticket == before
        if before is not None and (isinstance(intent, OpenTicket) or here):
            made = again(sort.record, before)
            return {"decision": record_document(made), "fate": f"duplicate: {made.why}"}
        told["fate"] = fate_of(sort.decision)
        if not isinstance(intent, Discard) and sort.decision.action not in {"hold", "refuse"}:
            listed = message.written_by is not None
            told["sends"] = sent(self._as_sent(intent, desk, envelope, listed=listed), desk)
        return told

    def _came_back(self, desk: str, item: Item, message: Message, found: Found) -> dict[str, Any]:
        """What is told of a letter that came back."""
        about, intent = found.about, found.intent
        told: dict[str, Any] = {
            "decision": record_document(record_of(item, message, found)),
            "fate": f"discarded: {found.discard}",
        }
        if intent is not None:
            desk = desk if about is None else about.desk
            told["fate"] = intent_told(intent)
            told["sends"] = sent(self._as_sent(intent, desk), desk)
        return told

    def _desk_of(self, destination: Destination) -> str:
        if isinstance(destination, ReturnedMail):
            destination, _ = self._book.came_back(destination)
        assert isinstance(destination, (NewTicket, Existing))
        return self._book.queue(destination.queue).desk

    def _as_sent(
        self,
        intent: OpenTicket | AddComment,
        desk: str,
        envelope: Envelope | None = None,
        *,
        listed: bool = False,
    ) -> OpenTicket | AddComment:
        """The intent with what was found out, in words where the desk keeps no standing."""
        if not IShowsStanding.providedBy(self._desks.get(desk)):
            intent = in_words(intent)
        return intent if envelope is None else with_findings(intent, envelope, listed=listed)


def _all(rows: Rows, recipients: Iterable[Mailbox], fate: str) -> None:
    """Give them all the same fate, and nothing besides."""
    for one in recipients:
        kept = ("recipient", "rcpt", "destination")
        rows[one] = {key: rows[one][key] for key in kept} | {"fate": fate}


def _sender(asked: str | None, message: Message) -> Mailbox | None:
    text = requester_of(message, None).address if asked is None else asked.strip("<> ")
    if not text:
        return None
    try:
        return Mailbox.parse(text)
    except Permanent:
        if asked is None:
            return None
        raise
