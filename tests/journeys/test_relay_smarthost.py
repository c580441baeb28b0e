"""The relay and a real next hop in another process, which behaves, or does not."""

import contextlib
import time

import pytest
import pytest_twisted
from attrs import evolve
from twisted.internet import reactor
from twisted.internet.defer import DeferredList, ensureDeferred

from mailtickets.mail.envelope import Envelope, Item, Letter, Wishes
from mailtickets.mail.mailbox import Mailbox
from mailtickets.mail.octets import InMemory
from mailtickets.outcomes import Bounced, Deferred, Delivered, State
from mailtickets.plugin import Needs
from mailtickets.relay.agent import SmartHost, make
from mailtickets.relay.dkim import Signatures
from mailtickets.relay.suppression import Suppressions
from mailtickets.relay.targets import Limits, Target
from mailtickets.testing.certificates import TestAuthority
from mailtickets.testing.meter import MemoryMeter
from mailtickets.testing.peers import NextHop
from mailtickets.testing.register import MemoryRegister
from mailtickets.testing.steps import RecordingSteps
from tests.ports import free_port

TICKET = Mailbox("SUPPORT-1", "support-ticket.com")
NIC, ANN, BOB = (Mailbox(name, "ferrier") for name in ("nic", "ann", "bob"))
LETTER = b"Subject: RE: I can't login!\r\n\r\nI have reset it.\r\n.\r\n..two\r\n"


def item(octets=LETTER, recipients=(NIC,), **more):
    """An item that carries these octets."""
    envelope = Envelope(TICKET, tuple(recipients), 0.0, "trace", **more)
    return Item(1, "key", Letter(envelope, InMemory(octets)), tuple(recipients), "relay", "lane")


@contextlib.asynccontextmanager
async def sending(tmp_path, *faults, settings=None, url=None, scheme="smtp"):
    """A relay and its next hop, both ended afterwards."""
    hop = await NextHop.start(reactor, *faults)
    needs = Needs(
        reactor,
        MemoryMeter(),
        RecordingSteps(),
        "gateway.example",
        tmp_path,
        register=MemoryRegister(),
    )
    given = {"url": url or f"{scheme}://127.0.0.1:{hop.port}", "suppress": False}
    agent = make(given | (settings or {}), needs)
    try:
        yield agent, hop, needs
    finally:
        agent.close()
        await hop.stop()


@pytest_twisted.ensureDeferred
async def test_a_letter_goes_out(tmp_path):
    """The next hop has the octets as they are, and its own words are kept."""
    async with sending(tmp_path) as (agent, hop, needs):
        outcomes = await agent.deliver(item(recipients=(NIC, ANN)))
        (taken,) = await hop.letters(1)
        assert taken.octets == LETTER
        assert (taken.sender, taken.recipients) == (str(TICKET), ("nic@ferrier", "ann@ferrier"))
        expected = Delivered(State.RELAYED, note=f"127.0.0.1:{hop.port} said: 250 2.0.0 Taken")
        assert outcomes == {NIC: expected, ANN: expected}
        assert needs.steps.seen == ["relay.before-dot", "relay.after-dot"]
        assert f"SIZE={len(LETTER)}" in taken.mail_options


@pytest_twisted.ensureDeferred
async def test_connections_are_kept(tmp_path):
    """Several letters go over one connection, until it has carried enough."""
    async with sending(tmp_path, settings={"letters": 3}) as (agent, hop, _):
        for _ in range(7):
            assert isinstance((await agent.deliver(item()))[NIC], Delivered)
        numbers = [taken.connection for taken in await hop.letters(7)]
        assert numbers == [1, 1, 1, 2, 2, 2, 3]


@pytest_twisted.ensureDeferred
async def test_concurrency_is_bounded(tmp_path):
    """However many letters there are at a time, the next hop sees so many connections."""
    async with sending(tmp_path, settings={"concurrency": 3}) as (agent, hop, _):
        many = [ensureDeferred(agent.deliver(item())) for _ in range(20)]
        results = await DeferredList(many)
        assert all(isinstance(outcome[NIC], Delivered) for _, outcome in results)
        assert {taken.connection for taken in await hop.letters(20)} == {1, 2, 3}


@pytest_twisted.ensureDeferred
async def test_without_pipelining_or_ehlo(tmp_path):
    """A next hop that knows only the words of 1982 gets its letters too."""
    for fault in (["--hide", "PIPELINING"], ["--fault", "EHLO=502 5.5.1 What?"]):
        async with sending(tmp_path, *fault) as (agent, hop, _):
            assert isinstance((await agent.deliver(item()))[NIC], Delivered)
            assert (await hop.letters(1))[0].octets == LETTER


