"""Whose ticket, and who may: a queue with signed addresses, seen through sockets."""

from __future__ import annotations

import json
import re
import signal
import smtplib
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.peers import Sink
from tests.journeys.running import HERE, Running, until, wire
from tests.journeys.storm import settled
from tests.service.commands import run

NEW = "new@support-ticket.com"
CONFIG = """
[[queue]]
name = "support"
domain = "support-ticket.com"
prefix = "SUPPORT"
reply_address = "signed"
"""


def letter(author: str, to: str, text: str, subject: str = "Help", **headers: str) -> EmailMessage:
    """A letter. Header names are given with `_` for `-`."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = author, to, subject
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    return made


@pytest.fixture
def sink() -> Iterator[Sink]:
    """The smart host."""
    with Sink() as one:
        yield one


@pytest.fixture
def gateway(raise_up: Callable[..., Running], sink: Sink, tmp_path: Path) -> Running:
    """A gateway whose queue has signed addresses."""
    config = tmp_path / "mailtickets.toml"
    config.write_text(CONFIG, "utf-8")
    return raise_up("--relay", sink.url, "--config", str(config), domain=None).start()


def comments(gateway: Running, count: int) -> list[dict[str, Any]]:
    """The comments of the first ticket, when there are so many of them."""

    def enough() -> Any:
        found = gateway.ticket("SUPPORT-1")["comments"]
        return found if len(found) >= count else None

    found: list[dict[str, Any]] = until(enough, what=f"{count} comments")
    return found


def answer_to_rcpt(gateway: Running, address: str) -> tuple[int, str]:
    """What RCPT is answered."""
    with smtplib.SMTP(HERE, gateway.port, timeout=30) as client:
        client.ehlo("there")
        client.mail("eve@example.net")
        code, text = client.rcpt(address)
        return code, text.decode()


def command(gateway: Running, *arguments: str) -> str:
    """What a command of the operator's prints, while the gateway runs."""
    config = gateway.arguments[gateway.arguments.index("--config") + 1]
    _, out, err = run("--config", config, "--state", gateway.state, *arguments)
    assert "Traceback" not in err
    return out


def test_each_participant_has_an_address(gateway, sink, tmp_path):
    """Requester and Cc read the answer, each from an address of their own, and write back to it."""
    first = letter("Nic <nic@ferrier>", NEW, "Hi", Cc="Bob <bob@ferrier>", Message_ID="<1@ferrier>")
    gateway.send(first, "nic@ferrier", NEW)
    until(gateway.tickets, what="the ticket")
    people = gateway.ticket("SUPPORT-1")["participants"]
    assert people == [{"name": "Bob", "address": "bob@ferrier"}]
    gateway.say("SUPPORT-1", "a secret among us", public=False)
    gateway.say("SUPPORT-1", "I have reset it.")
    own = {one.recipients[0]: one for one in sink.wait_for(2)}
    assert set(own) == {"nic@ferrier", "bob@ferrier"}
    addresses = {who: parseaddr(sent.message["From"])[1] for who, sent in own.items()}
    assert len(set(addresses.values())) == 2
    for sent in own.values():
        assert b"secret among us" not in sent.octets
        local = parseaddr(sent.message["From"])[1].partition("@")[0]
        assert re.fullmatch(r"SUPPORT-1\.[a-z2-7]{20}", local)

    for author in ("nic@ferrier", "bob@ferrier"):
        reply = letter(author, addresses[author], f"Thanks, says {author}")
        assert gateway.send(reply, author, addresses[author])[0] == 250
    there = comments(gateway, 5)
    assert [one["text"].strip() for one in there[-2:]] == [
        "Thanks, says nic@ferrier",
        "Thanks, says bob@ferrier",
    ]
    assert all("unverified" not in one and "newcomer" not in one for one in there)

    # Somebody else with Nic's address is let in, and shown as who they are.
    gateway.send(
        letter("eve@example.net", addresses["nic@ferrier"], "Me too"),
        "eve@example.net",
        addresses["nic@ferrier"],
    )
    last = comments(gateway, 6)[-1]
    assert (last["unverified"], last["newcomer"]) == (True, True)
    settled(gateway)
    page = gateway.page("/tickets/SUPPORT-1")
    assert "not yet a participant" in page
    assert "Why this letter is here" in page
    assert "valid_unaligned_stranger = unverified" in page
    # No token of anybody's is in the log.
    assert "(token)@support-ticket.com" in gateway.log
    assert not any(
        one.partition("@")[0].partition(".")[2] in gateway.log for one in addresses.values()
    )

    # An agent takes Bob out again: his next letter is a stranger's, and he reads no more.
    gateway.api("PATCH", "/v1/tickets/SUPPORT-1", {"participants": []})
    gateway.say("SUPPORT-1", "Only for Nic.")
    sent = sink.wait_for(3)[2]
    assert sent.recipients == ("nic@ferrier",)
    gateway.send(letter("bob@ferrier", his := addresses["bob@ferrier"], "Bye"), "bob@ferrier", his)
    assert until(lambda: gateway.ticket("SUPPORT-1")["comments"][-1].get("newcomer"))

    # What the operator is told: of this letter as it came, and of one that is tried dry.
    items = json.loads(command(gateway, "queue", "list", "--all", "--json"))
    one = next(item for item in items if item["sender"] == "eve@example.net")
    shown = json.loads(command(gateway, "queue", "show", str(one["id"]), "--json"))
    assert shown["decision"]["cell"] == "valid_unaligned_stranger"
    file = tmp_path / "dry.eml"
    file.write_bytes(
        wire(letter("nic@ferrier", addresses["nic@ferrier"], "Dry", Message_ID="<d@f>"))
    )
    before = len(gateway.ticket("SUPPORT-1")["comments"])
    told = json.loads(command(gateway, "explain", str(file), "--json"))
    (recipient,) = told["recipients"]
    assert recipient["fate"] == "public comment on SUPPORT-1"
    assert recipient["sends"]["intent"]["text"].strip() == "Dry"
    assert recipient["decision"]["rules"][0]["fired"]
    assert len(gateway.ticket("SUPPORT-1")["comments"]) == before

    # A new key signs, and what the older one signed is good until it is let go.
    his = addresses["nic@ferrier"]
    done = "the address keys have been read again"
    for count, more, code in ((1, (), 250), (2, ("--keep", "0"), 550)):
        assert "send SIGHUP" in command(gateway, "address-key", "rotate", *more)
        gateway.process.signal(signal.SIGHUP)
        until(lambda count=count: gateway.log.count(done) == count, what=done)
        assert answer_to_rcpt(gateway, his)[0] == code
    gateway.say("SUPPORT-1", "With a new key.")
    renewed = parseaddr(sink.wait_for(4)[3].message["From"])[1]
    assert (renewed == his, answer_to_rcpt(gateway, renewed)[0]) == (False, 250)


