"""What became of letters, and what gateways share about next hops, frozen as at this version."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# SQLite makes a column its row number only when it is declared INTEGER.
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables, and the column."""
    op.add_column("messages", sa.Column("comment", sa.Text()))
    op.create_table(
        "register",
        sa.Column("shelf", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("shelf", "key"),
    )
    op.create_index("register_at", "register", ["shelf", "at"])
    op.create_table(
        "desk_deliveries",
        sa.Column("comment", NUMBER, nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("fate", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("changed", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("comment", "recipient"),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("desk_deliveries")
    op.drop_table("register")
    op.drop_column("messages", "comment")
