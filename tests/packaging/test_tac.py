"""tac/mailtickets.tac: mailtickets and a second service in one process."""

from __future__ import annotations

import shlex
import sys
import urllib.request
from email.message import EmailMessage
from pathlib import Path

from tests.journeys.running import HERE, Running, until
from tests.needs import TREE
from tests.ports import free_port


class Beside(Running):
    """The example, with free ports."""

    page = 0

    @property
    def command(self) -> list[str]:
        """`twistd -ny tac/mailtickets.tac`."""
        self.page = self.page or free_port()
        given = super().command
        self.environment = {
            "MAILTICKETS": shlex.join(given[given.index("mailtickets") + 1 :]),
            "PAGE": f"tcp:{self.page}:interface={HERE}",
        }
        twistd = str(Path(sys.executable).with_name("twistd"))
        return [twistd, "--pidfile=", "-ny", str(TREE / "tac" / "mailtickets.tac")]


def test_two_services_in_one_process(tmp_path: Path) -> None:
    """The example .tac serves its own page, and takes a letter that becomes a ticket."""
    letter = EmailMessage()
    letter["Subject"] = "Two of you"
    letter.set_content("Are you both there?")
    with Beside(tmp_path / "state") as both:
        with urllib.request.urlopen(f"http://{HERE}:{both.page}/", timeout=10) as answer:
            assert answer.read() == b"I am the second service.\n"
        code, _ = both.send(letter, "nic@ferrier", "new@support-ticket.com")
        assert code == 250
        (ticket,) = until(both.tickets, what="a ticket")
        assert ticket["subject"] == "Two of you"
