"""The whole conversation through two real mail servers, and Postfix as the host of a domain."""

import re
from email.message import EmailMessage
from email.utils import make_msgid

import pytest
import pytest_twisted
from twisted.internet import reactor

from mailtickets.mail.envelope import Envelope, Item, Letter
from mailtickets.mail.mailbox import Mailbox
from mailtickets.mail.octets import InMemory
from mailtickets.outcomes import Bounced, Deferred, Delivered
from mailtickets.plugin import Needs
from mailtickets.relay.agent import make
from mailtickets.testing.certificates import TestAuthority
from mailtickets.testing.meter import MemoryMeter
from mailtickets.testing.names import NameServer, address, mx
from mailtickets.testing.steps import RecordingSteps
from tests.journeys.peers import Sink
from tests.journeys.postfix import Postfix, to
from tests.journeys.running import DOMAIN, HERE, until, wire

NEW, TICKET = f"new@{DOMAIN}", f"SUPPORT-1@{DOMAIN}"


def submit(server, message, recipient):
    """Nic's mail program hands a letter to nic's own server."""
    import smtplib  # noqa: PLC0415 - this alone wants it

    with smtplib.SMTP(server.host, server.port, timeout=30) as client:
        client.sendmail("nic@ferrier", [recipient], wire(message))


def letter(text, subject, recipient, answers=None):
    """A letter of nic's, which may answer one of ours."""
    made = EmailMessage()
    made["From"] = "Nic <nic@ferrier>"
    made["To"] = recipient
    made["Subject"] = subject
    made["Message-ID"] = make_msgid(domain="ferrier")
    if answers is not None:
        made["In-Reply-To"] = answers["message-id"]
        made["References"] = f"{answers['references']} {answers['message-id']}"
    made.set_content(text)
    return made


def texts(gateway):
    """The ticket's comments: text and visibility."""
    comments = gateway.ticket("SUPPORT-1")["comments"]
    return [(one["text"].strip(), one["visibility"]) for one in comments]


def test_six_turns_through_two_servers(launch):
    """Six letters go back and forth through two Postfixes, and stay one thread and one ticket."""
    gateway = launch()
    routes = {DOMAIN: to(gateway.port)}
    with (
        Sink() as mailbox,
        Postfix("mx.ferrier", routes | {"ferrier": to(mailbox.port)}) as theirs,
        Postfix("out.example", routes | {"ferrier": to(theirs.port)}) as ours,
    ):
        gateway.arguments += ["--relay", f"smtp://{ours.host}:{ours.port}"]
        gateway.start()
        sent = letter("Grüße, I can't get in.", "I can't login! 😀", NEW)
        root, recipient = sent["message-id"], NEW
        told = []
        for turn in range(3):
            submit(theirs, sent, recipient)
            told.append((sent.get_content().strip(), "public"))
            until(lambda: gateway.tickets() and texts(gateway) == told, what=f"{told} at the desk")
            answer = f"Answer {turn}: schön, 日本語"
            gateway.say("SUPPORT-1", answer)
            told.append((answer, "public"))
            got = mailbox.wait_for(turn + 1)[turn]
            assert re.fullmatch(
                r"SUPPORT-1\+return\.\w{12}\.\w{16}@support-ticket\.com", got.sender
            )
            assert got.recipients == ("nic@ferrier",)
            assert got.text == answer
            message = got.message
            assert message["from"].addresses[0].addr_spec == TICKET
            assert message["subject"] == "RE: I can't login! 😀"
            assert message["in-reply-to"] == sent["message-id"]
            assert message["references"].split()[0] == root
            assert message["auto-submitted"] is None
            assert len(re.findall(rb"(?m)^Received:", got.octets)) == 2
            recipient = TICKET
            subject = f"Re: {message['subject']}" if turn else "AW: RE: I can't login! 😀"
            sent = letter(f"Reply {turn}", subject, TICKET, message)
        assert len(gateway.tickets()) == 1
        assert len(mailbox.letters()) == 3


