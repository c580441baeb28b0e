"""What all tests stand on."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling

from tests.desks.systems import Systems
from tests.postgres import postgres

__all__ = ["postgres"]  # one server for all: a module that imported the fixture had its own

# Two cores shared with other work: how long an example takes tells nothing.
settings.register_profile(
    "here", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
FUZZ_SECONDS = float(os.environ.get("FUZZ_SECONDS") or 0)
settings.register_profile(
    "fuzz",
    parent=settings.get_profile("here"),
    max_examples=int(min(max(30 * FUZZ_SECONDS, 100), 20_000)) if FUZZ_SECONDS else 20_000,
)
settings.register_profile("ci", parent=settings.get_profile("here"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


class Until:
    """Property tests in another order each time, until the time is over; the rest is skipped."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._ends = 0.0

    def pytest_collection_finish(self) -> None:
        self._ends = time.monotonic() + self._seconds

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        random.shuffle(items)

    def pytest_runtest_setup(self) -> None:
        if time.monotonic() > self._ends:
            pytest.skip("The time is over.")


def pytest_configure(config: pytest.Config) -> None:
    """Bound what `make fuzz` does."""
    if FUZZ_SECONDS:
        config.pluginmanager.register(Until(FUZZ_SECONDS))


# What may not run beside itself, since it shares a server or a build: each a group for one worker.
TOGETHER = {
    "tests/desks/test_rt.py": "systems",
    "tests/desks/test_redmine.py": "systems",
    "tests/journeys/test_desk_systems.py": "systems",
    "tests/packaging": "packaging",
}
# Those that take longest begin first, so that no worker ends alone with one of them.
FIRST = ("journeys", "desks", "packaging", "store", "flow", "relay")


class ByFile(LoadScopeScheduling):
    """Hands each worker a file's tests at a time, or those of files that belong together."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return TOGETHER.get(file) or TOGETHER.get(file.rpartition("/")[0]) or file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    """How tests are dealt to several workers."""
    return ByFile(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With several workers the slow files come first."""
    if hasattr(config, "workerinput"):
        ranks = {name: rank for rank, name in enumerate(FIRST)}
        items.sort(key=lambda item: ranks.get(item.path.parent.name, len(FIRST)))


@pytest.fixture(autouse=True)
def _nobody_elses_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the developer's shell says must not reach a test."""
    for name in [name for name in os.environ if name.startswith("MAILTICKETS_")]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def systems() -> Iterator[Systems]:
    """The ticketing systems that are costly to start, one of each for all tests."""
    with ExitStack() as running:
        yield Systems(running)
