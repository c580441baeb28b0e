"""What sender authentication costs a letter: CPU and latency, beside dkimpy's.

A name server on loopback, in the same process, answers at once; after the first letter the answers
are remembered. Real latency is that of the resolver, once for a new domain.
"""

from __future__ import annotations

import time
from typing import Any

import dkim
from twisted.internet import reactor
from twisted.internet.defer import ensureDeferred
from twisted.internet.task import react
from twisted.logger import Logger
from twisted.python.threadpool import ThreadPool

from mailtickets.auth.checking import Authenticator, Options
from mailtickets.auth.dmarc import Suffixes
from mailtickets.auth.names import Names
from mailtickets.mail.envelope import Envelope, Letter, Peer
from mailtickets.mail.mailbox import Mailbox
from mailtickets.mail.octets import InMemory
from mailtickets.testing.meter import MemoryMeter
from mailtickets.testing.names import NameServer, text
from tests.auth.letters import LETTER, rsa_key, signed

LINE = b"a line of a letter, with blanks in it, as people write them all day long\r\n"
ZONE = {
    "example.com": [text("v=spf1 include:spf.example.com -all")],
    "spf.example.com": [text("v=spf1 ip4:203.0.113.0/24 ?all")],
    "_dmarc.example.com": [text("v=DMARC1; p=reject")],
    "s1._domainkey.example.com": [text(rsa_key(2048)[1])],
}


def _letter(octets: bytes) -> Letter:
    peer = Peer("203.0.113.1", helo="mail.example.com")
    return Letter(Envelope(Mailbox("nic", "example.com"), (), 0.0, "id", peer), InMemory(octets))


async def main(_: Any) -> None:
    """Measure and tell."""
    server = NameServer(reactor, ZONE)
    host, _, port = server.server.rpartition(":")
    pool = ThreadPool(0, 32)
    pool.start()
    one = Authenticator(
        Options("mx.test"),
        names=Names([(host, int(port))]),
        suffixes=Suffixes(),
        reactor=reactor,
        pool=pool,
        meter=MemoryMeter(),
        log=Logger(),
    )
    for size, count in ((10_000, 300), (1_000_000, 10), (25_000_000, 1)):
        octets = signed(LETTER + LINE * (size // len(LINE)))
        letter = _letter(octets)
        cold = time.perf_counter()
        found = await one.authenticate(letter)
        cold = time.perf_counter() - cold
        assert found is not None
        assert found.aligned, str(found)
        cpu, wall = time.process_time(), time.perf_counter()
        for _ in range(count):
            await one.authenticate(letter)
        cpu, wall = (time.process_time() - cpu) / count, (time.perf_counter() - wall) / count
        theirs = time.process_time()
        for _ in range(count):
            dkim.verify(octets, dnsfunc=lambda *_, **__: rsa_key(2048)[1].encode())
        theirs = (time.process_time() - theirs) / count
        print(
            f"{size:>9} octets: first {cold * 1e3:7.1f} ms, then {wall * 1e3:7.2f} ms, "
            f"CPU {cpu * 1e3:7.2f} ms; dkimpy alone CPU {theirs * 1e3:7.2f} ms"
        )
    pool.stop()
    await server.stop()


if __name__ == "__main__":
    react(lambda it: ensureDeferred(main(it)))
