"""Dots and line ends on the wire, wherever the pieces are cut."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtickets.relay.stuffing import Stuffing


def sent(pieces):
    """Everything that is written before the dot."""
    stuffing = Stuffing()
    return b"".join([stuffing.feed(piece) for piece in pieces] + [stuffing.finish()])


@pytest.mark.parametrize(
    ("letter", "written"),
    [
        (b"", b""),
        (b".", b"..\r\n"),
        (b"a\r\n.b\r\n", b"a\r\n..b\r\n"),
        (b"a\r\n.\r\n.\r\n", b"a\r\n..\r\n..\r\n"),
        (b"a", b"a\r\n"),
        (b"a\r", b"a\r\n"),
        (b"a\n.\nb", b"a\r\n..\r\nb\r\n"),
        (b"a\r.\rb\r\n", b"a\r\n..\r\nb\r\n"),
        (b"a\n.\r\nMAIL FROM:<x>", b"a\r\n..\r\nMAIL FROM:<x>\r\n"),
    ],
)
def test_what_is_written(letter, written):
    """No line of the letter can end it, whatever sort of line end it has."""
    assert sent([letter]) == written


@given(st.text(st.sampled_from("a.\r\n"), max_size=30), st.lists(st.integers(0, 30), max_size=6))
def test_cuts_make_no_difference(text, cuts):
    """However the letter is cut into pieces, the same is written, and it comes out again."""
    letter = text.encode()
    at = [0, *sorted(cuts), len(letter)]
    pieces = [letter[start:end] for start, end in pairwise(at)]
    written = sent(pieces)
    assert written == sent([letter])
    assert b"\r\n.\r\n" not in b"\r\n" + written
    assert written.count(b"\r\n") == written.count(b"\r") == written.count(b"\n")
    undone = re.sub(rb"(?m)^\.", b"", written)
    whole = re.sub(rb"\r\n|\r|\n", b"\r\n", letter)
    assert undone == whole if whole.endswith(b"\r\n") or not whole else whole + b"\r\n"
