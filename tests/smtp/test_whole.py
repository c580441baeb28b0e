"""A letter in one piece is taken as it would be in many."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtickets.smtp.data import Dots
from mailtickets.smtp.intake import Intake
from mailtickets.smtp.limits import Limits
from mailtickets.smtp.whole import whole

LIMITS = Limits(message_size=120, header_size=60, hops=2)
PIECES = [b"\r\n", b"\r\n", b".", b"\r", b"\n", b"a", b"received:", b"Received: x\r\n",
          b"From: nic\r\n\r\n", b"\0\xff", b"word " * 9]  # fmt: skip


def taken(octets: bytes, limits: Limits) -> tuple[bytes, bytes | None, object]:
    """What those who keep notes make of it: the letter, what comes after it, what is wrong."""
    dots, intake = Dots(), Intake(limits)
    sure, rest = dots.feed(octets)
    return intake.take(sure, final=rest is not None), rest, intake.failure


@given(st.lists(st.sampled_from(PIECES), max_size=20), st.booleans())
def test_a_letter_in_one_piece_is_what_it_would_be_in_many(pieces, ended):
    """Whatever the quick look accepts, the careful look accepts, as the same octets."""
    octets = b"".join(pieces) + (b"\r\n.\r\n" if ended else b"")
    letter = whole(octets, LIMITS)
    if letter is not None:
        assert taken(octets, LIMITS) == (letter, b"", None)


@pytest.mark.parametrize(
    ("octets", "plain"),
    [
        (b"A: b\r\n\r\nHello. .\r\n.\r\n", True),
        (b"A: b\r\n\r\n.\r\n", True),
        (b"Received: x\r\nReceived: y\r\n\r\n.\r\n", True),
        (b"A: b\r\n\r\n..Hello\r\n.\r\n", False),
        (b".A: b\r\n\r\nHello\r\n.\r\n", False),
        (b"A: b\r\n\r\nHello\r\n.\r\nQUIT\r\n", False),
        (b"A: b\r\n\r\nHello\r\n.\r\n.\r\n", False),
        (b"A: b\r\n\r\nHello\nall\r\n.\r\n", False),
        (b"A: b\r\n\r\nHello\rall\r\n.\r\n", False),
        (b"A: b\r\n\r\nHello\r\r\n.\r\n", False),
        (b"A: b\r\n\r\n" + b"x" * 120 + b"\r\n.\r\n", False),
        (b"A: b" + b"x" * 60 + b"\r\n\r\n\r\n.\r\n", False),
        (b"received: x\r\nReceived: y\r\nRECEIVED: z\r\n\r\n.\r\n", False),
        (b"\r\n\r\n.\r\n", False),
        (b"Hello\r\n.\r\n", False),
        (b".\r\n", False),
        (b"A: b\r\n\r\nHello\r\n", False),
        (b"", False),
    ],
)
def test_only_a_plain_letter_is_taken_at_a_glance(octets, plain):
    """Stuffed dots, faults, and what comes after the end are left to those who look closely."""
    assert (whole(octets, LIMITS) is not None) == plain
