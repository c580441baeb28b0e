"""Calls over HTTP by treq, bounded: how many at once, how long each, how large an answer."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, TypeVar
from urllib.parse import quote, urlencode, urljoin, urlsplit

from OpenSSL.SSL import Error as TlsError
from treq.client import HTTPClient
from twisted.internet import error
from twisted.internet.defer import CancelledError, Deferred, DeferredSemaphore, ensureDeferred
from twisted.internet.defer import TimeoutError as DeferredTimeoutError
from twisted.web.client import (
    Agent,
    HTTPConnectionPool,
    RequestGenerationFailed,
    RequestTransmissionFailed,
    ResponseFailed,
)

from mailtickets.desks.answers import Answer, loud
from mailtickets.desks.bodies import Arriving, Piece, Pieces
from mailtickets.errors import SettingsError, Temporary
from mailtickets.mail.octets import CHUNK

T = TypeVar("T")

AT_ONCE = 16
"""Calls at once; the others wait. Long polls have a place of their own."""
CONNECT = 10.0
"""Seconds until a connection stands."""
TOTAL = 60.0
"""Seconds for a call, from its first octet to its answer's last."""
SLOWEST = 64 * 1024
"""Octets a second that a large body may count on, beyond TOTAL."""
LARGEST_ANSWER = 128 * 1024 * 1024
"""A comment may be as long as a letter, and one answer holds it whole."""
KEPT = 30
"""Seconds an idle connection is kept: less than the embedded desk keeps its end of it."""
HOPS = 4
"""Redirects that are followed on the way to a file."""

_BROKEN = (
    RequestTransmissionFailed,
    ResponseFailed,
    error.ConnectionClosed,
)


class Caller:
    """Calls an API below one address, and hands back what was answered, or why nothing was.

    Redirects are not followed and cookies not kept: a token goes to nobody it was not given to.
    """

    def __init__(
        self,
        reactor: Any,
        url: str,
        headers: Callable[[], Mapping[str, str]],
        seconds: float = TOTAL,
        *,
        persistent: bool = True,
    ) -> None:
        self._reactor = reactor
        self._seconds = seconds
        self._url = url.rstrip("/")
        self._headers = headers
        # A server of HTTP/1.0 closes after each answer and need not say so, and Twisted keeps the
        # connection all the same: the next call breaks. `persistent` is false for such servers.
        pool: Any = HTTPConnectionPool(  # type: ignore[no-untyped-call]
            reactor, persistent=persistent
        )
        # Connections come and go without two lines each in the log; Twisted has no setting for it.
        pool._factory = type("_Quiet", (pool._factory,), {"noisy": False})  # noqa: SLF001
        pool.maxPersistentPerHost = AT_ONCE
        pool.cachedConnectionTimeout = KEPT
        self._pool = pool
        cookies = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
        agent = Agent(reactor, connectTimeout=CONNECT, pool=pool)  # type: ignore[no-untyped-call]
        self._client = HTTPClient(agent, cookiejar=cookies)  # type: ignore[arg-type]
        self._places = DeferredSemaphore(AT_ONCE)

    async def call(
        self,
        method: str,
        *path: str,
        query: Mapping[str, str] | Sequence[tuple[str, str]] | None = None,
        body: Sequence[Piece] | None = None,
        headers: Mapping[str, str] | None = None,
        seconds: float | None = None,
        polling: bool = False,
        type: str = "application/json",
    ) -> Answer:
        """Call, and read the answer to its end. Raises Temporary 4.x when there is none.

        `path` are the segments below the address, not quoted yet. `body` is of the media type
        `type`; what it holds of Octets goes out as base64, of `Plain` octets as they are.
        """
        pieces = None if body is None else Pieces(body)
        if seconds is None:
            seconds = self._seconds
        if pieces is not None:
            seconds += pieces.length / SLOWEST
        sent = dict(headers or {})
        if pieces is not None:
            sent["Content-Type"] = type
        calling = self._called(method, self._address(path, query), pieces, sent)
        if polling:
            return await self._limited(calling, seconds)
        await self._places.acquire()
        try:
            return await self._limited(calling, seconds)
        finally:
            self._places.release()

    async def stream(self, *path: str) -> AsyncIterator[bytes]:
        """GET, and the octets as they come, in pieces of 1 MiB at most. Raises Temporary."""
        with_body = self._begun("GET", self._address(path), None, {"Accept": "*/*"})
        answer, arriving = await self._limited(with_body, TOTAL)
        async for chunk in self._read(answer, arriving):
            yield chunk

    async def stream_at(self, url: str) -> AsyncIterator[bytes]:
        """As `stream`, from an address that the desk named; a few redirects are followed.

        Vendors keep files elsewhere. Our headers go to the desk's own address alone; elsewhere is
        only called by https, unless the desk itself is called without.
        """
        for _ in range(HOPS):
            ours = _origin(url) == _origin(self._url)
            scheme = urlsplit(url).scheme
            if not ours and scheme not in {"https", urlsplit(self._url).scheme}:
                raise loud("An attachment lies at an address that is not called")
            begun = self._begun("GET", url, None, {"Accept": "*/*"}, ours=ours)
            answer, arriving = await self._limited(begun, TOTAL)
            to = answer.headers.get("location", "")
            if not (300 <= answer.status < 400 and to):
                async for chunk in self._read(answer, arriving):
                    yield chunk
                return
            arriving.stop()
            url = urljoin(url, to)
        raise loud("An attachment is not found within so many redirects")

    async def _read(self, answer: Answer, arriving: Arriving) -> AsyncIterator[bytes]:
        try:
            if not answer.good:
                raise loud(f"The desk does not give an attachment of its own ({answer.status})")
            while chunk := await self._limited(arriving.read(), TOTAL):
                for start in range(0, len(chunk), CHUNK):
                    yield chunk[start : start + CHUNK]
        finally:
            arriving.stop()

    def _address(
        self,
        path: Sequence[str],
        query: Mapping[str, str] | Sequence[tuple[str, str]] | None = None,
    ) -> str:
        url = "/".join((self._url, *(quote(segment, safe="") for segment in path)))
        return f"{url}?{urlencode(query)}" if query else url

    async def close(self) -> None:
        """Close the connections that are kept."""
        await self._pool.closeCachedConnections()

    async def _limited(self, coroutine: Coroutine[Any, Any, T], seconds: float) -> T:
        """The coroutine's result, within `seconds`; what went wrong is told as Temporary."""
        waiting: Deferred[T] = ensureDeferred(coroutine)
        waiting.addTimeout(seconds, self._reactor)
        try:
            return await waiting
        except Exception as why:
            told = told_of(why)
            if told is None:
                raise
            raise told from why

    async def _called(
        self,
        method: str,
        url: str,
        pieces: Pieces | None,
        headers: Mapping[str, str],
    ) -> Answer:
        answer, arriving = await self._begun(method, url, pieces, headers)
        found = bytearray()
        try:
            while chunk := await arriving.read():
                found += chunk
                if len(found) > LARGEST_ANSWER:
                    raise loud("The desk's answer is too long to be read")
        finally:
            arriving.stop()
        return Answer(answer.status, answer.headers, bytes(found))

    async def _begun(
        self,
        method: str,
        url: str,
        pieces: Pieces | None,
        headers: Mapping[str, str],
        *,
        ours: bool = True,
    ) -> tuple[Answer, Arriving]:
        own = self._headers() if ours else {}
        sent: dict[Any, Any] = {"Accept": "application/json", **own, **headers}
        response = await self._client.request(
            method,
            url,
            headers=sent,
            data=pieces,
            allow_redirects=False,
            unbuffered=True,
            reactor=self._reactor,
        )
        arriving = Arriving()
        response.deliverBody(arriving)
        names = {
            name.decode("latin-1").lower(): values[0].decode("latin-1")
            for name, values in response.headers.getAllRawHeaders()
        }
        return Answer(response.code, names), arriving


