"""Sockets that are bound early and opened when the house is ready."""

import pytest
import pytest_twisted
from twisted.internet import reactor
from twisted.internet.defer import Deferred, ensureDeferred
from twisted.internet.endpoints import clientFromString
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.task import deferLater

from mailtickets.errors import SettingsError
from mailtickets.service.doors import bind


class Greeter(Protocol):
    """Says one word and leaves."""

    def connectionMade(self):
        self.transport.write(b"hello")
        self.transport.loseConnection()


class Listener(Protocol):
    """Gathers what is said."""

    def __init__(self):
        self.heard = b""
        self.done = Deferred()

    def dataReceived(self, data):
        self.heard += data

    def connectionLost(self, reason):
        self.done.callback(self.heard)


async def hear(door):
    """What the door says to a caller."""
    client = clientFromString(reactor, f"tcp:127.0.0.1:{door.port.getHost().port}")
    listener = await client.connect(Factory.forProtocol(Listener))
    return await listener.done


@pytest.mark.parametrize(
    "endpoint", ["tcp:0:interface=127.0.0.1", "haproxy:tcp:0:interface=127.0.0.1"]
)
@pytest_twisted.ensureDeferred
async def test_closed_until_opened(endpoint):
    """Who comes before the door is opened waits, and is let in then; nobody after it is closed."""
    door = bind("SMTP", endpoint, reactor)
    early = ensureDeferred(hear(door))
    await deferLater(reactor, 0.1)
    assert not early.called, "it was closed, and its client saw no greeting"
    door.open(Factory.forProtocol(Greeter))
    assert await hear(door) == b"hello"
    assert door.address == f"127.0.0.1:{door.port.getHost().port}"
    assert door.url == f"http://{door.address}"
    assert door.loopback
    door.close()
    assert await hear(door) == b""
    await door.stop()


@pytest_twisted.ensureDeferred
async def test_a_port_in_use_is_named():
    """A port that somebody has is named, with what to do."""
    first = bind("SMTP", "tcp:0:interface=127.0.0.1", reactor)
    port = first.port.getHost().port
    with pytest.raises(SettingsError, match=rf"SMTP endpoint tcp:{port}.* in use"):
        bind("SMTP", f"tcp:{port}:interface=127.0.0.1", reactor)
    await first.stop()


@pytest.mark.parametrize("endpoint", ["", "tcp", "nonsense:1", "tcp:x"])
def test_nonsense_is_named(endpoint):
    """What is no endpoint string is named, with one that is."""
    with pytest.raises(SettingsError, match="this is no Twisted endpoint; try tcp:PORT"):
        bind("web", endpoint, reactor)
