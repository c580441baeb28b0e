"""What SQLite's log (`-wal`) says of itself, read past SQLite, which takes damage for its end.

SQLite reads a log up to the first frame that is not right, and forgets the rest without a word: it
cannot know that it was acknowledged. With `synchronous = FULL` each commit is on disk before the
next one begins, so a power cut spoils the last one at most; two of them behind a frame that is not
right were spoiled by something else. The format: https://sqlite.org/fileformat2.html#walformat
"""

from __future__ import annotations

import os
import struct
import sys
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from attrs import frozen

_MAGIC = {0x377F0682: "little", 0x377F0683: "big"}
_HEADER = struct.Struct(">8I")
_FRAME = struct.Struct(">6I")
_INDEX = struct.Struct("=12xxxHIIII8s8x")
_SUMS = struct.Struct("=2I")
_HOME = struct.Struct("=I")  # how many frames have been written home; it follows two indexes
_SHARED = 2 * _INDEX.size + _HOME.size
_PAGES = frozenset(2**power for power in range(9, 17))
_LOOKS = 3
_MASK = 0xFFFFFFFF

Sums = tuple[int, int]


@frozen
class Header:
    """The beginning of a log: the size of its pages, in octets, and what marks its frames."""

    order: str
    page: int
    salts: bytes
    sums: Sums

    @property
    def frame(self) -> int:
        """Octets of a frame."""
        return _FRAME.size + self.page


def header_of(octets: bytes) -> Header | None:
    """The header in a log's first octets; None when it is none."""
    if len(octets) < _HEADER.size:
        return None
    magic, _, page, _, _, _, *sums = _HEADER.unpack_from(octets)
    order = _MAGIC.get(magic)
    if order is None or page not in _PAGES or _summed(octets[:24], order, (0, 0)) != tuple(sums):
        return None
    return Header(order, page, octets[16:24], (sums[0], sums[1]))


def _summed(octets: bytes, order: str, sums: Sums) -> Sums:
    """The checksum of `octets`, a multiple of eight of them, after `sums`."""
    words = array("I", octets)
    if order != sys.byteorder:
        words.byteswap()
    first, second = sums
    pairs = iter(words)
    for one, other in zip(pairs, pairs, strict=True):
        first = (first + one + second) & _MASK
        second = (second + other + first) & _MASK
    return first, second


def damage(path: Path) -> str | None:
    """What is wrong with a log, beside an end that a power cut tore off; None when nothing is.

    `path` is the log's. Reads all of it: about two seconds for the 64 MiB that it may have.
    """
    for _ in range(_LOOKS):
        try:
            with path.open("rb") as file:
                begin = file.read(_HEADER.size)
                if len(begin) <= _HEADER.size - 1:
                    return None
                said = _damage(file, header_of(begin))
                file.seek(0)
                if file.read(_HEADER.size) == begin:  # else somebody begins it anew
                    return said
        except FileNotFoundError:
            return None
    return None


def _damage(file: BinaryIO, header: Header | None) -> str | None:
    if header is None:
        size = file.seek(0, 2)
        return "its header is not one" if size > _HEADER.size else None
    broken = commits = (
        0  # the first frame that is not right; how many were committed since the last
    )
    sums = header.sums
    for number, (head, body) in enumerate(_frames(file, header), 1):
        _, committed, _, _, *told = _FRAME.unpack(head)
        found = _summed(body, header.order, _summed(head[:8], header.order, sums))
        if head[8:16] != header.salts or found != tuple(told):
            broken, commits = broken or number, 0
        commits += bool(committed)
        # One commit may be what a failed fsync left there: it was taken back, and nobody was told.
        if broken and commits > 1 and found == tuple(told):
            return f"frame {broken} is not right, and what was committed after it is not read"
        sums = (told[0], told[1])
    return None


def _frames(file: BinaryIO, header: Header) -> Iterator[tuple[bytes, bytes]]:
    """Each whole frame's head and page."""
    file.seek(_HEADER.size)
    while len(octets := file.read(header.frame)) == header.frame:
        yield octets[: _FRAME.size], octets[_FRAME.size :]


def lost_end(path: Path) -> bool:
    """Whether a log ends before what SQLite's index of it (`-shm`) says was committed to it.

    `path` is the log's, and nobody has the database open. A process that is killed leaves the index
    behind; a power cut may leave an older one, never one that is ahead: the log is on disk before
    it is written. What has gone home to the database since is not missed.
    """
    try:
        told = path.with_name(f"{path.name.removesuffix('-wal')}-shm").read_bytes()[:_SHARED]
    except FileNotFoundError:
        return False
    index = told[: _INDEX.size]
    whole = len(told) == _SHARED and told[_INDEX.size : 2 * _INDEX.size] == index
    if not whole or _summed(index[:40], sys.byteorder, (0, 0)) != _SUMS.unpack(index[40:]):
        return False  # it was being written
    page, frames, _, _, _, salts = _INDEX.unpack(index)
    (home,) = _HOME.unpack_from(told, 2 * _INDEX.size)
    if frames <= home:
        return False
    try:
        with path.open("rb") as file:
            header, size = file.read(_HEADER.size), file.seek(0, 2)
    except FileNotFoundError:
        return True
    if len(header) == _HEADER.size and header[16:24] != salts:
        return False  # begun anew since: the index is an older one
    return size < _octets(page, frames)


def _octets(page: int, frames: int) -> int:
    """How large a log is with so many frames; 1 means pages of 64 KiB."""
    return _HEADER.size + frames * (_FRAME.size + (65536 if page == 1 else page))


def out_of_step(index: int, path: Path) -> bool:
    """Whether a log is not the one that SQLite goes by: cut short, or another was written over it.

    `path` is the log's, `index` the descriptor of SQLite's own index of it (`-shm`), which is only
    read: to close it would take SQLite's locks away. Cheap: three reads.
    """
    return all(_out_of_step(index, path) for _ in range(_LOOKS))  # a commit may come between two


def _out_of_step(index: int, path: Path) -> bool:
    told = os.pread(index, _INDEX.size, 0)
    if len(told) < _INDEX.size:
        return False
    page, frames, _, _, _, salts = _INDEX.unpack(told)
    if not frames:
        return False
    try:
        with path.open("rb") as file:  # there are no locks on it
            header = file.read(_HEADER.size)
            size = file.seek(0, 2)
    except FileNotFoundError:
        return False  # who looks at the files' places says so
    return size < _octets(page, frames) or bool(header[16:24] != salts)
