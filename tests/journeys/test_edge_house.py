"""The edge of a whole gateway: who may authenticate, its certificates, its clock."""

from __future__ import annotations

import shlex
import signal
import smtplib
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.edge import Raw, trusting_nobody
from tests.journeys.running import HERE, PATIENCE, Running, until
from tests.journeys.test_store_clock import Wall
from tests.needs import need
from tests.ports import free_port
from tests.smtpd.doors import DOT, LETTER
from tests.smtpd.pems import write_pems

DAY = 86400
START = b"MAIL FROM:<nic@ferrier>\r\nRCPT TO:<new@support-ticket.com>\r\nDATA\r\n"


def _line(running: Running, name: str, password: str) -> str:
    program = Path(running.twistd[0]).with_name("mailtickets")
    made = subprocess.run(
        [program, "password", name], input=f"{password}\n", capture_output=True, text=True,
        check=True, timeout=60,
    )  # fmt: skip
    assert password not in made.stdout
    return made.stdout


def _swaks(running: Running, *words: str) -> str:
    done = subprocess.run(
        [need("swaks"), "--server", HERE, "--port", str(running.port), "--from", "nic@ferrier",
         "--to", "new@support-ticket.com", "--helo", "vm", *words],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    return done.stdout + done.stderr


def test_users_of_the_settings(launch: Callable[..., Running], tmp_path: Path) -> None:
    """Swaks signs in over STARTTLS with a password that `mailtickets password` hashed.

    The log tells who it was; guessing is slow, and an address that does it is told to go away.
    """
    certificate, key = write_pems(tmp_path)
    users, settings = tmp_path / "users", tmp_path / "settings.toml"
    settings.write_text(
        f'[tls]\ncertificate = "{certificate}"\nkey = "{key}"\n[auth]\nusers = "{users}"\n'
        "[limits]\nlocal = []\nauth_failures_per_address = 2\n"
    )
    running = launch("--config", str(settings))
    users.write_text(_line(running, "nic", "open sesame"))
    running.start()

    sign_in = ("--tls", "--auth-user", "nic", "--auth-password")
    for mechanism in ("PLAIN", "LOGIN"):
        said = _swaks(running, "--auth", mechanism, *sign_in, "open sesame")
        assert "235 2.7.0" in said, said
        assert "Accepted, id" in said, said
    assert " user=nic" in running.log
    in_clear = _swaks(running, "--quit-after", "EHLO")
    assert "AUTH" not in in_clear, in_clear
    for answer in ("535 5.7.8", "535 5.7.8", "454 4.7.0 Too many"):
        said = _swaks(running, "--auth", "PLAIN", *sign_in, "wrong")
        assert answer in said, said
    assert "open sesame" not in running.log
    # Without signing in, it may write as anybody may: AUTH gives no rights, and takes none.
    assert "Accepted, id" in _swaks(running)
    relayed = _swaks(running, "--to", "somebody@elsewhere.example")
    assert "550 5.7.1" in relayed, relayed


def test_users_without_tls(launch: Callable[..., Running], tmp_path: Path) -> None:
    """Passwords in the clear must be asked for in so many words."""
    users, settings = tmp_path / "users", tmp_path / "settings.toml"
    users.write_text("")
    settings.write_text(f'[auth]\nusers = "{users}"\n')
    process = launch("--config", str(settings)).launch().process
    assert process is not None
    assert process.wait() > 0
    assert "auth.users: passwords need [tls]" in process.text
    settings.write_text(f'[auth]\nusers = "{users}"\nin_clear = true\n')
    running = launch("--config", str(settings)).start()
    assert "AUTH PLAIN LOGIN" in _swaks(running, "--quit-after", "EHLO")


class Narrow(Running):
    """A gateway that may have few files open, and a door with twisted.mail's own protocol."""

    stock = 0

    @property
    def command(self) -> list[str]:
        """`twistd -ny stock.tac`."""
        self.stock = self.stock or free_port()
        given = super().command
        self.environment = {
            "MAILTICKETS": shlex.join(given[given.index("mailtickets") + 1 :]),
            "STOCK": f"tcp:{self.stock}:interface={HERE}",
        }
        twistd = str(Path(sys.executable).with_name("twistd"))
        tac = Path(__file__).with_name("stock.tac")
        return [need("prlimit"), "--nofile=100:400", twistd, "--pidfile=", "-ny", str(tac)]


@pytest.fixture(scope="module")
def narrow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Narrow]:
    """It runs, with certificates beside its state."""
    place = tmp_path_factory.mktemp("narrow")
    certificate, key = write_pems(place)
    settings = place / "settings.toml"
    settings.write_text(f'[tls]\ncertificate = "{certificate}"\nkey = "{key}"\n')
    with Narrow(place / "state", "--config", str(settings)).start() as running:
        yield running


