"""The key ring of this gateway: from the settings where several share it, else its own."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any, overload

import click
from attrs import frozen
from twisted.logger import Logger

from mailtickets.errors import SettingsError
from mailtickets.routing.keyring import MOST, KeyRing
from mailtickets.routing.proofs import key_ids
from mailtickets.service.state import StateDirectory, write_whole
from mailtickets.service.toml import Table

FILE = "address.keys"
KEYS = frozenset({"keys", "keys_file"})
_log = Logger(namespace="mailtickets")


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


def key_ring(settings: KeySettings, state: StateDirectory, *, shared: bool = False) -> KeyRing:
    """The ring. `shared` is true of a store that several gateways may use.

    Without a setting it is made at first start, in the state directory (mode 0600).

    Raises SettingsError.
    """
    if settings.keys:
        return _parsed(settings.keys, settings.where)
    if settings.file is None:
        if shared:
            _log.warn(
                "this gateway signs addresses with a key of its own: where several share a store, "
                "give all of them the same [addresses] keys_file"
            )
        text = state.kept(FILE, lambda: secrets.token_hex(32))
        return _parsed(text.splitlines(), str(state.path / FILE))
    return _in_file(settings.file, settings.where)


class Keys:
    """The ring of a running gateway: what is made of it changes when the file is read again."""

    def __init__(
        self, settings: KeySettings, state: StateDirectory, *, shared: bool = False
    ) -> None:
        """See `key_ring`. Raises SettingsError."""
        self._settings = settings
        self._state = state
        self.ring = key_ring(settings, state, shared=shared)

    def secrets(self, purpose: str) -> Sequence[bytes]:
        """The secrets for a purpose, today's first, whenever they are asked for."""
        return _Secrets(self, purpose)

    def reload(self) -> None:
        """Read the file again. Raises SettingsError, and keeps what there was."""
        settings, own = self._settings, self._state.path / FILE
        if settings.keys:
            return  # the settings are read at the start
        self.ring = (
            _in_file(own, str(own))  # one that is gone is not made anew: what is out would be void
            if settings.file is None
            else _in_file(settings.file, settings.where)
        )


class _Secrets(Sequence[bytes]):
    """What a purpose's secrets are now."""

    def __init__(self, keys: Keys, purpose: str) -> None:
        self._keys = keys
        self._purpose = purpose
        self._ring = keys.ring
        self._made = keys.ring.secrets(purpose)

    def _now(self) -> tuple[bytes, ...]:
        if self._ring is not self._keys.ring:
            self._ring = self._keys.ring
            self._made = self._ring.secrets(self._purpose)
        return self._made

    def __len__(self) -> int:
        return len(self._now())

    @overload
    def __getitem__(self, place: int) -> bytes: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[bytes, ...]: ...
    def __getitem__(self, place: int | slice) -> bytes | tuple[bytes, ...]:
        return self._now()[place]


def _in_file(file: Path, where: str) -> KeyRing:
    try:
        text = file.read_text("ascii")
    except (OSError, ValueError) as why:
        raise SettingsError(where, f"{file} cannot be read") from why
    return _parsed(text.splitlines(), where)


def _parsed(lines: Sequence[str], where: str) -> KeyRing:
    try:
        return KeyRing.parse("\n".join(lines))
    except ValueError as why:
        raise SettingsError(where, f"{why}; `openssl rand -hex 32` makes one") from None


# -- the operator's command


@click.group(name="address-key")
def address_key_command() -> None:
    """The keys that our own addresses and Message-IDs are signed with."""


@address_key_command.command(name="list")
@click.pass_obj
def list_(place: Any) -> None:
    """The ids of the keys, as tokens in addresses begin with them; today's first."""
    settings = place.settings()
    try:
        ring = key_ring(settings.addresses, StateDirectory(settings.state))
    except (SettingsError, OSError) as why:
        raise click.ClickException(str(why)) from why
    for number, one in enumerate(key_ids(ring.secrets("ticket"))):
        click.echo(f"{one}  {'signs' if not number else 'is still believed'}")


@address_key_command.command()
@click.option("--keep", default=3, type=click.IntRange(0, MOST - 1), help="Old keys that stay.")
@click.pass_obj
def rotate(place: Any, keep: int) -> None:
    """Put a new key first, and let the oldest go: what they signed is worth nothing from then on.

    A running gateway reads its keys when it starts, and again at SIGHUP.
    """
    settings = place.settings()
    wanted = settings.addresses
    if wanted.keys:
        raise click.ClickException(f"{wanted.where}: the keys stand in the settings; change them")
    state = StateDirectory(settings.state)
    file = wanted.file or state.path / FILE
    try:
        ring = key_ring(wanted, state)
    except (SettingsError, OSError) as why:
        raise click.ClickException(str(why)) from why
    kept = [one.decode("ascii") for one in ring.keys[:keep]]
    try:
        write_whole(file, "\n".join([secrets.token_hex(32), *kept]) + "\n")
    except OSError as why:
        raise click.ClickException(f"{file}: {why.strerror}") from why
    click.echo(f"{file}: a new key signs, {len(kept)} older ones are still believed")
    click.echo("send SIGHUP to the gateways that use it, or restart them")
