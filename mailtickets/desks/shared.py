"""What the settings and the answers of several desks have in common."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from mailtickets.errors import SettingsError

_NUMBER = re.compile(r"[1-9][0-9]{0,17}\Z")
_NAME = re.compile(r"[^\x00-\x1f'\"\\{}]{1,200}\Z")


def is_number(key: str) -> bool:
    """Whether this may be the number of a ticket."""
    return _NUMBER.match(key) is not None


def names_of(
    settings: Mapping[str, Any], one: str, many: str, default: str
) -> tuple[str, Mapping[str, str]]:
    """A name over there, and those for single queues of ours. Raises SettingsError."""
    given = settings.get(many, {})
    if not isinstance(given, Mapping):
        raise SettingsError(
            f"{many} = {given!r}", f"a table, as {many} = {{support = {default!r}}}"
        )
    single = settings.get(one, default)
    for name, value in [(one, single), *given.items()]:
        if not isinstance(value, str) or not _NAME.match(value):
            raise SettingsError(f"{name} = {value!r}", "a name, as the ticketing system shows it")
    return str(single), {str(name): str(value) for name, value in given.items()}


def seconds_of(settings: Mapping[str, Any], name: str, default: float) -> float:
    """A number of seconds from 1 to 3600. Raises SettingsError."""
    value = settings.get(name, default)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 1 <= value <= 3600:
        raise SettingsError(f"{name} = {value!r}", "a number of seconds from 1 to 3600")
    return float(value)


def ids_of(
    settings: Mapping[str, Any], one: str, many: str
) -> tuple[int | None, Mapping[str, int]]:
    """A number over there, if any, and those for single queues of ours. Raises SettingsError."""
    given = settings.get(many, {})
    if not isinstance(given, Mapping):
        raise SettingsError(f"{many} = {given!r}", f"a table, as {many} = {{support = 42}}")
    single = settings.get(one)
    for name, value in [(one, single), *given.items()]:
        if value is not None and not is_number(str(value)):
            raise SettingsError(f"{name} = {value!r}", "a number, as the ticketing system has it")
    found = {str(name): int(str(value)) for name, value in given.items()}
    return None if single is None else int(str(single)), found
