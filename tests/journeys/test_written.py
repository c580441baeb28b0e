"""What is written, seen by those who read it: dress, language, files, followers, over sockets."""

from __future__ import annotations

import hashlib
import http.client
import re
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.journeys.peers import Asked, Desk, Sink
from tests.journeys.running import Running, until
from tests.journeys.test_seed import NEW, letter, sink

__all__ = ["sink"]

# SQLite's page cache, 4 MiB at most for each connection, would hide what a letter itself takes.
_SMALL = """
from mailtickets.db import opening
from twisted.scripts.twistd import run
opening.CACHE_KIB = 256
run()
"""
SMALL_CACHE = (sys.executable, "-c", _SMALL)
LARGE = 25_000_000
WARMING = 5
MIB = 1024 * 1024


class Files(Desk):
    """A ticketing system with one ticket of nic's, whose agent answers with files."""

    def __init__(self) -> None:
        super().__init__()
        self.files: dict[str, bytes] = {}
        self.events: list[dict[str, Any]] = []

    def say(self, number: int, *names: str) -> None:
        """The agent answers."""
        self.events.append(
            {
                "id": str(number),
                "kind": "comment.added",
                "ticket": "SUPPORT-1",
                "comment_id": str(number),
                "author": {"name": "Ana", "address": "ana@x.org"},
                "text": f"Answer {number}",
                "visibility": "public",
                "attachments": [
                    {
                        "id": name,
                        "name": name,
                        "type": "application/zip",
                        "size": len(self.files[name]),
                    }
                    for name in names
                ],
            }
        )

    def _answer(self, asked: Asked) -> tuple[int, dict[str, str], Any]:
        path = urlsplit(asked.path).path
        if asked.method == "GET" and path == "/v1/events" and "after=now" not in asked.path:
            after = re.search(r"after=(\d+)", asked.path)
            told = self.events[int(after[1]) if after else 0 :]
            if told:
                return 200, {}, {"events": told, "cursor": told[-1]["id"]}
        if path == "/v1/tickets/SUPPORT-1":
            requester = {"name": "Nic", "address": "nic@ferrier"}
            ticket = {"key": "SUPPORT-1", "subject": "Files", "requester": requester}
            return 200, {}, ticket | {"status": "open", "comments": []}
        if "/attachments/" in path:
            return 200, {"Content-Type": "application/zip"}, self.files[path.rpartition("/")[2]]
        return super()._answer(asked)


def settings(path: Path, sink: Sink, queue: str, more: str = "", desk: str = "") -> Path:
    """A settings file."""
    file = path / "mailtickets.toml"
    file.write_text(
        f'relay = "{sink.url}"\ndomain = "support-ticket.com"\n{more}\n'
        f'[[queue]]\nname = "support"\n{queue}\n{desk}'
    )
    return file


