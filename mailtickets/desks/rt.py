"""Request Tracker 5, by REST2: tickets, comments, files; its feed is `mailtickets.desks.rtfeed`.

A ticket carries our key in a custom field of tickets, a comment in one of transactions. RT does not
compare case and does not insist on unique values, so the key is hex and we compare it ourselves.
"""

from __future__ import annotations

import json
import re
import time
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any

from attrs import field, frozen
from zope.interface import implementer

from mailtickets.desks.answers import Answer, document, loud, trouble
from mailtickets.desks.bodies import as_json, multipart
from mailtickets.desks.calls import TOTAL, Caller, checked_url
from mailtickets.desks.http import token_of
from mailtickets.desks.jsons import entries, mapping_of
from mailtickets.desks.once import SETTLED, Once
from mailtickets.desks.polling import EVERY, Polling
from mailtickets.desks.rtfeed import RtFeed, value_of
from mailtickets.desks.shared import is_number, names_of, seconds_of
from mailtickets.desks.wording import Wording, naming
from mailtickets.errors import Permanent, SettingsError, Trouble
from mailtickets.interfaces import (
    IChecks,
    IDesk,
    IFeed,
    IJournal,
    ILooksUp,
    INudged,
    ITakesAttachments,
)
from mailtickets.mail import clean
from mailtickets.mail.octets import CHUNK, Octets
from mailtickets.plugin import Needs
from mailtickets.tickets.events import Event
from mailtickets.tickets.intents import AddComment, OpenTicket
from mailtickets.tickets.values import Attachment, Person, Receipt, Remote, Ticket

WORDING = Wording(subject=200)
"""RT cuts a longer subject, and says nothing."""
_TRANSACTION = re.compile(r"/transaction/([1-9][0-9]{0,17})\Z")
_CLOSED = frozenset({"rejected", "deleted"})


@frozen
class RtSettings:
    """How RT is set up: our queues' names there, and the two custom fields.

    `queues` maps a queue's name here to its name in RT; `queue` serves for the others.
    """

    queue: str = "General"
    queues: Mapping[str, str] = field(factory=dict)
    key_field: str = "MailTicketsKey"
    entry_field: str = "MailTicketsEntryKey"
    every: float = EVERY
    settled: float = SETTLED

    def name_of(self, queue: str) -> str:
        """What RT calls a queue of ours."""
        return self.queues.get(queue, self.queue)

    @property
    def names(self) -> frozenset[str]:
        """RT's queues that are ours."""
        return frozenset({*self.queues.values(), self.queue})


def make(settings: Mapping[str, Any], needs: Needs) -> RtDesk:
    """A desk of kind `rt`. Settings: url, token or token_file, and those of `RtSettings`.

    Raises SettingsError.
    """
    queue, queues = names_of(settings, "queue", "queues", "General")
    key_field = names_of(settings, "key_field", "", "MailTicketsKey")[0]
    entry_field = names_of(settings, "entry_field", "", "MailTicketsEntryKey")[0]
    if needs.journal is None:
        raise SettingsError("rt", "this desk needs a journal")
    rt = RtSettings(
        queue, queues, key_field, entry_field, every=seconds_of(settings, "every", EVERY)
    )
    url = checked_url(str(settings.get("url", "")))
    return RtDesk(
        needs.reactor, url, token_of(settings), rt, needs.journal, user_agent=needs.user_agent
    )


