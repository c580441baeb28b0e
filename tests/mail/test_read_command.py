"""`mailtickets read`, for people and for programs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

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
