"""Who may authenticate over SMTP: the portal made of `[auth] users`, and `mailtickets password`."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from typing import Any

import click
from twisted.cred.portal import Portal
from twisted.internet.defer import Deferred
from twisted.internet.threads import deferToThreadPool
from twisted.logger import Logger
from twisted.python.threadpool import ThreadPool

from mailtickets.errors import SettingsError
from mailtickets.service.settings import Settings
from mailtickets.smtpd.passwords import Passwords, Realm, hashed

_NAME = re.compile(r"[^\s:#][^\s:]{0,199}\Z")


class Logins:
    """Nothing where the settings name no users. Raises SettingsError for a file it cannot use."""

    def __init__(self, settings: Settings, reactor: Any, log: Logger) -> None:
        file = settings.auth.users
        self.in_clear = settings.auth.in_clear
        self._reactor = reactor
        self._pool = ThreadPool(0, 2, name="mailtickets-passwords")
        self._checker = None if file is None else Passwords(file, self._elsewhere, log)
        if file is not None and settings.certificate is None and not self.in_clear:
            cure = "passwords need [tls], or in_clear = true where something else encrypts"
            raise SettingsError(f"{settings.config}, auth.users", cure)

    def portal(self, delivery: Any) -> Portal | None:
        """What AUTH asks; None: it is not offered."""
        if self._checker is None:
            return None
        if not self._pool.started:
            self._pool.start()
        return Portal(Realm(delivery), [self._checker])

    def _elsewhere(self, work: Callable[[], bool]) -> Deferred[bool]:
        return deferToThreadPool(self._reactor, self._pool, work)

    def close(self) -> None:
        """End the threads."""
        if self._pool.started:
            self._pool.stop()


@click.command("password")
@click.argument("name")
def password_command(name: str) -> None:
    """Print a line for the file of `[auth] users`; the password is asked for, or read from a pipe.

    mailtickets password nic >> /etc/mailtickets.users
    """
    if not _NAME.match(name):
        raise click.ClickException("a name has no white space, no colon, and begins with no #")
    if sys.stdin.isatty():
        secret = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    else:
        secret = sys.stdin.readline().rstrip("\r\n")
    if not secret:
        raise click.ClickException("an empty password is none")
    click.echo(f"{name}:{hashed(secret)}")
