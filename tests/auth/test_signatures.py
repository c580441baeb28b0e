"""DKIM: what a signature proves, and what proves nothing, each by name."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest_twisted import ensureDeferred
from twisted.internet import defer

from mailtickets.auth.reading import Reading, Wanted, read
from mailtickets.auth.signatures import MOST, verify
from mailtickets.mail.authentication import DKIM, Result
from mailtickets.mail.octets import InMemory
from tests.auth.letters import LETTER, Zone, keys, rsa_key, signed, weak_record

RFC_8463_RSA = (
    "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWR"
    "iGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutAC"
    "DfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3"
    "Ip3G+2kryOTIKT+l/K4w3QIDAQAB"
)
FORMS = [(a, b) for a in (b"simple", b"relaxed") for b in (b"simple", b"relaxed")]


async def aside(call: Any, *arguments: Any) -> Any:
    """No thread."""
    return call(*arguments)


async def reading(letter: bytes) -> Reading:
    """The letter, read."""
    return await read(InMemory(letter), Wanted(), aside)


async def found(letter: bytes, zone: Zone | None = None, now: float = 1.8e9) -> list[DKIM]:
    """What each signature proves."""
    made = await reading(letter)
    zone = zone or keys()
    return [verify(zone, one, made.head, made.bodies, made.sizes, now) for one in made.signatures]


@pytest.mark.parametrize("forms", FORMS)
@pytest.mark.parametrize("ed25519", [False, True])
@ensureDeferred
async def test_what_dkimpy_signs_passes(forms: tuple[bytes, bytes], ed25519: bool) -> None:
    """RSA and Ed25519, in each of the four pairs of forms."""
    letter = signed(selector="e1" if ed25519 else "s1", ed25519=ed25519, forms=forms)
    assert [one.result for one in await found(letter)] == [Result.PASS]


@given(
    st.lists(
        st.sampled_from([b"a", b" ", b"\t", b"\r\n", b"\r\n\r\n", b"word", b"\r", b"  "]),
        max_size=40,
    ),
    st.sampled_from(FORMS),
)
@settings(max_examples=60, deadline=None)
def test_bodies_are_read_as_dkimpy_reads_them(pieces: list[bytes], forms: Any) -> None:
    """Whatever blanks and empty lines a body has, both make the same hash of it."""
    body = b"".join(pieces) + b"\r\n"
    letter = LETTER.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" + body

    results: list[list[DKIM]] = []
    defer.ensureDeferred(found(signed(letter, forms=forms))).addCallback(results.append)
    assert results[0][0].result is Result.PASS


@pytest.mark.parametrize("bite", [1, 7, 100, 70_000])
@pytest.mark.parametrize("simple", [True, False])
def test_pieces_do_not_matter(bite: int, simple: bool) -> None:
    """The hash of a body is the same however it arrives, long lines and all."""
    from mailtickets.mail.canonical import Body  # noqa: PLC0415

    text = b"x  y \t z" * 20_000 + b"  \r\n" + b" \r\n" * 3 + b"end \r\r\n\r\n"
    if bite < 100:
        text = text[-2000:]
    whole, pieces = Body(simple=simple), Body(simple=simple)
    whole._lines(text)  # in one step, without the care for long lines
    for start in range(0, len(text), bite):
        pieces.feed(text[start : start + bite])
    assert pieces.finish() == whole.finish()
    assert pieces.size == whole.size


@ensureDeferred
async def test_an_altered_body_fails() -> None:
    """Somebody changed a word on the way."""
    letter = signed().replace(b"second", b"Second")
    assert (await found(letter))[0] == DKIM(
        Result.FAIL, "example.com", "s1", "rsa-sha256", "the body was altered"
    )


@ensureDeferred
async def test_an_altered_subject_fails() -> None:
    """Somebody changed a signed field."""
    letter = signed().replace(b"a   subject", b"b   subject")
    assert (await found(letter))[0].reason == "the signature does not match the head"


@ensureDeferred
async def test_a_second_from_fails_where_it_was_signed_against() -> None:
    """The signer named From once more than there is: nobody adds one (RFC 6376 section 8.15)."""
    one = await found(b"From: boss@example.com\r\n" + signed())
    assert one[0].result is Result.FAIL


@ensureDeferred
async def test_a_forged_signature_of_another_domain_fails() -> None:
    """A key of one's own proves nothing for a domain that has another."""
    forged = signed(domain="bank.test")
    zone = Zone({"s1._domainkey.bank.test": [rsa_key(1024)[1]]})
    assert (await found(forged, zone))[0].result is Result.FAIL


