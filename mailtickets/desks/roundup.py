"""Roundup 2.6 and later, by its REST API; its feed is `mailtickets.desks.roundupfeed`.

Of all systems it alone insists on unique keys: a class of its own, `mailkey`, holds one row for
each letter. Whoever makes the row makes the message; whoever finds it made goes on from there. An
issue is made with a token that Roundup takes once (POE), kept in the same row.
"""

from __future__ import annotations

import re
import time
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from attrs import frozen
from zope.interface import implementer

from mailtickets.desks.answers import Answer, document, loud, trouble
from mailtickets.desks.bodies import as_json, multipart
from mailtickets.desks.calls import TOTAL, Caller, checked_url
from mailtickets.desks.files import AtDesk
from mailtickets.desks.http import token_of
from mailtickets.desks.jsons import entries, mapping_of, number_of
from mailtickets.desks.once import SETTLED, mark_of
from mailtickets.desks.polling import EVERY, Polling
from mailtickets.desks.roundupfeed import KEYS, RoundupFeed, link_of, links_of
from mailtickets.desks.shared import is_number, seconds_of
from mailtickets.desks.turns import Turns
from mailtickets.desks.wording import Wording, naming
from mailtickets.errors import Permanent, SettingsError, Temporary, Trouble
from mailtickets.interfaces import IChecks, IDesk, IFeed, ILooksUp, INudged, ITakesAttachments
from mailtickets.mail import clean
from mailtickets.mail.octets import Octets
from mailtickets.plugin import Needs
from mailtickets.tickets.events import Event
from mailtickets.tickets.intents import AddComment, OpenTicket
from mailtickets.tickets.values import Attachment, Person, Receipt, Remote, Ticket

WORDING = Wording(subject=1000)
"""Roundup has no limit; a list of issues has."""
TRIES = 20
"""How often an issue is read anew because others changed it meanwhile (412)."""
_TOKEN = re.compile(r"[A-Za-z0-9_=+-]{8,200}\Z")
_WRITES = ("issue", "msg", "file", KEYS)


@frozen
class RoundupSettings:
    """How Roundup is set up. `origin` is that of its own web address, where `url` is another."""

    user: str
    origin: str
    every: float = EVERY
    settled: float = SETTLED


def make(settings: Mapping[str, Any], needs: Needs) -> RoundupDesk:
    """A desk of kind `roundup`. Settings: url, user, password or password_file, origin, every.

    Raises SettingsError.
    """
    url = checked_url(str(settings.get("url", "")))
    user = settings.get("user", "mailtickets")
    if not isinstance(user, str) or not user or ":" in user:
        raise SettingsError(f"user = {user!r}", "the name of a user of the tracker")
    parts = urlsplit(checked_url(str(settings.get("origin", url)), "origin"))
    roundup = RoundupSettings(
        user, f"{parts.scheme}://{parts.netloc}", every=seconds_of(settings, "every", EVERY)
    )
    password = token_of(settings, "password")
    return RoundupDesk(needs.reactor, url, password, roundup, user_agent=needs.user_agent)


