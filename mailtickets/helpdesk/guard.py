"""Guards the pages: who may see them, and whether a form is one of ours.

An endpoint that only this machine can reach asks nobody to sign in, but wants to be asked for by
this machine's own name. Anywhere else people sign in with the desk's token, and get a cookie.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from hashlib import sha256
from hmac import compare_digest
from hmac import new as hmac

from attrs import frozen

from mailtickets.helpdesk.asked import Request
from mailtickets.helpdesk.entrance import local_host, same_origin
from mailtickets.helpdesk.problems import Problem

COOKIE = "mailtickets"
SIGNED_IN = 7 * 24 * 3600
"""Seconds until one must sign in again."""
OPEN_TO_ALL = "loopback"


@frozen
class Guard:
    """Lets requests for pages in, or raises Problem. `now` gives seconds since 1970."""

    token: str
    open_access: bool
    now: Callable[[], float]

    def check_host(self, request: Request) -> None:
        """Raises Problem when an open endpoint is asked for by another machine's name."""
        if self.open_access and not local_host(request):
            raise Problem(
                421,
                "host",
                "These pages ask nobody to sign in, so they answer to localhost, 127.0.0.1 and "
                "[::1] alone. To reach them by another name, let --web listen on an address that "
                "others can reach, and sign in.",
            )

    def session(self, request: Request) -> str | None:
        """Whose request it is: a word that stays the same until they sign out, or None."""
        if self.open_access:
            return OPEN_TO_ALL
        parts = _cookie(request, COOKIE).split(".")
        if len(parts) != 3 or not (parts[0].isascii() and parts[0].isdecimal()):
            return None
        expires, nonce, seal = parts
        if int(expires) < self.now() or not compare_digest(
            seal.encode(), self._seal(f"session {expires} {nonce}").encode()
        ):
            return None
        return nonce

    def sign_in(self, request: Request, token: str) -> bool:
        """Whether this is the desk's token; if so the answer brings a cookie."""
        if not self.token or not compare_digest(token.strip().encode(), self.token.encode()):
            return False
        expires, nonce = str(int(self.now()) + SIGNED_IN), secrets.token_urlsafe(18)
        seal = self._seal(f"session {expires} {nonce}")
        _set_cookie(request, f"{expires}.{nonce}.{seal}", SIGNED_IN)
        return True

    def sign_out(self, request: Request) -> None:
        """Take the cookie back."""
        _set_cookie(request, "", 0)

    def form_token(self, session: str) -> str:
        """What a form of ours carries, so that nobody else's page can send one."""
        return self._seal(f"form {session}")

    def check_form(self, request: Request, session: str, given: str) -> None:
        """Raises Problem when a form does not come from a page of ours."""
        same = compare_digest(given.encode(), self.form_token(session).encode())
        if not same or not same_origin(request):
            raise Problem(403, "form", "This form is not from here, or too old: load the page anew")

    def _seal(self, text: str) -> str:
        return hmac(self.token.encode(), text.encode(), sha256).hexdigest()


def _cookie(request: Request, name: str) -> str:
    for one in (request.getHeader(b"cookie") or b"").decode("latin-1").split(";"):
        key, _, value = one.strip().partition("=")
        if key == name:
            return value
    return ""


def _set_cookie(request: Request, value: str, seconds: int) -> None:
    secure = "; Secure" if request.isSecure() else ""
    text = f"{COOKIE}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}"
    request.setHeader(b"set-cookie", text.encode())
