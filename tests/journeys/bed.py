"""Imports all that a gateway needs, so that many can be forked from here without doing it again.

No reactor is made here: it would be shared by all that are forked. What imports one meanwhile
(Klein does, for a convenience of its own) sees an empty module, and nothing of it is used.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from multiprocessing.connection import Connection
from types import ModuleType

import twisted.internet

_REACTOR = "twisted.internet.reactor"

if _REACTOR not in sys.modules:  # pragma: no branch - in the nursery; the tests have theirs
    sys.modules[_REACTOR] = twisted.internet.reactor = ModuleType(_REACTOR)  # type: ignore[attr-defined]
    try:
        for name in (
            "mailtickets.service.assembly",
            "mailtickets.testing.spool",
            "mailtickets.service.tap",
            "mailtickets.desks.http",
            "mailtickets.relay.agent",
            "alembic.command",
            "psycopg",
            "sqlalchemy.dialects.postgresql.psycopg",
            "sqlalchemy.dialects.sqlite.pysqlite",
            "twisted.scripts._twistd_unix",
            "twisted.web.client",
            "logging.config",
        ):
            import_module(name)
    finally:
        del sys.modules[_REACTOR], twisted.internet.reactor


def twistd(
    words: Sequence[str], environment: Mapping[str, str], place: str, out: Connection
) -> None:
    """Become `words`, a twistd command, in the process that was forked for it."""
    _speak(out)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(place)
    sys.argv = list(words)
    from twisted.scripts.twistd import run  # noqa: PLC0415 - after the fork

    run()


def victim(url: str, out: Connection) -> None:
    """Become the victim of `test_store_kills`, on the store at `url`."""
    _speak(out)
    sys.argv = ["store_victim", url]
    import_module("tests.journeys.store_victim")


def _speak(out: Connection) -> None:
    """Write to `out`, in a session of our own."""
    os.setsid()
    os.dup2(out.fileno(), 1)
    os.dup2(out.fileno(), 2)
    out.close()
