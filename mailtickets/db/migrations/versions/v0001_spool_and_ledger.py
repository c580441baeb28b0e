"""The tables of the spool and of the ledger."""

from __future__ import annotations

from alembic import op

from mailtickets.db import schema

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    schema.metadata.create_all(op.get_bind())


def downgrade() -> None:
    """Drop them."""
    schema.metadata.drop_all(op.get_bind())
