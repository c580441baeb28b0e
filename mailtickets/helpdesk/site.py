"""The web endpoint: health and metrics, the desk's API, the admin's API, and pages for people."""

from __future__ import annotations

import inspect
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from klein import Klein
from klein.resource import KleinResource
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.web.resource import Resource

from mailtickets.helpdesk.addresses import AddressesApi
from mailtickets.helpdesk.admin import AdminApi
from mailtickets.helpdesk.answering import send_json
from mailtickets.helpdesk.api import DeskApi
from mailtickets.helpdesk.asked import Request
from mailtickets.helpdesk.book import Book
from mailtickets.helpdesk.bounds import CONNECTIONS, MIB, BoundedSite
from mailtickets.helpdesk.entrance import authorised, require_token
from mailtickets.helpdesk.feed import FeedDoor
from mailtickets.helpdesk.guard import Guard
from mailtickets.helpdesk.hooks import Hook, Hooks
from mailtickets.helpdesk.leaving import IDeparts, LeavingPage
from mailtickets.helpdesk.pages import Pages
from mailtickets.helpdesk.paper import Paper, Surroundings
from mailtickets.helpdesk.problems import Problem, problem_of, send
from mailtickets.helpdesk.spoolpages import SpoolPages
from mailtickets.interfaces import ILedger, ISpool
from mailtickets.registers import ISuppressions
from mailtickets.routing.leaving import PATH

SMALL = 1 * MIB
"""Octets of a form, or of a body that comes without the token."""
BODY = 96 * MIB
"""Octets of a request's body, at most: a letter of 64 MiB in base64, and something for its text."""


def site(
    *,
    book: Book | None,
    spool: ISpool,
    ledger: ILedger | None,
    token: str,
    banners: Callable[[], Sequence[str]],
    health: Callable[[], Mapping[str, Any] | Awaitable[Mapping[str, Any]]],
    metrics: Callable[[], bytes | Awaitable[bytes]],
    open_access: bool,
    clock: IReactorTime,
    relay_set: bool = True,
    suppressions: ISuppressions | None = None,
    feeds: Sequence[str] = (),
    hooks: Mapping[str, Hook] | None = None,
    departs: IDeparts | None = None,
    embedded: str = "embedded",
    body: int = BODY,
    connections: int = CONNECTIONS,
    now: Callable[[], float] = time.time,
) -> BoundedSite:
    """The factory that serves the web endpoint.

    Without a `book` there is no desk here, only the operator's pages. `open_access` is true of an
    endpoint that only this machine can reach: its pages then ask nobody to sign in. `feeds` names
    the desks whose feeds are followed, `hooks` those that may call us, `departs`
    notes who wants no more letters; `embedded` is the name of
    the one this book is. `body` is the largest body in octets. `health` and `metrics` may be
    coroutines.
    """
    feed = None if book is None else FeedDoor(book, clock)
    surroundings = Surroundings(
        book=book,
        feed=feed,
        spool=spool,
        ledger=ledger,
        guard=Guard(token, open_access, now),
        banners=banners,
        relay_set=relay_set,
        feeds=tuple(feeds),
        embedded=embedded,
    )
    paper = Paper(surroundings)
    root = Root(
        token=token,
        body=body,
        desk=None if book is None or feed is None else DeskApi(book, feed, clock).app.resource(),
        admin=AdminApi(spool, relay_set=relay_set).app.resource(),
        addresses=AddressesApi(suppressions).app.resource(),
        guard=surroundings.guard,
        paper=paper,
        pages=Pages(surroundings, paper).app.resource(),
        spool=SpoolPages(surroundings, paper).app.resource(),
        public=Public(health, metrics).app.resource(),
        hooks=Hooks(hooks or {}, now).app.resource(),
        leaving=LeavingPage(departs, paper).app.resource(),
    )

    def allowance(request: Any) -> int:
        """Octets that a request's body may have: few, unless it is JSON and bears the token."""
        return body if authorised(request, token) and not _is_form(request) else min(body, SMALL)

    return BoundedSite(root, allowance=allowance, connections=connections)


