"""Whose letter it really is: DKIM and DMARC, asked of a name server, decide who may write where."""

from __future__ import annotations

import smtplib
from collections.abc import Callable, Iterator
from email.utils import parseaddr
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from pytest_twisted import async_yield_fixture, ensureDeferred
from twisted.internet.threads import deferToThread

from mailtickets.testing.names import NameServer, text
from tests.auth.letters import ed25519_key, rsa_key, signed
from tests.journeys.peers import Sink
from tests.journeys.running import HERE, PATIENCE, Running, until
from tests.journeys.storm import settled

OUTSIDE = "127.0.0.3"  # a peer that is asked about; the host the tests run on is not
NIC = "nic@customer.test"
EVE = "eve@stranger.test"
REJECT = "v=DMARC1; p=reject"
ZONE: dict[str, list[Any]] = {
    "customer.test": [],
    "_dmarc.customer.test": [text(REJECT)],
    "s1._domainkey.customer.test": [text(rsa_key(2048)[1])],
    "stranger.test": [],
    "_dmarc.stranger.test": [text(REJECT)],
    "e1._domainkey.stranger.test": [text(ed25519_key()[1])],
}
SETTINGS = """
domain = "support.test"
hostname = "mx.support.test"
[auth]
resolver = ["{resolver}"]
dns_timeout = 10
timeout = 30
[[queue]]
name = "support"
domain = "support.test"
prefix = "SUPPORT"
[[queue]]
name = "billing"
domain = "billing.test"
prefix = "BILLING"
reply_address = "signed"
"""

by_nic = partial(signed, domain="customer.test", selector="s1")
by_eve = partial(signed, domain="stranger.test", selector="e1", ed25519=True)


@pytest.fixture
def sink() -> Iterator[Sink]:
    """The smart host."""
    with Sink() as one:
        yield one


@async_yield_fixture
async def gateway(raise_up: Callable[..., Running], sink: Sink, tmp_path: Path) -> Any:
    """A gateway that asks the zone: a queue with plain addresses, and one with signed ones."""
    from twisted.internet import reactor  # noqa: PLC0415

    names = NameServer(reactor, ZONE)
    file = tmp_path / "settings.toml"
    file.write_text(SETTINGS.format(resolver=names.server), "utf-8")
    running = raise_up("--relay", sink.url, "--config", str(file), domain=None)
    yield await deferToThread(running.start)
    await names.stop()


def letter(number: int, author: str, to: str, body: str) -> bytes:
    """A letter with nothing in it that names another: no References, no tag, no mark."""
    return (
        f"From: {author}\r\nTo: {to}\r\nSubject: The printer\r\nMessage-ID: <{number}@{author}>\r\n"
        f"Date: Mon, 01 Jun 2026 10:00:00 +0000\r\n\r\n{body}\r\n"
    ).encode()


def hand_in(gateway: Running, octets: bytes, sender: str, to: str) -> tuple[int, bytes]:
    """The answer to the dot, or to the RCPT that was refused."""
    with smtplib.SMTP(HERE, gateway.port, timeout=PATIENCE, source_address=(OUTSIDE, 0)) as client:
        client.ehlo("mail.customer.test")
        client.mail(sender)
        code, said = client.rcpt(to)
        return (code, said) if code != 250 else client.data(octets)


async def sent(gateway: Running, octets: bytes, sender: str, to: str) -> None:
    """Hand a letter in that is taken, while the name server goes on answering."""
    code, said = await deferToThread(hand_in, gateway, octets, sender, to)
    assert code == 250, said


async def comment(gateway: Running, ticket: str, number: int) -> dict[str, Any]:
    """A ticket's comment, waited for; the first is 1."""

    def there() -> Any:
        keys = [one["key"] for one in gateway.tickets()]
        return gateway.ticket(ticket)["comments"][number - 1 : number] if ticket in keys else None

    (found,) = await deferToThread(until, there, what=f"comment {number} of {ticket}")
    return dict(found)


