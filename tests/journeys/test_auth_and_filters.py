"""A gateway that asks a name server on loopback about its senders, and rspamd about its letters."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from pytest_twisted import async_yield_fixture, ensureDeferred
from twisted.internet.threads import deferToThread

from mailtickets.testing.names import NameServer, address, text
from tests.auth.letters import LETTER, rsa_key, signed
from tests.journeys.running import HERE, Process, Running, until
from tests.needs import need
from tests.ports import free_port

ZONE: dict[str, list[Any]] = {
    "example.com": [text("v=spf1 ip4:127.0.0.2 -all")],
    "_dmarc.example.com": [text("v=DMARC1; p=reject")],
    "s1._domainkey.example.com": [text(rsa_key(2048)[1])],
    "3.0.0.127.list.test": [address("127.0.0.2")],
}
SETTINGS = """
domain = "support.test"
hostname = "mx.support.test"
[auth]
resolver = ["{resolver}"]
dmarc_reject = true
on_dns_failure = "temporary"
dns_timeout = 10
timeout = 30
"""
NEW = "new@support.test"


@async_yield_fixture
async def server() -> Any:
    """The zone, and a name that fails."""
    from twisted.internet import reactor  # noqa: PLC0415

    made = NameServer(reactor, ZONE, broken=["broken.test", "_dmarc.broken.test"])
    yield made
    await made.stop()


Start = Callable[..., Any]


@pytest.fixture
def start(launch: Callable[..., Running], server: NameServer, tmp_path: Path) -> Start:
    """Starts a gateway with these settings and what is given besides, without a pause for us."""

    async def one(more: str = "") -> Running:
        file = tmp_path / "settings.toml"
        file.write_text(SETTINGS.format(resolver=server.server) + more)
        running = launch("--config", str(file), domain=None)
        return await deferToThread(running.start)

    return one


def swaks(running: Running, place: Path, octets: bytes, sender: str, host: str) -> str:
    """What was said to the letter, by Debian's swaks; `host` is an address of loopback."""
    file = place / "letter.eml"
    file.write_bytes(octets.replace(b"\r\n", b"\n"))
    done = subprocess.run(
        [
            need("swaks"),
            *("--server", f"{HERE}:{running.port}", "--local-interface", host),
            *("--from", sender, "--to", NEW, "--data", f"@{file}", "--helo", "mail.example.com"),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    answers = re.findall(r"^<[-~*]+ +(\d{3}[ -].*)$", done.stdout, re.MULTILINE)
    return answers[-2] if answers[-1].startswith("221") else answers[-1]


async def sent(running: Running, *what: Any) -> str:
    """Likewise, while the name server goes on answering."""
    return await deferToThread(partial(swaks, running), *what)


async def ticket(running: Running, number: int) -> dict[str, Any]:
    """A ticket, waited for."""
    await deferToThread(until, lambda: len(running.tickets()) >= number)
    return await deferToThread(running.ticket, f"SUPPORT-{number}")


@ensureDeferred
async def test_the_ticket_tells_who_sent_it(start: Start, tmp_path: Path) -> None:
    """A signed letter and one from the right host are believed; a forged one is refused."""
    running = await start()

    # From a host that may not, but signed.
    answer = await sent(running, tmp_path, signed(), "nic@example.com", "127.0.0.3")
    assert answer.startswith("250 2.0.0"), answer
    first = await ticket(running, 1)
    found = first["authentication"]
    assert found == first["comments"][0]["authentication"]
    assert found["aligned"] is True
    assert found["spf"]["result"] == "fail"
    assert [one["result"] for one in found["dkim"]] == ["pass"]
    assert found["results"] == (
        'mx.support.test; spf=fail reason="this host may not send for the domain" '
        "smtp.mailfrom=example.com; "
        "dkim=pass header.d=example.com header.s=s1 header.a=rsa-sha256; "
        "dmarc=pass header.from=example.com policy.dmarc=reject"
    )
    page = await deferToThread(running.page, "/tickets/SUPPORT-1")
    assert "dkim=pass header.d=example.com" in page

    # Unsigned, from the host that may.
    second = LETTER.replace(b"<1@", b"<2@").replace(b"Hello", b"Good morning")
    answer = await sent(running, tmp_path, second, "nic@example.com", "127.0.0.2")
    assert answer.startswith("250 2.0.0"), answer
    assert (await ticket(running, 2))["authentication"]["dmarc"]["by"] == "spf"

    # Neither.
    answer = await sent(running, tmp_path, LETTER, "nic@example.com", "127.0.0.3")
    assert answer.startswith("550 5.7.26"), answer

    # A DNS that fails is for now.
    other = LETTER.replace(b"example.com", b"broken.test")
    answer = await sent(running, tmp_path, other, "nic@broken.test", "127.0.0.3")
    assert answer.startswith("451 4.4.3"), answer


@ensureDeferred
async def test_nothing_is_asked_about_loopback(
    start: Start, server: NameServer, tmp_path: Path
) -> None:
    """The letter of the README needs no name server, and its ticket says that nobody looked."""
    running = await start()
    answer = await sent(running, tmp_path, LETTER, "nic@example.com", "127.0.0.1")
    assert answer.startswith("250 2.0.0"), answer
    assert (await ticket(running, 1))["authentication"] is None
    assert server.asked == []


@ensureDeferred
async def test_greylisting_and_lists(start: Start, tmp_path: Path) -> None:
    """A listed host is refused; another is asked to come back, and may, also after a restart."""
    more = (
        '[[filter]]\nkind = "dnsbl"\nzones = ["list.test"]\n'
        '[[filter]]\nkind = "greylist"\ndelay = 1\n'
    )
    running = await start(more)
    answer = await sent(running, tmp_path, signed(), "nic@example.com", "127.0.0.3")
    assert answer == "550 5.7.1 Your host is listed by list.test"
    answer = await sent(running, tmp_path, LETTER, "nic@example.com", "127.0.0.2")
    assert answer.startswith("451 4.7.1"), answer
    await deferToThread(running.restart)

    async def again() -> str:
        return await sent(running, tmp_path, LETTER, "nic@example.com", "127.0.0.2")

    answer = await again()
    while answer.startswith("451 4.7.1"):
        answer = await again()
    assert answer.startswith("250 2.0.0"), answer


GTUBE = b"XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X\r\n"
ADDED = GTUBE.replace(b"XJS", b"YJS")

RSPAMD = """
options {{
  pidfile = "{place}/pid"; tempdir = "{place}"; hs_cache_dir = "{place}"; url_tld = "{place}/tlds";
  filters = "regexp"; enable_test_patterns = true; local_addrs = [];
  dns {{ nameserver = ["127.0.0.1:{dns}"]; timeout = 1s; }}
}}
logging {{ type = "console"; level = "info"; }}
metric {{ name = "default"; actions {{ reject = 15; add_header = 6; greylist = 4; }} }}
worker "normal" {{ bind_socket = "127.0.0.1:{port}"; count = 1; }}
"""


@pytest.fixture
def rspamd(tmp_path: Path) -> Iterator[int]:
    """Debian's rspamd, with a small configuration of its own: the port of its worker."""
    program = need("rspamd")
    port = free_port()
    file = tmp_path / "rspamd.conf"
    file.write_text(RSPAMD.format(place=tmp_path, port=port, dns=free_port()))
    (tmp_path / "tlds").write_text("com\norg\n")
    process = Process([program, "-f", "-i", "-c", str(file)])
    try:
        until(lambda: _listens(port), what="rspamd")
        yield port
    finally:
        process.signal(signal.SIGTERM)  # it ends its workers, which are in groups of their own
        process.wait()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HERE, port)) == 0


@ensureDeferred
async def test_rspamd_is_asked(start: Start, tmp_path: Path, rspamd: int) -> None:
    """The real one: GTUBE is refused, its milder sister is labelled, a letter passes."""
    more = f'[[filter]]\nkind = "rspamd"\nurl = "http://127.0.0.1:{rspamd}"\n'
    running = await start(more)
    answer = await sent(running, tmp_path, LETTER + GTUBE, "nic@example.com", "127.0.0.2")
    assert answer == "550 5.7.1 The letter looks like spam"
    answer = await sent(running, tmp_path, LETTER + ADDED, "nic@example.com", "127.0.0.2")
    assert answer.startswith("250 2.0.0"), answer
    assert (await ticket(running, 1))["comments"][0]["labels"] == ["spam"]
    other = LETTER.replace(b"<1@", b"<2@")
    answer = await sent(running, tmp_path, other, "nic@example.com", "127.0.0.2")
    assert answer.startswith("250 2.0.0"), answer
    assert "labels" not in (await ticket(running, 2))["comments"][0]
