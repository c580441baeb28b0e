"""Writes the desk's book: each function is one change, on a connection that commits it.

Every change takes the book's lock first, so that on PostgreSQL, too, the ids of events become
visible in their order and a key is not used twice at once. SQLite has one writer.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, insert, select, text, update

from mailtickets.db.deskschema import (
    answers,
    comments,
    deliveries,
    events,
    numbers,
    participants,
    tickets,
)
from mailtickets.helpdesk.filing import Stored, added, file_to, forget
from mailtickets.helpdesk.values import (
    Change,
    Changed,
    NoSuchComment,
    NoSuchTicket,
    bare,
    kept,
)
from mailtickets.mail import clean
from mailtickets.mail.authentication import Authentication, write_authentication
from mailtickets.tickets.codec import read_receipt, write_receipt
from mailtickets.tickets.document import MOST_PARTICIPANTS
from mailtickets.tickets.events import Kind
from mailtickets.tickets.intents import AddComment, OpenTicket
from mailtickets.tickets.values import Delivery, Fate, Person, Receipt

_LOCK = text("SELECT pg_advisory_xact_lock(7091887103)")
LONGEST_LINE = 10_000


def lock(connection: Connection) -> None:
    """Let nobody else write the book until this transaction ends."""
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK)


def answered(connection: Connection, key: str | None) -> Receipt | None:
    """What was answered to this key before."""
    if key is None:
        return None
    found = connection.execute(select(answers.c.answer).where(answers.c.key == key)).scalar()
    return read_receipt(found)


def opened(
    connection: Connection,
    intent: OpenTicket,
    key: str | None,
    now: float,
    files: Sequence[Stored] = (),
) -> tuple[Receipt, bool]:
    """Open a ticket under `intent.prefix`; the receipt, and whether it is an earlier one's."""
    lock(connection)
    before = answered(connection, key)
    if before is not None:
        forget(connection, files)
        return before, True
    name = f"{intent.prefix}-{_next_number(connection, intent.prefix)}"
    message_id = bare(intent.message_id)
    requester = _person(intent.requester)
    number = added(
        connection,
        tickets,
        key=name,
        folded=name.lower(),
        queue=kept(intent.queue),
        subject=clean.line(intent.subject, LONGEST_LINE),
        status="open",
        requester_name=requester.name,
        requester_address=requester.address,
        message_id=message_id,
        authentication=_found(intent.authentication),
        created=now,
        updated=now,
        version=1,
        linked=_known(connection, intent.linked),
    )
    _let_in(connection, number, requester.address, intent.participants, now)
    comment = _comment(connection, number, requester, intent, now, key=key, public=True)
    file_to(connection, number, comment, files)
    _tell(connection, Kind.TICKET_OPENED, number, now, requester, comment, status="open", key=key)
    receipt = Receipt(name)
    _remember(connection, key, receipt, now)
    return receipt, False


def commented(
    connection: Connection,
    intent: AddComment,
    key: str | None,
    now: float,
    files: Sequence[Stored] = (),
) -> tuple[Receipt, bool]:
    """Add a comment; the receipt, and whether it is an earlier one's. Raises NoSuchTicket.

    What the requester writes publicly about a ticket that waits, or was thought solved, opens it.
    """
    lock(connection)
    before = answered(connection, key)
    if before is not None:
        forget(connection, files)
        return before, True
    row = _row(connection, intent.ticket)
    author = _person(intent.author)
    comment = _comment(connection, row.id, author, intent, now, key=key, public=intent.public)
    file_to(connection, row.id, comment, files)
    _tell(connection, Kind.COMMENT_ADDED, row.id, now, author, comment, row.status, key=key)
    _let_in(connection, row.id, row.requester_address, intent.participants, now)
    theirs = author.address.lower() == row.requester_address.lower() and author.address
    waited = intent.public and theirs and row.status in {"pending", "resolved"}
    reopens = waited or (intent.reopens and row.status != "open")
    _touch(connection, row, now, status="open" if reopens else row.status)
    if reopens:
        _tell(connection, Kind.STATUS_CHANGED, row.id, now, author, status="open", key=key)
    receipt = Receipt(row.key, str(comment))
    _remember(connection, key, receipt, now)
    return receipt, False


