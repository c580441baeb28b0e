"""Where a session stands: what the next octets are, and what it waits to be told."""

from __future__ import annotations

from enum import Enum


class State(Enum):
    """What the next octets are."""

    GREETING = "greeting"  # too early
    COMMAND = "command"
    RESPONSE = "response"  # to a challenge of AUTH
    DATA = "data"
    BDAT = "bdat"  # a chunk of known size
    OVER = "over"


class Question(Enum):
    """What the session waits to be told."""

    SENDER = "sender"
    RECIPIENT = "recipient"
    BEGIN = "begin"
    END = "end"
    CHALLENGE = "challenge"
    TLS = "tls"


# In Python 3.11 a member looked up in its Enum costs four calls of a function.
GREETING, COMMAND, RESPONSE, DATA, BDAT, OVER = State
SENDER, RECIPIENT, BEGIN, END, CHALLENGE, TLS = Question
