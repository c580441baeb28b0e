"""Whether SQLite's files are still those that were opened, in the place where the next start looks.

A file that is moved, removed, replaced, cut short or overwritten while it is open can be written
for ever: what was acknowledged would be gone with the process. So it is looked at before a
transaction, twenty times a second at most, and what is amiss is a 451 until it is put right.
"""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import suppress
from pathlib import Path
from typing import Self

from mailtickets.db import wal

FRESH = 0.05
"""Seconds for which what was seen to be right is taken to be so: a look is a few system calls."""

_HEADER = 100
_MAGIC = slice(0, 18)  # and the size of a page
_PAGE_SIZE = slice(16, 18)
_PAGES = slice(28, 32)


held: set[str] = set()
"""The databases that this process has open: to close a file of one would take its locks away."""


class Adrift(sqlite3.OperationalError):
    """The files at the store's path are not those that are open. Its text says what is amiss."""


class Moorings:
    """Holds on to a database's file and to its log (`-wal`), and tells when they are others.

    As long as it does, SQLite never removes the log. `check` may be called in any thread.
    """

    def __init__(self, path: Path) -> None:
        self._paths = (str(path), f"{path}-wal")
        self._held = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._held.execute("SELECT count(*) FROM sqlite_master").fetchone()
        # Kept open, and read where they are: whoever closes a file loses all locks that its process
        # has on it (POSIX fcntl), SQLite's as well.
        self._file, self._index = (os.open(each, os.O_RDONLY) for each in (path, f"{path}-shm"))
        files = [os.stat(each) for each in self._paths]  # noqa: PTH116 - they are no Path
        self._which = tuple((file.st_dev, file.st_ino) for file in files)
        self._size = files[0].st_size
        self._magic = self._header()[_MAGIC]
        self._rescued = False
        self._seen = 0.0
        held.add(self._paths[0])

    @classmethod
    def of(cls, path: Path | None) -> Self | None:
        """Those of a file; None where there is none."""
        return None if path is None else cls(path)

    def check(self) -> None:
        """Raises Adrift when a file was moved, removed, replaced, cut short or overwritten."""
        now = time.monotonic()
        if now - self._seen < FRESH:
            return
        which = []
        for each in self._paths:
            try:
                file = os.stat(each)  # noqa: PTH116 - they are no Path
            except OSError:
                which.append((0, 0))
                continue
            which.append((file.st_dev, file.st_ino))
            if each == self._paths[0]:
                size = file.st_size
        if tuple(which) != self._which:
            self._rescue()
            name = self._paths[which[0] == self._which[0]]
            raise Adrift(f"{name} was moved, removed or replaced")
        if size < self._size and not self._whole(size):
            raise Adrift(f"{self._paths[0]} was cut short")
        if self._header()[_MAGIC] != self._magic:
            raise Adrift(f"{self._paths[0]} was overwritten")
        if wal.out_of_step(self._index, Path(self._paths[1])):
            raise Adrift(f"{self._paths[1]} was cut short or overwritten")
        self._size = size
        self._seen = now

    def _whole(self, size: int) -> bool:
        """Whether a file that is smaller than it was is so by somebody's VACUUM."""
        header = self._header()
        if len(header) < _HEADER:
            return False
        page = int.from_bytes(header[_PAGE_SIZE], "big")
        return int.from_bytes(header[_PAGES], "big") * (65536 if page == 1 else page) <= size

    def _header(self) -> bytes:
        return os.pread(self._file, _HEADER, 0)

    def _rescue(self) -> None:
        """Write home what stands in a log that is gone from the directory and still open."""
        if not self._rescued:
            self._rescued = True
            with suppress(sqlite3.Error):
                self._held.execute("PRAGMA wal_checkpoint(PASSIVE)")

    def close(self) -> None:
        """Let go. To be called when nothing else of this process has the files open."""
        held.discard(self._paths[0])
        self._held.close()
        os.close(self._file)
        os.close(self._index)
