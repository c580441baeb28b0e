"""Start-up says what it did, or in one line why it could not."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.journeys.running import DOMAIN, HERE, PATIENCE, Running, until
from tests.needs import TREE, need


def _refusal(running: Running) -> str:
    """What it says as it ends: one line of its own, no traceback, a status that is not zero."""
    process = running.launch().process
    assert process is not None
    status = process.wait()
    assert status > 0, process.text
    assert "Traceback" not in process.text, process.text
    lines = [line for line in process.text.splitlines() if "mailtickets: " in line]
    assert len(lines) == 1, process.text
    return lines[0]


def test_it_says_what_it_did(running: Running) -> None:
    """Addresses, domain, desk, relay (and that it holds), state directory, the token's place."""
    said = running.log
    for words in (
        str(running.port),
        str(running.web_port),
        DOMAIN,
        "embedded",
        "hold",
        str(running.state),
        str(running.state / "desk.token"),
    ):
        assert words in said, f"{words!r} is not in:\n{said}"


def test_the_tokens_file_is_the_owners_alone(running: Running) -> None:
    """The embedded desk's token is made at the first start, mode 0600, and stays the same."""
    file = running.state / "desk.token"
    assert file.stat().st_mode & 0o777 == 0o600
    before = running.token
    assert len(before) >= 32
    assert before not in running.log
    running.restart()
    assert running.token == before


def test_who_comes_too_early_waits(launch: Callable[..., Running]) -> None:
    """A client that connects before the gateway is ready is greeted when it is, not turned away."""
    running = launch()
    running.launch()
    with _as_soon_as_bound(running.port) as early:
        early.settimeout(PATIENCE)
        assert early.recv(4) == b"220 "
        early.sendall(b"NOOP\r\n")


def _as_soon_as_bound(port: int) -> socket.socket:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return socket.create_connection((HERE, port), timeout=5)
        except ConnectionRefusedError:
            assert time.monotonic() < end
            time.sleep(0.001)  # from then on there are some 50 ms


def test_it_stops_when_asked(running: Running) -> None:
    """SIGTERM ends it in order, and as twistd does it dies of the signal then; no traceback."""
    assert running.stop() in {0, -signal.SIGTERM}
    assert "Server Shut Down" in running.log
    assert "Traceback" not in running.log


def test_a_port_in_use(launch: Callable[..., Running]) -> None:
    """A port that somebody else has is named."""
    with socket.create_server((HERE, 0)) as taken:
        running = launch()
        running.port = taken.getsockname()[1]
        assert str(running.port) in _refusal(running)


def test_the_web_port_in_use(launch: Callable[..., Running]) -> None:
    """So is the web endpoint's."""
    with socket.create_server((HERE, 0)) as taken:
        running = launch()
        running.web_port = taken.getsockname()[1]
        assert str(running.web_port) in _refusal(running)


def test_a_state_directory_that_cannot_be_made(
    launch: Callable[..., Running], tmp_path: Path
) -> None:
    """A state directory beneath a file cannot be written; it is named."""
    (tmp_path / "file").write_text("I am not a directory", "ascii")
    line = _refusal(launch(state=tmp_path / "file" / "state"))
    assert str(tmp_path / "file" / "state") in line


def test_a_second_one_on_the_same_state(running: Running, launch: Callable[..., Running]) -> None:
    """The state directory has one gateway; a second ends at once and does the first no harm."""
    assert str(running.state) in _refusal(launch(state=running.state))
    assert running.request("GET", "/v1/health")[0] == 200


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--nonsense",), "nonsense"),
        (("--smtp", "no-such-endpoint:25"), "no-such-endpoint:25"),
        (("--lmtp", "tcp:nonsense"), "tcp:nonsense"),
        (("--relay", "carrier pigeon"), "carrier pigeon"),
        (("--relay", "smtp://host:port"), "smtp://host:port"),
        (("--domain", "not a domain"), "not a domain"),
        (("--config", "/nowhere/settings.toml"), "/nowhere/settings.toml"),
        (("--store", "oracle://nowhere"), "--store"),
        (("an-argument",), "an-argument"),
    ],
)
def test_an_option_that_cannot_be_used(
    launch: Callable[..., Running], arguments: tuple[str, ...], words: str
) -> None:
    """What is wrong on the command line is named in one line."""
    assert words in _refusal(launch(*arguments, domain=None))


