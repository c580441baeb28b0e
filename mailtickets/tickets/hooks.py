"""Whether a call to a hook comes from whom it says: signatures, each as its system makes them.

Every comparison takes the same time whatever is wrong. A call that is right is no more than a
nudge: what it tells is never believed, only asked for.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Callable, Mapping
from datetime import datetime

from attrs import frozen

from mailtickets.errors import SettingsError

WINDOW = 300.0
"""Seconds by which a signed time may be off (Standard Webhooks; Zendesk names none)."""
LONGEST_SECRET = 4096


@frozen
class Call:
    """A call as it came. Names of `headers` are in lower case; `now` is in seconds since 1970."""

    headers: Mapping[str, str]
    body: bytes
    now: float

    def header(self, name: str) -> str:
        """A header's value, or empty."""
        return self.headers.get(name, "")

    def fresh(self, told: str) -> bool:
        """Whether a time in seconds since 1970 is of now, give or take `WINDOW`."""
        digits = told.isascii() and told.isdecimal() and len(told) < 16
        return digits and abs(int(told) - self.now) <= WINDOW


Verify = Callable[[Call], str | None]
"""The id of a call that is right, by which a repeat of it is known, else None; it may be empty."""


def verifier(kind: str, secret: str) -> Verify:
    """What tells right calls from wrong ones, for one of `KINDS`. Raises SettingsError."""
    if not 8 <= len(secret) <= LONGEST_SECRET:
        raise SettingsError("hook_secret", "a secret of 8 characters or more")
    if kind not in KINDS:
        raise SettingsError(f"hook = {kind}", f"say one of {', '.join(sorted(KINDS))}")
    return KINDS[kind](secret)


def _standard(secret: str) -> Verify:
    """Standard Webhooks: base64 HMAC-SHA256 of ID.TIMESTAMP.BODY, several of them in a list."""
    key = standard_key(secret)

    def verify(call: Call) -> str | None:
        name, at = call.header("webhook-id"), call.header("webhook-timestamp")
        told = call.header("webhook-signature").split()[:10]
        signed = f"{name}.{at}.".encode("utf-8", "replace") + call.body
        due = "v1," + b64encode(hmac.digest(key, signed, "sha256")).decode()
        right = [_same(one, due) for one in told]
        return name if any(right) and name and call.fresh(at) else None

    return verify


def standard_key(secret: str) -> bytes:
    """The key that a secret of Standard Webhooks stands for. Raises SettingsError."""
    if not secret.startswith("whsec_"):
        return secret.encode()
    try:
        return b64decode(secret.removeprefix("whsec_"), validate=True)
    except Base64Error as why:
        raise SettingsError("hook_secret", "after whsec_ there must be base64") from why


def _hex(header: str, algorithm: str, id: str = "") -> Callable[[str], Verify]:
    """ALGORITHM=HEX of the HMAC of the body, in one header."""

    def of(secret: str) -> Verify:
        def verify(call: Call) -> str | None:
            due = f"{algorithm}={hmac.new(secret.encode(), call.body, algorithm).hexdigest()}"
            return call.header(id) if _same(call.header(header), due) else None

        return verify

    return of


def _freescout(secret: str) -> Verify:
    def verify(call: Call) -> str | None:
        due = b64encode(hmac.new(secret.encode(), call.body, hashlib.sha1).digest()).decode()
        return "" if _same(call.header("x-freescout-signature"), due) else None

    return verify


def _zendesk(secret: str) -> Verify:
    """Base64 of the HMAC-SHA256 of the time and the body; the time is RFC 3339 text."""

    def verify(call: Call) -> str | None:
        at = call.header("x-zendesk-webhook-signature-timestamp")
        due = b64encode(hmac.digest(secret.encode(), at.encode() + call.body, "sha256")).decode()
        right = _same(call.header("x-zendesk-webhook-signature"), due) and call.fresh(_seconds(at))
        return call.header("x-zendesk-webhook-invocation-id") if right else None

    return verify


def _seconds(told: str) -> str:
    """RFC 3339 text as seconds since 1970; empty when it is not such text."""
    try:
        return str(int(datetime.fromisoformat(told).timestamp()))
    except (ValueError, OverflowError):
        return ""


def _token(header: str, id: str = "") -> Callable[[str], Verify]:
    """The secret itself, in one header."""

    def of(secret: str) -> Verify:
        def verify(call: Call) -> str | None:
            return call.header(id) if _same(call.header(header), secret) else None

        return verify

    return of


def _basic(secret: str) -> Verify:
    """NAME:PASSWORD (RFC 7617)."""
    due = b64encode(secret.encode()).decode()

    def verify(call: Call) -> str | None:
        scheme, _, told = call.header("authorization").partition(" ")
        right = _same(told.strip(), due)
        return "" if right and scheme.lower() == "basic" else None

    return verify


def _same(told: str, due: str) -> bool:
    return hmac.compare_digest(told.encode("utf-8", "replace"), due.encode())


KINDS: Mapping[str, Callable[[str], Verify]] = {
    "standard": _standard,
    "github": _hex("x-hub-signature-256", "sha256", "x-github-delivery"),
    "redmine": _hex("x-redmine-signature-256", "sha256"),
    "jira": _hex("x-hub-signature", "sha256", "x-atlassian-webhook-identifier"),
    "zammad": _hex("x-hub-signature", "sha1", "x-zammad-delivery"),
    "freescout": _freescout,
    "zendesk": _zendesk,
    "gitlab": _token("x-gitlab-token", "x-gitlab-event-uuid"),
    "basic": _basic,
}
"""The ways in which systems prove who they are, by the name that a setting gives them."""
