"""The embedded desk on a socket."""

from __future__ import annotations

from typing import Any

import pytest_twisted


def served_with(**options: Any) -> Any:
    """The embedded desk, on a free port."""
    # Not before pytest-twisted has installed its reactor: these modules import one.
    from twisted.internet import reactor  # noqa: PLC0415

    from tests.desks.benches import Served  # noqa: PLC0415

    return Served(reactor, **options)


@pytest_twisted.async_yield_fixture
async def served() -> Any:
    """As this machine alone reaches it."""
    made = served_with()
    yield made
    await made.close()


@pytest_twisted.async_yield_fixture
async def guarded() -> Any:
    """As others reach it, too: people sign in."""
    made = served_with(open_access=False, banners=lambda: ["Something is wrong"])
    yield made
    await made.close()
