"""The tables of the embedded desk."""

from __future__ import annotations

from alembic import op

from mailtickets.db import deskschema

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    deskschema.metadata.create_all(op.get_bind())


def downgrade() -> None:
    """Drop them."""
    deskschema.metadata.drop_all(op.get_bind())
