"""ARC chains: those that dkimpy seals hold, and what breaks one is told."""

from __future__ import annotations

from typing import Any

import dkim
import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest_twisted import ensureDeferred
from twisted.internet import defer

from mailtickets.auth.chain import Chain, verify_chain
from mailtickets.auth.reading import Wanted, read
from mailtickets.mail.authentication import ARC, Result
from mailtickets.mail.octets import InMemory
from tests.auth.letters import LETTER, Zone, rsa_key
from tests.auth.test_checking import WRONG, Maker, found, letter

STATED = b"Authentication-Results: list.test; dmarc=pass header.from=example.com; spf=pass\r\n"


def sealed(octets: bytes, domain: str = "list.test", stated: bytes = STATED) -> bytes:
    """The letter with one more set of a chain, by dkimpy."""
    fields = dkim.arc_sign(
        stated + octets,
        b"s1",
        domain.encode(),
        rsa_key(2048)[0],
        domain.encode(),
        include_headers=[b"from", b"to", b"subject"],
    )
    return b"".join(fields) + octets


async def aside(call: Any, *arguments: Any) -> Any:
    """No thread."""
    return call(*arguments)


async def chain(octets: bytes, zone: Zone | None = None) -> ARC | None:
    """What is found of the chain."""
    made = await read(InMemory(octets), Wanted(), aside)
    if not isinstance(made.chain, Chain):
        return made.chain
    names = zone or Zone({"s1._domainkey.list.test": [rsa_key(2048)[1]]})
    return verify_chain(names, made.chain, made.head, made.bodies, 1.8e9)


@ensureDeferred
async def test_no_chain() -> None:
    """Most letters have none."""
    assert await chain(LETTER) is None


@ensureDeferred
async def test_chains_of_dkimpy_hold() -> None:
    """One set, and three of them."""
    one = sealed(LETTER)
    assert await chain(one) == ARC(Result.PASS, "list.test", 1)
    three = one
    for _ in range(2):
        said = b"Authentication-Results: list.test; arc=pass\r\n"
        three = sealed(three, stated=said)
    assert await chain(three) == ARC(Result.PASS, "list.test", 3)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (b"second\tline", b"third\tline", "the body was altered"),
        (b"a   subject", b"b   subject", "the signature does not match the head"),
        (b"dmarc=pass", b"dmarc=fail", "a seal does not match"),
        (b"cv=none", b"cv=pass", "its seals do not say that it held"),
        (b"cv=none", b"cv=fail", "it was broken before it came here"),
        (b"ARC-Seal: i=1", b"ARC-Seal: i=2", "its sets are not complete"),
        (b"ARC-Seal: i=1", b"ARC-Seal: i=0", "it has a set without a number"),
        (b"ARC-Seal:", b"X-Seal:", "its sets are not complete"),
    ],
)
@ensureDeferred
async def test_what_breaks_a_chain(old: bytes, new: bytes, reason: str) -> None:
    """Each is a failure, by name."""
    octets = sealed(LETTER)
    assert old in octets
    one = await chain(octets.replace(old, new))
    assert one is not None
    assert (one.result, one.reason) == (Result.FAIL, reason)


@ensureDeferred
async def test_a_set_twice_and_fifty_one_sets() -> None:
    """A chain is bounded, and each of its fields is there once (RFC 8617 section 4.2.1)."""
    octets = sealed(LETTER)
    twice = await chain(octets[: octets.index(b"From:")] + octets)
    assert twice is not None
    assert twice.reason == "it has a field of a set twice"
    more = await chain(b"ARC-Seal: i=51; a=b\r\n" + octets)
    assert more is not None
    assert more.result is Result.FAIL


@ensureDeferred
async def test_a_silent_dns_is_for_now() -> None:
    """A key that nobody tells makes no failure."""
    one = await chain(sealed(LETTER), Zone({"s1._domainkey.list.test": None}))
    assert one is not None
    assert one.result is Result.TEMPERROR


@ensureDeferred
async def test_a_trusted_sealer_is_believed(authenticator: Maker) -> None:
    """A list that alters letters says who wrote them, where the settings trust it."""
    octets = sealed(LETTER)
    what = letter(octets, "owner@list.test", WRONG)
    trusting = await found(authenticator(sealers=frozenset({"list.test"})), what)
    assert trusting.arc == ARC(Result.PASS, "list.test", 1, trusted=True)
    assert trusting.aligned
    assert trusting.dmarc is not None
    assert trusting.dmarc.by == "arc"
    nobody = await found(authenticator(), what)
    assert nobody.arc == ARC(Result.PASS, "list.test", 1)
    assert not nobody.aligned


@pytest.mark.parametrize(
    "stated",
    [
        STATED.replace(b"dmarc=pass", b"dmarc=fail"),
        STATED.replace(b"example.com", b"bank.test"),
        b"Authentication-Results: list.test; spf=pass\r\n",
    ],
)
@ensureDeferred
async def test_a_trusted_sealer_vouches_for_what_it_says(
    authenticator: Maker, stated: bytes
) -> None:
    """Its word is about this author, and that it passed; nothing else counts."""
    one = authenticator(sealers=frozenset({"list.test"}))
    octets = sealed(LETTER, stated=stated)
    result = await found(one, letter(octets, "owner@list.test", WRONG))
    assert result.arc is not None
    assert result.arc.trusted
    assert not result.aligned


@ensureDeferred
async def test_a_broken_chain_of_a_trusted_sealer_is_nothing(authenticator: Maker) -> None:
    """Somebody altered the letter after the list did."""
    one = authenticator(sealers=frozenset({"list.test"}))
    octets = sealed(LETTER).replace(b"second", b"Second")
    result = await found(one, letter(octets, "owner@list.test", WRONG))
    assert result.arc == evolve(ARC(Result.FAIL, "list.test", 1), reason="the body was altered")
    assert not result.aligned


PIECES = [
    b"ARC-Seal: ",
    b"ARC-Message-Signature: ",
    b"ARC-Authentication-Results: ",
    b"DKIM-Signature: v=1; ",
    b"i=1; ",
    b"a=rsa-sha256; ",
    b"cv=none; ",
    b"d=a.test; s=s; ",
    b"h=from; ",
    b"bh=AAAA; b=AAAA",
    b"l=5; ",
    b"\r\n",
    b"\r\n ",
    b"\n",
    b"From: a@b.test\r\n",
    b"\r\n\r\nbody \t \r\n",
    b"\xff\x00",
]


@given(st.lists(st.sampled_from(PIECES) | st.binary(max_size=8), max_size=40))
@settings(max_examples=200, deadline=None)
def test_no_letter_makes_it_raise(pieces: list[bytes]) -> None:
    """Whatever a letter is made of, it is read, and what it claims is judged."""
    results: list[Any] = []
    defer.ensureDeferred(chain(b"".join(pieces))).addBoth(results.append)
    assert results[0] is None or isinstance(results[0], ARC)
