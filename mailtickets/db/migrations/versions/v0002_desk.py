"""The tables of the embedded desk, frozen as they were at this version."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# SQLite makes a column its row number only when it is declared INTEGER.
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "desk_answers",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("created", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "desk_attachments",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("ticket", NUMBER),
        sa.Column("comment", NUMBER),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("content_id", sa.Text()),
        sa.Column("inline", sa.SmallInteger(), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("begun", sa.Double(), nullable=False),
        sa.Column("octets", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("desk_attachments_comment", "desk_attachments", ["comment", "id"])
    op.create_table(
        "desk_comments",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("ticket", NUMBER, nullable=False),
        sa.Column("author_name", sa.Text(), nullable=False),
        sa.Column("author_address", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text()),
        sa.Column("rest", sa.Text(), nullable=False),
        sa.Column("public", sa.SmallInteger(), nullable=False),
        sa.Column("message_id", sa.Text()),
        sa.Column("origin_key", sa.Text()),
        sa.Column("created", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("desk_comments_ticket", "desk_comments", ["ticket", "id"])
    op.create_table(
        "desk_events",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("ticket", NUMBER, nullable=False),
        sa.Column("comment", NUMBER),
        sa.Column("author_name", sa.Text(), nullable=False),
        sa.Column("author_address", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("status", sa.Text()),
        sa.Column("origin_key", sa.Text()),
        sa.Column("created", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "desk_numbers",
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("prefix"),
    )
    op.create_table(
        "desk_parts",
        sa.Column("attachment", NUMBER, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("octets", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("attachment", "number"),
    )
    op.create_table(
        "desk_tickets",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("requester_name", sa.Text(), nullable=False),
        sa.Column("requester_address", sa.Text(), nullable=False),
        sa.Column("assignee", sa.Text()),
        sa.Column("message_id", sa.Text()),
        sa.Column("created", sa.Double(), nullable=False),
        sa.Column("updated", sa.Double(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("folded"),
    )
    op.create_index("desk_tickets_status", "desk_tickets", ["status", "id"])


def downgrade() -> None:
    """Drop them, with their indexes."""
    op.drop_table("desk_tickets")
    op.drop_table("desk_parts")
    op.drop_table("desk_numbers")
    op.drop_table("desk_events")
    op.drop_table("desk_comments")
    op.drop_table("desk_attachments")
    op.drop_table("desk_answers")