@pytest_twisted.ensureDeferred
async def test_each_recipient_has_a_fate(tmp_path):
    """A 4xx for one and a 5xx for another, and the third has the letter."""
    faults = ("--fault", "RCPT:ann=450 4.2.1 Not now", "--fault", "RCPT:bob=550 5.1.1 Nobody")
    async with sending(tmp_path, *faults) as (agent, hop, _):
        outcomes = await agent.deliver(item(recipients=(ANN, NIC, BOB)))
        assert [type(outcomes[one]) for one in (ANN, NIC, BOB)] == [Deferred, Delivered, Bounced]
        assert outcomes[BOB].trouble.enhanced == "5.1.1"
        assert outcomes[BOB].trouble.text.endswith("said: 550 5.1.1 Nobody")
        assert (await hop.letters(1))[0].recipients == ("nic@ferrier",)


@pytest.mark.parametrize(
    ("fault", "kind", "enhanced"),
    [
        ("CONNECT=554 5.3.2 No service here", Deferred, "4.3.2"),
        ("CONNECT=421 4.3.2 Busy", Deferred, "4.3.2"),
        ("CONNECT=HTTP/1.1 200 OK", Deferred, "4.4.2"),
        ("CONNECT=drop", Deferred, "4.4.2"),
        ("EHLO=421 4.3.2 Busy", Deferred, "4.3.2"),
        ("EHLO=drop", Deferred, "4.4.2"),
        ("MAIL=452 4.3.1 Full", Deferred, "4.3.1"),
        ("MAIL=550 5.7.1 Not from you", Bounced, "5.7.1"),
        ("MAIL=530 5.7.0 Authenticate first", Deferred, "4.7.0"),
        ("MAIL=drop", Deferred, "4.4.2"),
        ("RCPT=451 4.7.1 Greylisted", Deferred, "4.7.1"),
        ("RCPT=550 5.1.1 Nobody", Bounced, "5.1.1"),
        ("RCPT=drop", Deferred, "4.4.2"),
        ("DATA=451 4.3.0 Not now", Deferred, "4.3.0"),
        ("DATA=554 5.7.1 Never", Bounced, "5.7.1"),
        ("DATA=drop", Deferred, "4.4.2"),
        ("DOT=451 4.3.0 Not now", Deferred, "4.3.0"),
        ("DOT=552 5.3.4 Too big", Bounced, "5.3.4"),
    ],
)
@pytest_twisted.ensureDeferred
async def test_trouble_at_each_step(tmp_path, fault, kind, enhanced):
    """Only an answer about the letter ends it; the next attempt, without the fault, succeeds."""
    async with sending(tmp_path, "--fault", f"{fault}*1") as (agent, hop, needs):
        outcome = (await agent.deliver(item()))[NIC]
        assert type(outcome) is kind
        assert outcome.trouble.enhanced == enhanced
        assert not hop.taken
        assert "relay.after-dot" not in needs.steps.seen
        assert isinstance((await agent.deliver(item()))[NIC], Delivered)
        assert len(await hop.letters(1)) == 1


USER = {"user": "desk", "password": "s"}


@pytest.mark.parametrize(
    ("fault", "kind", "enhanced"),
    [
        ("EHLO=550 5.7.1 Go away", Delivered, ""),  # HELO is asked instead
        ("EHLO=554 No", Deferred, "4.3.2"),
        ("STARTTLS=454 4.7.0 Not now", Delivered, ""),
        ("STARTTLS=554 5.7.0 Never", Delivered, ""),
        ("AUTH=454 4.7.0 Later", Deferred, "4.7.0"),
        ("AUTH=535 5.7.8 Who?", Deferred, "4.7.8"),
        ("RSET=421 4.3.2 Busy", Delivered, ""),
        ("RSET=554 5.0.0 No", Delivered, ""),
    ],
)
@pytest_twisted.ensureDeferred
async def test_trouble_beside_the_letter(tmp_path, fault, kind, enhanced):
    """What is refused before there is a letter bounces none; those after it go out, each once."""
    words = ["--fault", f"{fault}*1"]
    words += ["--offer", "STARTTLS"] if fault.startswith("STARTTLS") else []
    words += ["--user", "desk:s"] if fault.startswith("AUTH") else []
    settings = USER if fault.startswith("AUTH") else {}
    async with sending(tmp_path, *words, settings=settings) as (agent, hop, _):
        first = (await agent.deliver(item()))[NIC]
        assert type(first) is kind
        if kind is Deferred:
            assert first.trouble.enhanced == enhanced
        for _ in range(3):
            assert isinstance((await agent.deliver(item()))[NIC], Delivered)
        assert len(await hop.letters(3 + (kind is Delivered))) == 3 + (kind is Delivered)


