"""Where a session stands: what the next octets are, and what it waits to be told."""

from __future__ import annotations

from enum import Enum


class State(Enum):
    """What the next octets are."""

    GREETING = "greeting"  # too early
    COMMAND = "command"
    AUTH = "auth"  # a response to a challenge
    DATA = "data"
    BDAT = "bdat"  # a chunk of known size
    OVER = "over"


class Question(Enum):
    """What the session waits to be told."""

    SENDER = "sender"
    RECIPIENT = "recipient"
    BEGIN = "begin"
    END = "end"
    AUTH = "auth"
    TLS = "tls"
