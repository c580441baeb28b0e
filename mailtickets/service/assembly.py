"""Puts everything together: the only module that knows every class.

The order of things: endpoints are bound while we may still have root's privileges; then the store
is opened and brought up to date; then the desk listens; then couriers and pickups work; and last
the doors for mail are opened.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from twisted.application.service import Service
from twisted.internet.defer import Deferred, ensureDeferred, gatherResults
from twisted.logger import Logger
from twisted.python.threadpool import ThreadPool
from zope.interface import implementer

from mailtickets import __version__
from mailtickets.db.database import Database
from mailtickets.errors import SettingsError
from mailtickets.flow.alarms import Alarms
from mailtickets.flow.bounce import Bounces
from mailtickets.flow.courier import Courier, Round
from mailtickets.flow.directory import Directory
from mailtickets.flow.pickup import RELAY, Follower, Pickup
from mailtickets.flow.reader import Reader
from mailtickets.flow.reception import Judge, Reception, desk_agent
from mailtickets.flow.ticketing import TicketingAgent
from mailtickets.helpdesk.book import Book
from mailtickets.helpdesk.site import site
from mailtickets.interfaces import IChecks, IDesk, IFeed, ISteps
from mailtickets.plugin import Needs
from mailtickets.retry import Breaker, Policy
from mailtickets.routing.addresses import AddressBook
from mailtickets.service import finding
from mailtickets.service.doors import Door, bind
from mailtickets.service.metrics import Meter
from mailtickets.service.settings import EMBEDDED, HOLD, DeskSettings, Settings
from mailtickets.service.state import Lock, StateDirectory
from mailtickets.smtpd.delivery import Delivery
from mailtickets.smtpd.factory import SMTPFactory
from mailtickets.store.ledger import Ledger
from mailtickets.store.spool import Spool

DRAIN = 8.0
"""Seconds that letters under way may take to finish when the service stops."""
HELD_BANNER = "Replies are held: no relay is set. Start with --relay smtp://HOST:PORT to send them."


@implementer(ISteps)
class Walk:
    """Steps as they are outside of tests: nothing happens at them."""

    def reached(self, step: str) -> None:
        """Go on."""


def build(
    settings: Settings,
    reactor: Any,
    *,
    steps: ISteps | None = None,
    pidfile: str | None = None,
) -> Gateway:
    """The whole service, not yet started. Raises SettingsError for what can be seen by now."""
    return Gateway(settings, reactor, steps or Walk(), pidfile)


class Gateway(Service):
    """`twistd mailtickets`: one service, started and stopped as any other of Twisted's."""

    def __init__(
        self, settings: Settings, reactor: Any, steps: ISteps, pidfile: str | None
    ) -> None:
        self.setName("mailtickets")  # type: ignore[no-untyped-call]
        self.settings = settings
        self._reactor = reactor
        self._steps = steps
        self._pidfile = pidfile
        self._log = Logger(namespace="mailtickets")
        self._meter = Meter()
        self._alarms = Alarms(reactor, self._meter, self._log)
        self._state = StateDirectory(settings.state)
        self._book = AddressBook(settings.queues, [one.route for one in settings.routes])
        self._hold = settings.relay == HOLD
        self._pool = ThreadPool(0, 2, name="mailtickets reading")
        self._mail_doors: list[tuple[Door, bool]] = []
        self._web: Door | None = None
        self._lock: Lock | None = None
        self._database: Database | None = None
        self._couriers: list[Courier] = []
        self._pickups: list[Pickup] = []
        self._factories: list[SMTPFactory] = []

    # -- start

    def privilegedStartService(self) -> None:
        """Bind every endpoint."""
        try:
            self._bind()
        except SettingsError as why:
            self._fail(why)

    def startService(self) -> None:
        """Open the store, then the desk, then everything else, in that order."""
        Service.startService(self)  # type: ignore[no-untyped-call]
        try:
            if self._web is None:
                self._bind()
            self._start()
        except SettingsError as why:
            self._fail(why)

    def _bind(self) -> None:
        self._web = bind("web", self.settings.web, self._reactor)
        for endpoint in self.settings.smtp:
            self._mail_doors.append((bind("SMTP", endpoint, self._reactor), False))
        for endpoint in self.settings.lmtp:
            self._mail_doors.append((bind("LMTP", endpoint, self._reactor), True))

    def _fail(self, why: SettingsError) -> None:
        """One clear line, and out: nothing is half started."""
        sys.stderr.write(f"mailtickets: {why}\n")
        if self._lock is not None:
            self._lock.close()
        if self._pidfile and Path(self._pidfile).is_file():
            Path(self._pidfile).unlink()
        raise SystemExit(1)

    def _start(self) -> None:
        assert self._web is not None
        settings = self.settings
        self._lock = self._state.open()
        self._database = Database.open(settings.store_url, self._reactor, self._meter)
        self._pool.start()
        self._spool = Spool(self._database, self._reactor, owner=_owner())
        self._ledger = Ledger(self._database)
        self._needs = Needs(
            reactor=self._reactor,
            meter=self._meter,
            steps=self._steps,
            hostname=settings.hostname,
            state=self._state.path,
            user_agent=f"mailtickets/{__version__}",
        )
        self._open_web()
        self._desks = {name: self._desk(one) for name, one in self._wanted_desks.items()}
        self._reader = Reader(self._reactor, self._pool)
        self._directory = Directory(self._desks, self._ledger, self._reactor, self._log)
        self._bounces = Bounces(
            book=self._book, hostname=settings.hostname, now=time.time, hold=self._hold
        )
        self._make_couriers()
        self._make_pickups()
        self._make_factories()
        self._state.announce(self._web.url or "")
        self._starting = ensureDeferred(self._begin())
        self._starting.addErrback(self._not_begun)

    async def _begin(self) -> None:
        recovered = await self._spool.recover()
        if recovered:
            self._log.info("{count} letters were under way and go on", count=recovered)
        for courier in self._couriers:
            courier.start()
        for pickup in self._pickups:
            pickup.start()
        for (door, _), factory in zip(self._mail_doors, self._factories, strict=True):
            door.doorway.open(factory)
        self._say_what_was_done()
        for name, desk in self._desks.items():
            await self._check(name, desk)

    def _not_begun(self, why: Any) -> None:
        self._log.failure("mailtickets cannot begin its work; stopping", why)
        self._reactor.stop()

    def _say_what_was_done(self) -> None:
        settings, say = self.settings, self._log.info
        for door, _ in self._mail_doors:
            say("{what} on {address}", what=door.what, address=door.address)
        assert self._web is not None
        say("pages and API on {url}", url=self._web.url or self._web.address)
        for queue in settings.queues:
            say(
                "queue {queue}: mail to {open} opens a ticket at desk {desk}, known as {example}",
                queue=queue.name,
                open=", ".join(f"{local}@{queue.domain}" for local in queue.open),
                desk=queue.desk,
                example=f"{queue.prefix}-NUMBER@{queue.domain}",
            )
        if self._hold:
            say("relay hold: replies are held until a relay is named and they are released")
        else:
            say("relay {relay}", relay=_without_password(settings.relay))
        say("state in {state}", state=str(self._state.path))
        if settings.embedded:
            say("the desk's token is in {file}", file=str(self._state.token_file))
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            self._log.warn("running as root; twistd's --uid gives that up once the ports are bound")
        say("mailtickets {version} is ready", version=__version__)

    async def _check(self, name: str, desk: IDesk) -> None:
        if not IChecks.providedBy(desk):
            return
        try:
            complaints = await desk.check()
        except Exception:
            self._log.failure("checking desk {name}", name=name)
            return
        if complaints:
            self._alarms.on(desk_agent(name), "; ".join(complaints))

    # -- the parts

    def _open_web(self) -> None:
        assert self._web is not None
        assert self._database is not None
        self._desk_book = None
        if self.settings.embedded:
            prefixes = {one.name: one.prefix for one in self.settings.queues}
            self._desk_book = Book(self._database, self._reactor, queues=prefixes)
        self._web.doorway.open(
            site(
                book=self._desk_book,
                spool=self._spool,
                ledger=self._ledger,
                token=self._state.token(),
                banners=self._banners,
                health=self._health,
                metrics=self._metrics,
                open_access=self._web.loopback,
                relay_set=not self._hold,
                clock=self._reactor,
            )
        )

    def _banners(self) -> list[str]:
        return ([HELD_BANNER] if self._hold else []) + self._alarms.banners()

    def _health(self) -> Mapping[str, Any]:
        return {"status": "ok", "version": __version__, "alarms": self._alarms.banners()}

    async def _metrics(self) -> bytes:
        return self._meter.exposition(await self._spool.tally())

    @property
    def _wanted_desks(self) -> dict[str, DeskSettings]:
        used = {queue.desk for queue in self.settings.queues}
        return {name: self.settings.desk(name) for name in sorted(used)}

    def _desk(self, wanted: DeskSettings) -> IDesk:
        """A desk; the embedded one is reached over HTTP like any other."""
        assert self._web is not None
        if wanted.kind != EMBEDDED:
            desk = finding.make("desk", wanted.kind, wanted.where, wanted.options, self._needs)
        elif self._web.url is None:
            raise SettingsError(
                f"--web {self.settings.web}", "the embedded desk needs a TCP endpoint"
            )
        else:
            own = {"url": self._web.url, "token": self._state.token()}
            desk = finding.make("desk", "http", "", own, self._needs)
        return desk  # type: ignore[no-any-return]

    def _make_couriers(self) -> None:
        for name, desk in self._desks.items():
            agent = TicketingAgent(
                name=name,
                desk=desk,
                book=self._book,
                directory=self._directory,
                ledger=self._ledger,
                reader=self._reader,
                steps=self._steps,
            )
            self._couriers.append(self._courier(Round(desk_agent(name), agent)))
        for route in self.settings.routes:
            agent = finding.make("agent", route.kind, route.where, route.options, self._needs)
            self._couriers.append(self._courier(Round(route.route.agent, agent)))
        if not self._hold:
            relay = finding.make("agent", RELAY, "", {"url": self.settings.relay}, self._needs)
            self._couriers.append(self._courier(Round(RELAY, relay)))

    def _courier(self, round_: Round) -> Courier:
        return Courier(
            round_,
            spool=self._spool,
            bounces=self._bounces,
            clock=self._reactor,
            now=time.time,
            random=random.random,
            policy=Policy(),
            breaker=Breaker(),
            steps=self._steps,
            meter=self._meter,
            alarms=self._alarms,
            log=self._log,
        )

    def _make_pickups(self) -> None:
        for name, wanted in self._wanted_desks.items():
            desk = self._desks[name]
            if not IFeed.providedBy(desk):
                continue
            follower = Follower(
                desk=name,
                feed=desk,
                poll=wanted.poll,
                from_start=self.settings.feed_from == "start",
                hold=self._hold,
            )
            self._pickups.append(
                Pickup(
                    follower,
                    desk=desk,
                    book=self._book,
                    directory=self._directory,
                    spool=self._spool,
                    ledger=self._ledger,
                    clock=self._reactor,
                    now=time.time,
                    steps=self._steps,
                    meter=self._meter,
                    alarms=self._alarms,
                    log=self._log,
                )
            )

    def _make_factories(self) -> None:
        judges = [
            Judge(one.name, finding.make("filter", one.kind, one.where, one.options, self._needs))
            for one in self.settings.filters
        ]
        reception = Reception(
            book=self._book,
            directory=self._directory,
            spool=self._spool,
            reader=self._reader,
            clock=self._reactor,
            steps=self._steps,
            meter=self._meter,
            log=self._log,
            judges=judges,
        )
        delivery = Delivery(reception, hostname=self.settings.hostname)
        for _, lmtp in self._mail_doors:
            self._factories.append(
                SMTPFactory(
                    delivery=delivery,
                    hostname=self.settings.hostname,
                    clock=self._reactor,
                    meter=self._meter,
                    lmtp=lmtp,
                )
            )

    # -- stop

    def stopService(self) -> Deferred[None]:
        """No new connections; what is under way may finish; then everything is closed."""
        Service.stopService(self)  # type: ignore[no-untyped-call]
        return ensureDeferred(self._stop())

    async def _stop(self) -> None:
        for door, _ in self._mail_doors:
            await door.stop()
        await gatherResults([ensureDeferred(one.drain(DRAIN)) for one in self._factories])
        await gatherResults([ensureDeferred(one.stop()) for one in self._pickups])
        await gatherResults([ensureDeferred(one.stop(DRAIN)) for one in self._couriers])
        if self._web is not None:
            await self._web.stop()
            self._web.doorway.close()
        for door, _ in self._mail_doors:
            door.doorway.close()
        if self._database is not None:
            await self._database.close()
        if self._pool.started:
            self._pool.stop()
        if self._lock is not None:
            self._lock.close()


def _owner() -> str:
    """A name for this process among the lease holders of one database."""
    return f"{os.uname().nodename}:{os.getpid()}:{time.time_ns():x}"


def _without_password(relay: str) -> str:
    scheme, found, rest = relay.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}" if found else relay
