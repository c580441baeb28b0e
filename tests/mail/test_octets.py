"""Octets that can be read again and again."""

from collections.abc import AsyncIterator

import pytest
import pytest_twisted
from attrs import frozen

from mailtickets.errors import Temporary
from mailtickets.mail.octets import CHUNK, InMemory, Octets, chunks_from, whole


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


@frozen
class _FromItsBeginning:
    """Octets that can only be read from their beginning, three at a time."""

    data: bytes

    @property
    def size(self) -> int:
        return len(self.data)

    async def chunks(self) -> AsyncIterator[bytes]:
        for place in range(0, len(self.data), 3):
            yield self.data[place : place + 3]


@pytest.mark.parametrize("made", [InMemory, _FromItsBeginning])
@pytest_twisted.ensureDeferred
async def test_from_a_place_on(made):
    """What is read from a place on is what stands there, wherever the octets are."""
    data = bytes(range(11))
    for start in range(13):
        assert b"".join([piece async for piece in chunks_from(made(data), start)]) == data[start:]
