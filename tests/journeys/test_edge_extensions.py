"""Each extension between two parties: Python's smtplib, or our own client, and our server."""

from __future__ import annotations

import smtplib
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from attrs import evolve
from pytest_twisted import ensureDeferred
from twisted.internet import reactor

from mailtickets.mail.envelope import Envelope, Item, Letter, Wishes
from mailtickets.mail.mailbox import Mailbox
from mailtickets.mail.octets import InMemory
from mailtickets.outcomes import Delivered
from mailtickets.plugin import Needs
from mailtickets.relay.agent import make
from mailtickets.smtpd import Limits
from mailtickets.testing.meter import MemoryMeter
from mailtickets.testing.steps import RecordingSteps
from tests.journeys.edge import front, in_thread

NIC, NEW = Mailbox("nic", "ferrier"), Mailbox("new", "support")
WHOLE = b"Subject: x\r\n\r\nHi\r\n"


@contextmanager
def client(port: int) -> Iterator[smtplib.SMTP]:
    """smtplib, after EHLO."""
    with smtplib.SMTP("127.0.0.1", port, timeout=20) as found:
        found.ehlo("vm")
        yield found


def chunk(peer: smtplib.SMTP, octets: bytes, last: str = "") -> tuple[int, bytes]:
    """Send a chunk; the answer."""
    peer.send(b"BDAT %d%s\r\n" % (len(octets), last.encode()) + octets)
    return peer.getreply()


def size(peer: smtplib.SMTP) -> None:
    """RFC 1870: what is declared too big is refused at once, what proves too big at its end."""
    assert peer.esmtp_features["size"] == "1000"
    assert peer.mail("nic@ferrier", ["SIZE=1001"])[0] == 552
    peer.mail("nic@ferrier", ["SIZE=1000"])
    peer.rcpt("new@support")
    assert peer.data(WHOLE + b"x" * 1000)[0] == 552
    peer.sendmail("nic@ferrier", ["new@support"], WHOLE)


def eight_bit(peer: smtplib.SMTP) -> None:
    """RFC 6152: eight bits stay what they are."""
    assert peer.has_extn("8bitmime")
    peer.sendmail("nic@ferrier", ["new@support"], WHOLE + b"\xff\xc3\xb1\r\n", ["BODY=8BITMIME"])


def utf8(peer: smtplib.SMTP) -> None:
    """RFC 6531: an address beyond ASCII wants SMTPUTF8 said."""
    assert peer.has_extn("smtputf8")
    peer.command_encoding = "utf-8"
    assert peer.mail("ñ@bücher.example")[0] == 553
    peer.sendmail("ñ@bücher.example", ["new@support"], WHOLE, ["SMTPUTF8", "BODY=8BITMIME"])


def chunking(peer: smtplib.SMTP) -> None:
    """RFC 3030: chunks of any size, and none of them ends at a dot."""
    assert peer.has_extn("chunking")
    peer.mail("nic@ferrier")
    peer.rcpt("new@support")
    assert chunk(peer, b"Subject: x\r\n\r\n.\r\n")[0] == 250
    assert chunk(peer, b"..\r\n", " LAST")[0] == 250


def binary(peer: smtplib.SMTP) -> None:
    """RFC 3030 section 3: octets that are no lines, by BDAT alone."""
    assert peer.has_extn("binarymime")
    peer.mail("nic@ferrier", ["BODY=BINARYMIME"])
    peer.rcpt("new@support")
    assert peer.docmd("DATA")[0] == 503
    assert chunk(peer, b"A: b\r\n\r\n\0\n\r\xff", " LAST")[0] == 250


def dsn(peer: smtplib.SMTP) -> None:
    """RFC 3461: what is wished stands on the envelope."""
    assert peer.has_extn("dsn")
    assert peer.mail("nic@ferrier", ["RET=ALL"])[0] == 501
    peer.sendmail(
        "nic@ferrier", ["new@support"], WHOLE, ["RET=HDRS", "ENVID=a+2Bb"],
        ["NOTIFY=SUCCESS,DELAY", "ORCPT=rfc822;nic+40ferrier"],
    )  # fmt: skip


