"""Problem documents (RFC 9457): what went wrong with a request, and how to mend it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from twisted.logger import Logger
from twisted.python.failure import Failure
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from mailtickets.errors import Permanent, Temporary
from mailtickets.helpdesk.asked import Request

TYPE = "urn:mailtickets:"
_TITLES = {
    400: "The request cannot be understood",
    401: "The token is missing or wrong",
    403: "This may not be done",
    404: "There is no such thing here",
    405: "This cannot be done here",
    409: "This cannot be done now",
    412: "It has changed meanwhile",
    413: "The request is too large",
    415: "The request is not JSON",
    421: "This is not the host you asked for",
    422: "The desk does not accept this",
    500: "Something unforeseen went wrong here",
    503: "The desk is busy",
}


class Problem(Exception):
    """Ends a request with a problem document.

    `slug` names the type of problem, `detail` says what would do, `errors` name the culprits:
    {"pointer": JSON pointer (RFC 6901) into the body, "detail": sentence}.
    """

    def __init__(
        self,
        status: int,
        slug: str,
        detail: str = "",
        *,
        errors: Sequence[Mapping[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(f"{status} {slug}")
        self.status = status
        self.slug = slug
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = dict(headers or {})

    @property
    def title(self) -> str:
        """What a status means here."""
        return _TITLES.get(self.status, "The request failed")

    @property
    def document(self) -> dict[str, Any]:
        """The problem as JSON."""
        made: dict[str, Any] = {
            "type": TYPE + self.slug,
            "title": self.title,
            "status": self.status,
        }
        if self.detail:
            made["detail"] = self.detail
        if self.errors:
            made["errors"] = list(self.errors)
        return made


def problem_of(failure: Failure, log: Logger, where: str) -> Problem:
    """The problem that a failure is. Nobody's exception text gets into it; surprises are logged."""
    why = failure.value
    if isinstance(why, Problem):
        return why
    if isinstance(why, MethodNotAllowed):
        allowed = ", ".join(sorted(why.valid_methods or ()))
        return Problem(405, "method", f"Allowed: {allowed}", headers={"Allow": allowed})
    if isinstance(why, HTTPException) and why.code is not None:
        return Problem(why.code if why.code in _TITLES else 404, "path")
    if isinstance(why, (Temporary, Permanent)):
        seconds = getattr(why, "retry_after", None) or 5
        return Problem(503, "busy", why.text, headers={"Retry-After": str(round(seconds))})
    log.failure("answering {where}", failure, where=where)
    return Problem(500, "unforeseen", "It is in the log; please try again later")


def send(request: Request, problem: Problem) -> bytes:
    """Set the head of the answer; the document to be its body."""
    octets = json.dumps(problem.document, separators=(",", ":")).encode()
    request.setResponseCode(problem.status)
    request.setHeader(b"content-type", b"application/problem+json")
    request.setHeader(b"content-length", str(len(octets)).encode())
    for name, value in problem.headers.items():
        request.setHeader(name.encode(), value.encode())
    return octets
