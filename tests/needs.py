"""What a test needs from the machine: a program, or a clear word about the one that is missing."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

# Where the program is not called as its Debian package is.
PACKAGES = {
    "chromedriver": "chromium-driver",
    "initdb": "postgresql",
    "node": "nodejs",
    "opendkim-testmsg": "opendkim-tools",
    "pg_ctl": "postgresql",
    "postgres": "postgresql",
    "psql": "postgresql-client",
    "setpriv": "util-linux",
    "smtp-sink": "postfix",
    "smtp-source": "postfix",
}
TREE = Path(__file__).resolve().parents[1]
PEERS = TREE / "tests" / "peers"
_BEYOND_THE_PATH = ("/usr/sbin", "/sbin", "/usr/local/sbin")  # where Debian keeps daemons


def missing(what: str, cure: str) -> NoReturn:
    """End the test for want of `what`: as a failure where CI is set, as a skip elsewhere."""
    sentence = f"{what} is not here; {cure}"
    if os.environ.get("CI"):
        pytest.fail(sentence, pytrace=False)
    pytest.skip(sentence)


def need(program: str) -> str:
    """The path of a program."""
    places = os.pathsep.join([os.environ.get("PATH", os.defpath), *_BEYOND_THE_PATH])
    found = shutil.which(program, path=places) or _of_postgresql(program)
    if found is None:
        package = PACKAGES.get(program, program)
        missing(program, f"on Debian: apt-get install --no-install-recommends {package}")
    return found


def need_peers() -> Path:
    """The directory from which node finds nodemailer, smtp-server and mailparser."""
    need("node")
    if not (PEERS / "node_modules" / "nodemailer").is_dir():
        missing("nodemailer", "in the tree: make tests/peers/node_modules/.installed")
    return PEERS


def _of_postgresql(program: str) -> str | None:
    """Debian keeps PostgreSQL's programs beside the path, by version: the newest."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"))
    return str(found[-1]) if found else None
