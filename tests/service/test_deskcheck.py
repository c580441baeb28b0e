"""`mailtickets desk check`, run as an operator runs it, against a desk on a socket."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.service.test_cli import run

CONFIG = """
[[queue]]
name = "support"
domain = "support-ticket.com"
desk = "acme"

[[desk]]
name = "acme"
kind = "http"
url = "{url}"
token = "sesame"

[[desk]]
name = "hook"
kind = "webhook"
url = "{url}"
secret = "correct horse battery"
"""


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    """Settings with a desk where nobody listens."""
    made = tmp_path / "mailtickets.toml"
    made.write_text(CONFIG.format(url="http://127.0.0.1:9"))
    return made


def test_a_desk_that_is_down_is_named_with_what_is_wrong(tmp_path: Path, settings: Path) -> None:
    """One line, and a status that a script can see; the others are checked all the same."""
    code, out, err = run(tmp_path / "state", "--config", str(settings), "desk", "check")
    assert code == 1
    lines = out.splitlines()
    assert lines[0] == "acme: http://127.0.0.1:9: The desk cannot be reached"
    assert lines[1] == "hook is well: it takes letters, and no more"
    assert "Traceback" not in err


def test_it_tells_json(tmp_path: Path, settings: Path) -> None:
    """Abilities and complaints of the desk that was asked about."""
    arguments = ("--config", str(settings), "desk", "check", "hook", "--json")
    code, out, _ = run(tmp_path / "state", *arguments)
    assert (code, json.loads(out)) == (0, {"hook": {"abilities": [], "complaints": []}})


def test_an_unknown_desk_is_named(tmp_path: Path, settings: Path) -> None:
    """With those that there are."""
    code, _, err = run(tmp_path / "state", "--config", str(settings), "desk", "check", "acne")
    assert code == 1
    assert "no [[desk]] has this name" in err
    assert "acme, hook" in err
