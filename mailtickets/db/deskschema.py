"""The tables of the embedded desk's book.

Times count seconds since 1970. Flags are 0 or 1 in small integers, as in `mailtickets.db.schema`.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
)

from mailtickets.db.schema import Number

metadata = MetaData()

tickets = Table(
    "desk_tickets",
    metadata,
    Column("id", Number, primary_key=True),
    Column("key", Text, nullable=False),
    # The key in lower case: addresses are compared without case.
    Column("folded", Text, nullable=False, unique=True),
    Column("queue", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("requester_name", Text, nullable=False),
    Column("requester_address", Text, nullable=False),
    Column("assignee", Text),
    Column("message_id", Text),
    Column("created", Double, nullable=False),
    Column("updated", Double, nullable=False),
    # Grows with every change: the ticket's ETag.
    Column("version", Integer, nullable=False),
    # The ticket that the opening letter named and did not get into.
    Column("linked", Text),
    Column("authentication", Text),
    Index("desk_tickets_status", "status", "id"),
    Index("desk_tickets_linked", "linked"),
)

# Who reads the public answers beside the requester, and may write.
participants = Table(
    "desk_participants",
    metadata,
    Column("ticket", Number, nullable=False),
    # The address in lower case.
    Column("folded", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("added", Double, nullable=False),
    PrimaryKeyConstraint("ticket", "folded"),
)

# The last number given under each prefix, in lower case.
numbers = Table(
    "desk_numbers",
    metadata,
    Column("prefix", Text, primary_key=True),
    Column("last", BigInteger, nullable=False),
)

comments = Table(
    "desk_comments",
    metadata,
    Column("id", Number, primary_key=True),
    Column("ticket", Number, nullable=False),
    Column("author_name", Text, nullable=False),
    Column("author_address", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("html", Text),
    # The whole text, where `text` is only what was written this time; else empty.
    Column("rest", Text, nullable=False),
    Column("public", SmallInteger, nullable=False),
    Column("message_id", Text),
    Column("origin_key", Text),
    Column("created", Double, nullable=False),
    # Nothing proves that its author wrote it; its author is not yet a participant.
    Column("unverified", SmallInteger, nullable=False, server_default="0"),
    Column("newcomer", SmallInteger, nullable=False, server_default="0"),
    # Sentences about what in the letter's head deceives, one a line.
    Column("warnings", Text, nullable=False, server_default=""),
    # JSON of what was found out about the sender.
    Column("authentication", Text),
    # What filters said, a line each.
    Column("labels", Text, nullable=False, server_default=""),
    # The id under which the letter was accepted.
    Column("trace", Text, nullable=False, server_default=""),
    Index("desk_comments_ticket", "ticket", "id"),
)

attachments = Table(
    "desk_attachments",
    metadata,
    Column("id", Number, primary_key=True),
    # NULL while a large one's parts are being written.
    Column("ticket", Number),
    Column("comment", Number),
    Column("name", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("content_id", Text),
    Column("inline", SmallInteger, nullable=False),
    # How many rows of `desk_parts` hold the octets; 0 when `octets` does.
    Column("parts", Integer, nullable=False),
    Column("begun", Double, nullable=False),
    Column("octets", LargeBinary),
    Index("desk_attachments_comment", "comment", "id"),
)

parts = Table(
    "desk_parts",
    metadata,
    Column("attachment", Number, nullable=False),
    Column("number", Integer, nullable=False),
    Column("octets", LargeBinary, nullable=False),
    PrimaryKeyConstraint("attachment", "number"),
)

# Ids become visible in order: they are given under a lock (SQLite has one writer anyway).
events = Table(
    "desk_events",
    metadata,
    Column("id", Number, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("ticket", Number, nullable=False),
    # What a comment event says stands in `desk_comments`.
    Column("comment", Number),
    Column("author_name", Text, nullable=False),
    Column("author_address", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("status", Text),
    Column("origin_key", Text),
    Column("created", Double, nullable=False),
    sqlite_autoincrement=True,  # an id is never given twice, whatever is deleted
)

# What became of the letter that brought a comment to somebody.
deliveries = Table(
    "desk_deliveries",
    metadata,
    Column("comment", Number, nullable=False),
    # In lower case.
    Column("recipient", Text, nullable=False),
    Column("fate", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("changed", Double, nullable=False),
    PrimaryKeyConstraint("comment", "recipient"),
)

# What was answered to a request that carried a key.
answers = Table(
    "desk_answers",
    metadata,
    Column("key", Text, primary_key=True),
    Column("answer", Text, nullable=False),
    Column("created", Double, nullable=False),
)
