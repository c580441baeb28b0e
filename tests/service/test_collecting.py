"""Python's collector looks seldom, and what somebody decided about it stays."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from mailtickets.service.collecting import MORE, collect_seldom


@pytest.fixture
def threshold() -> Iterator[None]:
    """The process has its own settings again afterwards."""
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


@pytest.mark.parametrize(
    ("before", "after"),
    [((700, 10, 10), (MORE, 10, 10)), ((90_000, 5, 5), (90_000, 5, 5)), ((0, 10, 10), (0, 10, 10))],
)
@pytest.mark.usefixtures("threshold")
def test_never_sooner(before: tuple[int, ...], after: tuple[int, ...]) -> None:
    """It looks after so many objects more; later, or not at all, where somebody said so."""
    gc.set_threshold(*before)
    collect_seldom()
    assert gc.get_threshold() == after
