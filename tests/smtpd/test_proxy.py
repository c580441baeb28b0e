"""The PROXY header, on a memory transport: whoever cuts it, wherever."""

from __future__ import annotations

import pytest
from twisted.internet.address import IPv4Address
from twisted.internet.defer import Deferred, ensureDeferred
from twisted.internet.error import ConnectionDone
from twisted.internet.interfaces import IHalfCloseableProtocol
from twisted.internet.testing import StringTransport
from twisted.protocols.haproxy._wrapper import HAProxyWrappingFactory
from twisted.python.failure import Failure

from mailtickets.smtpd import Limits
from tests.smtpd.doors import DOT, LETTER, START, House

PROXY = "192.0.2.99"
V1 = b"PROXY TCP4 192.0.2.7 127.0.0.1 4321 25\r\n"
V2 = b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc0\0\2\7\x7f\0\0\1\x10\xe1\0\x19"
V2_LOCAL = b"\r\n\r\n\0\r\nQUIT\n\x20\0\0\0"


def through_proxy(pieces: list[bytes]) -> tuple[House, bytes]:
    """A house, and what it says to a peer whose octets come through a proxy in these pieces."""
    house = House()
    wrapper = HAProxyWrappingFactory(house.factory).buildProtocol(None)
    transport = StringTransport(peerAddress=IPv4Address("TCP", PROXY, 1))
    wrapper.makeConnection(transport)
    for piece in pieces:
        wrapper.dataReceived(piece)
    return house, transport.value()


@pytest.mark.parametrize(
    ("header", "peer"),
    [
        (V1, "192.0.2.7"),
        (V2, "192.0.2.7"),
        (V2_LOCAL, PROXY),
        (b"PROXY UNKNOWN\r\n", PROXY),
        (b"PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n", PROXY),
    ],
)
def test_a_header_in_pieces(header, peer):
    """Cut anywhere, or octet by octet, the header is read, and a health check is greeted too."""
    cuts = [[header[:at], header[at:]] for at in range(1, len(header))]
    for pieces in [*cuts, [bytes([octet]) for octet in header]]:
        house, said = through_proxy([*pieces, b"QUIT\r\n"])
        assert [line[:3] for line in said.split(b"\r\n")] == [b"220", b"221", b""], pieces
        (connection,) = house.factory.door.table.all()
        assert connection.peer.address == peer


@pytest.mark.parametrize(
    "header",
    [
        b"PROXY TCP4 a b c d\r\n",
        b"PROXY TCP4 \xff\xfe 1.2.3.4 5 6\r\n",
        b"PROXY TCP4 x\x1b[31m 1.2.3.4 5 6\r\n",
        b"PROXY TCP4 1.2.3.4\0 1.2.3.4 5 6\r\n",
        b"PROXY TCP4 999.1.1.1 1.1.1.1 5 6\r\n",
        b"PROXY TCP4 2001:db8::1 2001:db8::2 5 6\r\n",
        b"PROXY TCP6 192.0.2.1 192.0.2.2 5 6\r\n",
        b"PROXY TCP4 192.0.2.1 192.0.2.2 5 65536\r\n",
        b"PROXY TCP4 192.0.2.1 192.0.2.2 5 6 7\r\n",
        b"PROXY TCP4 192.0.2.1 192.0.2.2 5 6\n\r\n",
        b"PROXY TCP4 192.0.2.1 192.0.2.2 5 6" + b" " * 100 + b"\r\n",
        b"PROXY  TCP4 192.0.2.1 192.0.2.2 5 6\r\n",
        b"PROXY UNKNOWNx\r\n",
        b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x02\xc0\0",
    ],
)
def test_a_header_that_is_none(header):
    """Nobody is served, and one line of the log says so: nothing that was sent stands in it."""
    for pieces in ([header], [header[:7], header[7:]], [bytes([octet]) for octet in header]):
        house, said = through_proxy([*pieces, b"QUIT\r\n"])
        assert said == b"", pieces
        assert len(house.factory.door.table) == 0
        assert not any("traceback" in str(event) for event in house.events)
        assert not any("log_failure" in event for event in house.events)


def test_a_connection_without_a_header_has_its_line():
    """The log tells of those whom no proxy brought."""
    house, wrapper = _silent()
    wrapper.connectionLost(Failure(ConnectionDone()))
    (line,) = house.logged("smtp connection")
    assert (line["why"], line["peer"]) == ("no PROXY header", PROXY)


def test_connections_without_a_header_are_counted():
    """No more of them wait than there may be connections; the first that came goes first."""
    house = House().open(limits=Limits(connections=100))
    silent = [_silent(house)[1] for _ in range(110)]
    gone = [wrapper.transport.disconnecting for wrapper in silent]
    assert gone == [True] * 10 + [False] * 100
    for _ in range(100):
        house.come(f"192.0.2.{len(house.factory.door.table)}")
    assert sum(not wrapper.transport.disconnecting for wrapper in silent) == 5
    last = silent[-1]
    last.dataReceived(V1)
    assert last.transport.value().startswith(b"421 ")


async def _drained(house):
    await house.factory.drain(5)


def test_a_stop_waits_for_no_header():
    """Who has said nothing yet is let go at once."""
    house, wrapper = _silent()
    ensureDeferred(_drained(house))
    assert wrapper.transport.disconnecting


def test_half_closed_behind_a_proxy():
    """A client that says its last word and listens on gets its 250."""
    store = Deferred()
    house, wrapper = _silent()
    house.reception.slow = [store]
    wrapper.dataReceived(V1 + b"EHLO vm\r\n" + START + LETTER + DOT)
    IHalfCloseableProtocol(wrapper).readConnectionLost()
    assert not wrapper.transport.disconnecting
    store.callback(None)
    assert wrapper.transport.value().split(b"\r\n")[-2].startswith(b"250 2.0.0")
    assert wrapper.transport.disconnecting


def _silent(house=None):
    """A house, and a connection to it by way of a proxy that has said nothing."""
    house = house or House()
    wrapper = HAProxyWrappingFactory(house.factory).buildProtocol(None)
    transport = StringTransport(peerAddress=IPv4Address("TCP", PROXY, 1))
    transport.abortConnection = transport.loseConnection
    wrapper.makeConnection(transport)
    return house, wrapper
