"""Authentication-Results fields: read as RFC 8601 writes them, whatever else they hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtickets.mail.authentication import DKIM, DMARC, SPF, Authentication, Result
from mailtickets.mail.authresults import (
    Method,
    Statement,
    authentication_of,
    statement,
    trusted,
)
from mailtickets.mail.canonical import fields
from tests.mail.hostile import spent

AUTH = (
    "example.com; auth=pass (cram-md5) smtp.auth=sender@example.net; spf=pass"
    " smtp.mailfrom=example.net"
)
REASONS = (
    'example.com; dkim=pass reason="good signature" header.i=@mail-router.example.net;'
    ' dkim=fail reason="bad signature" header.i=@newyork.example.com'
)
COMMENTS = (
    "foo.example.net (foobar) 1 (baz);\r\n dkim (Because I like it) / 1 (One yay)"
    " = (wait for it) fail\r\n policy (A dot can go here) . (like that) expired\r\n"
    " (this surprised me) = (as I wasn't expecting it) 1362471462"
)
names = st.from_regex(r"[a-z][a-z0-9.-]{0,20}", fullmatch=True)
words = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30)
results = st.sampled_from(Result)
found = st.builds(
    Authentication,
    names,
    st.none() | st.builds(SPF, results, names, st.booleans(), words),
    st.lists(
        st.builds(DKIM, results.filter(lambda one: one is not Result.NONE), names, words),
        max_size=3,
    ).map(tuple),
    st.none(),
    st.none() | st.builds(DMARC, results, names, st.sampled_from(["none", "reject", None])),
)


@given(found)
def test_what_we_print_is_read_back(one: Authentication) -> None:
    """Results, domains, selectors and reasons come through the printed value."""
    said = statement(str(one))
    assert said is not None
    back = authentication_of(said)
    assert back.authserv_id == one.authserv_id.removesuffix(".")
    assert (back.spf is None) == (one.spf is None)
    if one.spf is not None and back.spf is not None:
        assert (back.spf.result, back.spf.reason) == (one.spf.result, one.spf.reason)
        assert back.spf.domain == one.spf.domain.removesuffix(".")
    assert [(each.result, each.selector) for each in back.dkim] == [
        (each.result, each.selector) for each in one.dkim
    ]
    if one.dmarc is not None and back.dmarc is not None:
        assert (back.dmarc.result, back.dmarc.policy) == (one.dmarc.result, one.dmarc.policy)


@given(st.text(max_size=300) | st.text('abc=;/."\\() \r\n', max_size=300))
def test_reading_never_raises(value: str) -> None:
    """Anybody writes these fields."""
    said = statement(value)
    assert said is None or isinstance(authentication_of(said), Authentication)


@given(st.binary(max_size=400))
def test_no_head_makes_it_raise(octets: bytes) -> None:
    """Nor does a field of any octets."""
    trusted(fields(b"Authentication-Results: mx; " + octets + b"\r\n"), ["mx"])


@pytest.mark.parametrize(
    ("value", "methods"),
    [  # RFC 8601 appendix B
        ("example.org 1; none", ()),
        (
            "example.com; spf=pass smtp.mailfrom=example.net",
            (Method("spf", "pass", "", {"smtp.mailfrom": "example.net"}),),
        ),
        (
            AUTH,
            (
                Method("auth", "pass", "", {"smtp.auth": "sender@example.net"}),
                Method("spf", "pass", "", {"smtp.mailfrom": "example.net"}),
            ),
        ),
        (
            REASONS,
            (
                Method("dkim", "pass", "good signature", {"header.i": "@mail-router.example.net"}),
                Method("dkim", "fail", "bad signature", {"header.i": "@newyork.example.com"}),
            ),
        ),
        (
            COMMENTS,
            (Method("dkim", "fail"),),
        ),
    ],
)
def test_the_examples_of_the_rfc(value: str, methods: tuple[Method, ...]) -> None:
    """Comments, versions and quoted words, as the RFC shows them."""
    said = statement(value)
    assert said is not None
    assert said.methods == methods


@pytest.mark.parametrize("value", ["", ";", "example.org 2; none", "= x"])
def test_what_is_no_statement(value: str) -> None:
    """A version that nobody knows, and no name at all."""
    assert statement(value) is None


def test_many_methods_are_bounded() -> None:
    """A field of a thousand methods costs what one of fifty does."""
    said = statement("mx; " + "spf=pass; " * 1000)
    assert said is not None
    assert len(said.methods) == 50


def test_the_first_word_on_a_method_counts() -> None:
    """Two fields of one server, one beside the other, and a third that came along below."""
    head = fields(
        b"Received: from a by mx\r\n"
        b"Authentication-Results: mx; spf=fail smtp.mailfrom=a.test\r\n"
        b"Authentication-Results: mx; dmarc=fail header.from=a.test\r\n"
        b"X-Other: something\r\n"
        b"Authentication-Results: mx; dkim=pass header.d=a.test; dmarc=pass\r\n"
    )
    one = trusted(head, ["MX"])
    assert one is not None
    assert (one.spf and one.spf.result, one.dkim) == (Result.FAIL, ())
    assert one.dmarc is not None
    assert one.dmarc.result is Result.FAIL
    assert authentication_of(Statement("mx")).relayed


def test_a_string_that_never_ends_is_read_at_once() -> None:
    """Half a million quotation marks, each escaped, take as long as other octets."""
    assert spent(lambda: statement('"' + '\\"' * 32_000), 0.3) < 0.3
