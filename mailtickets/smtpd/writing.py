"""Writing at once where it can be done.

Twisted keeps what is written until the reactor says that the socket can take it: two changes of
the epoll set and one more turn of the loop for each reply, more than all of our own work. A reply
is small and the socket's buffer nearly always empty, so it is sent now, and what does not fit goes
Twisted's way.
"""

from __future__ import annotations

from typing import Any

from twisted.internet.tcp import Server


def write(transport: Any, octets: bytes) -> None:
    """Write `octets` in order after what was written before."""
    if (
        type(transport) is Server
        and not transport.TLS
        and not transport.dataBuffer
        and not transport._tempDataBuffer  # noqa: SLF001 - nothing may overtake what waits there
        and transport.connected
        and not transport.disconnecting
    ):
        sent = transport.writeSomeData(octets)
        if sent == len(octets):
            return
        if isinstance(sent, int):
            octets = octets[sent:]
    transport.write(octets)
