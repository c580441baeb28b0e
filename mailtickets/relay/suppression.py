"""Addresses that are not written to any more, because they failed for good; and who lifts that.

A hard failure (no such mailbox, no such domain, switched off) suppresses an address at once. A soft
one (full, refused for a rule, given up after days) counts, and so many in a row do the same; a
success begins anew. They are kept in the register that all gateways of a database share.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from attrs import asdict, evolve
from twisted.logger import Logger
from zope.interface import implementer

from mailtickets.errors import Permanent
from mailtickets.interfaces import IAgent, IMeter
from mailtickets.mail import clean
from mailtickets.mail.envelope import Item
from mailtickets.mail.mailbox import Mailbox
from mailtickets.outcomes import Bounced, Delivered, Outcome
from mailtickets.registers import IRegister, ISuppressions, Suppressed

SHELF = "suppression"
SOFT = 5
"""Soft failures in a row that suppress an address."""
_HARD = frozenset({"1.1", "1.2", "1.3", "1.6", "1.10", "2.1"})
_SOFT = frozenset({"7.1", "0.0"})
_WORDS = 300
_log = Logger()


def hard(status: str) -> bool:
    """Whether a failure with this status (without its class) is the address's own."""
    return status in _HARD


def counts(status: str) -> bool:
    """Whether a failure says something of the recipient: not of the letter's size or its words."""
    return status.partition(".")[0] in {"1", "2", "4"} or status in _SOFT


def after_failure(
    before: Suppressed | None, address: str, trouble: Permanent, letter: str, now: float
) -> Suppressed:
    """What is known of an address once `letter` to it has failed for good."""
    if before is not None and letter and before.last == letter:
        return before
    soft = (before.soft if before else 0) + (not hard(trouble.status))
    suppressed = hard(trouble.status) or soft >= SOFT or (before is not None and before.suppressed)
    words = clean.line(f"{trouble.enhanced} {trouble.text}", _WORDS)
    return Suppressed(address, now, soft, suppressed, words, letter)


@implementer(ISuppressions)
class Suppressions:
    """See `mailtickets.registers.ISuppressions`. `now` tells seconds since 1970."""

    def __init__(self, register: IRegister, now: Callable[[], float]) -> None:
        self._register = register
        self._now = now

    async def find(self, address: Mailbox) -> Suppressed | None:
        """What is known of an address."""
        return _read(await self._register.read(SHELF, _key(address)))

    async def failed(self, address: Mailbox, trouble: Permanent, letter: str) -> Suppressed | None:
        """Note a failure for good."""
        if not counts(trouble.status):
            return None
        key, now = _key(address), self._now()
        return await self._change(
            key, lambda before: after_failure(before, key, trouble, letter, now)
        )

    async def delivered(self, address: Mailbox) -> None:
        """Note a success. What a person suppressed, or hard failures did, stays as it is."""
        await self._change(_key(address), _unless_suppressed)

    async def all(self, after: str, limit: int) -> Sequence[Suppressed]:
        """Addresses in order from beyond `after`."""
        found = await self._register.entries(SHELF, after.lower(), limit)
        return [entry for _, value in found if (entry := _read(value)) is not None]

    async def suppress(self, address: Mailbox, words: str) -> Suppressed:
        """Write to it no more."""
        entry = Suppressed(
            _key(address), self._now(), 0, suppressed=True, words=clean.line(words, _WORDS)
        )
        await self._change(entry.address, lambda _: entry)
        return entry

    async def lift(self, address: Mailbox) -> bool:
        """Write to it again."""
        if await self.find(address) is None:
            return False
        await self._change(_key(address), lambda _: None)
        return True

    async def _change(
        self, key: str, how: Callable[[Suppressed | None], Suppressed | None]
    ) -> Suppressed | None:
        def work(value: str | None) -> str | None:
            made = how(_read(value))
            return None if made is None else json.dumps(asdict(made))

        return _read(await self._register.change(SHELF, key, work))


def _unless_suppressed(entry: Suppressed | None) -> Suppressed | None:
    return entry if entry is not None and entry.suppressed else None


def _key(address: Mailbox) -> str:
    return f"{address.local.lower()}@{address.folded_domain}"


def _read(value: str | None) -> Suppressed | None:
    """An entry; None for one that cannot be read, which then suppresses nobody."""
    if value is None:
        return None
    try:
        one = json.loads(value)
        return Suppressed(
            str(one["address"]),
            float(one["since"]),
            int(one["soft"]),
            bool(one["suppressed"]),
            str(one["words"]),
            str(one.get("last", "")),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        _log.error("an entry of the suppression list cannot be read; it suppresses nobody")
        return None


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
        counted: set[Mailbox] = set()
        for recipient in item.recipients:
            found = await self._suppressions.find(recipient)
            if found is None:
                continue
            if not found.suppressed:
                counted.add(recipient)
            else:
                self._meter.count("relay_suppressed")
                outcomes[recipient] = Bounced(_because(found))
        left = tuple(one for one in item.recipients if one not in outcomes)
        if left:
            outcomes |= await self._agent.deliver(evolve(item, recipients=left))
            for recipient in left:
                outcome = outcomes.get(recipient)
                await self._learn(item, recipient, outcome, counted=recipient in counted)
        return outcomes

    async def _learn(
        self, item: Item, recipient: Mailbox, outcome: Outcome | None, *, counted: bool
    ) -> None:
        """Note what became of it; a list that cannot be written changes no letter's fate."""
        try:
            if isinstance(outcome, Bounced):
                await self._suppressions.failed(recipient, outcome.trouble, item.key)
            elif isinstance(outcome, Delivered) and counted:
                await self._suppressions.delivered(recipient)
        except Exception:
            _log.failure("the suppression list cannot be written")

    def close(self) -> None:
        """Close what the agent keeps."""
        self._agent.close()


def day(seconds: float) -> str:
    """The date, for a person."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d")


def _because(entry: Suppressed) -> Permanent:
    return Permanent(
        "1.1",
        f"{entry.address} is not written to since {day(entry.since)} ({entry.words}); "
        f"mailtickets suppression lift {entry.address} changes that",
    )