@pytest.mark.parametrize(
    ("settings", "line", "words"),
    [
        ('domain = "example.org"\nbogus = 1\n', "line 2", "bogus"),
        ('[[queue]]\nname = "support"\ncolour = "red"\n', "line 3", "colour"),
        ('[[queue]]\nname = "support"\ndesk = "nobody"\n', "line 3", "nobody"),
        ('[[route]]\nto = "a@b.example"\nagent = "nobody"\n', "line 3", "nobody"),
        ("this is not TOML\n", "line 1", "TOML"),
    ],
)
def test_a_setting_that_cannot_be_used(
    launch: Callable[..., Running], tmp_path: Path, settings: str, line: str, words: str
) -> None:
    """What is wrong in the settings file is named with its line."""
    file = tmp_path / "settings.toml"
    file.write_text(settings, "utf-8")
    said = _refusal(launch("--config", str(file), domain=None))
    assert str(file) in said
    assert line in said
    assert words in said


class Doorless(Running):
    """Started by somebody who names no endpoint for mail."""

    @property
    def command(self) -> list[str]:
        """The same without its port."""
        usual = super().command
        at = usual.index("--port")
        return usual[:at] + usual[at + 2 :]


def test_without_a_door_for_mail_it_says_so(tmp_path: Path) -> None:
    """Who names no port is told that no mail can come in; the pages are there."""
    with Doorless(tmp_path / "state").launch() as running:
        assert running.process is not None
        running.process.said("no door for mail is open")


class Made(Running):
    """What `make run` starts, with its state elsewhere."""

    @property
    def command(self) -> list[str]:
        """The Makefile's, with other ports."""
        web = f"tcp:{self.web_port}:interface={HERE}"
        more = f"--web {web} --state {self.state}"
        return ["make", "-C", str(TREE), "run", f"PORT={self.port}", f"ARGS={more}"]


def test_make_run(tmp_path: Path) -> None:
    """`make run` starts it, and the SIGTERM that ends make ends it as well."""
    with Made(tmp_path / "state") as running:
        assert DOMAIN in running.log
        running.stop()
        with pytest.raises(OSError, match="refused"):
            socket.create_connection((HERE, running.port), timeout=5)


def _port_of_root() -> int:
    """A free port that wants root's rights."""
    for port in range(1023, 600, -1):
        with socket.socket() as probe:
            try:
                probe.bind(("0.0.0.0", port))
            except OSError:
                continue
            return port
    raise AssertionError("every port of root's is taken")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has privileges to drop")
def test_root_gives_its_rights_up() -> None:
    """`--uid` and `--gid` of twistd: the port is root's, what works behind it is nobody's."""
    # This tree and its Python may lie where nobody cannot read: that one right is kept.
    rights = "-all,+setuid,+setgid,+net_bind_service,+dac_read_search"
    twistd = [
        *(need("setpriv"), f"--bounding-set={rights}", "--securebits=+no_setuid_fixup"),
        *(str(Path(sys.executable).with_name("twistd")), "--uid", "nobody", "--gid", "nogroup"),
    ]
    with tempfile.TemporaryDirectory() as place:
        shutil.chown(place, "nobody", "nogroup")
        running = Running(Path(place) / "state", twistd=twistd)
        running.port = _port_of_root()
        with running:
            assert (
                running.send(b"Subject: Hi\r\n\r\nHi\r\n", "nic@ferrier", f"new@{DOMAIN}")[0] == 250
            )
            until(running.tickets, what="a ticket")
            assert running.process is not None
            status = Path(f"/proc/{running.process.pid}/status").read_text("ascii")
            nobody = pwd.getpwnam("nobody").pw_uid
            assert f"Uid:\t{nobody}\t{nobody}\t{nobody}\t{nobody}\n" in status
            assert {file.stat().st_uid for file in running.state.iterdir()} == {nobody}
