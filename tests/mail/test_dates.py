"""Dates as letters have them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mailtickets.mail.dates import seconds

_MOMENT = datetime(2024, 6, 3, 8, 0, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    "value",
    [
        "Mon, 3 Jun 2024 10:00:00 +0200",
        "3 Jun 2024 10:00 +0200",
        "Mon, 3 Jun 2024 10:00:00.123 +0200",
        "Mon, 3 Jun 2024 10.00.00 +0200",
        "Mon, 3 Jun 2024 10:00:00 +02",
        "Mon, 3 Jun 2024 10:00:00 +02:00",
        "Mon, 3 Jun 2024 10:00:00 GMT+2",
        "Mon, 3 Jun 2024 10:00:00 CEST",
        "Mon Jun  3 10:00:00 CEST 2024",
        "Mon, 3 Jun 2024 10:00:00 MESZ",
        "Mon, 3 Jun 2024 09:00:00 BST",
        "Mon, 3 Jun 2024 17:00:00 JST",
        "Mon, 3 Jun 2024 13:30:00 IST",
        "Mon, 3 Jun 2024 04:00:00 EDT",
        "Mon, 3 Jun 124 10:00:00 +0200",
        "Mon, 3 Jun 24 10:00:00 +0200",
        "lun., 3 juin 2024 10:00:00 +0200",
        "Mo, 03-Jun-2024 08:00:00 GMT",
        "03.06.2024 08:00:00",
        "2024/06/03 08:00:00",
        "2024-06-03T08:00:00Z",
        "2024-06-03 10:00:00 +02:00 (CEST)",
    ],
)
def test_a_date_is_read_in_whatever_form_it_comes(value: str) -> None:
    """Fractions, zones by name, old years, other languages' months: the moment is the same."""
    assert seconds(value) == _MOMENT


@pytest.mark.parametrize(
    ("month", "number"),
    [("Mai", 5), ("Okt", 10), ("Dez", 12), ("Mär", 3), ("août", 8), ("enero", 1), ("giugno", 6)],
)
def test_months_have_names_abroad(month: str, number: int) -> None:
    """A program that writes its user's language into the field is understood."""
    expected = datetime(2024, number, 3, tzinfo=UTC).timestamp()
    assert seconds(f"3 {month} 2024 00:00:00 +0000") == expected


@pytest.mark.parametrize(
    "value",
    [
        "",
        "yesterday",
        "Mon, 31 Jun 2024 10:00:00 +0200",
        "1 Jan 0001 00:00:00 +1400",
        "31 Dec 9999 23:59:59 -1200",
        "Mon, 3 Jun 10000 10:00:00 +0000",
        "06/03/2024 10:00:00",
    ],
)
def test_what_names_no_moment_that_can_be_written_is_none(value: str) -> None:
    """A day that never was, one beyond the years that have names, and one that may be two."""
    assert seconds(value) is None
