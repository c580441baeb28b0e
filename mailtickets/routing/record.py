"""Why a letter had the fate it had: which rule found its ticket, and what the policy answered."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from attrs import asdict, evolve, frozen

from mailtickets.errors import Trouble
from mailtickets.outcomes import State
from mailtickets.routing.appearances import unturned


@frozen
class Rule:
    """One way to find a letter's ticket: whether it did, and why, in a sentence for a person."""

    name: str
    fired: bool
    why: str
    ticket: str = ""


@frozen
class Record:
    """The decision about one letter and one recipient.

    `rules` are in order of trust. `cell` is that of the policy's matrix, `answer` what stands
    there; both are empty where no ticket was found. `action` is what was done, or shall be: open,
    comment, note, hold, refuse, discard, duplicate, or agent. `authentication` is an
    Authentication-Results value.
    """

    recipient: str = ""
    queue: str = ""
    author: str = ""
    nature: str = ""
    evidence: tuple[str, ...] = ()
    authentication: str = ""
    rules: tuple[Rule, ...] = ()
    ticket: str = ""
    signature: str = "none"
    aligned: bool = False
    participant: bool = False
    cell: str = ""
    answer: str = ""
    action: str = ""
    why: str = ""
    warnings: tuple[str, ...] = ()


def record_document(record: Record) -> dict[str, Any]:
    """A record as JSON takes it."""
    return asdict(record) | {
        "evidence": list(record.evidence),
        "rules": [asdict(one) for one in record.rules],
        "warnings": list(record.warnings),
    }


def write_record(record: Record | None) -> str | None:
    """A record as the store keeps it; None stays None."""
    return None if record is None else json.dumps(record_document(record), separators=(",", ":"))


ENDS: Mapping[State, str] = {
    State.DUPLICATE: "duplicate",
    State.DISCARDED: "discard",
    State.REFUSED: "refuse",
}
"""The word for what was done, by the state in which a row began at its end."""

REPEAT = "one letter, once"
"""The rule by which a repeat ends."""


def ended(record: Record, rule: str, state: State, why: str) -> str:
    """The written record of a recipient that goes to no agent: `rule` ended it, for a reason.

    `record` is what had been found by then. The rule that ended it stands first: it outranks those
    that look for a ticket. With an empty `rule` it is one of those that ended it.
    """
    if state is State.DUPLICATE:
        rule = REPEAT
    first = (Rule(rule, fired=True, why=why),) if rule else ()
    done = ENDS.get(state, state.value)
    made = evolve(record, rules=first + record.rules, action=done, why=why)
    return json.dumps(record_document(made), separators=(",", ":"))


def undone(record: Record, trouble: Trouble, what: str) -> Record:
    """The record of what was decided and is not done: `what` says how that stands."""
    return evolve(record, why=f"{record.why}; {what}: {trouble.enhanced} {trouble.text}")


def again(record: Record, ticket: str) -> Record:
    """The record of a letter that is in a ticket already: it came before, another way."""
    why = f"the same letter is in {ticket} already"
    return evolve(record, action="duplicate", ticket=ticket, why=why)


def routed(record: Record, agent: str, why: str) -> str:
    """The written record of a letter that a route of the settings gave to an agent."""
    rule = Rule("route", fired=True, why=f"the settings give it to agent {agent}")
    return json.dumps(record_document(evolve(record, rules=(rule,), action="agent", why=why)))


def read_record(text: str | None) -> dict[str, Any] | None:
    """What `write_record` wrote, as a document; None for anything else. Never raises."""
    try:
        found = json.loads(text or "null")
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def lines_of(document: Mapping[str, Any]) -> list[str]:
    """A record as lines for a person."""
    said = [f"author: {document.get('author') or 'nobody'}"]
    evidence = "; ".join(document.get("evidence") or ())
    nature = document.get("nature") or "nobody looked"
    said.append(f"what it is: {nature}" + (f" ({evidence})" if evidence else ""))
    said.append(f"sender authentication: {document.get('authentication') or 'nobody looked'}")
    for rule in document.get("rules") or ():
        sign = "->" if rule.get("fired") else "no"
        ticket = f" {rule['ticket']}" if rule.get("ticket") else ""
        said.append(f"{sign} {rule.get('name')}:{ticket} {rule.get('why')}")
    if document.get("answer"):
        who = "a participant" if document.get("participant") else "no participant"
        true = "aligned" if document.get("aligned") else "not aligned, or no policy"
        given = f"signature {document.get('signature')}, {true}, {who}"
        said.append(f"policy: {document.get('cell')} = {document['answer']} ({given})")
    said += [f"warning: {one}" for one in document.get("warnings") or ()]
    said.append(f"done: {document.get('action')}, since {document.get('why')}")
    return [unturned(one) for one in said]
