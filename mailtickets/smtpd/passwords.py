"""Who may authenticate: a file of names and hashed passwords, as a twisted.cred checker.

A line is `NAME:HASH`, the hash an Argon2id one in PHC form (RFC 9106), which `mailtickets password`
prints. The file is read again when it has changed.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from twisted.cred.checkers import ICredentialsChecker
from twisted.cred.credentials import IUsernamePassword
from twisted.cred.error import LoginFailed, UnauthorizedLogin
from twisted.cred.portal import IRealm
from twisted.internet.defer import Deferred
from twisted.logger import Logger
from twisted.mail.interfaces import IMessageDelivery
from zope.interface import implementer

from mailtickets.errors import SettingsError, Temporary

MEMORY, ITERATIONS, LANES = 19_456, 2, 1  # KiB and rounds: what OWASP asks for, at least
WAITING = 32  # passwords that may wait to be looked at; the next is told to come later
LONGEST = 1_024  # octets of a password

Elsewhere = Callable[[Callable[[], bool]], "Deferred[bool]"]
"""Runs a function that takes its time off the reactor's thread."""


def hashed(password: str) -> str:
    """The hash of a password, with a salt of its own, in PHC form."""
    return Argon2id(
        salt=os.urandom(16), length=32, iterations=ITERATIONS, lanes=LANES, memory_cost=MEMORY
    ).derive_phc_encoded(password.encode("utf-8"))


def is_right(password: bytes, phc: str) -> bool:
    """Whether a password is the one that was hashed. Takes tens of milliseconds."""
    try:
        Argon2id.verify_phc_encoded(password, phc)
    except InvalidKey:
        return False
    return True


def read(file: Path) -> dict[str, str]:
    """Names and hashes. Raises SettingsError, which shows no hash."""
    found: dict[str, str] = {}
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as why:
        raise SettingsError(str(file), "a readable file of NAME:HASH lines is needed") from why
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        name, colon, phc = line.strip().partition(":")
        if not colon or not name or not phc.startswith("$argon2id$") or name in found:
            cure = "NAME:HASH, each name once; `mailtickets password NAME` makes such a line"
            raise SettingsError(f"{file}, line {number}", cure)
        found[name] = phc
    return found


@implementer(ICredentialsChecker)
class Passwords:
    """Checks PLAIN's and LOGIN's passwords; a name nobody has takes as long as a wrong password.

    Raises SettingsError when the file cannot be used.
    """

    credentialInterfaces = (IUsernamePassword,)  # noqa: N815 - twisted.cred's

    def __init__(self, file: Path, elsewhere: Elsewhere, log: Logger) -> None:
        self._file = file
        self._elsewhere = elsewhere
        self._log = log
        self._seen = self._stamp()
        self._users: Mapping[str, str] = read(file)
        self._nobody = hashed(os.urandom(16).hex())
        self._waiting = 0

    def requestAvatarId(self, credentials: Any) -> Any:
        """Fires with the name, or fails with UnauthorizedLogin; Temporary when too many wait."""
        return Deferred.fromCoroutine(self._checked(credentials))

    async def _checked(self, credentials: Any) -> str:
        name, password = credentials.username, getattr(credentials, "password", None)
        if not isinstance(name, bytes) or not isinstance(password, bytes):
            raise UnauthorizedLogin
        if self._waiting >= WAITING:
            raise Temporary("7.0", "Cannot check passwords now; try again later")
        self._look_again()
        text = name.decode("utf-8", "replace")
        known = self._users.get(text)
        phc = known or self._nobody
        self._waiting += 1
        try:
            right = await self._elsewhere(lambda: is_right(password[:LONGEST], phc))
        finally:
            self._waiting -= 1
        if known is None or not right:
            raise UnauthorizedLogin
        return text

    def _stamp(self) -> tuple[int, int]:
        try:
            found = self._file.stat()
        except OSError:
            return 0, 0
        return found.st_mtime_ns, found.st_size

    def _look_again(self) -> None:
        stamp = self._stamp()
        if stamp == self._seen:
            return
        self._seen = stamp
        try:
            self._users = read(self._file)
        except SettingsError as why:
            self._log.error("{why}; who was known stays known", why=str(why))


@implementer(IRealm)
class Realm:
    """Whoever has authenticated has the delivery that everybody has: nothing more is allowed."""

    def __init__(self, delivery: Any) -> None:
        self._delivery = delivery

    def requestAvatar(self, avatarId: Any, mind: Any, *interfaces: Any) -> tuple[Any, Any, Any]:  # noqa: ARG002 - twisted.cred's
        """The delivery, and nothing to do at the end."""
        if IMessageDelivery not in interfaces:
            raise LoginFailed
        return IMessageDelivery, self._delivery, lambda: None
