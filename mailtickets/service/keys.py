"""The key ring of this gateway: from the settings where several share it, else its own."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from pathlib import Path

from attrs import frozen

from mailtickets.errors import SettingsError
from mailtickets.routing.keyring import KeyRing
from mailtickets.service.state import StateDirectory
from mailtickets.service.toml import Table

FILE = "address.keys"
KEYS = frozenset({"keys", "keys_file"})


@frozen
class KeySettings:
    """What `[addresses]` says of keys; `where` is its place, for complaints."""

    keys: tuple[str, ...] = ()
    file: Path | None = None
    where: str = ""


def key_settings(table: Table) -> KeySettings:
    """`keys`, or `keys_file`, of `[addresses]`. Raises SettingsError."""
    file = table.text("keys_file", "")
    keys = table.texts("keys", ())
    if file and keys:
        raise SettingsError(table.where("keys"), "give either keys or keys_file")
    where = table.where("keys_file" if file else "keys")
    return KeySettings(keys, Path(file) if file else None, where)


def key_ring(settings: KeySettings, state: StateDirectory) -> KeyRing:
    """The ring. Without a setting it is made at first start, in the state directory (mode 0600).

    Raises SettingsError.
    """
    if settings.keys:
        return _parsed(settings.keys, settings.where)
    if settings.file is None:
        text = state.kept(FILE, lambda: secrets.token_hex(32))
        return _parsed(text.splitlines(), str(state.path / FILE))
    try:
        text = settings.file.read_text("ascii")
    except (OSError, ValueError) as why:
        raise SettingsError(settings.where, f"{settings.file} cannot be read") from why
    return _parsed(text.splitlines(), settings.where)


def _parsed(lines: Sequence[str], where: str) -> KeyRing:
    try:
        return KeyRing.parse("\n".join(lines))
    except ValueError as why:
        raise SettingsError(where, f"{why}; `openssl rand -hex 32` makes one") from None
