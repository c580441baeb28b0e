"""Listening sockets that are bound early, while we may, and opened when the house is ready.

Ports below 1024 are bound before twistd gives up root's privileges; what stands behind them is
made after that, so that every file it writes belongs to the user it runs as. Who connects in the
meantime waits, and is greeted then.
"""

from __future__ import annotations

from typing import Any

from attrs import define
from twisted.internet.defer import Deferred, maybeDeferred
from twisted.internet.endpoints import serverFromString
from twisted.internet.error import CannotListenError
from twisted.internet.interfaces import IAddress, IListeningPort
from twisted.internet.protocol import Factory, Protocol
from twisted.protocols.tls import TLSMemoryBIOFactory
from twisted.python.failure import Failure

from mailtickets.errors import SettingsError


class _Shut(Protocol):
    """Nobody is inside. A factory that wraps ours would stumble over no protocol at all."""

    def connectionMade(self) -> None:
        """Close the connection."""
        assert self.transport is not None
        self.transport.loseConnection()


class Doorway(Factory):
    """Passes connections to the factory behind it, once there is one."""

    noisy = False

    def __init__(self) -> None:
        self._inside: Any = None

    def open(self, inside: Any) -> None:
        """Let connections in."""
        self._inside = inside
        inside.doStart()

    def close(self) -> None:
        """Let no more connections in."""
        inside, self._inside = self._inside, None
        if inside is not None:
            inside.doStop()

    def buildProtocol(self, addr: IAddress | None) -> Any:
        """A protocol of the factory behind; without one, the connection is closed."""
        return _Shut() if self._inside is None else self._inside.buildProtocol(addr)


@define
class Door:
    """One endpoint: `what` it is for, how it was asked for, its port once bound."""

    what: str
    endpoint: str
    doorway: Doorway
    port: IListeningPort

    @property
    def address(self) -> str:
        """Where it listens, for a person."""
        host: Any = self.port.getHost()
        if hasattr(host, "name"):
            return f"unix:{_text(host.name)}"
        return f"[{host.host}]:{host.port}" if ":" in host.host else f"{host.host}:{host.port}"

    @property
    def url(self) -> str | None:
        """Its base URL for a client on this machine; None for a socket that has no port."""
        host: Any = self.port.getHost()
        if not hasattr(host, "port"):
            return None
        name = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host.host, host.host)  # noqa: S104
        return f"http://[{name}]:{host.port}" if ":" in name else f"http://{name}:{host.port}"

    @property
    def loopback(self) -> bool:
        """Whether only this machine can come to it."""
        host: Any = self.port.getHost()
        return hasattr(host, "name") or host.host in {"127.0.0.1", "::1"}

    def open(self, inside: Any) -> None:
        """Let connections in, to the factory `inside`; those first that have been waiting."""
        self.doorway.open(inside)
        if hasattr(self.port, "startReading"):
            self.port.startReading()

    def close(self) -> None:
        """Let no more connections in."""
        self.doorway.close()

    def stop(self) -> Deferred[None]:
        """Listen no more. What is connected stays."""
        stopping: Deferred[Any] = maybeDeferred(self.port.stopListening)
        return stopping


def bind(what: str, endpoint: str, reactor: Any, tls: Any = None) -> Door:
    """Bind `endpoint` now. Raises SettingsError when it cannot be understood or bound.

    `tls:PORT...` is `tcp:PORT...` with TLS from the first octet, by `tls`, the certificates.
    """
    named = f"{what} endpoint {endpoint}"
    implicit = endpoint.startswith("tls:")
    if implicit and tls is None:
        raise SettingsError(named, "this needs certificate and key in [tls]")
    try:
        server = serverFromString(
            reactor, endpoint.replace("tls:", "tcp:", 1) if implicit else endpoint
        )  # type: ignore[no-untyped-call]
    except Exception as why:  # parsers of endpoint strings raise what they like
        cure = "this is no Twisted endpoint; try tcp:PORT or tcp:PORT:interface=ADDRESS"
        raise SettingsError(named, cure) from why
    doorway = Doorway()
    found: list[Any] = []
    behind = TLSMemoryBIOFactory(tls, False, doorway) if implicit else doorway
    listening: Deferred[Any] = maybeDeferred(server.listen, behind)
    listening.addBoth(found.append)
    if not found:
        raise SettingsError(named, "an endpoint that listens at once is needed here")
    if isinstance(found[0], Failure):
        raise SettingsError(named, _why(found[0].value)) from found[0].value
    port = found[0]
    if hasattr(port, "stopReading"):  # the kernel keeps who comes before there is somebody inside
        port.stopReading()
    return Door(what, endpoint, doorway, port)


def _why(surprise: BaseException | None) -> str:
    if not isinstance(surprise, CannotListenError):
        return f"it cannot be listened on ({type(surprise).__name__})"
    reason = getattr(surprise.socketError, "strerror", None) or str(surprise.socketError)
    return f"it cannot be listened on: {reason}; stop what has it, or name another"


def _text(path: bytes | str) -> str:
    return path.decode("utf-8", "replace") if isinstance(path, bytes) else path
