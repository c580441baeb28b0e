"""The operator's commands, each in a process that is forked once the imports are done."""

from __future__ import annotations

import multiprocessing
import os
import sys
import tempfile
from pathlib import Path

from tests.journeys import bed

_CONTEXT = multiprocessing.get_context("forkserver")
PATIENCE = 60.0


def run(*arguments: object, stdin: bytes = b"") -> tuple[int, str, str]:
    """The exit status of `mailtickets ARGUMENTS`, its output and its complaints."""
    _CONTEXT.set_forkserver_preload([bed.__name__, __name__])
    with tempfile.TemporaryDirectory(prefix="command-") as place:
        ways = [Path(place, name) for name in ("stdin", "stdout", "stderr")]
        ways[0].write_bytes(stdin)
        words = ["mailtickets", *map(str, arguments)]
        child = _CONTEXT.Process(target=_command, args=(words, list(map(str, ways))), daemon=True)
        child.start()
        child.join(PATIENCE)
        if child.exitcode is None:
            child.kill()
            child.join()
            raise AssertionError(f"not within {PATIENCE:.0f} s: {words}")
        out, err = (one.read_text("utf-8") for one in ways[1:])
        return child.exitcode, out, err


def _command(words: list[str], ways: list[str]) -> None:
    """Become the command, in the process that was forked for it."""
    for number, way in enumerate(ways):
        flags = os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT
        os.dup2(os.open(way, flags, 0o600), number)
    sys.stdin, sys.stdout, sys.stderr = (
        os.fdopen(number, mode, encoding="utf-8", closefd=False)
        for number, mode in ((0, "r"), (1, "w"), (2, "w"))
    )
    sys.argv = words
    from mailtickets.service.cli import main  # noqa: PLC0415 - after the fork

    main()
