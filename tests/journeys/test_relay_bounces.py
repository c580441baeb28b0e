"""What became of an answer: told to its ticket, shown on its page, remembered of its address."""

import re
import smtplib
import time
from email import message_from_bytes
from email.message import EmailMessage
from email.utils import make_msgid
from html import unescape

import pytest

from tests.journeys.peers import Sink
from tests.journeys.postfix import Postfix, to
from tests.journeys.running import DOMAIN, HERE, PATIENCE, until
from tests.journeys.storm import settled

NEW, TICKET = f"new@{DOMAIN}", f"SUPPORT-1@{DOMAIN}"


def letter(text="Hello", subject="I can't login!"):
    """A letter of nic's."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "Nic <nic@ferrier>", NEW, subject
    made["Message-ID"] = make_msgid(domain="ferrier")
    made.set_content(text)
    return made


def opened(gateway):
    """Nic has opened SUPPORT-1."""
    assert gateway.send(letter(), "nic@ferrier", NEW)[0] == 250
    until(gateway.tickets, what="a ticket")


def notes(gateway):
    """The internal comments."""
    comments = gateway.ticket("SUPPORT-1")["comments"]
    return [one["text"] for one in comments if one["visibility"] == "internal"]


def deliveries(gateway):
    """What became of each public comment: (text, [(recipient, state)])."""
    return [
        (one["text"], [(each["recipient"], each["state"]) for each in one["deliveries"]])
        for one in gateway.ticket("SUPPORT-1")["comments"]
        if "deliveries" in one
    ]


def states(gateway):
    """How many letters ended how."""
    found = gateway.api("GET", "/admin/v1/audit")
    assert found["balanced"]
    return {state: number for state, number in found["states"].items() if number}


def suppressed(gateway):
    """The addresses that failed, and whether each is written to no more."""
    found = gateway.api("GET", "/admin/v1/suppression")["addresses"]
    return {one["address"]: one["suppressed"] for one in found}


def bounced(gateway, octets, recipient, sender=""):
    """A server hands something in that came back; the answer to RCPT, or to the dot."""
    with smtplib.SMTP(HERE, gateway.port, timeout=PATIENCE) as client:
        client.ehlo("mx.ferrier")
        client.mail(sender)
        code, _ = client.rcpt(recipient)
        return client.data(octets)[0] if code == 250 else code


def test_refused_at_once(raise_up):
    """A 550 to RCPT: one note, the page says failed and why, the address is written to no more."""
    with Sink("--fault", "RCPT:nic=550 5.1.1 No such user here*1") as hop:
        gateway = raise_up("--relay", hop.url).start()
        opened(gateway)
        gateway.say("SUPPORT-1", "First answer")
        until(lambda: notes(gateway), what="a note")
        (note,) = notes(gateway)
        assert note.startswith("The answer did not reach nic@ferrier: there is no such mailbox.")
        assert "No such user here" in note
        assert deliveries(gateway) == [("First answer", [("nic@ferrier", "failed")])]
        page = unescape(gateway.page("/tickets/SUPPORT-1"))
        assert re.search(
            r'class="status failed">failed<.*there is no such mailbox', page, re.DOTALL
        )
        told = gateway.mailtickets("suppression", "list")
        assert told.stdout.startswith("nic@ferrier  since 2")
        assert "No such user here" in told.stdout

        gateway.say("SUPPORT-1", "Second answer")
        until(lambda: len(notes(gateway)) == 2, what="a second note")
        assert "suppression lift nic@ferrier" in notes(gateway)[1]
        assert not hop.letters()
        assert gateway.mailtickets("suppression", "lift", "nic@ferrier").returncode == 0
        gateway.say("SUPPORT-1", "Third answer")
        assert hop.wait_for(1)[0].text == "Third answer"
        sent = [[("nic@ferrier", "sent")]]
        until(lambda: [one for _, one in deliveries(gateway)[2:]] == sent, what="sent")
        settled(gateway)
        assert [one for _, one in deliveries(gateway)[:2]] == [[("nic@ferrier", "failed")]] * 2
        kinds = [one["kind"] for one in gateway.api("GET", "/v1/events")["events"]]
        assert "delivery.changed" in kinds
        assert len(gateway.tickets()) == 1
        assert states(gateway) == {"opened": 1, "bounced": 2, "commented": 2, "relayed": 1}


def test_a_real_bounce(launch):
    """Postfix takes the answer, cannot deliver it, and its bounce finds ticket and address."""
    gateway = launch()
    routes = {DOMAIN: to(gateway.port)}
    known = {
        "relay_domains": "ferrier",
        "relay_recipient_maps": "inline:{ann@ferrier=x}",
        "smtpd_recipient_restrictions": "reject_unlisted_recipient",
    }
    with (
        Postfix("mx.ferrier", routes, **known) as theirs,
        Postfix("out.example", routes | {"ferrier": to(theirs.port)}) as ours,
    ):
        gateway.arguments += ["--relay", f"smtp://{ours.host}:{ours.port}"]
        gateway.start()
        opened(gateway)
        gateway.say("SUPPORT-1", "An answer")
        until(lambda: notes(gateway), what="a note")
        settled(gateway)
        (note,) = notes(gateway)
        assert note.startswith("The answer did not reach nic@ferrier: there is no such mailbox.")
        assert "User unknown in relay recipient table" in note
        assert deliveries(gateway) == [("An answer", [("nic@ferrier", "failed")])]
        assert suppressed(gateway) == {"nic@ferrier": True}
        listed = gateway.api("GET", "/admin/v1/queue")["items"]
        (back,) = [one for one in listed if "+return." in one["recipient"]]
        assert (back["state"], back["sender"]) == ("commented", "")
        assert len(gateway.tickets()) == 1
        assert states(gateway) == {"opened": 1, "relayed": 1, "commented": 1}


def test_a_receipt(launch, tmp_path):
    """With `receipts`, the recipient's server says that it has the answer: the desk is told."""
    gateway = launch()
    boxes = {
        "virtual_mailbox_domains": "ferrier",
        "virtual_mailbox_maps": "inline:{nic@ferrier=nic}",
        "virtual_uid_maps": "static:12345",
        "virtual_gid_maps": "static:12345",
        "virtual_minimum_uid": "100",
    }
    with Postfix("mx.ferrier", {DOMAIN: to(gateway.port)}, **boxes) as theirs:
        theirs.mailboxes()
        (tmp_path / "one.toml").write_text(
            f'[relay]\nurl = "smtp://{HERE}:{theirs.port}"\nreceipts = true\n'
        )
        gateway.arguments += ["--config", str(tmp_path / "one.toml")]
        gateway.start()
        opened(gateway)
        gateway.say("SUPPORT-1", "An answer")
        done = [("An answer", [("nic@ferrier", "delivered")])]
        until(lambda: deliveries(gateway) == done, what=f"{done}: {theirs.log[-2000:]}")
        settled(gateway)
        (note,) = notes(gateway)
        assert "The answer reached nic@ferrier's mail server" in note
        assert states(gateway) == {"opened": 1, "relayed": 1, "commented": 1}


