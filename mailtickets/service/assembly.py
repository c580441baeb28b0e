"""Puts everything together: the only module that knows every class."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from twisted.internet.defer import ensureDeferred, gatherResults
from twisted.logger import Logger
from twisted.python.threadpool import ThreadPool
from zope.interface import implementer

from mailtickets import __version__
from mailtickets.db.database import Database
from mailtickets.db.register import Register
from mailtickets.flow.alarms import Alarms
from mailtickets.flow.courier import Courier, Round
from mailtickets.flow.departing import Departing
from mailtickets.flow.directory import Directory
from mailtickets.flow.pickup import RELAY, Follower, Pickup
from mailtickets.flow.reader import Reader
from mailtickets.flow.reception import Reception, desk_agent
from mailtickets.flow.ticketing import TicketingAgent
from mailtickets.helpdesk.book import Book
from mailtickets.helpdesk.site import site
from mailtickets.interfaces import IAgent, IChecks, IDesk, IFeed, ISteps
from mailtickets.plugin import Needs
from mailtickets.retry import Breaker, Policy
from mailtickets.routing.addresses import AddressBook
from mailtickets.routing.leaving import Leaving
from mailtickets.routing.proofs import Proofs
from mailtickets.service import finding
from mailtickets.service.aftermath import Aftermath
from mailtickets.service.automatic import Unserved, own_letters
from mailtickets.service.bounds import limits_of, with_room
from mailtickets.service.desking import Desks
from mailtickets.service.doors import Door
from mailtickets.service.gateway import Gateway
from mailtickets.service.guarding import Guard
from mailtickets.service.keys import Keys
from mailtickets.service.logins import Logins
from mailtickets.service.metrics import Meter
from mailtickets.service.settings import EMBEDDED, HOLD, Settings
from mailtickets.service.state import StateDirectory
from mailtickets.smtp.limits import Limits
from mailtickets.smtpd.delivery import Delivery
from mailtickets.smtpd.factory import SMTPFactory
from mailtickets.smtpd.tls import Certificates
from mailtickets.store.ledger import Ledger
from mailtickets.store.spool import Spool

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
    twistd: Mapping[str, Any] | None = None,
) -> Gateway:
    """The whole service, not yet started.

    `steps` is told of every durable step, for tests. `twistd` holds twistd's own options, where it
    was twistd that asked.
    """
    log = Logger(namespace="mailtickets")
    limits = limits_of(settings)
    tls = _certificates(settings)
    make_house = partial(House, settings, reactor, steps or Walk(), log, limits, tls)
    return Gateway(settings, reactor, make_house, twistd or {}, log, tls)


def _certificates(settings: Settings) -> Certificates | None:
    """Read while we may still have root's privileges."""
    if settings.certificate is None or settings.key is None:
        return None
    return Certificates(settings.certificate, settings.key)


