"""Loops with real sockets: two gateways that answer each other, and a vacation program.

Between them stands a relay that is as bad as they come: it takes off everything that says a machine
wrote a letter, and sends it on in the name of its author.
"""

from __future__ import annotations

import re
import smtplib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from tests.journeys.running import HERE, Running, until
from tests.ports import free_port

BURST = 3
_TOLD = re.compile(
    r"^(?:auto-submitted|x-auto-response-suppress|x-mailtickets-loop|references|in-reply-to"
    r"|message-id|precedence|content-language|dkim-signature|received):",
    re.IGNORECASE,
)


def stripped(octets: bytes, number: int) -> bytes:
    """The letter without any field that tells what it is, under a Message-ID of its own."""
    head, _, body = octets.partition(b"\r\n\r\n")
    unfolded = re.sub(r"\r\n[ \t]+", " ", head.decode("utf-8", "replace"))
    kept = [one for one in unfolded.split("\r\n") if not _TOLD.match(one)]
    fields = "\r\n".join([*kept, f"Message-ID: <{number}@stripped.example>"])
    return fields.encode() + b"\r\n\r\nHow nice to hear from you.\r\n" + body[:0]


class Relay:
    """Takes letters, remembers them, and does with each what `then` says, in a thread."""

    def __init__(self, then: Callable[[Relay, str, bytes], None]) -> None:
        self.letters: list[tuple[str, str, bytes]] = []
        self.troubles: list[str] = []
        self.then = then
        self.port = free_port()

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        for to in envelope.rcpt_tos:
            sender = (envelope.mail_from or "").strip("<>")
            self.letters.append((sender, to, envelope.original_content))
            letter = (self, to, envelope.original_content)
            threading.Thread(target=self.then, args=letter, daemon=True).start()
        return "250 2.0.0 taken"

    @property
    def url(self) -> str:
        """For `relay`."""
        return f"smtp://{HERE}:{self.port}"

    def write(self, port: int, sender: str, to: str, octets: bytes) -> None:
        """Hand a letter to a gateway; a refusal is remembered."""
        try:
            with smtplib.SMTP(HERE, port, timeout=20) as client:
                client.sendmail(sender, [to], octets)
        except smtplib.SMTPException as why:
            self.troubles.append(str(why))

    def to(self, domain: str) -> list[bytes]:
        """The letters that it took for a domain."""
        return [octets for _, to, octets in self.letters if to.endswith(f"@{domain}")]


@contextmanager
def relaying(then: Callable[[Relay, str, bytes], None]) -> Iterator[Relay]:
    """A relay that listens."""
    made = Relay(then)
    controller = Controller(made, hostname=HERE, port=made.port, decode_data=False)
    controller.start()
    try:
        yield made
    finally:
        controller.stop()


def gateway(raise_up: Any, place: Path, domain: str, relay: str) -> Running:
    """A gateway that acknowledges, with few letters for each address and for each domain."""
    file = place / f"{domain}.toml"
    file.write_text(
        f"""hostname = "mx.{domain}"
domain = "{domain}"
relay = "{relay}"
[[queue]]
name = "support"
acknowledge = true
[automatic]
address_burst = {BURST}
address_hourly = 0.01
domain_burst = {BURST + 1}
domain_hourly = 0.01
""",
        "utf-8",
    )
    made: Running = raise_up("--config", str(file), domain=None)
    return made.start()


def author(octets: bytes) -> str:
    """The address in From."""
    message = message_from_bytes(octets, policy=policy.default)
    return str(message["From"].addresses[0].addr_spec)


