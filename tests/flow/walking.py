"""Steps that a test can wait for."""

from __future__ import annotations

from twisted.internet.defer import Deferred


def reached(steps, step, times=1):
    """A Deferred that fires when `step` has been reached so many times from now."""
    fired = Deferred()
    left = [times]

    def count():
        left[0] -= 1
        if left[0] == 0:
            fired.callback(None)

    steps._at[step] = count
    return fired
