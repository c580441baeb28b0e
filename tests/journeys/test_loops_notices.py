"""A desk that refuses a letter for good: its writer is told, once, in their language."""

from __future__ import annotations

import email
import email.policy
import smtplib

from tests.journeys.peers import Desk, Sink
from tests.journeys.running import HERE, until
from tests.journeys.test_loops_between import BURST, counted, quiet

NEW = "new@a.example"
GERMAN = (
    b"From: Nic <%s>\r\nTo: new@a.example\r\nSubject: Anmeldung\r\nMessage-ID: <%d@ferrier>\r\n%s"
    b"\r\nGuten Tag, ich kann mich nicht anmelden. Bitte helfen Sie mir, vielen Dank.\r\n"
)
LARGE = (413, {}, {"title": "Content too large", "detail": "Ten kilobytes are enough"})


def hand_in(port: int, sender: str, number: int, head: bytes = b"", author: str = "") -> None:
    """One letter, by SMTP."""
    octets = GERMAN % ((author or sender or "nic@ferrier").encode(), number, head)
    with smtplib.SMTP(HERE, port, timeout=20) as client:
        client.sendmail(sender, [NEW], octets)


def test_who_hears_of_a_letter_that_failed(raise_up, tmp_path):
    """A person, with a report (RFC 3464) from nobody; no machine; and not for ever."""
    with Desk(*[LARGE] * 50) as desk, Sink() as sink:
        file = tmp_path / "a.toml"
        file.write_text(
            f"""hostname = "mx.a.example"
domain = "a.example"
relay = "{sink.url}"
[[desk]]
name = "theirs"
kind = "http"
url = "{desk.url}"
token = "secret"
[[queue]]
name = "support"
acknowledge = true
[automatic]
address_burst = {BURST}
address_hourly = 0.01
""",
            "utf-8",
        )
        running = raise_up("--config", str(file), domain=None).start()
        hand_in(running.port, "nic@ferrier", 1)
        (sent,) = sink.wait_for(1)
        machines = [
            ("", b"", "MAILER-DAEMON@ferrier"),
            ("ne-pas-repondre@ferrier", b"", ""),
            ("bot@ferrier", b"Auto-Submitted: auto-generated\r\n", ""),
            ("list@ferrier", b"Precedence: bulk\r\n", ""),
        ]
        for number, (sender, head, author) in enumerate(machines, 2):
            hand_in(running.port, sender, number, head, author)
        until(lambda: counted(running, "recipients_total", state="refused") == len(machines))
        for number in range(20, 20 + BURST + 2):
            hand_in(running.port, "nic@ferrier", number)
        until(lambda: counted(running, "automatic_total", fate="withheld") == 3)
        until(lambda: quiet(running))
        assert len(sink.letters()) == BURST
        running.stop()
    assert (sent.sender.strip("<>"), sent.recipients) == ("", ("nic@ferrier",))
    told = email.message_from_bytes(sent.octets, policy=email.policy.default)
    assert told.get_content_type() == "multipart/report"
    assert (told["Auto-Submitted"], told["In-Reply-To"]) == ("auto-replied", "<1@ferrier>")
    people, machine, head = told.iter_parts()
    assert "konnte nicht zugestellt werden" in people.get_content()
    assert "postmaster@a.example" in people.get_content()
    assert b"Action: failed" in bytes(machine)
    assert b"Subject: Anmeldung" in head.get_payload(decode=True)
    assert "secret" not in sent.octets.decode()
