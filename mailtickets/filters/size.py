"""Refuses letters over a size: the smallest filter there can be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import frozen
from zope.interface import implementer

from mailtickets.errors import SettingsError
from mailtickets.interfaces import IFilter
from mailtickets.mail.envelope import Letter
from mailtickets.mail.message import Message
from mailtickets.outcomes import Accept, Refuse, Verdict
from mailtickets.plugin import Needs


@implementer(IFilter)
@frozen
class SizeFilter:
    """Lets letters of up to `octets` pass."""

    octets: int

    async def judge(self, letter: Letter, message: Message) -> Verdict:  # noqa: ARG002
        """Accept, or refuse with 5.3.4 (RFC 3463)."""
        if letter.octets.size <= self.octets:
            return Accept()
        return Refuse(f"A letter has at most {self.octets} octets here", status="3.4")


def make(settings: Mapping[str, Any], needs: Needs) -> SizeFilter:  # noqa: ARG001
    """The filter of `[[filter]] kind = "size"`. Raises SettingsError without a usable `octets`."""
    octets = settings.get("octets")
    if not isinstance(octets, int) or isinstance(octets, bool) or octets < 1:
        raise SettingsError("filter size, octets", "a number of octets, at least 1")
    return SizeFilter(octets)
