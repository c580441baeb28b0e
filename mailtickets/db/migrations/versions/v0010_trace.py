"""The desk keeps the id under which a comment's letter was accepted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Give the comments their new column."""
    op.add_column("desk_comments", sa.Column("trace", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    """Drop it."""
    op.drop_column("desk_comments", "trace")