def peak(running: Running) -> int:
    """The most memory that the gateway has had, in octets."""
    assert running.process is not None
    status = Path(f"/proc/{running.process.pid}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1]) * 1024


def test_a_large_file_passes_through(launch: Any, sink: Sink, tmp_path: Path) -> None:
    """25 MB go from a desk to a mailbox, octet for octet; the gateway grows by 10 MB at most."""
    with Files() as desk:
        desk.files = {"small": b"s" * 6 * MIB, "large": bytes(range(251)) * (LARGE // 251)}
        declared = f'[[desk]]\nname = "far"\nkind = "http"\nurl = "{desk.url}"\ntoken = "t"\n'
        file = settings(tmp_path, sink, 'desk = "far"', desk=declared)
        start = ("--config", str(file), "--feed-from", "start")
        running = launch(*start, domain=None, twistd=SMALL_CACHE).start()
        # How much is under way at once depends on the moment: several small ones show the most.
        for number in range(1, WARMING + 1):
            desk.say(number, "small")
            sink.wait_for(number)
        before = peak(running)
        desk.say(WARMING + 1, "large")
        sent = sink.wait_for(WARMING + 1)[-1]
        grown = peak(running) - before
        (part,) = sent.message.iter_attachments()
        found = hashlib.sha256(part.get_payload(decode=True)).digest()
        assert found == hashlib.sha256(desk.files["large"]).digest()
        assert sent.text == f"Answer {WARMING + 1}"
        assert grown < 10 * MIB, f"{grown / MIB:.1f} MiB"


@pytest.fixture
def dressed(launch: Any, sink: Sink, tmp_path: Path) -> Running:
    """A gateway whose queue quotes, has a name and a template of its own, and can be left."""
    templates = tmp_path / "letters"
    templates.mkdir()
    (templates / "answer.de.txt").write_text(
        "Hallo {{ requester }}!\n\n{{ text }}\n\n{{ ticket }} [{{ mark }}]\n"
        "{% if unsubscribe %}<{{ unsubscribe }}>{% endif %}\n"
    )
    queue = f'sender_name = "Support"\nquote_history = true\ntemplates = "{templates}"\n'
    web = 'web_address = "https://help.example.org"'
    file = settings(tmp_path, sink, queue, web)
    running: Running = launch("--config", str(file), domain=None)
    return running.start()


def test_the_requesters_language(dressed: Running, sink: Sink) -> None:
    """Nic writes German: the letter is in German, from the operator's own template."""
    words = "Guten Tag, ich kann mich nicht mehr anmelden. Bitte helfen Sie mir!"
    made = letter(words, subject="Passwort vergessen", Message_ID="<eins@ferrier>")
    dressed.send(made, "nic@ferrier", NEW)
    until(dressed.tickets, what="a ticket")
    dressed.say("SUPPORT-1", "Please use the link.")
    (sent,) = sink.wait_for(1)
    message = sent.message
    assert message["Content-Language"] == "de"
    assert message["From"].addresses[0].display_name == "Ann Agent (Support)"
    text = message.get_body(("plain",)).get_content()
    mark = message["Message-ID"].strip("<>")
    assert text == f"Hallo !\r\n\r\nPlease use the link.\r\n\r\nSUPPORT-1 [{mark}]\r\n\r\n"
    html = message.get_body(("html",)).get_content()
    assert 'lang="de"' in html
    assert "Antworten Sie einfach auf diese Nachricht." in html
    assert f"[{mark}]</div>" in html
    assert "schrieb am 20" in html
    assert "ich kann mich nicht mehr anmelden" in html.partition("<blockquote")[2]


def test_a_follower_leaves_with_one_click(dressed: Running, sink: Sink) -> None:
    """Who was in Cc follows; looking at the page does nothing, the mail program's POST does."""
    made = letter(Message_ID="<first@ferrier>", Cc="Bob <bob@example.net>")
    dressed.send(made, "nic@ferrier", NEW)
    until(dressed.tickets, what="a ticket")
    dressed.say("SUPPORT-1", "One")
    letters = {one.recipients[0]: one for one in sink.wait_for(2)}
    assert set(letters) == {"nic@ferrier", "bob@example.net"}
    nics, bobs = letters["nic@ferrier"].message, letters["bob@example.net"].message
    assert nics["List-Unsubscribe"] is None
    assert "bob@example.net" not in letters["nic@ferrier"].octets.decode("ascii")
    assert bobs["List-Id"] == "<SUPPORT-1.support-ticket.com>"
    url = bobs["List-Unsubscribe"].strip(" <>")
    assert url in bobs.get_body(("html",)).get_content()
    path = url.removeprefix("https://help.example.org")

    assert asked(dressed, "GET", path)[0] == 200
    wrong = path[:-1] + ("y" if path.endswith("x") else "x")
    assert asked(dressed, "GET", wrong)[0] == 404
    dressed.say("SUPPORT-1", "Two")
    assert len(sink.wait_for(4)) == 4

    status, page = asked(dressed, "POST", path, "List-Unsubscribe=One-Click")
    assert (status, "receives no more letters" in page) == (200, True)
    dressed.say("SUPPORT-1", "Three")
    assert sink.wait_for(5)[-1].recipients == ("nic@ferrier",)
    notes = [one["text"] for one in dressed.ticket("SUPPORT-1")["comments"]]
    assert "bob@example.net asked to get no more letters about this ticket." in notes

    assert asked(dressed, "POST", path, "again=1")[0] == 200
    dressed.say("SUPPORT-1", "Four")
    assert {one.recipients[0] for one in sink.wait_for(7)[-2:]} == set(letters)


def asked(running: Running, method: str, path: str, form: str = "") -> tuple[int, str]:
    """What the unsubscribe page answers to somebody who comes by the name of the public address."""
    connection = http.client.HTTPConnection("127.0.0.1", running.web_port, timeout=30)
    headers = {"Host": "help.example.org"}
    if form:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    try:
        connection.request(method, path, form.encode() or None, headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def test_a_broken_template_ends_the_start(launch: Any, sink: Sink, tmp_path: Path) -> None:
    """One line names the file and the line in it; nothing is half started."""
    (tmp_path / "answer.txt").write_text("Hello\n{{ txet }}\n")
    file = settings(tmp_path, sink, f'templates = "{tmp_path}"')
    running = launch("--config", str(file), domain=None).launch()
    assert running.process.wait() == 1
    assert f"mailtickets: {tmp_path}/answer.txt, line 2: 'txet' is undefined" in running.log
