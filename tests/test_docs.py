"""What the documentation says is true of the tree, as far as a test can tell."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from pytest_twisted import ensureDeferred
from twisted.internet.task import Clock
from twisted.python.reflect import namedAny

from mailtickets.errors import SettingsError
from mailtickets.interfaces import IAgent
from mailtickets.mail.envelope import Envelope, Item, Letter
from mailtickets.mail.mailbox import Mailbox
from mailtickets.mail.octets import InMemory
from mailtickets.outcomes import Delivered
from mailtickets.service.finding import kind_keys
from mailtickets.service.settings import from_options
from mailtickets.service.tap import Options
from mailtickets.steps import STEPS
from tests.needs import TREE

PAGES = [TREE / "README.md", *sorted((TREE / "docs").rglob("*.md"))]
README = (TREE / "README.md").read_text("utf-8")


def _blocks(text: str, language: str) -> list[str]:
    """The fenced blocks of a language, without the indentation of a list they may stand in."""
    found = re.findall(rf"^( *)```{language}\n(.*?)^ *```$", text, re.MULTILINE | re.DOTALL)
    return [re.sub(rf"^{indent}", "", block, flags=re.MULTILINE) for indent, block in found]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(TREE)))
def test_every_path_it_names_is_there(page: Path) -> None:
    """A path of the tree in backquotes leads somewhere."""
    named = re.findall(
        r"`((?:mailtickets|tests|docs|tac|twisted|bench)/[\w./-]*)`", page.read_text()
    )
    mine = {"mailtickets/plugins/shout.py"}  # the reader's own, in the README's example
    assert [path for path in named if path not in mine and not (TREE / path).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(TREE)))
def test_every_name_it_names_is_there(page: Path) -> None:
    """A dotted name of the package in backquotes can be imported."""
    for name in re.findall(r"`(mailtickets(?:\.\w+)+)`", page.read_text("utf-8")):
        assert namedAny(name) is not None


def test_every_make_target_it_names_is_there() -> None:
    """What the README and the pages say to type, make knows."""
    targets = set(re.findall(r"^([a-z]+):", (TREE / "Makefile").read_text("utf-8"), re.MULTILINE))
    for page in PAGES:
        commands = re.findall(r"(?:^ {4}|`)make ([a-z]+)", page.read_text("utf-8"), re.MULTILINE)
        assert set(commands) <= targets, page


def test_make_help_lists_every_target() -> None:
    """`make help` tells of each target that somebody may want."""
    told = subprocess.run(
        ["make", "help"], cwd=TREE, capture_output=True, text=True, check=True
    ).stdout
    for target in ("run", "test", "check", "docs", "fuzz", "bench", "soak", "score", "clean"):
        assert f"make {target} " in told


def test_every_option_is_documented() -> None:
    """Each long option of `twistd mailtickets` stands in docs/running.md, and no other does."""
    options = Options()
    known = {name.rstrip("=") for name in options.longOpt} - {"help", "version"}
    page = (TREE / "docs" / "running.md").read_text("utf-8")
    table = re.findall(r"^\| (.*?) \|", page, re.MULTILINE)
    told = set(re.findall(r"`--([a-z-]+)", " ".join(table)))
    assert told == known


def test_the_crash_table_has_every_step() -> None:
    """docs/crashes.md has a row for each durable step and no other, in their order."""
    page = (TREE / "docs" / "crashes.md").read_text("utf-8")
    rows = re.findall(r"^\| `([a-z]+\.[a-z-]+)` \|", page, re.MULTILINE)
    assert rows == list(STEPS)


def _settings() -> list[Any]:
    return [
        pytest.param(block, id=f"{page.name}-{number}")
        for page in PAGES
        for number, block in enumerate(_blocks(page.read_text("utf-8"), "toml"))
    ]


@pytest.mark.parametrize("block", _settings())
def test_every_settings_file_it_shows_is_one(block: str, tmp_path: Path) -> None:
    """Each TOML block is accepted as it stands, but for kinds of plugins that are not installed."""
    file = tmp_path / "settings.toml"
    file.write_text(block, "utf-8")

    def keys(sort: str, name: str, where: str) -> frozenset[str]:
        return frozenset({"at"}) if name == "shout" else kind_keys(sort, name, where)

    assert tomllib.loads(block)
    assert from_options({"config": str(file)}, keys).queues


def test_a_settings_file_with_another_key_is_refused(tmp_path: Path) -> None:
    """The test above would notice: a key that is not one is an error."""
    file = tmp_path / "settings.toml"
    file.write_text("nonsense = 1\n", "utf-8")
    with pytest.raises(SettingsError, match="nonsense"):
        from_options({"config": str(file)}, kind_keys)


@ensureDeferred
async def test_the_readmes_plugin_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The fifteen lines are a plugin: declared, found by its factory's name, and given a letter."""
    declaration, agent = _blocks(README, "python")
    assert len([line for line in agent.splitlines() if line.strip()]) <= 15
    (tmp_path / "shouting.py").write_text(agent, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    space: dict[str, Any] = {}
    exec(declaration, space)
    shouter = space["shout"].load()({"at": "everybody"}, None)
    monkeypatch.delitem(sys.modules, "shouting")
    assert IAgent.providedBy(shouter)

    to = Mailbox.parse("alarm@support-ticket.com")
    envelope = Envelope(Mailbox.parse("nic@ferrier"), (to,), Clock().seconds(), "id")
    letter = Letter(envelope, InMemory(b"Subject: Fire\r\n\r\nIt burns.\r\n"))
    outcomes: Mapping[Any, Any] = await shouter.deliver(Item(1, "k", letter, (to,), "shout", "l"))
    assert outcomes == {to: Delivered()}
    assert "HEY everybody: mail from nic@ferrier!" in capsys.readouterr().out


def test_the_pages_build(tmp_path: Path) -> None:
    """Sphinx makes HTML of them without a warning: every link inside leads somewhere."""
    built = subprocess.run(
        [
            sys.executable,
            "-m",
            "sphinx",
            "-q",
            "-W",
            "--keep-going",
            "-b",
            "html",
            "docs",
            tmp_path,
        ],
        cwd=TREE,
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stdout + built.stderr
    assert "The machine" in (tmp_path / "machine.html").read_text("utf-8")