def limits(peer: smtplib.SMTP) -> None:
    """RFC 9422: what is said of the bounds is true."""
    assert peer.esmtp_features["limits"] == "MAILMAX=2 RCPTMAX=1"
    peer.mail("nic@ferrier")
    assert [peer.rcpt("new@support")[0] for _ in range(2)] == [250, 452]
    assert peer.data(WHOLE)[0] == 250
    peer.mail("nic@ferrier")
    peer.rcpt("new@support")
    assert peer.data(WHOLE)[0] == 250
    assert peer.docmd("MAIL FROM:<nic@ferrier>")[0] == 421


def enhanced(peer: smtplib.SMTP) -> None:
    """RFC 2034: HELP, NOOP, VRFY, EXPN, RSET and QUIT answer with a status of the code's class."""
    assert peer.has_extn("enhancedstatuscodes")
    peer.mail("nic@ferrier")
    for verb, code in (
        ("HELP", 214), ("NOOP", 250), ("VRFY new", 252), ("EXPN all", 502), ("RSET", 250),
        ("DATA", 503), ("QUIT", 221),
    ):  # fmt: skip
        found, text = peer.docmd(verb)
        assert found == code
        assert text[:2] == b"%d." % (code // 100)


def says(**wanted: object) -> Callable[[Envelope], bool]:
    """Whether an envelope has these."""
    return lambda envelope: {name: getattr(envelope, name) for name in wanted} == wanted


ALL = [
    (size, {"message_size": 1000}, WHOLE, says(declared=len(WHOLE))),
    (eight_bit, {}, WHOLE + b"\xff\xc3\xb1\r\n", says(body="8BITMIME")),
    (utf8, {}, WHOLE, says(utf8=True, sender=Mailbox("ñ", "bücher.example"))),
    (chunking, {}, b"Subject: x\r\n\r\n.\r\n..\r\n", says(body="7BIT")),
    (binary, {}, b"A: b\r\n\r\n\0\n\r\xff", says(body="BINARYMIME")),
    (
        dsn, {}, WHOLE,
        says(ret="HDRS", envid="a+b", wishes={
            NEW: Wishes(frozenset({"SUCCESS", "DELAY"}), "rfc822;nic@ferrier"),
        }),
    ),
    (limits, {"messages": 2, "recipients": 1, "local": ()}, WHOLE, says(recipients=(NEW,))),
    (enhanced, {}, None, None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("talk", "bounds", "octets", "holds"), ALL, ids=[one[0].__name__ for one in ALL]
)
@ensureDeferred
async def test_smtplib_and_our_server(tmp_path, talk, bounds, octets, holds):
    """What smtplib finds offered it may use, and the letter and its envelope are as it said."""

    def go(port):
        with client(port) as peer:
            talk(peer)

    async with front(tmp_path, tls=False, limits=Limits(**bounds)) as door:
        await in_thread(go, door.port)
        kept = door.reception.letters
        assert (kept[-1].octets if kept else None) == octets
        assert holds is None or holds(kept[-1].envelope)


@ensureDeferred
async def test_wishes_of_our_client(tmp_path):
    """DSN's parameters and REQUIRETLS, which our own client sends under TLS that it trusts.

    REQUIRETLS (RFC 8689) is offered under TLS alone.
    """
    needs = Needs(reactor, MemoryMeter(), RecordingSteps(), "gateway.example", tmp_path)
    wishes = {NEW: Wishes(frozenset({"NEVER"}), "rfc822;new@support")}
    asked = Envelope(
        NIC, (NEW,), 0.0, "trace", ret="FULL", envid="e=1", require_tls=True, wishes=wishes
    )
    item = Item(1, "key", Letter(asked, InMemory(WHOLE)), (NEW,), "relay", "lane")

    def offered(port):
        with client(port) as peer:
            return peer.has_extn("requiretls"), peer.mail("nic@ferrier", ["REQUIRETLS"])[0]

    async with front(tmp_path) as door:
        assert await in_thread(offered, door.port) == (False, 555)
        settings = {
            "url": f"smtp://localhost:{door.port}", "tls": "required", "suppress": False,
            "ca_file": str(door.certificate),
        }  # fmt: skip
        agent = make(settings, needs)
        try:
            fates = await agent.deliver(item)
        finally:
            agent.close()
        assert isinstance(fates[NEW], Delivered)
        (kept,) = door.reception.letters
        found = kept.envelope
        assert evolve(asked, id=found.id, arrived=found.arrived, peer=found.peer) == evolve(
            found, declared=asked.declared
        )
