"""Sender authentication as a whole, against a real name server on loopback."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from ipaddress import ip_network
from typing import Any

import pytest
from pytest_twisted import ensureDeferred

from mailtickets.auth import checking
from mailtickets.auth.checking import Authenticator
from mailtickets.mail.authentication import DKIM, DMARC, SPF, Authentication, Result
from mailtickets.mail.envelope import Envelope, Letter, Peer
from mailtickets.mail.mailbox import Mailbox
from mailtickets.mail.octets import InMemory
from mailtickets.outcomes import Accept, Postpone, Refuse
from mailtickets.testing.names import NameServer
from tests.auth.letters import LETTER, signed

Maker = Callable[..., Authenticator]
RIGHT, WRONG = "203.0.113.1", "198.51.100.9"


def letter(
    octets: bytes = LETTER,
    sender: str | None = "nic@example.com",
    address: str = RIGHT,
    helo: str = "mail.example.com",
    user: str | None = None,
) -> Letter:
    """A letter as it came in."""
    mailbox = None if sender is None else Mailbox.parse(sender)
    envelope = Envelope(mailbox, (), 1.8e9, "id", Peer(address, helo=helo, user=user))
    return Letter(envelope, InMemory(octets))


def from_(address: str) -> bytes:
    """The letter with another author."""
    return LETTER.replace(b"nic@example.com>\r\nTo", address.encode() + b">\r\nTo")


async def found(one: Authenticator, what: Letter) -> Authentication:
    """What is found, where somebody looks."""
    result = await one.authenticate(what)
    assert result is not None
    return result


@ensureDeferred
async def test_spf_alone_aligns(authenticator: Maker) -> None:
    """The right host may write for its domain, without any signature."""
    result = await found(authenticator(), letter())
    assert result.aligned
    assert str(result) == (
        "mx.support.test; spf=pass smtp.mailfrom=example.com; "
        "dmarc=pass header.from=example.com policy.dmarc=reject"
    )


@pytest.mark.parametrize("ed25519", [False, True])
@ensureDeferred
async def test_a_signature_aligns_though_spf_fails(authenticator: Maker, ed25519: bool) -> None:
    """A letter that was forwarded as it was is still its author's."""
    octets = signed(selector="e1" if ed25519 else "s1", ed25519=ed25519)
    result = await found(authenticator(), letter(octets, address=WRONG))
    assert (result.spf and result.spf.result, result.dkim[0].result) == (Result.FAIL, Result.PASS)
    assert result.aligned
    assert result.dmarc is not None
    assert result.dmarc.by == "dkim"


@ensureDeferred
async def test_a_forged_author_is_refused_where_it_is_asked_for(authenticator: Maker) -> None:
    """p=reject: 550 5.7.26 with the setting, accepted and marked without it."""
    strict, mild = authenticator(dmarc_reject=True), authenticator()
    octets = signed(domain="evil.test")
    result = await found(strict, letter(octets, "x@evil.test", WRONG))
    assert (result.dkim[0].result, result.spf and result.spf.result) == (Result.PASS, Result.PASS)
    assert not result.aligned
    verdict = strict.judge(result)
    assert isinstance(verdict, Refuse)
    assert verdict.status == "7.26"
    assert mild.judge(result) == Accept()


@ensureDeferred
async def test_without_a_policy_it_is_told_and_does_not_count(authenticator: Maker) -> None:
    """SPF passes for From's domain, which publishes no DMARC policy."""
    octets = from_("n@nobody.test")
    result = await found(authenticator(), letter(octets, "n@nobody.test"))
    assert result.dmarc == DMARC(Result.NONE, "nobody.test", None, aligned=True, by="spf")
    assert not result.aligned


@ensureDeferred
async def test_the_null_sender_is_its_hosts(authenticator: Maker) -> None:
    """A bounce is checked by the name its host gives (RFC 7208 section 2.4)."""
    result = await found(authenticator(), letter(sender=None, helo="example.com"))
    assert result.spf is not None
    assert (result.spf.helo, result.spf.result) == (True, Result.PASS)
    assert "smtp.helo=example.com" in str(result)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "/run/mail.sock", ""])
