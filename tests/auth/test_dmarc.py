"""DMARC: policies are found, and alignment is decided, by a table."""

from __future__ import annotations

import pytest

from mailtickets.auth.dmarc import (
    Found,
    Policy,
    Suffixes,
    aligned,
    authors,
    decide,
    find_policy,
    policy_in,
)
from mailtickets.auth.names import Unanswered
from mailtickets.mail.authentication import DKIM, SPF, Result
from tests.auth.letters import Zone

SUFFIXES = Suffixes()


@pytest.mark.parametrize(
    ("mine", "theirs", "relaxed", "strict"),
    [
        ("example.com", "example.com", True, True),
        ("Example.COM.", "example.com", True, True),
        ("mail.example.com", "example.com", True, False),
        ("a.example.com", "b.example.com", True, False),
        ("example.com", "example.org", False, False),
        ("badexample.com", "example.com", False, False),
        ("one.co.uk", "two.co.uk", False, False),  # co.uk is a public suffix
        ("a.one.co.uk", "one.co.uk", True, False),
        ("co.uk", "one.co.uk", False, False),
        ("com", "example.com", False, False),
        ("one.github.io", "two.github.io", False, False),  # so are those of the private section
        ("xn--bcher-kva.example", "b\u00fccher.example", True, True),
        ("", "example.com", False, False),
        ("", "", False, False),
    ],
)
def test_alignment(mine: str, theirs: str, relaxed: bool, strict: bool) -> None:
    """Two domains are in alignment by organization, or by name where that is asked for."""
    assert aligned(SUFFIXES, mine, theirs, strict=False) is relaxed
    assert aligned(SUFFIXES, mine, theirs, strict=True) is strict


@pytest.mark.parametrize(
    ("record", "own", "inherited"),
    [
        ("v=DMARC1; p=reject", "reject", "reject"),
        ("v=DMARC1; p=none; sp=reject", "none", "reject"),
        ("v=DMARC1; p=reject; sp=none", "reject", "none"),
        ("v=DMARC1;p=Quarantine;", "quarantine", "quarantine"),
        ("v = DMARC1 ; p=reject", "reject", "reject"),
        ("v=DMARC1; p=reject; pct=50", "quarantine", "quarantine"),
        ("v=DMARC1; p=quarantine; pct=0", "none", "none"),
        ("v=DMARC1; p=reject; t=y", "quarantine", "quarantine"),
        ("v=DMARC1; p=reject; pct=100", "reject", "reject"),
        ("v=DMARC1; p=nonsense; rua=mailto:a@b.test", "none", "none"),
        ("v=DMARC1; p=nonsense", None, None),
        ("v=DMARC1", None, None),
        ("v=DMARC2; p=reject", None, None),
        ("p=reject; v=DMARC1", None, None),
        ("v=DMARC1; p=reject; p=none", None, None),
        ("v=spf1 -all", None, None),
    ],
)
def test_records(record: str, own: str | None, inherited: str | None) -> None:
    """What a record asks for, of its own domain and of those below it."""
    for below, wanted in ((False, own), (True, inherited)):
        found = policy_in([record, "something else"], inherited=below)
        assert (found.policy if found else None) == wanted


def test_two_records_are_none() -> None:
    """With two policies there is none (RFC 7489 section 6.6.3)."""
    assert policy_in(["v=DMARC1; p=reject", "v=DMARC1; p=none"], inherited=False) is None


def test_a_policy_is_inherited_from_the_organization() -> None:
    """The domain's own policy counts first, then its organization's for those below it."""
    zone = Zone(
        {
            "_dmarc.example.com": ["v=DMARC1; p=none; sp=reject"],
            "_dmarc.own.example.com": ["v=DMARC1; p=quarantine; adkim=s; aspf=s"],
        }
    )
    assert find_policy(zone, SUFFIXES, "example.com") == Policy("none")
    assert find_policy(zone, SUFFIXES, "deep.down.example.com") == Policy("reject")
    assert find_policy(zone, SUFFIXES, "own.example.com") == Policy("quarantine", True, True)
    assert find_policy(zone, SUFFIXES, "example.org") is None
    assert "_dmarc.com" not in zone.asked


TESTING = DKIM(Result.PASS, "example.com", testing=True)
PASS = DKIM(Result.PASS, "mail.example.com")


@pytest.mark.parametrize(
    ("policy", "spf", "dkim", "result", "by"),
    [
        (Policy("reject"), None, (), Result.FAIL, ""),
        (Policy("reject"), SPF(Result.PASS, "example.com"), (), Result.PASS, "spf"),
        (Policy("reject"), SPF(Result.PASS, "b.example.com"), (), Result.PASS, "spf"),
        (Policy("reject"), SPF(Result.PASS, "evil.test"), (), Result.FAIL, ""),
        (Policy("reject"), SPF(Result.SOFTFAIL, "example.com"), (), Result.FAIL, ""),
        (Policy("reject"), SPF(Result.NEUTRAL, "example.com"), (), Result.FAIL, ""),
        (Policy("reject"), None, (PASS,), Result.PASS, "dkim"),
        (Policy("reject", strict_dkim=True), None, (PASS,), Result.FAIL, ""),
        (
            Policy("reject", strict_spf=True),
            SPF(Result.PASS, "b.example.com"),
            (),
            Result.FAIL,
            "",
        ),
        (Policy("reject"), None, (DKIM(Result.PASS, "evil.test"),), Result.FAIL, ""),
        (Policy("reject"), None, (DKIM(Result.POLICY, "example.com"),), Result.FAIL, ""),
        (
            Policy("reject"),
            None,
            (TESTING,),
            Result.FAIL,
            "",
        ),
        (Policy("reject"), SPF(Result.TEMPERROR, "example.com"), (), Result.TEMPERROR, ""),
        (Policy("reject"), SPF(Result.TEMPERROR, "evil.test"), (), Result.FAIL, ""),
        (Policy("reject"), None, (DKIM(Result.TEMPERROR, "example.com"),), Result.TEMPERROR, ""),
        (Policy("reject"), SPF(Result.TEMPERROR, "example.com"), (PASS,), Result.PASS, "dkim"),
        (None, SPF(Result.PASS, "example.com"), (), Result.NONE, "spf"),
        (None, None, (), Result.NONE, ""),
        (Unanswered("x"), None, (PASS,), Result.TEMPERROR, "dkim"),
    ],
)
def test_decisions(
    policy: Policy | Unanswered | None,
    spf: SPF | None,
    dkim: tuple[DKIM, ...],
    result: Result,
    by: str,
) -> None:
    """What the policy of example.com and the results of a letter come to."""
    found = decide(SUFFIXES, "example.com", policy, Found(spf, dkim))
    assert (found.result, found.by, found.aligned) == (result, by, bool(by))


def test_authors() -> None:
    """Every domain that a reader may take for the author's, each once."""
    assert authors([b'"a@b.test" <x@Example.COM>', b"y@example.com, z@two.test"]) == [
        "example.com",
        "two.test",
    ]
    assert authors([b"nobody", b""]) == []
