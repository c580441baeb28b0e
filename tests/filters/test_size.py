"""The smallest filter there can be."""

import pytest
from twisted.internet.defer import ensureDeferred

from mailtickets.errors import SettingsError
from mailtickets.filters.size import make
from mailtickets.mail.envelope import Envelope, Letter
from mailtickets.mail.message import Message
from mailtickets.mail.octets import InMemory
from mailtickets.outcomes import Accept, Refuse


def verdict(filter_, size):
    """What the filter says of a letter of this size."""
    letter = Letter(Envelope(None, (), 0.0, "id"), InMemory(b"x" * size))
    heard = []
    ensureDeferred(filter_.judge(letter, Message())).addCallback(heard.append)
    return heard[0]


def test_letters_up_to_the_size_pass():
    """A letter of just the size passes; one octet more is refused as too large."""
    size = make({"octets": 10}, None)
    assert verdict(size, 10) == Accept()
    refused = verdict(size, 11)
    assert isinstance(refused, Refuse)
    assert refused.status == "3.4"


@pytest.mark.parametrize("octets", [None, 0, -1, "10", True])
def test_it_needs_a_size(octets):
    """Without a usable size the setting is named."""
    with pytest.raises(SettingsError, match="octets"):
        make({"octets": octets}, None)
