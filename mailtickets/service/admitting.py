"""A queue's settings about who may write into its tickets: its own keys, and [queue.policy]."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, TypeVar

from mailtickets.errors import Permanent, SettingsError
from mailtickets.mail.mailbox import Mailbox
from mailtickets.routing.policy import (
    DEFAULTS,
    INVALID_ANSWERS,
    Admission,
    Answer,
    Closed,
    ReplyAll,
)
from mailtickets.routing.proofs import SEPARATORS, TOKEN
from mailtickets.service.toml import Table

Word = TypeVar("Word", bound=StrEnum)

KEYS = frozenset(
    {"separator", "policy", "closed", "reopen_days", "cc_limit", "reply_all", "agents"}
    | {"subject_tag"}
)
LONGEST_PREFIX = 20
"""Characters of a prefix whose tickets' addresses have room for a token (64 in all)."""
MOST_CC = 100


def admission(queue: Table) -> Admission:
    """What a `[[queue]]` says of admission. Raises SettingsError."""
    limit = queue.number("cc_limit", 10)
    if not 0 <= limit <= MOST_CC or limit != int(limit):
        raise SettingsError(queue.where("cc_limit"), f"a whole number from 0 to {MOST_CC}")
    days = queue.number("reopen_days", 30.0)
    if not 0 <= days <= 36500:
        raise SettingsError(queue.where("reopen_days"), "a number of days, from 0 to 36500")
    tag = queue.text("subject_tag", "[{ticket}]")
    if tag and (tag.count("{ticket}") != 1 or not tag.replace("{ticket}", "").strip()):
        cure = 'a text with {ticket} in it and something around that, as "[{ticket}]"; or ""'
        raise SettingsError(queue.where("subject_tag"), cure)
    return Admission(
        matrix=_matrix(queue.table("policy")),
        closed=_word(queue, "closed", Closed.LINK),
        reopen_days=days,
        cc_limit=int(limit),
        reply_all=_word(queue, "reply_all", ReplyAll.NOBODY),
        agents=_agents(queue),
        subject_tag=tag,
    )


def reply_address(queue: Table, prefix: str) -> dict[str, Any]:
    """How a queue's tickets are answered: `reply_address` and `separator`. Raises SettingsError."""
    kind = queue.text("reply_address", "plain")
    if kind not in {"plain", "signed"}:
        raise SettingsError(queue.where("reply_address"), "say plain or signed")
    separator = queue.text("separator", ".")
    if len(separator) != 1 or separator not in SEPARATORS:
        raise SettingsError(queue.where("separator"), f"one of {' '.join(SEPARATORS)}")
    if kind == "signed" and len(prefix) > LONGEST_PREFIX:
        cure = f"{LONGEST_PREFIX} characters at most: a token of {TOKEN} must fit behind it"
        raise SettingsError(queue.where("prefix"), cure)
    return {"reply_address": kind, "separator": separator}


def _matrix(table: Table) -> dict[str, Answer]:
    table.only(frozenset(DEFAULTS))
    made = {name: _word(table, name, default) for name, default in DEFAULTS.items()}
    if made["invalid"] not in INVALID_ANSWERS:
        words = " or ".join(one.value for one in INVALID_ANSWERS)
        raise SettingsError(table.where("invalid"), f"say {words}: nothing is known of it")
    return made


def _word(table: Table, key: str, default: Word) -> Word:
    kind = type(default)
    try:
        return kind(table.text(key, default.value))
    except ValueError:
        words = ", ".join(one.value for one in kind)
        raise SettingsError(table.where(key), f"say one of {words}") from None


def _agents(queue: Table) -> tuple[str, ...]:
    found = queue.texts("agents", ())
    for one in found:
        try:
            Mailbox.parse(f"agent{one}" if one.startswith("@") else one)
        except Permanent:
            cure = f'{one} is neither an address nor a domain, as "@example.org"'
            raise SettingsError(queue.where("agents"), cure) from None
    return found