def test_why_a_repeat_went_nowhere(gateway):
    """The operator is told of a row that ended when it was accepted, as of every other."""
    octets = wire(letter("Nic <nic@ferrier>", NEW, "Hi", Message_ID="<1@ferrier>"))
    for _ in range(2):
        assert gateway.send(octets, "nic@ferrier", NEW)[0] == 250
    items = json.loads(command(gateway, "queue", "list", "--all", "--json"))
    (repeat,) = [str(one["id"]) for one in items if one["state"] == "duplicate"]
    shown = json.loads(command(gateway, "queue", "show", repeat, "--json"))["decision"]
    assert (shown["author"], shown["action"]) == ("nic@ferrier", "duplicate")
    said = command(gateway, "queue", "show", repeat)
    assert "-> one letter, once: the same letter came before" in said
    assert "author: nic@ferrier" in said
    assert "one letter, once: the same letter came before" in gateway.page(f"/spool/{repeat}")


def test_nobody_learns_which_tickets_there_are(gateway):
    """A true number, an invented one, and wrong tokens for both are answered with one sentence."""
    gateway.send(letter("nic@ferrier", NEW, "Hi"), "nic@ferrier", NEW)
    until(gateway.tickets, what="the ticket")
    token = "a" * 20
    said = {
        answer_to_rcpt(gateway, f"{local}@support-ticket.com")
        for local in (
            "SUPPORT-1",
            "SUPPORT-9999",
            f"SUPPORT-1.{token}",
            f"SUPPORT-9999+{token}",
            "support-1-x",
            "nobody",
        )
    }
    assert len(said) == 1
    ((code, text),) = said
    assert (code, text.partition(" ")[0]) == (550, "5.1.1")


def test_nothing_written_inwards_becomes_a_header_outwards(gateway, sink):
    """Line ends in a subject, a name or a file's name begin no line of the letters we write.

    And a service's mail to a ticket's address is read by the agents alone: nothing of it leaves.
    """
    crlf = "=?utf-8?q?Hi=0D=0ABcc=3A_all=40example=2Eorg=0D=0A=0D=0ABody?="
    octets = (
        f"From: =?utf-8?q?Nic=0D=0ABcc=3A_x=40example=2Eorg?= <nic@ferrier>\r\nTo: {NEW}\r\n"
        f"Subject: {crlf}\r\nMessage-ID: <1@ferrier>\r\n\r\nHello\r\n"
    ).encode()
    gateway.send(octets, "nic@ferrier", NEW)
    until(gateway.tickets, what="the ticket")
    body = {
        "author": {"name": "Agnes\r\nBcc: y@example.org", "address": "agnes@support-ticket.com"},
        "text": "Look",
        "visibility": "public",
        "attachments": [
            {
                "name": 'a"\r\nBcc: z@example.org\r\n.txt',
                "type": "text/plain\r\nX: y",
                "octets": "SGk=",
            }
        ],
    }
    gateway.api("POST", "/v1/tickets/SUPPORT-1/comments", body)
    (sent,) = sink.wait_for(1)
    assert sent.recipients == ("nic@ferrier",)
    head = sent.octets.partition(b"\r\n\r\n")[0]
    assert not re.search(rb"(?im)^(bcc|x):", sent.octets)
    assert re.search(rb"(?im)^subject: RE: ", head)
    assert sent.message["Bcc"] is None

    ours = parseaddr(sent.message["From"])[1]
    code = letter("noreply@service.example", ours, "Your code is 123456")
    gateway.send(code, "noreply@service.example", ours)
    assert "123456" in comments(gateway, 3)[-1]["text"]
    gateway.say("SUPPORT-1", "Anything else?")
    assert all(b"123456" not in one.octets for one in sink.wait_for(2))
