"""Why each letter had the fate it had: a record for a row, written with the row's end."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select, text, update
from sqlalchemy.sql import bindparam

from mailtickets.db.prepared import Prepared, among, inserting, listed, upserting
from mailtickets.db.schema import items, records
from mailtickets.store.carrying import Settling
from mailtickets.store.text import clean
from mailtickets.tickets.codec import write_destination

LONGEST = 20_000
"""Characters of a record; a longer one is not kept, and never was seen."""
MOST = 1000


class Records:
    """Keeps records and finds them."""

    def __init__(self, dialect: str) -> None:
        self._dialect = dialect
        new = upserting(records, dialect).values(dict.fromkeys(("item", "record")))
        self._keep = Prepared(
            new.on_conflict_do_update(
                index_elements=["item"], set_={"record": new.excluded.record}
            ),
            dialect,
        )
        self._add = inserting(records, dialect)
        self._find = Prepared(
            select(items.c.key, items.c.id, records.c.record)
            .select_from(items.join(records, records.c.item == items.c.id))
            .where(text("prime = 1"), among(items.c.key, "keys", dialect)),
            dialect,
        )
        self._of = Prepared(
            select(records.c.record).where(records.c.item == bindparam("of_item")), dialect
        )

    def keep(self, connection: Connection, settling: Settling) -> None:
        """Keep the record of a settlement, and where its item goes from now on, if it says so."""
        item, settlement = settling.item, settling.settlement
        if settlement.record is not None and len(settlement.record) <= LONGEST:
            self._keep.do(connection, item=item.id, record=clean(settlement.record))
        if settlement.destination is not None:
            there = write_destination(settlement.destination)
            connection.execute(update(items).where(items.c.id == item.id).values(destination=there))

    def keep_new(self, connection: Connection, found: Sequence[tuple[int, str]]) -> None:
        """Keep the records of rows that are new and at their end: the items' numbers, and why."""
        kept = [(item, clean(record)) for item, record in found if len(record) <= LONGEST]
        self._add.many(connection, kept)

    def find(self, connection: Connection, keys: Sequence[str]) -> dict[str, tuple[int, str]]:
        """The numbers and the records of items, by their keys."""
        if not keys:
            return {}
        rows = self._find.run(connection, keys=listed(list(keys)[:MOST], self._dialect))
        return {key: (id_, record) for key, id_, record in rows}

    def of(self, connection: Connection, item: int) -> str | None:
        """The record of one item."""
        rows = self._of.run(connection, of_item=item)
        return str(rows[0][0]) if rows else None