@ensureDeferred
async def test_a_part_of_the_body_is_not_believed() -> None:
    """With l= anybody could add to the letter: what is not signed makes it no pass."""
    whole = signed(length=True)
    assert (await found(whole))[0].result is Result.PASS
    more = await found(whole + b"Send money to me\r\n")
    assert (more[0].result, more[0].reason) == (
        Result.POLICY,
        "it does not sign the whole body",
    )


@ensureDeferred
async def test_less_than_was_signed_fails() -> None:
    """A letter that lost its end is not what was signed with l=."""
    short = signed(length=True).partition(b"second")[0]
    assert (await found(short))[0].reason == "the body is shorter than what was signed"


@ensureDeferred
async def test_expired() -> None:
    """After x= it does not count."""
    letter = signed()
    field, _, rest = letter.partition(b"\r\nFrom:")
    expired = field.replace(b"; s=s1", b"; s=s1; x=1799999999") + b"\r\nFrom:" + rest
    assert (await found(expired))[0].reason == "it has expired"


@ensureDeferred
async def test_a_weak_key_proves_nothing() -> None:
    """Keys under 1024 bits are broken in an afternoon (RFC 8301)."""
    one = (await found(signed(), keys(s1=weak_record())))[0]
    assert (one.result, one.reason) == (Result.POLICY, "its key is too weak: 512 bits")


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ("v=DKIM1; p=", "its key was revoked"),
        ("v=DKIM2; p=AAAA", "its key is of another version"),
        ("v=DKIM1; k=ed25519; p=AAAA", "its key is for another algorithm"),
        ("v=DKIM1; h=sha1; p=AAAA", "its key does not allow this hash"),
        ("v=DKIM1; s=tlsrpt; p=AAAA", "its key is not for mail"),
        ("v=DKIM1; p=AAAA", "its key cannot be read"),
        ("v=DKIM1; p=%%", "its key cannot be read: it has base64 that cannot be read"),
        ("nonsense", "its key cannot be read: it is no list of tags"),
    ],
)
@ensureDeferred
async def test_keys_that_are_of_no_use(record: str, reason: str) -> None:
    """Each is told by name, and none is a pass."""
    one = (await found(signed(), keys(s1=record)))[0]
    assert (one.result, one.reason) == (Result.PERMERROR, reason)


@ensureDeferred
async def test_no_key_and_no_answer() -> None:
    """A key that is not there is for ever; a DNS that is silent is for now."""
    gone = await found(signed(), Zone({}))
    assert (gone[0].result, gone[0].reason) == (Result.PERMERROR, "there is no such key")
    silent = await found(signed(), Zone({"s1._domainkey.example.com": None}))
    assert silent[0].result is Result.TEMPERROR


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (b"v=1;", b"v=2;", "it is of another version"),
        (b" d=example.com;", b"", "it has no tag d"),
        (b"a=rsa-sha256", b"a=rsa-sha1", "its algorithm is too weak"),
        (b"a=rsa-sha256", b"a=rot13", "it has an unknown algorithm"),
        (b"c=relaxed/relaxed", b"c=nowsp", "it has an unknown canonicalization"),
        (b"h=from : to", b"h=date : to", "it does not sign From"),
        (b"d=example.com", b"d=example.com; d=bank.test", "it has the tag d twice"),
        (b"i=@example.com", b"i=nic@bank.test", "its identity is of another domain"),
    ],
)
@ensureDeferred
async def test_fields_that_are_no_signatures(old: bytes, new: bytes, reason: str) -> None:
    """A field that breaks the rules proves nothing, whatever its key says."""
    letter = signed(include_headers=[b"From", b"To"])
    head, _, rest = letter.partition(b"\r\nFrom:")
    if old not in head:
        pytest.fail(f"{old!r} is not in {head!r}")
    one = (await found(head.replace(old, new, 1) + b"\r\nFrom:" + rest))[0]
    assert (one.result is not Result.PASS, one.reason) == (True, reason)


@ensureDeferred
async def test_a_key_that_is_being_tested_is_told() -> None:
    """t=y: the domain says not to rely on it."""
    record = rsa_key(2048)[1].replace("v=DKIM1;", "v=DKIM1; t=y;")
    assert (await found(signed(), keys(s1=record)))[0].testing


@ensureDeferred
async def test_only_so_many_are_verified() -> None:
    """A letter with a thousand signatures costs what one with five does."""
    zone = keys()
    letter = LETTER
    one = signed().partition(b"\r\nFrom:")[0] + b"\r\n"
    many = await found(one * 1000 + letter, zone)
    assert len(many) == MOST
    assert len(zone.asked) == MOST


