"""The clock jumps an hour forward and back while a gateway runs: leases and retries survive."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.journeys.peers import Desk
from tests.journeys.running import Running, until
from tests.journeys.test_seed import NEW, letter, tally
from tests.journeys.test_trouble import SETTINGS
from tests.needs import missing, need
from tests.postgres import Server

THINKS = 8.0  # seconds that the desk takes over a letter while the clock jumps
SOON = 90.0  # on a busy machine; what goes by the wrong clock comes an hour late
NOT_NOW = (503, {}, {"title": "Not now"})


class Wall:
    """A clock on the wall that programs started with `environment` go by."""

    def __init__(self, file: Path) -> None:
        found = Path(need("faketime")).resolve().parents[1].glob("lib/*/faketime/*MT.so.1")
        library = next(found, None)
        if library is None:
            missing("libfaketime", "install Debian's faketime")
        self._file = file
        self.ahead(0)
        self.environment = {
            "LD_PRELOAD": str(library),
            "FAKETIME_TIMESTAMP_FILE": str(file),
            # Seconds between its looks at the file. Without them each look at the clock is one,
            # under a lock, and a start takes half a minute.
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }

    @property
    def exact(self) -> dict[str, str]:
        """The environment of a server whose processes are to agree on the time, as real ones do."""
        return {**self.environment, "FAKETIME_CACHE_DURATION": "0", "FAKETIME_NO_CACHE": "1"}

    def ahead(self, seconds: int) -> None:
        """Set it so far ahead of the true time."""
        self._file.write_text(f"{seconds:+d}\n")
        self._file.chmod(0o644)


@pytest.fixture
def server() -> Iterator[tuple[Server, Wall]]:
    """A PostgreSQL that goes by a clock of its own."""
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o755)  # the server runs as somebody else
        wall = Wall(Path(place) / "clock")
        server = Server("fsync=off", environment=wall.exact)
        try:
            server.start()
            yield server, wall
        finally:
            server.close()


def _journey(
    launch: Callable[..., Running],
    file: Path,
    *words: str,
    jump: Callable[[], None],
    **more: object,
) -> tuple[Running, Desk]:
    """A letter that waits for its next try, and one in an agent's hands, while the clock jumps."""
    with Desk(THINKS, NOT_NOW, NOT_NOW, NOT_NOW) as desk:
        file.write_text(SETTINGS.format(url=desk.url, token='token = "secret"'), "utf-8")
        running = launch("--config", str(file), *words, domain=None, **more).start()
        assert running.send(letter("In its hands"), "nic@ferrier", NEW)[0] == 250
        until(lambda: len(desk.posts) == 1, what="a letter in the agent's hands")
        assert running.send(letter("Waits", "Other"), "nic@ferrier", NEW)[0] == 250
        until(lambda: len(desk.posts) == 4, what="three refusals")
        jump()
        try:
            until(lambda: tally(running).get("opened") == 2, SOON, "both tickets")
            assert running.send(letter("Later", "Third"), "nic@ferrier", NEW)[0] == 250
            until(lambda: tally(running).get("opened") == 3, SOON, "the third ticket")
        except AssertionError as why:
            raise AssertionError(f"{why}; {tally(running)}\n{running.log}") from why
        assert len(desk.tickets) == 3
        return running, desk


def _audited(running: Running, *words: str) -> None:
    running.stop()
    audit = running.mailtickets(*words, "audit", "--json")
    assert audit.returncode == 0, audit.stdout + audit.stderr
    assert json.loads(audit.stdout)["states"]["opened"] == 3


@pytest.mark.parametrize(("before", "after"), [(0, 3600), (3600, 0)], ids=["forward", "back"])
def test_the_gateways_clock_jumps_on_sqlite(
    before: int, after: int, launch: Callable[..., Running], tmp_path: Path
) -> None:
    """What is in an agent's hands stays there, and what waits comes when it should have."""
    wall = Wall(tmp_path / "clock")
    wall.ahead(before)
    running, desk = _journey(
        launch,
        tmp_path / "settings.toml",
        jump=lambda: wall.ahead(after),
        environment=wall.environment,
    )
    assert len(desk.posts) == 6  # three refused, three tickets: no lease was lost
    _audited(running)


@pytest.mark.parametrize(("before", "after"), [(0, 3600), (3600, 0)], ids=["forward", "back"])
def test_the_clocks_jump_on_postgresql(
    before: int,
    after: int,
    launch: Callable[..., Running],
    tmp_path: Path,
    server: tuple[Server, Wall],
) -> None:
    """The gateway's and the server's: no ticket is there twice, and no retry is an hour late."""
    database, wall = server
    wall.ahead(before)
    words = ("--store", database.new())

    def ahead() -> float:
        ((told,),) = database.run("SELECT extract(epoch FROM clock_timestamp())::float8")
        return float(str(told)) - time.time()

    until(lambda: abs(ahead() - before) < 60, what="a server that goes by it, too")
    running, desk = _journey(
        launch,
        tmp_path / "settings.toml",
        *words,
        jump=lambda: wall.ahead(after),
        environment=wall.environment,
    )
    keys = {post.headers["idempotency-key"] for post in desk.posts}
    assert len(keys) == 3
    _audited(running, *words)
