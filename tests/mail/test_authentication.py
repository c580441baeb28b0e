"""What was found out about a sender, as a value: kept, told and printed."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtickets.mail.authentication import (
    ARC,
    DKIM,
    DMARC,
    SPF,
    Authentication,
    Result,
    read_authentication,
    write_authentication,
)
from mailtickets.mail.envelope import Envelope
from mailtickets.tickets.codec import read_envelope, write_envelope

WHOLE = Authentication(
    "mx.example.org",
    spf=SPF(Result.PASS, "example.com"),
    dkim=(
        DKIM(Result.PASS, "example.com", "s1", "rsa-sha256"),
        DKIM(Result.FAIL, "list.test", "l", reason="the body was altered"),
    ),
    arc=ARC(Result.PASS, "list.test", 2, trusted=True),
    dmarc=DMARC(Result.PASS, "example.com", "reject", aligned=True, by="spf"),
)
words = st.text(max_size=30)
results = st.sampled_from(Result)
found = st.builds(
    Authentication,
    words,
    st.none() | st.builds(SPF, results, words, st.booleans(), words),
    st.lists(st.builds(DKIM, results, words, words, words, words, st.booleans()), max_size=3).map(
        tuple
    ),
    st.none() | st.builds(ARC, results, words, st.integers(0, 50), words, st.booleans()),
    st.none() | st.builds(DMARC, results, words, st.none() | words, st.booleans(), words, words),
    st.booleans(),
)


def test_everything_is_printed_as_one_value() -> None:
    """The value has our name first and each result with what it is about (RFC 8601)."""
    assert str(WHOLE) == (
        "mx.example.org; spf=pass smtp.mailfrom=example.com; "
        "dkim=pass header.d=example.com header.s=s1 header.a=rsa-sha256; "
        'dkim=fail reason="the body was altered" header.d=list.test header.s=l; '
        "arc=pass header.d=list.test; "
        "dmarc=pass header.from=example.com policy.dmarc=reject"
    )


def test_nothing_found_is_printed_as_none() -> None:
    """Where nothing was looked for, the value says so as RFC 8601 section 2.2 wants it."""
    assert str(Authentication("mx")) == "mx; none"


@given(found)
def test_it_is_read_back_as_it_was_written(one: Authentication) -> None:
    """Through JSON and back, whatever the domains and reasons hold."""
    assert read_authentication(json.loads(json.dumps(write_authentication(one)))) == one


@given(found)
def test_it_is_printed_on_one_line_of_ascii(one: Authentication) -> None:
    """No domain or selector, however it was forged, can begin another header field."""
    assert str(one).isascii()
    assert str(one).isprintable()


@given(
    st.recursive(
        st.none() | words | st.booleans() | st.integers(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["spf", "dkim", "arc", "dmarc", "result", "x"]), inner
            )
        ),
    )
)
def test_reading_never_raises(document: object) -> None:
    """Whatever somebody put there, reading gives a value or None."""
    one = read_authentication(document)
    assert one is None or isinstance(one, Authentication)


def test_the_envelope_keeps_it() -> None:
    """What was found before the dot is answered is there when the letter is carried."""
    envelope = Envelope(None, (), 1.0, "id", authentication=WHOLE)
    assert read_envelope(write_envelope(envelope)) == envelope


@pytest.mark.parametrize(
    ("dmarc", "aligned"),
    [
        (None, False),
        (DMARC(Result.PASS, "a.test", "none", aligned=True, by="dkim"), True),
        (DMARC(Result.NONE, "a.test", None, aligned=True, by="dkim"), False),
        (DMARC(Result.FAIL, "a.test", "none"), False),
        (DMARC(Result.TEMPERROR, "a.test"), False),
    ],
)
def test_aligned_wants_a_policy(dmarc: DMARC | None, aligned: bool) -> None:
    """A domain without a policy does not count as aligned, though it tells what would be."""
    assert Authentication(dmarc=dmarc).aligned is aligned