REPORT = """From: MAILER-DAEMON@mx.ferrier
To: {to}
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

I could not deliver it.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.ferrier

Final-Recipient: rfc822; nic@ferrier
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {words}

--b
Content-Type: text/rfc822-headers

Message-ID: <{id}>
Subject: x

--b--
"""
UNFORMED = """From: Mail Delivery Subsystem <MAILER-DAEMON@mx.ferrier>
To: {to}
Subject: Returned mail: User unknown

   ----- The following addresses had permanent fatal errors -----
<nic@ferrier>
    (reason: 550 5.1.1 User unknown)

   ----- Original message follows -----
Message-ID: <{id}>
"""


def crlf(text, **values):
    """As it goes over the wire."""
    return text.format(**values).replace("\n", "\r\n").encode()


@pytest.fixture
def answered(raise_up):
    """A gateway that has answered nic, and the letter that nic's server has."""
    with Sink() as hop:
        gateway = raise_up("--relay", hop.url).start()
        opened(gateway)
        gateway.say("SUPPORT-1", "An answer")
        (sent,) = hop.wait_for(1)
        yield gateway, sent
        # Whatever came back: nothing is answered, nothing opens a ticket, nothing is lost.
        assert len(hop.letters()) == 1
        assert len(gateway.tickets()) == 1
        assert "due" not in states(gateway)


@pytest.mark.parametrize("form", [REPORT, UNFORMED])
@pytest.mark.parametrize("where", [NEW, TICKET])
def test_without_a_token(answered, form, where):
    """A bounce to a plain address is known by our Message-ID in what it returns."""
    gateway, sent = answered
    told = {"action": "failed", "status": "5.1.1", "words": "550 5.1.1 User unknown"}
    octets = crlf(form, to=where, id=sent.message["message-id"].strip("<>"), **told)
    assert bounced(gateway, octets, where) == 250
    until(lambda: notes(gateway), what="a note")
    assert "there is no such mailbox" in notes(gateway)[0]
    assert "User unknown" in notes(gateway)[0]
    assert deliveries(gateway) == [("An answer", [("nic@ferrier", "failed")])]
    assert suppressed(gateway) == {"nic@ferrier": True}


