"""`POST /hooks/NAME`: a ticketing system says that it has news, and its feed is read at once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

from attrs import field, frozen
from klein import Klein
from twisted.logger import Logger
from twisted.python.failure import Failure

from mailtickets.helpdesk.answering import send_json
from mailtickets.helpdesk.asked import Request
from mailtickets.helpdesk.problems import Problem, problem_of, send
from mailtickets.tickets.hooks import Call, Verify

REMEMBERED = 10_000
"""Calls whose ids are remembered: a repeat of one is answered, and does nothing."""


@frozen
class Hook:
    """One desk's hook. `nudge` must return at once."""

    verify: Verify
    nudge: Callable[[], None]
    seen: OrderedDict[str, None] = field(factory=OrderedDict, eq=False, repr=False)

    def called(self, call: Call) -> bool:
        """Whether the call is right; if it is and did not come before, nudge."""
        told = self.verify(call)
        if told is None:
            return False
        if not told or told not in self.seen:
            self.nudge()
        if told:
            self.seen[told] = None
            while len(self.seen) > REMEMBERED:
                self.seen.popitem(last=False)
        return True


class Hooks:
    """Takes the calls. `now` gives seconds since 1970."""

    app = Klein()

    def __init__(self, hooks: Mapping[str, Hook], now: Callable[[], float]) -> None:
        self._hooks = hooks
        self._now = now
        self._log = Logger(namespace="mailtickets.helpdesk")

    @app.route("/hooks/<name>", methods=["POST"])
    def call(self, request: Request, name: str) -> bytes:
        """Answer at once, in JSON: some systems ask again, or give up, when one does not."""
        hook = self._hooks.get(name)
        call = Call(_headers(request.requestHeaders), request.content.read(), self._now())
        # The same answer for a hook that is not there: names are nobody's business.
        if hook is None or not hook.called(call):
            raise Problem(401, "hook", "There is no such hook, or the call is not signed for it")
        return send_json(request, {})

    @app.handle_errors(Exception)
    def failed(self, request: Any, failure: Failure) -> bytes:
        """Tell what went wrong as a problem document."""
        return send(request, problem_of(failure, self._log, "a hook"))


def _headers(headers: Any) -> Mapping[str, str]:
    return {
        name.decode("latin-1").lower(): values[0].decode("utf-8", "replace")
        for name, values in headers.getAllRawHeaders()
    }
