"""Letters a second, and CPU a letter, to Postfix's smtp-sink: the relay, twisted.mail, smtplib.

python bench/relay.py [LETTERS]     Wants smtp-sink (Debian: postfix). Everything stays on loopback.
"""

import argparse
import io
import shutil
import smtplib
import socket
import subprocess
import time
from pathlib import Path

from twisted.internet import defer, reactor, task
from twisted.mail.smtp import ESMTPSenderFactory

from mailtickets.mail.envelope import Envelope, Item, Letter
from mailtickets.mail.mailbox import Mailbox
from mailtickets.mail.octets import InMemory
from mailtickets.outcomes import Delivered
from mailtickets.plugin import Needs
from mailtickets.relay.agent import make
from mailtickets.testing.meter import MemoryMeter
from mailtickets.testing.steps import RecordingSteps

HERE = "127.0.0.1"
SENDER, RECIPIENT = Mailbox("SUPPORT-1", "support-ticket.com"), Mailbox("nic", "ferrier")
LETTER = b"Subject: RE: I can't login!\r\n\r\n" + b"I have reset your password, Nic.\r\n" * 300


def sink():
    """smtp-sink on a free port."""
    program = shutil.which("smtp-sink") or "/usr/sbin/smtp-sink"
    if not Path(program).exists():
        raise SystemExit("smtp-sink is not here; on Debian: apt-get install postfix")
    with socket.socket() as probe:
        probe.bind((HERE, 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen([program, "-u", "nobody", f"{HERE}:{port}", "1000"])
    for _ in range(100):
        try:
            socket.create_connection((HERE, port), 1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return process, port
    raise SystemExit("smtp-sink does not start")


def told(name, count, began):
    """Print one line of the table."""
    wall, cpu = time.perf_counter() - began[0], time.process_time() - began[1]
    print(f"{name:46} {count / wall:8.0f}/s {cpu / count * 1e6:8.0f} µs CPU", flush=True)


def clocks():
    """Now, by the wall and by this process's CPU."""
    return time.perf_counter(), time.process_time()


async def ours(port, count, at_a_time):
    """The relay, over kept connections."""
    needs = Needs(reactor, MemoryMeter(), RecordingSteps(), "bench.example", Path())
    agent = make({"url": f"smtp://{HERE}:{port}", "letters": 1_000_000}, needs)
    envelope = Envelope(SENDER, (RECIPIENT,), 0.0, "t", body="8BITMIME")
    item = Item(1, "k", Letter(envelope, InMemory(LETTER)), (RECIPIENT,), "relay", "lane")
    left = iter(range(count))

    async def one():
        for _ in left:
            outcome = (await agent.deliver(item))[RECIPIENT]
            assert isinstance(outcome, Delivered), outcome

    await agent.deliver(item)
    began = clocks()
    await defer.gatherResults([defer.ensureDeferred(one()) for _ in range(at_a_time)])
    told(f"mailtickets relay, {at_a_time} connections kept", count, began)
    agent.close()


async def stock(port, count, at_a_time):
    """twisted.mail's sender, a connection a letter."""
    left = iter(range(count))

    async def one():
        for _ in left:
            done = defer.Deferred()
            factory = ESMTPSenderFactory(
                None,
                None,
                str(SENDER),
                str(RECIPIENT),
                io.BytesIO(LETTER),
                done,
                requireAuthentication=False,
                requireTransportSecurity=False,
                hostname=HERE,
            )
            factory.noisy = False
            reactor.connectTCP(HERE, port, factory)
            await done

    began = clocks()
    await defer.gatherResults([defer.ensureDeferred(one()) for _ in range(at_a_time)])
    told(f"twisted.mail ESMTPSenderFactory, {at_a_time} at a time", count, began)


def library(port, count):
    """Python's smtplib, one connection kept."""
    with smtplib.SMTP(HERE, port) as client:
        client.ehlo()
        began = clocks()
        for _ in range(count):
            client.sendmail(str(SENDER), [str(RECIPIENT)], LETTER)
        told("smtplib, one connection kept", count, began)


async def main(count):
    """All three, one after the other."""
    process, port = sink()
    try:
        print(f"letters of {len(LETTER)} octets")
        for at_a_time in (1, 4, 10):
            await ours(port, count, at_a_time)
        await stock(port, count // 5, 4)
        library(port, count // 2)
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("letters", nargs="?", type=int, default=5000)
    arguments = parser.parse_args()
    task.react(lambda _: defer.ensureDeferred(main(arguments.letters)))
