"""The life of the service: bound, opened, begun, stopped, in that order.

Endpoints are bound while we may still have root's privileges; then the store is opened and brought
up to date; then the desk listens; then couriers and pickups work; and last the doors for mail are
opened.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn, Protocol

from twisted.application.service import Service
from twisted.internet.defer import Deferred, ensureDeferred, gatherResults
from twisted.logger import ILogObserver, Logger

from mailtickets import __version__
from mailtickets.errors import SettingsError
from mailtickets.service import logs
from mailtickets.service.collecting import collect_seldom
from mailtickets.service.doors import Door, bind
from mailtickets.service.settings import HOLD, Settings
from mailtickets.service.state import Lock, StateDirectory
from mailtickets.service.steady import steady

DRAIN = 8.0
"""Seconds that letters under way may take to finish when the service stops."""


class IReloads(Protocol):
    """Certificates that are read again when the operator says so."""

    def reload(self) -> None:
        """Read them; keep the old ones, and raise, where the new ones cannot be used."""


class IHouse(Protocol):
    """What the gateway needs of the house behind its doors."""

    @property
    def factories(self) -> Mapping[str, Any]:
        """What answers at a door, by what the door is for."""

    async def begin(self) -> None:
        """Take up the work."""

    def reload(self) -> None:
        """Read its keys again; keep the old ones, and raise, where the new ones cannot be used."""

    async def check(self) -> None:
        """See whether the desks can do theirs."""

    async def finish(self, seconds: float) -> None:
        """End the work."""

    async def close(self) -> None:
        """Let go of the store."""


MakeHouse = Callable[[StateDirectory, Door], IHouse]


class Gateway(Service):
    """`twistd mailtickets`: one service, started and stopped as any other of Twisted's.

    `make_house` opens the store and makes everything behind the doors; it is called once the
    process runs as whom it shall, and raises SettingsError for what cannot be used.
    """

    def __init__(
        self,
        settings: Settings,
        reactor: Any,
        make_house: MakeHouse,
        twistd: Mapping[str, Any],
        log: Logger,
        tls: IReloads | None = None,
    ) -> None:
        self.setName("mailtickets")  # type: ignore[no-untyped-call]
        self.settings = settings
        self._reactor = reactor
        self._make_house = make_house
        self._twistd = twistd
        self._daemon = bool(twistd) and not twistd.get("nodaemon")
        self._log = log
        self._tls = tls
        self._state = StateDirectory(settings.state)
        self._mail_doors: list[Door] = []
        self._web: Door | None = None
        self._lock: Lock | None = None
        self._house: IHouse | None = None
        self._starting: Deferred[None] | None = None

    @property
    def delivery(self) -> Any:
        """What takes mail behind the SMTP doors: a twisted.mail IMessageDelivery.

        Another protocol may have it too, from the start of the service on; before, it is None.
        """
        return None if self._house is None else self._house.factories["SMTP"].delivery

    def setServiceParent(self, parent: Any) -> None:
        """Join the application, and have it log as the settings ask."""
        super().setServiceParent(parent)  # type: ignore[no-untyped-call]
        observer = logs.observer(self.settings.log_format, self._twistd, self._reactor)
        if observer is not None and hasattr(parent, "setComponent"):
            parent.setComponent(ILogObserver, observer)

    # -- start

    def privilegedStartService(self) -> None:
        """Bind every endpoint."""
        steady(self._reactor)
        collect_seldom()
        try:
            self._bind()
        except SettingsError as why:
            self._fail(why)

    def startService(self) -> None:
        """Open the store, then the desk, then everything else."""
        Service.startService(self)  # type: ignore[no-untyped-call]
        try:
            web = self._web or self._bind()
            self._lock = self._state.open()
            self._house = self._make_house(self._state, web)
        except SettingsError as why:
            self._fail(why)
        self._state.announce(web.url or "")
        self._hear_hangup()
        self._starting = ensureDeferred(self._begin(self._house, web))
        self._starting.addErrback(self._not_begun)

    def _bind(self) -> Door:
        self._web = bind("web", self.settings.web, self._reactor)
        for what, endpoints in (("SMTP", self.settings.smtp), ("LMTP", self.settings.lmtp)):
            for endpoint in endpoints:
                self._mail_doors.append(bind(what, endpoint, self._reactor, self._tls))
        return self._web

    def _fail(self, why: SettingsError) -> NoReturn:
        """One clear line, and out: nothing is half started."""
        sys.stderr.write(f"mailtickets: {why}\n")
        if self._lock is not None:
            self._lock.close()
        pidfile = self._twistd.get("pidfile")
        if pidfile:
            Path(pidfile).unlink(missing_ok=True)
        raise SystemExit(1)

    async def _begin(self, house: IHouse, web: Door) -> None:
        await house.begin()
        for door in self._mail_doors:
            door.open(house.factories[door.what])
        self._say_what_was_done(web)
        await house.check()

    def _hear_hangup(self) -> None:
        """SIGHUP reads certificates and keys again; nobody's connection is dropped."""
        if threading.current_thread() is not threading.main_thread():
            return
        if signal.getsignal(signal.SIGHUP) is signal.SIG_DFL:
            signal.signal(signal.SIGHUP, lambda *_: self._reactor.callFromThread(self._reload))

    def _reload(self) -> None:
        for what, there in (("certificates", self._tls), ("address keys", self._house)):
            if there is None:
                self._log.info("there are no {what} to read again", what=what)
                continue
            try:
                there.reload()
            except SettingsError as why:
                self._log.error(
                    "the {what} cannot be read again, the old ones stay: {culprit}: {cure}",
                    what=what,
                    culprit=why.culprit,
                    cure=why.cure,
                )
            except Exception:
                self._log.failure("the {what} cannot be read again; the old ones stay", what=what)
            else:
                self._log.info("the {what} have been read again", what=what)

    def _not_begun(self, why: Any) -> None:
        self._log.failure("mailtickets cannot begin its work; stopping", why)
        if self._twistd:  # twistd would leave with 0; when all is closed, so must it not
            self._reactor.addSystemEventTrigger("after", "shutdown", os._exit, 1)
        self._reactor.stop()

    def _say_what_was_done(self, web: Door) -> None:
        settings, say = self.settings, self._log.info
        for door in self._mail_doors:
            say("{what} on {address}", what=door.what, address=door.address)
        if not self._mail_doors:
            self._log.warn("no door for mail is open: name one with --port, --smtp or --lmtp")
        say("pages and API on {url}", url=web.url or web.address)
        for queue in settings.queues:
            say(
                "queue {queue}: mail to {open} opens a ticket at desk {desk}, known as {example}",
                queue=queue.name,
                open=", ".join(f"{local}@{queue.domain}" for local in queue.open),
                desk=queue.desk,
                example=f"{queue.prefix}-NUMBER@{queue.domain}",
            )
        if settings.relay == HOLD:
            say("relay hold: replies are held until a relay is named and they are released")
        else:
            say("relay {relay}", relay=_without_password(settings.relay))
        say("state in {state}", state=str(self._state.path))
        if settings.embedded:
            say("the desk's token is in {file}", file=str(self._state.token_file))
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            self._log.warn("running as root; twistd's --uid gives that up once the ports are bound")
        say("mailtickets {version} is ready", version=__version__)

    # -- stop

    def stopService(self) -> Deferred[None]:
        """No new connections; what is under way may finish; then everything is closed."""
        Service.stopService(self)  # type: ignore[no-untyped-call]
        return ensureDeferred(self._stop())

    async def _stop(self) -> None:
        await gatherResults([door.stop() for door in self._mail_doors])
        if self._house is not None:
            await self._house.finish(DRAIN)
        if self._web is not None:
            await self._web.stop()
            self._web.close()
        for door in self._mail_doors:
            door.close()
        if self._house is not None:
            await self._house.close()
        if self._lock is not None:
            self._lock.close()


def _without_password(relay: str) -> str:
    scheme, found, rest = relay.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}" if found else relay
