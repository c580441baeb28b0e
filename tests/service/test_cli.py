"""The operator's commands, run as an operator runs them, where no gateway runs."""

import contextlib
import json
import os
import pty
import sqlite3
import subprocess
import sys

import pytest
import pytest_twisted

from mailtickets.db.database import Database
from mailtickets.db.opening import engines, parse, prepare
from mailtickets.store.spool import Spool
from mailtickets.testing.spool import envelope, submission

LETTER = b"From: nic@ferrier\r\nSubject: Hi\r\n\r\nHello\r\n"

COMMAND = [sys.executable, "-c", "from mailtickets.service.cli import main; main()"]


def run(state, *arguments, stdin=""):
    """The command's exit status, output and complaints."""
    done = subprocess.run(
        [*COMMAND, "--state", str(state), *arguments],
        capture_output=True,
        text=True,
        input=stdin,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def state(tmp_path):
    """An empty state directory."""
    (tmp_path / "state").mkdir()
    return tmp_path / "state"


def test_an_empty_store(state):
    """Without a gateway the store is opened: nothing is there, and that is in balance."""
    assert run(state, "queue", "list", "--json") == (0, "[]\n", "")
    assert run(state, "ticket", "list", "--json") == (0, "[]\n", "")
    code, out, _ = run(state, "audit", "--full")
    assert code == 0
    assert out.startswith("accepted 0 = terminal 0 + in flight 0\n")
    code, out, _ = run(state, "audit", "--json")
    assert json.loads(out)["balanced"] is True


async def _waiting(state):
    """Two letters in the store: one that is held, and one that was dropped."""
    from twisted.internet import reactor  # noqa: PLC0415 - pytest-twisted installs it first

    database = Database.open(f"sqlite:///{state}/mailtickets.db", reactor)
    spool = Spool(database, reactor, owner="me")
    await spool.put(envelope(), LETTER, [submission("held", hold="A person decides")])
    await spool.put(envelope(), LETTER, [submission("dropped")])
    await spool.drop(2, "by hand")
    await database.close()


@pytest_twisted.ensureDeferred
async def test_a_letter_is_taken_out_mended_and_put_back(state, tmp_path):
    """Export gives the octets and the envelope beside them; import takes what was edited."""
    await _waiting(state)
    code, out, err = run(state, "queue", "export", "1", str(tmp_path / "out"))
    assert (code, err) == (0, "")
    eml, beside = tmp_path / "out" / "1.eml", tmp_path / "out" / "1.json"
    assert out.split() == [str(eml), str(beside)]
    assert eml.read_bytes() == LETTER
    told = json.loads(beside.read_text("utf-8"))
    assert (told["state"], told["recipient"]) == ("held", "new@support-ticket.com")
    eml.write_bytes(LETTER.replace(b"Hello", b"Good day"))
    assert run(state, "queue", "import", "1", str(eml))[0] == 0
    assert run(state, "queue", "export", "1", str(tmp_path / "again"))[0] == 0
    assert (tmp_path / "again" / "1.eml").read_bytes() == eml.read_bytes()
    assert run(state, "audit")[0] == 0


@pytest_twisted.ensureDeferred
async def test_a_letter_that_is_at_its_end_is_not_replaced(state, tmp_path):
    """What happened has happened."""
    await _waiting(state)
    (tmp_path / "new.eml").write_bytes(LETTER)
    code, _, err = run(state, "queue", "import", "2", str(tmp_path / "new.eml"))
    assert code != 0
    assert "2" in err or "item" in err


def test_an_audit_that_does_not_balance(state):
    """Its status is 1, and it says what is wrong with which letter."""
    parsed = parse(f"sqlite:///{state}/mailtickets.db")
    prepare(parsed, engines(parsed)[0])
    with contextlib.closing(sqlite3.connect(state / "mailtickets.db")) as store, store:
        store.execute(
            "INSERT INTO letters (trace, recipients, owner, arrived) VALUES ('abc', 1, 'me', 0)"
        )
    code, out, _ = run(state, "audit")
    assert code == 1
    assert out.startswith("accepted 1 IS NOT terminal 0 + in flight 0\n")
    assert out.endswith("WRONG: letter abc: 1 recipients, 0 rows (missing)\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("queue", "show", "7"), "The spool has no item with this number"),
        (("queue", "drop", "7", "--reason", "x"), "The spool has no item with this number"),
        (("queue", "release", "7"), "The spool has no item with this number"),
        (("ticket", "show", "SUPPORT-7"), "There is no ticket with this key"),
        (("queue", "drop", "7"), "--reason"),
        (("queue", "drop", "7", "--reason", " "), "--reason"),
        (("queue", "list", "--state", "hold"), "hold is no state"),
        (("queue", "list", "--older", "soon"), "soon is no age"),
        (("ticket", "reply", "SUPPORT-1"), "there is nothing to say"),
    ],
)
def test_what_cannot_be_done_is_one_line(state, arguments, said):
    """A refusal says what is wrong, without a traceback, and the status is not zero."""
    code, _, err = run(state, *arguments)
    assert code != 0
    assert said in err
    assert "Traceback" not in err


def test_drop_asks_why_on_a_terminal(state):
    """Without --reason a person is asked, and what they say is what the ledger would keep."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, "--state", str(state), "queue", "drop", "7"],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    said = b""
    while b"Why?" not in said:
        said += os.read(ours, 1024)
    os.write(ours, b"it was spam\n")
    with contextlib.suppress(OSError):  # the terminal is gone with the process
        while octets := os.read(ours, 1024):
            said += octets
    assert process.wait(60) != 0
    assert b"The spool has no item with this number" in said
    os.close(ours)


def test_no_state(tmp_path):
    """A directory that is not there is named, and not made."""
    code, _, err = run(tmp_path / "none", "queue", "list")
    assert code == 1
    assert "there is no such directory" in err
    assert not (tmp_path / "none").exists()


def test_check(tmp_path):
    """A settings file is judged without starting anything."""
    file = tmp_path / "mt.toml"
    file.write_text('domain = "example.org"\n')
    code, out, _ = run(tmp_path, "check", str(file))
    assert (code, "is right: 1 queue(s), relay hold" in out) == (0, True)
    file.write_text('domian = "example.org"\n')
    code, _, err = run(tmp_path, "check", str(file))
    assert code == 1
    assert "line 1, domian: unknown key" in err