@ensureDeferred
async def test_who_is_believed_at_a_plain_address(gateway: Running) -> None:
    """Nic's own domain vouches for him; without its word he is marked, and a stranger stays out."""
    new, plain = "new@support.test", "SUPPORT-1@support.test"
    await sent(gateway, by_nic(letter(1, NIC, new, "It burns")), NIC, new)
    first = await comment(gateway, "SUPPORT-1", 1)
    assert first["authentication"]["aligned"] is True

    await sent(gateway, by_nic(letter(2, NIC, plain, "It still burns")), NIC, plain)
    verified = await comment(gateway, "SUPPORT-1", 2)
    assert verified["text"].strip() == "It still burns"
    assert "unverified" not in verified
    assert verified["authentication"]["aligned"] is True
    assert verified["authentication"]["dmarc"]["by"] == "dkim"
    assert verified["authentication"]["dmarc"]["policy"] == "reject"

    await sent(gateway, letter(3, NIC, plain, "Send me the keys"), NIC, plain)
    unverified = await comment(gateway, "SUPPORT-1", 3)
    assert unverified["text"].strip() == "Send me the keys"
    assert unverified["unverified"] is True
    assert unverified["authentication"]["aligned"] is False
    assert unverified["authentication"]["dmarc"]["result"] == "fail"

    # Her own domain vouches for the stranger, and that makes her no participant.
    await sent(gateway, by_eve(letter(4, EVE, plain, "Me, too")), EVE, plain)
    hers = await comment(gateway, "SUPPORT-2", 1)
    assert hers["authentication"]["aligned"] is True
    second = await deferToThread(gateway.ticket, "SUPPORT-2")
    assert (second["linked"], second["requester"]["address"]) == ("SUPPORT-1", EVE)

    # Nor does her signature under his name make her him.
    await sent(gateway, by_eve(letter(5, NIC, plain, "Believe me")), EVE, plain)
    forged = await comment(gateway, "SUPPORT-1", 4)
    assert forged["text"].strip() == "Believe me"
    assert forged["unverified"] is True
    assert [one["result"] for one in forged["authentication"]["dkim"]] == ["pass"]
    assert forged["authentication"]["aligned"] is False

    await deferToThread(settled, gateway)
    page = await deferToThread(gateway.page, "/tickets/SUPPORT-1")
    assert "none_aligned_participant = append" in page
    assert "none_unaligned_participant = unverified" in page
    page = await deferToThread(gateway.page, "/tickets/SUPPORT-2")
    assert "none_aligned_stranger = link" in page


@ensureDeferred
async def test_who_is_believed_at_a_signed_address(gateway: Running, sink: Sink) -> None:
    """The address that was given to Nic, and his domain's word for him: nothing is missing.

    His domain's word alone opens no door where addresses are signed.
    """
    new = "new@billing.test"
    await sent(gateway, by_nic(letter(1, NIC, new, "The bill")), NIC, new)
    await comment(gateway, "BILLING-1", 1)
    await deferToThread(gateway.say, "BILLING-1", "It is paid.")
    (answer,) = await deferToThread(sink.wait_for, 1)
    his = parseaddr(answer.message["From"])[1]
    assert his.startswith("BILLING-1.")

    plain = "BILLING-1@billing.test"
    octets = by_nic(letter(2, NIC, plain, "Thanks"))
    code, said = await deferToThread(hand_in, gateway, octets, NIC, plain)
    assert (code, said.split()[0]) == (550, b"5.1.1")

    await sent(gateway, by_nic(letter(3, NIC, his, "Thank you")), NIC, his)
    thanks = await comment(gateway, "BILLING-1", 3)
    assert thanks["text"].strip() == "Thank you"
    assert not {"unverified", "newcomer"} & set(thanks)
    assert thanks["authentication"]["aligned"] is True
    ticket = await deferToThread(gateway.ticket, "BILLING-1")
    assert ticket["linked"] is None
    await deferToThread(settled, gateway)
    page = await deferToThread(gateway.page, "/tickets/BILLING-1")
    assert "valid_aligned_participant = append" in page

    # A stranger who got hold of it is let in, as its holder may; and shown as who she is.
    await sent(gateway, by_eve(letter(4, EVE, his, "Me, too")), EVE, his)
    hers = await comment(gateway, "BILLING-1", 4)
    assert hers["newcomer"] is True
    assert hers["authentication"]["aligned"] is True
    assert "unverified" not in hers
