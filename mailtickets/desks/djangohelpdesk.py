"""django-helpdesk 2.6 and later, by its REST API; its feed is `djangohelpdeskfeed`.

A ticket carries our key in a custom field; a follow-up can carry none, so it is known by its text
among those that no letter has claimed. Follow-ups are rendered as Django templates, and what looks
like one is written so that it comes out as it was. A failure (500) may come after the commit.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

from attrs import field, frozen
from zope.interface import alsoProvides, implementer

from mailtickets.desks.answers import Answer, document, loud, trouble
from mailtickets.desks.bodies import as_json, multipart
from mailtickets.desks.calls import TOTAL, Caller, checked_url
from mailtickets.desks.djangohelpdeskfeed import HelpdeskFeed, opening_of, plain
from mailtickets.desks.files import AtDesk
from mailtickets.desks.http import token_of
from mailtickets.desks.jsons import entries, mapping_of, number_of, objects
from mailtickets.desks.once import SETTLED, Once
from mailtickets.desks.polling import EVERY, Polling
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
from mailtickets.mail.octets import Octets
from mailtickets.plugin import Needs
from mailtickets.tickets.events import Event
from mailtickets.tickets.intents import AddComment, OpenTicket
from mailtickets.tickets.values import Attachment, Person, Receipt, Remote, Ticket

WORDING = Wording(subject=200)
"""A longer subject is refused (400)."""
REOPENED, RESOLVED, CLOSED, DUPLICATE = 2, 3, 4, 5
STATUSES = {
    1: "open",
    REOPENED: "open",
    RESOLVED: "resolved",
    CLOSED: "closed",
    DUPLICATE: "closed",
}
MOST_PAGES = 20
"""Pages of the latest tickets that are looked through for a key: 2,000 tickets."""
_TEMPLATE = re.compile(r"\{(?=[{%#])|(?<=%)\}")


@frozen
class HelpdeskSettings:
    """How it is set up: our queues by number, the custom fields, and where its files are served.

    `queues` maps a queue's name here to a number; `queue` serves for the others. `media` is the
    address of Django's MEDIA_URL, None where nobody serves it.
    """

    queue: int
    queues: Mapping[str, int] = field(factory=dict)
    key_field: str = "mailtickets_key"
    requester_field: str = "mailtickets_requester"
    media: str | None = None
    every: float = EVERY
    settled: float = SETTLED

    @property
    def numbers(self) -> frozenset[int]:
        """The queues that are ours."""
        return frozenset({*self.queues.values(), self.queue})


def make(settings: Mapping[str, Any], needs: Needs) -> HelpdeskDesk:
    """A desk of kind `djangohelpdesk`. Settings: url, token or token_file, `HelpdeskSettings`'.

    Raises SettingsError.
    """
    if needs.journal is None:
        raise SettingsError("djangohelpdesk", "this desk needs a journal")
    given = settings.get("queues", {})
    named = given.items() if isinstance(given, Mapping) else [("queues", given)]
    for name, value in (("queue", settings.get("queue")), *named):
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise SettingsError(
                f"{name} = {value!r}", "a queue's number, as its page's address ends"
            )
    helpdesk = HelpdeskSettings(
        settings["queue"],
        dict(given),
        names_of(settings, "key_field", "", "mailtickets_key")[0],
        names_of(settings, "requester_field", "", "mailtickets_requester")[0],
        checked_url(str(settings["media"]), "media") if "media" in settings else None,
        every=seconds_of(settings, "every", EVERY),
    )
    url = checked_url(str(settings.get("url", "")))
    return HelpdeskDesk(
        needs.reactor, url, token_of(settings), helpdesk, needs.journal, user_agent=needs.user_agent
    )


@implementer(IDesk, IFeed, ILooksUp, IChecks, INudged)
class HelpdeskDesk:
    """One django-helpdesk. `url` is where its pages begin; `token` gives an API token of a user.

    It provides ITakesAttachments where the settings say from where files can be fetched.
    """

    def __init__(
        self,
        reactor: Any,
        url: str,
        token: Callable[[], str],
        settings: HelpdeskSettings,
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
        self._journal = journal
        # Django's own server, and the usual kind of worker of gunicorn, close after each answer.
        self._caller = Caller(reactor, f"{url}/api", self._headers, seconds, persistent=False)
        self._files = Caller(reactor, settings.media or url, self._nobody, persistent=False)
        if settings.media is not None:
            alsoProvides(self, ITakesAttachments)
        self._once = Once(journal, self._make, self._find, now, settings.settled)
        self._feed = HelpdeskFeed(self._json, settings.numbers, settings.key_field, journal, now)
        self._polling = Polling(reactor, self._feed.page, settings.every)

    def _headers(self) -> Mapping[str, str]:
        try:
            token = self._token()
        except SettingsError:
            raise loud("The desk's token cannot be read", undone=True) from None
        return {"Authorization": f"Token {token}", "User-Agent": self._user_agent}

    def _nobody(self) -> Mapping[str, str]:
        return {"User-Agent": self._user_agent}  # who serves files is not told our token

    async def close(self) -> None:
        """Close the connections that are kept."""
        await self._caller.close()
        await self._files.close()

    async def _json(self, *path: str, query: Sequence[tuple[str, str]] = ()) -> Mapping[str, Any]:
        """What GET tells. Raises Temporary."""
        # Paths end in a slash; without it Django answers with a redirect.
        return self._told(await self._caller.call("GET", *path, "", query=query))

    def _told(self, answer: Answer, *, made: bool = False) -> Mapping[str, Any]:
        """The object of a good answer. Raises Permanent or Temporary for any other."""
        if not answer.good:
            raise trouble(answer, self._now(), named=False)
        found = mapping_of(document(answer))
        if made and answer.status != 201:
            raise loud("The desk does not say what it made")
        return found

    # -- IDesk

    async def submit(self, intent: OpenTicket | AddComment, key: str) -> Receipt:
        """Carry out `intent` once per `key`. Raises Permanent or Temporary."""
        if isinstance(intent, AddComment) and not is_number(intent.ticket):
            raise Permanent("1.1", "The desk has no such ticket")
        return await self._once.submit(intent, key)

    async def _make(self, intent: OpenTicket | AddComment, mark: str) -> Receipt:
        text = WORDING.text_of(intent)
        if isinstance(intent, AddComment):
            return await self._added(intent, text)
        settings = self._settings
        told = {
            "queue": settings.queues.get(intent.queue, settings.queue),
            "title": WORDING.subject_of(intent),
            "description": text,
            "priority": 3,
            f"custom_{settings.key_field}": mark,
            f"custom_{settings.requester_field}": intent.requester.address[:254],
        }
        answer = await self._caller.call("POST", "tickets", "", body=as_json(told))
        ticket = self._told(answer, made=True)
        if ticket.get(f"custom_{settings.key_field}") != mark:
            raise loud(
                f"The desk did not keep our key: has it a custom field {settings.key_field}?"
            )
        return await self._filed(intent, ticket)

    async def _filed(self, intent: OpenTicket, ticket: Mapping[str, Any]) -> Receipt:
        """The receipt of a ticket, once its files are there, too."""
        number = str(number_of(ticket.get("id")))
        entry = opening_of(ticket)
        if entry is not None:
            named = await self._attached(intent, entry)
            if named is not None:
                told = as_json({"description": named})
                self._told(await self._caller.call("PATCH", "tickets", number, "", body=told))
        return Receipt(number, url=self._page(number))

    async def _added(self, intent: AddComment, text: str) -> Receipt:
        ticket = await self._ticket(intent.ticket)
        if ticket is None:
            raise Permanent("1.1", "The desk has no such ticket")
        told: dict[str, Any] = {
            "ticket": int(intent.ticket),
            "comment": _TEMPLATE.sub(r'{{ "\g<0>" }}', text),
            "public": intent.public,
        }
        done = ticket.get("status") in {RESOLVED, CLOSED}
        if done and intent.reopens:
            told["new_status"] = REOPENED
        answer = await self._caller.call("POST", "followups", "", body=as_json(told))
        entry = self._told(answer, made=True)
        receipt = await self._attached_to(intent, entry)
        if done and not intent.reopens:
            # It took the comment for what resolved the ticket.
            body = as_json({"resolution": ticket.get("resolution") or ""})
            self._told(await self._caller.call("PATCH", "tickets", intent.ticket, "", body=body))
        return receipt

    async def _attached_to(self, intent: AddComment, entry: Mapping[str, Any]) -> Receipt:
        await self._attached(intent, entry)
        number = str(number_of(entry.get("id")))
        return Receipt(intent.ticket, number, self._page(intent.ticket))

    async def _attached(
        self, intent: OpenTicket | AddComment, entry: Mapping[str, Any]
    ) -> str | None:
        """Put the files to an entry that has not all of them; the text, where some are refused."""
        number = str(number_of(entry.get("id")))
        here = [str(one.get("filename")) for one in objects(entry.get("followupattachment_set"))]
        refused: list[Attachment] = []
        for one in WORDING.files_of(intent):
            if one.name in here:
                here.remove(one.name)
            elif not await self._uploaded(number, one):
                refused.append(one)
        if not refused:
            return None
        text = naming(WORDING.text_of(intent), refused)
        told = as_json({"comment": text})  # a change of an entry is not rendered
        self._told(await self._caller.call("PATCH", "followups", number, "", body=told))
        return text

    async def _uploaded(self, entry: str, file: Attachment) -> bool:
        """Whether django-helpdesk took a file: by its extension it refuses most kinds."""
        if not file.octets.size:
            return False
        fields = [
            ("followup", "", entry),
            ("filename", "", file.name),
            ("mime_type", "", file.type),
        ]
        fields.append(("size", "", str(file.octets.size)))
        sort, body = multipart(fields, [("file", file)])
        answer = await self._caller.call("POST", "followups-attachments", "", body=body, type=sort)
        if answer.status in {400, 413} and not answer.is_page:
            return False
        self._told(answer, made=True)
        return True

    def _page(self, ticket: str) -> str:
        return f"{self._url}/tickets/{ticket}/"

    async def _find(self, intent: OpenTicket | AddComment, mark: str) -> Receipt | None:
        """What an attempt left: a ticket with the mark, or a comment that no letter claims yet."""
        if isinstance(intent, OpenTicket):
            found = await self._marked(mark)
            return None if found is None else await self._filed(intent, found)
        ticket = await self._ticket(intent.ticket)
        text = plain(WORDING.text_of(intent))
        for one in [] if ticket is None else objects(ticket.get("followup_set")):
            same = plain(one.get("comment")).startswith(text)
            if not same or one.get("public") != intent.public:
                continue
            if await self._journal.origin(str(number_of(one.get("id")))) is None:
                return await self._attached_to(intent, one)
        return None

    async def _marked(self, mark: str) -> Mapping[str, Any] | None:
        """The ticket with our key; it cannot be searched for, so the latest are looked through."""
        page = "last"
        for _ in range(MOST_PAGES):
            told = await self._json("tickets", query=[("page_size", "100"), ("page", page)])
            for one in entries(told, "results"):
                if one.get(f"custom_{self._settings.key_field}") == mark:
                    return one
            if page == "last":
                page = str(-(-number_of(told.get("count")) // 100))
            page = str(int(page) - 1)
            if int(page) < 1:
                break
        return None

    async def _ticket(self, number: str) -> Mapping[str, Any] | None:
        """A ticket, with what was said in it; None when there is none that we may see."""
        answer = await self._caller.call("GET", "tickets", number, "")
        if answer.status == 404 and answer.is_json:
            return None
        ticket = self._told(answer)
        if str(ticket.get("id")) != number:
            raise loud("The desk answered with another ticket than it was asked for")
        return ticket

    # -- ILooksUp

    async def find(self, key: str) -> Ticket | None:
        """The ticket of this number, or None when no queue of ours has it."""
        ticket = await self._ticket(key) if is_number(key) else None
        if ticket is None or ticket.get("queue") not in self._settings.numbers:
            return None
        address = ticket.get(f"custom_{self._settings.requester_field}")
        return Ticket(
            key=key,
            subject=str(ticket.get("title") or ""),
            requester=Person("", str(address or ticket.get("submitter_email") or "")),
            status=STATUSES.get(number_of(ticket.get("status")), "open"),
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
        """Ask django-helpdesk for news now."""
        self._polling.nudge()

    async def fetch(self, ticket: str, attachment: Remote) -> Octets:  # noqa: ARG002
        """The octets of an attachment that an event named, from where the settings say."""
        below = urlsplit(self._settings.media or "").path.rstrip("/") + "/"
        path = unquote(attachment.id)
        if not path.startswith(below) or ".." in path.split("/"):
            raise loud("A file is not below the address that `media` names; is it the right one?")
        return AtDesk(self._files, tuple(path[len(below) :].split("/")), attachment.size)

    # -- IChecks

    async def check(self) -> Sequence[str]:
        """What is wrong, a sentence each with its cure: our token, the queues, custom fields."""
        found: list[str] = []
        try:
            told = self._told(await self._caller.call("OPTIONS", "tickets", ""))
            fields = mapping_of(mapping_of(told.get("actions", {})).get("POST", {}))
            for name in (self._settings.key_field, self._settings.requester_field):
                if f"custom_{name}" not in fields:
                    cure = "make it in Django's admin, a varchar, not required, for staff only"
                    found.append(f"{self._url}: tickets have no custom field {name}; {cure}")
            for queue in sorted(self._settings.numbers):
                # Without a title nothing is made, and what is wrong is told all at once.
                body = as_json({"queue": queue})
                answer = await self._caller.call("POST", "tickets", "", body=body)
                if answer.status != 400:
                    raise trouble(answer, self._now(), named=False)
                if "queue" in mapping_of(document(answer)):
                    cure = "make it, or let our user into it"
                    found.append(f"{self._url}: there is no queue {queue} that we may see; {cure}")
            await self._feed.end()
        except Trouble as why:
            return [f"{self._url}: {why.text}"]
        return found
