"""Builds the wheels, ours and the stranger's, and installs both into a fresh venv, once."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest
from attrs import frozen

from tests.needs import TREE

OURS = ("LICENSE", "README.md", "mailtickets", "pyproject.toml", "setup.cfg", "twisted")


def clean() -> dict[str, str]:
    """The environment, but for a PYTHONPATH that would show the tree to what is installed."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}


def _run(*command: str | Path) -> None:
    done = subprocess.run(
        [str(word) for word in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        env=clean(),
        timeout=600,
    )
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout}"


@frozen
class Built:
    """A wheel, and the files of the tree that it was built from, by their path in the tree."""

    wheel: Path
    files: frozenset[str]


def _build(names: tuple[str, ...], tree: Path, place: Path) -> Built:
    """The wheel of a copy of a tree, since a build leaves things that the next one would pack."""
    copy = place / f"source-of-{tree.name}"
    copy.mkdir()
    for name in names:
        if (tree / name).is_dir():
            aside = shutil.ignore_patterns("__pycache__", "dropin.cache")
            shutil.copytree(tree / name, copy / name, ignore=aside)
        else:
            shutil.copy(tree / name, copy / name)
    files = frozenset(str(one.relative_to(copy)) for one in copy.rglob("*") if one.is_file())
    wheels = place / f"wheel-of-{tree.name}"
    _run(
        *(sys.executable, "-m", "build", "--wheel", "--no-isolation"),
        *("--outdir", wheels, copy),
    )
    (wheel,) = wheels.glob("*.whl")
    return Built(wheel, files)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Our wheel."""
    return _build(OURS, TREE, tmp_path_factory.mktemp("ours"))


@frozen
class Installed:
    """A venv that has nothing but our wheel, what it requires, and the stranger's wheel."""

    place: Path

    def program(self, name: str) -> str:
        """A console command of it."""
        return str(self.place / "bin" / name)


@pytest.fixture(scope="session")
def installed(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Both wheels, installed with their dependencies as anybody would install them."""
    stranger = TREE / "tests" / "stranger"
    names = ("mailtickets", "pyproject.toml", "setup.cfg", "stranger")
    theirs = _build(names, stranger, tmp_path_factory.mktemp("theirs")).wheel
    place = tmp_path_factory.mktemp("installed") / "venv"
    venv.create(place, with_pip=False)
    _run(
        *(sys.executable, "-m", "pip", "--python", place / "bin" / "python", "install"),
        *("--quiet", built.wheel, theirs),
    )
    return Installed(place)
