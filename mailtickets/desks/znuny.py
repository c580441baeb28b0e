"""Znuny 6.5, by its generic interface; its feed is `mailtickets.desks.znunyfeed`.

The operator imports the web service `znuny.yml`, which lies beside this. A failure is a 200 with an
Error in it. Keys are dynamic fields.
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
from mailtickets.desks.bodies import Piece, as_json
from mailtickets.desks.calls import TOTAL, Caller, checked_url
from mailtickets.desks.http import token_of
from mailtickets.desks.jsons import entries, mapping_of, number_of
from mailtickets.desks.once import SETTLED, Once
from mailtickets.desks.polling import EVERY, Polling
from mailtickets.desks.shared import is_number, names_of, seconds_of
from mailtickets.desks.wording import Wording, naming
from mailtickets.desks.znunyfeed import ZnunyFeed, value_of
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

WORDING = Wording(subject=250)
"""Znuny cuts a title at 255, and says nothing."""
_CODE = re.compile(r"[A-Za-z]+\.([A-Za-z]+)\Z")


@frozen
class ZnunySettings:
    """How Znuny is set up: our user, our queues' names there, the dynamic fields, the web service.

    `queues` maps a queue's name here to its name in Znuny; `queue` serves for the others.
    """

    user: str
    queue: str = "Support"
    queues: Mapping[str, str] = field(factory=dict)
    key_field: str = "MailTicketsKey"
    entry_field: str = "MailTicketsEntryKey"
    service: str = "mailtickets"
    every: float = EVERY
    settled: float = SETTLED

    @property
    def names(self) -> frozenset[str]:
        """Znuny's queues that are ours."""
        return frozenset({*self.queues.values(), self.queue})


def make(settings: Mapping[str, Any], needs: Needs) -> ZnunyDesk:
    """A desk of kind `znuny`. Settings: url, password or password_file, and `ZnunySettings`'.

    Raises SettingsError.
    """
    if needs.journal is None:
        raise SettingsError("znuny", "this desk needs a journal")
    queue, queues = names_of(settings, "queue", "queues", "Support")
    words: dict[str, Any] = {
        name: names_of(settings, name, "", default)[0]
        for name, default in (
            ("user", "mailtickets"),
            ("key_field", "MailTicketsKey"),
            ("entry_field", "MailTicketsEntryKey"),
            ("service", "mailtickets"),
        )
    }
    znuny = ZnunySettings(
        queue=queue, queues=queues, every=seconds_of(settings, "every", EVERY), **words
    )
    url, password = checked_url(str(settings.get("url", ""))), token_of(settings, "password")
    return ZnunyDesk(
        needs.reactor, url, password, znuny, needs.journal, user_agent=needs.user_agent
    )


