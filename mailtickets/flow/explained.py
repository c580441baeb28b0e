"""What a dry run found, in words and as JSON takes it."""

from __future__ import annotations

from typing import Any

from mailtickets.flow.reception import REFUSED
from mailtickets.mail.envelope import Envelope
from mailtickets.mail.mailbox import printed
from mailtickets.mail.message import Message
from mailtickets.outcomes import Accept, Postpone, Refuse, Swallow, Verdict
from mailtickets.routing import record
from mailtickets.routing.inbound import Decision
from mailtickets.tickets.document import intent_document
from mailtickets.tickets.intents import AddComment, Discard, Intent, OpenTicket
from mailtickets.tickets.values import Destination, Existing, NewTicket, ToAgent

TURNED_AWAY = f"550 5.7.1 {REFUSED}"


def letter_told(message: Message, envelope: Envelope, size: int) -> dict[str, Any]:
    """What stands on the letter, and what it is."""
    return {
        "sender": printed(envelope.sender),
        "author": str(message.author),
        **({} if message.written_by is None else {"written_by": str(message.written_by)}),
        "subject": message.subject,
        "message_id": message.message_id,
        "references": list(message.references),
        "size": size,
        "nature": message.nature.value,
        "evidence": list(message.evidence),
        "remarks": list(message.remarks),
    }


def answered(verdict: Verdict) -> str:
    """What a verdict would be answered with; empty where the letter passes."""
    match verdict:
        case Refuse(text, status):
            return f"550 5.{status} {text}"
        case Postpone(text, status):
            return f"451 4.{status} {text}"
        case Swallow(reason):
            return f"discarded: {reason}"
    return ""


def word_of(verdict: Verdict) -> str:
    """A verdict in a word, with the labels it gives."""
    if isinstance(verdict, Accept) and verdict.labels:
        return f"accept, labelled {', '.join(sorted(verdict.labels))}"
    return type(verdict).__name__.lower()


def destination_told(destination: Destination) -> str:
    """What RCPT found, for a person."""
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


def fate_of(decision: Decision) -> str:
    """What would become of the letter, in a sentence."""
    if decision.action == "hold":
        return "held for a person"
    if decision.action == "refuse":
        return TURNED_AWAY
    return intent_told(decision.intent, decision.why)


def intent_told(intent: Intent, why: str = "") -> str:
    """What would be asked of the desk, in a sentence; `why` where nothing would be."""
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
            return f"discarded: {reason or why}"


def sent(intent: OpenTicket | AddComment, desk: str) -> dict[str, Any]:
    """What the desk would be sent; files by name alone."""
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
        what = one.get("sends")
        if what:
            said.append(f"  to desk {what['desk']}: {what['kind']}")
            said += [f"    {key}: {value}" for key, value in what["intent"].items()]
            said += [f"    file: {each['name']}" for each in what["attachments"]]
    return said
