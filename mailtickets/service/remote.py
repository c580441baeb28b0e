"""Hands for the command line: the gateway's HTTP API, or, where none runs, the store's own.

A command that finds no gateway takes the state directory's lock and serves the same API for a
moment, to itself, on a loopback port: there is one way to do each thing.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any, TypeVar
from urllib.parse import quote

import treq
from attrs import frozen
from treq.client import HTTPClient
from twisted.internet.defer import Deferred, ensureDeferred
from twisted.internet.task import react
from twisted.python.failure import Failure
from twisted.web.client import Agent, HTTPConnectionPool
from twisted.web.http_headers import Headers

from mailtickets.db.database import Database
from mailtickets.db.register import Register
from mailtickets.errors import SettingsError
from mailtickets.helpdesk.book import Book
from mailtickets.helpdesk.site import site
from mailtickets.service.aftermath import suppressions
from mailtickets.service.settings import HOLD, Settings
from mailtickets.service.state import StateDirectory
from mailtickets.store.ledger import Ledger
from mailtickets.store.spool import Spool

T = TypeVar("T")

TIME_LIMIT = 60.0
LONG_LIMIT = 6 * 3600.0
"""Seconds that a recount may take: a full one reads every octet of the store."""
LARGEST = 64 * 1024 * 1024
PAGES = 10_000


class Refused(Exception):
    """The gateway would not; its sentence says why."""


def run(settings: Settings, work: Callable[[Hands], Awaitable[T]]) -> T:
    """Run `work` in a reactor of its own. Raises Refused or SettingsError."""
    found: list[Any] = []

    def main(reactor: Any) -> Deferred[None]:
        return ensureDeferred(_work(settings, work, reactor)).addBoth(found.append)

    with suppress(SystemExit):  # so react ends, whatever came of it
        react(main)
    if isinstance(found[0], Failure):
        found[0].raiseException()
    result: T = found[0]
    return result


async def _work(settings: Settings, work: Callable[[Hands], Awaitable[T]], reactor: Any) -> T:
    state = StateDirectory(settings.state)
    if not state.path.is_dir():
        cure = "there is no such directory; name the gateway's, as mailtickets --state DIR ..."
        raise SettingsError(f"--state {state.path}", cure)
    if state.locked:
        web = state.announced().get("web", "")
        if not web:
            raise SettingsError(f"--state {state.path}", "its gateway has no TCP web endpoint")
        return await work(Hands(_client(reactor), web, state.token(), reactor))
    return await _alone(settings, state, work, reactor)


async def _alone(
    settings: Settings, state: StateDirectory, work: Callable[[Hands], Awaitable[T]], reactor: Any
) -> T:
    """Be the gateway for the time of one command."""
    lock = state.open()
    try:
        database = Database.open(settings.store_url, reactor)
        try:
            return await _served(settings, state, database, work, reactor)
        finally:
            await database.close()
    finally:
        lock.close()


async def _served(
    settings: Settings,
    state: StateDirectory,
    database: Database,
    work: Callable[[Hands], Awaitable[T]],
    reactor: Any,
) -> T:
    token = state.token()
    spool = Spool(database, reactor, owner="mailtickets")
    register = Register()
    register.use(database)
    served = site(
        book=Book(database, reactor, queues={one.name: one.prefix for one in settings.queues}),
        spool=spool,
        ledger=Ledger(database),
        token=token,
        banners=list,
        health=dict,
        metrics=bytes,
        open_access=False,
        relay_set=settings.relay != HOLD,
        suppressions=suppressions(register),
        clock=reactor,
    )
    port = reactor.listenTCP(0, served, interface="127.0.0.1")
    try:
        url = f"http://127.0.0.1:{port.getHost().port}"
        return await work(Hands(_client(reactor), url, token, reactor))
    finally:
        await port.stopListening()


def _client(reactor: Any) -> HTTPClient:
    pool: Any = HTTPConnectionPool(reactor, persistent=False)  # type: ignore[no-untyped-call]
    return HTTPClient(Agent(reactor, pool=pool))  # type: ignore[no-untyped-call]


@frozen
class Hands:
    """What an operator can do, each as one call."""

    _client: HTTPClient
    _url: str
    _token: str
    _reactor: Any

    async def _call(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        octets = await self._octets(method, path, body, **query)
        try:
            return json.loads(octets)
        except ValueError as why:
            raise Refused("the gateway's answer cannot be read; is it a mailtickets?") from why

    async def _octets(
        self,
        method: str,
        path: str,
        body: Any = None,
        data: bytes | None = None,
        seconds: float = TIME_LIMIT,
        **query: Any,
    ) -> bytes:
        parameters = [
            (name, str(one))
            for name, value in query.items()
            for one in (value if isinstance(value, (tuple, list)) else [value])
            if one not in {None, ""}
        ]
        try:
            response = await self._client.request(
                method,
                self._url + path,
                params=parameters,
                headers=Headers({"Authorization": [f"Bearer {self._token}"]}),
                data=data,
                **({} if body is None else {"json": body}),
                timeout=seconds,
                reactor=self._reactor,
            )
            octets: bytes = await treq.content(response)
        except Exception as why:
            sentence = f"the gateway at {self._url} does not answer ({type(why).__name__})"
            raise Refused(sentence) from why
        if response.code >= 400:
            raise Refused(_sentence(response.code, octets))
        return octets

    async def queue_list(
        self,
        states: Sequence[str] = (),
        agent: str | None = None,
        recipient: str | None = None,
        after: int = 0,
        limit: int = 100,
        older: int | None = None,
        younger: int | None = None,
    ) -> list[dict[str, Any]]:
        """Items of the spool, by ascending number; ages are in seconds."""
        found = await self._call(
            "GET",
            "/admin/v1/queue",
            state=tuple(states),
            agent=agent,
            recipient=recipient,
            after=after,
            limit=limit,
            older=older,
            younger=younger,
        )
        items: list[dict[str, Any]] = found["items"]
        return items

    async def queue_show(self, number: int) -> dict[str, Any]:
        """One item, with its envelope."""
        found: dict[str, Any] = await self._call("GET", f"/admin/v1/queue/{number}")
        return found

    async def queue_letter(self, number: int) -> bytes:
        """The octets of an item's letter."""
        return await self._octets("GET", f"/admin/v1/queue/{number}/letter")

    async def queue_replace(self, number: int, letter: bytes) -> dict[str, Any]:
        """Put an edited letter in the place of a held or waiting item's."""
        octets = await self._octets("PUT", f"/admin/v1/queue/{number}/letter", data=letter)
        found: dict[str, Any] = json.loads(octets)
        return found

    async def audit(self, *, full: bool) -> dict[str, Any]:
        """A recount of the store."""
        octets = await self._octets(
            "GET", "/admin/v1/audit", seconds=LONG_LIMIT, full="true" if full else ""
        )
        found: dict[str, Any] = json.loads(octets)
        return found

    async def queue_move(self, numbers: Sequence[int], how: str, reason: str = "") -> list[Any]:
        """Release, retry or drop items; `how` is the word."""
        body = {"reason": reason} if reason else {}
        return [await self._call("POST", f"/admin/v1/queue/{one}/{how}", body) for one in numbers]

    async def suppression_list(self) -> list[dict[str, Any]]:
        """All addresses that failed, page by page."""
        found: list[dict[str, Any]] = []
        after = None
        for _ in range(PAGES):
            page = await self._call("GET", "/admin/v1/suppression", after=after)
            found += page["addresses"]
            after = page["next"]
            if after is None:
                break
        return found

    async def suppression(
        self, method: str, address: str, body: Any = None
    ) -> dict[str, Any] | None:
        """GET, PUT or DELETE what is known of an address."""
        path = f"/admin/v1/suppression/{quote(address, safe='')}"
        octets = await self._octets(
            method, path, data=None if body is None else json.dumps(body).encode()
        )
        found: dict[str, Any] | None = json.loads(octets) if octets else None
        return found

    async def ticket_list(self, status: str | None, query: str) -> list[dict[str, Any]]:
        """All tickets, page by page."""
        found: list[dict[str, Any]] = []
        after = None
        for _ in range(PAGES):
            page = await self._call("GET", "/v1/tickets", status=status, q=query, after=after)
            found += page["tickets"]
            after = page["next"]
            if after is None:
                break
        return found

    async def ticket_show(self, key: str) -> dict[str, Any]:
        """A ticket with its comments."""
        found: dict[str, Any] = await self._call("GET", f"/v1/tickets/{quote(key, safe='')}")
        return found

    async def ticket_reply(
        self, key: str, text: str, *, note: bool, name: str, address: str
    ) -> dict[str, Any]:
        """Add a comment: an answer, or an internal note."""
        body = {
            "author": {"name": name, "address": address},
            "text": text,
            "visibility": "internal" if note else "public",
        }
        path = f"/v1/tickets/{quote(key, safe='')}/comments"
        found: dict[str, Any] = await self._call("POST", path, body)
        return found

    async def ticket_close(self, key: str) -> dict[str, Any]:
        """Close a ticket, and show it."""
        path = f"/v1/tickets/{quote(key, safe='')}"
        await self._call("PATCH", path, {"status": "closed"})
        return await self.ticket_show(key)


def _sentence(code: int, octets: bytes) -> str:
    """What a problem document (RFC 9457) says; nothing of it may move the terminal."""
    try:
        problem = json.loads(octets)
        said = str(problem.get("detail") or problem.get("title") or code)
    except (ValueError, AttributeError):
        said = f"the gateway answered {code}"
    return "".join(each if each.isprintable() else " " for each in said)[:500]
