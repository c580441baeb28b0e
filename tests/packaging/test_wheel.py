"""The wheel brings everything that the tree has."""

from __future__ import annotations

import subprocess
import zipfile
from pathlib import Path

import pytest

from tests.packaging.conftest import Built, Installed, clean


@pytest.fixture(scope="session")
def names(built: Built) -> set[str]:
    """The files in the wheel."""
    with zipfile.ZipFile(built.wheel) as packed:
        return set(packed.namelist())


def test_every_file_of_the_package_is_in_the_wheel(built: Built, names: set[str]) -> None:
    """Modules, templates, static files, migrations and the API's description: nothing is lost."""
    mine = {name for name in built.files if name.startswith(("mailtickets/", "twisted/"))}
    assert mine
    assert mine - names == set()


@pytest.mark.parametrize(
    "name",
    [
        "mailtickets/py.typed",
        "mailtickets/helpdesk/openapi.json",
        "mailtickets/db/migrations/env.py",
    ],
)
def test_what_is_no_module_is_in_the_wheel_too(names: set[str], name: str) -> None:
    """The API's description ships with the package; so do the database's migrations."""
    assert name in names


def test_the_wheel_does_not_pretend_to_be_twisted(names: set[str]) -> None:
    """Under twisted/ there is our one plugin file: installing must not touch Twisted's own."""
    theirs = [name for name in names if name.startswith("twisted/")]
    assert theirs == ["twisted/plugins/mailtickets_plugin.py"]


def test_twistd_lists_mailtickets(installed: Installed) -> None:
    """After `pip install` of the wheel in a fresh venv, `twistd --help` knows the subcommand."""
    told = subprocess.run(
        [installed.program("twistd"), "--help"],
        capture_output=True,
        text=True,
        check=True,
        env=clean(),
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
        env=clean(),
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
        env=clean(),
    )
    assert "queue" in told.stdout