@pytest_twisted.ensureDeferred
async def test_a_lost_answer_to_the_dot(tmp_path):
    """Nobody knows whether the letter was taken: it is sent again, the same, and counted."""
    async with sending(tmp_path, "--fault", "DOT=drop*1") as (agent, hop, needs):
        outcome = (await agent.deliver(item()))[NIC]
        assert isinstance(outcome, Deferred)
        assert "it may arrive twice" in outcome.trouble.text
        assert needs.meter.counts["relay_possibly_twice"] == 1
        assert isinstance((await agent.deliver(item()))[NIC], Delivered)
        first, second = await hop.letters(2)
        assert first.octets == second.octets == LETTER


@pytest_twisted.ensureDeferred
async def test_a_kept_connection_that_died(tmp_path):
    """A next hop that closes what we kept costs nothing: the letter goes over a new one."""
    async with sending(tmp_path, "--fault", "MAIL:second=drop") as (agent, hop, needs):
        assert isinstance((await agent.deliver(item()))[NIC], Delivered)
        second = item()
        sender = Mailbox("second", "x")
        envelope = evolve(second.letter.envelope, sender=sender)
        second = evolve(second, letter=evolve(second.letter, envelope=envelope))
        # It drops MAIL of the second on the kept connection, and then again on a new one.
        outcome = (await agent.deliver(second))[NIC]
        assert isinstance(outcome, Deferred)
        assert isinstance((await agent.deliver(item()))[NIC], Delivered)
        assert [one.connection for one in await hop.letters(2)] == [1, 3]
        assert needs.meter.counts["relay_possibly_twice"] == 0


@pytest_twisted.ensureDeferred
async def test_nobody_listens(tmp_path):
    """A next hop that is down defers; when it is up again, the letter goes."""
    hop = await NextHop.start(reactor, "--port", str(free_port()))
    await hop.stop()
    needs = Needs(reactor, MemoryMeter(), RecordingSteps(), "gateway.example", tmp_path)
    agent = make({"url": f"smtp://127.0.0.1:{hop.port}"}, needs)
    outcome = (await agent.deliver(item()))[NIC]
    assert isinstance(outcome, Deferred)
    assert outcome.trouble.enhanced == "4.4.1"
    again = await NextHop.start(reactor, "--port", str(hop.port))
    try:
        assert isinstance((await agent.deliver(item()))[NIC], Delivered)
    finally:
        agent.close()
        await again.stop()


@pytest_twisted.ensureDeferred
async def test_a_greylist_is_ordinary(tmp_path):
    """A greylist defers the first attempt, and takes a later one."""
    async with sending(tmp_path, "--greylist", "0.2") as (agent, hop, _):
        first = (await agent.deliver(item()))[NIC]
        assert isinstance(first, Deferred)
        assert first.trouble.enhanced == "4.2.0"
        outcome = first
        while not isinstance(outcome, Delivered):
            outcome = (await agent.deliver(item()))[NIC]
        assert len(await hop.letters(1)) == 1


@pytest_twisted.ensureDeferred
async def test_a_large_letter_is_streamed(tmp_path):
    """A letter of many pieces arrives whole, with its dots, and is never all in the transport."""
    octets = b"Subject: big\r\n\r\n" + b".dots and lines\r\n" * 500_000
    async with sending(tmp_path, "--size", "0") as (agent, hop, _):
        assert isinstance((await agent.deliver(item(octets)))[NIC], Delivered)
        (taken,) = await hop.letters(1)
        assert taken.octets == octets


@pytest_twisted.ensureDeferred
async def test_too_large_for_them(tmp_path):
    """A letter over their SIZE bounces at once, with the number, and is not sent."""
    async with sending(tmp_path, "--size", "1000") as (agent, hop, _):
        outcome = (await agent.deliver(item(b"x" * 2000)))[NIC]
        assert isinstance(outcome, Bounced)
        assert outcome.trouble.enhanced == "5.3.4"
        assert "1000 octets" in outcome.trouble.text
        assert not hop.taken


