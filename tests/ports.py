"""Ports for servers that are ended and started again where they were."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from itertools import chain
from random import randrange

HERE = "127.0.0.1"
# Below those that Linux gives to whoever connects or asks for any (32768 and up), so that nobody
# can have been given one of ours while its server was away.
FIRST, SHARE, WORKERS = 10_000, 2_000, 10


def _ours() -> Iterator[int]:
    """Each port of this worker's share once, from anywhere on, and again from its start."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw")
    share = 1 + int(worker) % (WORKERS - 1) if worker.isdigit() else 0
    first = FIRST + share * SHARE
    begin = randrange(first, first + SHARE)
    while True:
        yield from chain(range(begin, first + SHARE), range(first, begin))


_PORTS = _ours()


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on, and that this run has not named lately."""
    for _, port in zip(range(SHARE), _PORTS, strict=False):
        with socket.socket() as probe:
            # As servers do: what an ended connection has left behind does not matter.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HERE, port))
            except OSError:
                continue
        return port
    raise AssertionError(f"none of {SHARE} ports is free")