def test_a_delay_elsewhere(answered):
    """A server that says it is still trying is told so, and suppresses nobody."""
    gateway, sent = answered
    told = {"action": "delayed", "status": "4.4.1", "words": "no answer", "id": "x@y"}
    assert bounced(gateway, crlf(REPORT, to=sent.sender, **told), sent.sender) == 250
    until(lambda: notes(gateway), what="a note")
    assert "is still waiting: their server cannot be reached" in notes(gateway)[0]
    # It was handed on, and that is what the page goes on to say.
    assert deliveries(gateway) == [("An answer", [("nic@ferrier", "sent")])]
    assert suppressed(gateway) == {}


def test_soft_ones_count(answered):
    """A mailbox that is full is counted; five letters in a row and the address is left alone."""
    gateway, sent = answered
    told = {"action": "failed", "status": "5.2.2", "words": "552 5.2.2 Full"}
    for number in range(5):
        assert suppressed(gateway) == ({"nic@ferrier": False} if number else {})
        octets = crlf(REPORT, to=sent.sender, id=f"{number}@y", **told)
        assert bounced(gateway, octets, sent.sender) == 250
        until(lambda number=number: len(notes(gateway)) == number + 1, what="a note")
    assert suppressed(gateway) == {"nic@ferrier": True}


def test_somebody_elses_bounce(answered):
    """A bounce of no letter of ours is taken, discarded with its reason, and told to nobody."""
    gateway, _ = answered
    told = {"action": "failed", "status": "5.1.1", "words": "no", "id": "stranger@elsewhere"}
    for where in (NEW, f"postmaster@{DOMAIN}"):
        assert bounced(gateway, crlf(REPORT, to=where, **told), where) == 250
    until(lambda: states(gateway).get("discarded") == 2, what="discarded")
    listed = gateway.api("GET", "/admin/v1/queue?state=discarded")["items"]
    assert {one["reason"] for one in listed} == {"what came back is no letter of ours"}
    assert notes(gateway) == []
    assert suppressed(gateway) == {}


def test_forged_return_paths(answered):
    """A return path that we did not sign is nobody's mailbox, whichever part of it was changed."""
    gateway, sent = answered
    local, _, domain = sent.sender.partition("@")
    forged = [
        local.replace("SUPPORT-1", "SUPPORT-2"),
        local[:-1] + ("a" if local[-1] != "a" else "b"),
        re.sub(r"return\.\w", "return.g", local),
        local.rpartition(".")[0],
    ]
    for one in forged:
        assert bounced(gateway, b"Subject: x\r\n\r\nx\r\n", f"{one}@{domain}") == 550, one
    assert notes(gateway) == []


def test_a_vacation_notice_to_the_return_path(answered):
    """Who answers the envelope and not the letter is heard by the agents, and by nobody else."""
    gateway, sent = answered
    octets = crlf(
        "From: nic@ferrier\nTo: {to}\nSubject: Away\nAuto-Submitted: auto-replied\n\nI am away.\n",
        to=sent.sender,
    )
    assert bounced(gateway, octets, sent.sender.lower()) == 250
    until(lambda: notes(gateway), what="a note")
    assert notes(gateway) == ["I am away."]
    assert deliveries(gateway) == [("An answer", [("nic@ferrier", "sent")])]


def test_a_person_who_forwards_a_bounce(raise_up):
    """A bounce that a person sends on is a letter like any other: it opens a ticket."""
    gateway = raise_up().start()
    told = {"action": "failed", "status": "5.1.1", "words": "no", "id": "mine@ferrier"}
    forwarded = letter("Why did I get this?", "Fwd: Undelivered Mail Returned to Sender")
    forwarded.add_attachment(message_from_bytes(crlf(REPORT, to="nic@ferrier", **told)))
    assert gateway.send(forwarded, "nic@ferrier", NEW)[0] == 250
    until(gateway.tickets, what="a ticket")
    settled(gateway)
    assert states(gateway) == {"opened": 1}


def test_a_greylist_costs_seconds(raise_up):
    """A server that wants to see a letter twice has it within seconds, and the page said why."""
    with Sink("--greylist", "1.5") as hop:
        gateway = raise_up("--relay", hop.url).start()
        opened(gateway)
        began = time.monotonic()
        gateway.say("SUPPORT-1", "An answer")
        waits = [("An answer", [("nic@ferrier", "waiting")])]
        until(lambda: deliveries(gateway) == waits, what="waiting")
        assert hop.wait_for(1)[0].text == "An answer"
        assert time.monotonic() - began < 20
        went = [("An answer", [("nic@ferrier", "sent")])]
        until(lambda: deliveries(gateway) == went, what="sent")
        assert notes(gateway) == []
