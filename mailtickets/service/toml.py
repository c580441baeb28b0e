"""A TOML file whose complaints name the line: tables that know where each of their keys stands."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mailtickets.errors import SettingsError

LARGEST = 1024 * 1024
_HEADER = re.compile(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""\s*(?:"([^"]+)"|'([^']+)'|([A-Za-z0-9_-]+))\s*[=.]""")


def load(path: Path) -> Table:
    """The file as a table. Raises SettingsError that names the file, and the line where it can."""
    try:
        with path.open("rb") as file:
            octets = file.read(LARGEST + 1)
    except OSError as why:
        raise SettingsError(str(path), why.strerror or "it cannot be read") from why
    if len(octets) > LARGEST:
        raise SettingsError(str(path), "a settings file has 1 MiB at most")
    try:
        text = octets.decode("utf-8")
        values = tomllib.loads(text)
    except UnicodeDecodeError as why:
        line = octets[: why.start].count(b"\n") + 1
        raise SettingsError(f"{path}, line {line}", "a settings file is UTF-8") from why
    except tomllib.TOMLDecodeError as why:
        raise SettingsError(str(path), f"this is not TOML: {why}") from why
    return Table(values, str(path), text)


class Table:
    """One table of the file: `values`, and where they stand.

    `path` is "" for the file itself, "tls" for `[tls]`, "queue.1" for the second `[[queue]]`.
    """

    def __init__(self, values: Mapping[str, Any], file: str, text: str, path: str = "") -> None:
        self.values = values
        self._file = file
        self._text = text
        self._path = path

    def where(self, key: str) -> str:
        """The place of a key, for a person: file, line, key."""
        line = _lines(self._text).get((self._path, key)) or _lines(self._text).get((self._path, ""))
        place = f"{self._file}, line {line}" if line else self._file
        table = re.sub(r"\.\d+(?=\.|$)", "", self._path)
        return f"{place}, {table}.{key}" if table else f"{place}, {key}"

    def only(self, keys: frozenset[str]) -> None:
        """Raise SettingsError when there is a key that is not one of `keys`."""
        for key in self.values:
            if key not in keys:
                known = ", ".join(sorted(keys)) or "none yet"
                raise SettingsError(self.where(key), f"unknown key; the keys here are: {known}")

    def without(self, keys: frozenset[str]) -> dict[str, Any]:
        """The values less these keys."""
        return {key: value for key, value in self.values.items() if key not in keys}

    def text(self, key: str, default: str = "", *, required: bool = False) -> str:
        """A string."""
        value = self.values.get(key, default)
        if not isinstance(value, str):
            raise SettingsError(self.where(key), "this is a string, in quotes")
        if required and not value:
            raise SettingsError(self.where(key), "this is needed, and is not there")
        return value

    def texts(self, key: str, default: Sequence[str]) -> tuple[str, ...]:
        """A list of strings; one string stands for a list of one."""
        value = self.values.get(key, list(default))
        if isinstance(value, str):
            value = [value]
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise SettingsError(self.where(key), 'this is a list of strings, as ["one", "two"]')
        return tuple(value)

    def flag(self, key: str, default: bool) -> bool:
        """True or false."""
        value = self.values.get(key, default)
        if not isinstance(value, bool):
            raise SettingsError(self.where(key), "this is true or false")
        return value

    def number(self, key: str, default: float) -> float:
        """A number."""
        value = self.values.get(key, default)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise SettingsError(self.where(key), "this is a number")
        return float(value)

    def table(self, key: str) -> Table:
        """The table `[key]`, empty when it is not there."""
        value = self.values.get(key, {})
        if not isinstance(value, dict):
            raise SettingsError(self.where(key), f"this is a table, begun by [{key}]")
        return Table(value, self._file, self._text, f"{self._path}.{key}".lstrip("."))

    def tables(self, key: str) -> list[Table]:
        """The tables `[[key]]`, in order."""
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise SettingsError(self.where(key), f"each of these is a table, begun by [[{key}]]")
        return [
            Table(one, self._file, self._text, f"{self._path}.{key}.{number}".lstrip("."))
            for number, one in enumerate(value)
        ]


def _lines(text: str) -> dict[tuple[str, str], int]:
    """The line of each (table path, key); the table's own header has the key ""."""
    found: dict[tuple[str, str], int] = {}
    counts: dict[str, int] = {}
    path = ""
    for number, line in enumerate(text.splitlines(), 1):
        header, key = _HEADER.match(line), _KEY.match(line)
        if header is not None:
            path = header[2].strip("\"'")
            if header[1] == "[[":
                counts[path] = counts.get(path, -1) + 1
                path = f"{path}.{counts[path]}"
            first, dot, rest = path.partition(".")
            if header[1] == "[" and dot and first in counts:  # [queue.policy], of the last queue
                path = f"{first}.{counts[first]}.{rest}"
            found.setdefault((path, ""), number)
            found.setdefault(("", path.partition(".")[0]), number)
        elif key is not None:
            found.setdefault((path, key[1] or key[2] or key[3]), number)
    return found
