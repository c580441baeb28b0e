"""Which hosts take a domain's mail, in which order."""

import random

import pytest

from mailtickets.errors import Permanent
from mailtickets.relay.exchangers import Exchanger, is_ours, ordered


def order(*exchangers, own=(), domain="ferrier"):
    """The order, with a lottery that is always the same."""
    return ordered(domain, [Exchanger(*one) for one in exchangers], own, random.Random(1).shuffle)


def test_by_preference():
    """The lowest number first; every host once."""
    assert order((20, "b"), (10, "A."), (30, "a")) == ["a", "b"]


def test_ties_share_the_load():
    """Hosts of one preference come in any order, those of another stay where they are."""
    tied = [Exchanger(10, "a"), Exchanger(10, "b"), Exchanger(5, "first")]
    lottery = random.Random(7)
    seen = {tuple(ordered("x", tied, (), lottery.shuffle)) for _ in range(50)}
    assert seen == {("first", "a", "b"), ("first", "b", "a")}


def test_no_mx_means_the_domain_itself():
    """A domain without MX records takes its own mail."""
    assert order() == ["ferrier"]


def test_a_null_mx():
    """A domain that takes no mail says so, and the sender hears it at once."""
    with pytest.raises(Permanent) as caught:
        order((0, "."))
    assert caught.value.enhanced == "5.1.10"


def test_never_to_ourselves():
    """From ourselves on, hosts are left out; when we are the best, mail would loop."""
    assert order((10, "a"), (20, "US"), (20, "b"), (30, "c"), own=["us"]) == ["a"]
    with pytest.raises(Permanent) as caught:
        order((10, "us"), (20, "b"), own=["us"])
    assert caught.value.enhanced == "5.4.6"


@pytest.mark.parametrize("address", ["127.0.0.1", "127.9.9.9", "::1", "0.0.0.0", "::"])
def test_our_addresses(address):
    """Loopback and the unspecified address are this machine."""
    assert is_ours(address)


@pytest.mark.parametrize("address", ["192.0.2.1", "2001:db8::1", "nonsense"])
def test_other_addresses(address):
    """What cannot be bound here is not this machine."""
    assert not is_ours(address)
