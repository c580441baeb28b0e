"""The client of any desk that serves the API of docs/desk-api.md, the embedded one among them."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import frozen
from twisted.internet.interfaces import IReactorTime
from twisted.internet.task import deferLater
from zope.interface import implementer

from mailtickets.desks.answers import Answer, document, loud, trouble
from mailtickets.desks.bodies import with_attachments
from mailtickets.desks.calls import TOTAL, Caller, checked_url
from mailtickets.errors import SettingsError, Temporary, Trouble
from mailtickets.interfaces import (
    IChecks,
    IDesk,
    IFeed,
    ILooksUp,
    IShowsDelivery,
    IShowsStanding,
    ITakesAttachments,
    ITellsHistory,
)
from mailtickets.mail.octets import Octets
from mailtickets.plugin import Needs
from mailtickets.tickets.document import (
    Unreadable,
    delivery_document,
    identity,
    intent_document,
    listing,
    mapping,
    read_event,
    read_past,
    read_ticket,
)
from mailtickets.tickets.events import Event
from mailtickets.tickets.intents import AddComment, OpenTicket
from mailtickets.tickets.values import Delivery, Past, Receipt, Remote, Ticket

# A key is the local part of the ticket's address as it stands (RFC 5322 section 3.2.3).
_KEY = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*\Z")
_TOKEN = re.compile(r"[!-~]+\Z")
LONGEST_KEY = 64
GRACE = 30.0
"""Seconds a desk may take to answer a poll, beyond what it was asked to wait."""
BREATH = 1.0
"""Seconds between questions to a desk that answers a long poll at once, with nothing."""
MOST_PAGES = 10_000
MOST_HISTORY = 20
"""Pages of comments that are read for the sake of quoting the latest."""
NEAR = 20
"""Comments beyond those that are wanted: some are internal, some are newer."""


def make(settings: Mapping[str, Any], needs: Needs) -> HttpDesk:
    """A desk of kind `http`. Settings: url, and token or token_file. Raises SettingsError."""
    url = checked_url(str(settings.get("url", "")))
    return HttpDesk(needs.reactor, url, token_of(settings), user_agent=needs.user_agent)


def token_of(settings: Mapping[str, Any], name: str = "token") -> Callable[[], str]:
    """What gives the token that `token` is, or that `token_file` holds. Raises SettingsError.

    The file is read again for each call, so that a token can be changed while we run. A desk that
    wants a password is told one likewise: `name` is the setting's.
    """
    token, file = settings.get(name), settings.get(f"{name}_file")
    if (token is None) == (file is None):
        raise SettingsError(name, f"give either {name} or {name}_file")
    if file is None:
        if not _TOKEN.match(str(token)):
            raise SettingsError(name, f"a {name} is printable ASCII without blanks")
        return lambda: str(token)
    path = Path(str(file))
    read = TokenFile(path, name)
    read()
    return read


@frozen
class TokenFile:
    """A token that stands in a file, alone; `name` is what the settings call it."""

    path: Path
    name: str = "token"

    def __call__(self) -> str:
        """The token. Raises SettingsError."""
        try:
            token = self.path.read_text("ascii").strip()
        except (OSError, ValueError) as why:
            raise SettingsError(f"{self.name}_file = {self.path}", "cannot be read") from why
        if not _TOKEN.match(token):
            raise SettingsError(f"{self.name}_file = {self.path}", f"holds no {self.name}")
        return token


@implementer(
    IDesk,
    IFeed,
    ILooksUp,
    IChecks,
    ITakesAttachments,
    ITellsHistory,
    IShowsStanding,
    IShowsDelivery,
)
class HttpDesk:
    """A ticketing system behind the HTTP API.

    `token` gives the bearer's token. `seconds` is how long a call may take, but for what a large
    body and a long poll add to it.
    """

    def __init__(
        self,
        reactor: Any,
        url: str,
        token: Callable[[], str],
        *,
        user_agent: str = "mailtickets",
        seconds: float = TOTAL,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._clock: IReactorTime = reactor
        self._token = token
        self._user_agent = user_agent
        self._now = now
        self._url = url
        self._caller = Caller(reactor, url, self._headers, seconds)

    def _headers(self) -> Mapping[str, str]:
        try:
            token = self._token()
        except SettingsError:
            raise loud("The desk's token cannot be read") from None
        return {"Authorization": f"Bearer {token}", "User-Agent": self._user_agent}

    async def close(self) -> None:
        """Close the connections that are kept."""
        await self._caller.close()

    # -- IDesk

    async def submit(self, intent: OpenTicket | AddComment, key: str) -> Receipt:
        """Carry out `intent` once per `key`. Raises Permanent or Temporary."""
        if isinstance(intent, OpenTicket):
            path: tuple[str, ...] = ("v1", "tickets")
        else:
            path = ("v1", "tickets", intent.ticket, "comments")
        answer = await self._caller.call(
            "POST",
            *path,
            body=with_attachments(intent_document(intent), intent.attachments),
            headers={"Idempotency-Key": key},
        )
        named = isinstance(intent, AddComment)
        entry = self._understood(answer, named=named)
        try:
            if isinstance(intent, OpenTicket):
                return Receipt(_key(entry.get("key")), url=_url(entry.get("url")))
            return _comment(entry, intent.ticket)
        except Unreadable as why:
            raise loud(f"The desk's answer cannot be understood: {why}") from None

    # -- ILooksUp

    async def find(self, key: str) -> Ticket | None:
        """The ticket with this key, or None when the desk says that there is none."""
        answer = await self._caller.call("GET", "v1", "tickets", key, query={"limit": "0"})
        if answer.status in {404, 410} and not answer.is_page:
            return None
        entry = self._understood(answer, named=False)
        try:
            found = read_ticket(entry)
        except Unreadable as why:
            raise loud(f"The desk's answer cannot be understood: {why}") from None
        if found.key.lower() != key.lower():
            raise loud("The desk answered with another ticket than it was asked for")
        return found

    # -- IFeed

    async def events(self, after: str | None, wait: float) -> Sequence[Event]:
        """The events after a cursor; waits up to `wait` seconds for one."""
        asked_at = self._clock.seconds()
        for _ in range(MOST_PAGES):
            events, cursor, empty = await self._page(after, wait)
            if events:
                return events
            if empty or cursor is None or cursor == after:
                break
            after = cursor  # a page of kinds that we do not know
        left = min(wait, BREATH) - (self._clock.seconds() - asked_at)
        if left > 0:
            await deferLater(self._clock, left)
        return ()

    async def _page(
        self, after: str | None, wait: float
    ) -> tuple[Sequence[Event], str | None, bool]:
        """Events, the cursor after them, and whether there were none of whatever kind."""
        query = {"wait": f"{wait:g}"}
        if after is not None:
            query["after"] = after
        answer = await self._caller.call(
            "GET", "v1", "events", query=query, seconds=wait + GRACE, polling=True
        )
        return _events_of(self._understood(answer, named=False))

    async def end(self) -> str | None:
        """The cursor of now; found by walking there at a desk that does not know `now`."""
        query = {"after": "now", "wait": "0"}
        answer = await self._caller.call("GET", "v1", "events", query=query, polling=True)
        if answer.good:
            events, cursor, empty = _events_of(self._understood(answer, named=False))
            if empty and not events and cursor not in {None, "now"}:
                return cursor
        elif answer.status not in {400, 404, 422, 500}:
            raise trouble(answer, self._now(), named=False)
        after: str | None = None
        for _ in range(MOST_PAGES):
            _, cursor, empty = await self._page(after, 0)
            if empty or cursor is None or cursor == after:
                return after if cursor is None else cursor
            after = cursor
        raise Temporary("4.5", "The desk's feed has no end")

    # -- IShowsDelivery

    async def delivery(self, delivery: Delivery) -> None:
        """Have it shown; a desk that has no place for it is left in peace."""
        path = ("v1", "tickets", delivery.ticket, "comments", delivery.comment, "delivery")
        body = with_attachments(delivery_document(delivery), ())
        answer = await self._caller.call("PUT", *path, body=body)
        if not answer.good and answer.status not in {404, 405, 410, 501}:
            raise trouble(answer, self._now(), named=False)

    # -- ITakesAttachments

    async def fetch(self, ticket: str, attachment: Remote) -> Octets:
        """The octets of an attachment that an event named; read from the desk as they are read."""
        return Fetched(self._caller, ticket, attachment.id, attachment.size)

    # -- ITellsHistory

    async def history(self, ticket: str, before: str | None, limit: int) -> Sequence[Past]:
        """The latest public comments before the comment `before`, latest first."""
        found: list[Past] = []
        query = {"newest": "true", "limit": str(limit + NEAR)}
        for _ in range(MOST_HISTORY):
            answer = await self._caller.call("GET", "v1", "tickets", ticket, query=query)
            entry = self._understood(answer, named=False)
            try:
                comments = listing(entry.get("comments"), "the ticket's comments")
                for one in comments:
                    comment = mapping(one, "a comment")
                    if before is not None and str(comment.get("id")) == before:
                        return found[-1 : -1 - limit : -1]
                    past = read_past(comment)
                    found += [past] if past is not None else []
            except Unreadable as why:
                raise loud(f"The desk's answer cannot be understood: {why}") from None
            # A desk that does not know `newest` tells the oldest, and what comes after them.
            if entry.get("next") is None:
                break
            query["after"] = str(entry["next"])
        return found[-1 : -1 - limit : -1]

    # -- IChecks

    async def check(self) -> Sequence[str]:
        """What is wrong, a sentence each with its cure."""
        try:
            answer = await self._caller.call("GET", "v1", "tickets", query={"limit": "1"})
            entry = self._understood(answer, named=False)
            if not isinstance(entry.get("tickets"), list):
                return [f"{self._url} does not answer as docs/desk-api.md says: is the url right?"]
            await self.end()
        except Trouble as why:
            return [f"{self._url}: {why.text}"]
        return []

    def _understood(self, answer: Answer, *, named: bool) -> Mapping[str, Any]:
        """The object that a good answer holds. Raises Permanent or Temporary for any other."""
        if not answer.good:
            raise trouble(answer, self._now(), named=named)
        try:
            return mapping(document(answer), "the answer")
        except Unreadable as why:
            raise loud(f"The desk's answer cannot be understood: {why}") from None


@frozen
class Fetched:
    """An attachment that lies at the desk; every reading asks for it anew."""

    caller: Caller
    ticket: str
    id: str
    size: int

    async def chunks(self) -> AsyncIterator[bytes]:
        """The octets in order, in pieces of 1 MiB at most. Raises Temporary."""
        left = self.size
        async for chunk in self.caller.stream("v1", "tickets", self.ticket, "attachments", self.id):
            left -= len(chunk)
            if left < 0:
                break
            yield chunk
        if left:
            raise loud("An attachment at the desk has not the size that the desk told")


def _key(value: Any) -> str:
    key = identity(value, "the ticket's key")
    if len(key) > LONGEST_KEY or not _KEY.match(key):
        raise Unreadable("the ticket's key cannot be an address's local part")
    return key


def _comment(entry: Mapping[str, Any], ticket: str) -> Receipt:
    """The receipt of a comment, which must be about the ticket that we named, if it names one."""
    told = entry.get("ticket", entry.get("key"))
    key = ticket if told is None else identity(told, "the comment's ticket")
    if key.lower() != ticket.lower():
        raise Unreadable("it is about another ticket than ours")
    return Receipt(key, identity(entry.get("id"), "the comment's id"), _url(entry.get("url")))


def _url(value: Any) -> str | None:
    return value if isinstance(value, str) and value.startswith(("http://", "https://")) else None


def _events_of(entry: Mapping[str, Any]) -> tuple[Sequence[Event], str | None, bool]:
    try:
        documents = listing(entry.get("events"), "events")
        told = entry.get("cursor")
        cursor = None if told is None else identity(told, "the cursor")
        events = [event for one in documents if (event := read_event(one)) is not None]
    except Unreadable as why:
        raise loud(f"The desk's feed cannot be understood: {why}") from None
    if cursor is None and events:
        cursor = events[-1].cursor
    return events, cursor, not documents