@ensureDeferred
async def test_the_two_signatures_of_rfc_8463() -> None:
    """The letter of RFC 8463 appendix A: both its signatures pass under its published keys."""
    zone = Zone(
        {
            "brisbane._domainkey.football.example.com": [
                "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
            ],
            "test._domainkey.football.example.com": [RFC_8463_RSA],
        }
    )
    letter = b"\r\n".join(
        [
            b"DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;",
            b" d=football.example.com; i=@football.example.com;",
            b" q=dns/txt; s=brisbane; t=1528637909; h=from : to :",
            b" subject : date : message-id : from : subject : date;",
            b" bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;",
            b" b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus",
            b" Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==",
            b"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;",
            b" d=football.example.com; i=@football.example.com;",
            b" q=dns/txt; s=test; t=1528637909; h=from : to : subject :",
            b" date : message-id : from : subject : date;",
            b" bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;",
            b" b=F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3",
            b" DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz",
            b" dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=",
            b"From: Joe SixPack <joe@football.example.com>",
            b"To: Suzie Q <suzie@shopping.example.net>",
            b"Subject: Is dinner ready?",
            b"Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)",
            b"Message-ID: <20030712040037.46341.5F8J@football.example.com>",
            b"",
            b"Hi.",
            b"",
            b"We lost the game.  Are you hungry yet?",
            b"",
            b"Joe.",
            b"",
        ]
    )
    assert [(one.result, one.algorithm) for one in await found(letter, zone)] == [
        (Result.PASS, "ed25519-sha256"),
        (Result.PASS, "rsa-sha256"),
    ]


@given(st.binary(max_size=300))
@settings(max_examples=100, deadline=None)
def test_no_field_makes_it_raise(octets: bytes) -> None:
    """Whatever stands in a signature's field, the answer is a result."""
    results: list[Any] = []
    letter = b"DKIM-Signature: v=1; " + octets + b"\r\nFrom: a@b.test\r\n\r\nx"
    defer.ensureDeferred(found(letter)).addBoth(results.append)
    assert isinstance(results[0], list)


RFC_6376 = (
    b"DKIM-Signature: v=1; a=rsa-sha256; s=brisbane; d=example.com;\r\n"
    b"      c=simple/simple; q=dns/txt; i=joe@football.example.com;\r\n"
    b"      h=Received : From : To : Subject : Date : Message-ID;\r\n"
    b"      bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n"
    b"      b=AuUoFEfDxTDkHlLXSZEpZj79LICEps6eda7W3deTVFOk4yAUoqOB\r\n"
    b"      4nujc7YopdG5dWLSdNg6xNAZpOPr+kHxt1IrE+NahM6L/LbvaHut\r\n"
    b"      KVdkLLkpVaVVQPzeRDI009SO2Il5Lu7rDNH6mZckBdrIx0orEtZV\r\n"
    b"      4bmp/YzhwvcubU4=;\r\n"
    b"Received: from client1.football.example.com  [192.0.2.1]\r\n"
    b"      by submitserver.example.com with SUBMISSION;\r\n"
    b"      Fri, 11 Jul 2003 21:01:54 -0700 (PDT)\r\n"
    b"From: Joe SixPack <joe@football.example.com>\r\n"
    b"To: Suzie Q <suzie@shopping.example.net>\r\n"
    b"Subject: Is dinner ready?\r\n"
    b"Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\r\n"
    b"Message-ID: <20030712040037.46341.5F8J@football.example.com>\r\n"
    b"\r\n"
    b"Hi.\r\n\r\nWe lost the game. Are you hungry yet?\r\n\r\nJoe.\r\n"
)
RFC_6376_KEY = (
    "v=DKIM1; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQ"
    "DwIRP/UC3SBsEmGqZ9ZJW3/DkMoGeLnQg1fWn7/zYt"
    "IxN2SnFCjxOCKG9v3b4jYfcTNh5ijSsq631uBItLa7"
    "od+v/RtdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0fzfV"
    "jH4OuKhitdY9tf6mcwGjaNBcWToIMmPSPDdQPNUYck"
    "cQ2QIDAQAB"
)


@ensureDeferred
async def test_the_signature_of_rfc_6376() -> None:
    """The letter of RFC 6376 appendix A, simple in head and body, under its published key."""
    zone = Zone({"brisbane._domainkey.example.com": [RFC_6376_KEY]})
    assert await found(RFC_6376, zone) == [
        DKIM(Result.PASS, "example.com", "brisbane", "rsa-sha256")
    ]
    for old, new in ((b"hungry", b"thirsty"), (b"Received: from", b"Received:  from")):
        (one,) = await found(RFC_6376.replace(old, new), zone)
        assert one.result is Result.FAIL