def _is_form(request: Any) -> bool:
    """Whether Twisted would take the body apart as a form before we have seen it."""
    sort = (request.getHeader(b"content-type") or b"").lower()
    return sort.startswith((b"application/x-www-form-urlencoded", b"multipart/"))


class Root(Resource):
    """Sees to what all answers have, and hands each request to those whose it is."""

    isLeaf = True  # noqa: N815 - Twisted's name

    def __init__(
        self,
        *,
        token: str,
        body: int,
        desk: KleinResource | None,
        admin: KleinResource,
        addresses: KleinResource,
        guard: Guard,
        paper: Paper,
        pages: KleinResource,
        spool: KleinResource,
        public: KleinResource,
        hooks: KleinResource,
        leaving: KleinResource,
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._token = token
        self._body = body
        self._desk = desk
        self._admin = admin
        self._addresses = addresses
        self._guard = guard
        self._paper = paper
        self._pages = pages
        self._spool = spool
        self._public = public
        self._hooks = hooks
        self._leaving = leaving

    def render(self, request: Any) -> Any:
        """Twisted's: answer, now or later."""
        for name, value in (
            (b"server", b"mailtickets"),
            (b"x-content-type-options", b"nosniff"),
            (b"cache-control", b"no-store"),
            (b"referrer-policy", b"same-origin"),
            (b"x-frame-options", b"DENY"),
        ):
            request.setHeader(name, value)
        try:
            return self._whose(request).render(request)
        except Problem as why:
            if why.slug == "host":
                return self._paper.problem(request, why)
            return send(request, why)

    def _whose(self, request: Any) -> KleinResource:
        try:
            path = b"/".join(request.postpath).decode("utf-8")
        except UnicodeDecodeError:
            raise Problem(400, "path", "The path is not UTF-8") from None
        if path in {"v1/health", "metrics"}:
            return self._public
        first = path.partition("/")[0]
        if first in {"v1", "admin"}:
            require_token(request, self._token)
        if request.too_large:
            most = f"{self._body // MIB} MiB" if self._body >= MIB else f"{self._body} octets"
            raise Problem(413, "too-large", f"A request's body has {most} of JSON at most")
        if first == "hooks":
            return self._hooks
        if first == PATH:
            return self._leaving
        if first == "v1":
            if self._desk is None:
                raise Problem(404, "no-desk", "No queue uses the embedded desk; it is not here")
            return self._desk
        if first == "admin":
            ours = path.startswith("admin/v1/suppression")
            return self._addresses if ours else self._admin
        self._guard.check_host(request)
        return self._spool if first == "spool" else self._pages


class Public:
    """What needs no token: how we are, and what was counted."""

    app = Klein()

    def __init__(
        self,
        health: Callable[[], Mapping[str, Any] | Awaitable[Mapping[str, Any]]],
        metrics: Callable[[], bytes | Awaitable[bytes]],
    ) -> None:
        self._health = health
        self._metrics = metrics
        self._log = Logger(namespace="mailtickets.helpdesk")

    @app.route("/v1/health", methods=["GET"])
    async def health(self, request: Request) -> bytes:
        """How we are: 200 for as long as we can say so."""
        found = self._health()
        return send_json(request, await found if inspect.isawaitable(found) else found)

    @app.route("/metrics", methods=["GET"])
    async def metrics(self, request: Request) -> bytes:
        """What was counted, for Prometheus."""
        found = self._metrics()
        octets = await found if inspect.isawaitable(found) else found
        request.setHeader(b"content-type", b"text/plain; version=0.0.4; charset=utf-8")
        request.setHeader(b"content-length", str(len(octets)).encode())
        return octets

    @app.handle_errors(Exception)
    def failed(self, request: Any, failure: Failure) -> bytes:
        """Tell what went wrong as a problem document."""
        return send(request, problem_of(failure, self._log, "health or metrics"))
