"""Direct sending: a name server and next hops on loopback, all real."""

import contextlib

import pytest
import pytest_twisted
from twisted.internet import reactor, ssl
from twisted.internet.defer import ensureDeferred, gatherResults
from twisted.logger import formatEvent, globalLogPublisher
from twisted.web.resource import Resource
from twisted.web.server import Site

from mailtickets.mail.envelope import Envelope, Item, Letter
from mailtickets.mail.mailbox import Mailbox
from mailtickets.mail.octets import InMemory
from mailtickets.outcomes import Bounced, Deferred, Delivered
from mailtickets.plugin import Needs
from mailtickets.relay.agent import make
from mailtickets.testing.certificates import TestAuthority
from mailtickets.testing.meter import MemoryMeter
from mailtickets.testing.names import NameServer, address, mx, text
from mailtickets.testing.peers import NextHop
from mailtickets.testing.register import MemoryRegister
from mailtickets.testing.steps import RecordingSteps

TICKET = Mailbox("SUPPORT-1", "support-ticket.com")
LETTER = b"Subject: x\r\n\r\nHello\r\n"
FIRST, SECOND = "127.0.0.2", "127.0.0.3"
REGISTER = MemoryRegister()


@pytest.fixture(autouse=True)
def fresh_register():
    """Nothing is known of any address or domain."""
    REGISTER.shelves.clear()


def item(*recipients, **more):
    """An item to these addresses."""
    mailboxes = tuple(map(Mailbox.parse, recipients))
    letter = Letter(Envelope(TICKET, mailboxes, 0.0, "t", **more), InMemory(LETTER))
    return Item(1, "key", letter, mailboxes, "relay", "lane")


@contextlib.asynccontextmanager
async def world(tmp_path, zone, *hops, broken=(), **settings):
    """A name server, next hops that share a port, and the relay that finds them.

    Each hop is (address, *options).
    """
    names = NameServer(reactor, zone, broken)
    running, port = [], "0"
    try:
        for interface, *options in hops:
            hop = await NextHop.start(reactor, "--interface", interface, "--port", port, *options)
            port = str(hop.port)
            running.append(hop)
        needs = Needs(
            reactor,
            MemoryMeter(),
            RecordingSteps(),
            "gateway.example",
            tmp_path,
            register=REGISTER,
        )
        given = {"url": "mx", "resolver": names.server, "local": True, "port": int(port) or 25}
        agent = make(given | settings, needs)
        yield agent, running
        agent.close()
    finally:
        for hop in running:
            await hop.stop()
        await names.stop()


async def fate(agent, recipient, **more):
    """What becomes of a letter to one."""
    return (await agent.deliver(item(recipient, **more)))[Mailbox.parse(recipient)]


TWO = {
    "ferrier": [mx(20, "second.ferrier"), mx(10, "first.ferrier")],
    "first.ferrier": [address(FIRST)],
    "second.ferrier": [address(SECOND)],
}


@pytest_twisted.ensureDeferred
async def test_the_preferred_host(tmp_path):
    """The host with the lowest preference gets the letters."""
    async with world(tmp_path, TWO, (FIRST,), (SECOND,)) as (agent, (first, second)):
        assert isinstance(await fate(agent, "nic@ferrier"), Delivered)
        assert len(await first.letters(1)) == 1
        assert not second.taken


@pytest.mark.parametrize(
    "fault", ["CONNECT=554 5.3.2 No", "CONNECT=421 Busy", "CONNECT=drop", "EHLO=421 Busy"]
)
@pytest_twisted.ensureDeferred
async def test_the_next_host(tmp_path, fault):
    """When the preferred one takes no letters, the next one gets them."""
    hops = ((FIRST, "--fault", fault), (SECOND,))
    async with world(tmp_path, TWO, *hops) as (agent, (_, second)):
        assert isinstance(await fate(agent, "nic@ferrier"), Delivered)
        assert len(await second.letters(1)) == 1


@pytest_twisted.ensureDeferred
async def test_all_hosts_down(tmp_path):
    """When none is there, the letter waits."""
    async with world(tmp_path, TWO, ("127.0.0.4",)) as (agent, _):
        outcome = await fate(agent, "nic@ferrier")
        assert isinstance(outcome, Deferred)
        assert outcome.trouble.enhanced == "4.4.1"


@pytest_twisted.ensureDeferred
async def test_an_answer_about_the_letter_counts(tmp_path):
    """A host that refuses the letter is believed: no other host is asked."""
    hops = ((FIRST, "--fault", "RCPT=550 5.1.1 Nobody"), (SECOND,))
    async with world(tmp_path, TWO, *hops) as (agent, (_, second)):
        assert isinstance(await fate(agent, "nic@ferrier"), Bounced)
        assert not second.taken