@ensureDeferred
async def test_nobody_is_asked_about_loopback(
    authenticator: Maker, server: NameServer, address: str
) -> None:
    """From loopback and from a socket there is no look-up at all."""
    unasked = (ip_network("127.0.0.1"), ip_network("::1"))
    one = authenticator(unasked=unasked)
    assert await one.authenticate(letter(signed(), address=address)) is None
    assert server.asked == []


@ensureDeferred
async def test_who_gave_a_password_is_not_asked_about(
    authenticator: Maker, server: NameServer
) -> None:
    """A submission is its user's, whatever host it comes from."""
    assert await authenticator().authenticate(letter(user="nic")) is None
    assert server.asked == []


@ensureDeferred
async def test_a_dns_that_hangs_ends_in_time(authenticator: Maker) -> None:
    """SPF, key and policy all hang: the deadline ends all of them at once."""
    octets = signed(from_("a@hanging.test"), domain="hanging.test")
    one = authenticator(timeout=0.6, seconds=5.0)
    began = time.monotonic()
    result = await found(one, letter(octets, "a@hanging.test"))
    assert time.monotonic() - began < 3
    assert result.spf is not None
    assert result.spf.result is Result.TEMPERROR
    assert result.dkim[0].result is Result.TEMPERROR
    assert result.dmarc is not None
    assert result.dmarc.result is Result.TEMPERROR
    assert result.unknown
    assert one.judge(result) == Accept()
    postponed = authenticator(postpone=True, dmarc_reject=True).judge(result)
    assert isinstance(postponed, Postpone)
    assert postponed.status == "4.3"


@ensureDeferred
async def test_a_failing_dns_never_refuses(authenticator: Maker) -> None:
    """A server failure is not the letter's fault, even where policies are kept."""
    one = authenticator(dmarc_reject=True)
    result = await found(one, letter(from_("a@broken.test"), "a@broken.test", WRONG))
    assert result.dmarc is not None
    assert result.dmarc.result is Result.TEMPERROR
    assert one.judge(result) == Accept()


@ensureDeferred
async def test_silence_is_remembered(authenticator: Maker, server: NameServer) -> None:
    """The second letter does not wait for a name that nobody answered for."""
    one = authenticator(timeout=5.0, seconds=0.3)
    what = letter(from_("a@hanging.test"), "a@hanging.test")
    await found(one, what)
    asked = len(server.asked)
    await found(one, what)
    assert len(server.asked) == asked


@ensureDeferred
async def test_two_authors_are_one_too_many(authenticator: Maker) -> None:
    """A second From does not hide the first one's policy."""
    one = authenticator(dmarc_reject=True)
    octets = b"From: x@nobody.test\r\n" + LETTER
    result = await found(one, letter(octets, "x@nobody.test"))
    assert not result.aligned
    assert isinstance(one.judge(result), Refuse)


@pytest.mark.parametrize(
    "head",
    [
        b"X: y\nFrom: nic@example.com\r\nTo: b@c.test\r\n\r\nHi",
        b"\r\n\r\nFrom: nic@example.com\r\n\r\nHi",
        b"From: evil@evil.test, nic@example.com\r\n\r\nHi",
        b"From: evil@evil.test\r\nFROM : nic@example.com\r\n\r\nHi",
    ],
)
@ensureDeferred
async def test_no_form_of_a_head_hides_an_author(authenticator: Maker, head: bytes) -> None:
    """Whomever a reader of a broken head would take for the author, the policy is asked for."""
    result = await found(authenticator(), letter(head, "evil@evil.test", WRONG))
    assert result.dmarc is not None
    assert (result.dmarc.domain, result.dmarc.result) == ("example.com", Result.FAIL)


@ensureDeferred
async def test_nobody_wrote_it(authenticator: Maker) -> None:
    """A letter without From has no policy to meet."""
    result = await found(authenticator(), letter(b"To: a@b.test\r\n\r\nHi"))
    assert result.dmarc is not None
    assert result.dmarc.result is Result.NONE


@ensureDeferred
async def test_a_large_letter_is_read_in_pieces(authenticator: Maker) -> None:
    """Eight megabytes are hashed off the reactor's thread, and their signature holds."""
    octets = signed(LETTER + b"a line of a large file, as it might be\r\n" * 200_000)
    result = await found(authenticator(), letter(octets, address=WRONG))
    assert result.dkim[0].result is Result.PASS