def letter(sender: str, to: str) -> EmailMessage:
    """A first letter."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, "Hello there"
    message["Message-ID"] = f"<first@{sender.partition('@')[2]}>"
    message.set_content("Hello! Can you help me with this, please?")
    return message


def counted(running: Running, name: str, **labels: str) -> int:
    """A counter of /metrics, summed over the labels that are not named."""
    text = running.request("GET", "/metrics")[2].decode()
    found = 0.0
    for line in text.splitlines():
        series, _, value = line.rpartition(" ")
        wanted = all(f'{key}="{word}"' in series for key, word in labels.items())
        if series.startswith(f"mailtickets_{name}") and wanted:
            found += float(value)
    return int(found)


def quiet(running: Running) -> bool:
    """Whether nothing is in flight there: nothing more will come of what was sent."""
    return not counted(running, "recipients_in_flight")


def test_two_gateways_that_acknowledge_each_other(raise_up, tmp_path):
    """One acknowledgement goes out; the other gateway sees what it is, and that is the end."""
    ports: dict[str, int] = {}

    def passed_on(relay: Relay, to: str, octets: bytes) -> None:
        relay.write(ports[to.rpartition("@")[2]], "", to, octets)

    with relaying(passed_on) as between:
        a = gateway(raise_up, tmp_path, "a.example", between.url)
        b = gateway(raise_up, tmp_path, "b.example", between.url)
        ports.update({"a.example": a.port, "b.example": b.port})
        a.send(letter("new@b.example", "new@a.example"), "new@b.example", "new@a.example")
        until(lambda: counted(b, "recipients_total", state="discarded") == 1)
        until(lambda: quiet(a) and quiet(b))
    assert len(between.letters) == 1
    assert (len(a.tickets()), len(b.tickets())) == (1, 0)
    assert between.troubles == []


def test_two_gateways_and_a_relay_that_strips(raise_up, tmp_path):
    """With every sign taken off each believes the other a person; the written bound ends it."""
    ports: dict[str, int] = {}

    def passed_on(relay: Relay, to: str, octets: bytes) -> None:
        number, domain = len(relay.letters), to.rpartition("@")[2]
        relay.write(ports[domain], author(octets), to, stripped(octets, number))

    with relaying(passed_on) as between:
        a = gateway(raise_up, tmp_path, "a.example", between.url)
        b = gateway(raise_up, tmp_path, "b.example", between.url)
        ports.update({"a.example": a.port, "b.example": b.port})
        a.send(letter("new@b.example", "new@a.example"), "new@b.example", "new@a.example")
        until(lambda: counted(a, "automatic_total", fate="withheld") >= 1)
        until(lambda: quiet(a) and quiet(b))
    # Each ticket has an address of its own, so that it is the domain's bucket that ends it.
    assert len(between.to("b.example")) == BURST + 1
    assert len(between.to("a.example")) == BURST + 1
    assert (len(a.tickets()), len(b.tickets())) == (BURST + 2, BURST + 1)
    assert between.troubles == []


@pytest.mark.parametrize(("anew", "letters", "tickets"), [(False, 1, 1), (True, BURST, BURST + 1)])
def test_a_vacation_program_that_strips(raise_up, tmp_path, anew, letters, tickets):
    """It answers all that comes: to the ticket, which ends it, or anew, which the bucket ends."""
    port: list[int] = []

    def answered(relay: Relay, to: str, octets: bytes) -> None:
        back = "new@a.example" if anew else author(octets)
        relay.write(port[0], to, back, stripped(letter_octets(to, back), len(relay.letters)))

    with relaying(answered) as vacation:
        a = gateway(raise_up, tmp_path, "a.example", vacation.url)
        port.append(a.port)
        nic = "nic@vacation.example"
        a.send(letter(nic, "new@a.example"), nic, "new@a.example")
        done = "opened" if anew else "commented"
        until(lambda: counted(a, "recipients_total", state=done) == (tickets if anew else 1))
        until(lambda: quiet(a))
    assert len(vacation.letters) == letters
    assert len(a.tickets()) == tickets
    assert all(sender == "" for sender, _, _ in vacation.letters)
    assert vacation.troubles == []


def letter_octets(sender: str, to: str) -> bytes:
    """What a vacation program writes."""
    return letter(sender, to).as_bytes(policy=policy.SMTP)


def test_a_letter_of_ours_is_forwarded_back(raise_up, tmp_path):
    """A mailbox that forwards all its mail to us has its acknowledgement, and we have no ticket."""
    port: list[int] = []

    def forwarded(relay: Relay, to: str, octets: bytes) -> None:
        relay.write(port[0], "", "new@a.example", b"Received: from x by y; now\r\n" + octets)
        relay.write(port[0], "new@a.example", "new@a.example", octets)

    with relaying(forwarded) as mailbox:
        a = gateway(raise_up, tmp_path, "a.example", mailbox.url)
        port.append(a.port)
        nic = "nic@vacation.example"
        a.send(letter(nic, "new@a.example"), nic, "new@a.example")
        until(lambda: counted(a, "recipients_total", state="discarded") == 1)
        until(lambda: mailbox.troubles)
        until(lambda: quiet(a))
    assert len(mailbox.letters) == len(a.tickets()) == 1
    assert len(mailbox.troubles) == 1
    assert "5.7.1" in mailbox.troubles[0]
    listed = a.mailtickets("queue", "show", "3")
    assert "a letter of our own that came back" in listed.stdout, listed.stderr
