"""What was tried at desks that know no keys of ours, frozen as it was at this version."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "attempts",
        sa.Column("desk", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("began", sa.Double(), nullable=False),
        sa.Column("ticket", sa.Text()),
        sa.Column("comment", sa.Text()),
        sa.Column("url", sa.Text()),
        sa.PrimaryKeyConstraint("desk", "key"),
    )
    op.create_index("attempts_began", "attempts", ["desk", "began"])
    op.create_index("attempts_comment", "attempts", ["desk", "comment"])


def downgrade() -> None:
    """Drop it."""
    op.drop_table("attempts")
