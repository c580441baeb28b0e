"""What is missing is told: by `make test` with the command to type, by a test with its own name."""

from __future__ import annotations

import os
import subprocess

import pytest

from tests.needs import PEERS, TREE, need

NONE = "there-is-no-such-program"


def _as_nobody(*command: str) -> list[str]:
    """The command, without root's rights where there are any."""
    if os.geteuid() != 0:
        return list(command)
    return ["setpriv", "--reuid=65534", "--clear-groups", *command]


def test_make_test_names_what_it_may_not_install() -> None:
    """Without root's rights, the packages are named with the command, and nothing fails."""
    script = (PEERS / "debian.sh").read_text("utf-8")
    told = subprocess.run(
        _as_nobody("bash", "-s", "--", f"missing-package={NONE}", "coreutils=ls"),
        input=script,
        cwd="/",
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "apt-get install --no-install-recommends missing-package\n" in told
    assert "coreutils" not in told


def test_make_test_says_nothing_when_all_is_here() -> None:
    """With everything there, no word and no package list is fetched."""
    told = subprocess.run(
        ["bash", str(PEERS / "debian.sh"), "coreutils=ls", f"here={PEERS}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout + told.stderr == ""


def test_what_is_missing_fails_where_ci_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that cannot run is no success in CI."""
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match=f"{NONE} is not here; .*apt-get install"):
        need(NONE)


def test_what_is_missing_is_a_named_skip_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """A developer without the program sees which one it was."""
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match=NONE):
        need(NONE)


def test_ci_runs_what_the_readme_calls() -> None:
    """`.ci/run` is `make check` and `make test`, and stops at the first that fails."""
    lines = (TREE / ".ci" / "run").read_text("utf-8").splitlines()
    assert [line for line in lines if line.startswith("make")] == ["make check", "make test"]
    assert "set -euo pipefail" in lines
    assert os.access(TREE / ".ci" / "run", os.X_OK)
