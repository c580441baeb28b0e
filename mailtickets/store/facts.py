"""What the ledger knows: whose ticket a Message-ID is, and what each ticket is about."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, delete, select, text
from sqlalchemy.sql import bindparam

from mailtickets.db.prepared import Prepared, among, listed, upserting
from mailtickets.db.schema import conversations, departures, items, messages, participants
from mailtickets.store.text import clean
from mailtickets.tickets.codec import read_destination
from mailtickets.tickets.values import Conversation, Known, Outgoing, Person, Sent

REFERENCES = 100
"""How many Message-IDs of a thread a conversation tells: its root, and its latest."""


PARTICIPANTS = 200
"""How many participants of a ticket are kept."""
LANGUAGE = 35  # characters of a tag, of the longest that RFC 5646 section 4.4.1 asks room for


class Facts:
    """Keeps facts and finds them."""

    def __init__(self, dialect: str) -> None:
        self._dialect = dialect
        new = upserting(messages, dialect).values(
            dict.fromkeys(
                ("desk", "message_id", "ticket", "author", "ours", "fingerprint", "comment")
            )
        )
        self._message = Prepared(
            new.on_conflict_do_nothing(index_elements=["message_id", "desk", "ticket"]), dialect
        )
        taking_part = upserting(participants, dialect).values(
            {column.name: None for column in participants.columns}
        )
        self._participant = Prepared(
            taking_part.on_conflict_do_nothing(index_elements=["ticket", "desk", "folded"]), dialect
        )
        ticket = upserting(conversations, dialect).values(
            {column.name: None for column in conversations.columns}
        )
        self._conversation = Prepared(
            ticket.on_conflict_do_update(
                index_elements=["ticket", "desk"],
                set_={"language": ticket.excluded.language},
                where=(conversations.c.language == "") & (ticket.excluded.language != ""),
            ),
            dialect,
        )
        self._which = Prepared(
            select(messages.c.message_id, messages.c.ticket, messages.c.fingerprint)
            .where(
                messages.c.desk == bindparam("of_desk"),
                among(messages.c.message_id, "ids", dialect),
            )
            .order_by(messages.c.id),
            dialect,
        )

    def learn(self, connection: Connection, known: Sequence[Known]) -> None:
        """Keep facts; one that is there already stays as it is."""
        if not known:
            return
        # In one order, so that two gateways that learn the same facts wait and do not deadlock.
        for fact in sorted(known, key=lambda f: (f.desk, f.ticket, f.message_id)):
            if fact.message_id:
                self._message.do(
                    connection,
                    desk=fact.desk,
                    message_id=clean(fact.message_id),
                    ticket=clean(fact.ticket),
                    author=clean(fact.author),
                    ours=int(fact.ours),
                    fingerprint=fact.fingerprint,
                    comment=None if fact.comment is None else clean(fact.comment),
                )
            if fact.requester is not None:
                self._conversation.do(
                    connection,
                    desk=fact.desk,
                    ticket=clean(fact.ticket),
                    queue=fact.queue,
                    requester=clean(fact.requester.address),
                    name=clean(fact.requester.name),
                    subject=clean(fact.subject or ""),
                    earlier=json.dumps(list(fact.references)[-REFERENCES:]),
                    language=clean(fact.language)[:LANGUAGE],
                )
            for person in fact.participants[:PARTICIPANTS]:
                self._participant.do(
                    connection,
                    desk=fact.desk,
                    ticket=clean(fact.ticket),
                    folded=clean(person.address).lower(),
                    name=clean(person.name),
                    address=clean(person.address),
                )

    def which(
        self, connection: Connection, desk: str, ids: Sequence[str]
    ) -> dict[str, tuple[str, ...]]:
        """The tickets of those Message-IDs that are known, oldest first."""
        wanted = {clean(each): each for each in ids}
        found: dict[str, tuple[str, ...]] = {}
        for message_id, ticket, _ in self._rows(connection, desk, sorted(wanted)):
            each = wanted[message_id]
            found[each] = (*found.get(each, ()), ticket)
        return found

    def filed(
        self, connection: Connection, desk: str, message_id: str, fingerprint: str
    ) -> tuple[str, ...]:
        """The tickets that a letter with this Message-ID and this fingerprint is in."""
        rows = self._rows(connection, desk, [clean(message_id)])
        return tuple(ticket for _, ticket, print_ in rows if print_ == fingerprint and print_)

    def _rows(self, connection: Connection, desk: str, ids: list[str]) -> Sequence[Any]:
        if not ids:
            return ()
        return self._which.run(connection, of_desk=desk, ids=listed(ids, self._dialect))

    def mailed(self, connection: Connection, desk: str, message_id: str) -> Outgoing | None:
        """The comment that a letter of ours brought."""
        found = connection.execute(
            select(messages.c.ticket, messages.c.comment).where(
                messages.c.message_id == clean(message_id),
                messages.c.desk == desk,
                messages.c.ours == 1,
            )
        ).first()
        return None if found is None else Outgoing(desk, found.ticket, found.comment or "")

    def sent(self, connection: Connection, token: str) -> Sent | None:
        """The letter of ours whose item's key begins so; the latest, should there be two."""
        after = token[:-1] + chr(ord(token[-1]) + 1)  # the range that an index can walk
        found = connection.execute(
            select(items.c.key, items.c.recipient, items.c.destination)
            .where(text("prime = 1"), items.c.key >= token, items.c.key < after)
            .order_by(items.c.id.desc())
            .limit(1)
        ).one_or_none()
        if found is None:
            return None
        about = read_destination(found.destination)
        return Sent(found.key, found.recipient, about if isinstance(about, Outgoing) else None)

    def conversation(self, connection: Connection, desk: str, ticket: str) -> Conversation | None:
        """What is known of a ticket; None when its requester is not."""
        found = connection.execute(
            select(conversations).where(
                conversations.c.ticket == clean(ticket), conversations.c.desk == desk
            )
        ).one_or_none()
        if found is None:
            return None
        of_it = (messages.c.ticket == clean(ticket)) & (messages.c.desk == desk)
        newest: list[Any] = list(
            connection.execute(
                select(messages).where(of_it).order_by(messages.c.id.desc()).limit(REFERENCES)
            )
        )
        thread = [*json.loads(found.earlier), *(row.message_id for row in reversed(newest))]
        if len(newest) == REFERENCES:
            root = connection.execute(
                select(messages.c.message_id).where(of_it).order_by(messages.c.id).limit(1)
            ).scalar_one()
            thread.insert(0, root)
        thread = list(dict.fromkeys(thread))
        if len(thread) > REFERENCES:
            thread = [thread[0], *thread[1 - REFERENCES :]]
        latest = next(
            (
                row.message_id
                for row in newest
                if not row.ours and row.author.lower() == found.requester.lower()
            ),
            None,
        )
        return Conversation(
            desk=desk,
            ticket=found.ticket,
            queue=found.queue,
            requester=found.requester,
            name=found.name,
            subject=found.subject,
            references=tuple(thread),
            latest=latest,
            participants=self._taking_part(connection, desk, found.ticket),
            language=found.language,
        )

    def _taking_part(self, connection: Connection, desk: str, ticket: str) -> tuple[Person, ...]:
        rows = connection.execute(
            select(participants.c.name, participants.c.address)
            .where(participants.c.ticket == ticket, participants.c.desk == desk)
            .order_by(participants.c.folded)
            .limit(PARTICIPANTS)
        )
        return tuple(Person(name, address) for name, address in rows)

    def departed(
        self, connection: Connection, desk: str, ticket: str, address: str, *, gone: bool
    ) -> None:
        """Note that an address wants no more letters about a ticket, or wants them again."""
        of_it = {"desk": desk, "ticket": clean(ticket), "folded": clean(address).lower()}
        if gone:
            row = upserting(departures, self._dialect).values(of_it)
            connection.execute(row.on_conflict_do_nothing())
            return
        connection.execute(
            delete(departures).where(*(departures.c[name] == each for name, each in of_it.items()))
        )

    def departures(self, connection: Connection, desk: str, ticket: str) -> frozenset[str]:
        """Who wants no more letters about a ticket: addresses in lower case."""
        return frozenset(
            connection.scalars(
                select(departures.c.folded).where(
                    departures.c.ticket == clean(ticket), departures.c.desk == desk
                )
            )
        )
