"""Gateways that start in a fraction of the time: forked from a process that has done its imports.

Each is a process of its own with a reactor, a store and a death of its own. What a fork spares is
only the second that Python takes to read the modules.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import subprocess
from collections.abc import Callable, Mapping
from typing import Any

from tests.journeys import bed
from tests.journeys.running import Process, Running

_CONTEXT = multiprocessing.get_context("forkserver")


class Child:
    """A forked process, with the few methods of a Popen that `Process` uses.

    It runs `become`, one of `bed`'s, with `arguments` and the pipe that it writes to.
    """

    def __init__(self, become: Callable[..., None], *arguments: Any) -> None:
        _CONTEXT.set_forkserver_preload([bed.__name__])
        ours, theirs = _CONTEXT.Pipe(duplex=False)
        self._process = _CONTEXT.Process(target=become, args=(*arguments, theirs), daemon=True)
        self._process.start()
        theirs.close()
        self.stdout = os.fdopen(os.dup(ours.fileno()), encoding="utf-8", errors="replace")
        ours.close()

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, seconds: float) -> int:
        self._process.join(seconds)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired("twistd", seconds)
        return self._process.exitcode


class Forked(Process):
    """`twistd`, forked. Its command is the one that a shell would run."""

    def _spawn(self, *, cwd: Any, env: Mapping[str, str]) -> Any:
        return Child(bed.twistd, self.command, dict(env), str(cwd))

    def end(self) -> None:
        """Make sure that it has ended."""
        if self.ended is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
        self.wait()


class Quick(Running):
    """A gateway that starts quickly."""

    made_by = Forked
