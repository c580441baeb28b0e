"""The tables of the spool and of the ledger.

Times count seconds since 1970 by the store's own clock (`mailtickets.store.clock`). Flags are 0 or
1 in small integers, so that one SQL text serves both databases and partial indexes can name them.
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
    text,
)

metadata = MetaData()

# SQLite makes a column its row number only when it is declared INTEGER.
Number = BigInteger().with_variant(Integer(), "sqlite")

letters = Table(
    "letters",
    metadata,
    Column("id", Number, primary_key=True),
    Column("trace", Text, nullable=False, server_default=""),
    Column("sender", Text, nullable=False, server_default=""),
    Column("subject", Text, nullable=False, server_default=""),
    # How many recipients were accepted; NULL while the letter is still being received.
    Column("recipients", Integer),
    Column("owner", Text, nullable=False),
    Column("arrived", Double, nullable=False),
    Column("size", BigInteger, nullable=False, server_default="0"),
    Column("sha256", Text, nullable=False, server_default=""),
    # How many rows of `parts` hold the octets; 0 when `octets` does.
    Column("parts", Integer, nullable=False, server_default="0"),
    # 1 when retention has taken the octets and the envelope away.
    Column("emptied", SmallInteger, nullable=False, server_default="0"),
    Column("envelope", Text),
    # Last, so that reading the others never touches its overflow pages.
    Column("octets", LargeBinary),
    Index(
        "letters_whole",
        "id",
        sqlite_where=text("emptied = 0"),
        postgresql_where=text("emptied = 0"),
    ),
    Index(
        "letters_incoming",
        "owner",
        sqlite_where=text("recipients IS NULL"),
        postgresql_where=text("recipients IS NULL"),
    ),
)

parts = Table(
    "parts",
    metadata,
    Column("letter", Number, nullable=False),
    Column("number", Integer, nullable=False),
    Column("octets", LargeBinary, nullable=False),
    PrimaryKeyConstraint("letter", "number"),
)

items = Table(
    "items",
    metadata,
    Column("id", Number, primary_key=True),
    Column("letter", Number, nullable=False),
    Column("key", Text, nullable=False),
    # 1 on the row that a repeat of its key is measured against.
    Column("prime", SmallInteger, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("agent", Text, nullable=False),
    Column("lane", Text, nullable=False),
    Column("holds_lane", SmallInteger, nullable=False),
    Column("state", Text, nullable=False),
    # 1 while those behind it in its lane must wait.
    Column("blocks", SmallInteger, nullable=False),
    # 1 when it is due and first in its lane.
    Column("ready", SmallInteger, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("accepted", Double, nullable=False),
    Column("due", Double),
    Column("finished", Double),
    Column("owner", Text),
    Column("fence", Integer, nullable=False),
    Column("leased_until", Double),
    Column("reason", Text, nullable=False),
    Column("destination", Text),
    Column("receipt", Text),
    Index("items_letter", "letter"),
    Index(
        "items_key",
        "key",
        unique=True,
        sqlite_where=text("prime = 1"),
        postgresql_where=text("prime = 1"),
    ),
    Index(
        "items_ready",
        "agent",
        "due",
        "id",
        sqlite_where=text("ready = 1"),
        postgresql_where=text("ready = 1"),
    ),
    Index(
        "items_lane",
        "lane",
        "agent",
        "id",
        sqlite_where=text("blocks = 1"),
        postgresql_where=text("blocks = 1"),
    ),
    Index(
        "items_leased",
        "leased_until",
        sqlite_where=text("state = 'leased'"),
        postgresql_where=text("state = 'leased'"),
    ),
    Index(
        "items_unfinished",
        "id",
        sqlite_where=text("finished IS NULL"),
        postgresql_where=text("finished IS NULL"),
    ),
)

# What each gateway has added to and taken from each state: no row that two gateways fight for.
# The sum over the owners is the tally; the audit recounts it from `items`.
tally = Table(
    "tally",
    metadata,
    Column("owner", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("at", Double, nullable=False),
    PrimaryKeyConstraint("owner", "state"),
)

messages = Table(
    "messages",
    metadata,
    Column("id", Number, primary_key=True),
    Column("desk", Text, nullable=False),
    Column("message_id", Text, nullable=False),
    Column("ticket", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("ours", SmallInteger, nullable=False),
    # What the letter says, in short: a copy of it that came another way is known by this.
    Column("fingerprint", Text, nullable=False, server_default=""),
    # The comment that a letter of ours brought.
    Column("comment", Text),
    # One letter may be in several tickets.
    Index("messages_message_id", "message_id", "desk", "ticket", unique=True),
    Index("messages_ticket", "ticket", "desk", "id"),
)

conversations = Table(
    "conversations",
    metadata,
    Column("desk", Text, nullable=False),
    Column("ticket", Text, nullable=False),
    Column("queue", Text),
    Column("requester", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("subject", Text, nullable=False),
    # JSON list of the Message-IDs that the opening letter referred to.
    Column("earlier", Text, nullable=False),
    # The requester's language, a tag of BCP 47; empty where nobody could tell.
    Column("language", Text, nullable=False, server_default=""),
    PrimaryKeyConstraint("ticket", "desk"),
)

# Who takes part in a ticket beside its requester, as far as letters made them.
participants = Table(
    "participants",
    metadata,
    Column("desk", Text, nullable=False),
    Column("ticket", Text, nullable=False),
    # The address in lower case.
    Column("folded", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("address", Text, nullable=False),
    PrimaryKeyConstraint("ticket", "desk", "folded"),
)

# Who asked to have no more letters about a ticket; whoever says who takes part.
departures = Table(
    "departures",
    metadata,
    Column("desk", Text, nullable=False),
    Column("ticket", Text, nullable=False),
    # The address in lower case.
    Column("folded", Text, nullable=False),
    PrimaryKeyConstraint("ticket", "desk", "folded"),
)

# Why each letter had the fate it had: a JSON document for the row of `items`.
records = Table(
    "records",
    metadata,
    Column("item", Number, primary_key=True),
    Column("record", Text, nullable=False),
)

feeds = Table(
    "feeds",
    metadata,
    Column("feed", Text, primary_key=True),
    Column("cursor", Text),
    Column("follower", Text),
    Column("followed_until", Double),
)

gateways = Table(
    "gateways",
    metadata,
    Column("owner", Text, primary_key=True),
    Column("seen", Double, nullable=False),
)

# What was tried at desks that know no keys of ours; see `mailtickets.store.journal`.
attempts = Table(
    "attempts",
    metadata,
    Column("desk", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("began", Double, nullable=False),
    # NULL while nobody knows whether the desk has it.
    Column("ticket", Text),
    Column("comment", Text),
    Column("url", Text),
    PrimaryKeyConstraint("desk", "key"),
    Index("attempts_began", "desk", "began"),
    Index("attempts_comment", "desk", "comment"),
)

# What is left in the buckets of `mailtickets.buckets`. A row that is full again is as good as none.
buckets = Table(
    "buckets",
    metadata,
    Column("name", Text, primary_key=True),
    Column("tokens", Double, nullable=False),
    Column("at", Double, nullable=False),
    Column("full_at", Double, nullable=False),
    Index("buckets_full", "full_at"),
)

# What filters have seen before: senders that were asked to come back, and those that did.
sightings = Table(
    "sightings",
    metadata,
    Column("kind", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("first", Double, nullable=False),
    Column("last", Double, nullable=False),
    Column("times", Integer, nullable=False),
    Column("until", Double, nullable=False),
    PrimaryKeyConstraint("kind", "key"),
    Index("sightings_until", "until"),
)

# Small values that several gateways share: who is not written to, what domains ask of senders.
register = Table(
    "register",
    metadata,
    Column("shelf", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("at", Double, nullable=False),
    PrimaryKeyConstraint("shelf", "key"),
    Index("register_at", "shelf", "at"),
)
