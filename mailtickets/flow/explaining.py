"""A letter goes through the whole house dry: nothing is stored, and no desk is written to.

Each step says what it found; what would be sent to the desk stands at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from attrs import evolve

from mailtickets.errors import Permanent, Temporary, Trouble, from_surprise
from mailtickets.flow.directory import Directory
from mailtickets.flow.reader import Reader
from mailtickets.flow.reception import OURS, REFUSED, Judge, author_of
from mailtickets.flow.recipients import Recipients, arranged
from mailtickets.flow.sorting import Sorter
from mailtickets.interfaces import IAuthenticates
from mailtickets.mail.authentication import write_authentication
from mailtickets.mail.envelope import Envelope, Letter, Peer, new_trace_id
from mailtickets.mail.identifiers import identifiers
from mailtickets.mail.mailbox import Mailbox, printed
from mailtickets.mail.message import Message
from mailtickets.mail.octets import InMemory
from mailtickets.outcomes import Accept, Postpone, Refuse, Swallow, Verdict
from mailtickets.routing import record
from mailtickets.routing.addresses import AddressBook
from mailtickets.routing.inbound import Decision, requester_of
from mailtickets.routing.loops import OwnMail
from mailtickets.tickets.document import intent_document
from mailtickets.tickets.intents import AddComment, Discard, OpenTicket
from mailtickets.tickets.values import Destination, Existing, NewTicket, ToAgent


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
        now: Callable[[], float],
    ) -> None:
        self._book = book
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
        peer: str = "",
    ) -> dict[str, Any]:
        """Everything that would happen, as JSON takes it.

        `sender` is the envelope's; empty is the null reverse-path, and None asks the letter, as no
        `recipients` do. `peer` is the address of who brings it: empty is this machine, and nobody
        is asked about the sender then. Raises Permanent 1.3 for an address that is none.
        """
        now = self._now()
        message = await self._reader.message(Letter(_bare(now), InMemory(octets)))
        named = [Mailbox.parse(one) for one in recipients] or self._named(message)
        envelope = Envelope(
            sender=_sender(sender, message),
            recipients=tuple(named),
            arrived=now,
            id=new_trace_id(now),
            peer=Peer(address=peer or "127.0.0.1"),
        )
        letter = Letter(envelope, InMemory(octets))
        told: dict[str, Any] = {"letter": _letter(message, envelope, len(octets))}
        refused = self._ours(octets, envelope)
        told["authentication"], refusal, envelope = await self._authenticated(letter)
        letter = Letter(envelope, InMemory(octets))
        told["filters"], filtered = await self._judged(letter, message)
        told["recipients"] = await self._each(message, envelope, refused or refusal or filtered)
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

    def _ours(self, octets: bytes, envelope: Envelope) -> str:
        """What becomes of a letter of our own that comes back, or that says that it is ours."""
        found, user = identifiers(octets), envelope.peer.user
        why = self._own.came_back(found)
        if why:
            return f"discarded: {why}"
        poses = self._own.poses(envelope.sender, user) or self._own.poses(author_of(found), user)
        return f"550 5.7.1 {OURS}" if poses else ""

    async def _authenticated(self, letter: Letter) -> tuple[dict[str, Any] | None, str, Envelope]:
        """What is found about the sender, the refusal that follows, and the envelope with it."""
        envelope = letter.envelope
        if self._authenticator is None:
            return None, "", envelope
        found = await self._authenticator.authenticate(letter)
        if found is None:
            return None, "", envelope
        refusal = _said(self._authenticator.judge(found))
        return write_authentication(found), refusal, evolve(envelope, authentication=found)

    async def _judged(self, letter: Letter, message: Message) -> tuple[list[dict[str, str]], str]:
        """What each filter says. One that keeps a memory cannot be asked dry, and says so."""
        told = []
        for judge in self._judges:
            try:
                verdict = await judge.filter.judge(letter, message)
            except Exception as why:
                text = why.text if isinstance(why, Trouble) else "it cannot be asked dry"
                told.append({"name": judge.name, "verdict": "unknown", "text": text})
                continue
            said = _said(verdict)
            told.append({"name": judge.name, "verdict": _word(verdict), "text": said})
            if said:
                return told, said
        return told, ""

    async def _each(
        self, message: Message, envelope: Envelope, refusal: str
    ) -> list[dict[str, Any]]:
        told: list[dict[str, Any]] = []
        there: dict[Mailbox, Destination] = {}
        for recipient in envelope.recipients:
            try:
                there[recipient] = await self._recipients.destination(recipient)
            except (Permanent, Temporary) as why:
                fate = f"{'550' if isinstance(why, Permanent) else '451'} {why.enhanced} {why.text}"
                told.append({"recipient": str(recipient), "rcpt": fate, "fate": fate})
        for recipient, destination, first in arranged(there):
            entry: dict[str, Any] = {"recipient": str(recipient), "rcpt": "250 2.1.5"}
            entry["destination"] = _destination(destination)
            if refusal:
                entry["fate"] = refusal
            elif first is not None:
                entry["fate"] = f"duplicate: the same letter is for {first}"
            elif isinstance(destination, (NewTicket, Existing)):
                entry |= await self._sorted(message, envelope, recipient, destination)
            else:
                entry["fate"] = entry["destination"]
            told.append(entry)
        return told

    async def _sorted(
        self,
        message: Message,
        envelope: Envelope,
        recipient: Mailbox,
        destination: NewTicket | Existing,
    ) -> dict[str, Any]:
        try:
            sort = await self._sorter.sort(message, envelope, recipient, destination)
            queue = self._book.queue(destination.queue)
            before = await self._sorter.copy_of(queue.desk, queue, message)
        except Exception as why:
            trouble = from_surprise(why)
            return {"fate": f"deferred: {trouble.text}"}
        told: dict[str, Any] = {"decision": record.record_document(sort.record)}
        opens = isinstance(sort.decision.intent, OpenTicket)
        here = sort.conversation is not None and sort.conversation.ticket == before
        if before is not None and (opens or here):
            return told | {"fate": f"duplicate: the same letter is in {before} already"}
        return told | {"fate": _fate(sort.decision), "sends": _sends(sort.decision, queue.desk)}


def _bare(now: float) -> Envelope:
    return Envelope(None, (), now, "dry")


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


def _letter(message: Message, envelope: Envelope, size: int) -> dict[str, Any]:
    return {
        "sender": printed(envelope.sender),
        "author": str(message.author),
        "subject": message.subject,
        "message_id": message.message_id,
        "references": list(message.references),
        "size": size,
        "nature": message.nature.value,
        "evidence": list(message.evidence),
        "remarks": list(message.remarks),
    }


def _said(verdict: Verdict) -> str:
    """What a verdict would be answered with; empty where the letter passes."""
    match verdict:
        case Refuse(text, status):
            return f"550 5.{status} {text}"
        case Postpone(text, status):
            return f"451 4.{status} {text}"
        case Swallow(reason):
            return f"discarded: {reason}"
    return ""


def _word(verdict: Verdict) -> str:
    if isinstance(verdict, Accept) and verdict.labels:
        return f"accept, labelled {', '.join(sorted(verdict.labels))}"
    return type(verdict).__name__.lower()


def _destination(destination: Destination) -> str:
    match destination:
        case NewTicket(queue):
            return f"a new ticket in queue {queue}"
        case Existing(queue, ticket, proof):
            how = (
                f", by its {'return path' if proof == 'return path' else 'token'}" if proof else ""
            )
            return f"ticket {ticket} of queue {queue}{how}"
        case ToAgent(name):
            return f"agent {name}"
    return "what came back"


def _fate(decision: Decision) -> str:
    intent = decision.intent
    if decision.action == "hold":
        return "held for a person"
    if decision.action == "refuse":
        return f"550 5.7.1 {REFUSED}"
    match intent:
        case OpenTicket():
            linked = f", linked with {intent.linked}" if intent.linked else ""
            return f"opens a ticket in queue {intent.queue} for {intent.requester.address}{linked}"
        case AddComment():
            marks = [
                word
                for word, there in (
                    ("unverified", intent.unverified),
                    ("not yet a participant", intent.newcomer),
                    ("reopens", intent.reopens),
                )
                if there
            ]
            kind = "public comment" if intent.public else "internal comment"
            return ", ".join([f"{kind} on {intent.ticket}", *marks])
        case Discard(reason):
            return f"discarded: {reason or decision.why}"


def _sends(decision: Decision, desk: str) -> dict[str, Any] | None:
    """What the desk would be sent; files by name alone."""
    intent = decision.intent
    if isinstance(intent, Discard) or decision.action in {"hold", "refuse"}:
        return None
    kind = "open" if isinstance(intent, OpenTicket) else "comment"
    files = [
        {"name": one.name, "type": one.type, "size": one.octets.size} for one in intent.attachments
    ]
    return {"desk": desk, "kind": kind, "intent": intent_document(intent), "attachments": files}


def lines_of(told: dict[str, Any]) -> list[str]:
    """All of it as lines for a person."""
    letter = told["letter"]
    said = [
        f"letter: {letter['author'] or 'nobody'}: {letter['subject']}",
        f"  envelope from <{letter['sender']}>, {letter['size']} octets",
        f"  what it is: {letter['nature']} ({'; '.join(letter['evidence']) or 'nothing else'})",
    ]
    found = told["authentication"]
    said.append(f"authentication: {found['results'] if found else 'nobody is asked'}")
    said += [
        f"filter {one['name']}: {one['verdict']}" + (f": {one['text']}" if one["text"] else "")
        for one in told["filters"]
    ]
    for one in told["recipients"]:
        said += ["", f"to {one['recipient']}: RCPT is answered {one['rcpt']}"]
        if "destination" in one:
            said.append(f"  it is for {one['destination']}")
        if "decision" in one:
            said += [f"  {line}" for line in record.lines_of(one["decision"])]
        said.append(f"  fate: {one['fate']}")
        sends = one.get("sends")
        if sends:
            said.append(f"  to desk {sends['desk']}: {sends['kind']}")
            said += [f"    {key}: {value}" for key, value in sends["intent"].items()]
            said += [f"    file: {each['name']}" for each in sends["attachments"]]
    return said
