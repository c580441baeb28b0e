"""A letter becomes a ticket, an answer becomes a reply: all of it seen through sockets."""

from __future__ import annotations

import http.client
import json
import re
import smtplib
import subprocess
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.journeys.peers import Sent, Sink
from tests.journeys.running import HERE, PATIENCE, Running, until, wire
from tests.needs import need

NEW = "new@support-ticket.com"
TICKET = "SUPPORT-1@support-ticket.com"
SUBJECT = "I can't login!"
TEXT = "Hi... errr... I think I've forgotten my password. Can you help?"


def letter(text: str = TEXT, subject: str = SUBJECT, to: str = NEW, **headers: str) -> EmailMessage:
    """A letter of nic's. Header names are given with `_` for `-`."""
    made = EmailMessage()
    made["From"] = "nic@ferrier"
    made["To"] = to
    made["Subject"] = subject
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
def relaying(launch: Callable[..., Running], sink: Sink) -> Running:
    """A gateway that sends answers to the smart host."""
    return launch("--relay", sink.url).start()


def opened(running: Running, **headers: str) -> dict[str, Any]:
    """Send nic's letter and wait for its ticket."""
    headers.setdefault("Message_ID", "<first@ferrier>")
    code, _ = running.send(letter(**headers), "nic@ferrier", NEW)
    assert code == 250
    (ticket,) = until(running.tickets, what="a ticket")
    return ticket


def comments(running: Running, count: int, key: str = "SUPPORT-1") -> list[dict[str, Any]]:
    """The comments of a ticket, once there are so many."""
    until(lambda: len(running.ticket(key)["comments"]) >= count, what=f"{count} comments")
    return running.ticket(key)["comments"]


def ids(field: str | None) -> list[str]:
    """The Message-IDs in a header field."""
    return re.findall(r"<([^<>]+)>", field or "")


def tally(running: Running) -> dict[str, float]:
    """How many recipients ended in each terminal state."""
    _, _, text = running.request("GET", "/metrics")
    pattern = r'^mailtickets_recipients_total\{state="(\w+)"\} (\S+)$'
    return {state: float(n) for state, n in re.findall(pattern, text.decode(), re.MULTILINE)}