@pytest_twisted.ensureDeferred
async def test_utf8_addresses(tmp_path):
    """SMTPUTF8 is used where it must be; a next hop without it is a clear failure."""
    jorg = Mailbox("jörg", "bücher.example")
    async with sending(tmp_path) as (agent, hop, _):
        assert isinstance((await agent.deliver(item(recipients=(jorg,))))[jorg], Delivered)
        (taken,) = await hop.letters(1)
        assert taken.recipients == ("jörg@bücher.example",)
        assert "SMTPUTF8" in taken.mail_options
    async with sending(tmp_path, "--hide", "SMTPUTF8") as (agent, hop, _):
        outcome = (await agent.deliver(item(recipients=(jorg,))))[jorg]
        assert isinstance(outcome, Bounced)
        assert outcome.trouble.enhanced == "5.6.7"


@pytest_twisted.ensureDeferred
async def test_a_password(tmp_path):
    """User and password are given where they are asked for; a wrong one is loud, not final."""
    settings = {"user": "desk", "password": "s3cret"}
    async with sending(tmp_path, "--user", "desk:s3cret", settings=settings) as (agent, hop, _):
        assert isinstance((await agent.deliver(item()))[NIC], Delivered)
        assert (await hop.letters(1))[0].user == "desk"
    async with sending(tmp_path, "--user", "desk:other", settings=settings) as (agent, hop, _):
        outcome = (await agent.deliver(item()))[NIC]
        assert isinstance(outcome, Deferred)
        assert outcome.trouble.loud
        assert "s3cret" not in outcome.trouble.text


@pytest_twisted.ensureDeferred
async def test_wishes_stay_here(tmp_path):
    """A next hop that does not offer DSN hears nothing of what the sender asked of notices."""
    letter = item(ret="HDRS", envid="e1", wishes={NIC: Wishes(frozenset({"NEVER"}), None)})
    async with sending(tmp_path) as (agent, hop, _):
        assert isinstance((await agent.deliver(letter))[NIC], Delivered)
        (taken,) = await hop.letters(1)
        assert taken.mail_options == (f"SIZE={len(LETTER)}",)
        assert taken.rcpt_options == ()


@pytest.mark.parametrize(
    ("name", "expired", "delivered"),
    [("127.0.0.1", False, True), ("127.0.0.1", True, False), ("wrong.example", False, False)],
)
@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
@pytest_twisted.ensureDeferred
async def test_tls_required(tmp_path, scheme, name, expired, delivered):
    """Where TLS is required, only a good certificate for that very host gets the letter."""
    authority = TestAuthority(tmp_path)
    pair = authority.issue(name, expired=expired)
    options = ["--certificate", str(pair.certificate), "--key", str(pair.key)]
    settings = {"ca_file": str(authority.file)}
    if scheme == "smtp":
        settings["tls"] = "required"
    else:
        options.append("--wrapped")
    async with sending(tmp_path, *options, settings=settings, scheme=scheme) as (agent, hop, _):
        for _ in range(2):
            outcome = (await agent.deliver(item()))[NIC]
            assert isinstance(outcome, Delivered if delivered else Deferred)
        if delivered:
            taken = await hop.letters(2)
            assert [one.connection for one in taken] == [1, 1]
        else:
            assert outcome.trouble.enhanced == "4.7.5"
            assert outcome.trouble.loud
            assert not hop.taken


@pytest_twisted.ensureDeferred
async def test_tls_if_offered(tmp_path):
    """Without a word about TLS it is used where it is offered, whatever the certificate says."""
    pair = TestAuthority(tmp_path).issue("wrong.example", expired=True)
    options = ("--certificate", str(pair.certificate), "--key", str(pair.key))
    async with sending(tmp_path, *options) as (agent, hop, _):
        assert isinstance((await agent.deliver(item()))[NIC], Delivered)
        assert (await hop.letters(1))[0].tls


@pytest_twisted.ensureDeferred
async def test_tls_required_and_not_offered(tmp_path):
    """A host that stopped offering TLS gets nothing, and somebody is told."""
    async with sending(tmp_path, settings={"tls": "required"}) as (agent, hop, _):
        outcome = (await agent.deliver(item()))[NIC]
        assert isinstance(outcome, Deferred)
        assert outcome.trouble.loud
        assert not hop.taken


@pytest_twisted.ensureDeferred
async def test_a_hard_bounce_is_remembered(tmp_path):
    """An address that does not exist is not asked for again, unless somebody lifts that."""
    settings = {"suppress": True}
    fault = ("--fault", "RCPT:nic=550 5.1.1 Nobody*1")
    async with sending(tmp_path, *fault, settings=settings) as (agent, hop, needs):
        assert isinstance((await agent.deliver(item()))[NIC], Bounced)
        outcomes = await agent.deliver(item(recipients=(NIC, ANN)))
        assert isinstance(outcomes[NIC], Bounced)
        assert (await hop.letters(1))[0].recipients == ("ann@ferrier",)
        assert await Suppressions(needs.register, time.time).lift(NIC)
        assert isinstance((await agent.deliver(item()))[NIC], Delivered)


