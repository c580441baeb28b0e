"""Addresses that are not written to any more, because they failed for good; and who lifts that.

A hard failure (no such mailbox, no such domain, switched off) suppresses an address at once. A soft
one (full, refused for a rule) counts, and so many in a row do the same; a success begins anew.
They are kept in a file of the state directory, which `mailtickets suppression` edits while the
gateway runs: it is read again when it has changed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from attrs import asdict, evolve, frozen
from twisted.logger import Logger
from zope.interface import implementer

from mailtickets.errors import Permanent
from mailtickets.interfaces import IAgent, IMeter
from mailtickets.mail import clean
from mailtickets.mail.envelope import Item
from mailtickets.mail.mailbox import Mailbox
from mailtickets.outcomes import Bounced, Delivered, Outcome

FILE = "suppression.json"
SOFT = 5
"""Soft failures in a row that suppress an address."""
ADDRESSES = 100_000
_HARD = frozenset({"1.1", "1.2", "1.3", "1.6", "1.10", "2.1"})
_WORDS = 300
_log = Logger()


@frozen
class Entry:
    """An address that failed. `since` is when it last did, in seconds since 1970."""

    address: str
    since: float
    soft: int
    suppressed: bool
    words: str

    @property
    def day(self) -> str:
        """The date, for a person."""
        return datetime.fromtimestamp(self.since, UTC).strftime("%Y-%m-%d")


def hard(status: str) -> bool:
    """Whether a failure with this status (without its class) is the address's own."""
    return status in _HARD


class Suppressions:
    """The list. `now` tells seconds since 1970."""

    def __init__(self, path: Path, now: Callable[[], float]) -> None:
        self._path = path
        self._now = now
        self._read_at = -1
        self._entries: dict[str, Entry] = {}

    def all(self) -> list[Entry]:
        """Every suppressed address, the latest last."""
        self._fresh()
        found = [one for one in self._entries.values() if one.suppressed]
        return sorted(found, key=lambda one: one.since)

    def find(self, address: Mailbox | str) -> Entry | None:
        """The entry of an address, whether suppressed or only counted; None when there is none."""
        self._fresh()
        return self._entries.get(_key(address))

    def suppressed(self, address: Mailbox) -> Entry | None:
        """The entry of an address that is not to be written to."""
        found = self.find(address)
        return found if found is not None and found.suppressed else None

    def failed(self, address: Mailbox, trouble: Permanent) -> Entry:
        """Note a failure for good."""
        self._fresh()
        key = _key(address)
        soft = 0 if key not in self._entries else self._entries[key].soft
        soft += not hard(trouble.status)
        entry = Entry(
            address=key,
            since=self._now(),
            soft=soft,
            suppressed=hard(trouble.status) or soft >= SOFT,
            words=clean.line(f"{trouble.enhanced} {trouble.text}", _WORDS),
        )
        self._entries.pop(key, None)
        self._entries[key] = entry
        while len(self._entries) > ADDRESSES:
            del self._entries[next(iter(self._entries))]
        self._write()
        return entry

    def delivered(self, address: Mailbox) -> None:
        """Note a success: what was counted is forgotten."""
        self._fresh()
        if self._entries.pop(_key(address), None) is not None:
            self._write()

    def suppress(self, address: Mailbox, words: str) -> Entry:
        """Suppress an address by hand."""
        self._fresh()
        entry = Entry(
            _key(address), self._now(), 0, suppressed=True, words=clean.line(words, _WORDS)
        )
        self._entries[entry.address] = entry
        self._write()
        return entry

    def lift(self, address: Mailbox | str) -> bool:
        """Write to an address again. False when it was not on the list."""
        self._fresh()
        if self._entries.pop(_key(address), None) is None:
            return False
        self._write()
        return True

    def _fresh(self) -> None:
        try:
            changed = self._path.stat().st_mtime_ns
        except OSError:
            if self._read_at != -1:
                self._entries, self._read_at = {}, -1
            return
        if changed != self._read_at:
            self._entries, self._read_at = _read(self._path), changed

    def _write(self) -> None:
        beside = self._path.with_suffix(".new")
        try:
            told = [asdict(one) for one in self._entries.values()]
            beside.write_text(json.dumps(told), encoding="utf-8")
            beside.replace(self._path)
            self._read_at = self._path.stat().st_mtime_ns
        except OSError:
            _log.warn("{path} cannot be written; it is kept in memory", path=str(self._path))


def _key(address: Mailbox | str) -> str:
    if isinstance(address, str):
        address = Mailbox.parse(address)
    return f"{address.local.lower()}@{address.folded_domain}"


def _read(path: Path) -> dict[str, Entry]:
    try:
        told: Any = json.loads(path.read_text(encoding="utf-8"))
        entries = [
            Entry(
                str(one["address"]),
                float(one["since"]),
                int(one["soft"]),
                bool(one["suppressed"]),
                str(one["words"]),
            )
            for one in told
        ]
    except (OSError, ValueError, KeyError, TypeError):
        _log.error("{path} cannot be read; no address is suppressed", path=str(path))
        return {}
    return {one.address: one for one in entries}


@implementer(IAgent)
class Suppressing:
    """An agent that leaves suppressed addresses alone, and learns from the fates of the others."""

    def __init__(self, agent: Any, suppressions: Suppressions, meter: IMeter) -> None:
        self._agent = agent
        self._suppressions = suppressions
        self._meter = meter

    async def deliver(self, item: Item) -> Mapping[Mailbox, Outcome]:
        """The agent's own outcomes, and a clear failure for each suppressed address."""
        outcomes: dict[Mailbox, Outcome] = {}
        for recipient in item.recipients:
            found = self._suppressions.suppressed(recipient)
            if found is not None:
                self._meter.count("relay_suppressed")
                outcomes[recipient] = Bounced(_because(found))
        left = tuple(one for one in item.recipients if one not in outcomes)
        if left:
            outcomes |= await self._agent.deliver(evolve(item, recipients=left))
            self._learn(left, outcomes)
        return outcomes

    def _learn(self, recipients: Sequence[Mailbox], outcomes: Mapping[Mailbox, Outcome]) -> None:
        for recipient in recipients:
            outcome = outcomes.get(recipient)
            if isinstance(outcome, Bounced) and _about_the_address(outcome.trouble):
                self._suppressions.failed(recipient, outcome.trouble)
            elif isinstance(outcome, Delivered):
                self._suppressions.delivered(recipient)

    def close(self) -> None:
        """Close what the agent keeps."""
        self._agent.close()


def _about_the_address(trouble: Permanent) -> bool:
    """Whether a failure says something of the recipient: not of the letter's size or its words."""
    subject = trouble.status.partition(".")[0]
    return subject in {"1", "2"} or trouble.status in {"7.1", "0.0"}


def _because(entry: Entry) -> Permanent:
    return Permanent(
        "1.1",
        f"{entry.address} is not written to since {entry.day} ({entry.words}); "
        f"mailtickets suppression lift {entry.address} changes that",
    )
