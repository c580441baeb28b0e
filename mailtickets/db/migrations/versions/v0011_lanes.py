"""The lanes of what is in flight get short names, as new ones have; frozen as at this version."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from hashlib import blake2b

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

LANE = 16


def upgrade() -> None:
    """Name them anew, so that a reply still waits for the letter before it."""
    connection = op.get_bind()
    items = sa.table("items", sa.column("lane", sa.Text()), sa.column("blocks", sa.SmallInteger()))
    waiting = (sa.text("blocks = 1"), sa.func.length(items.c.lane) > LANE)
    for name in list(connection.scalars(sa.select(items.c.lane).where(*waiting).distinct())):
        connection.execute(
            sa.update(items).where(*waiting, items.c.lane == name).values(lane=_short(name))
        )


def _short(name: str) -> str:
    octets = name.encode("utf-8", "surrogatepass")
    return urlsafe_b64encode(blake2b(octets, digest_size=9).digest()).decode("ascii")


def downgrade() -> None:
    """They stay as they are: what their names were nobody knows any more."""