def changed(connection: Connection, ticket: str, change: Change, now: float) -> None:
    """Change a ticket. Raises NoSuchTicket, or Changed when `change.version` is not its own."""
    lock(connection)
    row = _row(connection, ticket)
    if change.version is not None and change.version != row.version:
        raise Changed(row.key)
    new: dict[str, Any] = {}
    if change.status is not None:
        new["status"] = change.status
    if change.assignee is not None:
        new["assignee"] = clean.line(change.assignee, LONGEST_LINE) or None
    if change.subject is not None:
        new["subject"] = clean.line(change.subject, LONGEST_LINE)
    moved = _moved(connection, row, change.participants)
    if not moved and all(getattr(row, name) == value for name, value in new.items()):
        return
    if change.participants is not None and moved:
        _take_part(connection, row, change, moved, now)
    _touch(connection, row, now, **new)
    if "status" in new and new["status"] != row.status:
        _tell(
            connection,
            Kind.STATUS_CHANGED,
            row.id,
            now,
            _person(change.author),
            status=new["status"],
            key=change.origin_key,
        )


def _folded(person: Person) -> str:
    return person.address.lower()


def _let_in(
    connection: Connection, ticket: int, requester: str, people: Sequence[Person], now: float
) -> None:
    """Make people participants who are not yet; there are not more than fit."""
    if not people:
        return
    there = {
        str(one)
        for one in connection.execute(
            select(participants.c.folded).where(participants.c.ticket == ticket)
        ).scalars()
    }
    for person in map(_person, people):
        folded = _folded(person)
        if folded in there | {requester.lower(), ""} or len(there) >= MOST_PARTICIPANTS:
            continue
        there.add(folded)
        connection.execute(
            insert(participants).values(
                ticket=ticket, folded=folded, name=person.name, address=person.address, added=now
            )
        )


def _moved(connection: Connection, row: Any, people: Sequence[Person] | None) -> str:
    """Who comes and who goes when the participants shall be `people`, in a sentence; or empty."""
    if people is None:
        return ""
    before = {
        found.folded: found.address
        for found in connection.execute(select(participants).where(participants.c.ticket == row.id))
    }
    after = {_folded(one): one.address for one in map(_person, people)}
    after.pop(row.requester_address.lower(), None)
    said = [f"{after[one]} takes part from now on." for one in after if one not in before]
    said += [f"{before[one]} does not take part any more." for one in before if one not in after]
    return "\n".join(said)


def _take_part(connection: Connection, row: Any, change: Change, said: str, now: float) -> None:
    """Change who takes part, and leave an internal note of it: those who read the feed hear it."""
    assert change.participants is not None
    wanted = {_folded(_person(one)) for one in change.participants}
    gone = participants.c.ticket == row.id
    connection.execute(participants.delete().where(gone, participants.c.folded.not_in(wanted)))
    _let_in(connection, row.id, row.requester_address, change.participants, now)
    author = _person(change.author)
    note = AddComment(row.key, author, said, public=False)
    key = change.origin_key
    comment = _comment(connection, row.id, author, note, now, key=key, public=False)
    _tell(connection, Kind.COMMENT_ADDED, row.id, now, author, comment, row.status, key=key)


def _known(connection: Connection, ticket: str | None) -> str | None:
    """The key of a ticket of ours, as it is written; None for any other."""
    if ticket is None:
        return None
    folded = kept(ticket).lower()
    found = connection.execute(select(tickets.c.key).where(tickets.c.folded == folded)).scalar()
    return None if found is None else str(found)


_RANK = {
    Fate.WAITING: 0,
    Fate.DELAYED: 1,
    Fate.SENT: 2,
    Fate.DELIVERED: 3,
    Fate.FAILED: 4,
}


