"""The PROXY header, on a memory transport: whoever cuts it, wherever."""

from __future__ import annotations

import pytest
from twisted.internet.address import IPv4Address
from twisted.internet.testing import StringTransport
from twisted.protocols.haproxy._wrapper import HAProxyWrappingFactory

from tests.smtpd.doors import House

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
