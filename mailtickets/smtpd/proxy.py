"""Behind a proxy: the peer is known once the PROXY header has been read.

Twisted's `haproxy:` endpoint calls `connectionMade` at once, and `getPeer()` is the proxy's until
the header has come. It also gives up on a header that comes in pieces, so those are put together
here first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.protocols.haproxy._wrapper import HAProxyProtocolWrapper
from twisted.protocols.policies import ProtocolWrapper

_SHORTEST = 16  # octets: the fixed part of version 2, and more than enough to tell version 1
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
    read = wrapper.dataReceived
    began: bytes | None = b""  # None: enough has come to tell the version, and Twisted waits itself

    def until_known(data: bytes) -> None:
        nonlocal began
        if began is not None:
            began += data
            if _too_short(began):
                return
            data, began = began, None
            if data.startswith(_UNKNOWN):
                data = data.replace(b"\r\n", b" \r\n", 1)
        rest = _after_header(wrapper, data)
        if wrapper._proxyInfo is None:  # noqa: SLF001 - Twisted tells nobody otherwise
            return
        wrapper.dataReceived = read
        call()
        if rest:
            read(rest)

    wrapper.dataReceived = until_known
    return False


def _too_short(began: bytes) -> bool:
    """Whether more must come before the version can be told."""
    if len(began) >= _SHORTEST:
        return False
    return not began.endswith(b"\r\n") or _SIGNATURE.startswith(began)


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
