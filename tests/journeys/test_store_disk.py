"""A whole gateway whose disk is full: 452 at once, one line in the log."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.journeys.running import Running, until
from tests.journeys.test_seed import NEW, letter
from tests.needs import missing

ROOM = "24m"
REFUSALS = 20


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk."""
    if os.geteuid() != 0:
        missing("the right to mount", "run it as root, or in a container that lets it mount")
    place = tmp_path / "disk"
    place.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", f"size={ROOM}", "none", str(place)]
    if subprocess.run(mounting, check=False).returncode:
        missing("the right to mount", "run it in a container that lets it mount")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_full_disk_is_a_452_and_one_line(disk: Path, raise_up: Callable[..., Running]) -> None:
    """Every letter is refused for now; what got 250 is a ticket; room makes it well."""
    gateway = raise_up(state=disk / "state").start()
    assert gateway.send(letter("Before", "Before"), "nic@ferrier", NEW)[0] == 250
    until(lambda: len(gateway.tickets()) == 1, what="the first ticket")
    ballast = disk / "ballast"
    with suppress(OSError), ballast.open("wb", buffering=0) as file:
        while True:
            file.write(b"\0" * 4096)
    large = "x" * 70 + "\n"
    acknowledged = refused = 0
    while refused < REFUSALS and acknowledged < 500:
        made = letter(large * 2000, f"Letter {acknowledged}")
        code, text = gateway.send(made, "nic@ferrier", NEW)
        if code == 250:
            acknowledged += 1
        else:
            assert (code, text[:5]) == (452, "4.3.1")
            refused += 1
    assert refused == REFUSALS
    told = [line for line in gateway.log.splitlines() if "disk is full" in line]
    assert 1 <= len(told) <= 4, gateway.log  # writes and reads, each once in half a minute
    assert "Traceback" not in gateway.log
    ballast.unlink()
    code, _ = until(lambda: _taken(gateway), what="a 250")
    assert code == 250
    until(lambda: len(gateway.tickets()) == acknowledged + 2, 60, "every ticket")
    assert gateway.api("GET", "/admin/v1/audit?full=true")["balanced"]


def _taken(gateway: Running) -> tuple[int, str] | None:
    answer = gateway.send(letter("After", "After"), "nic@ferrier", NEW)
    return answer if answer[0] == 250 else None
