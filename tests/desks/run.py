"""`make desks`: every ticketing system that the tests know, on free ports, until Ctrl-C."""

# ruff: noqa: T201 - it says where they are

from __future__ import annotations

import signal
import subprocess
import time
from contextlib import ExitStack

from tests.desks.systems import HERE, SYSTEMS, fresh, seeded, served


def main() -> None:
    """Start them, say where they are, and wait until Ctrl-C, or until somebody ends us."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
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
        while True:
            time.sleep(60)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        print("They are ended.")
