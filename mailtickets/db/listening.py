"""Hears what other gateways tell through PostgreSQL (LISTEN), in a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine
from twisted.logger import Logger

CHANNEL = "mailtickets"
TICK = 1.0
"""Seconds after which the thread looks whether it shall end."""
REST = 2.0
"""Seconds before it connects again. What was told meanwhile is found by polling."""


class Listener:
    """Calls `heard(word)` in the reactor's thread for each word that somebody tells."""

    def __init__(self, engine: Engine, reactor: Any, heard: Callable[[str], None]) -> None:
        self._engine = engine
        self._reactor = reactor
        self._heard = heard
        self._ending = threading.Event()
        self._log = Logger(namespace="mailtickets.db")
        self._thread = threading.Thread(target=self._run, name="mailtickets-listener", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def stop(self) -> None:
        """Ask it to end; it does within a second. Safe to call twice."""
        self._ending.set()

    def _run(self) -> None:
        while not self._ending.is_set():
            try:
                self._listen()
            except Exception as why:
                self._log.warn("not listening: {why}", why=type(why).__name__)
                self._ending.wait(REST)

    def _listen(self) -> None:
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            try:
                self._told(connection.connection.driver_connection)
            except BaseException:
                connection.invalidate()  # what is broken cannot be given back in order
                raise

    def _told(self, raw: Any) -> None:
        raw.execute(f"LISTEN {CHANNEL}")
        while not self._ending.is_set():
            for told in raw.notifies(timeout=TICK, stop_after=1):
                self._reactor.callFromThread(self._heard, told.payload)
