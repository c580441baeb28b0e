"""`/unsubscribe/TOKEN`: a follower of a ticket asks for no more letters, with one click (RFC 8058).

Looking at the page does nothing: programs that look after mail follow every link in it. The token
is the proof; nobody signs in, and no cookie is read.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Awaitable
from hashlib import sha256
from typing import Any, Protocol

from klein import Klein
from twisted.logger import Logger
from twisted.python.failure import Failure

from mailtickets.helpdesk.asked import Request
from mailtickets.helpdesk.paper import Paper
from mailtickets.helpdesk.problems import Problem, problem_of
from mailtickets.mail.phrases import Phrases, phrases
from mailtickets.routing.leaving import PATH, Leave

STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:34em;margin:4em auto;padding:0 1em}"
    "button{font:inherit;padding:.5em 1em}"
)
_DIGEST = b64encode(sha256(STYLE.encode()).digest()).decode("ascii")
POLICY = (
    f"default-src 'none'; style-src 'sha256-{_DIGEST}'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)


class IDeparts(Protocol):
    """Who notes it; see `mailtickets.flow.departing.Departing`."""

    def read(self, token: str) -> Leave | None:
        """Who asks, about which ticket."""

    def depart(self, leave: Leave, *, gone: bool) -> Awaitable[None]:
        """Note it."""


class LeavingPage:
    """The page and its button. Without `departs` there is none."""

    app = Klein()

    def __init__(self, departs: IDeparts | None, paper: Paper) -> None:
        self._departs = departs
        self._paper = paper
        self._log = Logger(namespace="mailtickets.helpdesk")

    @app.route(f"/{PATH}/<string:token>", methods=["GET"])
    def ask(self, request: Request, token: str) -> bytes:
        """Ask whether they mean it."""
        leave, _ = self._leave(token)
        return self._page(request, leave, "")

    @app.route(f"/{PATH}/<string:token>", methods=["POST"])
    async def do(self, request: Request, token: str) -> bytes:
        """Note it. A mail program's one click has no answer that anybody reads."""
        leave, departs = self._leave(token)
        gone = request.args.get(b"again") is None
        await departs.depart(leave, gone=gone)
        return self._page(request, leave, "gone" if gone else "back")

    def _leave(self, token: str) -> tuple[Leave, IDeparts]:
        leave = None if self._departs is None else self._departs.read(token)
        if leave is None or self._departs is None:
            raise Problem(404, "no-such-page", "This address is not one of ours, or not whole")
        return leave, self._departs

    def _page(self, request: Request, leave: Leave, done: str) -> bytes:
        say = _spoken(request)
        sentence = {"": say.leave, "gone": say.left, "back": say.back}[done]
        body = self._paper.bare(
            request,
            "unsubscribe.html",
            say=say,
            style=STYLE,
            done=done,
            sentence=sentence.format(ticket=leave.ticket, address=leave.address),
        )
        request.setHeader(b"content-security-policy", POLICY.encode())
        return body

    @app.handle_errors(Exception)
    def failed(self, request: Any, failure: Failure) -> bytes:
        """Tell what went wrong on a page."""
        return self._paper.problem(request, problem_of(failure, self._log, "unsubscribing"))


def _spoken(request: Request) -> Phrases:
    """The sentences in the browser's first language, as far as we speak it."""
    told = (request.getHeader(b"accept-language") or b"").decode("ascii", "replace")
    return phrases(told.partition(",")[0].partition(";")[0].strip())
