"""A hosted system's API: signing forms, limits, pages of lists, and what an answer means."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from email.utils import parsedate_to_datetime
from typing import Any

from attrs import frozen
from twisted.internet.defer import Deferred, DeferredLock

from mailtickets.desks.answers import (
    LONGEST_RETRY_AFTER,
    Answer,
    document,
    loud,
    retry_after,
    trouble,
)
from mailtickets.desks.bodies import Piece, as_json
from mailtickets.desks.calls import TOTAL, Caller
from mailtickets.desks.jsons import mapping_of, objects
from mailtickets.errors import SettingsError, Temporary, Trouble
from mailtickets.mail import clean

PER_PAGE = 100
MOST_PAGES = 200
"""Pages of one list that are read in one go."""
UNKNOWN_WAIT = 60.0
"""Seconds to wait where a limit is reached and nothing says for how long."""

Token = Callable[[], str]
Query = Sequence[tuple[str, str]]
Following = Callable[[Mapping[str, Any]], Query | None]
"""What to ask for the page after this one; None at the end."""


def bearer(token: str) -> Mapping[str, str]:
    """`Authorization: Bearer` (RFC 6750)."""
    return {"Authorization": f"Bearer {token}"}


def basic(pair: str) -> Mapping[str, str]:
    """`Authorization: Basic` of NAME:PASSWORD (RFC 7617)."""
    return {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"}


@frozen
class Access:
    """How to reach an API: `url`, what gives the token, and its form as headers.

    `gap` is how many seconds are left between two calls that write, at least.
    """

    url: str
    token: Token
    form: Callable[[str], Mapping[str, str]]
    user_agent: str = "mailtickets"
    gap: float = 0.0
    extra: tuple[tuple[str, str], ...] = ()


class Api:
    """Calls an API within its limits. `now` gives seconds since 1970."""

    def __init__(
        self, reactor: Any, access: Access, now: Callable[[], float], seconds: float = TOTAL
    ) -> None:
        self._reactor = reactor
        self._access = access
        self._now = now
        self._caller = Caller(reactor, access.url, self._headers, seconds)
        self._lock = DeferredLock()
        self._wrote: float | None = None
        self._ahead = 0.0

    @property
    def clock(self) -> int:
        """The system's own time, as its latest answer had it; milliseconds since 1970."""
        return round((self._now() + self._ahead) * 1000)

    def _headers(self) -> Mapping[str, str]:
        try:
            signed = self._access.form(self._access.token())
        except SettingsError:
            raise loud("The desk's token cannot be read", undone=True) from None
        return {**signed, "User-Agent": self._access.user_agent, **dict(self._access.extra)}

    async def close(self) -> None:
        """Close the connections that are kept."""
        await self._caller.close()

    async def ask(self, *path: str, query: Query = ()) -> Answer:
        """GET, whatever the answer's status is. Raises Temporary where there is none."""
        answer = await self._caller.call("GET", *path, query=query)
        self._check(answer)
        return answer

    async def get(self, *path: str, query: Query = ()) -> Any:
        """What GET tells. Raises Temporary."""
        answer = await self.ask(*path, query=query)
        if not answer.good:
            raise self.trouble(answer, named=False)
        return document(answer)

    async def found(self, *path: str, query: Query = (), silent: bool = False) -> Any:
        """What GET tells, or None where there is surely nothing. Raises Temporary.

        `silent`: the system says nothing at all where there is nothing.
        """
        answer = await self.ask(*path, query=query)
        if answer.status in {404, 410} and (answer.is_json or (silent and not answer.body)):
            return None
        if not answer.good:
            raise self.trouble(answer, named=False)
        return document(answer)

    async def pages(
        self, *path: str, query: Query = (), name: str = ""
    ) -> AsyncIterator[Mapping[str, Any]]:
        """The objects of a list that is told in numbered pages, or of its member `name`.

        A Link header (RFC 8288) says whether there is another page; else a full page does.
        """
        for number in range(1, MOST_PAGES + 1):
            paged = [*query, ("per_page", str(PER_PAGE)), ("page", str(number))]
            answer = await self.ask(*path, query=paged)
            if not answer.good:
                raise self.trouble(answer, named=False)
            told = document(answer)
            listed = objects(told.get(name) if name and isinstance(told, dict) else told, "a list")
            for one in listed:
                yield one
            link = answer.headers.get("link")
            if not (len(listed) >= PER_PAGE if link is None else 'rel="next"' in link):
                return

    async def walk(
        self, *path: str, following: Following, query: Query = (), most: int = MOST_PAGES
    ) -> AsyncIterator[Mapping[str, Any]]:
        """The pages of a list, each as it is told; the system says how to ask for the next."""
        more: Query | None = ()
        for _ in range(most):
            told = mapping_of(await self.get(*path, query=[*query, *(more or ())]))
            yield told
            more = following(told)
            if more is None:
                return

    async def write(
        self,
        method: str,
        *path: str,
        told: Mapping[str, Any] | None = None,
        body: Sequence[Piece] | None = None,
        type: str = "application/json",
        query: Query = (),
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """POST or PUT, one at a time where the system wants it so. Raises Temporary."""
        sent = as_json(told) if told is not None else body

        async def call() -> Answer:
            answer = await self._caller.call(
                method, *path, query=query, body=sent, type=type, headers=headers
            )
            self._check(answer)
            return answer

        if not self._access.gap:
            return await call()
        await self._lock.acquire()
        try:
            await self._rest()
            return await call()
        finally:
            self._wrote = self._reactor.seconds()
            self._lock.release()

    async def _rest(self) -> None:
        """Wait until the gap since the last write is over."""
        if self._wrote is None:
            return
        left = self._wrote + self._access.gap - self._reactor.seconds()
        if left > 0:
            waiting: Deferred[None] = Deferred()
            self._reactor.callLater(left, _fire, waiting)
            await waiting

    async def made(
        self, method: str, *path: str, told: Mapping[str, Any], named: bool = False
    ) -> Any:
        """Write, and what the good answer tells. Raises Trouble."""
        answer = await self.write(method, *path, told=told)
        if not answer.good:
            raise self.trouble(answer, named=named)
        return document(answer)

    def trouble(self, answer: Answer, *, named: bool) -> Trouble:
        """As `answers.trouble`; a value that is refused is for a person to mend."""
        refused = sorted(complaints(answer)) if answer.status in {400, 422} else []
        if refused or (answer.status == 422 and answer.is_json):
            what = clean.line(", ".join(refused), 200) or "a value"
            return loud(
                f"The desk refuses {what} ({answer.status}): is it set up as the page says?",
                undone=True,
            )
        return trouble(answer, self._now(), named=named)

    def _check(self, answer: Answer) -> None:
        """Look at the clock; raise where a limit is reached: 429, or a 403 with nothing left."""
        try:
            told = parsedate_to_datetime(answer.headers.get("date", ""))
            self._ahead = told.timestamp() - self._now()
        except (ValueError, OverflowError):
            pass  # a proxy's, or none
        wait = limit_of(answer, self._now())
        if wait is not None:
            text = f"The desk asks for patience ({answer.status})"
            raise Temporary("4.5", text, retry_after=wait, undone=True)

    def stream(self, *path: str) -> AsyncIterator[bytes]:
        """The octets of a file."""
        return self._caller.stream(*path)

    def stream_at(self, url: str) -> AsyncIterator[bytes]:
        """The octets of a file at an address that an answer named."""
        return self._caller.stream_at(url)


def _fire(waiting: Deferred[None]) -> None:
    if not waiting.called:
        waiting.callback(None)


def complaints(answer: Answer) -> frozenset[str]:
    """The fields that a refusal names, lower case, by whatever form the vendor has for it.

    Zendesk: `details`, by field. Jira: `errors`, by field. Freshdesk and GitHub: `errors`, a list
    whose entries name a `field`.
    """
    if answer.good or not answer.is_json:
        return frozenset()
    try:
        told = mapping_of(document(answer))
    except Temporary:
        return frozenset()
    named: set[str] = set()
    for found in (told.get("details"), told.get("errors")):
        if isinstance(found, Mapping):
            named |= {str(name) for name in found}
        elif isinstance(found, list):
            named |= {
                str(one["field"]) for one in found if isinstance(one, dict) and "field" in one
            }
    return frozenset(name.lower() for name in named)


def limit_of(answer: Answer, now: float) -> float | None:
    """Seconds to wait where an answer says that a limit is reached; None where it does not.

    GitHub says 403 or 429, with Retry-After, or x-ratelimit-remaining 0 and x-ratelimit-reset, a
    time in seconds since 1970; GitLab the same as RateLimit-Reset; the others 429 and Retry-After.
    """
    left = answer.headers.get("x-ratelimit-remaining", answer.headers.get("ratelimit-remaining"))
    limited = answer.status == 403 and (left == "0" or "retry-after" in answer.headers)
    if answer.status != 429 and not limited:
        return None
    wait = retry_after(answer, now)
    if wait is not None:
        return wait
    reset = answer.headers.get("x-ratelimit-reset", answer.headers.get("ratelimit-reset", ""))
    if left == "0" and reset.isascii() and reset.isdecimal() and len(reset) < 13:
        return min(max(1.0, float(reset) - now), LONGEST_RETRY_AFTER)
    return UNKNOWN_WAIT
