"""The operator's commands about sending."""

import json
import subprocess
import sys
import tomllib

from mailtickets.db.database import Database
from mailtickets.db.register import Register
from mailtickets.errors import Permanent
from mailtickets.mail.mailbox import Mailbox
from mailtickets.relay.dkim import keys_of
from mailtickets.relay.suppression import Suppressions

START = "from mailtickets.service.cli import main; main()"


def run(tmp_path, *arguments):
    """What a command prints, and its status, where no gateway runs."""
    done = subprocess.run(
        [sys.executable, "-c", START, "--state", str(tmp_path), *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


async def failed(tmp_path, address, trouble):
    """A letter to an address fails."""
    from twisted.internet import reactor  # noqa: PLC0415 - pytest-twisted installs it first

    database = Database.open(f"sqlite:///{tmp_path}/mailtickets.db", reactor)
    register = Register()
    register.use(database)
    await Suppressions(register, lambda: 1_790_000_000.0).failed(address, trouble, "key")
    await database.close()


async def test_the_list_is_looked_after(tmp_path):
    """What failed is listed and shown; what is lifted is gone; what is added is there."""
    assert run(tmp_path, "suppression", "list") == (0, "no address is suppressed\n")
    await failed(tmp_path, Mailbox("nic", "ferrier"), Permanent("1.1", "mx said: 550 Nobody"))
    await failed(tmp_path, Mailbox("ann", "ferrier"), Permanent("2.2", "full"))
    status, text = run(tmp_path, "suppression", "list")
    assert status == 0
    assert text == "nic@ferrier  since 2026-09-21  5.1.1 mx said: 550 Nobody\n"
    (listed,) = json.loads(run(tmp_path, "suppression", "list", "--json")[1])
    assert listed["address"] == "nic@ferrier"
    assert len(json.loads(run(tmp_path, "suppression", "list", "--all", "--json")[1])) == 2
    shown = json.loads(run(tmp_path, "suppression", "show", "ann@ferrier", "--json")[1])
    assert (shown["suppressed"], shown["soft"]) == (False, 1)
    assert "soft: 1" in run(tmp_path, "suppression", "show", "ann@ferrier")[1]
    assert run(tmp_path, "suppression", "lift", "NIC@ferrier")[0] == 0
    assert run(tmp_path, "suppression", "add", "bob@ferrier", "asked for it")[0] == 0
    (listed,) = json.loads(run(tmp_path, "suppression", "list", "--json")[1])
    assert (listed["address"], listed["words"]) == ("bob@ferrier", "asked for it")


def test_what_cannot_be_done(tmp_path):
    """An address that is none, or is not there, is one line and a status."""
    for arguments in (("lift", "nic@ferrier"), ("show", "nic@ferrier"), ("add", "none")):
        status, text = run(tmp_path, "suppression", *arguments)
        assert status == 1
        assert text.startswith("Error: ")
        assert text.count("\n") == 1


def test_keys_are_made(tmp_path):
    """The records are for the DNS, and the settings find the keys again; nothing is overwritten."""
    status, text = run(tmp_path, "dkim-key", "support-ticket.com")
    assert status == 0
    assert text.count("._domainkey.support-ticket.com. IN TXT") == 2
    settings = tomllib.loads(text[text.index("dkim = [") :].replace("\n", " "))
    assert len(keys_of(settings["dkim"])) == 2
    assert run(tmp_path, "dkim-key", "support-ticket.com")[0] == 1
    assert run(tmp_path, "dkim-key", "no domain")[0] == 1
