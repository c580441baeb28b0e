"""`mailtickets explain`, `replay` and `address-key`, as an operator runs them."""

import json

import pytest

from tests.service.commands import run

LETTER = (
    b"From: Nic <nic@ferrier>\r\nTo: new@support-ticket.com\r\nSubject: Help\r\n"
    b"Message-ID: <1@ferrier>\r\n\r\nI forgot my password\r\n"
)
QUEUE = """
domain = "support-ticket.com"
state = "{state}"
[[queue]]
name = "support"
"""


@pytest.fixture
def config(tmp_path):
    """A settings file for a gateway that never ran."""
    file = tmp_path / "a.toml"
    file.write_text(QUEUE.format(state=tmp_path / "state"), "utf-8")
    return file


def explained(config, *arguments, letter=LETTER):
    """What is told of a letter."""
    code, out, err = run("--config", config, "explain", "-", "--json", *arguments, stdin=letter)
    assert (code, err) == (0, "")
    return json.loads(out)


def test_a_letter_is_explained(config, tmp_path):
    """Each step is told, and what the desk would be sent; nothing is made, not even a store."""
    told = explained(config)
    assert told["letter"]["author"] == "Nic <nic@ferrier>"
    assert told["letter"]["sender"] == "nic@ferrier"
    assert told["authentication"] is None
    (one,) = told["recipients"]
    assert one["recipient"] == "new@support-ticket.com"
    assert one["fate"] == "opens a ticket in queue support for nic@ferrier"
    assert one["decision"]["rules"][-1] == {
        "name": "new ticket",
        "fired": True,
        "why": "no other rule found one",
        "ticket": "",
    }
    assert one["sends"]["intent"]["subject"] == "Help"
    assert one["sends"]["intent"]["text"].strip() == "I forgot my password"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.toml"]


def test_the_envelope_may_be_given(config):
    """Sender and recipients of the envelope outweigh the letter's; each has its answer."""
    told = explained(
        config, "--from", "<>", "--to", "SUPPORT-7@support-ticket.com", "--to", "x@y.example"
    )
    assert told["letter"]["sender"] == ""
    assert [one["rcpt"][:9] for one in told["recipients"]] == ["550 5.1.1", "550 5.7.1"]
    told = explained(config, "--from", "new@support-ticket.com")
    assert told["recipients"][0]["fate"].startswith("550 5.7.1 Mail from an address of this")


def test_an_envelope_beside_the_letter_is_its_own(config, tmp_path):
    """As `queue export` writes it: who brought it, and that they gave a password."""
    (tmp_path / "a.eml").write_bytes(LETTER)
    peer = {"address": "192.0.2.1", "helo": "mx.ferrier", "user": "nic@ferrier"}
    envelope = {"sender": "boss@ferrier", "peer": peer}
    beside = {"envelope": envelope, "recipient": "new@support-ticket.com"}
    (tmp_path / "a.json").write_text(json.dumps(beside), "utf-8")
    code, out, _ = run("--config", config, "explain", tmp_path / "a.eml", "--json")
    told = json.loads(out)
    assert (code, told["letter"]["sender"]) == (0, "boss@ferrier")
    assert told["authentication"] is None
    (one,) = told["recipients"]
    assert (one["recipient"], one["rcpt"]) == ("new@support-ticket.com", "250 2.1.5")


def test_a_person_reads_it(config):
    """As text it says the same, and no letter's text moves the terminal."""
    evil = LETTER.replace(b"Help", b"\x1b[2J=?utf-8?q?=1B[31m?=")
    code, out, _ = run("--config", config, "explain", "-", stdin=evil)
    assert code == 0
    assert "-> new ticket: no other rule found one" in out
    assert "fate: opens a ticket in queue support" in out
    assert "\x1b" not in out


def test_who_would_fare_otherwise(config, tmp_path):
    """Two settings over one folder: whose fate changes, from what to what, and how many."""
    letters = tmp_path / "letters"
    letters.mkdir()
    (letters / "1.eml").write_bytes(LETTER)
    (letters / "2.eml").write_bytes(LETTER.replace(b"new@", b"help@"))
    (letters / "2.json").write_text("[]", "utf-8")
    new = tmp_path / "b.toml"
    new.write_text(config.read_text("utf-8") + 'open = ["new", "help"]\n', "utf-8")
    code, out, _ = run("replay", "--old", config, "--new", new, letters, "--json")
    assert code == 1
    (changed,) = json.loads(out)
    assert (changed["letter"], changed["recipient"]) == ("2.eml", "help@support-ticket.com")
    assert changed["old"].startswith("550 5.1.1")
    assert changed["new"] == "opens a ticket in queue support for nic@ferrier"
    code, out, _ = run("replay", "--old", config, "--new", new, letters)
    assert out.endswith("1 of 2 letters change their fate\n")
    code, out, _ = run("replay", "--old", config, "--new", config, letters)
    assert (code, out) == (0, "0 of 2 letters change their fate\n")


def test_what_cannot_be_explained_is_one_line(config, tmp_path):
    """A missing letter, an address that is none, an empty folder: a sentence, no traceback."""
    for arguments, said in (
        (("--config", config, "explain", tmp_path / "none.eml"), "No such file"),
        (("--config", config, "explain", config, "--to", "nobody"), "Not a mailbox: nobody"),
        (("replay", "--old", config, "--new", config, tmp_path), "holds no letters"),
        (("replay", "--old", tmp_path / "x", "--new", config, tmp_path), "No such file"),
    ):
        code, _, err = run(*arguments)
        assert code == 1
        assert said in err
        assert "Traceback" not in err


def test_keys_are_changed(config, tmp_path):
    """A new key signs; the older ones stay believed, as many as one wants; the file is private."""
    state = tmp_path / "state"
    state.mkdir()
    code, out, _ = run("--config", config, "address-key", "list")
    assert (code, out[2:]) == (0, "  signs\n")
    first = out[:2]
    assert run("--config", config, "address-key", "rotate")[0] == 0
    lines = run("--config", config, "address-key", "list")[1].splitlines()
    assert lines[0].endswith("signs")
    assert lines[1] == f"{first}  is still believed"
    assert (state / "address.keys").stat().st_mode & 0o777 == 0o600
    assert run("--config", config, "address-key", "rotate", "--keep", "0")[0] == 0
    (only,) = run("--config", config, "address-key", "list")[1].splitlines()
    assert only.endswith("signs")
