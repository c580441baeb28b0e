"""The wheel brings everything that the tree has."""

from __future__ import annotations

import subprocess
import zipfile
from pathlib import Path

import pytest

from tests.needs import TREE
from tests.packaging.conftest import Installed


def _tree() -> list[str]:
    """Every file under mailtickets/ that is anybody's business."""
    files = [path for path in (TREE / "mailtickets").rglob("*") if path.is_file()]
    return sorted(
        str(path.relative_to(TREE))
        for path in files
        if "__pycache__" not in path.parts and path.name != "dropin.cache"
    )


def test_every_file_of_the_package_is_in_the_wheel(wheel: Path) -> None:
    """Modules, templates, static files, migrations and the API's description: nothing is lost."""
    with zipfile.ZipFile(wheel) as packed:
        names = set(packed.namelist())
    assert [name for name in _tree() if name not in names] == []
    assert "twisted/plugins/mailtickets_plugin.py" in names


@pytest.mark.parametrize(
    "name",
    [
        "mailtickets/py.typed",
        "mailtickets/helpdesk/openapi.json",
        "mailtickets/db/migrations/env.py",
    ],
)
def test_what_is_no_module_is_in_the_wheel_too(wheel: Path, name: str) -> None:
    """The API's description ships with the package; so do the database's migrations."""
    with zipfile.ZipFile(wheel) as packed:
        assert name in packed.namelist()


def test_the_wheel_does_not_pretend_to_be_twisted(wheel: Path) -> None:
    """Under twisted/ there is our one plugin file: installing must not touch Twisted's own."""
    with zipfile.ZipFile(wheel) as packed:
        theirs = [name for name in packed.namelist() if name.startswith("twisted/")]
    assert theirs == ["twisted/plugins/mailtickets_plugin.py"]


def test_twistd_lists_mailtickets(installed: Installed) -> None:
    """After `pip install` of the wheel in a fresh venv, `twistd --help` knows the subcommand."""
    told = subprocess.run(
        [installed.program("twistd"), "--help"], capture_output=True, text=True, check=True
    )
    assert "mailtickets" in told.stdout


def test_the_installed_package_is_the_one_that_runs(installed: Installed) -> None:
    """The venv imports mailtickets from its own site-packages, not from the tree."""
    told = subprocess.run(
        [installed.program("python"), "-c", "import mailtickets; print(mailtickets.__file__)"],
        cwd="/",
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(told.stdout.strip()).is_relative_to(installed.place)


def test_the_console_command_is_installed(installed: Installed) -> None:
    """`mailtickets --help` works with nothing but what the wheel requires."""
    told = subprocess.run(
        [installed.program("mailtickets"), "--help"],
        cwd="/",
        capture_output=True,
        text=True,
        check=True,
    )
    assert "queue" in told.stdout
