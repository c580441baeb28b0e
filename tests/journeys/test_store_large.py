"""A large letter comes in and goes to a desk: octet for octet, and never whole in memory."""

from __future__ import annotations

import base64
import hashlib
import random
from collections.abc import Callable
from pathlib import Path

from tests.journeys.peers import Desk
from tests.journeys.running import Running, until
from tests.journeys.test_seed import NEW
from tests.journeys.test_trouble import SETTINGS
from tests.journeys.test_written import MIB, SMALL_CACHE, WARMING, peak

SMALL, LARGE = 2_000_000, 18_500_000  # octets of a file; base64 makes 25 MB of the second
HEAD = (
    b"From: nic@ferrier\r\nSubject: A file\r\nMIME-Version: 1.0\r\n"
    b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nSee the file.\r\n--b\r\n"
    b"Content-Type: application/zip; name=file.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n"
)


def _octets(size: int) -> bytes:
    return random.Random(size).randbytes(size)


def _letter(size: int) -> bytes:
    return HEAD + base64.encodebytes(_octets(size)).replace(b"\n", b"\r\n") + b"--b--\r\n"


def test_a_large_letter_passes_through(launch: Callable[..., Running], tmp_path: Path) -> None:
    """25 MB by SMTP become a ticket with its file; the gateway grows by 12 MB at most."""
    file = tmp_path / "settings.toml"
    with Desk() as desk:
        file.write_text(SETTINGS.format(url=desk.url, token='token = "secret"'), "utf-8")
        running = launch("--config", str(file), domain=None, twistd=SMALL_CACHE).start()
        # How much is under way at once depends on the moment: several small ones show the most.
        for number in range(1, WARMING + 1):
            assert running.send(_letter(SMALL + number), "nic@ferrier", NEW)[0] == 250
            until(lambda number=number: len(desk.posts) == number, what="the small file")
        before = peak(running)
        assert running.send(_letter(LARGE), "nic@ferrier", NEW)[0] == 250
        until(lambda: len(desk.posts) == WARMING + 1, 60, what="the large file")
        grown = peak(running) - before
        (attached,) = desk.posts[WARMING].body["attachments"]
    found = hashlib.sha256(base64.b64decode(attached["octets"])).digest()
    assert found == hashlib.sha256(_octets(LARGE)).digest()
    assert grown < 12 * MIB, f"{grown / MIB:.1f} MiB"


def test_a_large_letter_becomes_a_ticket_here(launch: Callable[..., Running]) -> None:
    """Likewise where the desk is our own: what it gets as one document it keeps as it came."""
    running = launch(twistd=SMALL_CACHE).start()
    for number in range(1, WARMING + 1):
        assert running.send(_letter(SMALL + number), "nic@ferrier", NEW)[0] == 250
        until(lambda number=number: len(running.tickets()) == number, what="the small file")
    before = peak(running)
    assert running.send(_letter(LARGE), "nic@ferrier", NEW)[0] == 250
    until(lambda: len(running.tickets()) == WARMING + 1, 60, what="the large file")
    grown = peak(running) - before
    ticket = running.ticket(running.tickets()[WARMING]["key"])
    (file,) = ticket["comments"][0]["attachments"]
    _, _, octets = running.request("GET", file["url"].removeprefix(running.url))
    assert hashlib.sha256(octets).digest() == hashlib.sha256(_octets(LARGE)).digest()
    assert grown < 12 * MIB, f"{grown / MIB:.1f} MiB"
