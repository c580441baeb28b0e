"""Where a follower leaves a ticket: known again, and not to be guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtickets.routing.leaving import Leave, Leaving

WEB = "https://help.example.org"
OURS = Leaving((b"k" * 32,), WEB)


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40))
def test_it_comes_back_as_it_went(desk, ticket, address):
    """Whatever the names are made of; and the address is one line of ASCII."""
    url = OURS.url(desk, ticket, address)
    assert url.startswith(f"{WEB}/unsubscribe/")
    assert url.isascii()
    assert url.isprintable()
    assert " " not in url
    token = url.rpartition("/")[2]
    assert OURS.read(token) == Leave(desk, ticket, address.lower())


def test_an_older_key_is_good():
    """After a change of keys, what the older one signed still works; another's never does."""
    token = OURS.url("d", "S-1", "ann@x.org").rpartition("/")[2]
    assert Leaving((b"n" * 32, b"k" * 32), WEB).read(token) == Leave("d", "S-1", "ann@x.org")
    assert Leaving((b"n" * 32,), WEB).read(token) is None


@pytest.mark.parametrize(
    "change", [lambda t: t[1:], lambda t: t[:-1], lambda t: "A" + t, str.upper]
)
def test_a_forged_one(change):
    """Nothing that was changed is believed."""
    token = OURS.url("d", "S-1", "ann@x.org").rpartition("/")[2]
    assert OURS.read(change(token)) is None


@given(st.text(max_size=60))
def test_anything_else(token):
    """Whatever stands at the end of an address is answered calmly."""
    assert OURS.read(token) is None


def test_without_a_web_address():
    """Where others cannot reach us there is nowhere to go."""
    assert Leaving((b"k" * 32,)).url("d", "S-1", "a@b") == ""
    assert Leaving((), WEB).url("d", "S-1", "a@b") == ""
