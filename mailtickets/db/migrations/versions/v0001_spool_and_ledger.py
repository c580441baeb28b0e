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
    connection = op.get_bind()
    schema.metadata.create_all(connection)
    if connection.dialect.name == "postgresql":
        # Octets are read a piece at a time and are mostly compressed already.
        op.execute("ALTER TABLE letters ALTER octets SET STORAGE EXTERNAL")
        op.execute("ALTER TABLE parts ALTER octets SET STORAGE EXTERNAL")
        # Rows of a queue change often: vacuum by the number of changes, not by a share of all.
        op.execute(
            "ALTER TABLE items SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0,"
            " autovacuum_vacuum_threshold = 20000)"
        )


def downgrade() -> None:
    """Drop them."""
    schema.metadata.drop_all(op.get_bind())