@pytest_twisted.ensureDeferred
async def test_eight_bits_to_a_host_of_seven(tmp_path):
    """A letter that passes through is rewritten where the next hop lacks 8BITMIME, or refused."""
    text = "Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    letter = (text + "Gr\u00fc\u00dfe\r\n").encode()
    async with sending(tmp_path) as (agent, hop, _):
        assert isinstance((await agent.deliver(item(letter, body="8BITMIME")))[NIC], Delivered)
        (taken,) = await hop.letters(1)
        assert taken.octets == letter
        assert "BODY=8BITMIME" in taken.mail_options
    hidden = ("--hide", "8BITMIME", "--hide", "SMTPUTF8")
    async with sending(tmp_path, *hidden) as (agent, hop, _):
        assert isinstance((await agent.deliver(item(letter, body="8BITMIME")))[NIC], Delivered)
        (taken,) = await hop.letters(1)
        assert taken.octets.isascii()
        assert b"Gr=C3=BC=C3=9Fe" in taken.octets
        outcome = (await agent.deliver(item(letter.replace(b": x", b": \xff"))))[NIC]
        assert isinstance(outcome, Bounced)
        assert outcome.trouble.enhanced == "5.6.3"


@pytest_twisted.ensureDeferred
async def test_a_tarpit(tmp_path):
    """A host that is slow gets its letter; one that is slower than the limit is left alone."""
    faults = ("--fault", "RCPT=sleep 0.3", "--fault", "DATA=sleep 0.3")
    async with sending(tmp_path, *faults) as (agent, hop, needs):
        assert isinstance((await agent.deliver(item()))[NIC], Delivered)
        hasty = SmartHost(Target("127.0.0.1", hop.port), Limits(command=0.1), needs, Signatures([]))
        outcome = (await hasty.deliver(item()))[NIC]
        assert isinstance(outcome, Deferred)
        assert "did not answer in time" in outcome.trouble.text
        hasty.close()


WISHED = {
    "ret": "HDRS",
    "envid": "e+1",
    "wishes": {
        NIC: Wishes(frozenset({"FAILURE", "DELAY", "SUCCESS"}), "rfc822;nic@ferrier"),
        ANN: Wishes(frozenset({"NEVER"}), None),
    },
}


@pytest_twisted.ensureDeferred
async def test_wishes_are_passed_on(tmp_path):
    """A next hop that offers DSN hears what the sender asked of notices, for each recipient."""
    letter = item(recipients=(NIC, ANN), **WISHED)
    async with sending(tmp_path, "--offer", "DSN") as (agent, hop, _):
        assert set((await agent.deliver(letter)).values()) == {
            Delivered(State.RELAYED, note=f"127.0.0.1:{hop.port} said: 250 2.0.0 Taken")
        }
        (taken,) = await hop.letters(1)
        assert taken.asked == (
            "RET=HDRS",
            "ENVID=e+2B1",
            "NOTIFY=DELAY,FAILURE,SUCCESS",
            "ORCPT=rfc822;nic@ferrier",
            "NOTIFY=NEVER",
        )


@pytest.mark.parametrize("name", ["127.0.0.1", "wrong.example"])
@pytest.mark.parametrize("offered", [True, False])
@pytest_twisted.ensureDeferred
async def test_requiretls_is_passed_on(tmp_path, name, offered):
    """A letter that must stay under TLS goes, marked, to who promises that and is who they say."""
    authority = TestAuthority(tmp_path)
    pair = authority.issue(name)
    options = ["--certificate", str(pair.certificate), "--key", str(pair.key)]
    options += ["--offer", "REQUIRETLS"] if offered else []
    settings = {"ca_file": str(authority.file)}
    async with sending(tmp_path, *options, settings=settings) as (agent, hop, _):
        outcome = (await agent.deliver(item(require_tls=True)))[NIC]
        if name == "127.0.0.1" and offered:
            assert isinstance(outcome, Delivered)
            (taken,) = await hop.letters(1)
            assert (taken.asked, taken.tls) == (("REQUIRETLS",), True)
            return
        assert not hop.taken
        if name == "127.0.0.1":
            assert isinstance(outcome, Bounced)
            assert outcome.trouble.enhanced == "5.7.30"
        else:
            assert isinstance(outcome, Deferred)
            assert outcome.trouble.enhanced == "4.7.5"
