"""The desk keeps what was found out about a sender, and what filters said of a letter."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Give the desk's tables their new columns."""
    op.add_column("desk_tickets", sa.Column("authentication", sa.Text()))
    op.add_column("desk_comments", sa.Column("authentication", sa.Text()))
    op.add_column(
        "desk_comments", sa.Column("labels", sa.Text(), nullable=False, server_default="")
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_column("desk_comments", "labels")
    op.drop_column("desk_comments", "authentication")
    op.drop_column("desk_tickets", "authentication")
