"""Dots, newlines and heads, whole and cut anywhere."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtickets.smtp.data import Dots, Head, Mender, Newlines

PIECES = st.sampled_from([b"\r", b"\n", b".", b"\r\n", b"\r\n.", b"a", b"\0", b"\x85", b"\xff"])
OCTETS = st.lists(PIECES, max_size=30).map(b"".join)


def cut(octets: bytes, places: list[int]) -> list[bytes]:
    """Octets cut at these places."""
    marks = sorted({0, len(octets), *(place for place in places if place < len(octets))})
    return [octets[a:b] for a, b in pairwise(marks)]


def undo(pieces: list[bytes]) -> tuple[bytes, bytes | None]:
    """What Dots makes of it all."""
    dots, out = Dots(), b""
    for number, piece in enumerate(pieces):
        sure, rest = dots.feed(piece)
        out += sure
        if rest is not None:
            return out, rest + b"".join(pieces[number + 1 :])
    return out, None


@pytest.mark.parametrize(
    ("wire", "letter", "after"),
    [
        (b".\r\n", b"", b""),
        (b"a\r\n.\r\n", b"a\r\n", b""),
        (b"..\r\n.\r\nNOOP", b".\r\n", b"NOOP"),
        (b".a\r\n..b\r\n...\r\n.\r\n", b"a\r\n.b\r\n..\r\n", b""),
        (b"a\n.\n.\r\n", b"a\n.\n.\r\n", None),
        (b"a\r\n.\nb\r\n.\r\n", b"a\r\n\nb\r\n", b""),
        (b"a\r.\r\r\n.\r\n", b"a\r.\r\r\n", b""),
        (b"a\r\n.\r.\r\n.\r\n", b"a\r\n\r.\r\n", b""),
        (b"a\n.\r\n.\r\n", b"a\n.\r\n", b""),
        (b"a\r\n.\r\n.\r\n", b"a\r\n", b".\r\n"),
        (b"a\r\n\r\n.\r\n", b"a\r\n\r\n", b""),
        (b"a\r\n.\0\r\n.\r\n", b"a\r\n\0\r\n", b""),
    ],
)
def test_end_of_data(wire, letter, after):
    """Only CRLF.CRLF ends a letter; a dot before anything else in a line is taken away once."""
    out, rest = undo([wire])
    assert rest == after
    if rest is not None:
        assert out == letter
    assert undo([wire[i : i + 1] for i in range(len(wire))])[1] == after


@given(OCTETS, st.lists(st.integers(0, 80)))
def test_dots_do_not_mind_the_network(octets, places):
    """However the octets are cut, the letter is the same and ends at the same place."""
    wire = octets + b"\r\n.\r\nNOOP\r\n"
    assert undo(cut(wire, places)) == undo([wire])


@given(st.lists(st.binary(max_size=6).filter(lambda line: b"\n" not in line and b"\r" not in line)))
def test_stuffed_and_unstuffed_is_the_same(lines):
    """Whatever lines a client stuffs arrive as they were."""
    letter = b"".join(line + b"\r\n" for line in lines)
    stuffed = b"".join((b"." if line[:1] == b"." else b"") + line + b"\r\n" for line in lines)
    assert undo([stuffed + b".\r\n"]) == (letter, b"")


@given(OCTETS, st.lists(st.integers(0, 80)))
def test_no_bare_newline_goes_unnoticed(octets, places):
    """A CR without LF or an LF without CR is noticed wherever the network cut."""
    rest = octets.replace(b"\r\n", b"")
    newlines = Newlines()
    found = False
    for piece in cut(octets, places):
        found = newlines.bare_in(piece)
    found = newlines.bare_in(b"", final=True) or found
    assert found == (b"\r" in rest or b"\n" in rest)


@given(OCTETS, st.lists(st.integers(0, 80)))
def test_mended_octets_have_only_crlf(octets, places):
    """Mending leaves no bare newline, and does not mind where the network cut."""
    mender = Mender()
    out = b"".join(mender.feed(piece) for piece in cut(octets, places)) + mender.feed(
        b"", final=True
    )
    rest = out.replace(b"\r\n", b"")
    assert b"\r" not in rest
    assert b"\n" not in rest
    assert out == Mender().feed(octets, final=True)


def head(octets: bytes, size: int = 1, most: int = 200, hops: int = 3) -> tuple[bool, bool]:
    """What Head says of a letter that comes `size` octets at a time."""
    watch = Head(most, hops)
    for start in range(0, len(octets), size):
        if not watch.over:
            watch.feed(octets[start : start + size])
    if not watch.over:
        watch.feed(b"", final=True)
    return watch.too_long, watch.too_many_hops


@pytest.mark.parametrize(
    ("letter", "says"),
    [
        (b"", (False, False)),
        (b"\r\n" + b"x" * 500, (False, False)),
        (b"Received: x\r\n" * 3 + b"\r\n" + b"Received: x\r\n" * 9, (False, False)),
        (b"RECEIVED: x\r\n" * 4 + b"\r\nHi", (False, True)),
        (b"Received: x\r\n" * 4, (False, True)),
        (b"Subject: " + b"x" * 300 + b"\r\n\r\nHi", (True, False)),
        (b"Subject: x\r\n" + b" y\r\n" * 100 + b"\r\nHi", (True, False)),
        (b"Received : x\r\n" * 4 + b"\r\nHi", (False, True)),
        (b"No head at all\r\n" + b"x" * 300 + b"\r\n", (False, False)),
        (b"Subject: x\r\nstray line\r\n" + b"Received: x\r\n" * 30, (False, False)),
    ],
)
def test_head(letter, says):
    """A head over the bound, or with too many hops, is noticed; a body never counts as head."""
    assert head(letter) == head(letter, 7) == head(letter, 1000) == says


@given(st.integers(0, 40), st.sampled_from([b"X-Long-Name", b"To", b"Received", b"X"]))
def test_a_head_is_too_long_wherever_it_is_cut(before, name):
    """The line at the bound may be cut in its name: it is a field still, and no body began."""
    letter = b"A: " + b"y" * before + b"\r\n" + (name + b": v\r\n") * 400 + b"\r\nHi\r\n"
    assert head(letter) == head(letter, 7) == head(letter, 10_000)
    assert head(letter)[0]
