"""Letters a second, and CPU a letter, to Postfix's smtp-sink: the relay, twisted.mail, smtplib.

python -m bench.relay [LETTERS] [--runs N]     Wants smtp-sink (Debian: postfix).

Everything stays on loopback. The sender is kept on one core; medians of N runs, in turn, so that a
busy machine is busy for all of them. CPU is all that the sending process used, its kernel's part
included; what one core sends in a second is a second divided by that, however busy the machine.

The relay alone is the delivery agent, handed a letter in memory. With its queue, a courier takes
letters out of SQLite, has the relay send them, and writes what became of each, as the gateway does.
"""

import argparse
import contextlib
import io
import os
import random
import shutil
import smtplib
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from statistics import median

from twisted.internet import defer, reactor, task
from twisted.logger import Logger
from twisted.mail.smtp import ESMTPSenderFactory

from mailtickets.db.database import Database
from mailtickets.db.register import Register
from mailtickets.flow.alarms import Alarms
from mailtickets.flow.courier import Courier, Round
from mailtickets.mail.envelope import Envelope, Item, Letter
from mailtickets.mail.mailbox import Mailbox
from mailtickets.mail.octets import InMemory
from mailtickets.outcomes import Delivered
from mailtickets.plugin import Needs
from mailtickets.relay.agent import make
from mailtickets.retry import Breaker, Policy
from mailtickets.slips import Submission
from mailtickets.store.spool import Spool
from mailtickets.testing.meter import MemoryMeter
from mailtickets.testing.register import MemoryRegister
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


class Clock:
    """Letters a second by the wall, and CPU a letter of this process."""

    def __init__(self, count):
        self.count = count
        self.wall, self.cpu = time.perf_counter(), time.process_time()

    def told(self):
        """(letters a second, microseconds of CPU a letter)."""
        wall, cpu = time.perf_counter() - self.wall, time.process_time() - self.cpu
        return self.count / wall, cpu / self.count * 1e6


async def many(one, at_a_time):
    """So many at a time."""
    await defer.gatherResults([defer.ensureDeferred(one()) for _ in range(at_a_time)])


async def ours(port, count, at_a_time):
    """The relay, over kept connections."""
    needs = Needs(
        reactor,
        MemoryMeter(),
        RecordingSteps(),
        "bench.example",
        Path(),
        register=MemoryRegister(),
    )
    agent = make({"url": f"smtp://{HERE}:{port}", "letters": 1_000_000}, needs)
    envelope = Envelope(SENDER, (RECIPIENT,), 0.0, "t", body="8BITMIME")
    item = Item(1, "k", Letter(envelope, InMemory(LETTER)), (RECIPIENT,), "relay", "lane")
    left = iter(range(count))

    async def one():
        for _ in left:
            outcome = (await agent.deliver(item))[RECIPIENT]
            assert isinstance(outcome, Delivered), outcome

    await agent.deliver(item)
    clock = Clock(count)
    await many(one, at_a_time)
    told = clock.told()
    agent.close()
    return told


class Counting:
    """Steps that tell when so many letters are settled."""

    def __init__(self, count):
        self.left, self.done = count, defer.Deferred()

    def reached(self, name):
        """One more of them."""
        if name == "courier.after-settle":
            self.left -= 1
            if not self.left:
                self.done.callback(None)


async def queued(port, count, at_a_time):
    """The relay behind the spool: taken, sent and settled, each letter of its own conversation."""
    log, meter, steps = Logger(observer=lambda event: None), MemoryMeter(), Counting(count)
    with tempfile.TemporaryDirectory() as place:
        database = Database.open(f"sqlite:///{place}/mailtickets.db", reactor)
        spool = Spool(database, reactor, owner="bench")
        register = Register()
        register.use(database)
        needs = Needs(reactor, meter, steps, "bench.example", Path(), register=register)
        agent = make({"url": f"smtp://{HERE}:{port}", "letters": 1_000_000}, needs)
        carrier = Courier(
            Round("relay", agent, at_a_time),
            spool=spool,
            bounces=None,
            clock=reactor,
            now=time.time,
            random=random.random,
            policy=Policy(),
            breaker=Breaker(),
            steps=steps,
            meter=meter,
            alarms=Alarms(reactor, meter, log),
            log=log,
        )

        async def put(number):
            envelope = Envelope(SENDER, (RECIPIENT,), time.time(), f"t{number}", body="8BITMIME")
            there = Submission(RECIPIENT, f"k{number}", "relay", f"lane{number}")
            await spool.put(envelope, LETTER, (there,), "RE: I can't login!")

        await defer.gatherResults([defer.ensureDeferred(put(each)) for each in range(count)])
        clock = Clock(count)
        carrier.start()
        await steps.done
        told = clock.told()
        await carrier.stop()
        agent.close()
        await database.close()
    return told


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

    clock = Clock(count)
    await many(one, at_a_time)
    return clock.told()


async def library(port, count, _):
    """Python's smtplib, one connection kept."""
    with smtplib.SMTP(HERE, port) as client:
        client.ehlo()
        clock = Clock(count)
        for _ in range(count):
            client.sendmail(str(SENDER), [str(RECIPIENT)], LETTER)
        return clock.told()


ROWS = (
    ("mailtickets relay, 1 connection kept", ours, 1, 1.0),
    ("mailtickets relay, 4 connections kept", ours, 4, 1.0),
    ("mailtickets relay, 10 connections kept", ours, 10, 1.0),
    ("mailtickets relay, its queue, 20 at a time", queued, 20, 0.5),
    ("twisted.mail ESMTPSenderFactory, 4 at a time", stock, 4, 0.2),
    ("smtplib, one connection kept", library, 1, 0.5),
)


async def main(count, runs):
    """All of them, in turn."""
    process, port = sink()
    with contextlib.suppress(OSError):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    found = {name: [] for name, *_ in ROWS}
    try:
        for _ in range(runs):
            for name, send, at_a_time, share in ROWS:
                found[name].append(await send(port, int(count * share), at_a_time))
    finally:
        process.terminate()
        process.wait()
    print(f"letters of {len(LETTER)} octets; medians of {runs} runs, (slowest to fastest)")
    for name, told in found.items():
        rates, costs = zip(*told, strict=True)
        spread = f"({min(rates):.0f} to {max(rates):.0f})"
        cost = median(costs)
        print(
            f"{name:46}{median(rates):7.0f}/s {spread:>16}{cost:7.0f} µs CPU,"
            f"{1e6 / cost:6.0f}/s by one core",
            flush=True,
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("letters", nargs="?", type=int, default=2000)
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    task.react(lambda _: defer.ensureDeferred(main(arguments.letters, arguments.runs)))