def told_of(why: Exception) -> Temporary | None:
    """What a failed call is told as; None for what nobody foresaw."""
    if isinstance(why, Temporary):
        return why
    if isinstance(why, DeferredTimeoutError):
        return Temporary("4.2", "The desk did not answer in time")
    if isinstance(why, (error.DNSLookupError, error.ConnectError, error.ConnectingCancelledError)):
        return Temporary("4.1", "The desk cannot be reached", undone=True)
    reasons = [one.value for one in getattr(why, "reasons", ()) or ()]
    if isinstance(why, RequestGenerationFailed):
        inner = next((one for one in reasons if isinstance(one, Temporary)), None)
        return inner or Temporary("3.0", "The letter cannot be read now")
    if any(type(one).__name__ == "ParseError" for one in reasons):  # Twisted keeps it private
        return loud("What answers at the desk's address does not speak HTTP")
    if any(isinstance(one, TlsError) for one in (why, *reasons)):
        return Temporary("4.2", "TLS with the desk failed")
    if any(isinstance(one, CancelledError) for one in reasons):
        return Temporary("4.2", "The desk did not answer in time")
    if isinstance(why, _BROKEN):
        return Temporary("4.2", "The connection to the desk broke")
    return None


def _origin(url: str) -> tuple[str, str | None, int | None]:
    """Whom an address belongs to (RFC 6454). Raises Temporary, loud, where it is none."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise loud("An attachment lies at an address that nobody can read") from None
    return parts.scheme, parts.hostname, port or {"http": 80, "https": 443}.get(parts.scheme)


def checked_url(url: str, where: str = "url") -> str:
    """An address that can be called. Raises SettingsError."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    del port
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise SettingsError(f"{where} = {url!r}", "say http://HOST or https://HOST, with a path")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise SettingsError(where, "no name, password, query or fragment belongs into it")
    return url.rstrip("/")