@pytest_twisted.ensureDeferred
async def test_a_host_that_offers_too_little(tmp_path):
    """The next one is asked; the letter fails when none that answers has what it needs."""
    hops = ((FIRST, "--hide", "SMTPUTF8"), (SECOND,))
    async with world(tmp_path, TWO, *hops) as (agent, (_, second)):
        assert isinstance(await fate(agent, "bébé@ferrier", utf8=True), Delivered)
        assert (await second.letters(1))[0].recipients == ("bébé@ferrier",)
        await second.stop()
        outcome = await fate(agent, "bébé@ferrier", utf8=True)
        assert (type(outcome), outcome.trouble.enhanced) == (Bounced, "5.6.7")


@pytest_twisted.ensureDeferred
async def test_domains_have_their_own_fates(tmp_path):
    """Recipients in several domains: each domain's letter goes its own way."""
    zone = TWO | {"other": [mx(1, "second.ferrier")], "null": [mx(0, "")], "bare": [address(FIRST)]}
    recipients = ("nic@ferrier", "ann@other", "bob@null", "eve@bare", "dan@nowhere", "n@ferrier")
    async with world(tmp_path, zone, (FIRST,), (SECOND,)) as (agent, (first, second)):
        outcomes = await agent.deliver(item(*recipients))
        told = {str(one): outcome for one, outcome in outcomes.items()}
        assert told["bob@null"].trouble.enhanced == "5.1.10"
        assert told["dan@nowhere"].trouble.enhanced == "5.1.2"
        delivered = [one for one, outcome in told.items() if isinstance(outcome, Delivered)]
        assert sorted(delivered) == ["ann@other", "eve@bare", "n@ferrier", "nic@ferrier"]
        assert {one.recipients for one in await first.letters(2)} == {
            ("nic@ferrier", "n@ferrier"),
            ("eve@bare",),
        }
        assert len(await second.letters(1)) == 1


@pytest_twisted.ensureDeferred
async def test_a_dns_that_fails(tmp_path):
    """A name server that cannot say makes the letter wait; it never bounces it."""
    async with world(tmp_path, TWO, (FIRST,), broken=["ferrier"]) as (agent, _):
        outcome = await fate(agent, "nic@ferrier")
        assert isinstance(outcome, Deferred)
        assert outcome.trouble.enhanced == "4.4.3"


@pytest_twisted.ensureDeferred
async def test_address_literals(tmp_path):
    """An address in brackets is asked itself, without the DNS."""
    async with world(tmp_path, {}, (FIRST,)) as (agent, (first,)):
        assert isinstance(await fate(agent, f"nic@[{FIRST}]"), Delivered)
        assert len(await first.letters(1)) == 1


@pytest_twisted.ensureDeferred
async def test_ipv6(tmp_path):
    """A host with an IPv6 address is reached by it."""
    zone = {"ferrier": [mx(1, "six.ferrier")], "six.ferrier": [address("::1"), address(SECOND)]}
    async with world(tmp_path, zone, ("::1",)) as (agent, (six,)):
        assert isinstance(await fate(agent, "nic@ferrier"), Delivered)
        assert len(await six.letters(1)) == 1


@pytest_twisted.ensureDeferred
async def test_never_to_this_machine(tmp_path):
    """Unless it is allowed, a host with an address of this machine is no next hop."""
    async with world(tmp_path, TWO, (FIRST,), local=False) as (agent, (first,)):
        outcome = await fate(agent, "nic@ferrier")
        assert isinstance(outcome, Deferred)
        assert outcome.trouble.loud
        assert not first.taken


def tls(pair):
    """A hop's options for a certificate."""
    return ("--certificate", str(pair.certificate), "--key", str(pair.key))


@pytest_twisted.ensureDeferred
async def test_opportunistic_tls(tmp_path):
    """TLS is used where it is offered, even with a certificate that nobody would trust."""
    pair = TestAuthority(tmp_path).issue("elsewhere.example", expired=True)
    async with world(tmp_path, TWO, (FIRST, *tls(pair))) as (agent, (first,)):
        assert isinstance(await fate(agent, "nic@ferrier"), Delivered)
        assert (await first.letters(1))[0].tls


@pytest_twisted.ensureDeferred
async def test_a_broken_handshake_is_no_obstacle(tmp_path):
    """Where TLS is only welcome, a host whose TLS is broken gets the letter without it."""
    fault = ("--offer", "STARTTLS", "--fault", "STARTTLS=220 Go ahead, but I cannot")
    async with world(tmp_path, TWO, (FIRST, *fault)) as (agent, (first,)):
        assert isinstance(await fate(agent, "nic@ferrier"), Delivered)
        assert not (await first.letters(1))[0].tls


