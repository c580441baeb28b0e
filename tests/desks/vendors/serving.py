"""An in-memory server of a vendor's API on a real socket, and its table of exchanges."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.parser import HeaderParser
from email.policy import HTTP
from typing import Any, ClassVar
from urllib.parse import parse_qs, unquote, urlsplit

from attrs import field, frozen
from treq import content, request
from twisted.web.resource import Resource
from twisted.web.server import Site

from mailtickets.testing.desk import Bench
from mailtickets.testing.journal import MemoryJournal


@frozen
class Asked:
    """A request: `path` with its query as sent, `body` as octets."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def query(self) -> dict[str, str]:
        """The last value of each parameter."""
        return {name: values[-1] for name, values in parse_qs(urlsplit(self.path).query).items()}

    @property
    def told(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def form(self) -> list[tuple[str, str, str, bytes]]:
        """The parts of a form (RFC 7578): name, name of a file or none, media type, octets."""
        line = b"--" + self.headers["content-type"].partition("boundary=")[2].encode()
        found = []
        for part in self.body.split(line)[1:-1]:
            head, _, octets = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
            said = HeaderParser(policy=HTTP).parsestr(head.decode())
            named = said["content-disposition"].params
            sort = said.get_content_type()
            found.append((named["name"], named.get("filename", ""), sort, octets[:-2]))
        return found


@frozen
class Told:
    """An answer; `body` is JSON, or octets as they are."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(factory=dict)


@frozen
class Exchange:
    """One exchange of a table: what is asked, and what of the answer it promises.

    `body` of the answer: a mapping's members must be there and match, a type stands for any value
    of it, and a list's first entries must match.
    """

    asked: tuple[str, str]
    status: int
    told: Any = None
    body: Any = None
    headers: Mapping[str, str] = field(factory=dict)
    signed: bool = True


class Vendor(Resource):
    """Keeps what was asked in `log`. `routes` are (method, pattern of the path, function)."""

    isLeaf = True  # noqa: N815 - Twisted's name
    routes: tuple[tuple[str, str, str], ...] = ()
    signature: ClassVar[Mapping[str, str]]

    def __init__(self, reactor: Any) -> None:
        super().__init__()
        self.log: list[Asked] = []
        self.limited: Told | None = None
        self._listening = reactor.listenTCP(0, Site(self), interface="127.0.0.1")
        self.port: int = self._listening.getHost().port
        self.url = f"http://127.0.0.1:{self.port}"

    async def stop(self) -> None:
        """Listen no more."""
        await self._listening.stopListening()

    def unsigned(self) -> Told:
        """The answer to a wrong token."""
        raise NotImplementedError

    def missing(self) -> Told:
        """The answer where there is nothing."""
        raise NotImplementedError

    def render(self, asked: Any) -> bytes:
        """Twisted's: answer."""
        headers = {
            name.decode().lower(): values[0].decode()
            for name, values in asked.requestHeaders.getAllRawHeaders()
        }
        one = Asked(asked.method.decode(), asked.uri.decode(), headers, asked.content.read())
        self.log.append(one)
        told = self._answer(one)
        asked.setResponseCode(told.status)
        for name, value in told.headers.items():
            asked.setHeader(name.encode(), value.encode())
        if isinstance(told.body, bytes):
            return told.body
        asked.setHeader(b"content-type", b"application/json; charset=utf-8")
        return b"" if told.body is None else json.dumps(told.body).encode()

    def _answer(self, asked: Asked) -> Told:
        if any(asked.headers.get(name) != value for name, value in self.signature.items()):
            return self.unsigned()
        if self.limited is not None:
            return self.limited
        path = urlsplit(asked.path).path
        for method, pattern, name in self.routes:
            found = re.fullmatch(pattern, path)
            if found is not None and method == asked.method:
                serve: Callable[..., Told] = getattr(self, name)
                return serve(asked, *(unquote(one) for one in found.groups()))
        return self.missing()


class Elsewhere(Vendor):
    """Where a vendor keeps files: another place, which has nothing to do with the API's token."""

    signature: ClassVar[Mapping[str, str]] = {}
    routes = (("GET", r"/(\d+)", "moved"), ("GET", r"/files/(\d+)", "file"))

    def __init__(self, reactor: Any) -> None:
        super().__init__(reactor)
        self.files: list[bytes] = []

    def keep(self, octets: bytes) -> str:
        """Keep a file; where it is found."""
        self.files.append(octets)
        return f"{self.url}/{len(self.files)}?token=once"

    def moved(self, asked: Asked, number: str) -> Told:
        """The way to a file."""
        return Told(302, b"", {"Location": f"/files/{number}?signature=a%2Fb"})

    def file(self, asked: Asked, number: str) -> Told:
        """A file, to whoever has the whole address."""
        if asked.query != {"signature": "a/b"}:
            return self.missing()
        return Told(200, self.files[int(number) - 1], {"Content-Type": "text/plain"})

    def missing(self) -> Told:
        """Nothing."""
        return Told(404, b"")


def benched(
    reactor: Any,
    vendor: Any,
    desk_of: Callable[..., Any],
    system: Callable[[str, float], Any],
    comments: Callable[[str], int],
    answer: Callable[[str, str, bool], Any],
) -> Bench:
    """A bench of a vendor's server and a desk of ours.

    `system(url, seconds)` is its client; the desk has `vendor`, and that `journal`.
    """
    journal = vendor.journal = MemoryJournal(time.time)
    desks: list[Any] = []

    def through(port: int, seconds: float) -> Any:
        client = system(f"http://127.0.0.1:{port}", seconds)
        desks.append(desk_of(reactor, client, journal, every=0.1, settled=0.2))
        return desks[-1]

    async def tickets() -> int:
        return len(vendor.all)

    async def counted(ticket: str) -> int:
        return comments(ticket)

    async def answered(ticket: str, text: str, public: bool) -> str:
        return str(answer(ticket, text, public))

    async def close() -> None:
        for desk in desks:
            await desk.close()
        await vendor.stop()

    desk = through(vendor.port, 30.0)
    desk.vendor = vendor
    where = ("127.0.0.1", vendor.port)
    return Bench(desk, "support", "SUPPORT", tickets, counted, answered, close, through, where)


def stamp(now: float | None = None) -> str:
    """A time in whole seconds, as most vendors tell it."""
    return datetime.fromtimestamp(now or time.time(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def page_of(asked: Asked, found: list[Any], url: str) -> Told:
    """One numbered page of a list, with the Link header that names the next."""
    size, page = int(asked.query.get("per_page", 30)), int(asked.query.get("page", 1))
    listed = found[(page - 1) * size : page * size]
    headers = {}
    if len(found) > page * size:
        headers["Link"] = f'<{url}{urlsplit(asked.path).path}?page={page + 1}>; rel="next"'
    return Told(200, listed, headers)


async def played(vendor: Vendor, exchange: Exchange) -> None:
    """Put an exchange of the document to the server; raises AssertionError where it differs."""
    method, path = exchange.asked
    headers = {**(vendor.signature if exchange.signed else {}), **exchange.headers}
    data = None if exchange.told is None else json.dumps(exchange.told).encode()
    if data is not None:
        headers["content-type"] = "application/json"
    answer = await request(method, vendor.url + path, headers=headers, data=data)
    octets = await content(answer)
    assert answer.code == exchange.status, (exchange.asked, answer.code, octets)
    if exchange.body is not None:
        match(json.loads(octets), exchange.body, str(exchange.asked))


def match(found: Any, wanted: Any, where: str) -> None:
    """Whether an answer has what a document promises. Raises AssertionError."""
    if isinstance(wanted, type):
        assert isinstance(found, wanted), (where, found, wanted)
    elif isinstance(wanted, Mapping):
        for name, value in wanted.items():
            assert name in found, (where, name, found)
            match(found[name], value, f"{where}.{name}")
    elif isinstance(wanted, list):
        assert len(found) >= len(wanted), (where, found)
        for one, value in zip(found, wanted, strict=False):
            match(one, value, where)
    else:
        assert found == wanted, (where, found, wanted)