@implementer(IDesk, IFeed, ILooksUp, IChecks, ITakesAttachments, INudged)
class ZnunyDesk:
    """One Znuny. `url` is where its pages begin, `password` gives our user's."""

    def __init__(
        self,
        reactor: Any,
        url: str,
        password: Callable[[], str],
        settings: ZnunySettings,
        journal: IJournal,
        *,
        user_agent: str = "mailtickets",
        seconds: float = TOTAL,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._url = url
        self._password = password
        self._settings = settings
        self._now = now
        place = f"{url}/nph-genericinterface.pl/Webservice/{settings.service}"
        self._caller = Caller(reactor, place, lambda: {"User-Agent": user_agent}, seconds)
        self._once = Once(journal, self._make, self._find, now, settings.settled)
        self._feed = ZnunyFeed(
            self._asked, settings.names, settings.key_field, settings.entry_field
        )
        self._polling = Polling(reactor, self._feed.page, settings.every)

    async def close(self) -> None:
        """Close the connections that are kept."""
        await self._caller.close()

    def _signed(self, told: Mapping[str, Any]) -> dict[str, Any]:
        try:
            password = self._password()
        except SettingsError:
            raise loud("The desk's password cannot be read", undone=True) from None
        return {"UserLogin": self._settings.user, "Password": password, **told}

    async def _asked(self, path: str, told: Mapping[str, Any]) -> Mapping[str, Any]:
        """What Znuny answers to a question. Raises Temporary, Permanent where it denies access."""
        body = as_json(self._signed(told))
        return self._understood(await self._caller.call("POST", path, body=body))

    def _understood(self, answer: Answer) -> Mapping[str, Any]:
        """The object of an answer without an Error. Raises Permanent or Temporary."""
        if not answer.good:
            raise trouble(answer, self._now(), named=False)
        found = mapping_of(document(answer))
        if "Error" not in found:
            return found
        code = _CODE.search(str(mapping_of(found["Error"]).get("ErrorCode", "")))
        word = code[1] if code else ""
        if word == "AccessDenied":
            raise Permanent("1.1", "The desk has no such ticket")
        if word == "AuthFail":
            raise loud("The desk does not know our user and password; are they right?", undone=True)
        if word in {"MissingParameter", "InvalidParameter"}:
            raise loud(
                "The desk refuses a value: are the queue, the state and the dynamic fields there, "
                "and may an address have no MX record (CheckMXRecord)?",
                undone=True,
            )
        raise loud("The desk says that it failed")

    # -- IDesk

    async def submit(self, intent: OpenTicket | AddComment, key: str) -> Receipt:
        """Carry out `intent` once per `key`. Raises Permanent or Temporary."""
        if isinstance(intent, AddComment) and not is_number(intent.ticket):
            raise Permanent("1.1", "The desk has no such ticket")
        return await self._once.submit(intent, key)

    async def _make(self, intent: OpenTicket | AddComment, mark: str) -> Receipt:
        files = WORDING.files_of(intent)
        taken = [one for one in files if one.octets.size]  # without octets it is an error
        public = isinstance(intent, OpenTicket) or intent.public
        writer = intent.requester if isinstance(intent, OpenTicket) else intent.author
        text = WORDING.text_of(intent, signed=not public)
        article = {
            "CommunicationChannel": "Email" if public else "Internal",
            "SenderType": "customer" if public else "agent",
            "IsVisibleForCustomer": int(public),
            "Subject": "Re",
            "Body": _true(naming(text, [one for one in files if one not in taken])),
            "ContentType": "text/plain; charset=utf8",
        }
        if public:
            article["From"] = _named(writer)
        if isinstance(intent, OpenTicket):
            return await self._opened(intent, mark, article, taken)
        return await self._added(intent, mark, article, taken)

    async def _opened(
        self,
        intent: OpenTicket,
        mark: str,
        article: Mapping[str, Any],
        files: Sequence[Attachment],
    ) -> Receipt:
        settings = self._settings
        title = _true(WORDING.subject_of(intent))
        told = {
            "Ticket": {
                "Title": title,
                "Queue": settings.queues.get(intent.queue, settings.queue),
                "State": "new",
                "Priority": "3 normal",
                "CustomerUser": intent.requester.address,
            },
            "Article": {**article, "Subject": title},
            "DynamicField": [{"Name": settings.key_field, "Value": mark}],
        }
        body = _with_files(self._signed(told), files)
        found = self._created(await self._caller.call("POST", "Ticket", body=body))
        number = str(number_of(found.get("TicketID")))
        return Receipt(number, url=self._page(number))

    async def _added(
        self,
        intent: AddComment,
        mark: str,
        article: Mapping[str, Any],
        files: Sequence[Attachment],
    ) -> Receipt:
        ticket = await self._ticket(intent.ticket)
        if ticket is None:
            raise Permanent("1.1", "The desk has no such ticket")
        told: dict[str, Any] = {
            "Article": {**article, "Subject": str(ticket.get("Title") or "Re")},
            "DynamicField": [{"Name": self._settings.entry_field, "Value": mark}],
        }
        if intent.reopens and ticket.get("StateType") == "closed":
            told["Ticket"] = {"State": "open"}
        body = _with_files(self._signed(told), files)
        answer = await self._caller.call("PATCH", "Ticket", intent.ticket, body=body)
        try:
            found = self._created(answer)
        except Permanent:
            # We can read it, so it is there.
            text = "The desk does not let us write into this ticket; which rights has our user?"
            raise loud(text, undone=True) from None
        entry = str(number_of(found.get("ArticleID")))
        return Receipt(intent.ticket, entry, self._page(intent.ticket))

    def _created(self, answer: Answer) -> Mapping[str, Any]:
        found = self._understood(answer)
        if "TicketID" not in found or "ArticleID" not in found:
            raise loud("The desk does not say what it made")
        return found

    def _page(self, ticket: str) -> str:
        return f"{self._url}/index.pl?Action=AgentTicketZoom;TicketID={ticket}"

    async def _find(self, intent: OpenTicket | AddComment, mark: str) -> Receipt | None:
        """What bears the mark; the oldest, should there be several."""
        settings = self._settings
        if isinstance(intent, AddComment):
            ticket = await self._ticket(intent.ticket)
            for one in [] if ticket is None else entries(ticket, "Article"):
                if value_of(one, settings.entry_field) == mark:
                    entry = str(number_of(one.get("ArticleID")))
                    return Receipt(intent.ticket, entry, self._page(intent.ticket))
            return None
        told = {f"DynamicField_{settings.key_field}": {"Equals": mark}, "Limit": 20}
        found = await self._asked("TicketSearch", told)
        # A filter that it does not know is ignored, and it does not tell upper case from lower.
        for number in sorted(number_of(one) for one in found.get("TicketID") or []):
            ticket = await self._ticket(str(number))
            if ticket is not None and value_of(ticket, settings.key_field) == mark:
                return Receipt(str(number), url=self._page(str(number)))
        return None

    async def _ticket(self, number: str) -> Mapping[str, Any] | None:
        """A ticket with its articles; None when there is none that we may see."""
        told = {"TicketID": number, "AllArticles": 1, "DynamicFields": 1}
        try:
            found = await self._asked("TicketGet", told)
        except Permanent:
            return None
        ticket = entries(found, "Ticket")[:1]
        if not ticket or str(ticket[0].get("TicketID")) != number:
            raise loud("The desk answered with another ticket than it was asked for")
        return ticket[0]

    # -- ILooksUp

    async def find(self, key: str) -> Ticket | None:
        """The ticket of this number, or None when no queue of ours has it."""
        ticket = await self._ticket(key) if is_number(key) else None
        if ticket is None or ticket.get("Queue") not in self._settings.names:
            return None
        sort = str(ticket.get("StateType", "open"))
        return Ticket(
            key=key,
            subject=str(ticket.get("Title") or ""),
            requester=Person("", str(ticket.get("CustomerUserID") or "")),
            status="closed" if sort in {"closed", "merged", "removed"} else sort,
            url=self._page(key),
        )

    # -- IFeed, INudged, ITakesAttachments

    async def events(self, after: str | None, wait: float) -> Sequence[Event]:
        """The events after a cursor; waits up to `wait` seconds for one."""
        return await self._polling.events(after, wait)

    async def end(self) -> str | None:
        """The cursor of now."""
        return await self._feed.end()

    def nudge(self) -> None:
        """Ask Znuny for news now."""
        self._polling.nudge()

    async def fetch(self, ticket: str, attachment: Remote) -> Octets:
        """The octets of an attachment that an event named; asked for when they are read."""
        return ZnunyOctets(self._asked, ticket, attachment.id, attachment.size)

    # -- IChecks

    async def check(self) -> Sequence[str]:
        """What is wrong, a sentence each with its cure: web service, user, queues, fields."""
        cure = "import znuny.yml under Admin, Web Services, and see docs/desks/znuny.md"
        try:
            await self._asked("TicketSearch", {"Limit": 1})
            found = []
            for name in sorted(self._settings.names):
                problem = await self._check_queue(name)
                found += [f"{self._url}: {problem}"] if problem else []
            await self._feed.end()
        except Permanent:
            return [f"{self._url}: our user may not read tickets; {cure}"]
        except Trouble as why:
            return [f"{self._url}: {why.text}; {cure}"]
        return found

    async def _check_queue(self, name: str) -> str | None:
        key = self._settings.key_field
        # A state that cannot be: nothing is made, and the queue is looked at first.
        ticket = {"Title": "?", "Queue": name, "State": "?", "Priority": "3 normal"}
        ticket["CustomerUser"] = "nobody@example.org"
        article = {"Subject": "?", "Body": "?", "ContentType": "text/plain; charset=utf8"}
        body = as_json(self._signed({"Ticket": ticket, "Article": article}))
        answer = await self._caller.call("POST", "Ticket", body=body)
        if not answer.good:
            raise trouble(answer, self._now(), named=False)
        said = str(mapping_of(mapping_of(document(answer)).get("Error")).get("ErrorMessage", ""))
        if "Queue parameter is invalid" in said:
            return f"there is no queue {name}; make it, or give our user the right rw on it"
        told = {"Queues": [name], "Limit": 1, f"DynamicField_{key}": {"Equals": "none"}}
        if (await self._asked("TicketSearch", told)).get("TicketID"):
            return f"there is no dynamic field {key} of tickets; make it, of type Text"
        return None


@frozen
class ZnunyOctets:
    """An attachment that lies at Znuny, which tells it as base64 with its ticket."""

    ask: Callable[..., Any]
    ticket: str
    id: str
    size: int

    async def chunks(self) -> AsyncIterator[bytes]:
        """The octets in order, in pieces of 1 MiB at most. Raises Temporary."""
        told = {"TicketID": self.ticket, "AllArticles": 1}
        told |= {"Attachments": 1, "GetAttachmentContents": 1}
        octets = b""
        for ticket in entries(await self.ask("TicketGet", told), "Ticket"):
            for article in entries(ticket, "Article"):
                for one in article.get("Attachment") or []:
                    if f"{article.get('ArticleID')}.{one.get('FileID')}" == self.id:
                        try:
                            octets = b64decode(str(one.get("Content", "")))
                        except (Base64Error, ValueError):
                            raise loud("An attachment at the desk cannot be read") from None
        if len(octets) != self.size:
            raise loud("An attachment at the desk has not the size that the desk told")
        for start in range(0, len(octets), CHUNK):
            yield octets[start : start + CHUNK]


def _with_files(told: Mapping[str, Any], files: Sequence[Attachment]) -> list[Piece]:
    """A request with files, whose octets go out as base64. An empty list of them is an error."""
    if not files:
        return as_json(told)
    pieces: list[Piece] = [json.dumps(told)[:-1].encode() + b',"Attachment":[']
    for number, one in enumerate(files):
        head = json.dumps({"Filename": one.name, "ContentType": one.type})[:-1] + ',"Content":"'
        pieces += [("," if number else "").encode() + head.encode(), one.octets, b'"}']
    return [*pieces, b"]}"]


def _true(text: str) -> str:
    """A text that Perl does not take for none: a letter may say no more than 0."""
    return "0." if text == "0" else text


def _named(person: Person) -> str:
    name = clean.name(person.name).translate({ord("\\"): None, ord('"'): None})
    return f'"{name}" <{person.address}>' if name else person.address
