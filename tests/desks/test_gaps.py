"""A cursor over numbers that may become visible out of order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtickets.desks.gaps import OVERLAP, Seen
from mailtickets.errors import Temporary


def test_a_number_that_comes_late_is_told() -> None:
    """It was missing when a later one was told."""
    seen = Seen.read("100").told(103)
    assert (seen.text, seen.since) == ("103~101.102", 100)
    assert list(seen.new([101, 103, 104])) == [101, 104]
    assert seen.told(101).text == "103~102"


def test_what_never_comes_is_given_up() -> None:
    """A number of a transaction that failed does not hold the cursor for ever."""
    seen = Seen.read("100").told(102)
    for number in range(103, 102 + OVERLAP + 2):
        seen = seen.told(number)
    assert seen.missing == ()


def test_the_beginning_has_no_gaps() -> None:
    """Numbers before the first one that is seen are not waited for."""
    assert Seen.read(None).told(7000).text == "7000"


@pytest.mark.parametrize("cursor", ["x", "1~", "1~a", "-1", "1~2.", "\u0661", "9" * 30])
def test_a_cursor_of_something_else(cursor: str) -> None:
    """Is told to a person, and moves nothing. A trailing ~ is as good as none."""
    if cursor == "1~":
        assert Seen.read(cursor) == Seen(1)
        return
    with pytest.raises(Temporary) as told:
        Seen.read(cursor)
    assert told.value.loud


@given(st.permutations(range(1, 31)), st.lists(st.integers(1, 8), min_size=8, max_size=8))
def test_each_number_is_told_once_in_whatever_order_it_shows(
    order: list[int], steps: list[int]
) -> None:
    """However they become visible and however often one looks; cursors survive being text."""
    seen, told, visible = Seen(1000), [], {1000}
    numbers = [1000 + one for one in order]
    while numbers:
        step = steps.pop() if steps else len(numbers)
        visible |= set(numbers[:step])
        numbers = numbers[step:]
        for number in Seen.read(seen.text).new([one for one in visible if one > seen.since]):
            told.append(number)
            seen = seen.told(number)
    assert sorted(told) == list(range(1001, 1031))
