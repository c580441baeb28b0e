"""What is left in the buckets of automatic letters, frozen as it was at this version."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "buckets",
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("tokens", sa.Double(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("full_at", sa.Double(), nullable=False),
    )
    op.create_index("buckets_full", "buckets", ["full_at"])


def downgrade() -> None:
    """Drop it."""
    op.drop_table("buckets")
