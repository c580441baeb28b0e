"""What filters are handed in these tests, and the letters they judge."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mailtickets.errors import Temporary
from mailtickets.mail.envelope import Envelope, Letter, Peer
from mailtickets.mail.mailbox import Mailbox
from mailtickets.mail.octets import InMemory
from mailtickets.plugin import Needs
from mailtickets.slips import Sighting
from mailtickets.testing.meter import MemoryMeter
from mailtickets.testing.steps import RecordingSteps

STRANGER = "192.0.2.99"


class Names:
    """The DNS: `{name: [address, ...]}`; None is silence."""

    def __init__(self, zone: Mapping[str, list[str] | None]) -> None:
        self.zone = zone
        self.asked: list[str] = []

    async def addresses(self, name: str) -> list[str]:
        """A records."""
        self.asked.append(name)
        found = self.zone.get(name, [])
        if found is None:
            raise Temporary("4.3", "silence")
        return found


class Memory:
    """Sightings in memory, by a clock that the test moves."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.rows: dict[tuple[str, str], tuple[float, float, int, float]] = {}

    async def look(self, kind: str, key: str) -> Sighting | None:
        """What is remembered."""
        first, last, times, until = self.rows.get((kind, key), (0, 0, 0, 0))
        return Sighting(first, last, times, self.now) if until > self.now else None

    async def note(self, kind: str, key: str, keep: float) -> Sighting:
        """Seen now."""
        before = await self.look(kind, key)
        first = before.first if before else self.now
        times = before.times + 1 if before else 1
        self.rows[kind, key] = (first, self.now, times, self.now + keep)
        return Sighting(first, before.last if before else self.now, times, self.now)


def needs(**more: Any) -> Needs:
    """The world, small."""
    from twisted.internet import reactor  # noqa: PLC0415

    given: dict[str, Any] = {
        "reactor": reactor,
        "meter": MemoryMeter(),
        "steps": RecordingSteps(),
        "hostname": "mx.test",
        "state": Path(),
        "local": lambda address: address in {"127.0.0.1", "::1", ""},
    }
    return Needs(**(given | more))


def letter(
    octets: bytes = b"From: a@b.test\r\n\r\nHi",
    address: str = STRANGER,
    sender: str | None = "a@b.test",
    to: str = "new@support.test",
    user: str | None = None,
) -> Letter:
    """A letter as it came in."""
    mailbox = None if sender is None else Mailbox.parse(sender)
    peer = Peer(address, helo="h.test", user=user)
    return Letter(Envelope(mailbox, (Mailbox.parse(to),), 1.0, "id", peer), InMemory(octets))
