"""`make desks`: every ticketing system that the tests know, on free ports, until Ctrl-C."""

# ruff: noqa: T201 - it says where they are

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import Any

from tests.desks.systems import HERE, fresh, seeded, served


def _token(told: Mapping[str, Any]) -> Mapping[str, str]:
    return {"Authorization": f"token {told['token']}"}


def _nothing(told: Mapping[str, Any]) -> Mapping[str, str]:
    return {}


SYSTEMS: Mapping[str, tuple[str, Callable[[Mapping[str, Any]], Mapping[str, str]]]] = {
    "rt": ("/REST/2.0/rt", _token),
    "redmine": ("/login", _nothing),
    "roundup": ("/trk/rest", _nothing),
    "djangohelpdesk": ("/helpdesk/api/", _nothing),
    "znuny": ("/otrs/index.pl", _nothing),
}
"""By script: a path that answers once the system is up, and the headers it wants."""


def main() -> None:
    """Start them, say where they are, and wait."""
    with ExitStack() as running:
        for name, (probe, headers) in SYSTEMS.items():
            script = f"{name}.sh"
            if subprocess.run([HERE / script, "installed"], check=False).returncode:
                print(f"{name}: not here; as root: tests/desks/{script} install")
                continue
            told = seeded(script, fresh("support").lower())
            port = running.enter_context(
                served(script, probe, headers(told), *told.get("words", ()))
            )
            print(f"{name}: http://127.0.0.1:{port}  {told}", flush=True)
        print("Ctrl-C ends them.", flush=True)
        try:
            while True:
                time.sleep(60)
        except KeyboardInterrupt:
            print("Ending.")


if __name__ == "__main__":
    main()
