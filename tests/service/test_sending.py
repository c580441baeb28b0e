"""The operator's commands about sending."""

import json
import tomllib

import click
from attrs import frozen
from click.testing import CliRunner

from mailtickets.errors import Permanent
from mailtickets.mail.mailbox import Mailbox
from mailtickets.relay.dkim import keys_of
from mailtickets.relay.suppression import FILE, Suppressions
from mailtickets.service.sending import dkim_key_command, suppression_command


@frozen
class Place:
    """Where a command works."""

    state: object

    def settings(self):
        """The settings, of which only the state directory matters."""
        return self


@click.group()
def main():
    """The command they belong to."""


main.add_command(suppression_command)
main.add_command(dkim_key_command)


def run(tmp_path, *arguments):
    """What a command prints, and its status."""
    done = CliRunner().invoke(main, arguments, obj=Place(tmp_path))
    return done.exit_code, done.output


def test_the_list_is_looked_after(tmp_path):
    """What failed is listed and shown; what is lifted is gone; what is added is there."""
    assert run(tmp_path, "suppression", "list") == (0, "no address is suppressed\n")
    suppressions = Suppressions(tmp_path / FILE, lambda: 1_790_000_000.0)
    suppressions.failed(Mailbox("nic", "ferrier"), Permanent("1.1", "mx said: 550 Nobody"))
    suppressions.failed(Mailbox("ann", "ferrier"), Permanent("2.2", "full"))
    status, text = run(tmp_path, "suppression", "list")
    assert status == 0
    assert text == "nic@ferrier  since 2026-09-21  5.1.1 mx said: 550 Nobody\n"
    (listed,) = json.loads(run(tmp_path, "suppression", "list", "--json")[1])
    assert listed["address"] == "nic@ferrier"
    shown = json.loads(run(tmp_path, "suppression", "show", "ann@ferrier", "--json")[1])
    assert (shown["suppressed"], shown["soft"]) == (False, 1)
    assert "soft: 1" in run(tmp_path, "suppression", "show", "ann@ferrier")[1]
    assert run(tmp_path, "suppression", "lift", "NIC@ferrier")[0] == 0
    assert suppressions.suppressed(Mailbox("nic", "ferrier")) is None
    assert run(tmp_path, "suppression", "add", "bob@ferrier", "asked for it")[0] == 0
    assert suppressions.suppressed(Mailbox("bob", "ferrier")).words == "asked for it"


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
