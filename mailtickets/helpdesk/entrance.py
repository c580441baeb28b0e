"""Who may come in: the token of the API, and hosts that a page may be asked for by."""

from __future__ import annotations

import re
from hmac import compare_digest

from mailtickets.helpdesk.asked import Request
from mailtickets.helpdesk.problems import Problem

_NAME = re.compile(rb"(\[[^\]]*\]|[^:]*)(?::\d*)?\Z")
_LOOPBACK = frozenset({b"localhost", b"127.0.0.1", b"[::1]"})


def authorised(request: Request, token: str) -> bool:
    """Whether the request bears the token (RFC 6750 section 2.1), compared in constant time."""
    scheme, _, given = (request.getHeader(b"authorization") or b"").partition(b" ")
    same = compare_digest(given.strip(), token.encode())
    return same and bool(token) and scheme.lower() == b"bearer"


def require_token(request: Request, token: str) -> None:
    """Raises Problem when the request does not bear the token."""
    if not authorised(request, token):
        raise Problem(
            401,
            "token",
            "Send Authorization: Bearer TOKEN; the embedded desk's token is in STATE/desk.token",
            headers={"WWW-Authenticate": 'Bearer realm="mailtickets"'},
        )


def local_host(request: Request) -> bool:
    """Whether the client asked for this machine by a name that only this machine has.

    A page of somewhere else whose name was made to resolve to us says its own name (DNS rebinding).
    """
    found = _NAME.match(request.getHeader(b"host") or b"")
    return found is not None and bytes(found[1]).lower() in _LOOPBACK


def same_origin(request: Request) -> bool:
    """Whether a form comes from a page of ours, as far as the browser says.

    Every browser of today says Origin with a POST; one that says neither it nor Sec-Fetch-Site is
    judged by the form's token alone.
    """
    host = request.getHeader(b"host") or b""
    came_from = request.getHeader(b"origin")
    if came_from is not None:
        return came_from.rpartition(b"//")[2].lower() == host.lower()
    return request.getHeader(b"sec-fetch-site") in {None, b"same-origin"}
