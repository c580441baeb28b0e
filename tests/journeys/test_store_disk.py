"""A whole gateway whose disk is full: 452 at once, one line in the log."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from tests.journeys.running import Running, until
from tests.journeys.syncs import failing_syncs
from tests.journeys.test_seed import NEW, letter
from tests.needs import missing
from tests.postgres import Server

REFUSALS = 20


@contextmanager
def _disk(place: Path, size: str) -> Iterator[Path]:
    """A small disk at `place`."""
    if os.geteuid() != 0:
        missing("the right to mount", "run it as root, or in a container that lets it mount")
    place.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(place)]
    if subprocess.run(mounting, check=False).returncode:
        missing("the right to mount", "run it in a container that lets it mount")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.fixture
def others() -> Iterator[Path]:
    """A directory that the database server's user may look into."""
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o755)
        yield Path(place)


def test_a_full_disk_is_a_452_and_one_line(
    tmp_path: Path, raise_up: Callable[..., Running]
) -> None:
    """Every letter is refused for now; what got 250 is a ticket; room makes it well."""
    with _disk(tmp_path / "disk", "24m") as disk:
        gateway = raise_up(state=disk / "state").start()
        _filled(gateway, disk / "ballast")
        gateway.stop()


def test_a_database_server_whose_disk_is_full_is_a_452(
    others: Path, raise_up: Callable[..., Running]
) -> None:
    """Likewise where the tables of PostgreSQL are."""
    with _disk(others / "disk", "80m") as disk:
        data = disk / "data"
        data.mkdir()
        with closing(Server(data=data)) as server:
            server.start()
            gateway = raise_up("--store", server.new(empty=True)).start()
            _filled(gateway, disk / "ballast")
            gateway.stop()


def _filled(gateway: Running, ballast: Path) -> None:
    """Let the disk that `ballast` is on run full under letters, and be emptied again."""
    assert gateway.send(letter("Before", "Before"), "nic@ferrier", NEW)[0] == 250
    until(lambda: len(gateway.tickets()) == 1, what="the first ticket")
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


def test_a_database_server_whose_fsync_fails_is_a_451(
    others: Path, raise_up: Callable[..., Running]
) -> None:
    """PostgreSQL ends rather than forget: what got 250 is there when it comes up again."""
    flag = others / "failing"
    with closing(Server(environment=failing_syncs(others, flag))) as server:
        server.start()
        gateway = raise_up("--store", server.new(empty=True)).start()
        acknowledged = 0

        def answered() -> tuple[int, str]:
            nonlocal acknowledged
            made = letter(f"Text {acknowledged}", f"Letter {acknowledged}")
            answer = gateway.send(made, "nic@ferrier", NEW)
            acknowledged += answer[0] == 250
            return answer

        for _ in range(5):
            assert answered()[0] == 250
        flag.touch()
        for _ in range(10):
            code, text = answered()
            assert (code, text[:5]) == (451, "4.3.0")
        flag.unlink()
        server.stop_if_running()
        server.start()
        until(lambda: answered()[0] == 250, 60, what="a 250")
        until(lambda: len(gateway.tickets()) == acknowledged, 60, "every ticket")
        assert gateway.api("GET", "/admin/v1/audit?full=true")["balanced"]
        assert "Traceback" not in gateway.log
