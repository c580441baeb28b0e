"""Behind a proxy: the peer is known once the PROXY header has been read.

Twisted's `haproxy:` endpoint calls `connectionMade` at once, and `getPeer()` is the proxy's until
the header has come. It also gives up on a header that comes in pieces, so those are put together
here first, looked at (what it lets pass is nobody's address, and what it does not would fill the
log), and a peer that says no more still gets its answers, as without a proxy.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any

from twisted.internet.interfaces import IHalfCloseableProtocol
from twisted.protocols.haproxy._wrapper import HAProxyProtocolWrapper
from twisted.protocols.policies import ProtocolWrapper
from zope.interface import alsoProvides

_SHORTEST = 16  # octets: the fixed part of version 2, and more than enough to tell version 1
_V1 = b"PROXY "
_LONGEST = 107  # octets of a line of version 1, CRLF included
_ADDRESSES = re.compile(rb"PROXY TCP([46]) (\S+) (\S+) ([0-9]{1,5}) ([0-9]{1,5})\r\n")
_PORTS = 65_536
_UNKNOWN = b"PROXY UNKNOWN\r\n"  # a proxy's own health check, which Twisted takes for no header
_SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"  # of version 2: line ends stand within it


def wrapper_of(transport: Any) -> Any:
    """The HAProxyProtocolWrapper below a protocol; None where there is none."""
    while isinstance(transport, ProtocolWrapper):
        if isinstance(transport, HAProxyProtocolWrapper):
            return transport
        transport = transport.transport
    return None


def when_known(transport: Any, call: Callable[[], None]) -> bool:
    """Call `call` as soon as the peer's address is known: now, or when the header has come.

    Answers whether it was called already.
    """
    wrapper = wrapper_of(transport)
    if wrapper is None:
        call()
        return True
    _half_closes(wrapper)
    wrapper.dataReceived = _Header(wrapper, call).dataReceived
    return False


class _Header:
    """The octets of a connection up to the end of its header."""

    def __init__(self, wrapper: Any, call: Callable[[], None]) -> None:
        self._wrapper = wrapper
        self._read = wrapper.dataReceived
        self._call = call
        self._began: bytes | None = b""  # None: enough has come, and Twisted waits itself

    def dataReceived(self, data: bytes) -> None:
        """More of it, and perhaps what follows it."""
        if self._began is not None:
            self._began += data
            if _too_short(self._began):
                return
            data, self._began = self._began, None
            if data.startswith(_V1) and not _is_good(data):
                self._refuse()
                return
            if data.startswith(_UNKNOWN):
                data = data.replace(b"\r\n", b" \r\n", 1)
        wrapper = self._wrapper
        try:
            rest = _after_header(wrapper, data)
        except Exception:  # whatever Twisted makes of a header that it cannot read
            self._refuse()
            return
        if wrapper._proxyInfo is None:  # noqa: SLF001 - Twisted tells nobody otherwise
            return
        wrapper.dataReceived = self._read
        self._call()
        if rest:
            self._read(rest)

    def _refuse(self) -> None:
        self._wrapper.dataReceived = _unheard
        self._wrapper.loseConnection()


def _unheard(_octets: bytes) -> None:
    """What follows a header that is none."""


def _half_closes(wrapper: Any) -> None:
    """Tell the protocol, too, that its peer will say no more: Twisted's wrapper hangs up then."""
    protocol = wrapper.wrappedProtocol
    if IHalfCloseableProtocol.providedBy(protocol):
        wrapper.readConnectionLost = protocol.readConnectionLost
        wrapper.writeConnectionLost = protocol.writeConnectionLost
        alsoProvides(wrapper, IHalfCloseableProtocol)


def _too_short(began: bytes) -> bool:
    """Whether more must come before the header can be told, and in version 1 read."""
    if began.startswith(_V1):
        return b"\r\n" not in began and len(began) <= _LONGEST
    if len(began) >= _SHORTEST:
        return False
    return not began.endswith(b"\r\n") or _SIGNATURE.startswith(began)


def _is_good(began: bytes) -> bool:
    """Whether a line of version 1 names addresses, or says that it knows none."""
    end = began.find(b"\r\n") + 2
    if not 2 <= end <= _LONGEST:
        return False
    line = began[:end]
    if line == _UNKNOWN or line.startswith(_UNKNOWN[:-2] + b" "):
        return True  # the rest of such a line is to be ignored
    found = _ADDRESSES.fullmatch(line)
    if found is None or not all(int(port) < _PORTS for port in found.groups()[3:]):
        return False
    try:
        versions = [ip_address(address.decode("ascii")).version for address in found.groups()[1:3]]
    except ValueError:
        return False
    return versions == [int(found[1])] * 2


def _after_header(wrapper: Any, octets: bytes) -> bytes:
    """Have the header read; answer what came after it instead of handing it up too early."""
    caught: list[bytes] = []
    protocol = wrapper.wrappedProtocol
    had = protocol.__dict__.get("dataReceived")
    protocol.dataReceived = caught.append
    try:
        HAProxyProtocolWrapper.dataReceived(wrapper, octets)
    finally:
        if had is None:
            del protocol.dataReceived
        else:
            protocol.dataReceived = had
    return b"".join(caught)
