"""Participants, records of decisions, and letters that are in several tickets."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# SQLite makes a column its row number only when it is declared INTEGER.
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables; give the desk's own their new columns."""
    op.create_table(
        "participants",
        sa.Column("desk", sa.Text(), nullable=False),
        sa.Column("ticket", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("ticket", "desk", "folded"),
    )
    op.create_table(
        "records",
        sa.Column("item", NUMBER, nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("item"),
    )
    op.add_column(
        "messages", sa.Column("fingerprint", sa.Text(), nullable=False, server_default="")
    )
    op.drop_index("messages_message_id", table_name="messages")
    op.create_index(
        "messages_message_id", "messages", ["message_id", "desk", "ticket"], unique=True
    )
    op.create_table(
        "desk_participants",
        sa.Column("ticket", NUMBER, nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("added", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("ticket", "folded"),
    )
    op.add_column("desk_tickets", sa.Column("linked", sa.Text()))
    op.create_index("desk_tickets_linked", "desk_tickets", ["linked"])
    op.add_column(
        "desk_comments",
        sa.Column("unverified", sa.SmallInteger(), nullable=False, server_default="0"),
    )
    op.add_column(
        "desk_comments",
        sa.Column("newcomer", sa.SmallInteger(), nullable=False, server_default="0"),
    )
    op.add_column(
        "desk_comments", sa.Column("warnings", sa.Text(), nullable=False, server_default="")
    )


def downgrade() -> None:
    """Drop them. A letter that is in several tickets is left to the first of them."""
    for column in ("warnings", "newcomer", "unverified"):
        op.drop_column("desk_comments", column)
    op.drop_index("desk_tickets_linked", table_name="desk_tickets")
    op.drop_column("desk_tickets", "linked")
    op.drop_table("desk_participants")
    op.drop_index("messages_message_id", table_name="messages")
    op.execute(
        "DELETE FROM messages WHERE id NOT IN"
        " (SELECT min(id) FROM messages GROUP BY message_id, desk)"
    )
    op.create_index("messages_message_id", "messages", ["message_id", "desk"], unique=True)
    op.drop_column("messages", "fingerprint")
    op.drop_table("records")
    op.drop_table("participants")