def test_swaks_opens_the_ticket(running: Running) -> None:
    """The letter of the README, by Debian's swaks: 250 with an id, and SUPPORT-1 shows it."""
    swaks = subprocess.run(
        [
            need("swaks"),
            *("--server", f"{HERE}:{running.port}", "--from", "nic@ferrier", "--to", NEW),
            *("--header", f"Subject: {SUBJECT}", "--body", TEXT),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert swaks.returncode == 0, swaks.stdout
    assert re.search(r"<- +250 2\.0\.0 .*\b[0-9a-z]{18}\b", swaks.stdout), swaks.stdout

    (listed,) = until(running.tickets, what="a ticket")
    assert listed["key"] == "SUPPORT-1"
    ticket = running.ticket("SUPPORT-1")
    assert ticket["requester"]["address"] == "nic@ferrier"
    assert ticket["subject"] == SUBJECT
    assert ticket["status"] == "open"
    (comment,) = ticket["comments"]
    assert comment["text"].strip() == TEXT
    assert comment["visibility"] == "public"


def test_an_acknowledged_letter_survives_sigkill(running: Running) -> None:
    """250 means durable: killed at once after it, the gateway brings the ticket at its restart."""
    code, text = running.send(letter(), "nic@ferrier", NEW)
    running.kill()
    assert code == 250
    assert text.startswith("2.0.0 ")
    running.restart()
    (ticket,) = until(running.tickets, what="the ticket")
    assert ticket["subject"] == SUBJECT


def test_the_pages_show_it_and_take_an_answer(relaying: Running, sink: Sink) -> None:
    """The list names the ticket, its page has letter and form, and the form's answer is mailed."""
    opened(relaying)
    page = relaying.page("/")
    assert "SUPPORT-1" in page
    assert "I can&#39;t login!" in page or SUBJECT in page
    found = re.search(r'href="([^"]*SUPPORT-1[^"]*)"', page)
    assert found is not None
    path = found[1].removeprefix(relaying.url)
    page = relaying.page(path)
    assert "forgotten my password" in page
    assert "nic@ferrier" in page

    form = re.search(r"<form\b[^>]*>(?:(?!</form>).)*<textarea.*?</form>", page, re.DOTALL)
    assert form is not None, page
    action = re.search(r'action="([^"]*)"', form[0])
    inputs = re.findall(r"<input\b[^>]*>", form[0])
    fields = {
        name[1]: value[1] if (value := re.search(r'value="([^"]*)"', one)) else ""
        for one in inputs
        if (name := re.search(r'name="([^"]*)"', one))
        and ('type="hidden"' in one or ("radio" in one and "checked" in one))
    }
    area = re.search(r'<textarea\b[^>]*name="([^"]*)"', form[0])
    assert area is not None
    fields[area[1]] = "I have reset your password."
    status, _, octets = relaying.request(
        "POST",
        (action[1] if action else path).removeprefix(relaying.url),
        urlencode(fields).encode(),
        Content_Type="application/x-www-form-urlencoded",
    )
    assert status in {200, 302, 303}, octets
    (sent,) = sink.wait_for(1)
    assert sent.text == "I have reset your password."


def test_the_answer_comes_back_in_the_same_thread(relaying: Running, sink: Sink) -> None:
    """A public comment is one letter: from the ticket, to nic, in the thread of nic's letter."""
    opened(relaying)
    relaying.say("SUPPORT-1", "I have reset your password: grüße, 你好")
    (sent,) = sink.wait_for(1)
    message = sent.message
    assert sent.recipients == ("nic@ferrier",)
    assert message["From"].addresses[0].addr_spec == TICKET
    assert message["To"].addresses[0].addr_spec == "nic@ferrier"
    assert message["Subject"] == f"RE: {SUBJECT}"
    assert ids(message["In-Reply-To"]) == ["first@ferrier"]
    assert ids(message["References"]) == ["first@ferrier"]
    assert len(ids(message["Message-ID"])) == 1
    assert message["Date"].datetime is not None
    assert message["MIME-Version"] == "1.0"
    assert sent.text == "I have reset your password: grüße, 你好"


def test_a_subject_in_any_script_comes_back(relaying: Running, sink: Sink) -> None:
    """A subject that is no ASCII comes back right, and its author's name does in the API."""
    made = letter(subject="Mot de passe oublié 🔑 пароль", Message_ID="<utf8@ferrier>")
    made.replace_header("From", "Nicolás Ferrier <nic@ferrier.example>")
    relaying.send(made, "nic@ferrier.example", NEW)
    (ticket,) = until(relaying.tickets, what="a ticket")
    assert ticket["subject"] == "Mot de passe oublié 🔑 пароль"
    assert ticket["requester"] == {"name": "Nicolás Ferrier", "address": "nic@ferrier.example"}
    relaying.say("SUPPORT-1", "Voilà")
    (sent,) = sink.wait_for(1)
    assert sent.message["Subject"] == "RE: Mot de passe oublié 🔑 пароль"
    assert sent.octets.isascii()


def test_back_and_forth(relaying: Running, sink: Sink) -> None:
    """However often it goes: one RE:, In-Reply-To nic's latest, References from the root on."""
    opened(relaying)
    cited, mine = ["first@ferrier"], "first@ferrier"
    for turn in range(1, 4):
        relaying.say("SUPPORT-1", f"Answer {turn}")
        sent = sink.wait_for(turn)[-1]
        message = sent.message
        assert sent.text == f"Answer {turn}"
        assert message["Subject"] == f"RE: {SUBJECT}"
        assert ids(message["In-Reply-To"]) == [mine]
        assert ids(message["References"]) == cited
        answered = ids(message["Message-ID"])[0]
        mine = f"turn-{turn}@ferrier"
        cited = [*cited, answered, mine]
        reply = letter(
            f"Thanks {turn}",
            subject=f"Re: {message['Subject']}",
            to=TICKET,
            Message_ID=f"<{mine}>",
            In_Reply_To=f"<{answered}>",
            References=" ".join(f"<{one}>" for one in cited[:-1]),
        )
        assert relaying.send(reply, "nic@ferrier", TICKET)[0] == 250
        latest = comments(relaying, 1 + 2 * turn)[-1]
        assert latest["text"].strip() == f"Thanks {turn}"
        assert latest["author"]["address"] == "nic@ferrier"
    assert len(relaying.tickets()) == 1
    assert len(sink.letters()) == 3, "what came by mail is not mailed back"
    identifiers = [sent.message["Message-ID"] for sent in sink.letters()]
    assert len(set(identifiers)) == 3


def test_an_internal_note_is_never_mailed(relaying: Running, sink: Sink) -> None:
    """Of a note and the public comment after it, the comment alone is mailed."""
    opened(relaying)
    relaying.say("SUPPORT-1", "This customer again!", public=False)
    relaying.say("SUPPORT-1", "Dear customer")
    (sent,) = sink.wait_for(1)
    assert sent.text == "Dear customer"
    assert "again" not in sent.octets.decode()


def test_the_feed_by_long_poll(running: Running) -> None:
    """`GET /v1/events` with `wait` answers when something happens, and goes on from its cursor."""
    opened(running)
    first = running.api("GET", "/v1/events")
    assert [event["kind"] for event in first["events"]][:1] == ["ticket.opened"]
    waiting = http.client.HTTPConnection(HERE, running.web_port, timeout=PATIENCE)
    waiting.request(
        "GET",
        f"/v1/events?after={first['cursor']}&wait=20",
        headers={"Authorization": f"Bearer {running.token}"},
    )
    said = running.say("SUPPORT-1", "Have you tried turning it off and on again?")
    told = json.loads(waiting.getresponse().read())
    waiting.close()
    (event,) = told["events"]
    assert event["kind"] == "comment.added"
    assert event["ticket"] == "SUPPORT-1"
    assert event["visibility"] == "public"
    assert event["text"] == "Have you tried turning it off and on again?"
    assert event["comment_id"] == said["id"]
    assert told["cursor"] != first["cursor"]


def test_the_feed_by_server_sent_events(running: Running) -> None:
    """The same as a stream, which Last-Event-ID resumes."""
    opened(running)
    running.say("SUPPORT-1", "One")
    running.say("SUPPORT-1", "Two")

    def texts(count: int, **headers: str) -> list[tuple[str, str]]:
        """The id and text of so many events of the stream in which somebody says something."""
        stream = http.client.HTTPConnection(HERE, running.web_port, timeout=PATIENCE)
        sent = {"Authorization": f"Bearer {running.token}", "Accept": "text/event-stream"}
        stream.request("GET", "/v1/events", headers={**sent, **headers})
        answer = stream.getresponse()
        assert answer.getheader("Content-Type", "").startswith("text/event-stream")
        found: list[tuple[str, str]] = []
        cursor = ""
        while len(found) < count:
            line = answer.readline().decode().rstrip("\r\n")
            if line.startswith("id:"):
                cursor = line[3:].strip()
            if line.startswith("data:"):
                event = json.loads(line[5:])
                if event["kind"] != "delivery.changed":  # the gateway's own, whenever it comes
                    found.append((cursor, event["text"]))
        stream.close()
        return found

    heard = texts(3)
    assert [text.strip() for _, text in heard] == [TEXT, "One", "Two"]
    assert [text for _, text in texts(1, **{"Last-Event-ID": heard[1][0]})] == ["Two"]


def test_without_a_relay_an_answer_is_held_and_leaves_when_released(
    launch: Callable[..., Running], sink: Sink
) -> None:
    """`hold` is the default: shown as held, not released without a relay, sent once it may be."""
    running = launch()
    running.start()
    opened(running)
    running.say("SUPPORT-1", "I have reset your password.")

    def held() -> list[dict[str, Any]]:
        done = running.mailtickets("queue", "list", "--json")
        assert done.returncode == 0, done.stdout + done.stderr
        told = json.loads(done.stdout)
        items = told["items"] if isinstance(told, dict) else told
        return [one for one in items if one["state"] == "held"]

    (item,) = until(held, what="a held answer")
    assert item["recipient"] == "nic@ferrier"
    assert "--relay" in item["reason"]
    refused = running.mailtickets("queue", "release", str(item["id"]))
    assert refused.returncode != 0
    assert "relay" in refused.stdout + refused.stderr
    assert "Traceback" not in refused.stderr

    running.stop()
    running.arguments = ["--relay", sink.url]
    running.start()
    assert sink.letters() == []
    released = running.mailtickets("queue", "release", str(item["id"]))
    assert released.returncode == 0, released.stdout + released.stderr
    (sent,) = sink.wait_for(1)
    assert sent.text == "I have reset your password."


def test_a_relay_that_is_down_keeps_the_answer_waiting(
    launch: Callable[..., Running],
) -> None:
    """With the smart host away the answer waits; once it is back, it gets it, once."""
    sink = Sink()
    running = launch("--relay", sink.url).start()
    opened(running)
    running.say("SUPPORT-1", "Wait for it")
    until(lambda: "due" in running.log, what="the first attempt's failure in the log")
    with sink:
        (sent,) = sink.wait_for(1)
        assert sent.text == "Wait for it"
        until(lambda: tally(running).get("relayed") == 1, what="relayed")
        assert len(sink.letters()) == 1


def test_recipients_are_answered_one_by_one(running: Running) -> None:
    """Unknown mailboxes and tickets 550 5.1.1, foreign domains 550 5.7.1, postmaster accepted."""
    opened(running)
    with smtplib.SMTP(HERE, running.port, timeout=PATIENCE) as client:
        client.ehlo("vm")
        assert client.mail("nic@ferrier")[0] == 250
        for recipient, code, status in (
            ("nobody@support-ticket.com", 550, b"5.1.1"),
            ("SUPPORT-999@support-ticket.com", 550, b"5.1.1"),
            ("new@elsewhere.example", 550, b"5.7.1"),
            ("postmaster@support-ticket.com", 250, b""),
            ("support-1@SUPPORT-TICKET.com", 250, b""),
        ):
            answer = client.rcpt(recipient)
            assert answer[0] == code, (recipient, answer)
            assert answer[1].startswith(status), (recipient, answer)
        assert client.data(wire(letter("Both of you", Message_ID="<two@ferrier>")))[0] == 250
    assert comments(running, 2)[-1]["text"].strip() == "Both of you"
    assert len(running.tickets()) == 1  # one letter is in one ticket of a queue
    again = letter("For postmaster", Message_ID="<three@ferrier>")
    assert running.send(again, "nic@ferrier", "postmaster@support-ticket.com")[0] == 250
    until(lambda: len(running.tickets()) == 2, what="postmaster's ticket")


def test_the_same_letter_twice_is_one_ticket(running: Running) -> None:
    """A client that missed our 250 sends again: the same octets are one ticket, other ones two."""
    first = letter(Message_ID="<again@ferrier>")
    for _ in range(2):
        assert running.send(first, "nic@ferrier", NEW)[0] == 250
    other = letter("Something else", Message_ID="<other@ferrier>")
    assert running.send(other, "nic@ferrier", NEW)[0] == 250
    until(lambda: tally(running)["opened"] == 2, what="two tickets")
    texts = [running.ticket(one["key"])["comments"][0]["text"] for one in running.tickets()]
    assert sorted(text.strip() for text in texts) == sorted([TEXT, "Something else"])
    assert tally(running)["duplicate"] == 1
    assert tally(running)["opened"] == 2


def test_a_reply_to_new_that_cites_us_is_a_comment(relaying: Running, sink: Sink) -> None:
    """Some clients answer to the first address; the thread's Message-IDs bring it home."""
    opened(relaying)
    relaying.say("SUPPORT-1", "Answer")
    (sent,) = sink.wait_for(1)
    reply = letter("Me again", Message_ID="<more@ferrier>", In_Reply_To=sent.message["Message-ID"])
    assert relaying.send(reply, "nic@ferrier", NEW)[0] == 250
    assert comments(relaying, 3)[-1]["text"].strip() == "Me again"
    assert len(relaying.tickets()) == 1


def test_an_event_is_never_two_letters(relaying: Running, sink: Sink) -> None:
    """The cursor is kept: a restart brings no letter twice, and a later comment still once."""
    opened(relaying)
    relaying.say("SUPPORT-1", "Before")
    sink.wait_for(1)
    relaying.restart()
    relaying.say("SUPPORT-1", "After")
    letters: list[Sent] = sink.wait_for(2)
    assert [sent.text for sent in letters] == ["Before", "After"]


def test_the_database_is_in_the_state_directory(running: Running) -> None:
    """All that is kept is in the state directory, and nobody else may read it."""
    opened(running)
    databases: list[Path] = list(running.state.glob("*.db"))
    assert databases
    assert running.state.stat().st_mode & 0o077 == 0
