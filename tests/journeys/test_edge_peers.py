"""Real clients on the loopback: what each of them sends arrives, plain and with STARTTLS."""

from __future__ import annotations

import os
import shutil
import smtplib
import subprocess
import tempfile
from pathlib import Path

import pytest
from pytest_twisted import ensureDeferred
from twisted.internet import reactor
from twisted.internet.task import deferLater

from tests.journeys.edge import front, in_thread, run
from tests.needs import missing, need, need_peers
from tests.ports import free_port

LETTER = "From: nic@ferrier\nTo: new@support\nSubject: I can't login!\n\nHi...\n.dot\n"
WIRE = LETTER.replace("\n", "\r\n").encode()
BOTH = pytest.mark.parametrize("tls", [False, True], ids=["plain", "starttls"])


def came_by(door, tls: bool) -> None:
    """The letter came as it should have come."""
    (kept,) = door.reception.letters
    assert b".dot\r\n" in kept.octets
    assert str(kept.envelope.sender) == "nic@ferrier"
    assert (kept.envelope.peer.tls is not None) == tls
    assert kept.envelope.peer.protocol == ("ESMTPS" if tls else "ESMTP")


@BOTH
@ensureDeferred
async def test_smtplib(tmp_path, tls):
    """Python's own client."""

    def send(port):
        with smtplib.SMTP("127.0.0.1", port, timeout=20) as client:
            if tls:
                client.starttls()
            client.sendmail("nic@ferrier", ["new@support"], WIRE, ["BODY=8BITMIME"])

    async with front(tmp_path) as door:
        await in_thread(send, door.port)
        came_by(door, tls)
        assert door.letter == WIRE


@BOTH
@ensureDeferred
async def test_swaks(tmp_path, tls):
    """Debian's swaks, pipelining."""
    swaks = need("swaks")
    async with front(tmp_path) as door:
        said = await run(
            swaks, "--server", "127.0.0.1", "--port", door.port, "--from", "nic@ferrier",
            "--to", "new@support", "--helo", "vm", "--data", LETTER, "--pipeline",
            *(["--tls"] if tls else []),
        )  # fmt: skip
        assert "250 2.0.0 Accepted, id" in said
        came_by(door, tls)


@BOTH
@ensureDeferred
async def test_curl(tmp_path, tls):
    """curl, with the certificate checked."""
    curl = need("curl")
    async with front(tmp_path) as door:
        await run(
            curl, "-sS", f"smtp://localhost:{door.port}", "--mail-from", "nic@ferrier",
            "--mail-rcpt", "new@support", "--upload-file", "-", "--crlf", "-4",
            *(["--ssl-reqd", "--cacert", door.certificate] if tls else []),
            stdin=LETTER,
        )  # fmt: skip
        came_by(door, tls)


@BOTH
@ensureDeferred
async def test_msmtp(tmp_path, tls):
    """msmtp, the client."""
    msmtp = need("msmtp")
    async with front(tmp_path) as door:
        await run(
            msmtp, "--host=127.0.0.1", f"--port={door.port}", "--from=nic@ferrier", "--auth=off",
            *([f"--tls-trust-file={door.certificate}", "--tls=on"] if tls else ["--tls=off"]),
            "new@support",
            stdin=LETTER,
        )  # fmt: skip
        came_by(door, tls)


NODEMAILER = """
const transport = require('nodemailer').createTransport({
  host: '127.0.0.1', port: +process.argv[1], pool: true,
  ignoreTLS: process.argv[2] !== 'tls', requireTLS: process.argv[2] === 'tls',
  tls: {rejectUnauthorized: false},
});
const letter = {envelope: {from: 'nic@ferrier', to: ['new@support'], use8BitMime: true},
                raw: process.argv[3]};
transport.sendMail(letter)
  .then((info) => { console.log(info.response); transport.close(); })
  .catch((error) => { console.error(error); process.exit(1); });
"""


@BOTH
@ensureDeferred
async def test_nodemailer(tmp_path, tls):
    """nodemailer, from npm."""
    node, peers = need("node"), need_peers()
    async with front(tmp_path) as door:
        os.environ["NODE_PATH"] = str(peers / "node_modules")
        said = await run(node, "-e", NODEMAILER, door.port, "tls" if tls else "plain", LETTER)
        assert "2.0.0 Accepted, id" in said
        came_by(door, tls)


@pytest.mark.parametrize("reuse", [[], ["-d"]], ids=["a connection each", "reused"])
@ensureDeferred
async def test_smtp_source(tmp_path, reuse):
    """Postfix's load generator: many sessions at a time, no Subject, and nothing is lost."""
    source = need("smtp-source")
    async with front(tmp_path, tls=False) as door:
        await run(
            source, "-s", "10", "-m", "200", "-l", "5000", "-f", "nic@ferrier",
            "-t", "new@support", *reuse, f"127.0.0.1:{door.port}",
        )  # fmt: skip
        assert len(door.reception.letters) == 200


MAIN = """
compatibility_level = 3.6
queue_directory = {queue}
data_directory = {data}
mail_owner = postfix
myhostname = relay.example
mydestination =
local_recipient_maps =
alias_maps =
alias_database =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
relayhost = [127.0.0.1]:{port}
smtp_tls_security_level = {tls}
maillog_file = {log}
maillog_file_prefixes = {log}
multi_instance_enable = no
"""
MASTER = """
{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
smtp unix - - n - - smtp
relay unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
tlsmgr unix - - n 1000? 1 tlsmgr
proxymap unix - - n - - proxymap
postlog unix-dgram n - n - 1 postlogd
"""


async def run_postfix(config: Path, word: str) -> None:
    """Start or stop it; its daemons must not hold a pipe of ours open."""
    await in_thread(
        lambda: subprocess.run(
            [need("postfix"), "-c", str(config), word],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=60,
            check=True,
        )
    )


def configure_postfix(ours: int, port: int, tls: bool) -> Path:
    """A Postfix of its own that listens on `port` and relays to us; its directory.

    Not in pytest's directories: they are closed to the user that Postfix runs as.
    """
    home = Path(tempfile.mkdtemp())
    home.chmod(0o755)
    for name in ("config", "queue", "data"):
        (home / name).mkdir()
    shutil.chown(home / "data", "postfix")
    security = "encrypt" if tls else "none"
    (home / "config" / "main.cf").write_text(
        MAIN.format(
            port=ours, tls=security, log=home / "log", queue=home / "queue", data=home / "data"
        )
    )
    (home / "config" / "master.cf").write_text(MASTER.format(port=port))
    return home


@BOTH
@ensureDeferred
async def test_postfix(tmp_path, tls):
    """A Postfix that relays to us, as one in front of a desk would."""
    need("postfix")
    if os.getuid():
        missing("root", "Postfix starts as root alone")
    port = free_port()

    def send():
        with smtplib.SMTP("127.0.0.1", port, timeout=20) as client:
            client.sendmail("nic@ferrier", ["new@support"], WIRE)

    async with front(tmp_path) as door:
        home = configure_postfix(door.port, port, tls)
        await run_postfix(home / "config", "start")
        try:
            await in_thread(send)
            for _ in range(200):
                if door.reception.letters:
                    break
                await deferLater(reactor, 0.1)
        finally:
            await run_postfix(home / "config", "stop")
            shutil.rmtree(home, ignore_errors=True)
        came_by(door, tls)
        (kept,) = door.reception.letters
        assert kept.octets.startswith(b"Received: ")
        assert kept.envelope.declared
        assert kept.envelope.peer.helo == "relay.example"
