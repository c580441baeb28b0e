"""What in a letter names a ticket, in order of trust."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum

from attrs import field, frozen

from mailtickets.errors import Permanent
from mailtickets.mail.mailbox import Mailbox
from mailtickets.mail.message import Message
from mailtickets.routing import threads
from mailtickets.routing.addresses import RELEASED, AddressBook, Queue
from mailtickets.routing.outbound import marks_in
from mailtickets.routing.proofs import looks_ours, spoken
from mailtickets.tickets.values import Existing, NewTicket, Person

MOST_CLUES = 8
"""Of one sort; a letter that names more tickets has named enough."""
SEARCHED = 256 * 1024
"""Characters of a text in which marks are looked for."""


class Source(StrEnum):
    """Where a ticket is named; the earlier, the better it is believed."""

    SIGNED_ADDRESS = "signed address"
    ADDRESS = "plain address"
    OUR_REFERENCE = "reference to a letter of ours"
    REFERENCE = "reference to a known letter"
    MARK = "mark in the text"
    TAG = "tag in the subject"


@frozen
class Clue:
    """A ticket that is named, and where. `signed` is true where a key of ours proves it."""

    source: Source
    ticket: str
    why: str
    signed: bool = False


@frozen
class Clues:
    """All that was found, best first, and why those sources that name nothing do not."""

    found: tuple[Clue, ...] = ()
    missed: Mapping[Source, str] = field(factory=dict)

    def proves(self, ticket: str) -> bool:
        """Whether anything that a key of ours made is about this ticket."""
        return any(one.signed and one.ticket.lower() == ticket.lower() for one in self.found)


def asked(message: Message, book: AddressBook) -> tuple[str, ...]:
    """The Message-IDs to ask the ledger about: none that we signed, or seem to have signed."""
    cited = (*threads.bounded(message.references), *_marks(message))
    return tuple(dict.fromkeys(one for one in cited if not looks_ours(one, book.domains)))


def unproved(message: Message, book: AddressBook) -> tuple[str, ...]:
    """Message-IDs in our form that no key on the ring made: forged, or of a key that is gone.

    The ledger may know them as letters that we sent. They are a hint then, and no proof.
    """
    cited = (*reversed(threads.bounded(message.references)), *_marks(message))
    ours = [one for one in cited if looks_ours(one, book.domains) and not book.ticket_named(one)]
    return tuple(dict.fromkeys(ours))[:MOST_CLUES]


def clues(
    message: Message,
    destination: NewTicket | Existing,
    recipient: Mailbox,
    queue: Queue,
    book: AddressBook,
    known: Mapping[str, Sequence[str]],
) -> Clues:
    """What names a ticket of `queue`.

    `known` are the tickets that the ledger told of `asked`, and of those of `unproved` that it
    knows as letters of ours.
    """
    searches = (
        _addresses(message, destination, recipient, queue, book),
        _references(message, queue, book, known),
        _marked(message, queue, book, known),
        _tagged(message, queue),
    )
    found = [clue for some, _ in searches for clue in some]
    missed: dict[Source, str] = {}
    for _, reasons in searches:
        missed |= reasons
    there = {clue.source for clue in found}
    order = list(Source)
    return Clues(
        tuple(sorted(found, key=lambda clue: order.index(clue.source))),
        {source: why for source, why in missed.items() if source not in there},
    )


Search = tuple[list[Clue], dict[Source, str]]


def _addresses(
    message: Message,
    destination: NewTicket | Existing,
    recipient: Mailbox,
    queue: Queue,
    book: AddressBook,
) -> Search:
    """The envelope's address counts most; the header's count where it names no ticket."""
    missed = {
        Source.SIGNED_ADDRESS: "no address carries a token",
        Source.ADDRESS: "no address names a ticket",
    }
    if isinstance(destination, Existing):
        return [_addressed(destination, f"the letter is for {spoken(str(recipient))}")], missed
    found: list[Clue] = []
    for person in _named(message)[:200]:
        try:
            there = book.resolve(Mailbox.parse(person.address))
        except Permanent:
            continue
        if isinstance(there, Existing) and there.queue == queue.name:
            found.append(_addressed(there, f"its header names {spoken(person.address)}"))
    return found[:MOST_CLUES], missed


def _named(message: Message) -> Sequence[Person]:
    return (*message.delivered_to, *message.to, *message.cc)


def _addressed(destination: Existing, why: str) -> Clue:
    signed = destination.proof is not None
    if destination.proof == RELEASED:
        why += ", and a person let it in"
    elif signed:
        why += ", whose token is true"
    source = Source.SIGNED_ADDRESS if signed else Source.ADDRESS
    return Clue(source, destination.ticket, why, signed)


def _references(
    message: Message, queue: Queue, book: AddressBook, known: Mapping[str, Sequence[str]]
) -> Search:
    """References and In-Reply-To, rightmost first (RFC 5322 section 3.6.4)."""
    cited = list(reversed(threads.bounded(message.references)))
    ours: list[Clue] = []
    theirs: list[Clue] = []
    forged = elsewhere = 0
    for one in cited:
        named = book.ticket_named(one)
        if named is not None and named[0].name == queue.name:
            ours.append(Clue(Source.OUR_REFERENCE, named[1], f"it answers <{one}>", signed=True))
        elif named is not None:
            elsewhere += 1
        elif looks_ours(one, book.domains) and one not in known:
            forged += 1
        else:
            theirs += [
                Clue(Source.REFERENCE, ticket, f"it answers <{one}>, which is of that ticket")
                for ticket in reversed(known.get(one, ()))
            ]
    missed = {
        Source.OUR_REFERENCE: _none(cited, forged, elsewhere),
        Source.REFERENCE: "none is known" if cited else "it answers no letter",
    }
    return _first(ours) + _first(theirs), missed


def _none(cited: Sequence[str], forged: int, elsewhere: int) -> str:
    if forged:
        return f"{forged} that look like ours were not made by a key of ours"
    if elsewhere:
        return f"{elsewhere} of ours are of another queue"
    return "none is ours" if cited else "it answers no letter"


def _marks(message: Message) -> tuple[str, ...]:
    texts = (message.text[:SEARCHED], (message.markup or "")[:SEARCHED])
    return tuple(dict.fromkeys(mark for one in texts for mark in marks_in(one)))


def _marked(
    message: Message, queue: Queue, book: AddressBook, known: Mapping[str, Sequence[str]]
) -> Search:
    found: list[Clue] = []
    forged = 0
    for one in _marks(message):
        named = book.ticket_named(one)
        if named is not None and named[0].name == queue.name:
            found.append(Clue(Source.MARK, named[1], f"it quotes [{one}]", signed=True))
        elif named is None and looks_ours(one, book.domains) and one not in known:
            forged += 1
        else:
            tickets = reversed(known.get(one, ()))
            found += [Clue(Source.MARK, ticket, f"it quotes [{one}]") for ticket in tickets]
    why = f"{forged} of its marks were not made by a key of ours" if forged else "there is none"
    return _first(found), {Source.MARK: why}


def _tagged(message: Message, queue: Queue) -> Search:
    tag = queue.admission.subject_tag
    if "{ticket}" not in tag:
        return [], {Source.TAG: "this queue has none"}
    before, _, after = tag.partition("{ticket}")
    name = rf"{re.escape(queue.prefix)}-[0-9A-Za-z]{{1,40}}"
    pattern = rf"{re.escape(before)}({name}){re.escape(after)}"
    found = []
    for match in re.finditer(pattern, message.subject[:1000], re.IGNORECASE):
        ticket = queue.ticket_of(match[1])
        if ticket is not None:
            found.append(Clue(Source.TAG, ticket, f"the subject says {match[0]}"))
    return _first(found), {Source.TAG: "there is none"}


def _first(found: list[Clue]) -> list[Clue]:
    """The first of each ticket, and not too many."""
    kept: dict[str, Clue] = {}
    for one in found:
        kept.setdefault(one.ticket.lower(), one)
    return list(kept.values())[:MOST_CLUES]