def test_what_comes_back_is_told(launch):
    """An answer that the requester's server refuses comes back as a note that is not mailed."""
    gateway = launch()
    routes = {DOMAIN: to(gateway.port)}
    with (
        Sink() as mailbox,
        Postfix("mx.ferrier", routes) as theirs,
    ):
        # The smart host takes nic's letters, and only later finds out that nobody wants them.
        refusing = {"ferrier": to(theirs.port)}
        with Postfix("out.example", routes | refusing) as ours:
            gateway.arguments += ["--relay", f"smtp://{ours.host}:{ours.port}"]
            gateway.start()
            submit(theirs, letter("Hello", "Hello", NEW), NEW)
            until(gateway.tickets, what="a ticket")
            gateway.say("SUPPORT-1", "An answer")
            until(lambda: len(texts(gateway)) == 3, what="the note")
            note, visibility = texts(gateway)[2]
            assert visibility == "internal"
            assert "nic@ferrier" in note
            assert not mailbox.letters()


@pytest_twisted.ensureDeferred
async def test_postfix_is_the_host_of_a_domain(tmp_path):
    """Found by MX, Postfix takes the letter over TLS-less SMTP with all that it offers."""
    with Sink() as mailbox:
        routes = {"ferrier": to(mailbox.port)}
        with Postfix("mx.ferrier", routes, "127.0.0.2", message_size_limit="20000") as server:
            zone = {"ferrier": [mx(10, "mx.ferrier")], "mx.ferrier": [address("127.0.0.2")]}
            names = NameServer(reactor, zone)
            needs = Needs(reactor, MemoryMeter(), RecordingSteps(), "gateway.example", tmp_path)
            given = {"url": "mx", "resolver": names.server, "local": True, "port": server.port}
            agent = make(given, needs)
            try:
                sender, nic = Mailbox.parse(TICKET), Mailbox.parse("nic@ferrier")
                for octets, fate in (
                    (b"Subject: x\r\n\r\n.dot\r\n", Delivered),
                    (b"Subject: x\r\n\r\n" + b"y" * 30_000, Bounced),
                ):
                    found = Letter(Envelope(sender, (nic,), 0.0, "t"), InMemory(octets))
                    item = Item(1, "k", found, (nic,), "relay", "lane")
                    outcome = (await agent.deliver(item))[nic]
                    assert isinstance(outcome, fate)
                assert outcome.trouble.enhanced == "5.3.4"
            finally:
                agent.close()
                await names.stop()
            # Before Postfix is ended: it sends on what it has taken in its own time.
            (got,) = mailbox.wait_for(1)
        assert got.octets.endswith(b"\r\n\r\n.dot\r\n")


@pytest.mark.parametrize(
    ("name", "expired", "good"),
    [(HERE, False, True), (HERE, True, False), ("wrong.example", False, False)],
)
@pytest_twisted.ensureDeferred
async def test_starttls_with_postfix(tmp_path, name, expired, good):
    """Required TLS wants a certificate for that very host; opportunistic TLS takes any."""
    authority = TestAuthority(tmp_path)
    pair = authority.issue(name, expired=expired)
    tls = {
        "smtpd_tls_security_level": "may",
        "smtpd_tls_chain_files": f"{pair.key}, {pair.certificate}",
        "smtpd_tls_loglevel": "1",
    }
    nic = Mailbox.parse("nic@ferrier")
    envelope = Envelope(Mailbox.parse(TICKET), (nic,), 0.0, "t")
    letter = Letter(envelope, InMemory(b"Subject: x\r\n\r\nHello\r\n"))
    item = Item(1, "k", letter, (nic,), "relay", "lane")
    with Sink() as mailbox, Postfix("mx.ferrier", {"ferrier": to(mailbox.port)}, **tls) as server:
        needs = Needs(reactor, MemoryMeter(), RecordingSteps(), "gateway.example", tmp_path)
        url = f"smtp://{server.host}:{server.port}"
        for settings, goes in (({"tls": "required"}, good), ({}, True)):
            agent = make({"url": url, "ca_file": str(authority.file), **settings}, needs)
            outcome = (await agent.deliver(item))[nic]
            agent.close()
            assert isinstance(outcome, Delivered if goes else Deferred)
            if not goes:
                assert (outcome.trouble.enhanced, outcome.trouble.loud) == ("4.7.5", True)
                assert f"its certificate is not one for {HERE}" in outcome.trouble.text
        got = mailbox.wait_for(1 + good)
        assert len(got) == 1 + good
        for one in got:
            assert b"with ESMTPS id" in one.octets
