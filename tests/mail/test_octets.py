"""Octets that can be read again and again."""

import pytest
import pytest_twisted

from mailtickets.errors import Temporary
from mailtickets.mail.octets import CHUNK, InMemory, Octets, whole


@pytest_twisted.ensureDeferred
async def test_in_pieces():
    """A reader meets a piece of 1 MiB at most, in order, as often as it likes."""
    octets = InMemory(b"ab" * CHUNK)
    assert isinstance(octets, Octets)
    for _ in range(2):
        pieces = [piece async for piece in octets.chunks()]
        assert [len(piece) for piece in pieces] == [CHUNK, CHUNK]
        assert b"".join(pieces) == octets.data


@pytest_twisted.ensureDeferred
async def test_whole_is_bounded():
    """Nobody gets more in one piece than they said they could bear."""
    assert await whole(InMemory(b"12345"), 5) == b"12345"
    with pytest.raises(Temporary):
        await whole(InMemory(b"123456"), 5)
