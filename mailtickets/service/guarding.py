"""Who looks at letters before they are accepted: sender authentication, and the filters."""

from __future__ import annotations

import time
from typing import Any

from attrs import evolve
from twisted.logger import Logger
from twisted.python.threadpool import ThreadPool

from mailtickets.auth.asking import Asking
from mailtickets.auth.checking import Authenticator, Options
from mailtickets.auth.dmarc import Suffixes
from mailtickets.auth.names import Names
from mailtickets.db.database import Database
from mailtickets.flow.reception import Judge
from mailtickets.plugin import Needs
from mailtickets.service import finding
from mailtickets.service.settings import Settings
from mailtickets.smtp.limits import Limits
from mailtickets.store.sightings import Sightings

THREADS = 32
"""Threads that may wait for the DNS at a time. There is none until there is something to ask."""


class Guard:
    """Makes them. Raises SettingsError for a filter that cannot be made.

    `start` lets them work; until then there is no thread, and no store.
    """

    def __init__(
        self, settings: Settings, limits: Limits, reactor: Any, needs: Needs, log: Logger
    ) -> None:
        wanted = settings.auth
        self._pool = ThreadPool(0, THREADS, name="mailtickets-asking")
        self._sightings = Sightings(time.time)
        names = Names(wanted.resolver, seconds=wanted.dns_timeout)
        needs = evolve(
            needs,
            names=Asking(names, reactor, self._pool),
            sightings=self._sightings,
            local=limits.is_local,
        )
        self.judges = [
            Judge(one.name, finding.make("filter", one.kind, one.where, one.options, needs))
            for one in settings.filters
        ]
        options = Options(
            authserv_id=wanted.authserv_id or settings.hostname,
            spf=wanted.spf,
            dkim=wanted.dkim,
            arc=wanted.arc,
            dmarc=wanted.dmarc,
            timeout=wanted.timeout,
            postpone=wanted.postpone,
            dmarc_reject=wanted.dmarc_reject,
            trusted_ids=wanted.trusted_authserv_ids,
            trusted_relays=wanted.trusted_relays,
            relay_hops=wanted.relay_hops,
            sealers=wanted.trusted_arc_sealers,
            unasked=limits.local,
        )
        self.authenticator = Authenticator(
            options,
            names=names,
            suffixes=Suffixes(),
            reactor=reactor,
            pool=self._pool,
            meter=needs.meter,
            log=log,
        )

    def start(self, database: Database | None) -> None:
        """There is a store now; or there is none, since nothing shall be remembered."""
        if database is not None:
            self._sightings.use(database)
        self._pool.start()

    def stop(self) -> None:
        """Let go of the threads. One that waits for the DNS is waited for, some seconds at most."""
        if self._pool.started:
            self._pool.stop()
