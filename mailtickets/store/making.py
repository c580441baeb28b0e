"""Items, as couriers get them: made of rows that were taken, or of a letter that was accepted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mailtickets.db.database import Database
from mailtickets.mail.envelope import Item, Letter
from mailtickets.mail.mailbox import Mailbox
from mailtickets.mail.octets import InMemory, Octets
from mailtickets.slips import Submission
from mailtickets.store.accepting import WHOLE, Arrival, pieces_of
from mailtickets.store.carrying import Taken
from mailtickets.store.octets import Stored
from mailtickets.store.text import clean
from mailtickets.tickets.codec import read_destination, read_envelope


class Making:
    """Makes the items of one gateway. `wall` tells the machine's time in seconds since 1970."""

    def __init__(self, database: Database, owner: str, wall: Callable[[], float]) -> None:
        self._database = database
        self._owner = owner
        self._wall = wall

    def items(self, taken: Taken) -> list[Item]:
        """Those of rows that were taken."""
        ahead = self._wall() - taken.now
        return [
            Item(
                id=row.id,
                key=row.key,
                letter=Letter(read_envelope(row.envelope), self._octets(row)),
                recipients=(mailbox(row.recipient),),
                agent=row.agent,
                lane=row.lane,
                destination=read_destination(row.destination),
                attempts=row.attempts - 1,
                accepted=row.accepted + ahead,
                owner=self._owner,
                fence=row.fence,
                holds_lane=bool(row.holds_lane),
            )
            for row in taken.rows
        ]

    def handed(self, arrival: Arrival, letter: int, number: int, one: Submission) -> Item:
        """That of the row `number`, which was accepted and leased: what `items` would make."""
        octets: Octets
        if arrival.octets is not None and arrival.size <= WHOLE:  # it is in memory anyhow
            octets = InMemory(arrival.octets)
        else:
            parts = arrival.parts or len(pieces_of(arrival.octets))
            octets = self.stored(arrival.size, letter, parts)
        return Item(
            id=number,
            key=one.key,
            letter=Letter(arrival.envelope, octets),
            recipients=(one.recipient,),
            agent=one.agent,
            lane=clean(one.lane),
            destination=one.destination,
            accepted=self._wall(),
            owner=self._owner,
            fence=1,
            holds_lane=one.holds_lane,
        )

    def _octets(self, row: Any) -> Octets:
        if row.octets is not None:
            return InMemory(bytes(row.octets))
        return self.stored(row.size, row.letter, row.parts)

    def stored(self, size: int, letter: int, parts: int) -> Stored:
        """The octets of a letter in the store."""
        return Stored(size, letter, parts, database=self._database)


def mailbox(text: str) -> Mailbox:
    """The mailbox that a row names, whatever it is."""
    local, _, domain = text.rpartition("@")
    try:
        return Mailbox.parse(text)
    except Exception:
        return Mailbox(local or text, domain if local else "")
