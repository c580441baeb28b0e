"""The state directory: what must outlive the process, and the lock that one process has on it."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from attrs import frozen

from mailtickets.errors import SettingsError

TOKEN = "desk.token"  # noqa: S105 - a file's name
RUNNING = "gateway.json"
_LOCK = "lock"


@frozen
class Lock:
    """A held lock; closing it lets go. The kernel lets go by itself when the process dies."""

    descriptor: int

    def close(self) -> None:
        """Let go."""
        os.close(self.descriptor)


class StateDirectory:
    """One directory, owned by one running gateway at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()

    def open(self) -> Lock:
        """Make it where needed and lock it. Raises SettingsError."""
        where = f"--state {self.path}"
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(self.path / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as why:
            cure = f"this directory cannot be written ({why.strerror}); name one that can be"
            raise SettingsError(where, cure) from why
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as why:
            os.close(descriptor)
            cure = "another mailtickets is running on it; stop that one, or name another directory"
            raise SettingsError(where, cure) from why
        return Lock(descriptor)

    @property
    def locked(self) -> bool:
        """Whether a gateway runs on it now."""
        try:
            descriptor = os.open(self.path / _LOCK, os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
        finally:
            os.close(descriptor)
        return False

    @property
    def token_file(self) -> Path:
        """Where the embedded desk's token is kept."""
        return self.path / TOKEN

    def token(self) -> str:
        """The embedded desk's token, made at first use (mode 0600)."""
        return self.kept(TOKEN, lambda: secrets.token_urlsafe(32))

    def kept(self, name: str, make: Callable[[], str]) -> str:
        """What the file `name` holds; `make` makes it at first use, and only its owner reads it."""
        try:
            return (self.path / name).read_text("ascii").strip()
        except FileNotFoundError:
            pass
        made = make()
        self._write(name, made + "\n")
        return made

    def announce(self, web: str) -> None:
        """Leave word of how this gateway is reached, for the commands of `mailtickets`."""
        self._write(RUNNING, json.dumps({"pid": os.getpid(), "web": web}) + "\n")

    def announced(self) -> dict[str, str]:
        """What the last gateway announced; empty when there is nothing to read."""
        try:
            found = json.loads((self.path / RUNNING).read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return {key: str(value) for key, value in found.items()} if isinstance(found, dict) else {}

    def _write(self, name: str, text: str) -> None:
        write_whole(self.path / name, text)


def write_whole(file: Path, text: str) -> None:
    """All of the file or nothing of it, readable by its owner alone, who stays who it was."""
    fresh = file.with_name(f".{file.name}.new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        os.write(descriptor, text.encode("utf-8"))
        if file.exists() and os.geteuid() == 0:
            before = file.stat()
            os.fchown(descriptor, before.st_uid, before.st_gid)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    fresh.rename(file)
