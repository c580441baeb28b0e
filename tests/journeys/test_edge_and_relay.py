"""Two parties of our own: what our client sends, our server takes."""

from __future__ import annotations

import pytest
from attrs import evolve
from pytest_twisted import ensureDeferred
from twisted.internet import reactor

from mailtickets.mail.envelope import Envelope, Item, Letter
from mailtickets.mail.mailbox import Mailbox
from mailtickets.mail.octets import InMemory
from mailtickets.outcomes import Bounced, Delivered
from mailtickets.plugin import Needs
from mailtickets.relay.agent import make
from mailtickets.testing.meter import MemoryMeter
from mailtickets.testing.steps import RecordingSteps
from tests.journeys.edge import front

NIC = Mailbox("nic", "ferrier")
NEW, NOBODY, ODD = (Mailbox(name, "support") for name in ("new", "nobody", "a@b c"))
UTF8 = Mailbox("ñ", "bücher.example")
LETTER = b"Subject: x\r\n\r\n.\r\n..two\r\n\xc3\xb1\r\n"


def item(*recipients: Mailbox, sender: Mailbox | None = NIC, octets: bytes = LETTER) -> Item:
    """An item that carries these octets."""
    envelope = Envelope(sender, recipients, 0.0, "trace")
    return Item(1, "key", Letter(envelope, InMemory(octets)), recipients, "relay", "lane")


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "starttls"])
@ensureDeferred
async def test_our_client_and_our_server(tmp_path, tls):
    """Pipelined, with fates of their own, quoted, in UTF-8, and twenty letters in a row."""
    needs = Needs(reactor, MemoryMeter(), RecordingSteps(), "gateway.example", tmp_path)
    async with front(tmp_path, tls=tls) as door:
        door.reception.known = ("new", "a@b c", "ñ")
        agent = make({"url": f"smtp://127.0.0.1:{door.port}", "suppress": False}, needs)
        try:
            fates = await agent.deliver(item(NEW, NOBODY, ODD))
            assert [type(fates[box]) for box in (NEW, NOBODY, ODD)] == [
                Delivered, Bounced, Delivered,
            ]  # fmt: skip
            assert fates[NOBODY].trouble.status == "1.1"
            (kept,) = door.reception.letters
            assert kept.octets == LETTER
            assert kept.envelope.recipients == (NEW, ODD)
            assert kept.envelope.declared == len(LETTER)
            fates = await agent.deliver(item(UTF8, sender=UTF8))
            assert isinstance(fates[UTF8], Delivered)
            assert door.reception.letters[-1].envelope.utf8
            assert door.reception.letters[-1].envelope.sender == UTF8
            await agent.deliver(item(NEW, sender=None))
            assert door.reception.letters[-1].envelope.sender is None
            large = LETTER + b"x" * 70 + b"\r\n" + b".\r\n" * 100_000
            for number in range(20):
                await agent.deliver(evolve(item(NEW, octets=large), id=number))
            assert door.reception.letters[-1].octets == large
            assert len(door.reception.letters) == 23
        finally:
            agent.close()
