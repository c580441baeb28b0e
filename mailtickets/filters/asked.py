"""What filters are asked for in the settings: numbers, words and lists, checked alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mailtickets.errors import SettingsError
from mailtickets.mail.envelope import Letter
from mailtickets.plugin import Needs


class Asked:
    """The settings of one filter, named in complaints. Each method raises SettingsError."""

    def __init__(self, kind: str, settings: Mapping[str, Any]) -> None:
        self._kind = kind
        self._settings = settings

    def wrong(self, key: str, cure: str) -> SettingsError:
        """What to raise about a key."""
        return SettingsError(f"filter {self._kind}, {key}", cure)

    def number(self, key: str, default: float, least: float, most: float) -> float:
        """A number between bounds."""
        value = self._settings.get(key, default)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise self.wrong(key, "a number")
        if not least <= value <= most:
            raise self.wrong(key, f"a number from {least} to {most}")
        return float(value)

    def word(self, key: str, default: str, words: Sequence[str] = ()) -> str:
        """A text that is not empty; one of `words` where there are any."""
        value = self._settings.get(key, default)
        if not isinstance(value, str) or not value or (words and value not in words):
            cure = f"say {' or '.join(words)}" if words else "a text that is not empty"
            raise self.wrong(key, cure)
        return value

    def texts(self, key: str, default: Sequence[str] = ()) -> list[str]:
        """A list of texts."""
        value = self._settings.get(key, list(default))
        if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
            raise self.wrong(key, 'a list of texts, as ["one", "two"]')
        return value


def excused(letter: Letter, needs: Needs) -> bool:
    """Whether nobody asks about the peer: it is ourselves, or it gave a password."""
    peer = letter.envelope.peer
    return peer.user is not None or needs.local(peer.address)
