"""Starts what the journeys need, and ends it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.nursery import Quick
from tests.journeys.running import Running


@pytest.fixture
def launch(tmp_path: Path) -> Iterator[Callable[..., Running]]:
    """`launch(*arguments, **options)` is a Running with a state directory of its own, not started.

    Whatever was started is ended with the test.
    """
    yield from _launching(Running, tmp_path)


@pytest.fixture
def raise_up(tmp_path: Path) -> Iterator[Callable[..., Running]]:
    """As `launch`, for gateways that are started many times: they are forked."""
    yield from _launching(Quick, tmp_path)


def _launching(kind: type[Running], place: Path) -> Iterator[Callable[..., Running]]:
    with ExitStack() as stack:
        made: list[Running] = []

        def one(*arguments: str, state: Path | None = None, **options: Any) -> Running:
            running = kind(state or place / f"state-{len(made)}", *arguments, **options)
            made.append(running)
            stack.push(running.__exit__)
            return running

        yield one


@pytest.fixture
def running(launch: Callable[..., Running]) -> Running:
    """A gateway as `make run` starts it, but for its ports."""
    return launch().start()
