"""Lists in the DNS: who is refused, who is labelled, and what a list's silence means."""

from __future__ import annotations

import pytest
from pytest_twisted import ensureDeferred

from mailtickets.errors import SettingsError
from mailtickets.filters.dnsbl import make, reversed_address
from mailtickets.mail.message import Message
from mailtickets.outcomes import Accept, Refuse, Verdict
from tests.filters.needs import Names, letter, needs

LISTED = "99.2.0.192.list.test"


async def judged(zone: dict[str, list[str] | None], what: str = "", **settings: object) -> Verdict:
    """What the filter says of a letter from 192.0.2.99, or from `what`."""
    made = make({"zones": ["list.test"], **settings}, needs(names=Names(zone)))
    return await made.judge(letter(address=what or "192.0.2.99"), Message())


@ensureDeferred
async def test_a_listed_host_is_refused() -> None:
    """550 5.7.1, with the name of the list."""
    verdict = await judged({LISTED: ["127.0.0.2"]})
    assert verdict == Refuse("Your host is listed by list.test")
    assert await judged({}) == Accept()


@ensureDeferred
async def test_a_listed_host_is_labelled_where_that_is_asked_for() -> None:
    """The letter comes in, and says so."""
    verdict = await judged({LISTED: ["127.0.0.2"]}, action="label", label="listed")
    assert verdict == Accept(frozenset({"listed"}))


@ensureDeferred
async def test_only_the_codes_that_count() -> None:
    """Some lists answer for several reasons; by default any of theirs counts, but for errors."""
    assert await judged({LISTED: ["127.0.0.10"]}, codes=["127.0.0.2"]) == Accept()
    assert await judged({LISTED: ["127.255.255.254"]}) == Accept()
    assert await judged({LISTED: ["198.51.100.1"]}) == Accept()
    assert isinstance(await judged({LISTED: ["127.0.0.10"]}), Refuse)


@ensureDeferred
async def test_a_silent_list_lists_nobody() -> None:
    """A DNS failure is never a refusal, and another list is still heard."""
    assert await judged({LISTED: None}) == Accept()
    zones = {LISTED: None, "99.2.0.192.two.test": ["127.0.0.2"]}
    assert isinstance(await judged(zones, zones=["list.test", "two.test"]), Refuse)


@ensureDeferred
async def test_loopback_is_not_asked_about() -> None:
    """Nor is a socket, nor who gave a password."""
    names = Names({})
    made = make({"zones": ["list.test"]}, needs(names=names))
    for one in (letter(address="127.0.0.1"), letter(address=""), letter(user="nic")):
        assert await made.judge(one, Message()) == Accept()
    assert names.asked == []


def test_addresses_are_asked_about_backwards() -> None:
    """By octets, and by half octets for IPv6 (RFC 5782 section 2.4)."""
    assert reversed_address("2001:db8::1") == (
        "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2"
    )
    assert reversed_address("::ffff:192.0.2.1") == "1.2.0.192"


@pytest.mark.parametrize(
    "settings", [{"zones": []}, {"zones": "x"}, {"codes": ["::1"]}, {"action": "drop"}]
)
def test_settings_that_cannot_be_used(settings: dict[str, object]) -> None:
    """Each is refused at start, by name."""
    with pytest.raises(SettingsError, match=next(iter(settings))):
        make({"zones": ["a.test"], **settings}, needs(names=Names({})))
