"""The whole way with a real ticketing system behind it: a letter, a ticket, an answer, a reply."""

from __future__ import annotations

import smtplib
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote

import pytest
from attrs import frozen

from tests.desks.systems import Systems, asked, redmine_project, rt_queue
from tests.journeys.peers import Sink
from tests.journeys.running import DOMAIN, HERE, Running, until, wire

SUBJECT, TEXT = "I can't login!", "Hi... I've forgotten my password."
ANSWER, THANKS = "I have reset your password.", "Thank you, it works."
QUEUE = f"""
domain = "{DOMAIN}"

[[queue]]
name = "support"
prefix = "SUPPORT"
desk = "real"
"""


@frozen
class System:
    """A system that runs, as its agents see it. `texts` are those of a ticket, in order."""

    settings: str
    tickets: Callable[[], list[str]]
    texts: Callable[[str], list[str]]
    say: Callable[[str, str, bool], None]


def redmine(systems: Systems) -> System:
    """Redmine, with a project of its own for each test."""
    told = systems.use("redmine")
    project, url = redmine_project(told), told["url"]

    def rest(method: str, path: str, body: Any = None) -> Any:
        return asked(method, f"{url}/{path}", {"X-Redmine-API-Key": told["agent"]}, body)

    def tickets() -> list[str]:
        found = rest("GET", f"issues.json?project_id={project}&status_id=*")
        return [str(one["id"]) for one in found["issues"]]

    def texts(ticket: str) -> list[str]:
        issue = rest("GET", f"issues/{ticket}.json?include=journals")["issue"]
        return [issue["description"], *(j["notes"] for j in issue["journals"] if j["notes"])]

    def say(ticket: str, text: str, public: bool) -> None:
        note = {"notes": text, "private_notes": not public}
        rest("PUT", f"issues/{ticket}.json", {"issue": note})

    fields = told["fields"]
    settings = f"""
[[desk]]
name = "real"
kind = "redmine"
url = "{url}"
token = "{told["token"]}"
project = "{project}"
key_field = {fields["MailTicketsKey"]}
requester_field = {fields["Requester"]}
entry_field = {fields["MailTicketsEntryKey"]}
every = 1
hook = "gitlab"
hook_secret = "correct horse"
"""
    return System(settings, tickets, texts, say)


def rt(systems: Systems) -> System:
    """Request Tracker, with a queue of its own for each test."""
    told = systems.use("rt")
    queue, url = rt_queue(told), told["url"]

    def rest(method: str, path: str, body: Any = None) -> Any:
        return asked(method, f"{url}/REST/2.0/{path}", _bearing(told["agent"]), body)

    def tickets() -> list[str]:
        query = quote(f"Queue='{queue}'")
        return [str(one["id"]) for one in rest("GET", f"tickets?query={query}")["items"]]

    def texts(ticket: str) -> list[str]:
        types = " OR ".join(f"Type='{one}'" for one in ("Create", "Correspond", "Comment"))
        query = quote(f"ObjectType='RT::Ticket' AND ObjectId={ticket} AND ({types})")
        found = rest("GET", f"transactions?query={query}&orderby=id&fields=Type")["items"]
        said = []
        for one in found:
            path = f"transaction/{one['id']}/attachments?fields=ContentType,Content"
            parts = rest("GET", path)["items"]
            said += [part["Content"] for part in parts if part["ContentType"] == "text/plain"]
        return said

    def say(ticket: str, text: str, public: bool) -> None:
        verb = "correspond" if public else "comment"
        rest("POST", f"ticket/{ticket}/{verb}", {"Content": text, "ContentType": "text/plain"})

    settings = f"""
[[desk]]
name = "real"
kind = "rt"
url = "{url}"
token = "{told["token"]}"
queue = "{queue}"
every = 1
"""
    return System(settings, tickets, texts, say)


def _bearing(token: str) -> Mapping[str, str]:
    return {"Authorization": f"token {token}"}


@pytest.mark.parametrize("begin", [redmine, rt])
def test_a_conversation_through_a_real_system(
    begin: Any, systems: Systems, launch: Callable[..., Running], tmp_path: Path
) -> None:
    """A letter is a ticket, an answer is mailed, a note is not, a reply is a comment: once each."""
    system: System = begin(systems)
    with Sink() as sink:
        config = tmp_path / "mailtickets.toml"
        config.write_text(QUEUE + system.settings)
        running = launch("--config", str(config), "--relay", sink.url).start()
        running.send(_letter(f"new@{DOMAIN}", SUBJECT, TEXT), "nic@ferrier", f"new@{DOMAIN}")
        (number,) = until(system.tickets, 60, "a ticket")
        assert [one.strip() for one in system.texts(number)] == [TEXT]

        system.say(number, "Third time this week.", False)
        system.say(number, ANSWER, True)
        (sent,) = sink.wait_for(1)
        assert sent.text.strip() == ANSWER
        address = f"SUPPORT-{number}@{DOMAIN}"
        assert address in sent.message["From"]
        assert sent.message["Subject"] == f"RE: {SUBJECT}"
        assert sent.message["In-Reply-To"] == "<first@ferrier>"

        reply = _letter(address, f"Re: {SUBJECT}", THANKS, sent.message["Message-ID"])
        running.send(reply, "nic@ferrier", address)
        until(lambda: THANKS in system.texts(number)[-1], 60, "the reply")
        assert len(system.texts(number)) == 4
        system.say(number, "You are welcome.", True)
        second = sink.wait_for(2)[1]
        assert second.text.strip() == "You are welcome."  # and nothing of our own came back
        assert system.tickets() == [number]
        assert _refused(running, "SUPPORT-99999999")


def test_a_system_nudges(systems: Systems, launch: Callable[..., Running], tmp_path: Path) -> None:
    """With a hook an answer is mailed at once, though its desk is looked at once an hour."""
    system = redmine(systems)
    with Sink() as sink:
        config = tmp_path / "mailtickets.toml"
        settings = system.settings.replace("every = 1", "every = 3600\npoll = 300")
        config.write_text(QUEUE + settings)
        running = launch("--config", str(config), "--relay", sink.url).start()
        running.send(_letter(f"new@{DOMAIN}", SUBJECT, TEXT), "nic@ferrier", f"new@{DOMAIN}")
        (number,) = until(system.tickets, 60, "a ticket")
        system.say(number, ANSWER, True)

        def nudged() -> bool:
            headers = {"X-Gitlab-Token": "correct horse"}
            assert asked("POST", f"{running.url}/hooks/real", headers, {}) == {}
            return bool(sink.letters())

        until(nudged, 60, "the answer")
        with pytest.raises(HTTPError):
            asked("POST", f"{running.url}/hooks/real", {"X-Gitlab-Token": "wrong horse"}, {})


def _letter(to: str, subject: str, text: str, answers: str = "") -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Nic <nic@ferrier>", to, subject
    message["Message-ID"] = f"<{'second' if answers else 'first'}@ferrier>"
    if answers:
        message["In-Reply-To"] = message["References"] = answers
    message.set_content(text)
    return wire(message)


def _refused(running: Running, local: str) -> bool:
    with smtplib.SMTP(HERE, running.port, timeout=60) as client:
        client.ehlo("vm")
        client.mail("nic@ferrier")
        code, _ = client.rcpt(f"{local}@{DOMAIN}")
    return code == 550
