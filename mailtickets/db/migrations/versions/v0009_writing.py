"""The language of a ticket's requester, and who wants no more letters about a ticket."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the column and the table."""
    op.add_column(
        "conversations", sa.Column("language", sa.Text(), nullable=False, server_default="")
    )
    op.create_table(
        "departures",
        sa.Column("desk", sa.Text(), nullable=False),
        sa.Column("ticket", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("ticket", "desk", "folded"),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("departures")
    op.drop_column("conversations", "language")
