"""A way to PostgreSQL that can be cut: at once, or at the very moment of a commit."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Self

from tests.journeys.running import HERE

_COMMIT = b"COMMIT\0"  # as a simple query or a parsed one ends (PostgreSQL protocol 3, 53.7)


class Cutting:
    """Listens on a port of its own, and passes connections on to `port`.

    `arm(lost)` cuts the next connection that commits. With `lost` "request" the server never hears
    of the commit; with "answer" it has committed and said so, and nobody hears that.
    """

    def __init__(self, port: int) -> None:
        self._to = port
        self._listening = socket.create_server((HERE, 0))
        self.port: int = self._listening.getsockname()[1]
        self._lock = threading.Lock()
        self._lost = ""
        self._open: set[socket.socket] = set()
        self._over = False
        self.cut = threading.Event()
        self.cuts = 0
        self._thread = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over = True
        self._listening.close()
        self.cut_all()

    def arm(self, lost: str) -> None:
        """Cut at the next commit."""
        self.cut.clear()
        self._lost = lost

    def cut_all(self) -> None:
        """Cut whatever is connected."""
        with self._lock:
            going = list(self._open)
        for one in going:
            _reset(one)

    def _accept(self) -> None:
        while not self._over:
            try:
                near, _ = self._listening.accept()
                far = socket.create_connection((HERE, self._to), timeout=10)
            except OSError:
                continue
            far.settimeout(None)
            with self._lock:
                self._open |= {near, far}
            pair = _Pair(near, far)
            threading.Thread(target=self._forth, args=(pair,), daemon=True).start()
            threading.Thread(target=self._back, args=(pair,), daemon=True).start()

    def _forth(self, pair: _Pair) -> None:
        with contextlib.suppress(OSError):
            while octets := pair.near.recv(65536):
                if self._lost and _COMMIT in octets and self._claim(pair):
                    if pair.lost == "request":
                        break
                    pair.far.sendall(octets)
                    continue  # `_back` ends it, when the server has answered
                pair.far.sendall(octets)
        self._end(pair)

    def _claim(self, pair: _Pair) -> bool:
        with self._lock:
            pair.lost, self._lost = self._lost, ""
        return bool(pair.lost)

    def _back(self, pair: _Pair) -> None:
        with contextlib.suppress(OSError):
            while octets := pair.far.recv(65536):
                if pair.lost:
                    break
                pair.near.sendall(octets)
        self._end(pair)

    def _end(self, pair: _Pair) -> None:
        for one in (pair.near, pair.far):
            _reset(one)
            one.close()
        with self._lock:
            self._open -= {pair.near, pair.far}
            if pair.lost:
                pair.lost = ""
                self.cuts += 1
                self.cut.set()


class _Pair:
    """Both ends of a connection that passes."""

    def __init__(self, near: socket.socket, far: socket.socket) -> None:
        self.near = near
        self.far = far
        self.lost = ""


def _reset(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