@implementer(IDesk, IFeed, ILooksUp, IChecks, ITakesAttachments, INudged)
class RtDesk:
    """One RT. `url` is where its pages begin; `token` gives an authentication token of it."""

    def __init__(
        self,
        reactor: Any,
        url: str,
        token: Callable[[], str],
        settings: RtSettings,
        journal: IJournal,
        *,
        user_agent: str = "mailtickets",
        seconds: float = TOTAL,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._url = url
        self._token = token
        self._settings = settings
        self._user_agent = user_agent
        self._now = now
        self._caller = Caller(reactor, f"{url}/REST/2.0", self._headers, seconds)
        self._once = Once(journal, self._make, self._find, now, settings.settled)
        feed = RtFeed(self._json, settings.names, settings.entry_field, settings.key_field)
        self._feed = feed
        self._polling = Polling(reactor, feed.page, settings.every)

    def _headers(self) -> Mapping[str, str]:
        try:
            token = self._token()
        except SettingsError:
            raise loud("The desk's token cannot be read", undone=True) from None
        return {"Authorization": f"token {token}", "User-Agent": self._user_agent}

    async def close(self) -> None:
        """Close the connections that are kept."""
        await self._caller.close()

    async def _json(self, *path: str, query: Mapping[str, str] | None = None) -> Any:
        """What GET tells. Raises Temporary."""
        answer = await self._caller.call("GET", *path, query=query)
        if not answer.good:
            raise trouble(answer, self._now(), named=False)
        return document(answer)

    # -- IDesk

    async def submit(self, intent: OpenTicket | AddComment, key: str) -> Receipt:
        """Carry out `intent` once per `key`. Raises Permanent or Temporary."""
        if isinstance(intent, AddComment) and not is_number(intent.ticket):
            raise Permanent("1.1", "The desk has no such ticket")
        return await self._once.submit(intent, key)

    async def _make(self, intent: OpenTicket | AddComment, mark: str) -> Receipt:
        files = WORDING.files_of(intent)
        taken = [one for one in files if one.octets.size]  # RT has no files without octets
        answer = await self._posted(intent, mark, taken, [f for f in files if f not in taken])
        if taken and answer.status in {400, 413} and not answer.is_page:
            # It says nothing of what it minds, and did nothing: the letter matters more.
            answer = await self._posted(intent, mark, (), files)
        return self._made(answer, intent)

    async def _posted(
        self,
        intent: OpenTicket | AddComment,
        mark: str,
        files: Sequence[Attachment],
        named: Sequence[Attachment],
    ) -> Answer:
        """What RT answers to the intent with `files`, and with `named` in words."""
        text = naming(WORDING.text_of(intent), named)
        told: dict[str, Any] = {"Content": text, "ContentType": "text/plain"}
        path: tuple[str, ...]
        if isinstance(intent, OpenTicket):
            path = ("ticket",)
            told["Queue"] = self._settings.name_of(intent.queue)
            told["Requestor"] = _named(intent.requester)
            told["Subject"] = WORDING.subject_of(intent)
            told["CustomFields"] = {self._settings.key_field: mark}
        else:
            path = ("ticket", intent.ticket, "correspond" if intent.public else "comment")
            told["TxnCustomFields"] = {self._settings.entry_field: mark}
        sort, body = "application/json", as_json(told)
        if files:
            sent = [("Attachments", one) for one in files]
            sort, body = multipart([("JSON", sort, json.dumps(told))], sent)
        return await self._caller.call("POST", *path, body=body, type=sort)

    def _made(self, answer: Answer, intent: OpenTicket | AddComment) -> Receipt:
        """RT says 201, and where; whatever else is good by its status may be anything."""
        named = isinstance(intent, AddComment)
        if not answer.good:
            raise trouble(answer, self._now(), named=named)
        found = document(answer)
        if isinstance(intent, OpenTicket):
            number = str(mapping_of(found).get("id", ""))
            if answer.status != 201 or not is_number(number):
                raise loud("The desk does not say which ticket it made")
            return Receipt(number, url=self._page(number))
        place = _TRANSACTION.search(answer.headers.get("location", ""))
        if answer.status != 201 or place is None:
            raise loud("The desk does not say which entry it made")
        return Receipt(intent.ticket, place[1], self._page(intent.ticket))

    def _page(self, ticket: str) -> str:
        return f"{self._url}/Ticket/Display.html?id={ticket}"

    async def _find(self, intent: OpenTicket | AddComment, mark: str) -> Receipt | None:
        """What bears the mark; the oldest, should there be several."""
        opening = isinstance(intent, OpenTicket)
        name = self._settings.key_field if opening else self._settings.entry_field
        query = {
            "query": f"CF.{{{name}}}='{mark}'",
            "fields": "CustomFields,ObjectId" if not opening else "CustomFields",
            "orderby": "id",
            "order": "ASC",
            "per_page": "20",
        }
        found = await self._json("tickets" if opening else "transactions", query=query)
        for one in entries(found, "items"):
            if value_of(one, name) == mark:
                number = str(one.get("id", ""))
                if isinstance(intent, OpenTicket):
                    return Receipt(number, url=self._page(number))
                if str(one.get("ObjectId", "")) == intent.ticket:
                    return Receipt(intent.ticket, number, self._page(intent.ticket))
        return None

    # -- ILooksUp

    async def find(self, key: str) -> Ticket | None:
        """The ticket of this number, or None when no queue of ours has it."""
        if not is_number(key):
            return None
        query = {"fields[Queue]": "Name"}
        answer = await self._caller.call("GET", "ticket", key, query=query)
        if answer.status == 404 and answer.is_json:
            return None
        if not answer.good:
            raise trouble(answer, self._now(), named=False)
        entry = mapping_of(document(answer))
        if str(entry.get("id", "")) != key:
            raise loud("The desk answered with another ticket than it was asked for")
        if mapping_of(entry.get("Queue", {})).get("Name") not in self._settings.names:
            return None
        status = str(entry.get("Status", "open"))
        return Ticket(
            key=key,
            subject=str(entry.get("Subject", "")),
            requester=await self._requester(entry),
            status="closed" if status in _CLOSED else status,
            url=self._page(key),
        )

    async def _requester(self, entry: Mapping[str, Any]) -> Person:
        """The first requester. RT tells a user's name, which for strangers is the address."""
        for one in entries(entry, "Requestor"):
            name = one.get("id")
            if isinstance(name, str) and name:
                user = mapping_of(await self._json("user", name))
                return Person(str(user.get("RealName") or ""), str(user.get("EmailAddress") or ""))
        return Person("", "")

    # -- IFeed, INudged, ITakesAttachments

    async def events(self, after: str | None, wait: float) -> Sequence[Event]:
        """The events after a cursor; waits up to `wait` seconds for one."""
        return await self._polling.events(after, wait)

    async def end(self) -> str | None:
        """The cursor of now."""
        return await self._feed.end()

    def nudge(self) -> None:
        """Ask RT for news now."""
        self._polling.nudge()

    async def fetch(self, ticket: str, attachment: Remote) -> Octets:  # noqa: ARG002
        """The octets of an attachment that an event named; asked for when they are read."""
        return RtOctets(self._json, attachment.id, attachment.size)

    # -- IChecks

    async def check(self) -> Sequence[str]:
        """What is wrong, a sentence each with its cure: token, queues, custom fields, rights."""
        found: list[str] = []
        try:
            mapping_of(await self._json("rt"))
            for name in sorted(self._settings.names):
                found += await self._check_queue(name)
        except Trouble as why:
            return [*found, f"{self._url}: {why.text}"]
        return found

    async def _check_queue(self, name: str) -> list[str]:
        answer = await self._caller.call("GET", "queue", name)
        if answer.status in {403, 404} and answer.is_json:
            cure = "make it, or give our user the right SeeQueue on it"
            return [f"{self._url}: there is no queue {name} that we may see; {cure}"]
        if not answer.good:
            raise trouble(answer, self._now(), named=False)
        queue = mapping_of(document(answer))
        lacking = await self._lacking(name, queue)
        return [
            *(f"{self._url}: our user lacks the right {one} on queue {name}" for one in lacking),
            *self._no_fields(name, queue),
        ]

    async def _lacking(self, name: str, queue: Mapping[str, Any]) -> list[str]:
        """Rights that RT's own links show to be missing: of the queue, and of its latest ticket."""
        found = [] if "create" in _links(queue) else ["CreateTicket"]
        query = {"query": f"Queue = '{name}'", "orderby": "id", "order": "DESC", "per_page": "1"}
        for one in entries(await self._json("tickets", query=query), "items"):
            links = _links(mapping_of(await self._json("ticket", str(one.get("id")))))
            found += [] if "correspond" in links else ["ReplyToTicket"]
            found += [] if "comment" in links else ["CommentOnTicket"]
        return found

    def _no_fields(self, name: str, queue: Mapping[str, Any]) -> list[str]:
        """Custom fields that the queue has not, or that we may not see."""
        return [
            f"{self._url}: the queue {name} has no {sort} custom field {field_} that we may see; "
            f"make it (Freeform, one value), apply it, and grant SeeCustomField on it"
            for sort, field_, listed in (
                ("ticket", self._settings.key_field, "TicketCustomFields"),
                ("transaction", self._settings.entry_field, "TicketTransactionCustomFields"),
            )
            if field_ not in [one.get("name") for one in entries(queue, listed)]
        ]


@frozen
class RtOctets:
    """An attachment that lies at RT, which tells it as base64 in JSON."""

    ask: Callable[..., Any]
    id: str
    size: int

    async def chunks(self) -> AsyncIterator[bytes]:
        """The octets in order, in pieces of 1 MiB at most. Raises Temporary."""
        entry = mapping_of(await self.ask("attachment", self.id))
        try:
            octets = b64decode(str(entry.get("Content", "")))
        except (Base64Error, ValueError):
            raise loud("An attachment at the desk cannot be read") from None
        if len(octets) != self.size:
            raise loud("An attachment at the desk has not the size that the desk told")
        for start in range(0, len(octets), CHUNK):
            yield octets[start : start + CHUNK]


def _named(person: Person) -> str:
    """A person as RT's parser of addresses takes them (RFC 5322 section 3.4)."""
    name = clean.name(person.name).replace("\\", "").replace('"', "")
    return f'"{name}" <{person.address}>' if name else person.address


def _links(found: Mapping[str, Any]) -> frozenset[str]:
    """What RT offers its caller to do with a queue or a ticket."""
    return frozenset(str(one.get("ref")) for one in entries(found, "_hyperlinks"))