def test_ours_behind_the_stock_protocol(narrow: Narrow) -> None:
    """A letter that twisted.mail's own protocol hands over by lines opens the same ticket.

    The same, to the octet: at our own door it is a repeat of what has come already.
    """
    octets = b"Subject: Two doors\r\nMessage-ID: <two@doors.example>\r\n\r\n..One ticket.\r\n.\r\n"

    def opened() -> list[dict[str, Any]]:
        return [one for one in narrow.tickets() if one["subject"] == "Two doors"]

    for port in (narrow.stock, narrow.port):
        with smtplib.SMTP(HERE, port, timeout=PATIENCE) as client:
            client.sendmail("nic@ferrier", ["new@support-ticket.com"], octets)
        (ticket,) = until(opened, what="the ticket")
    until(lambda: 'state="duplicate"} 1' in narrow.page("/metrics"), what="the repeat")
    (opening,) = narrow.ticket(ticket["key"])["comments"]
    assert opening["text"].rstrip() == "..One ticket.\n."
    assert opened() == [ticket]


def test_one_id_everywhere(narrow: Narrow) -> None:
    """The id in the answer to a letter stands in the log, at the comment, and on its page."""

    def accepted(octets: bytes, to: str) -> str:
        code, said = narrow.send(octets, "nic@ferrier", f"{to}@support-ticket.com")
        assert code == 250
        return said.removeprefix("2.0.0 Accepted, id ")

    def comments() -> list[dict[str, Any]]:
        keys = [one["key"] for one in narrow.tickets() if one["subject"] == "Whose id"]
        return narrow.ticket(keys[0])["comments"] if keys else []

    ids = [accepted(b"From: nic@ferrier\r\nSubject: Whose id\r\n\r\nHi\r\n", "new")]
    until(comments, what="the ticket")
    key = next(one["key"] for one in narrow.tickets() if one["subject"] == "Whose id")
    ids.append(accepted(b"From: nic@ferrier\r\nSubject: RE: Whose id\r\n\r\nAgain\r\n", key))
    until(lambda: len(comments()) == 2, what="the comment")
    assert [one["trace"] for one in comments()] == ids
    page = narrow.page(f"/tickets/{key}")
    assert all(identity in page for identity in ids)
    assert all(f"letter {identity}: 250" in narrow.log for identity in ids)


def test_a_hangup_reads_the_certificates_again(narrow: Narrow) -> None:
    """SIGHUP: who is here stays under TLS, who comes sees the new certificate."""
    running, place = narrow, narrow.state.parent
    certificate = place / "certificate.pem"

    def come() -> Raw:
        raw = Raw(running.port)
        raw.send(b"EHLO vm\r\nSTARTTLS\r\n")
        assert [raw.reply()[:3] for _ in range(3)] == ["220", "250", "220"]
        raw.start_tls(trusting_nobody())
        return raw

    def shown(raw: Raw) -> str:
        return ssl.DER_cert_to_PEM_cert(raw.socket.getpeercert(binary_form=True))

    early = come()
    assert shown(early) == certificate.read_text()
    write_pems(place)
    assert running.process is not None
    running.process.signal(signal.SIGHUP)
    running.process.said("certificates have been read again")
    late = come()
    assert shown(late) == certificate.read_text() != shown(early)
    early.send(b"NOOP\r\n")
    early.send(b"EHLO vm\r\n")
    assert [early.reply()[:3] for _ in range(2)] == ["250", "250"]
    certificate.write_text("nothing")
    running.process.signal(signal.SIGHUP)
    running.process.said(f"the old ones stay: {certificate}: a readable PEM file is needed for TLS")
    assert "Traceback" not in running.log
    assert shown(come()) == shown(late)
    early.close()
    late.close()


def test_the_files_it_may_open_are_kept_for_everybody(narrow: Narrow) -> None:
    """However many connect, what the house needs itself stays free; the others are told 421.

    What it may have open is raised to what it may raise it to; if that is not enough for the
    connections that the settings allow, the log says so.
    """
    assert "400 files open: 200 connections at a time, not 2000" in narrow.log
    until(lambda: "smtp connection from" in narrow.log, what="the probe of the start to be gone")
    crowd = [Raw(narrow.port) for _ in range(210)]
    said = [raw.reply() for raw in crowd]
    assert said.count("421 4.7.0 Too many connections; try again later") == 10
    inside = crowd[0]
    inside.send(b"EHLO vm\r\n" + START + LETTER + DOT)
    assert [inside.reply()[:3] for _ in range(5)] == ["250", "250", "250", "354", "250"]
    until(lambda: "x" in [one["subject"] for one in narrow.tickets()], what="the ticket")
    for raw in crowd:
        raw.close()


def test_the_clock_on_the_wall_throws_nobody_out(
    launch: Callable[..., Running], tmp_path: Path
) -> None:
    """A jump of a day ends no connection, and lets none stay longer than it may."""
    wall, settings = Wall(tmp_path / "clock"), tmp_path / "settings.toml"
    settings.write_text("[limits]\ncommand_timeout = 20\n")
    running = launch("--config", str(settings), environment=wall.environment).start()
    raw = Raw(running.port)
    assert raw.reply().startswith("220")
    for ahead in (DAY, 0, -DAY):
        wall.ahead(ahead)
        running.send(b"Subject: x\r\n\r\nx\r\n", "nic@ferrier", "new@support-ticket.com")
        raw.send(b"NOOP\r\n")
        assert raw.reply().startswith("250")
    raw.socket.settimeout(60)
    assert raw.reply().startswith("421 4.4.2")
    raw.close()
    until(lambda: len(running.tickets()) == 1, what="the ticket")
