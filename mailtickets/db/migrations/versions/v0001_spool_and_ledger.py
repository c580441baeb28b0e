"""The tables of the spool and of the ledger, frozen as they were at this version."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# SQLite makes a column its row number only when it is declared INTEGER.
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "conversations",
        sa.Column("desk", sa.Text(), nullable=False),
        sa.Column("ticket", sa.Text(), nullable=False),
        sa.Column("queue", sa.Text()),
        sa.Column("requester", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("earlier", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("ticket", "desk"),
    )
    op.create_table(
        "feeds",
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("cursor", sa.Text()),
        sa.Column("follower", sa.Text()),
        sa.Column("followed_until", sa.Double()),
        sa.PrimaryKeyConstraint("feed"),
    )
    op.create_table(
        "gateways",
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("seen", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("owner"),
    )
    op.create_table(
        "items",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("letter", NUMBER, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("prime", sa.SmallInteger(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("holds_lane", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("blocks", sa.SmallInteger(), nullable=False),
        sa.Column("ready", sa.SmallInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("accepted", sa.Double(), nullable=False),
        sa.Column("due", sa.Double()),
        sa.Column("finished", sa.Double()),
        sa.Column("owner", sa.Text()),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("leased_until", sa.Double()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("destination", sa.Text()),
        sa.Column("receipt", sa.Text()),
        sa.PrimaryKeyConstraint("id"),
    )
    _partial("items_key", "items", ["key"], "prime = 1", unique=True)
    _partial("items_lane", "items", ["lane", "agent", "id"], "blocks = 1")
    _partial("items_leased", "items", ["leased_until"], "state = 'leased'")
    op.create_index("items_letter", "items", ["letter"])
    _partial("items_ready", "items", ["agent", "due", "id"], "ready = 1")
    _partial("items_unfinished", "items", ["id"], "finished IS NULL")
    op.create_table(
        "letters",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("trace", sa.Text(), server_default="", nullable=False),
        sa.Column("sender", sa.Text(), server_default="", nullable=False),
        sa.Column("subject", sa.Text(), server_default="", nullable=False),
        sa.Column("recipients", sa.Integer()),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("arrived", sa.Double(), nullable=False),
        sa.Column("size", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("sha256", sa.Text(), server_default="", nullable=False),
        sa.Column("parts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("emptied", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("envelope", sa.Text()),
        sa.Column("octets", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("id"),
    )
    _partial("letters_incoming", "letters", ["owner"], "recipients IS NULL")
    _partial("letters_whole", "letters", ["id"], "emptied = 0")
    op.create_table(
        "messages",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("desk", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("ticket", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("ours", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("messages_message_id", "messages", ["message_id", "desk"], unique=True)
    op.create_index("messages_ticket", "messages", ["ticket", "desk", "id"])
    op.create_table(
        "parts",
        sa.Column("letter", NUMBER, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("octets", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("letter", "number"),
    )
    op.create_table(
        "tally",
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("owner", "state"),
    )
    if op.get_bind().dialect.name == "postgresql":
        # Octets are read a piece at a time and are mostly compressed already.
        op.execute("ALTER TABLE letters ALTER octets SET STORAGE EXTERNAL")
        op.execute("ALTER TABLE parts ALTER octets SET STORAGE EXTERNAL")
        # Rows of a queue change often: vacuum by the number of changes, not by a share of all.
        op.execute(
            "ALTER TABLE items SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0,"
            " autovacuum_vacuum_threshold = 20000)"
        )


def downgrade() -> None:
    """Drop them, with their indexes."""
    op.drop_table("tally")
    op.drop_table("parts")
    op.drop_table("messages")
    op.drop_table("letters")
    op.drop_table("items")
    op.drop_table("gateways")
    op.drop_table("feeds")
    op.drop_table("conversations")


def _partial(
    name: str, table: str, columns: Sequence[str], where: str, *, unique: bool = False
) -> None:
    """Make an index of only the rows `where` holds."""
    only = sa.text(where)
    op.create_index(name, table, columns, unique=unique, sqlite_where=only, postgresql_where=only)