class Policy(Resource):
    """The file."""

    def __init__(self, octets):
        super().__init__()
        self.octets = octets

    def render_GET(self, request):
        """Give it."""
        request.setHeader(b"content-type", b"text/plain; charset=utf-8")
        return self.octets


@contextlib.asynccontextmanager
async def policy_server(pair, policy):
    """A web server that has an MTA-STS policy."""
    known, root = Resource(), Resource()
    known.putChild(b"mta-sts.txt", Policy(policy.encode()))
    root.putChild(b".well-known", known)
    context = ssl.DefaultOpenSSLContextFactory(str(pair.key), str(pair.certificate))
    site = Site(root)
    site.noisy = False
    port = reactor.listenSSL(0, site, context, interface="127.0.0.5")
    try:
        yield port.getHost().port
    finally:
        await port.stopListening()


ENFORCED = "version: STSv1\nmode: enforce\nmx: first.ferrier\nmax_age: 86400\n"
STS = TWO | {
    "_mta-sts.ferrier": [text("v=STSv1; id=1;")],
    "mta-sts.ferrier": [address("127.0.0.5")],
}


@pytest.mark.parametrize(
    ("name", "expired", "delivered"),
    [
        ("first.ferrier", False, True),
        ("first.ferrier", True, False),
        ("wrong.example", False, False),
        (None, False, False),
    ],
)
@pytest_twisted.ensureDeferred
async def test_an_enforced_policy(tmp_path, name, expired, delivered):
    """With a policy, only a named host with a good certificate gets the letter; others never do."""
    authority = TestAuthority(tmp_path)
    options = tls(authority.issue(name, expired=expired)) if name else ()
    async with policy_server(authority.issue("mta-sts.ferrier"), ENFORCED) as port:
        settings = {"sts_port": port, "ca_file": str(authority.file)}
        hops = ((FIRST, *options), (SECOND,))
        async with world(tmp_path, STS, *hops, **settings) as (agent, (first, second)):
            outcome = await fate(agent, "nic@ferrier")
            assert isinstance(outcome, Delivered if delivered else Deferred)
            taken = await first.letters(int(delivered))
            assert [one.tls for one in taken] == [True] * delivered
            assert not second.taken
            assert "ferrier" in REGISTER.shelves["mta-sts"]


@pytest_twisted.ensureDeferred
async def test_a_policy_of_a_stranger(tmp_path):
    """A policy from a web server whose certificate is another's is not believed."""
    authority = TestAuthority(tmp_path)
    async with policy_server(authority.issue("wrong.example"), ENFORCED) as port:
        settings = {"sts_port": port, "ca_file": str(authority.file)}
        async with world(tmp_path, STS, (FIRST,), **settings) as (agent, (first,)):
            assert isinstance(await fate(agent, "nic@ferrier"), Delivered)
            assert not (await first.letters(1))[0].tls


@pytest_twisted.ensureDeferred
async def test_requiretls(tmp_path):
    """A letter whose sender requires TLS goes nowhere without it."""
    async with world(tmp_path, TWO, (FIRST,)) as (agent, (first,)):
        assert isinstance(await fate(agent, "nic@ferrier", require_tls=True), Deferred)
        assert not first.taken


@pytest_twisted.ensureDeferred
async def test_nothing_is_said_of_each_connection(tmp_path):
    """A letter that goes out leaves no lines about factories in the log."""
    said = []
    globalLogPublisher.addObserver(said.append)
    try:
        async with world(tmp_path, TWO, (FIRST,)) as (agent, (first,)):
            assert isinstance(await fate(agent, "nic@ferrier"), Delivered)
            assert len(await first.letters(1)) == 1
    finally:
        globalLogPublisher.removeObserver(said.append)
    lines = [str(formatEvent(event)) for event in said]
    assert [one for one in lines if "Starting factory" in one or "Stopping factory" in one] == []


@pytest_twisted.ensureDeferred
async def test_concurrency_to_a_domain_is_bounded(tmp_path):
    """So many letters go to one domain at a time, and no more; another's do not wait."""
    zone = TWO | {"other": [mx(1, "second.ferrier")]}
    slow = ("--fault", "MAIL=sleep 5*2")  # the first two hold all that there may be
    hops = ((FIRST, *slow), (SECOND,))
    async with world(tmp_path, zone, *hops, domain_concurrency=2) as (agent, (first, second)):
        many = [ensureDeferred(fate(agent, f"n{number}@ferrier")) for number in range(6)]
        assert isinstance(await fate(agent, "ann@other"), Delivered)
        assert len(first.taken) < 6
        assert all(isinstance(one, Delivered) for one in await gatherResults(many))
        assert {one.connection for one in await first.letters(6)} == {1, 2}
        assert len(second.taken) == 1
