"""SQL text made once from Core, and run at the driver's level where every microsecond counts."""

from __future__ import annotations

import json
from collections import namedtuple
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Dialect, bindparam, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.schema import Table
from sqlalchemy.sql import ClauseElement, ColumnElement, any_
from sqlalchemy.types import TypeEngine


def positional(dialect: str) -> Dialect:
    """A dialect whose parameters are positions, so that a row is a plain tuple."""
    if dialect == "sqlite":
        return SQLiteDialect_pysqlite(paramstyle="qmark")
    return PGDialect_psycopg(paramstyle="format")  # type: ignore[no-untyped-call]


def driver(connection: Connection) -> Any:
    """The driver's own connection, below SQLAlchemy, in the transaction that is open."""
    return connection.connection.driver_connection


class Prepared:
    """A statement's text, and the order in which it wants its parameters.

    It is run by the driver's cursor: SQLAlchemy's own way costs as much as all that SQLite does to
    accept a letter. What it raises is the driver's; `mailtickets.db.troubles` knows both kinds.
    """

    def __init__(
        self, statement: ClauseElement, dialect: str, order: Sequence[str] | None = None
    ) -> None:
        keys: dict[str, Any] = {} if order is None else {"column_keys": list(order)}
        compiled: Any = statement.compile(dialect=positional(dialect), **keys)
        self.text = str(compiled)
        self.order: tuple[str, ...] = tuple(compiled.positiontup or ())
        self._fixed = {k: v for k, v in compiled.params.items() if v is not None}
        names = [column.name for column in getattr(statement, "selected_columns", ())]
        self._make = namedtuple("Found", names)._make if names else None  # type: ignore[attr-defined]  # noqa: PYI024 - made here

    def row(self, **named: Any) -> tuple[Any, ...]:
        """The parameters in the order that the text wants."""
        values = {**self._fixed, **named}
        return tuple([values[name] for name in self.order])

    def many(self, connection: Connection, rows: list[tuple[Any, ...]]) -> int:
        """Run it for each row, a tuple in the order of `order`; tells how many rows it touched."""
        if not rows:
            return 0
        cursor = driver(connection).cursor()
        if len(rows) == 1:
            cursor.execute(self.text, rows[0])
        else:
            cursor.executemany(self.text, rows)
        touched: int = cursor.rowcount
        return touched

    def run(self, connection: Connection, **named: Any) -> Sequence[Any]:
        """Run it once and answer all its rows; those of a SELECT have its columns' names."""
        found = driver(connection).cursor().execute(self.text, self.row(**named)).fetchall()
        return found if self._make is None else [self._make(row) for row in found]

    def do(self, connection: Connection, **named: Any) -> int:
        """Run it once and answer how many rows it touched."""
        done: int = driver(connection).cursor().execute(self.text, self.row(**named)).rowcount
        return done


def inserting(table: Table, dialect: str) -> Prepared:
    """An INSERT of whole rows; a row is a tuple in the order of the table's columns."""
    names = [column.name for column in table.columns]
    made = Prepared(insert(table), dialect, names)
    if list(made.order) != names:
        raise AssertionError(f"{made.order} is not {names}")
    return made


def upserting(table: Table, dialect: str) -> Any:
    """The dialect's own INSERT, which knows ON CONFLICT."""
    return (sqlite if dialect == "sqlite" else postgresql).insert(table)


def among(column: ColumnElement[Any], name: str, dialect: str) -> ColumnElement[bool]:
    """`column` is one of a list, one parameter made by `listed`: one text for any length."""
    if dialect == "sqlite":
        return column.in_(select(func.json_each(bindparam(name)).table_valued("value").c.value))
    kind: TypeEngine[Any] = column.type
    return column == any_(bindparam(name, type_=ARRAY(kind)))


def listed(values: Sequence[Any], dialect: str) -> Any:
    """A list as the parameter that `among` takes."""
    return json.dumps(list(values)) if dialect == "sqlite" else list(values)