class House:
    """Everything behind the doors. Making it opens the store and lets the desk listen.

    Raises SettingsError for a store, a plugin or a setting that cannot be used.
    """

    def __init__(
        self,
        settings: Settings,
        reactor: Any,
        steps: ISteps,
        log: Logger,
        limits: Limits,
        tls: Certificates | None,
        state: StateDirectory,
        web: Door,
    ) -> None:
        self._settings = settings
        self._reactor = reactor
        self._steps = steps
        self._log = log
        self._limits = with_room(limits, bool(settings.smtp) + bool(settings.lmtp), log)
        self._tls = tls
        self._state = state
        self._web = web
        self._hold = settings.relay == HOLD
        self._closing: list[Callable[[], None]] = []
        self._meter = Meter()
        self._alarms = Alarms(reactor, self._meter, log)
        self._keys = Keys(
            settings.addresses, state, shared=not settings.store_url.startswith("sqlite")
        )
        self.reload = self._keys.reload
        self._book = AddressBook(
            settings.queues,
            [one.route for one in settings.routes],
            self._keys.secrets("return path"),
            Proofs(self._keys.secrets("ticket")),
        )
        # What a setting can spoil is made first: the store has threads, and they would outlive us.
        self._invite()
        self._database = Database.open(settings.store_url, reactor, self._meter)
        self._pool = ThreadPool(0, 2, name="mailtickets-reading")
        self._pool.start()
        self._spool = Spool(
            self._database,
            reactor,
            owner=_owner(),
            retention=settings.retention,
            resend_window=settings.resend_window,
        )
        self._ledger = Ledger(self._database)
        self._making.use(self._database)
        self._guard.start(self._database)
        self._register.use(self._database)
        self._furnish()

    def _invite(self) -> None:
        """Make what comes in by a plugin's door, ours and strangers'. Raises SettingsError."""
        settings = self._settings
        self._register = Register()
        self._needs = Needs(
            reactor=self._reactor,
            meter=self._meter,
            steps=self._steps,
            hostname=settings.hostname,
            state=self._state.path,
            user_agent=f"mailtickets/{__version__}",
            register=self._register,
        )
        used = sorted({queue.desk for queue in settings.queues})
        own = {"url": self._web.url, "token": self._state.token()} if self._web.url else None
        self._making = Desks(self._needs, own, settings.web)
        self._desks = {name: self._making.make(settings.desk(name)) for name in used}
        self._routed = {
            one.route.agent: finding.make("agent", one.kind, one.where, one.options, self._needs)
            for one in settings.routes
        }
        self._aftermath = Aftermath(settings, self._needs, self._desks, self._book, self._log)
        self._relaying = self._aftermath.relay(self._closing)
        self._guard = Guard(settings, self._limits, self._reactor, self._needs, self._log)
        self._logins = Logins(settings, self._reactor, self._log)
        self._closing.append(self._logins.close)

    def _furnish(self) -> None:
        settings, log = self._settings, self._log
        self._leaving = Leaving(self._keys.secrets("unsubscribe"), settings.web_address)
        self._departing = Departing(
            self._leaving, ledger=self._ledger, desks=self._desks, now=time.time, log=log
        )
        self._open_web()
        self._reader = Reader(self._reactor, self._pool)
        self._directory = Directory(self._desks, self._ledger, self._reactor, log)
        self._letters = own_letters(
            settings.automatic,
            database=self._database,
            book=self._book,
            ledger=self._ledger,
            reader=self._reader,
            keys=self._keys,
            meter=self._meter,
            hostname=settings.hostname,
            hold=self._hold,
            styles=settings.styles,
            log=log,
        )
        self._returns = self._aftermath.returns(self._ledger, self._directory.participants)
        self._couriers = {round_.name: self._courier(round_) for round_ in self._rounds()}
        self._pickups = [
            self._pickup(name, desk) for name, desk in self._desks.items() if IFeed.providedBy(desk)
        ]
        self.factories = {"SMTP": self._factory(lmtp=False), "LMTP": self._factory(lmtp=True)}

    # -- its life

    async def begin(self) -> None:
        """Take up what was left, and let couriers and pickups work."""
        recovered = await self._spool.recover()
        if self._desk_book is not None:
            await self._desk_book.sweep()
        if recovered:
            self._log.info("{count} letters were under way and go on", count=recovered)
        for courier in self._couriers.values():
            courier.start()
        for pickup in self._pickups:
            pickup.start()

    async def check(self) -> None:
        """Ask each desk that can tell whether it will be able to do its work."""
        for name, desk in self._desks.items():
            if not IChecks.providedBy(desk):
                continue
            try:
                complaints = await desk.check()
            except Exception:
                self._log.failure("checking desk {name}", name=name)
                continue
            if complaints:
                self._alarms.on(desk_agent(name), "; ".join(complaints))

    async def finish(self, seconds: float) -> None:
        """Let what is under way come to its end, `seconds` at most for letters and for agents."""
        ending = [one.drain(seconds) for one in self.factories.values()]
        ending += [one.stop() for one in self._pickups]
        ending += [one.stop(seconds) for one in self._couriers.values()]
        await gatherResults([ensureDeferred(one) for one in ending])
        for close in self._closing:
            close()

    async def close(self) -> None:
        """Let go of the store."""
        self._guard.stop()
        await self._database.close()
        if self._pool.started:
            self._pool.stop()

    # -- its parts

    def _open_web(self) -> None:
        self._desk_book: Book | None = None
        if self._settings.embedded:
            prefixes = {one.name: one.prefix for one in self._settings.queues}
            self._desk_book = Book(self._database, self._reactor, queues=prefixes)
        self._web.open(
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
                suppressions=self._aftermath.suppressions,
                feeds=sorted({queue.desk for queue in self._settings.queues}),
                hooks=self._making.hooks,
                departs=self._departing,
                clock=self._reactor,
            )
        )

    def _banners(self) -> list[str]:
        return ([HELD_BANNER] if self._hold else []) + self._alarms.banners()

    def _health(self) -> Mapping[str, Any]:
        return {"status": "ok", "version": __version__, "alarms": self._alarms.banners()}

    async def _metrics(self) -> bytes:
        return self._meter.exposition(await self._spool.pulse())

    def _rounds(self) -> list[Round]:
        """Every agent: one for each desk, one for each route, and the relay."""
        rounds = [Round(desk_agent(name), self._ticketing(name)) for name in self._desks]
        rounds += [Round(name, agent) for name, agent in self._routed.items()]
        if self._relaying is not None:
            rounds.append(Round(RELAY, self._relaying, self._aftermath.at_a_time))
        return rounds

    def _ticketing(self, name: str) -> IAgent:
        return TicketingAgent(
            name=name,
            desk=self._desks[name],
            book=self._book,
            directory=self._directory,
            reader=self._reader,
            steps=self._steps,
            returns=self._returns,
        )

    def _courier(self, round_: Round) -> Courier:
        return Courier(
            round_,
            spool=self._spool,
            bounces=self._letters.bounces,
            acknowledging=self._letters.acknowledging,
            clock=self._reactor,
            now=time.time,
            random=random.random,
            policy=Policy(give_up=self._settings.give_up),
            breaker=Breaker(),
            steps=self._steps,
            meter=self._meter,
            alarms=self._alarms,
            log=self._log,
        )

    def _pickup(self, name: str, desk: IDesk) -> Pickup:
        follower = Follower(
            desk=name,
            feed=IFeed(desk),
            poll=self._settings.desk(name).poll,
            # The embedded desk has no past that we were not there for.
            from_start=self._settings.feed_from == "start"
            or self._settings.desk(name).kind == EMBEDDED,
            hold=self._hold,
            receipts=self._aftermath.receipts,
            notes=self._settings.automatic.unserved is Unserved.NOTE,
        )
        return Pickup(
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
            styles=self._settings.styles,
            leaving=self._leaving,
            recovered=self._couriers[desk_agent(name)].hasten,
            showing=self._aftermath.showing,
        )

    def _factory(self, *, lmtp: bool) -> SMTPFactory:
        reception = Reception(
            book=self._book,
            directory=self._directory,
            spool=self._spool,
            reader=self._reader,
            clock=self._reactor,
            steps=self._steps,
            meter=self._meter,
            log=self._log,
            judges=self._guard.judges,
            authenticator=self._guard.authenticator,
            own=self._letters.own,
        )
        delivery = Delivery(reception, hostname=self._settings.hostname, limits=self._limits)
        return SMTPFactory(
            delivery=delivery,
            portal=None if lmtp else self._logins.portal(delivery),
            auth_in_clear=self._logins.in_clear,
            hostname=self._settings.hostname,
            clock=self._reactor,
            limits=self._limits,
            tls=self._tls,
            meter=self._meter,
            lmtp=lmtp,
        )


def _owner() -> str:
    """A name for this process among the lease holders of one database."""
    return f"{os.uname().nodename}:{os.getpid()}:{time.time_ns():x}"