@implementer(IDesk, IFeed, ILooksUp, IChecks, ITakesAttachments, INudged)
class RoundupDesk:
    """One tracker. `url` is where its pages begin, `password` gives our user's."""

    def __init__(
        self,
        reactor: Any,
        url: str,
        password: Callable[[], str],
        settings: RoundupSettings,
        *,
        user_agent: str = "mailtickets",
        seconds: float = TOTAL,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._url = url.rstrip("/")
        self._password = password
        self._settings = settings
        self._user_agent = user_agent
        self._now = now
        # Roundup's own server speaks HTTP/1.0.
        self._caller = Caller(
            reactor, f"{self._url}/rest/data", self._headers, seconds, persistent=False
        )
        self._turns = Turns()
        self._feed = RoundupFeed(self._json, self._caller.stream)
        self._polling = Polling(reactor, self._feed.page, settings.every)

    def _headers(self) -> Mapping[str, str]:
        try:
            password = self._password()
        except SettingsError:
            raise loud("The desk's password cannot be read", undone=True) from None
        known = b64encode(f"{self._settings.user}:{password}".encode()).decode()
        return {
            "Authorization": f"Basic {known}",
            # Whatever writes is asked for these, and they must be those of the tracker's address.
            "Host": urlsplit(self._settings.origin).netloc,
            "Origin": self._settings.origin,
            "X-Requested-With": "rest",
            "User-Agent": self._user_agent,
        }

    async def close(self) -> None:
        """Close the connections that are kept."""
        await self._caller.close()

    async def _json(self, *path: str, query: Sequence[tuple[str, str]] = ()) -> Any:
        """The data that GET tells. Raises Temporary."""
        return self._data(await self._caller.call("GET", *path, query=query), named=False)

    def _data(self, answer: Answer, *, named: bool) -> Mapping[str, Any]:
        """The data of a good answer. Raises Permanent or Temporary for any other."""
        if not answer.good:
            raise trouble(answer, self._now(), named=named)
        return mapping_of(mapping_of(document(answer)).get("data"))

    async def _made(self, name: str, told: Mapping[str, Any]) -> str:
        """The number of what a POST made. Raises Temporary."""
        return self._number(await self._caller.call("POST", name, body=as_json(told)))

    def _number(self, answer: Answer) -> str:
        data = self._data(answer, named=False)
        if answer.status != 201:
            raise loud("The desk does not say what it made")
        return str(number_of(data.get("id")))

    # -- IDesk

    async def submit(self, intent: OpenTicket | AddComment, key: str) -> Receipt:
        """Carry out `intent` once per `key`. Raises Permanent or Temporary."""
        if isinstance(intent, AddComment) and not is_number(intent.ticket):
            raise Permanent("1.1", "The desk has no such ticket")
        mark = mark_of(key)
        async with self._turns.turn(mark):
            row = await self._row(mark)
            issue = await self._issue_with(row) if row is not None else None
            if row is None or issue is None:
                if isinstance(intent, AddComment):
                    return await self._commented(intent, mark, row)
                return await self._opened(intent, mark, row)
            return self._receipt(intent, issue, row)

    def _receipt(
        self, intent: OpenTicket | AddComment, issue: str, row: Mapping[str, Any]
    ) -> Receipt:
        comment = link_of(row.get("msg")) if isinstance(intent, AddComment) else None
        return Receipt(issue, comment, self._page(issue))

    def _page(self, issue: str) -> str:
        return f"{self._url}/issue{issue}"

    async def _row(self, mark: str) -> Mapping[str, Any] | None:
        """What was noted of a key."""
        query = [
            ("key", mark),
            ("@exact_match", "key"),
            ("@fields", "key,msg,once,activity"),
        ]
        for one in entries(await self._json(KEYS, query=query), "collection"):
            if one.get("key") == mark:
                return one
        return None

    async def _issue_with(self, row: Mapping[str, Any]) -> str | None:
        """The issue that holds a row's message; the oldest."""
        query = [("messages", link_of(row.get("msg"))), ("@sort", "id"), ("@page_size", "1")]
        found = entries(await self._json("issue", query=query), "collection")
        return str(number_of(found[0].get("id"))) if found else None

    async def _reserved(
        self, intent: OpenTicket | AddComment, mark: str
    ) -> tuple[Mapping[str, Any], Sequence[str]]:
        """The row of a key that had none, and the numbers of the message's files."""
        author = await self._user(_writer(intent))
        files, refused = await self._files(WORDING.files_of(intent))
        text = naming(WORDING.text_of(intent, signed=author is None), refused)
        told: dict[str, Any] = {
            "content": text,
            "type": "text/plain",
            "author": author or self._settings.user,  # a message of nobody's opens no issue
        }
        if files:
            told["files"] = files
        if intent.message_id:
            told["messageid"] = f"<{clean.line(intent.message_id)}>"
        if isinstance(intent, AddComment) and not intent.public:
            told["private"] = True
        message = await self._made("msg", told)
        row = {"key": mark, "msg": message}
        if isinstance(intent, OpenTicket):
            row["once"] = await self._once()
        answer = await self._caller.call("POST", KEYS, body=as_json(row))
        if answer.status != 409:
            self._number(answer)
        # Another gateway may have been before us, with a message of its own: then that counts.
        found = await self._row(mark)
        if found is None:
            raise loud(f"The desk did not keep our key: may we read and write {KEYS}?")
        return found, files

    async def _once(self) -> str:
        """A token with which one issue can be made, and no second."""
        answer = await self._caller.call("POST", "issue", "@poe", body=as_json({"lifetime": 3600}))
        token = str(self._data(answer, named=False).get("link", "")).rpartition("/")[2]
        if not _TOKEN.match(token):
            raise loud("The desk gives no token to make an issue with")
        return token

    async def _opened(
        self, intent: OpenTicket, mark: str, row: Mapping[str, Any] | None
    ) -> Receipt:
        if row is None:
            row, _ = await self._reserved(intent, mark)
        message = link_of(row.get("msg"))
        whole = mapping_of((await self._json("msg", message)).get("attributes"))
        told: dict[str, Any] = {"title": WORDING.subject_of(intent), "messages": [message]}
        if files := links_of(whole.get("files")):
            told["files"] = files
        path = ("issue", "@poe", str(row.get("once")))
        answer = await self._caller.call("POST", *path, body=as_json(told))
        if answer.status == 400 and answer.is_json:
            return await self._used_up(row)
        issue = self._number(answer)
        return Receipt(issue, url=self._page(issue))

    async def _used_up(self, row: Mapping[str, Any]) -> Receipt:
        """The token is good for nothing more: an issue came of it, comes, or it was too old."""
        issue = await self._issue_with(row)
        if issue is not None:
            return Receipt(issue, url=self._page(issue))
        number = str(number_of(row.get("id")))
        answer = await self._caller.call("GET", KEYS, number)
        entry = self._data(answer, named=False)
        token = mapping_of(entry.get("attributes")).get("once")
        if token == row.get("once"):
            # Nobody can use it any more; who used it last may be making the issue yet.
            told = {"data": await self._once()}
            headers = {"If-Match": str(entry.get("@etag", ""))}
            body = as_json(told)
            path = (KEYS, number, "once")
            answer = await self._caller.call("PUT", *path, body=body, headers=headers)
            if not answer.good and answer.status != 412:
                raise trouble(answer, self._now(), named=False)
        text = "It is not known yet whether the desk has this letter"
        raise Temporary("4.5", text, retry_after=self._settings.settled)

    async def _commented(
        self, intent: AddComment, mark: str, row: Mapping[str, Any] | None
    ) -> Receipt:
        etag, _ = await self._issue(intent.ticket)
        if row is None:
            row, _ = await self._reserved(intent, mark)
        message = link_of(row.get("msg"))
        whole = mapping_of((await self._json("msg", message)).get("attributes"))
        told: dict[str, Any] = {"@op": "add", "messages": [message]}
        if files := links_of(whole.get("files")):
            told["files"] = files
        for _ in range(TRIES):
            path, headers = ("issue", intent.ticket), {"If-Match": etag}
            answer = await self._caller.call("PATCH", *path, body=as_json(told), headers=headers)
            if answer.status != 412:
                self._data(answer, named=True)
                return self._receipt(intent, intent.ticket, row)
            # Somebody else changed it meanwhile. To add what is there already changes nothing.
            etag, _ = await self._issue(intent.ticket)
        raise Temporary("4.5", "The ticket is being changed all the time", retry_after=5)

    async def _issue(self, ticket: str) -> tuple[str, Mapping[str, Any]]:
        """An issue's ETag, and its attributes. Raises Permanent where there is none."""
        answer = await self._caller.call("GET", "issue", ticket)
        data = self._data(answer, named=answer.is_json)
        if str(data.get("id")) != ticket:
            raise loud("The desk answered with another ticket than it was asked for")
        return str(data.get("@etag", "")), mapping_of(data.get("attributes"))

    async def _user(self, person: Person) -> str | None:
        """The user of an address, made where there is none; None where Roundup wants none."""
        for field in ("address", "username"):
            query = [(field, person.address), ("@exact_match", field), ("@fields", field)]
            for one in entries(await self._json("user", query=query), "collection"):
                if str(one.get(field, "")).lower() == person.address.lower():
                    return str(number_of(one.get("id")))
        told = {"username": person.address, "realname": clean.name(person.name)}
        # Roundup does not take every address for one; as a name it takes it.
        for more in ({"address": person.address}, {}):
            answer = await self._caller.call("POST", "user", body=as_json({**told, **more}))
            if answer.status not in {400, 403, 409} or not answer.is_json:
                return self._number(answer)
        return None

    async def _files(self, files: Sequence[Attachment]) -> tuple[list[str], list[Attachment]]:
        """The numbers of the files that Roundup took, and those that it refused."""
        taken: list[str] = []
        refused: list[Attachment] = []
        for one in files:
            if not one.octets.size:
                refused.append(one)  # without octets it is a failure (405)
                continue
            sort, body = multipart(
                [("name", "", one.name), ("type", "", one.type)], [("content", one)]
            )
            answer = await self._caller.call("POST", "file", body=body, type=sort)
            if answer.status in {409, 413} and not answer.is_page:
                refused.append(one)
            else:
                taken.append(self._number(answer))
        return taken, refused

    # -- ILooksUp

    async def find(self, key: str) -> Ticket | None:
        """The issue of this number, or None when there is none."""
        if not is_number(key):
            return None
        try:
            _, issue = await self._issue(key)
        except Permanent:
            return None
        return Ticket(
            key=key,
            subject=str(issue.get("title") or ""),
            requester=await self._feed.requester(issue) or Person("", ""),
            status=await self._feed.status_of(issue),
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
        """Ask Roundup for news now."""
        self._polling.nudge()

    async def fetch(self, ticket: str, attachment: Remote) -> Octets:  # noqa: ARG002
        """The octets of an attachment that an event named; read from the desk as they are read."""
        path = ("file", attachment.id, "binary_content")
        return AtDesk(self._caller, path, attachment.size)

    # -- IChecks

    async def check(self) -> Sequence[str]:
        """What is wrong, a sentence each with its cure: our user, its rights, the schema."""
        found: list[str] = []
        try:
            data = await self._json()
            if KEYS not in data:
                cure = "add it to schema.py, as docs/desks/roundup.md tells"
                return [f"{self._url}: the tracker has no class {KEYS}; {cure}"]
            for name, fields in ((KEYS, "key,msg,once"), ("msg", "private,files"), ("user", "")):
                found += await self._check_class(name, fields)
            for name in (*_WRITES, "user"):
                # What it does not know is refused after the right to write it was looked at.
                answer = await self._caller.call("POST", name, body=as_json({"no such field": ""}))
                if answer.status == 403:
                    found.append(
                        f"{self._url}: our user {self._settings.user} may not create a {name}; "
                        f"give its role the right to"
                    )
            await self._feed.end()
        except Trouble as why:
            return [f"{self._url}: {why.text}"]
        return found

    async def _check_class(self, name: str, fields: str) -> list[str]:
        query = [("@fields", fields or "address"), ("@page_size", "1")]
        answer = await self._caller.call("GET", name, query=query)
        if answer.status == 403:
            return [f"{self._url}: our user may not view {name}; give its role the right to"]
        if answer.status == 400:
            cure = "mend schema.py, as docs/desks/roundup.md tells"
            return [f"{self._url}: the class {name} has not all of the fields {fields}; {cure}"]
        self._data(answer, named=False)
        return []


def _writer(intent: OpenTicket | AddComment) -> Person:
    return intent.requester if isinstance(intent, OpenTicket) else intent.author