def delivery_changed(connection: Connection, delivery: Delivery, now: float) -> bool:
    """Keep what became of the letter that brought a comment, and tell it in the feed if it is news.

    Old news after newer changes nothing: what arrived or failed waits no more. Raises NoSuchTicket,
    NoSuchComment.
    """
    lock(connection)
    ticket = _row(connection, delivery.ticket)
    number = delivery.comment
    row = connection.execute(
        select(comments.c.id).where(
            comments.c.id == (int(number) if number.isdecimal() and len(number) < 19 else 0),
            comments.c.ticket == ticket.id,
        )
    ).first()
    if row is None:
        raise NoSuchComment(number)
    recipient = clean.line(delivery.recipient, LONGEST_LINE)
    one = (deliveries.c.comment == row.id, deliveries.c.recipient == recipient.lower())
    known = connection.execute(select(deliveries.c.fate, deliveries.c.text).where(*one)).first()
    text = kept(delivery.text)
    if known is None:
        connection.execute(
            insert(deliveries).values(
                comment=row.id,
                recipient=recipient.lower(),
                fate=delivery.fate.value,
                text=text,
                changed=now,
            )
        )
    else:
        before = Fate(known.fate)
        same = before is delivery.fate and (text == known.text or not text)
        if same or _RANK[delivery.fate] < _RANK[before]:
            return False
        connection.execute(
            update(deliveries).where(*one).values(fate=delivery.fate.value, text=text, changed=now)
        )
    told = text or f"The letter to {recipient}: {delivery.fate.value}"
    nobody = Person("", "")
    _tell(connection, Kind.DELIVERY_CHANGED, ticket.id, now, nobody, row.id, text=told)
    connection.execute(update(tickets).where(tickets.c.id == ticket.id).values(updated=now))
    return True


def _next_number(connection: Connection, prefix: str) -> int:
    folded = prefix.lower()
    last = connection.execute(select(numbers.c.last).where(numbers.c.prefix == folded)).scalar()
    if last is None:
        connection.execute(insert(numbers).values(prefix=folded, last=1))
        return 1
    connection.execute(update(numbers).where(numbers.c.prefix == folded).values(last=int(last) + 1))
    return int(last) + 1


def _row(connection: Connection, ticket: str) -> Any:
    row = connection.execute(
        select(tickets).where(tickets.c.folded == kept(ticket).lower())
    ).first()
    if row is None:
        raise NoSuchTicket(ticket)
    return row


def _touch(connection: Connection, row: Any, now: float, **values: Any) -> None:
    connection.execute(
        update(tickets)
        .where(tickets.c.id == row.id)
        .values(updated=now, version=row.version + 1, **values)
    )


def _comment(
    connection: Connection,
    ticket: int,
    author: Person,
    intent: OpenTicket | AddComment,
    now: float,
    *,
    key: str | None,
    public: bool,
) -> int:
    return added(
        connection,
        comments,
        ticket=ticket,
        author_name=author.name,
        author_address=author.address,
        text=kept(intent.text),
        html=None if intent.html is None else kept(intent.html),
        rest=kept(intent.rest),
        public=int(public),
        message_id=bare(intent.message_id),
        origin_key=key,
        created=now,
        unverified=int(isinstance(intent, AddComment) and intent.unverified),
        newcomer=int(isinstance(intent, AddComment) and intent.newcomer),
        warnings="\n".join(clean.line(one, 500) for one in intent.warnings),
        authentication=_found(intent.authentication),
        labels="\n".join(clean.line(one, 200) for one in intent.labels),
        trace=clean.line(intent.trace, 100),
    )


def _found(authentication: Authentication | None) -> str | None:
    return None if authentication is None else json.dumps(write_authentication(authentication))


def _tell(
    connection: Connection,
    kind: Kind,
    ticket: int,
    now: float,
    author: Person,
    comment: int | None = None,
    status: str | None = None,
    *,
    key: str | None = None,
    text: str = "",
) -> None:
    connection.execute(
        insert(events).values(
            kind=kind.value,
            ticket=ticket,
            comment=comment,
            author_name=author.name,
            author_address=author.address,
            text=text,
            status=status,
            origin_key=key,
            created=now,
        )
    )


def _remember(connection: Connection, key: str | None, receipt: Receipt, now: float) -> None:
    if key is not None:
        connection.execute(
            insert(answers).values(key=key, answer=write_receipt(receipt), created=now)
        )


def _person(person: Person) -> Person:
    return Person(clean.line(person.name, LONGEST_LINE), clean.line(person.address, LONGEST_LINE))
