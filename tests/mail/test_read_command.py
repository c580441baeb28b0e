"""`mailtickets read`, for people and for programs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from mailtickets.service.reading import read_command

LETTER = (
    "From: Nic <nic@ferrier>\nSubject: I can't login!\nReferences: <a@b>\n\n"
    "Help!\n\nOn 3 Jun 2024, at 10:00, Anna <a@b.example> wrote:\n> Hello\n"
)


def test_a_person_sees_each_span_named(tmp_path: Path) -> None:
    """The head, then each stretch of the text under what it is."""
    path = tmp_path / "letter.eml"
    path.write_text(LETTER)
    printed = CliRunner().invoke(read_command, [str(path)])
    assert printed.exit_code == 0
    assert "From:        Nic <nic@ferrier>" in printed.output
    assert "[new, 100% sure]\nHelp!" in printed.output
    assert "[quoted, 95% sure]\n> Hello" in printed.output


def test_a_program_gets_all_of_it() -> None:
    """`--json` gives all that was read, from standard input too."""
    printed = CliRunner().invoke(read_command, ["--json", "-"], input=LETTER)
    told = json.loads(printed.output)
    assert (told["reply"], told["nature"]) == ("Help!", "human")
    assert told["author"] == {"name": "Nic", "address": "nic@ferrier"}
    assert [span["part"] for span in told["spans"]] == ["new", "attribution", "quoted"]


def test_a_server_answers_line_by_line(tmp_path: Path) -> None:
    """One line of JSON for each line; a letter that is not there is an error and not the end."""
    path = tmp_path / "letter.eml"
    path.write_text(LETTER)
    asked = [json.dumps({"path": str(tmp_path / "none")}), json.dumps({"path": str(path)})]
    printed = CliRunner().invoke(read_command, ["--server"], input="\n".join(asked) + "\n")
    first, second = map(json.loads, printed.output.splitlines())
    assert "_error" in first
    assert second["subject"] == "I can't login!"
    assert second["references"] == ["<a@b>"]


def test_a_letter_that_is_not_there_is_said() -> None:
    """The file's name and why, and exit code 1."""
    printed = CliRunner().invoke(read_command, ["/nonexistent.eml"])
    assert printed.exit_code == 1
    assert "/nonexistent.eml" in printed.output


def test_reading_waits_for_no_database(tmp_path: Path) -> None:
    """The command needs neither the store nor a web server, and does not wait until they are in."""
    path = tmp_path / "letter.eml"
    path.write_text(LETTER)
    program = (
        "import sys; from mailtickets.service.cli import main\n"
        f"main(['read', {str(path)!r}], standalone_mode=False)\n"
        "print([one for one in ('sqlalchemy', 'treq', 'jinja2') if one in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert "Subject:     I can't login!" in done.stdout
    assert done.stdout.rstrip().endswith("[]")


def test_a_letter_commands_no_terminal() -> None:
    """What a terminal would obey is shown as what it is."""
    letter = "From: a@b\nSubject: =?utf-8?q?x=1B=5B2J?=\n\nhi\x1b]0;owned\x07 \x9b31m\r\nbye\n"
    printed = CliRunner().invoke(read_command, ["-"], input=letter.encode())
    assert printed.exit_code == 0
    assert not set(map(chr, [*range(9), *range(11, 32), *range(127, 160)])) & set(printed.output)
    assert "hi\\x1b]0;owned\\x07 \\x9b31m" in printed.output


@pytest.mark.parametrize("how", [[], ["--json"]])
@pytest.mark.parametrize(
    "letter",
    [
        b"Content-Type: text/plain; charset=utf-7\n\nhi +2AA- there",
        b"Date: 1 Jan 0001 00:00:00 +1400\n\nhi there",
        b"Date: 31 Dec 9999 23:59:59 -1200\n\nhi there",
    ],
)
def test_nothing_that_is_read_cannot_be_printed(letter: bytes, how: list[str]) -> None:
    """Half a character, and a moment before all calendars, are no reason to show nothing."""
    printed = CliRunner().invoke(read_command, [*how, "-"], input=letter)
    assert printed.exit_code == 0
    assert "there" in printed.output


def test_json_commands_no_terminal_either() -> None:
    """What JSON need not escape, and a terminal would obey, is escaped."""
    letter = "Subject: x\n\nhi \x9b31m \x7f there\n"
    printed = CliRunner().invoke(read_command, ["--json", "-"], input=letter.encode()).output
    assert not set(map(chr, range(127, 160))) & set(printed)
    assert json.loads(printed)["text"] == "hi \x9b31m \x7f there"


def test_a_terminal_of_few_characters_is_enough(tmp_path: Path) -> None:
    """What its charset has not is shown as a question mark."""
    path = tmp_path / "letter.eml"
    path.write_text("Subject: Grüße 日本\n\nHi\n", "utf-8")
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            f"from mailtickets.service.cli import main; main(['read', {str(path)!r}])",
        ],
        env={"PATH": "", "PYTHONIOENCODING": "latin-1"},
        capture_output=True,
        check=True,
    )
    assert "Grüße ??".encode("latin-1") in done.stdout


def test_a_program_gets_what_binds_letters_and_files_together() -> None:
    """Which letter is answered, to whom it was brought, and which picture stands in the HTML."""
    letter = (
        "From: a@b\nIn-Reply-To: <c@d>\nDelivered-To: e@f\n"
        "Content-Type: multipart/related; boundary=b\n\n"
        "--b\nContent-Type: text/html\n\n<img src='cid:p@x'>Hi\n"
        "--b\nContent-Type: image/png\nContent-ID: <p@x>\n\nxx\n--b--\n"
    )
    told = json.loads(CliRunner().invoke(read_command, ["--json", "-"], input=letter).output)
    assert told["in_reply_to"] == ["c@d"]
    assert told["delivered_to"] == [{"name": "", "address": "e@f"}]
    (picture,) = told["attachments"]
    assert (picture["content_id"], picture["inline"], picture["size"]) == ("p@x", True, 2)


def test_a_notice_tells_who_was_reached() -> None:
    """A success that was asked for names the recipient, for people and for programs."""
    letter = (
        "From: MAILER-DAEMON@x\nReturn-Path: <>\nSubject: Successful Mail Delivery Report\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
        "--b\n\nYour letter was delivered.\n"
        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\n"
        "Final-Recipient: rfc822; a@b.example\nAction: delivered\nStatus: 2.0.0\n\n--b--\n"
    )
    told = json.loads(CliRunner().invoke(read_command, ["--json", "-"], input=letter).output)
    assert [one["recipient"] for one in told["reached"]] == ["a@b.example"]
    assert told["failures"] == []
    shown = CliRunner().invoke(read_command, ["-"], input=letter).output
    assert "Reached:     a@b.example 2.0.0" in shown


@pytest.mark.parametrize(
    "line",
    ["[" * 60_000, "[" * 3_000_000, '{"path": ["a"]}', '{"path": "a\\u0000b"}', "\udcff", ""],
)
def test_no_line_ends_a_server(tmp_path: Path, line: str) -> None:
    """A line that asks for no letter has an error for an answer, however long it is."""
    path = tmp_path / "letter.eml"
    path.write_text(LETTER)
    asked = (
        line.encode("utf-8", "surrogateescape") + b"\n" + json.dumps({"path": str(path)}).encode()
    )
    printed = CliRunner().invoke(read_command, ["--server"], input=asked)
    first, second = map(json.loads, printed.output.splitlines())
    assert list(first) == ["_error"]
    assert second["subject"] == "I can't login!"