@ensureDeferred
async def test_what_is_switched_off_is_not_looked_for(
    authenticator: Maker, server: NameServer
) -> None:
    """With one of the four alone only that is asked for."""
    one = authenticator(spf=False, dmarc=False, arc=False)
    result = await found(one, letter(signed()))
    assert (result.spf, result.arc, result.dmarc) == (None, None, None)
    assert {name for name, _ in server.asked} == {"s1._domainkey.example.com"}
    none = authenticator(spf=False, dkim=False, arc=False, dmarc=False)
    assert await none.authenticate(letter(signed())) is None


RELAY: dict[str, Any] = {
    "trusted_ids": ("relay.test",),
    "trusted_relays": (ip_network("10.0.0.0/8"),),
}
SAID = (
    b"Authentication-Results: relay.test; dmarc=pass header.from=example.com;\r\n"
    b" dkim=pass header.d=example.com header.s=s1\r\n"
)


@ensureDeferred
async def test_a_relays_word_is_taken(authenticator: Maker, server: NameServer) -> None:
    """The relay looked already: what it wrote counts, and nobody else is asked."""
    one = authenticator(**RELAY)
    received = b"Received: from mail.example.com by relay.test; today\r\n"
    for head in (SAID + received, received + SAID):
        result = await found(one, letter(head + LETTER, address="10.1.2.3"))
        assert result.relayed
        assert result.aligned
        assert result.authserv_id == "relay.test"
        assert result.dkim == (DKIM(Result.PASS, "example.com", "s1"),)
    assert server.asked == []


@pytest.mark.parametrize(
    ("address", "head"),
    [
        (WRONG, SAID),  # not from the relay
        ("10.1.2.3", b"Received: a\r\nReceived: b\r\n" + SAID),  # came along with the letter
        ("10.1.2.3", SAID.replace(b"relay.test", b"mx.support.test")),  # our own name
        ("10.1.2.3", SAID.replace(b"relay.test", b"other.test")),  # nobody we trust
        ("10.1.2.3", SAID.replace(b"=example.com;", b"=bank.test;")),  # about somebody else
    ],
)
@ensureDeferred
async def test_a_forged_word_is_not(authenticator: Maker, address: str, head: bytes) -> None:
    """What anybody could have written proves nothing, whatever it says."""
    result = await found(authenticator(**RELAY), letter(head + LETTER, "x@evil.test", address))
    assert not result.aligned


@ensureDeferred
async def test_a_relays_word_is_never_refused(authenticator: Maker) -> None:
    """The relay took the letter already: a refusal would be a bounce to whoever was forged."""
    one = authenticator(**RELAY, dmarc_reject=True)
    said = SAID.replace(b"dmarc=pass", b"dmarc=fail policy.dmarc=reject")
    result = await found(one, letter(said + LETTER, address="10.1.2.3"))
    assert one.judge(result) == Accept()


@ensureDeferred
async def test_a_thread_that_does_not_end_is_not_waited_for(
    authenticator: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever holds a thread up, the letter is answered at its deadline."""
    go = threading.Event()

    def stuck(*_: Any, **__: Any) -> SPF:
        go.wait(10)
        return SPF(Result.PASS, "example.com")

    monkeypatch.setattr(checking, "check_spf", stuck)
    began = time.monotonic()
    result = await found(authenticator(timeout=0.5), letter())
    go.set()
    assert time.monotonic() - began < 3
    assert result.spf == SPF(Result.TEMPERROR, reason="there was no answer in time")
    assert not result.aligned


@pytest.mark.parametrize(
    ("dmarc", "held_up"),
    [
        (DMARC(Result.TEMPERROR, "a.test"), True),
        (DMARC(Result.PASS, "a.test", "reject", aligned=True), False),
        (DMARC(Result.NONE, "a.test"), False),
        (DMARC(Result.FAIL, "a.test", "none"), False),
        (None, True),
    ],
)
def test_a_letter_is_held_up_only_where_the_answer_matters(
    authenticator: Maker, dmarc: DMARC | None, held_up: bool
) -> None:
    """A signature of somebody else's, whose key nobody tells, delays no letter for ever."""
    result = Authentication("mx", dkim=(DKIM(Result.TEMPERROR, "list.test"),), dmarc=dmarc)
    verdict = authenticator(postpone=True).judge(result)
    assert isinstance(verdict, Postpone) is held_up
